import type { Answers } from '../../src/model/answers.ts';
import type { RecordKind, RecordPlace } from '../../src/model/record.ts';
import type { NewRecord } from '../../src/store/record-log.ts';

/** A record of a response, with everything about it that a test does not care for. */
export function recordOf(
  responseId: string,
  revision: number,
  {
    kind = revision === 0 ? 'start' : 'page',
    page = revision === 0 ? null : revision,
    answers = {},
    place = {},
    purposes = ['analysis', 'quotes'],
  }: {
    kind?: RecordKind;
    page?: number | null;
    answers?: Answers;
    place?: Partial<RecordPlace>;
    purposes?: ('analysis' | 'quotes')[];
  } = {},
): NewRecord {
  const receivedAt = new Date(Date.UTC(2026, 2, 2, 9, revision)).toISOString();
  return {
    responseId,
    revision,
    kind,
    studyId: 1,
    surveyId: 1,
    surveyVersionId: 1,
    participationId: null,
    batchId: null,
    ...place,
    envelope: {
      schema: 1,
      surveyVersion: 1,
      language: 'en',
      order: null,
      timings: { receivedAt },
      attributes: null,
      asked: { how: 'open' },
      batch: null,
      isTest: false,
      consent: { textVersion: 'v1', language: 'en', purposes, givenAt: '2026-03-02T09:00:00.000Z' },
    },
    content: { page, answers },
  };
}
