import { surveyItems } from '../../model/items.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import type { ResponseRow, StoredAnswer } from '../../store/responses.ts';
import type { Store } from '../../store/store.ts';
import { Unanswerable } from './unanswerable.ts';

/** A survey's counted responses as columns: one value per response and item, null where it was not answered. */
export type SurveyColumns = {
  definition: SurveyDefinition;
  version: number;
  responses: ResponseRow[];
  column(item: string): (StoredAnswer['value'] | null)[];
  /** What the columns were read up to. */
  watermark: number;
};

/** @throws {Unanswerable} when the survey has never been published */
export async function readColumns(
  store: Store,
  place: { studyId: number; surveyId: number },
  items?: readonly string[],
): Promise<SurveyColumns> {
  const survey = await store.surveys.findById(place.studyId, place.surveyId);
  if (!survey || survey.publishedVersionId === null)
    throw new Unanswerable('The survey has not been published, so there are no answers to read');
  const { definition, version } = await store.surveys.version(survey.publishedVersionId);
  const responses = await store.responses.list(place.surveyId);
  const index = new Map(responses.map((response, i) => [response.id, i]));
  const columns = new Map<string, (StoredAnswer['value'] | null)[]>();
  for (const answer of await store.responses.answersOf(place.surveyId, items)) {
    const at = index.get(answer.responseId);
    if (at === undefined || answer.value === null) continue;
    let column = columns.get(answer.item);
    if (!column) {
      column = Array(responses.length).fill(null);
      columns.set(answer.item, column);
    }
    column[at] = answer.value;
  }
  return {
    definition,
    version,
    responses,
    column: (item) => columns.get(item) ?? Array(responses.length).fill(null),
    watermark: responses.reduce((most, response) => Math.max(most, response.lastSeq), 0),
  };
}

/** The steps each item of a survey is answered on. */
export function itemRanges(definition: SurveyDefinition): Record<string, { min: number; max: number }> {
  const ranges: Record<string, { min: number; max: number }> = {};
  for (const { address, steps } of surveyItems(definition))
    if (steps) ranges[address] = { min: steps.min, max: steps.max };
  return ranges;
}

export const asNumber = (value: StoredAnswer['value'] | null): number | null =>
  typeof value === 'number' ? value : null;
