import type { Instrument } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { bins } from '../../reports/question-summary.ts';
import { type ExploredFactors, exploreFactors, type FactorRotation } from '../../scales/explore-factors.ts';
import { type ResponseStyle, responseStyle } from '../../scales/response-style.ts';
import { type ReliabilityReport, reliabilityReport } from '../../scales/scale-report.ts';
import { readItemKey } from '../../scales/score.ts';
import { SCHWARTZ_ORDER, type ValuesCircle, valuesCircle } from '../../scales/values-circle.ts';
import type { FactorMethod } from '../../stats/factor-analysis.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readColumns } from './survey-columns.ts';
import { type AnsweredInstrument, type ScoredScale, type ScoreTable, scoreColumns } from './survey-scores.ts';

/** What of an instrument is to be explored for factors. */
export type FactorSettings = {
  instrument: string;
  /** Null for as many as parallel analysis suggests. */
  factors: number | null;
  method: FactorMethod;
  rotation: FactorRotation;
};

export type ScaleReport = ScoredScale &
  ReliabilityReport & {
    partOf: string | null;
    score: 'mean' | 'sum';
    minimumAnswered: number;
    /** How the scores are spread. */
    bins: { label: string; count: number }[];
  };
export type InstrumentReport = {
  code: string;
  name: string;
  version: string;
  keyHash: string;
  licence: string | null;
  citation: string | null;
  isCircumplex: boolean;
  /** Who answered an item that shows whether somebody reads as nobody does who reads. */
  caught: number;
  hasCatches: boolean;
  outOfRange: number;
  style: ResponseStyle;
  /** How many have been scored, and how many it takes; null for an instrument that is not provisional. */
  provisional: { n: number; until: number } | null;
  circle: ValuesCircle | null;
  circleReason: string | null;
  factors: ExploredFactors | null;
  factorsReason: string | null;
};
export type ScoresResult = { scales: ScaleReport[]; instruments: InstrumentReport[]; n: number };

/** Every scale of a survey scored for every response, with how well it measures. */
export async function scoresTask(
  { store, onProgress }: TaskContext,
  { seed, factors, ...place }: { studyId: number; surveyId: number; seed: number; factors: FactorSettings | null },
): Promise<ScoreTable & { result: ScoresResult }> {
  onProgress('Reading answers', 0.05);
  const columns = await readColumns(store, place);
  const { table, instruments } = scoreColumns(columns, onProgress);
  const word = (wording: Record<string, string>) =>
    wordingIn(wording, columns.definition.languages[0] ?? 'en', columns.definition.languages);

  const scales: ScaleReport[] = [];
  const reports: InstrumentReport[] = [];
  for (const answered of instruments) {
    const { instrument, ranges, given, outOfRange } = answered;
    const own = table.scales
      .map((scale, index) => ({ scale, index }))
      .filter(({ scale }) => scale.instrument === instrument.code);
    for (const [at, { scale, index }] of own.entries()) {
      onProgress(`Reliability of ${scale.name}`, 0.2 + (0.5 * scales.length) / table.scales.length);
      const key = instrument.scales[at]!;
      const known = (table.values[index] ?? []).filter((score) => score !== null);
      scales.push({
        ...scale,
        partOf: key.partOf ?? null,
        score: key.score ?? 'mean',
        minimumAnswered: key.minimumAnswered ?? key.items.length,
        bins: bins(
          [...Map.groupBy(known, (score) => score)].map(([value, same]) => ({ value, count: same.length })),
          {},
        ),
        ...reliabilityReport(key, ranges, given, { outOfRange, random: mulberry32(seed) }),
      });
    }
    const scored = Math.max(0, ...own.map(({ scale }) => scale.n));
    onProgress(`Looking at ${instrument.code} as a whole`, 0.7);
    reports.push({
      code: instrument.code,
      name: word(instrument.name),
      version: instrument.version,
      keyHash: own[0]!.scale.keyHash,
      licence: instrument.licence ?? null,
      citation: instrument.citation ?? null,
      isCircumplex: instrument.structure === 'circumplex',
      caught: answered.scored.filter(({ isCaught }) => isCaught).length,
      hasCatches: (instrument.catches ?? []).length > 0,
      outOfRange: [...outOfRange.values()].reduce((sum, count) => sum + count, 0),
      style: styleOf(answered),
      provisional:
        instrument.provisionalUntil !== undefined && scored < instrument.provisionalUntil
          ? { n: scored, until: instrument.provisionalUntil }
          : null,
      ...circleOf(
        instrument,
        own.map(({ index }) => table.values[index] ?? []),
        seed,
      ),
      ...factorsOf(answered, factors, seed, (done) => onProgress('Drawing unrelated answers', 0.7 + 0.25 * done)),
    });
  }
  return { ...table, result: { scales, instruments: reports, n: table.responseIds.length } };
}

function styleOf({ instrument, items, given, ranges }: AnsweredInstrument): ResponseStyle {
  const columns = items.map((item) => given.get(item) ?? []);
  const place = new Map(items.map((item, index) => [item, index]));
  const rows = (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? null));
  const { min, max } = ranges[items[0] ?? ''] ?? { min: 0, max: 0 };
  // One scale inside another would count its items twice.
  const own = instrument.scales.filter(({ partOf }) => partOf === undefined);
  return responseStyle(
    rows,
    own.map((scale) => {
      const keys = scale.items.map(readItemKey);
      const at = (isReversed: boolean) =>
        keys.filter((key) => key.isReversed === isReversed).flatMap(({ item }) => place.get(item) ?? []);
      return { straight: at(false), reversed: at(true) };
    }),
    (min + max) / 2,
  );
}

function circleOf(
  instrument: Instrument,
  columns: readonly (readonly (number | null)[])[],
  seed: number,
): Pick<InstrumentReport, 'circle' | 'circleReason'> {
  const none = (circleReason: string | null) => ({ circle: null, circleReason });
  if (instrument.structure !== 'circumplex') return none(null);
  const codes: readonly string[] = SCHWARTZ_ORDER;
  const order = codes.map((code) => instrument.scales.findIndex((scale) => scale.code === code));
  if (order.includes(-1))
    return none(`its scales are not called by the ten values, in English: ${SCHWARTZ_ORDER.join(', ')}`);
  const rows = (columns[0] ?? []).map((_, row) => order.map((column) => columns[column]?.[row] ?? null));
  try {
    return { circle: valuesCircle(rows, codes, { random: mulberry32(seed) }), circleReason: null };
  } catch (error) {
    if (error instanceof RangeError) return none(error.message);
    throw error;
  }
}

function factorsOf(
  { instrument, items, given }: AnsweredInstrument,
  settings: FactorSettings | null,
  seed: number,
  onStep: (done: number) => void,
): Pick<InstrumentReport, 'factors' | 'factorsReason'> {
  const none = (factorsReason: string | null) => ({ factors: null, factorsReason });
  if (settings?.instrument !== instrument.code) return none(null);
  if (instrument.structure === 'circumplex' || instrument.centring === 'person-mean')
    return none(
      'Values stand in a circle, each between two neighbours, and their scores sum to nothing within each person: factors would be made up of both, and say nothing of how the values are ordered',
    );
  const columns = items.map((item) => given.get(item) ?? []);
  const rows = (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? null));
  const { factors, method, rotation } = settings;
  try {
    const found = exploreFactors(rows, items, { random: mulberry32(seed), factors, method, rotation, onStep });
    return { factors: found, factorsReason: null };
  } catch (error) {
    if (error instanceof RangeError) return none(error.message);
    throw error;
  }
}
