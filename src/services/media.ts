import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cleanText } from '../model/clean-text.ts';
import { usesOf } from '../model/consent.ts';
import { Problem } from '../model/problem.ts';
import { isPublicId, newPublicId } from '../store/identifiers.ts';
import type { MediaFile } from '../store/media.ts';
import type { Interview } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** What tells the type of a file stands at its beginning. */
const HEAD_BYTES = 16 * 1024;
const FILES_MOST = 10;

/** Recordings beside interviews: kept in the data folder under ids nobody can guess, and gone with the consent. */
export function mediaService({ folder, store, limits, now }: Pick<Context, 'folder' | 'store' | 'limits' | 'now'>) {
  const room = path.join(folder, 'media');
  /** Where uploads arrive before it is known what they are. */
  const arrivals = path.join(room, 'arriving');
  const placeOf = (publicId: string) => path.join(room, publicId);
  /** Whoever waits for recordings of an interview to go, before they do. */
  const leaving: ((interviewId: number) => Promise<void>)[] = [];

  async function mayRecord(study: Pick<Study, 'id'>, interview: Interview): Promise<void> {
    const consent = (await store.consents.latestOf(study.id, [interview.publicId])).get(interview.publicId) ?? null;
    if (!usesOf(consent, now().toISOString().slice(0, 10)).includes('recording'))
      throw new Problem('invalid', 'Nobody noted that this talk may be recorded', {
        errors: [
          {
            pointer: '#/recording',
            detail: 'Note first that they agreed to the recording, on the page of their consent',
          },
        ],
      });
  }

  async function erase(file: MediaFile): Promise<void> {
    await rm(placeOf(file.publicId), { force: true });
    await store.media.markErased(file.id, now().toISOString());
  }

  const fault = (detail: string) =>
    new Problem('invalid', 'This recording was not kept', { errors: [{ pointer: '#/recording', detail }] });

  return {
    /** The folder that uploads are written to while they arrive; made when there is none. */
    arrivals: async (): Promise<string> => {
      await mkdir(arrivals, { recursive: true, mode: 0o700 });
      return arrivals;
    },
    /** Takes away what arrived in part when the process ended. */
    tidy: (): Promise<void> => rm(arrivals, { recursive: true, force: true }),

    /**
     * Keeps a recording that has arrived, and takes it from where it arrived in any case.
     *
     * @throws Problem `invalid` beside its field: no sound or picture, empty, too large, one too many, or recorded without
     *   consent
     */
    keep: async (
      study: Pick<Study, 'id'>,
      interview: Interview,
      { name, file }: { name: string; file: string },
      actor: Actor,
    ): Promise<MediaFile> => {
      try {
        await mayRecord(study, interview);
        const { size } = await stat(file);
        if (size === 0) throw fault('This file is empty: choose another');
        if (size > limits.mediaBytes) throw fault(tooLarge(limits.mediaBytes));
        if ((await store.media.listOf(interview.id)).length >= FILES_MOST)
          throw fault(`An interview has at most ${FILES_MOST} recordings: remove one first`);
        const mediaType = await typeOf(file);
        if (mediaType === null)
          throw fault('This is neither sound nor video. Choose an MP3, M4A, WAV, OGG, FLAC, MP4, WebM or MOV file');
        const publicId = newPublicId();
        const digest = createHash('sha256');
        await pipeline(createReadStream(file), digest);
        // The row comes first: a file that no row knows could never be taken away with the consent.
        const kept = await store.media.add({
          studyId: study.id,
          interviewId: interview.id,
          publicId,
          name: cleanText(path.basename(name.replaceAll('\\', '/')), 'line').text.slice(0, 200),
          mediaType,
          bytes: size,
          sha256: digest.digest('hex'),
          createdBy: actor?.userId ?? null,
          createdAt: now().toISOString(),
        });
        await rename(file, placeOf(publicId));
        // A withdrawal that came between has deleted the row, and found no file yet.
        if (!(await store.media.find(study.id, publicId))) {
          await rm(placeOf(publicId), { force: true });
          throw new Problem('conflict', 'This recording was deleted while it arrived', {
            detail: 'Whoever was interviewed took their consent back',
          });
        }
        return kept;
      } finally {
        await rm(file, { force: true });
      }
    },

    /** The recording and where it lies; null when there is none of this interview. */
    find: async (
      study: Pick<Study, 'id'>,
      interview: Pick<Interview, 'id'>,
      publicId: string,
    ): Promise<{ file: MediaFile; place: string } | null> => {
      const file = isPublicId(publicId) ? await store.media.find(study.id, publicId) : null;
      return file && file.interviewId === interview.id ? { file, place: placeOf(publicId) } : null;
    },
    listOf: (interview: Pick<Interview, 'id'>): Promise<MediaFile[]> => store.media.listOf(interview.id),
    placeOf: ({ publicId }: Pick<MediaFile, 'publicId'>): string => placeOf(publicId),
    erase: async (file: MediaFile): Promise<void> => {
      for (const hear of leaving) await hear(file.interviewId);
      await erase(file);
    },

    /** Has somebody hear when recordings of an interview are about to go. */
    onLeaving: (hear: (interviewId: number) => Promise<void>): void => {
      leaving.push(hear);
    },
    /**
     * Takes away every recording of an interview and every transcript of it that was not brought in yet.
     *
     * @returns how many recordings there were
     */
    forget: async (interviewPublicId: string): Promise<number> => {
      const interviewId = await store.media.interviewIdOf(interviewPublicId);
      if (interviewId === null) return 0;
      for (const hear of leaving) await hear(interviewId);
      const files = await store.media.listOf(interviewId);
      for (const file of files) await erase(file);
      await store.transcripts.forgetDraftsOf(interviewId);
      return files.length;
    },
  };
}
export type Media = ReturnType<typeof mediaService>;

export const tooLarge = (bytes: number): string =>
  `The recording is larger than ${Math.floor(bytes / 1024 / 1024).toLocaleString('en-GB')} MB, the most that is kept here. Save its sound alone, or ask whoever runs this server for more`;

/** What a file is, told by its first bytes and never by its name; null for anything but sound and video. */
async function typeOf(file: string): Promise<string | null> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    const { fileTypeFromBuffer } = await import('file-type');
    const mime: string = (await fileTypeFromBuffer(head.subarray(0, bytesRead)))?.mime ?? '';
    const plain = mime.split(';')[0]?.trim() ?? '';
    return /^(?:audio|video)\/[a-z0-9.+-]+$/.test(plain) ? plain : null;
  } finally {
    await handle.close();
  }
}
