import type { Response } from 'express';
import { WRITTEN_FORMATS } from '../../exchange/transcripts/write-transcript.ts';
import { usesOf } from '../../model/consent.ts';
import type { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Transcription } from '../../store/media.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { StudyVisit } from '../doorway.ts';
import { answerRefused, fieldMaker, head, showPage, studyAddress, summaryOf } from './frame.ts';
import { interviewAddress, interviewCrumbs } from './interview-place.ts';
import { playerOf } from './transcript-place.ts';

const TRANSCRIPT_FILES = '.vtt,.srt,.txt,.md,.docx,.json,.tsv,text/plain,text/vtt';
export const transcriptFields = (make: ReturnType<typeof fieldMaker>, uploadBytes: number) => [
  make.file('file', 'A file', TRANSCRIPT_FILES, {
    hint: `WebVTT, SRT, Word (.docx), plain text, JSON or TSV, at most ${Math.floor(uploadBytes / 1024 / 1024)} MB: what Zoom, Teams, Meet, Otter or Whisper export`,
  }),
  make.area('words', 'Or paste it', { rows: 8, hint: 'In any of these ways of writing; plain notes do as well' }),
];

const FIELDS = ['file', 'words', 'recording', 'language', 'send'];

/** Everything about how the words of an interview come in: its transcript, its recordings, and a machine that writes. */
export async function showTranscriptRoom(
  house: House,
  visit: StudyVisit,
  res: Response,
  interview: Interview,
  typed: Readonly<Record<string, string | string[]>> = {},
  problem: Problem | null = null,
): Promise<void> {
  const { verbatim } = house;
  const { store, transcripts, media, transcription, limits } = verbatim;
  const { study } = visit;
  const at = interviewAddress(study, interview);
  const now = verbatim.now().toISOString();
  const standing = await transcripts.standing(interview);
  const drafts = await store.transcripts.draftsOf(interview.id, now);
  const consent = (await store.consents.latestOf(study.id, [interview.publicId])).get(interview.publicId) ?? null;
  const uses = usesOf(consent, now.slice(0, 10));
  const files = await media.listOf(interview);
  const last = await store.media.lastTranscription(interview.id);
  const make = fieldMaker(typed, problem?.errors ?? []);
  if (problem) answerRefused(res, problem);
  await showPage(house, visit, res, 'interviews', 'studio/transcript-room', {
    head: head(
      interviewCrumbs(study, interview),
      'Transcript and recordings',
      standing.turns === 0
        ? 'No transcript yet.'
        : `${standing.turns.toLocaleString('en-GB')} ${standing.turns === 1 ? 'turn stands' : 'turns stand'} in this interview.`,
      standing.turns === 0 ? [] : [{ label: 'Read it', href: `${at}#said`, isPrimary: false }],
    ),
    isError: problem !== null,
    summary: problem && summaryOf(problem, FIELDS),
    at,
    isWithdrawn: await store.interviewLog.isWithdrawn(interview),
    hasTurns: standing.turns > 0,
    isDraft: standing.drafts > 0,
    written: Object.entries(WRITTEN_FORMATS)
      .filter(([format]) => format === 'txt' || standing.isTimed)
      .map(([format, label]) => ({ href: `${at}/transcript/as/${format}`, label: `As ${label}` })),
    drafts: drafts.map((draft) => ({
      href: `${studyAddress(study)}/transcripts/${draft.publicId}`,
      name: draft.fileName,
      about: `${draft.isMachine === 1 ? 'written down by a machine, ' : ''}read ${showDate(draft.createdAt, true)}, kept until ${showDate(draft.expiresAt)}`,
    })),
    fields: transcriptFields(make, limits.uploadBytes),
    mayRecord: uses.includes('recording'),
    recording: make.file('recording', 'A recording', 'audio/*,video/*', {
      isRequired: true,
      hint: `Sound or video, at most ${Math.floor(limits.mediaBytes / 1024 / 1024).toLocaleString('en-GB')} MB`,
    }),
    media: await playerOf(house, study, interview),
    files: files.map((file) => ({
      publicId: file.publicId,
      name: file.name,
      size: shownMegabytes(file.bytes),
      about: `${file.mediaType}, ${shownMegabytes(file.bytes)}, since ${showDate(file.createdAt)}`,
    })),
    server: transcription.server,
    mayHear: await transcription.mayHear(study, interview),
    language: make.text('language', 'Language', {
      isShort: true,
      hint: 'Its code, such as en or de; left empty, the server finds out',
    }),
    going:
      last && isGoing(last)
        ? {
            ...progressOf(last),
            stop: `${at}/transcriptions/${last.publicId}/stop`,
            url: `${at}/transcriptions/${last.publicId}/progress`,
          }
        : null,
    failure: last?.state === 'failed' ? (last.failure ?? '') : '',
  });
}

const isGoing = ({ state }: Transcription): boolean => state === 'waiting' || state === 'running';

export const progressOf = ({ state, step, progress }: Transcription) => ({
  state,
  step,
  percent: Math.round(100 * Number(progress)),
});

const shownMegabytes = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024)).toLocaleString('en-GB')} kB`
    : `${(bytes / 1024 / 1024).toLocaleString('en-GB', { maximumFractionDigits: 1 })} MB`;
