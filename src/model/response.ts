import type { Answer, AnswerState, Answers, AnswerValue } from './answers.ts';
import type { Asked, ConsentGiven, StoredRecord } from './record.ts';
import type { SurveyDefinition } from './survey.ts';
import { surveyItems } from './survey-check.ts';

export type ResponseState = 'started' | 'completed' | 'withdrawn';

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
  consent: ConsentGiven | null;
  startedAt: string;
  updatedAt: string;
  completedAt: string | null;
  answers: Answers;
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
    consent: first.envelope.consent,
    startedAt: first.envelope.timings.startedAt ?? first.envelope.timings.receivedAt,
    updatedAt: first.envelope.timings.receivedAt,
    completedAt: null,
    answers: {},
    saidIn: {},
    lastPage: 0,
    lastSeq: first.seq,
  };
  for (const record of records) {
    current.revision = record.revision;
    current.updatedAt = record.envelope.timings.receivedAt;
    current.lastSeq = record.seq;
    for (const [item, answer] of Object.entries(record.content.answers)) {
      if (!isSameAnswer(current.answers[item], answer)) current.saidIn[item] = record.revision;
      current.answers[item] = answer;
    }
    current.lastPage = Math.max(current.lastPage, record.content.page ?? 0);
    if (record.kind === 'completion') {
      current.state = 'completed';
      current.completedAt = record.envelope.timings.receivedAt;
    }
    if (record.kind === 'withdrawal') {
      current.state = 'withdrawn';
      current.answers = {};
      current.saidIn = {};
      current.attributes = null;
    }
  }
  return current;
}

function isSameAnswer(a: Answer | undefined, b: Answer): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

export type CurrentAnswer = { item: string; state: AnswerState; value: AnswerValue | null };

/** Every item of the survey with its state: what was never sent was not reached, or stood on a page passed over. */
export function currentAnswers(definition: SurveyDefinition, response: CurrentResponse): CurrentAnswer[] {
  if (response.state === 'withdrawn') return [];
  return surveyItems(definition).map((item): CurrentAnswer => {
    const answer = response.answers[item.address];
    if (!answer) {
      return { item: item.address, state: item.page > response.lastPage ? 'not_reached' : 'not_shown', value: null };
    }
    return { item: item.address, state: answer.state, value: answer.state === 'answered' ? answer.value : null };
  });
}
