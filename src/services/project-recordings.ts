import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { guidOf, publicIdOf } from '../exchange/refi-qda/guid.ts';
import type { LossLedger } from '../exchange/refi-qda/loss-ledger.ts';
import type { Project, ProjectSource } from '../exchange/refi-qda/project.ts';
import { syncPointsOf } from '../exchange/refi-qda/sync-points.ts';
import type { PackedFile } from '../exchange/refi-qda/write-project.ts';
import { usesOf } from '../model/consent.ts';
import type { Interview } from '../store/notes.ts';
import type { Context } from './context.ts';
import type { ExchangedText } from './project-texts.ts';

/** What a program that unpacks in one go can hold, and what a project of ours may hold to be read again. */
const FILE_BYTES_MOST = 512 * 1024 * 1024;
const ALL_BYTES_MOST = 1900 * 1024 * 1024;

/** The endings of what a browser or a recorder writes. */
const ENDINGS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/wav': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'audio/x-flac': 'flac',
  'audio/aac': 'aac',
  'audio/webm': 'weba',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'video/ogg': 'ogv',
};

export type TiedText = Pick<ProjectSource, 'syncPoints' | 'recording'>;
const UNTIED: TiedText = { syncPoints: [], recording: null };

/** Recordings of the texts of one project, as far as they may go out. */
export function projectRecordings({ store, folder, now }: Pick<Context, 'store' | 'folder' | 'now'>) {
  const placeOf = (publicId: string) => path.join(folder, 'media', publicId);
  let bytes = 0;

  return {
    /** Ties a text to the recording it was written down from; a text goes without one where that may not go out. */
    tie: async (
      interview: Interview,
      text: ExchangedText,
      isWanted: boolean,
      ledger: LossLedger,
    ): Promise<TiedText> => {
      const files = await store.media.listOf(interview.id);
      const leave = (why: string, count = files.length): TiedText => {
        ledger.leftOut('Recordings', why, count);
        return UNTIED;
      };
      if (files.length === 0) return UNTIED;
      if (!isWanted) return leave('sound and film stay here');
      const consent = (await store.consents.latestOf(interview.studyId, [interview.publicId])).get(interview.publicId);
      if (!usesOf(consent ?? null, now().toISOString().slice(0, 10)).includes('recording'))
        return leave('that they may be recorded does not hold any more');
      const cues = await store.transcriptCues.of(text.sources);
      const syncPoints = syncPointsOf(
        text.guid,
        text.sources.map((source) => ({
          text: source.text,
          startMs: source.startMs === null ? null : Number(source.startMs),
          cues: cues.get(`${source.publicId} ${source.version}`) ?? [],
        })),
        text.layout.places,
      );
      if (syncPoints.length === 0) return leave('its transcript has no times, so nothing ties the two');
      const file = files.find((one) => existsSync(placeOf(one.publicId)));
      if (!file) return leave('its file is not in the data folder');
      if (Number(file.bytes) > FILE_BYTES_MOST || bytes + Number(file.bytes) > ALL_BYTES_MOST)
        return leave('it is too large for a file that programs read in one go');
      bytes += Number(file.bytes);
      ledger.kept('Recordings');
      leave('a text goes out with one recording', files.length - 1);
      const guid = guidOf(file.publicId);
      return {
        syncPoints,
        recording: {
          guid,
          name: file.name,
          kind: file.mediaType.startsWith('video/') ? 'Video' : 'Audio',
          file: `${guid}.${ENDINGS[file.mediaType] ?? 'bin'}`,
        },
      };
    },

    /** The recordings of a project, read as they are packed. */
    filesOf: ({ sources }: Project): PackedFile[] =>
      sources.flatMap(({ recording }) =>
        recording?.file
          ? [{ name: recording.file, read: () => createReadStream(placeOf(publicIdOf(recording.guid))) }]
          : [],
      ),
  };
}
