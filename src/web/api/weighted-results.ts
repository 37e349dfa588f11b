import { z } from 'zod';
import type { MeasuredSurvey } from '../../workers/tasks/measured-waves.ts';
import type { House } from '../app.ts';
import { operation } from './operation.ts';
import { surveyIn } from './surveys.ts';

const number = z.number().nullable();
const Measured = z
  .strictObject({
    base: z.string().meta({ description: 'Who is counted, in words' }),
    weighting: z.string().nullable().meta({ description: 'What of the weighting stands beside the figures' }),
    notes: z.array(z.string()),
    waves: z
      .array(
        z.strictObject({ name: z.string(), number: z.number().int(), n: z.number().int(), effectiveN: z.number() }),
      )
      .meta({ description: 'One for everybody where the survey is counted as a whole' }),
    items: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        kind: z.enum(['share', 'mean']),
        rows: z.array(
          z.strictObject({
            id: z.string(),
            label: z.string(),
            points: z
              .array(
                z
                  .strictObject({ n: z.number(), effectiveN: z.number(), value: z.number(), low: number, high: number })
                  .nullable(),
              )
              .meta({ description: 'A share (0 to 1) or a mean in each wave, with its 95% interval' }),
            steps: z
              .array(
                z.strictObject({
                  from: z.number().int().meta({ description: 'A wave by its place in waves' }),
                  to: z.number().int(),
                  difference: z.number(),
                  low: z.number(),
                  high: z.number(),
                  p: number,
                  adjustedP: number,
                  paired: z.number().meta({ description: 'People known to be in both; 0 for separate samples' }),
                }),
              )
              .meta({ description: 'What changed from wave to wave, and from the first to the last' }),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'WeightedResults' });

/** Figures of a survey under a base and a weighting. */
export const weightedResultsResource = (house: House) => ({
  readWeightedResults: operation({
    method: 'GET',
    path: '/studies/:study/surveys/:survey/results/weighted',
    scope: 'analysis:read',
    chapter: 'Results',
    title: 'Read shares and means of a base, weighted',
    text: 'As the study’s researchers see them, with every figure: as a whole, or wave by wave with what changed.',
    query: z.strictObject({
      base: z
        .string()
        .max(60)
        .default('')
        .meta({ description: 'Empty for everybody whom no rule asked, all, or the id of a base' }),
      weighting: z.string().max(60).default('').meta({ description: 'The id of a weighting; empty for none' }),
      by: z.enum(['all', 'wave']).default('all'),
    }),
    answer: Measured,
    example: { query: { by: 'all' } },
    handle: async ({ study, params, query: { base, weighting, by } }) => {
      const survey = await surveyIn(house, study, params.survey);
      return view(await house.verbatim.samples.measure(study, survey, { base, weighting, isByWave: by === 'wave' }));
    },
  }),
});

const view = ({ waves, items, base, weighting, notes }: MeasuredSurvey): z.input<typeof Measured> => ({
  base,
  weighting,
  notes,
  waves: waves.map(({ name, number: place, n, effectiveN }) => ({ name, number: place, n, effectiveN })),
  items: items.map(({ id, name, kind, rows }) => ({
    id,
    name,
    kind,
    rows: rows.map((row) => ({
      id: row.id,
      label: row.label,
      points: row.points.map(
        (point) =>
          point && {
            n: point.n,
            effectiveN: point.effectiveN,
            value: point.value,
            low: point.low,
            high: point.high,
          },
      ),
      steps: (row.trend?.steps ?? []).map(({ from, to, difference, low, high, p, adjustedP, paired }) => ({
        from,
        to,
        difference,
        low,
        high,
        p,
        adjustedP,
        paired,
      })),
    })),
  })),
});
