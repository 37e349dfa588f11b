import { createHash } from 'node:crypto';
import { scoreAttributeName } from '../../model/score-source.ts';
import type { Instrument } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { keyHash } from '../../scales/key-hash.ts';
import { readItemKey, type Scores, scoreScales } from '../../scales/score.ts';
import { mean } from '../../stats/mean.ts';
import { standardDeviation } from '../../stats/variance.ts';
import type { Store } from '../../store/store.ts';
import { asNumber, itemRanges, readColumns, type SurveyColumns } from './survey-columns.ts';
import { Unanswerable } from './unanswerable.ts';

/** One scale as everybody scores on it. */
export type ScoredScale = {
  /** `instrument.scale`, under which scores are kept. */
  scale: string;
  instrument: string;
  instrumentVersion: string;
  keyHash: string;
  name: string;
  centring: Instrument['centring'];
  items: string[];
  n: number;
  mean: number | null;
  standardDeviation: number | null;
};
export type ScoreTable = {
  responseIds: number[];
  scales: ScoredScale[];
  /** Scales × responses. */
  values: (number | null)[][];
  inputHash: string;
  watermark: number;
  version: number;
};

/** What everybody answered to an instrument, and what they score. */
export type AnsweredInstrument = {
  instrument: Instrument;
  /** In the order in which they first stand in a scale. */
  items: string[];
  /** By item: one answer for each response, as given; null where there is none on the steps, and of whoever was caught not reading. */
  given: Map<string, (number | null)[]>;
  /** By item: how many answers lie beyond the steps, which may have been others when they were given. */
  outOfRange: Map<string, number>;
  ranges: Record<string, { min: number; max: number }>;
  scored: Scores[];
};

/** Every scale of a survey scored for every response. */
export async function scoreSurvey(
  store: Store,
  place: { studyId: number; surveyId: number },
  onProgress: (step: string, done: number) => void,
): Promise<ScoreTable> {
  return scoreColumns(await readColumns(store, place), onProgress).table;
}

/** @throws {Unanswerable} when the survey has no instrument, or nobody has answered it */
export function scoreColumns(
  columns: SurveyColumns,
  onProgress: (step: string, done: number) => void,
): { table: ScoreTable; instruments: AnsweredInstrument[] } {
  const instruments = columns.definition.instruments ?? [];
  if (instruments.length === 0)
    throw new Unanswerable(
      'This survey has no scales. Add an instrument with its key to the survey, publish it, and run this again',
    );
  if (columns.responses.length === 0)
    throw new Unanswerable('Nobody has completed this survey yet, so there is nothing to score');
  const hash = createHash('sha256');
  const scales: ScoredScale[] = [];
  const values: (number | null)[][] = [];
  const answered = instruments.map((instrument, index) => {
    onProgress(`Scoring ${instrument.code}`, 0.1 + (0.1 * index) / instruments.length);
    const one = answerInstrument(columns, instrument);
    const ownHash = keyHash(instrument);
    for (const scale of instrument.scales) {
      const scores = one.scored.map((scored) => scored.scores[scale.code] ?? null);
      const known = scores.filter((score) => score !== null);
      const name = scoreAttributeName(instrument.code, scale.code);
      scales.push({
        scale: name,
        instrument: instrument.code,
        instrumentVersion: instrument.version,
        keyHash: ownHash,
        name: wordingIn(scale.name, columns.definition.languages[0] ?? 'en', columns.definition.languages),
        centring: instrument.centring,
        items: [...scale.items],
        n: known.length,
        mean: mean(known),
        standardDeviation: standardDeviation(known),
      });
      values.push(scores);
      hash.update(JSON.stringify([name, scores]));
    }
    return one;
  });
  return {
    table: {
      responseIds: columns.responses.map((response) => response.id),
      scales,
      values,
      inputHash: hash.digest('base64url'),
      watermark: columns.watermark,
      version: columns.version,
    },
    instruments: answered,
  };
}

function answerInstrument(columns: SurveyColumns, instrument: Instrument): AnsweredInstrument {
  const ranges = itemRanges(columns.definition);
  const items = [...new Set(instrument.scales.flatMap((scale) => scale.items.map((key) => readItemKey(key).item)))];
  const asked = [...new Set([...items, ...(instrument.catches ?? []).map(({ item }) => item)])];
  const outOfRange = new Map<string, number>();
  const given = new Map(
    asked.map((item) => {
      const range = ranges[item];
      const column = columns.column(item).map(asNumber);
      const inside = column.map((answer) =>
        answer !== null && range && answer >= range.min && answer <= range.max ? answer : null,
      );
      outOfRange.set(item, column.filter((answer, row) => answer !== null && inside[row] === null).length);
      return [item, inside];
    }),
  );
  const scored = columns.responses.map((_, row) =>
    scoreScales(instrument, ranges, Object.fromEntries(asked.map((item) => [item, given.get(item)?.[row] ?? null]))),
  );
  // Whoever does not read says nothing of how well a scale measures either.
  scored.forEach(({ isCaught }, row) => {
    if (isCaught) for (const column of given.values()) column[row] = null;
  });
  return { instrument, items, given, outOfRange, ranges, scored };
}
