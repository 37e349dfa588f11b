import { z } from 'zod';
import { SEGMENTATION_LABELS } from './segmentation.ts';

const Id = z.string().min(1).max(200);
const Text = z.string().max(2000);
const Amount = z.number();
const Share = z.number().min(0).max(1);
const Interval = z.strictObject({ share: Share, low: Share, high: Share });
const Count = z.number().int().min(0);

/** Something a person is asked. Of a nominal one the values are the indexes of its options. */
const TypingItem = z.strictObject({
  id: Id,
  name: Text,
  kind: z.enum(['numeric', 'ordinal', 'binary', 'nominal']),
  options: z.array(z.strictObject({ code: Text, value: Amount, text: Text })).max(500),
  /** The ends of what can be answered; null when nobody said. */
  min: Amount.nullable(),
  max: Amount.nullable(),
});
export type TypingItem = z.infer<typeof TypingItem>;

/**
 * Something the table weighs: constant + sum of weight × item. For most it is one item as it was answered; a centred value
 * or a scale is worked out of a whole battery.
 */
const TypingQuestion = z.strictObject({
  id: Id,
  name: Text,
  workedOutOf: z.array(z.strictObject({ item: Id, weight: Amount })).min(1),
  constant: Amount,
});
export type TypingQuestion = z.infer<typeof TypingQuestion>;

/** One line of the scoring table. With a level it counts 1 for that answer of a nominal question, else 0. */
const TableRow = z.strictObject({ question: Id, level: Count.nullable(), weights: z.array(Amount) });

const PathStep = z.strictObject({
  questions: Count,
  /** The question that came in. */
  added: Id,
  name: Text,
  /** How many items have to be asked for it. */
  items: Count,
  /** Of people who did not help to fit it, but helped to choose the questions. */
  accuracy: Interval,
  kappa: Amount.nullable(),
  /** Of people who neither helped to fit it nor to choose the questions: the figure to show. */
  nestedAccuracy: Interval,
  nestedKappa: Amount.nullable(),
});
export type PathStep = z.infer<typeof PathStep>;

/** One way through the tree: all its conditions hold. */
const TreeRule = z.strictObject({
  segment: Id,
  n: Count,
  /** Of those, the share that is in the segment. */
  share: Share,
  conditions: z.array(
    z.strictObject({ question: Id, is: z.enum(['below', 'at-least', 'level', 'not-level']), value: Amount }),
  ),
});
export type TreeRule = z.infer<typeof TreeRule>;

const Measured = z.strictObject({
  n: Count,
  folds: Count,
  path: z.array(PathStep).min(1),
  /** How many questions of the path the tool asks. */
  chosen: Count,
  accuracy: Interval,
  kappa: Amount.nullable(),
  /** The share that would be right if everybody were put into the largest segment. */
  baseline: Share,
  /** True segment × segment found, in nested folds. */
  confusion: z.array(z.array(Count)),
  recall: z.array(Interval),
  /** Null for a segment that nobody was taken for. */
  precision: z.array(Interval.nullable()),
  mayPublish: z.strictObject({ ok: z.boolean(), reasons: z.array(Text) }),
  unsure: z.strictObject({
    shareUnsure: Share,
    accuracyOfSure: Interval.nullable(),
    /** What other thresholds would do. */
    byThreshold: z.array(z.strictObject({ below: Share, shareUnsure: Share, accuracyOfSure: Interval.nullable() })),
  }),
  tree: z.strictObject({ accuracy: Interval, kappa: Amount.nullable(), rules: z.array(TreeRule) }),
  notes: z.array(Text),
});
export type MeasuredTyping = z.infer<typeof Measured>;

/**
 * A few questions and a table that turn a person's answers into a segment. Plain data: it can be stored, sent and read back.
 */
export const TypingTool = z
  .strictObject({
    format: z.literal(1),
    /** `fitted` from people whose segments are known, or `imported` from a table made elsewhere. */
    origin: z.enum(['fitted', 'imported']),
    items: z.array(TypingItem).min(1).max(500),
    /** In the order in which they tell most. */
    questions: z.array(TypingQuestion).min(1).max(100),
    segments: z
      .array(z.strictObject({ id: Id, name: Text }))
      .min(2)
      .max(50),
    /** Equal for finding people, as in the sample for reporting; what an imported table assumed nobody knows. */
    priors: z.strictObject({ kind: z.enum(['equal', 'sample', 'unknown']), shares: z.array(Share).nullable() }),
    /** Score of a segment = sum of weight × value + constant; the highest score is the segment. */
    table: z.strictObject({ rows: z.array(TableRow).min(1), constants: z.array(Amount) }),
    /** Segments × rows and rows × rows: what makes it possible to leave an unanswered question out. */
    spread: z.strictObject({ means: z.array(z.array(Amount)), covariance: z.array(z.array(Amount)) }).nullable(),
    /** The version of a segmentation that it tells, and what that may be called; absent where nobody said. */
    of: z.strictObject({ segmentation: Text, version: Count, label: z.enum(SEGMENTATION_LABELS) }).optional(),
    /** A person whose most likely segment is less likely than this is in none. */
    unsureBelow: Share,
    /** What was found in people whose segments are known; null for an imported tool. */
    measured: Measured.nullable(),
  })
  .superRefine((tool, context) => {
    for (const message of faultsOf(tool)) context.addIssue({ code: 'custom', message });
  });
export type TypingTool = z.infer<typeof TypingTool>;

type Parts = Pick<TypingTool, 'items' | 'questions' | 'segments' | 'priors' | 'table' | 'spread' | 'measured'>;

/** What does not fit together, in sentences. */
function faultsOf({ items, questions, segments, priors, table, spread, measured }: Parts): string[] {
  const faults: string[] = [];
  for (const [word, ids] of [
    ['item', items.map(({ id }) => id)],
    ['question', questions.map(({ id }) => id)],
    ['segment', segments.map(({ id }) => id)],
  ] as const) {
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    if (twice.length > 0) faults.push(`The ${word} “${twice[0]}” stands there twice`);
  }
  const itemIds = new Set(items.map(({ id }) => id));
  const weighed = new Map(questions.map((question) => [question.id, question]));
  for (const { id, workedOutOf } of questions)
    for (const { item } of workedOutOf)
      if (!itemIds.has(item))
        faults.push(`The question “${id}” is worked out of “${item}”, which is not among the items`);
  for (const { question, weights } of table.rows) {
    if (!weighed.has(question)) faults.push(`The table weighs “${question}”, which is not among the questions`);
    if (weights.length !== segments.length)
      faults.push(`“${question}” has ${weights.length} weights for ${segments.length} segments`);
  }
  for (const { id } of questions)
    if (!table.rows.some(({ question }) => question === id)) faults.push(`The table has no weights for “${id}”`);
  if (table.constants.length !== segments.length)
    faults.push(`There are ${table.constants.length} constants for ${segments.length} segments`);
  if (priors.shares !== null && priors.shares.length !== segments.length)
    faults.push(`There are ${priors.shares.length} priors for ${segments.length} segments`);
  for (const { id, min, max } of items)
    if (min !== null && max !== null && min > max) faults.push(`The answers to “${id}” end before they begin`);
  const rows = table.rows.length;
  if (
    spread !== null &&
    (spread.means.length !== segments.length ||
      spread.means.some((own) => own.length !== rows) ||
      spread.covariance.length !== rows ||
      spread.covariance.some((own) => own.length !== rows))
  )
    faults.push('The means and the covariance do not have the shape of the table');
  if (
    measured !== null &&
    (measured.confusion.length !== segments.length ||
      measured.confusion.some((own) => own.length !== segments.length) ||
      measured.recall.length !== segments.length ||
      measured.precision.length !== segments.length)
  )
    faults.push('What was measured does not have a line for each segment');
  return faults;
}
