import { writeCsv } from '../exchange/delimited.ts';
import { type Item, surveyItems } from '../model/items.ts';
import type { ResponseRow, StoredAnswer } from '../store/responses.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Context } from './context.ts';

/** How many responses are held in memory at once while a file is written. */
const AT_ONCE = 500;

/** Responses as files: codes and numbers as stored, words as said. */
export function exportService({ store, logs }: Context) {
  async function* rows(survey: SurveyRow): AsyncGenerator<{
    response: ResponseRow;
    answers: Map<string, string | number | string[] | null>;
    states: Map<string, string>;
  }> {
    const responses = await store.responses.list(survey.id);
    for (let from = 0; from < responses.length; from += AT_ONCE) {
      const part = responses.slice(from, from + AT_ONCE);
      const byResponse = Map.groupBy(
        await store.responses.answersOfResponses(part.map((response) => response.id)),
        (answer) => answer.responseId,
      );
      const texts = await textsOf(survey.studyId, [...byResponse.values()].flat());
      for (const response of part) {
        const answers = new Map<string, string | number | string[] | null>();
        const states = new Map<string, string>();
        for (const answer of byResponse.get(response.id) ?? []) {
          states.set(answer.item, answer.state);
          const { value } = answer;
          answers.set(
            answer.item,
            value !== null && typeof value === 'object' && !Array.isArray(value)
              ? (texts.get(`${value.source} ${value.version}`) ?? null)
              : value,
          );
        }
        yield { response, answers, states };
      }
      // Lets pages be answered between parts.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function textsOf(studyId: number, answers: readonly StoredAnswer[]): Promise<Map<string, string>> {
    const ids = answers.flatMap(({ value }) =>
      value !== null && typeof value === 'object' && !Array.isArray(value) ? [value.source] : [],
    );
    const sources = await store.notes.findSources(studyId, ids);
    return new Map(
      sources
        .filter((source) => source.erasedAt === null)
        .map((source) => [`${source.publicId} ${source.version}`, source.text]),
    );
  }

  async function itemsOf(survey: SurveyRow): Promise<Item[]> {
    if (survey.publishedVersionId === null) return [];
    return surveyItems((await store.surveys.version(survey.publishedVersionId)).definition);
  }

  return {
    /** A table with a line per response; several choices stand in one cell, joined by `;`. Cells cannot run as formulas. */
    csv: async function* (survey: SurveyRow): AsyncGenerator<string> {
      await logs.settle();
      const items = await itemsOf(survey);
      const header = [
        'response',
        'started_at',
        'completed_at',
        'language',
        'asked',
        ...items.map((item) => item.address),
      ];
      yield writeCsv(header, []);
      for await (const { response, answers, states } of rows(survey)) {
        const cells = items.map(({ address }) => {
          const value = answers.get(address) ?? null;
          if (value === null) return states.get(address) === 'refused' ? 'refused' : '';
          return Array.isArray(value) ? value.join(';') : value;
        });
        const asked = (JSON.parse(response.asked) as { how: string }).how;
        yield writeCsv(
          [response.publicId, response.startedAt, response.completedAt ?? '', response.language, asked, ...cells].map(
            String,
          ),
          [],
        ).replace(/^\uFEFF/, '');
      }
    },
    /** One JSON object a line, with the state of every item. */
    jsonl: async function* (survey: SurveyRow): AsyncGenerator<string> {
      await logs.settle();
      for await (const { response, answers, states } of rows(survey)) {
        yield `${JSON.stringify({
          response: response.publicId,
          startedAt: response.startedAt,
          completedAt: response.completedAt,
          language: response.language,
          asked: JSON.parse(response.asked),
          answers: Object.fromEntries(
            [...states].map(([item, state]) => [
              item,
              state === 'answered' ? { state, value: answers.get(item) ?? null } : { state },
            ]),
          ),
        })}\n`;
      }
    },
  };
}
export type Exports = ReturnType<typeof exportService>;
