import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import type { ScaleReport, ScoresResult } from '../../workers/tasks/scores.ts';
import type { House } from '../app.ts';
import { Id, operation, Time } from './operation.ts';
import { surveyIn } from './surveys.ts';

const figure = z.number().nullable();
const Interval = z.strictObject({ low: z.number(), high: z.number() }).nullable();
const Scale = z
  .strictObject({
    scale: z.string().meta({ description: 'instrument.scale' }),
    name: z.string(),
    instrumentVersion: z.string(),
    partOf: z.string().nullable(),
    items: z.array(z.string()),
    n: z.number().int().meta({ description: 'Responses that were scored' }),
    mean: figure,
    standardDeviation: figure,
    alpha: figure,
    alphaInterval: Interval,
    omega: figure,
    omegaInterval: Interval,
    reason: z.string().nullable().meta({ description: 'Why there is no reliability' }),
  })
  .meta({ id: 'ScoredScale', description: 'Intervals are of 95%' });

const scaleView = (scale: ScaleReport): z.input<typeof Scale> => ({
  scale: scale.scale,
  name: scale.name,
  instrumentVersion: scale.instrumentVersion,
  partOf: scale.partOf,
  items: [...scale.items],
  n: scale.n,
  mean: scale.mean,
  standardDeviation: scale.standardDeviation,
  alpha: scale.reliability?.alpha ?? null,
  alphaInterval: intervalView(scale.reliability?.alphaInterval),
  omega: scale.omega?.omega ?? null,
  omegaInterval: intervalView(scale.omega?.interval),
  reason: scale.reliabilityReason,
});
const intervalView = (interval: { low: number; high: number } | null | undefined) =>
  interval ? { low: interval.low, high: interval.high } : null;

/** What scales came to; scoring them is a run. */
export const scoreResource = (house: House) => {
  const { store } = house.verbatim;
  return {
    readScores: operation({
      method: 'GET',
      path: '/studies/:study/surveys/:survey/scores',
      scope: 'analysis:read',
      chapter: 'Scores',
      title: 'Read how the scales of a survey were scored last',
      text: 'The scores of single people stand with their responses.',
      answer: z.strictObject({
        run: Id,
        scoredAt: Time,
        n: z.number().int(),
        scales: z.array(Scale),
      }),
      handle: async ({ study, params }) => {
        const survey = await surveyIn(house, study, params.survey);
        const run = await store.analyses.latestDone(study.id, 'scores', { surveyId: survey.id });
        const result = run && (JSON.parse(run.result ?? '{}') as Partial<ScoresResult>);
        // What an earlier version kept has fewer figures.
        if (!run || !result?.scales || !result.instruments)
          throw new Problem('conflict', 'The scales of this survey have not been scored yet', {
            detail: 'Begin a run that scores them, and ask again when it has ended',
          });
        return {
          run: run.publicId,
          scoredAt: run.finishedAt ?? run.createdAt,
          n: result.n ?? 0,
          scales: result.scales.map(scaleView),
        };
      },
    }),
  };
};
