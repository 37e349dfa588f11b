import { z } from 'zod';
import { ASKED_WAYS } from '../../model/segmentation.ts';
import type { WeighedSurvey } from '../../workers/tasks/weigh.ts';

const count = z.number().int();
/** What a weighting comes to. */
export const Weighed = z
  .strictObject({
    all: count.meta({ description: 'Responses of the survey that count at all' }),
    base: z.string().meta({ description: 'Who was weighed, in words' }),
    effect: z
      .strictObject({ n: z.number(), effectiveN: z.number(), designEffect: z.number(), efficiency: z.number() })
      .meta({ description: 'What the weights cost, after Kish' }),
    smallest: z.number(),
    largest: z.number(),
    leftOut: z.record(z.string(), count).meta({ description: 'How many do not count, by why' }),
    ways: z
      .array(
        z.strictObject({
          way: z.enum(ASKED_WAYS),
          n: count,
          stored: count,
          said: count,
          probability: z.number().nullable(),
          unknown: count,
        }),
      )
      .meta({ description: 'By how likely people were asked' }),
    raked: z
      .strictObject({
        converged: z.boolean().meta({ description: 'Whether every share is met' }),
        iterations: count,
        trimmed: count.meta({ description: 'Weights that were held at an end' }),
        margins: z.array(
          z.strictObject({
            name: z.string(),
            missing: count,
            categories: z.array(
              z.strictObject({
                label: z.string(),
                n: count,
                target: z.number(),
                before: z.number(),
                after: z.number(),
              }),
            ),
          }),
        ),
      })
      .nullable(),
    notes: z.array(z.string()),
  })
  .meta({ id: 'Weighed' });

export const weighedView = ({
  all,
  base,
  effect: { n, effectiveN, designEffect, efficiency },
  smallest,
  largest,
  leftOut,
  ways,
  raked,
  notes,
}: WeighedSurvey): z.input<typeof Weighed> => ({
  all,
  base,
  effect: { n, effectiveN, designEffect, efficiency },
  smallest,
  largest,
  leftOut: Object.fromEntries(Object.entries(leftOut)),
  ways: ways.map((one) => ({
    way: one.way,
    n: one.n,
    stored: one.stored,
    said: one.said,
    probability: one.probability,
    unknown: one.unknown,
  })),
  raked: raked && {
    converged: raked.converged,
    iterations: raked.iterations,
    trimmed: raked.trimmed,
    margins: raked.margins.map(({ name, missing, categories }) => ({
      name,
      missing,
      categories: categories.map(({ label, n: people, target, before, after }) => ({
        label,
        n: people,
        target,
        before,
        after,
      })),
    })),
  },
  notes,
});
