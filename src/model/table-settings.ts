import { z } from 'zod';

/** How a table of many columns is set up; it is made anew from this whenever somebody asks. */

/** More questions down than these are a table that nobody reads, and a workbook that no program opens with ease. */
export const TABLE_ROWS_MAX = 400;
export const BANNERS_MAX = 12;
export const TABLE_ADJUSTMENTS = ['benjamini-hochberg', 'holm', 'none'] as const;

const Id = z.string().trim().min(1).max(200);
const Banner = z.strictObject({
  of: Id,
  /** The columns of `of` stand once within each answer of this one. */
  within: Id.nullable(),
  nets: z
    .array(z.strictObject({ label: z.string().min(1).max(200), codes: z.array(z.string().max(200)).min(1) }))
    .max(20),
});

export const TableSettings = z.strictObject({
  format: z.literal(1),
  /** What goes down the side, by id; none for everything that can be counted. */
  rows: z.array(Id).max(TABLE_ROWS_MAX, {
    error: `A table takes ${TABLE_ROWS_MAX} questions down its side at most. Make several of it`,
  }),
  banners: z
    .array(Banner)
    .min(1, { error: 'Choose at least one question for the columns' })
    .max(BANNERS_MAX, { error: `Choose ${BANNERS_MAX} questions for the columns at most` }),
  /** The id of a weighting of the survey; null for none. */
  weighting: Id.nullable(),
  /** Who is in the table: a filter of responses as the query of an address, empty for everybody. */
  filter: z.string().max(4000),
  adjustment: z.enum(TABLE_ADJUSTMENTS, { error: 'Choose how the tests are adjusted' }),
  alpha: z
    .number({ error: 'Enter a number, such as 0.05' })
    .min(0.0001, { error: 'Enter at least 0.0001' })
    .max(0.2, { error: 'Enter at most 0.2: above that a letter says nothing' }),
  baseMin: z
    .int({ error: 'Enter a whole number' })
    .min(10, { error: 'Enter at least 10: fewer people cannot be tested' })
    .max(10_000),
  baseWarned: z.int({ error: 'Enter a whole number' }).min(10).max(100_000),
  /** Numbers show their median beside their mean. */
  medians: z.boolean(),
});
export type TableSettings = z.infer<typeof TableSettings>;
