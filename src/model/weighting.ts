import { z } from 'zod';
import { ASKED_WAYS } from './segmentation.ts';

const Percent = z.number({ error: 'Enter a number' }).min(0).max(100);

/** One thing whose shares among everybody are known from elsewhere: options of a choice, or bands of a number. */
const Margin = z.strictObject({
  /** A table column's id, such as `answer:sex`, `attribute:region` or `derived:…`. */
  column: z.string().min(1).max(200),
  /** Its name when the targets were set, for when it is no longer there. */
  name: z.string().min(1).max(500),
  categories: z
    .array(
      z.strictObject({
        label: z.string().min(1).max(500),
        /** Options that count as one category; none for a band. */
        codes: z.array(z.string().max(200)).max(200).default([]),
        /** A band begins here; null for the lowest. */
        from: z.number().nullable().default(null),
        /** The last number of the highest band; null where it has no end. */
        to: z.number().nullable().default(null),
        target: Percent,
      }),
    )
    .min(2, { error: 'At least two categories make a target' })
    .max(60, { error: 'At most 60 categories' }),
});
export type WeightingMargin = z.infer<typeof Margin>;

/** How much each response counts: by how likely it was asked, by known shares, or by both, the first being where raking begins. */
export const Weighting = z
  .strictObject({
    /** Who is weighed: empty for everybody whom no rule asked, `all` for everybody, or a base sample's version, `id@2`. */
    base: z.string().max(60).default(''),
    asked: z
      .strictObject({
        /** With which probability people of a way were asked, where the researcher says so; of others it must be stored. */
        given: z.partialRecord(z.enum(ASKED_WAYS), z.number().positive().max(1)),
      })
      .nullable()
      .default(null),
    raked: z
      .strictObject({
        margins: z.array(Margin).min(1).max(12, { error: 'At most 12 things to weigh by' }),
        /** The smallest and largest weight, in mean weights. */
        trim: z.strictObject({ low: z.number().min(0).lt(1), high: z.number().gt(1) }).nullable(),
        /** Whoever has no category of a margin: weighted by the others, or left out. */
        missing: z.enum(['keep', 'leave-out']),
      })
      .nullable()
      .default(null),
  })
  .refine(({ asked, raked }) => asked !== null || raked !== null, {
    error: 'Choose what to weigh by: known shares, how likely people were asked, or both',
    path: ['asked'],
  });
export type Weighting = z.infer<typeof Weighting>;
