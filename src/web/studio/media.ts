import type { Request, RequestHandler } from 'express';
import { Problem } from '../../model/problem.ts';
import { tooLarge } from '../../services/media.ts';
import type { MediaFile, Transcription } from '../../store/media.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { confineFile } from '../security.ts';
import { isForForm } from './frame.ts';
import { interviewAddress, interviewOf } from './interview-place.ts';
import { progressOf, showTranscriptRoom } from './transcript-room.ts';

const ONE = '/studio/:study/interviews/:interview';

/** Recordings beside an interview: laid in, played, taken away, and written down by a machine. */
export function mediaDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { media, store, transcription } = verbatim;

  async function fileIn(
    study: EnteredStudy,
    interview: Interview,
    req: Request,
  ): Promise<{ file: MediaFile; place: string }> {
    const found = await media.find(study, interview, String(req.params['media']));
    if (!found)
      throw new Problem('not-found', 'There is no such recording in this interview', {
        detail: 'It was removed, or its address is wrong',
      });
    return found;
  }

  /** Writes a recording to the disk as it comes: it may be larger than the memory. */
  const arrive: RequestHandler = async (req, res, next) => {
    const { default: multer } = await import('multer');
    const upload = multer({
      dest: await media.arrivals(),
      limits: { fileSize: verbatim.limits.mediaBytes, files: 1, fields: 5 },
    });
    upload.single('recording')(req, res, (error: unknown) => {
      if ((error as { code?: unknown } | undefined)?.code !== 'LIMIT_FILE_SIZE') return next(error);
      next(
        new Problem('too-large', 'This recording is too large', {
          detail: tooLarge(verbatim.limits.mediaBytes),
          cause: error,
        }),
      );
    });
  };

  door.post(`${ONE}/media`, 'researcher', arrive, async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const room = `${interviewAddress(visit.study, interview)}/transcript`;
    try {
      if (!req.file)
        throw new Problem('invalid', 'There is nothing to keep yet', {
          errors: [{ pointer: '#/recording', detail: 'Choose a file' }],
        });
      const name = Buffer.from(req.file.originalname, 'latin1').toString('utf8');
      await media.keep(visit.study, interview, { name, file: req.file.path }, { userId: visit.user.id });
      res.redirect(303, `${room}#recordings`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showTranscriptRoom(house, visit, res, interview, {}, error);
    }
  });

  /** Parts of it are sent as players ask for them. */
  door.get(`${ONE}/media/:media`, 'researcher', async (visit, req, res) => {
    const { file, place } = await fileIn(visit.study, await interviewOf(house, visit.study, req), req);
    res.setHeader('Content-Disposition', 'inline');
    confineFile(res);
    res.type(file.mediaType);
    await new Promise<void>((resolve, reject) => {
      res.sendFile(
        place,
        { cacheControl: false, lastModified: false, headers: { 'Cache-Control': 'private, no-store' } },
        (error) => {
          if ((error as { status?: unknown } | undefined)?.status === 416) {
            res.status(416).setHeader('Content-Range', `bytes */${file.bytes}`);
            res.end();
            return resolve();
          }
          const isLeft = (error as { code?: unknown } | undefined)?.code === 'ECONNABORTED' || res.headersSent;
          if (error && !isLeft) reject(error);
          else resolve();
        },
      );
    });
  });

  door.post(`${ONE}/media/:media/remove`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    await media.erase((await fileIn(visit.study, interview, req)).file);
    res.redirect(303, `${interviewAddress(visit.study, interview)}/transcript#recordings`);
  });

  door.post(`${ONE}/media/:media/write-down`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const { file } = await fileIn(visit.study, interview, req);
    const form = formOf(req);
    try {
      await transcription.start(visit.study, interview, file, field(form, 'language'), { userId: visit.user.id });
      res.redirect(303, `${interviewAddress(visit.study, interview)}/transcript#machine`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showTranscriptRoom(house, visit, res, interview, form, error);
    }
  });

  async function transcriptionIn(study: EnteredStudy, interview: Interview, req: Request): Promise<Transcription> {
    const row = await store.media.findTranscription(study.id, String(req.params['transcription']));
    if (!row || row.interviewId !== Number(interview.id))
      throw new Problem('not-found', 'There is no such transcription in this interview');
    return row;
  }
  door.get(`${ONE}/transcriptions/:transcription/progress`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    res.json(progressOf(await transcriptionIn(visit.study, interview, req)));
  });
  door.post(`${ONE}/transcriptions/:transcription/stop`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    await transcription.stop(await transcriptionIn(visit.study, interview, req));
    res.redirect(303, `${interviewAddress(visit.study, interview)}/transcript#machine`);
  });
}
