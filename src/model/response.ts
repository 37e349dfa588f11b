import type { Answer, Answers } from './answers.ts';
import type { Asked, ConsentGiven, StoredRecord } from './record.ts';

/** Only `completed` is counted; a response that was screened out or met a full quota has ended as well. */
export type ResponseState = 'started' | 'completed' | 'screened-out' | 'quota-full' | 'withdrawn';

/** What the records of one response come to. */
export type CurrentResponse = {
  responseId: string;
  studyId: number;
  surveyId: number;
  surveyVersionId: number;
  participationId: number | null;
  batchId: number | null;
  state: ResponseState;
  revision: number;
  language: string;
  isTest: boolean;
  asked: Asked;
  attributes: Record<string, string | number | boolean | string[]> | null;
  segments: Record<string, boolean> | null;
  device: { kind: string; browser: string } | null;
  country: string | null;
  source: string | null;
  wave: string | null;
  replayUrl: string | null;
  isTrapped: boolean;
  consent: ConsentGiven | null;
  startedAt: string;
  updatedAt: string;
  completedAt: string | null;
  answers: Answers;
  prefill: Answers;
  endCode: string | null;
  /** The quota cells in which it has a place. */
  cells: readonly string[];
  /** When each page was sent, in order; the first entry is the start, as page 0. */
  steps: { page: number; at: string }[];
  /** The revision in which each item was last said in the words it has now. */
  saidIn: Record<string, number>;
  /** The highest page sent so far; 0 before the first. */
  lastPage: number;
  lastSeq: number;
};

/**
 * Folds the records of one response, oldest first, into what it says now. A later answer to an item replaces an earlier
 * one; a withdrawal takes all answers away.
 *
 * @returns null for no records
 */
export function foldRecords(records: readonly StoredRecord[]): CurrentResponse | null {
  const [first] = records;
  if (!first) return null;
  const current: CurrentResponse = {
    responseId: first.responseId,
    studyId: first.studyId,
    surveyId: first.surveyId,
    surveyVersionId: first.surveyVersionId,
    participationId: first.participationId,
    batchId: first.batchId,
    state: 'started',
    revision: first.revision,
    language: first.envelope.language,
    isTest: first.envelope.isTest,
    asked: first.envelope.asked,
    attributes: first.envelope.attributes,
    segments: first.envelope.segments ?? null,
    device: first.envelope.device ?? null,
    country: first.envelope.country ?? null,
    source: first.envelope.source ?? null,
    wave: first.envelope.wave ?? null,
    replayUrl: first.envelope.replayUrl ?? null,
    isTrapped: false,
    consent: first.envelope.consent,
    startedAt: first.envelope.timings.startedAt ?? first.envelope.timings.receivedAt,
    updatedAt: first.envelope.timings.receivedAt,
    completedAt: null,
    answers: {},
    prefill: first.content.prefill ?? {},
    endCode: null,
    cells: [],
    steps: [],
    saidIn: {},
    lastPage: 0,
    lastSeq: first.seq,
  };
  for (const record of records) applyRecord(current, record);
  return current;
}

/** Adds one more record to what the earlier ones came to; `current` itself is changed. */
export function applyRecord(current: CurrentResponse, record: Omit<StoredRecord, 'contentHash'>): void {
  const { envelope, content } = record;
  current.revision = record.revision;
  current.updatedAt = envelope.timings.receivedAt;
  current.lastSeq = record.seq;
  current.language = envelope.language;
  current.isTrapped ||= envelope.isTrapped ?? false;
  current.steps.push({ page: content.page ?? 0, at: envelope.timings.receivedAt });
  for (const [item, answer] of Object.entries(content.answers)) {
    if (!isSameAnswer(current.answers[item], answer)) current.saidIn[item] = record.revision;
    current.answers[item] = answer;
  }
  if (content.cells) current.cells = content.cells;
  current.lastPage = Math.max(current.lastPage, content.page ?? 0);
  if (record.kind === 'completion') {
    const outcome = content.end?.outcome ?? 'complete';
    current.state = outcome === 'complete' ? 'completed' : outcome;
    current.endCode = content.end?.code ?? null;
    current.completedAt ??= envelope.timings.receivedAt;
  }
  if (record.kind === 'withdrawal') {
    current.state = 'withdrawn';
    current.answers = {};
    current.prefill = {};
    current.saidIn = {};
    current.attributes = null;
    current.segments = null;
    current.replayUrl = null;
    current.cells = [];
  }
}

function isSameAnswer(a: Answer | undefined, b: Answer): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
