import { createHash } from 'node:crypto';
import type { Instrument } from '../../model/survey.ts';
import { type ScaleReliability, scaleReliability } from '../../scales/scale-reliability.ts';
import { readItemKey, scoreScales } from '../../scales/score.ts';
import { mean } from '../../stats/mean.ts';
import { standardDeviation } from '../../stats/variance.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { asNumber, itemRanges, readColumns, type SurveyColumns } from './survey-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type ScaleReport = {
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
  /** Over complete respondents; null with a reason when there are too few. */
  reliability: ScaleReliability | null;
  reliabilityReason: string | null;
};
export type ScoreTable = {
  responseIds: number[];
  scales: ScaleReport[];
  values: (number | null)[][];
  inputHash: string;
  watermark: number;
  version: number;
};

/** Every scale of a survey scored for every response, with how well its items hang together. */
export async function scoresTask(
  { store, onProgress }: TaskContext,
  place: { studyId: number; surveyId: number },
): Promise<ScoreTable> {
  onProgress('Reading answers', 0.1);
  return scoreSurvey(store, place, onProgress);
}

export async function scoreSurvey(
  store: Store,
  place: { studyId: number; surveyId: number },
  onProgress: TaskContext['onProgress'],
): Promise<ScoreTable> {
  const columns = await readColumns(store, place);
  const instruments = columns.definition.instruments ?? [];
  if (instruments.length === 0)
    throw new Unanswerable(
      'This survey has no scales. Add an instrument with its key to the survey, publish it, and run this again',
    );
  if (columns.responses.length === 0)
    throw new Unanswerable('Nobody has completed this survey yet, so there is nothing to score');
  const hash = createHash('sha256');
  const scales: ScaleReport[] = [];
  const values: (number | null)[][] = [];
  for (const [index, instrument] of instruments.entries()) {
    onProgress(`Scoring ${instrument.code}`, 0.2 + (0.7 * index) / instruments.length);
    for (const { report, scores } of scoreInstrument(columns, instrument)) {
      scales.push(report);
      values.push(scores);
      hash.update(JSON.stringify([report.scale, scores]));
    }
  }
  return {
    responseIds: columns.responses.map((response) => response.id),
    scales,
    values,
    inputHash: hash.digest('base64url'),
    watermark: columns.watermark,
    version: columns.version,
  };
}

function scoreInstrument(
  columns: SurveyColumns,
  instrument: Instrument,
): { report: ScaleReport; scores: (number | null)[] }[] {
  const ranges = itemRanges(columns.definition);
  const items = [...new Set(instrument.scales.flatMap((scale) => scale.items.map((key) => readItemKey(key).item)))];
  const given = new Map(items.map((item) => [item, columns.column(item).map(asNumber)]));
  const scored = columns.responses.map((_, row) =>
    scoreScales(instrument, ranges, Object.fromEntries(items.map((item) => [item, given.get(item)?.[row] ?? null]))),
  );
  const keyHash = createHash('sha256')
    .update(JSON.stringify(instrument.scales.map((scale) => [scale.code, scale.items])))
    .digest('base64url')
    .slice(0, 16);
  return instrument.scales.map((scale) => {
    const scores = scored.map((one) => one.scores[scale.code] ?? null);
    const known = scores.filter((score) => score !== null);
    const turned = columns.responses.map((_, row) =>
      scale.items.map((key) => {
        const { item, isReversed } = readItemKey(key);
        const answer = given.get(item)?.[row] ?? null;
        const range = ranges[item];
        return answer === null || !range ? null : isReversed ? range.min + range.max - answer : answer;
      }),
    );
    return {
      scores,
      report: {
        scale: `${instrument.code}.${scale.code}`,
        instrument: instrument.code,
        instrumentVersion: instrument.version,
        keyHash,
        name: scale.name[columns.definition.languages[0] ?? 'en'] ?? scale.code,
        centring: instrument.centring,
        items: [...scale.items],
        n: known.length,
        mean: mean(known),
        standardDeviation: standardDeviation(known),
        ...reliabilityOf(turned),
      },
    };
  });
}

function reliabilityOf(turned: (number | null)[][]): Pick<ScaleReport, 'reliability' | 'reliabilityReason'> {
  const none = (reliabilityReason: string) => ({ reliability: null, reliabilityReason });
  if ((turned[0]?.length ?? 0) < 2) return none('one item alone has no alpha');
  if (turned.filter((row) => row.every((answer) => answer !== null)).length < 2) {
    return none('fewer than two people answered every item');
  }
  return { reliability: scaleReliability(turned), reliabilityReason: null };
}
