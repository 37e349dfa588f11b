import type { Request, Response } from 'express';
import { WRITTEN_FORMATS, type WrittenFormat } from '../../exchange/transcripts/write-transcript.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { INTERVIEW_MODES } from '../../services/interview-form.ts';
import type { NewInterviewForm } from '../../services/transcripts.ts';
import type { Interview } from '../../store/notes.ts';
import type { TranscriptDraft } from '../../store/transcripts.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import {
  answerRefused,
  buttons,
  type FieldView,
  fieldMaker,
  head,
  isForForm,
  showForm,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import { interviewAddress, interviewCrumbs, interviewOf, interviewsAddress } from './interview-place.ts';
import { showTranscriptRoom, transcriptFields } from './transcript-room.ts';
import { choicesIn, previewView } from './transcript-view.ts';
import { readUpload } from './upload.ts';

/** Transcripts: brought as a file or pasted, looked at, and then brought in. */
export function transcriptDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, transcripts, limits } = verbatim;
  const upload = readUpload(
    { fileSize: limits?.uploadBytes ?? 1, fieldSize: limits?.uploadBytes ?? 1, files: 1, fields: 20 },
    'file',
  );

  /** What was sent: the file where there is one, else what was pasted. @throws Problem `invalid` for neither */
  function sent(req: Request): { name: string; bytes: Uint8Array; pointer: string } {
    const { file } = req;
    if (file && file.size > 0)
      return {
        name: Buffer.from(file.originalname, 'latin1').toString('utf8'),
        bytes: file.buffer,
        pointer: '#/file',
      };
    const words = field(formOf(req), 'words');
    if (words.trim() !== '') return { name: 'Pasted words', bytes: Buffer.from(words, 'utf8'), pointer: '#/words' };
    throw new Problem('invalid', 'There is nothing to look at yet', {
      errors: [{ pointer: '#/file', detail: 'Choose a file that is not empty, or paste the transcript' }],
    });
  }

  const newPage = (study: EnteredStudy) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      ],
      'Bring in a transcript',
      'You see first how it was read and whom the names stand for. Nothing is written until you say so.',
    ),
    action: `${studyAddress(study)}/transcripts/new`,
    isUpload: true,
    fields: (make: ReturnType<typeof fieldMaker>) => transcriptFields(make, limits.uploadBytes),
    buttons: buttons('Look at it', { label: 'Cancel', href: `${studyAddress(study)}/interviews` }),
  });
  door.get('/studio/:study/transcripts/new', 'researcher', (visit, _req, res) =>
    showForm(house, visit, res, 'interviews', newPage(visit.study)),
  );
  door.post('/studio/:study/transcripts/new', 'researcher', upload, async (visit, req, res) => {
    try {
      const draft = await transcripts.stage(visit.study, null, sent(req), { userId: visit.user.id });
      res.redirect(303, draftAddress(visit.study, draft));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'interviews', newPage(visit.study), formOf(req), error);
    }
  });

  door.get('/studio/:study/interviews/:interview/transcript', 'researcher', async (visit, req, res) =>
    showTranscriptRoom(house, visit, res, await interviewOf(house, visit.study, req)),
  );
  door.post('/studio/:study/interviews/:interview/transcript', 'researcher', upload, async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    try {
      const draft = await transcripts.stage(visit.study, interview, sent(req), { userId: visit.user.id });
      res.redirect(303, draftAddress(visit.study, draft));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showTranscriptRoom(house, visit, res, interview, formOf(req), error);
    }
  });
  door.post('/studio/:study/interviews/:interview/transcript/corrected', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    await transcripts.markCorrected(interview);
    res.redirect(303, `${interviewAddress(visit.study, interview)}/transcript`);
  });
  door.get('/studio/:study/interviews/:interview/transcript/as/:format', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const format = String(req.params['format']);
    if (!Object.hasOwn(WRITTEN_FORMATS, format))
      throw new Problem('not-found', 'There is no such way to write a transcript', {
        detail: `It is one of ${Object.keys(WRITTEN_FORMATS).join(', ')}`,
      });
    const text = await transcripts.written(interview, format as WrittenFormat);
    res.setHeader('Content-Disposition', contentDisposition(`${interview.title}.${format}`));
    res.type(format === 'vtt' ? 'text/vtt' : 'text/plain').send(text);
  });

  async function draftOf(
    { study }: StudyVisit,
    req: Request,
  ): Promise<{ draft: TranscriptDraft; interview: Interview | null }> {
    const draft = await store.transcripts.findDraft(
      study.id,
      String(req.params['draft']),
      verbatim.now().toISOString(),
    );
    if (!draft)
      throw new Problem('not-found', 'There is no such draft', {
        detail: 'It was brought in, thrown away, or nobody came back to it for a week. Bring the file again',
      });
    const all = draft.interviewId === null ? [] : await store.notes.interviews(study.id);
    const interview = all.find(({ id }) => Number(id) === draft.interviewId) ?? null;
    if (interview && (await store.interviewLog.isWithdrawn(interview)))
      throw new Problem('gone', 'This draft is gone', {
        detail: 'Whoever was interviewed took their consent back. Nothing of it can be brought in any more',
      });
    return { draft, interview };
  }

  async function showDraft(
    visit: StudyVisit,
    res: Response,
    { draft, interview }: { draft: TranscriptDraft; interview: Interview | null },
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const preview = transcripts.preview(draft, interview);
    const participant = interview?.participant ?? preview.choices.about?.participant ?? '';
    const standing = interview
      ? await transcripts.standing(interview)
      : { turns: 0, codings: 0, drafts: 0, isTimed: false };
    const names = ['participant', 'title', 'heldOn', 'mode', 'replace', 'joins'];
    const errorAt = (name: string) => problem?.errors.find(({ pointer }) => pointer === `#/${name}`)?.detail ?? '';
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'interviews', 'studio/transcript-draft', {
      head: head(
        interview
          ? interviewCrumbs(study, interview)
          : [
              { label: study.name, href: studyAddress(study) },
              { label: 'Interviews', href: interviewsAddress(study) },
            ],
        draft.fileName,
        'This is how it was read. Nothing is written yet.',
      ),
      isError: problem !== null,
      summary: problem && summaryOf(problem, names),
      at: draftAddress(study, draft),
      isMachine: draft.isMachine === 1,
      standing,
      replaceError: errorAt('replace'),
      fields: newFields(preview.choices.about, problem),
      ...previewView(preview, participant),
    });
  }

  door.get('/studio/:study/transcripts/:draft', 'researcher', async (visit, req, res) =>
    showDraft(visit, res, await draftOf(visit, req)),
  );
  door.post('/studio/:study/transcripts/:draft', 'researcher', async (visit, req, res) => {
    const { draft, interview } = await draftOf(visit, req);
    await transcripts.choose(draft, choicesIn(formOf(req), transcripts.preview(draft, interview)));
    res.redirect(303, `${draftAddress(visit.study, draft)}#result`);
  });
  door.post('/studio/:study/transcripts/:draft/forget', 'researcher', async (visit, req, res) => {
    const { draft, interview } = await draftOf(visit, req);
    await transcripts.forget(draft);
    res.redirect(
      303,
      interview ? `${interviewAddress(visit.study, interview)}/transcript` : `${studyAddress(visit.study)}/interviews`,
    );
  });
  /** What was chosen is sent along: what changed since the last look is looked at again before anything is written. */
  door.post('/studio/:study/transcripts/:draft/bring-in', 'researcher', async (visit, req, res) => {
    const seen = await draftOf(visit, req);
    const form = formOf(req);
    try {
      await bringIn(visit, seen, form, res);
    } catch (error) {
      if (!isForForm(error)) throw error;
      const left = await store.transcripts.findDraft(visit.study.id, seen.draft.publicId, verbatim.now().toISOString());
      if (!left) throw error;
      await showDraft(visit, res, { ...seen, draft: left }, error);
    }
  });

  async function bringIn(
    visit: StudyVisit,
    { draft, interview }: { draft: TranscriptDraft; interview: Interview | null },
    form: Form,
    res: Response,
  ): Promise<void> {
    const preview = transcripts.preview(draft, interview);
    const choices = choicesIn(form, preview);
    const { about, ...mapping } = choices;
    const { about: _, ...before } = preview.choices;
    await transcripts.choose(draft, choices);
    if (JSON.stringify(mapping) !== JSON.stringify(before))
      throw new Problem('invalid', 'What you chose has changed, so nothing was brought in yet', {
        errors: [{ pointer: '#/joins', detail: 'Look at what it comes to now, then bring it in' }],
      });
    const standing = interview ? (await transcripts.standing(interview)).turns : 0;
    const seen = Number(/^\d{1,7}$/.exec(field(form, 'standing'))?.[0] ?? 0);
    if (standing > 0 && field(form, 'replace') !== '1')
      throw new Problem('invalid', 'This interview has turns already', {
        errors: [{ pointer: '#/replace', detail: 'Tick that this transcript takes their place, or leave it' }],
      });
    const brought = await transcripts.bringIn(
      visit.study,
      interview,
      {
        parsed: preview.parsed,
        choices: mapping,
        draftId: draft.id,
        isMachine: draft.isMachine === 1,
        replaced: seen,
        about,
      },
      { userId: visit.user.id },
    );
    res.redirect(303, `${interviewAddress(visit.study, brought)}#said`);
  }
}

/** Whom it was with and when, where the transcript is to become an interview of its own. */
function newFields(about: NewInterviewForm | null, problem: Problem | null): FieldView[] {
  if (!about) return [];
  const make = fieldMaker({ ...about, mayQuote: about.mayQuote ? '1' : '' }, problem?.errors ?? []);
  return [
    make.text('participant', 'Whom did you speak with?', {
      isRequired: true,
      hint: 'A number or a made-up name, such as P07',
    }),
    make.text('title', 'Title', { hint: 'Left empty, it is named after the participant' }),
    make.text('heldOn', 'On which day?', { isRequired: true, type: 'date', isShort: true }),
    make.select(
      'mode',
      'How did you speak?',
      INTERVIEW_MODES.map((mode) => ({ value: mode, label: mode })),
      { isRequired: true },
    ),
    make.boxes('mayQuote', 'Consent', [{ value: '1', label: 'They agreed that their words may be quoted' }]),
  ];
}

const draftAddress = (study: { publicId: string }, draft: { publicId: string }): string =>
  `${studyAddress(study)}/transcripts/${draft.publicId}`;
