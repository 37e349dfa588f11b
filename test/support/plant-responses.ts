import type { Answers } from '../../src/model/answers.ts';
import type { Envelope } from '../../src/model/record.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { NewRecord } from '../../src/store/record-log.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';

export type PlantedResponse = {
  id?: string;
  answers?: Answers;
  /** Unless told, it was completed a minute after it began. */
  isCompleted?: boolean;
  page?: number;
  seconds?: number;
  startedAt?: string;
  outcome?: 'complete' | 'screened-out';
  about?: Partial<Envelope>;
};

export const said = (value: string | number | string[]): Answers[string] => ({ state: 'answered', value });

/** The records of one response as respondents make them: a start, a page with everything, and its completion. */
export function recordsOf(
  { study, survey }: { study: Pick<Study, 'id'>; survey: SurveyRow },
  {
    id = newPublicId(),
    answers = {},
    isCompleted = true,
    page = 1,
    seconds = 60,
    startedAt = '2026-03-02T08:00:00.000Z',
    outcome = 'complete',
    about = {},
  }: PlantedResponse,
): NewRecord[] {
  const at = (after: number) => new Date(Date.parse(startedAt) + after * 1000).toISOString();
  const record = (
    revision: number,
    kind: NewRecord['kind'],
    after: number,
    content: NewRecord['content'],
  ): NewRecord => ({
    responseId: id,
    revision,
    kind,
    studyId: study.id,
    surveyId: survey.id,
    surveyVersionId: survey.publishedVersionId ?? 0,
    participationId: null,
    batchId: null,
    envelope: {
      schema: 1,
      surveyVersion: 1,
      language: 'en',
      order: null,
      timings: { receivedAt: at(after) },
      attributes: null,
      asked: { how: 'open' },
      batch: null,
      isTest: false,
      consent: { textVersion: 'v1', language: 'en', purposes: ['analysis', 'quotes'], givenAt: at(0) },
      ...about,
    },
    content,
  });
  const none = { page: null, answers: {} };
  return [
    record(0, 'start', 0, none),
    ...(page > 0 ? [record(1, 'page', seconds / 2, { page, answers })] : []),
    ...(isCompleted
      ? [record(page > 0 ? 2 : 1, 'completion', seconds, { ...none, end: { code: null, outcome } })]
      : []),
  ];
}

/** Responses in a house, projected before it returns. */
export async function plantResponses(
  verbatim: Verbatim,
  place: { study: Pick<Study, 'id'>; survey: SurveyRow },
  responses: readonly PlantedResponse[],
): Promise<void> {
  for (let from = 0; from < responses.length; from += 200) {
    await verbatim.logs.responses.append(responses.slice(from, from + 200).flatMap((one) => recordsOf(place, one)));
  }
  await verbatim.logs.settle();
}
