import type { SegmentOutcome } from '../segments/outcomes.ts';
import type { SegmentProfile } from '../segments/profile.ts';
import type { SegmentDriver } from '../segments/rank-drivers.ts';
import type { TableBlock, TableCell } from '../segments/table-cells.ts';
import { writeCsv } from './delimited.ts';
import { ADJUSTMENT_WORDS, familyTestWords, type LaidCell } from './table-layout.ts';
import { xlsxText } from './xlsx.ts';

/** A profile as it leaves, with what has to be known of it. */
export type ToldProfile = Pick<SegmentProfile, 'segments' | 'n' | 'weighting' | 'tests' | 'rules'> & {
  title: string;
  /** What the segments are: their label, version and seed. */
  about: readonly string[];
  blocks: readonly (TableBlock & { family: string })[];
  drivers: readonly SegmentDriver[];
  outcomes: readonly SegmentOutcome[];
  isCertain: boolean;
  responses: number;
  /** Segments with nobody left in them. */
  empty: readonly string[];
  /** How many responses are in no segment is too small a number for this reader. */
  isRestHidden?: boolean;
};

/** How a profile was made, in sentences: what a reader has to know to trust a figure. */
export function profileMethod({
  segments,
  n,
  responses,
  empty,
  weighting,
  tests,
  rules,
  isRestHidden = false,
}: Pick<
  ToldProfile,
  'segments' | 'n' | 'responses' | 'empty' | 'weighting' | 'tests' | 'rules' | 'isRestHidden'
>): string[] {
  return [
    isRestHidden
      ? `${n} responses are in one of ${segments.length} segments; the others are not told of.`
      : `${n} of ${responses} responses that count are in one of ${segments.length} segments; the others are not told of.`,
    ...empty.map((name) => `Nobody is left in “${name}”, so it is not told of.`),
    weighting === null
      ? 'Answers are not weighted.'
      : `Answers are weighted. The effective base is ${weighting.effectiveN.toFixed(1)} of ${weighting.n} people: design effect ${weighting.designEffect.toFixed(3)}, efficiency ${(100 * weighting.efficiency).toFixed(1)} %. Tests rest on effective bases.`,
    `Each segment is held against all others: shares by adjusted standardised residuals, means by Welch, steps by rank sums; pairs of segments by z tests, Games and Howell, and rank sums.`,
    rules.adjustment === 'none'
      ? `The ${tests} tests are not adjusted for their number.`
      : `All ${tests} tests are adjusted together (${ADJUSTMENT_WORDS[rules.adjustment]}). A finding is an adjusted p below ${rules.alpha}.`,
    `Figures that fewer than ${rules.baseMin} people stand behind are neither shown nor tested; below ${rules.baseWarned} they are marked “few”.`,
    'What the segments were made from is shown and never tested: groups made from a measure differ in it by making.',
    'Intervals are 95%.',
  ];
}

/** Why outcomes are told twice. */
export const CORRECTION_WORDS =
  'People are in a segment only with some probability. Counted where they were put, some are counted in the wrong one, which makes segments look more alike than they are; the correction in three steps (BCH) takes this back.';

const HEADER = [
  'Family',
  'Asked',
  'Option or figure',
  'Input',
  'Segment',
  'Answered',
  'Effective base',
  'Value',
  'Low',
  'High',
  'Of everybody',
  'Index',
  'Residual',
  'Effect',
  'Effect low',
  'Effect high',
  'p',
  'Adjusted p',
  'Above',
  'Base',
];

/** One row for each figure of each segment; figures that too few people stand behind are left blank. */
export function profileRows({ blocks, segments }: Pick<ToldProfile, 'blocks' | 'segments'>): LaidCell[][] {
  return blocks.flatMap((block) =>
    block.rows.flatMap((row) =>
      row.cells.map((cell, place): LaidCell[] => [
        block.family,
        block.name,
        row.label,
        block.isInput ? 'input' : '',
        segments[place]!.name,
        { value: cell.n, format: 'count' },
        { value: cell.effectiveN, format: 'decimal' },
        ...figures(cell),
        row.total.value === null ? null : { value: row.total.value, format: 'decimal' },
        ...comparison(cell),
        cell.above.map((other) => segments[other]!.name).join('; '),
        standingWords(cell.standing),
      ]),
    ),
  );
}

const decimal = (value: number | null): LaidCell => (value === null ? null : { value, format: 'decimal' });
const figures = ({ standing, value, low, high }: TableCell): LaidCell[] =>
  standing === 'hidden' ? [null, null, null] : [value, low, high].map(decimal);
const comparison = ({ standing, index, z, effect, effectLow, effectHigh, p, adjustedP }: TableCell): LaidCell[] =>
  standing === 'hidden'
    ? new Array(7).fill(null)
    : [...[index, z, effect, effectLow, effectHigh].map(decimal), smallP(p), smallP(adjustedP)];
/** Below what can be told from nothing it is not nothing. */
const smallP = (p: number | null): LaidCell => (p === 0 ? '<1e-15' : decimal(p));
const standingWords = (standing: TableCell['standing']): string =>
  standing === 'hidden' ? 'too few' : standing === 'warned' ? 'few' : '';

/** A profile as CSV: what it is and how it was made in the first lines, then a row for each figure. */
export function writeProfileCsv(told: ToldProfile): string {
  const plain = (cells: readonly LaidCell[]) =>
    HEADER.map((_, i) => {
      const cell = cells[i] ?? null;
      return cell === null || typeof cell === 'string' ? cell : cell.value;
    });
  return writeCsv(
    plain([told.title]).map((cell) => `${cell ?? ''}`),
    [...headLines(told).map((words) => [words]), [], HEADER, ...profileRows(told)].map(plain),
  );
}

const headLines = (told: ToldProfile): string[] => [...told.about, ...profileMethod(told)];

/** A profile as a workbook: the segments, every figure, tests, what tells segments apart, outcomes, and how it was made. */
export async function writeProfileBook(told: ToldProfile): Promise<Uint8Array> {
  const outcomes = outcomeRows(told);
  const sheets: { sheet: string; head: string[]; rows: LaidCell[][] }[] = [
    {
      sheet: 'Segments',
      head: ['Segment', 'People', 'Effective base', 'Share', 'Low', 'High', 'Base'],
      rows: baseRows(told),
    },
    { sheet: 'Figures', head: HEADER, rows: profileRows(told) },
    {
      sheet: 'Tests',
      head: ['Family', 'Asked', 'All segments together'],
      rows: told.blocks.flatMap(({ family, name, tests }) =>
        tests.map((test) => [family, name, familyTestWords(test)]),
      ),
    },
    {
      sheet: 'Drivers',
      head: ['Asked', 'Option', 'Input', 'People', 'Strength', 'Low', 'High', 'Measure', 'Adjusted p'],
      rows: told.drivers.map((driver) => [
        driver.name,
        driver.option ?? '',
        driver.isInput ? 'input' : '',
        { value: driver.n, format: 'count' },
        ...[driver.strength, driver.low, driver.high].map(decimal),
        driver.measure === 'omega' ? 'omega' : 'Cramér’s V',
        decimal(driver.adjustedP),
      ]),
    },
    ...(outcomes.length === 0
      ? []
      : [
          {
            sheet: 'Outcomes',
            head: [
              'Asked',
              'Option',
              'Segment',
              'Answered',
              'Counted',
              'Low',
              'High',
              'Corrected',
              'Low',
              'High',
              'Base',
            ],
            rows: outcomes,
          },
        ]),
  ];
  const bold = (words: string) => xlsxText(words, { fontWeight: 'bold' });
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const notes = [
    [bold(told.title)],
    ...[...headLines(told), ...(outcomes.length === 0 ? [] : [CORRECTION_WORDS])].map((words) => [xlsxText(words)]),
  ];
  return writeExcelFile([
    { sheet: 'Notes', data: notes },
    ...sheets.map(({ sheet, head, rows }) => ({
      sheet,
      stickyRowsCount: 1,
      data: [
        head.map(bold),
        ...rows.map((row) =>
          row.map((cell) =>
            cell === null || cell === ''
              ? null
              : typeof cell === 'string'
                ? xlsxText(cell)
                : { value: cell.value, type: Number, format: cell.format === 'count' ? '#,##0' : '#,##0.000' },
          ),
        ),
      ],
    })),
  ]).toBuffer();
}

const baseRows = ({ segments }: ToldProfile): LaidCell[][] =>
  segments.map(({ name, n, effectiveN, share, standing }) => [
    name,
    { value: n, format: 'count' },
    decimal(effectiveN),
    ...[share.share, share.low, share.high].map(decimal),
    standingWords(standing),
  ]);

function outcomeRows({ outcomes, segments }: ToldProfile): LaidCell[][] {
  return outcomes.flatMap(({ name, option, bases, counted, corrected }) =>
    segments.map((segment, place): LaidCell[] => {
      const base = bases[place]!;
      const shown = (estimate: SegmentOutcome['counted'][number] | undefined): LaidCell[] =>
        estimate && base.standing !== 'hidden'
          ? [estimate.value, estimate.low, estimate.high].map(decimal)
          : [null, null, null];
      return [
        name,
        option?.label ?? '',
        segment.name,
        { value: base.n, format: 'count' },
        ...shown(counted[place]),
        ...shown(corrected[place]),
        standingWords(base.standing),
      ];
    }),
  );
}
