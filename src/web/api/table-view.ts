import { z } from 'zod';
import { tableMethod } from '../../exchange/table-layout.ts';
import type { HiddenMark, ShownCell, ShownTable } from '../../reports/shown-table.ts';
import type { MadeOnce } from '../../services/banner-tables.ts';
import { Id, Time } from './operation.ts';

const number = z.number().nullable();
const Standing = z
  .enum(['enough', 'warned', 'hidden'])
  .meta({ description: 'Whether enough people stand behind it to test it: hidden is tested with nothing' });
const BASE = {
  n: number.meta({ description: 'People; null where too few are behind it to be told' }),
  weighted: number,
  effectiveN: number,
};
const Base = z.strictObject({ ...BASE, standing: Standing });
const Cell = z
  .strictObject({
    value: number.meta({ description: 'A share from 0 to 1, a mean or a median' }),
    low: number.meta({ description: 'With high the 95% interval' }),
    high: number,
    count: number.meta({ description: 'People who chose the option; null of means and medians' }),
    standing: Standing,
    above: z
      .array(z.number().int())
      .meta({ description: 'Columns of its family that it lies above, by their place in columns' }),
    isHidden: z.boolean().meta({ description: 'Too few people are behind it to be told' }),
  })
  .meta({ id: 'TableCell' });
const Test = z.strictObject({
  family: z.number().int().meta({ description: 'By its place in families' }),
  kind: z.enum(['chi-square', 'welch', 'kruskal-wallis']),
  statistic: z.number(),
  df: z.number(),
  df2: number,
  p: z.number(),
  adjustedP: number,
  effect: z.strictObject({
    name: z.enum(['cramers-v', 'omega-squared', 'epsilon-squared']),
    value: z.number(),
    low: z.number(),
    high: z.number(),
  }),
  designEffect: z.number(),
});

/** A table that was made, with every figure that its reader may see. */
export const Made = z
  .strictObject({
    run: Id,
    version: z.number().int().meta({ description: 'Of the settings that it was made of' }),
    madeAt: Time,
    title: z.string(),
    filter: z.string().nullable().meta({ description: 'Who is in it, in words; null for everybody who counts' }),
    weighting: z
      .strictObject({ n: z.number(), effectiveN: z.number(), designEffect: z.number(), efficiency: z.number() })
      .nullable(),
    notes: z.array(z.string()).meta({ description: 'How it was made, as its page and its files say it' }),
    total: z.strictObject(BASE),
    columns: z.array(
      z.strictObject({
        letter: z.string(),
        label: z.string(),
        question: z.string(),
        within: z.string().nullable().meta({ description: 'The answer of the outer question that it lies within' }),
        isNet: z.boolean(),
        ...BASE,
        standing: Standing,
      }),
    ),
    families: z
      .array(
        z.strictObject({
          question: z.string(),
          within: z.string().nullable(),
          columns: z.array(z.number().int()),
          isTestedInPairs: z.boolean(),
        }),
      )
      .meta({ description: 'Columns that are held against each other' }),
    blocks: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        kind: z.enum(['choice', 'choices', 'number', 'ordinal']),
        isInput: z.boolean().meta({ description: 'Columns are made from it, so it is shown and not tested' }),
        totalBase: Base,
        bases: z.array(Base),
        rows: z.array(
          z.strictObject({
            kind: z.enum(['share', 'mean', 'median']),
            code: z.string().nullable(),
            label: z.string(),
            total: Cell,
            cells: z.array(Cell).meta({ description: 'One for each column' }),
          }),
        ),
        tests: z.array(Test),
      }),
    ),
  })
  .meta({ id: 'MadeTable' });

const baseOf = ({
  n,
  weighted,
  effectiveN,
  isHidden,
}: { n: number; weighted: number; effectiveN: number } & HiddenMark) =>
  isHidden ? { n: null, weighted: null, effectiveN: null } : { n, weighted, effectiveN };
const cellOf = ({ value, low, high, count, standing, above, isHidden }: ShownCell): z.input<typeof Cell> => ({
  value,
  low,
  high,
  count,
  standing,
  above,
  isHidden: isHidden === true,
});

export const madeView = ({
  table,
  notes,
  run,
  version,
}: MadeOnce<{ table: ShownTable; notes: string[] }>): z.input<typeof Made> => ({
  run: run.publicId,
  version,
  madeAt: run.finishedAt ?? run.createdAt,
  title: table.title,
  filter: table.filter,
  weighting: table.weighting,
  notes: [...notes, ...tableMethod(table)],
  total: baseOf(table.total),
  columns: table.columns.map((column) => ({
    letter: column.letter,
    label: column.label,
    question: column.question,
    within: column.within,
    isNet: column.isNet,
    ...baseOf(column),
    standing: column.standing,
  })),
  families: table.families.map(({ question, within, columns, isTestedInPairs }) => ({
    question,
    within,
    columns,
    isTestedInPairs,
  })),
  blocks: table.blocks.map((block) => ({
    id: block.id,
    name: block.name,
    kind: block.kind,
    isInput: block.isInput,
    totalBase: { ...baseOf(block.totalBase), standing: block.totalBase.standing },
    bases: block.bases.map((base) => ({ ...baseOf(base), standing: base.standing })),
    rows: block.rows.map(({ kind, code, label, total, cells }) => ({
      kind,
      code,
      label,
      total: cellOf(total),
      cells: cells.map(cellOf),
    })),
    tests: block.tests.map(({ family, kind, statistic, df, df2, p, adjustedP, effect, designEffect }) => ({
      family,
      kind,
      statistic,
      df,
      df2,
      p,
      adjustedP,
      effect: { name: effect.name, value: effect.value, low: effect.low, high: effect.high },
      designEffect,
    })),
  })),
});
