import { compileSurvey } from '../../logic/compile-survey.ts';
import { isTimeless } from '../../model/anonymous.ts';
import { type Item, isSpoken, itemWording } from '../../model/items.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { answerVector } from '../../quality/answer-vector.ts';
import { type AssessmentOptions, assessResponses, type ResponseToAssess } from '../../quality/assess-responses.ts';
import type { AnswerPair } from '../../quality/contradictions.ts';
import { readItemKey } from '../../scales/score.ts';
import type { ResponseFilter } from '../../store/response-filter.ts';
import { NO_FILTER } from '../../store/response-filter.ts';
import type { ResponseRow, StoredAnswer } from '../../store/responses.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type FoundFlag = { responseId: string; position: number; sign: string; item: string | null; reason: string };
export type FoundQuality = {
  assessed: number;
  flags: FoundFlag[];
  /** How many responses each check could not judge. */
  unjudged: Record<string, number>;
  watermark: number;
};

const AT_ONCE = 500;
/** Judged is what was sent; what is left out or flagged already is judged all the same. */
const SENT: ResponseFilter = { ...NO_FILTER, state: 'completed' };

/** Looks over the completed responses of a survey for signs that an answer was not given in earnest. */
export async function qualityTask(
  { store, onProgress }: TaskContext,
  { surveyId, options = {} }: { surveyId: number; options?: AssessmentOptions },
): Promise<FoundQuality> {
  const watermark = await store.qualityFlags.lastSeq(surveyId);
  const trapped = await store.qualityFlags.trapped(surveyId);
  const responses: ResponseToAssess[] = [];
  const { versions } = await store.responseDesk.facts(surveyId);
  const definitions = await Promise.all(versions.map(({ id }) => store.surveys.version(id)));
  // Over all versions, since a battery is compared as a whole.
  const reversed = new Set(definitions.flatMap(({ definition }) => reversedItems(definition)));
  const readers = new Map(
    versions.map(({ id }, index) => [id, versionReader(definitions[index]!.definition, reversed)]),
  );
  for (let after = 0; ; ) {
    const rows = await store.responseDesk.pageUp(surveyId, SENT, after, AT_ONCE);
    const last = rows.at(-1);
    if (!last) break;
    after = last.id;
    const answers = Map.groupBy(
      await store.responses.answersOfResponses(rows.map((row) => row.id)),
      (answer) => answer.responseId,
    );
    const texts = new Map(
      (await store.responseDesk.textsOf(rows.map(({ publicId }) => publicId))).map((source) => [
        `${source.publicId} ${source.version}`,
        source.erasedAt === null ? source.text : '',
      ]),
    );
    for (const row of rows) {
      const read = readers.get(row.surveyVersionId);
      if (read) responses.push(read(row, answers.get(row.id) ?? [], texts, trapped.has(row.publicId)));
    }
    onProgress('Reading answers', 0.5);
  }
  onProgress('Comparing them', 0.6);
  const { assessments } = assessResponses(responses, options);
  const unjudged: Record<string, number> = {};
  for (const assessment of assessments) {
    for (const check of new Set(assessment.unjudged.map((one) => one.check))) {
      unjudged[check] = (unjudged[check] ?? 0) + 1;
    }
  }
  return {
    assessed: responses.length,
    unjudged,
    watermark,
    flags: assessments.flatMap(({ id, flags }) =>
      flags.map((flag, position) => ({
        responseId: id,
        position,
        sign: flag.check,
        item: flag.item ?? null,
        reason: flag.reason,
      })),
    ),
  };
}

type Source = { source: string; version: number };
const isSource = (value: StoredAnswer['value']): value is Source =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** How responses to one version of a survey are read for the checks. */
function versionReader(definition: SurveyDefinition, reversed: ReadonlySet<string>) {
  const survey = compileSurvey(definition);
  const { itemsByAddress } = survey;
  const closed = survey.items.filter((item) => item.isAsked && item.holds !== 'text' && item.holds !== 'file');
  const pairs = pairsOf(definition, itemsByAddress);
  const batteries = [...Map.groupBy(survey.items, (item) => item.question)].filter(
    ([question]) => question.kind === 'battery',
  );
  const words = new Map<string, number>();
  const wordsOf = (question: Item['question'], language: string): number => {
    const key = `${language} ${question.code}`;
    let count = words.get(key);
    if (count === undefined) {
      count = countWords(wordingIn(question.text, language, definition.languages));
      words.set(key, count);
    }
    return count;
  };

  return (
    row: ResponseRow,
    answers: readonly StoredAnswer[],
    texts: ReadonlyMap<string, string>,
    honeypotFilled: boolean,
  ): ResponseToAssess => {
    const byItem = new Map(answers.map((answer) => [answer.item, answer]));
    const number = (item: string): number | null => {
      const value = byItem.get(item)?.value;
      return typeof value === 'number' ? value : null;
    };
    const shown = new Set(
      answers.flatMap(({ item, state }) =>
        state === 'not_shown' || state === 'not_reached' ? [] : (itemsByAddress.get(item)?.question ?? []),
      ),
    );
    // An older version may have had other steps; such an answer says nothing about a pair.
    const isOn = (pair: AnswerPair) =>
      [pair.first, pair.second].every((one) => one === null || (one >= pair.min && one <= pair.max));
    return {
      id: row.publicId,
      // Of an import nobody knows how long it took, nor of what was answered anonymously.
      durationSeconds:
        row.completedAt === null || row.batchId !== null || isTimeless(row.startedAt, row.completedAt)
          ? null
          : Math.max(0, (Date.parse(row.completedAt) - Date.parse(row.startedAt)) / 1000),
      wordsShown:
        row.batchId !== null ? null : [...shown].reduce((sum, question) => sum + wordsOf(question, row.language), 0),
      batteries: batteries
        .filter(([question]) => shown.has(question))
        .map(([question, items]) => ({
          code: question.code,
          hasReversed: items.some((item) => reversed.has(item.address)),
          scores: items.map((item) => number(item.address)),
        })),
      pairs: pairs
        .map((pair) => ({ ...pair, first: number(pair.items[0]), second: number(pair.items[1]) }))
        .filter(isOn),
      textAnswers: answers.flatMap(({ item, value }) => {
        const asked = itemsByAddress.get(item);
        if (!asked || !isSpoken(asked) || !isSource(value)) return [];
        const text = texts.get(`${value.source} ${value.version}`) ?? '';
        const word = (wording: Record<string, string>) => wordingIn(wording, row.language, definition.languages);
        return text === '' ? [] : [{ item, question: itemWording(asked, word), text }];
      }),
      answerVector: answerVector(
        closed.map(({ address }) => {
          const value = byItem.get(address)?.value ?? null;
          if (value === null || isSource(value)) return null;
          return Array.isArray(value) ? value.join(' ') : value;
        }),
      ),
      honeypotFilled,
    };
  };
}

/** Items that count the other way round in some scale. */
function reversedItems(definition: SurveyDefinition): string[] {
  const keys = (definition.instruments ?? []).flatMap((instrument) => instrument.scales.flatMap((one) => one.items));
  return keys.map(readItemKey).flatMap(({ item, isReversed }) => (isReversed ? [item] : []));
}

type Pair = AnswerPair & { items: readonly [string, string] };

/** In each scale, a reversed item and the straight one beside it: they say opposite things on the same steps. */
function pairsOf(definition: SurveyDefinition, items: ReadonlyMap<string, Item>): Pair[] {
  return (definition.instruments ?? []).flatMap((instrument) =>
    instrument.scales.flatMap((scale) => {
      const keys = scale.items.map(readItemKey);
      const straight = keys.filter(({ isReversed }) => !isReversed);
      const turned = keys.filter(({ isReversed }) => isReversed);
      return turned.flatMap((key, index): Pair[] => {
        const other = straight[index];
        const [a, b] = [items.get(key.item)?.steps, items.get(other?.item ?? '')?.steps];
        if (!other || !a || !b || a.min !== b.min || a.max !== b.max) return [];
        return [
          {
            name: `${other.item}, ${key.item}`,
            items: [other.item, key.item],
            meaning: 'opposite',
            first: null,
            second: null,
            min: a.min,
            max: a.max,
          },
        ];
      });
    }),
  );
}

const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
