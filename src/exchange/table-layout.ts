import { HIDDEN } from '../privacy/cell-words.ts';
import type { HiddenMark, ShownBlock, ShownCell, ShownTable } from '../reports/shown-table.ts';
import type { FamilyTest } from '../segments/table-cells.ts';
import { writeCsv } from './delimited.ts';

/** A cell of a sheet: words, or a number with how it is shown. */
export type LaidCell = string | { value: number; format: 'percent' | 'count' | 'decimal' } | null;

const FAMILY_WORDS = {
  'chi-square': 'Chi-square',
  welch: 'Welch’s F',
  'kruskal-wallis': 'Kruskal-Wallis H',
} as const;
const EFFECT_WORDS = {
  'cramers-v': 'Cramér’s V, corrected',
  'omega-squared': 'omega squared',
  'epsilon-squared': 'epsilon squared',
} as const;
export const ADJUSTMENT_WORDS = {
  'benjamini-hochberg': 'Benjamini and Hochberg',
  'benjamini-yekutieli': 'Benjamini and Yekutieli',
  holm: 'Holm',
  hochberg: 'Hochberg',
  bonferroni: 'Bonferroni',
  none: 'no adjustment',
} as const;

/** A p as it is printed. */
export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/**
 * A table as rows of cells, for a sheet or a CSV file: who is in the columns, then each block with its bases, and under
 * each figure the letters of the columns that it lies above.
 *
 * @param options.counts whether the number of people stands under each share
 */
export function layOutTable(table: ShownTable, options: { counts?: boolean } = {}): LaidCell[][] {
  const { columns, total } = table;
  const isWithin = columns.some(({ within }) => within !== null);
  const isWeighted = table.weighting !== null;
  const count = ({ n, isHidden }: Base): LaidCell => (isHidden ? HIDDEN : { value: n, format: 'count' });
  const decimal = ({ effectiveN, isHidden }: Base): LaidCell =>
    isHidden ? HIDDEN : { value: effectiveN, format: 'decimal' };
  return [
    [table.title],
    ...(table.filter === null ? [] : [[`Only: ${table.filter}`]]),
    [],
    ['', '', ...columns.map(({ question }) => question)],
    ...(isWithin ? [['', '', ...columns.map(({ within }) => within ?? '')]] : []),
    ['', 'Total', ...columns.map(({ label, isNet }) => (isNet ? `${label} (net)` : label))],
    ['', '', ...columns.map(({ letter }) => letter)],
    ['People', count(total), ...columns.map(count)],
    ...(isWeighted ? [['Effective base', decimal(total), ...columns.map(decimal)]] : []),
    ...table.blocks.flatMap((block) => [
      [],
      ...layOutBlock(table, block, { showsCounts: options.counts ?? false, count, decimal }),
    ]),
  ];
}

/**
 * A table as CSV, shares as numbers from 0 to 1, with the notes under it. Words that could be a formula are guarded.
 *
 * @param options.notes further sentences for the notes, such as what weights rest on
 */
export function writeTableCsv(
  table: ShownTable,
  options: { counts?: boolean; notes?: readonly string[] } = {},
): string {
  const width = table.columns.length + 2;
  const notes = [...(options.notes ?? []), ...tableMethod(table)];
  const rows = [...layOutTable(table, options), [], ...notes.map((words) => [words])];
  const [header = [], ...rest] = rows.map((row) =>
    Array.from({ length: width }, (_, i) => {
      const cell = row[i] ?? null;
      return cell === null || typeof cell === 'string' ? cell : cell.value;
    }),
  );
  return writeCsv(
    header.map((cell) => `${cell ?? ''}`),
    rest,
  );
}

type Base = { n: number; effectiveN: number } & HiddenMark;

function layOutBlock(
  table: ShownTable,
  block: ShownBlock,
  {
    showsCounts,
    count,
    decimal,
  }: { showsCounts: boolean; count: (base: Base) => LaidCell; decimal: (base: Base) => LaidCell },
): LaidCell[][] {
  const isWeighted = table.weighting !== null;
  const bases = [block.totalBase, ...block.bases];
  const standings = block.bases.map(({ standing, isHidden }) =>
    isHidden ? '' : standing === 'hidden' ? 'too few to test' : standing === 'warned' ? 'few' : '',
  );
  return [
    [block.isInput ? `${block.name} (input: shown, not tested)` : block.name],
    ['Answered', ...bases.map(count)],
    ...(isWeighted ? [['Effective base', ...bases.map(decimal)]] : []),
    ...(standings.some((words) => words !== '') ? [['Small base', '', ...standings]] : []),
    ...block.rows.flatMap(({ kind, label, total, cells }) => {
      const shown = (cell: ShownCell): LaidCell =>
        cell.isHidden
          ? HIDDEN
          : cell.value === null
            ? null
            : { value: cell.value, format: kind === 'share' ? 'percent' : 'decimal' };
      const letters = cells.map(({ above }) => above.map((place) => table.columns[place]!.letter).join(' '));
      return [
        [label, shown(total), ...cells.map(shown)],
        ...(showsCounts && kind === 'share'
          ? [
              [
                '',
                ...[total, ...cells].map(
                  (cell): LaidCell => (cell.count === null ? null : { value: cell.count, format: 'count' }),
                ),
              ],
            ]
          : []),
        ...(letters.some((words) => words !== '') ? [['', '', ...letters]] : []),
      ];
    }),
    ...block.tests.map((test): LaidCell[] => {
      const { question, within } = table.families[test.family]!;
      return [`${question}${within === null ? '' : `, within ${within}`}: ${familyTestWords(test)}`];
    }),
  ];
}

/** A test of all columns of a family together, with its size, as it is printed. */
export function familyTestWords({ kind, statistic, df, df2, p, adjustedP, effect }: FamilyTest): string {
  const { name, value, low, high } = effect;
  const dfs = df2 === null ? `${df}` : `${df}; ${df2.toFixed(1)}`;
  return `${FAMILY_WORDS[kind]} ${statistic.toFixed(2)} (df ${dfs}), ${pText(adjustedP ?? p)} adjusted, ${EFFECT_WORDS[name]} ${value.toFixed(3)} (interval ${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** How a table was made, in sentences: what a reader has to know to trust a letter. */
export function tableMethod({ rules, tests, weighting, families, total }: ShownTable): string[] {
  return [
    total.isHidden ? 'How many people are in the table is hidden.' : `${total.n} people are in the table.`,
    ...(weighting === null
      ? ['Answers are not weighted.']
      : [
          `Answers are weighted. The effective base is ${weighting.effectiveN.toFixed(1)} of ${weighting.n} people: design effect ${weighting.designEffect.toFixed(3)}, efficiency ${(100 * weighting.efficiency).toFixed(1)} %. Tests rest on effective bases, and chi-square is divided by the design effect of its table (Rao and Scott).`,
        ]),
    `Letters name the columns of the same question that a figure lies above: shares by the z test of two proportions, means by Games and Howell’s, medians by rank sums. A finding is an adjusted p below ${rules.alpha}.`,
    rules.adjustment === 'none'
      ? `The ${tests} tests of the table are not adjusted for their number, so about ${Math.round(rules.alpha * tests)} would be found by chance alone.`
      : `All ${tests} tests of the table are adjusted together (${ADJUSTMENT_WORDS[rules.adjustment]}).`,
    `Columns with an effective base below ${rules.baseMin} are not tested; those below ${rules.baseWarned} are marked “few”.`,
    'Intervals are 95%.',
    ...(families.some(({ isTestedInPairs }) => !isTestedInPairs)
      ? ['Columns of a question with several answers share people and are not held against each other.']
      : []),
  ];
}
