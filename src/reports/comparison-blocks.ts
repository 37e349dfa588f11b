import { showNumber, showPercent } from '../charts/numerals.ts';
import { hiddenCells, mayTell } from '../privacy/safe-cells.ts';
import type { TableBlock as ProfiledBlock, TableCell, TableRow } from '../segments/table-cells.ts';
import { columnLetter } from './banner-table.ts';
import type { Block, ReportSource, TableBlock } from './document.ts';
import { heading, paragraph, plainSpans, type ReportGround } from './report-ground.ts';

/** What segments are like, as a run has kept it. */
export type ToldProfile = {
  source: ReportSource;
  segments: { name: string; n: number }[];
  blocks: readonly (ProfiledBlock & { family: string })[];
  alpha: number;
  tests: number;
  /** Which weighting, and who does not count under it; empty without one. */
  weighting: string;
  drivers: { name: string; option: string | null; strength: number; low: number; high: number; isInput: boolean }[];
};

const DRIVERS_SHOWN = 12;
const SLOPES_SHOWN = 6;
const HIDDEN_CELL = '–';

/** Everything by segment: what tells them apart most, then each thing with its shares or means. */
export function profileBlocks(told: ToldProfile, ground: ReportGround): Block[] {
  const refs = ground.refs(told.source);
  const letters = told.segments.map((_, place) => columnLetter(place));
  const isBlockTold = segmentsTold(told, ground);
  const blocks = told.blocks.filter(({ bases }) => bases.some((_, place) => isBlockTold[place]));
  const tables = meansTogether(blocks.map((block) => tableOf(block, told, letters, isBlockTold, ground)));
  const silent = tables.filter(isSilent).map(({ caption }) => caption);
  const drivers = told.drivers.filter(({ isInput }) => !isInput).slice(0, DRIVERS_SHOWN);
  return [
    {
      kind: 'list',
      isOrdered: false,
      items: told.segments.map(({ name, n }, place) => ({
        spans: [
          { text: `${letters[place]} `, isStrong: true },
          { text: `${name}, ${isBlockTold[place] ? `n ${showNumber(n)}` : 'of too few people to be told of'}` },
        ],
        refs,
      })),
    },
    ...(told.weighting === '' ? [] : [paragraph(`Weighted: ${told.weighting}`, refs)]),
    ...(drivers.length === 0
      ? []
      : [
          heading(3, 'What tells them apart most', 'drivers'),
          {
            kind: 'table',
            caption: 'How strongly each thing goes with the segment',
            columns: [
              { label: 'Thing', isNumber: false },
              { label: 'Strength, 0 to 1', isNumber: true },
              { label: '95% interval', isNumber: true },
            ],
            rows: drivers.map(({ name, option, strength, low, high }) => ({
              cells: [
                option === null ? name : `${name}: ${option}`,
                showNumber(strength, 2),
                `${showNumber(low, 2)} to ${showNumber(high, 2)}`,
              ],
              refs,
            })),
            note: 'Cramér’s V or the root of omega squared. What the segments were made from is left out: groups made from a thing differ in it by making.',
          } satisfies Block,
        ]),
    ...slopes(told, blocks, letters, isBlockTold, ground),
    heading(3, 'Everything by segment', 'profile'),
    ...tables.filter((table) => !isSilent(table)),
    ...(silent.length === 0
      ? []
      : [paragraph(`Of too few people to tell anything by segment: ${silent.join('; ')}.`, refs)]),
    {
      kind: 'notice',
      tone: 'plain',
      title: 'How to read this',
      spans: plainSpans(
        `Letters name the segments that a figure lies above (corrected p below ${showNumber(told.alpha)}, ${showNumber(told.tests)} tests corrected together). In brackets are 95% intervals. Nothing is tested below 30 people.${ground.policy === null ? '' : ` A dash stands for fewer than ${showNumber(ground.policy.least)} people, and for what would let so small a number be worked out.`}`,
      ),
      refs,
    },
  ];
}

/** Whether a segment is large enough to be told of, and whether its number does not give away another's. */
function segmentsTold({ segments }: ToldProfile, ground: ReportGround): boolean[] {
  const counts = segments.map(({ n }) => n);
  const whole = counts.reduce((sum, n) => sum + n, 0);
  return hiddenCells(
    [...counts, whole],
    [{ whole: counts.length, parts: counts.map((_, place) => place) }],
    ground.policy,
  )
    .slice(0, -1)
    .map((isHidden) => !isHidden);
}

function slopes(
  told: ToldProfile,
  blocks: ToldProfile['blocks'],
  letters: readonly string[],
  isTold: readonly boolean[],
  ground: ReportGround,
): Block[] {
  const rows = blocks
    .filter(({ isInput }) => !isInput)
    .map((block) => ({ block, row: strongest(block.rows) }))
    .filter((one): one is { block: ToldProfile['blocks'][number]; row: TableRow } => one.row !== null)
    .toSorted((a, b) => sizeOf(b.row) - sizeOf(a.row))
    .slice(0, SLOPES_SHOWN);
  if (rows.length === 0 || told.segments.length < 2) return [];
  return [
    {
      kind: 'chart',
      refs: ground.refs(told.source),
      chart: {
        kind: 'slope',
        input: {
          id: 'profile-slopes',
          title: 'Where they differ most',
          marks: letters,
          names: told.segments.map(({ name }) => name),
          rows: rows.map(({ block, row }) => ({
            label: row.kind === 'share' ? `${block.name}: ${row.label}` : block.name,
            measure: row.kind === 'share' ? ('share' as const) : ('number' as const),
            points: row.cells.map((cell, place) =>
              isTold[place] && isShown(cell, ground)
                ? { n: cell.n, value: cell.value!, low: cell.low, high: cell.high }
                : null,
            ),
            // What everybody has would give away what a hidden segment has.
            all: row.cells.every((cell, place) => isTold[place] === true && isShown(cell, ground))
              ? row.total.value
              : null,
          })),
          note: 'With 95% intervals; the dashed line is everybody.',
        },
      },
    },
  ];
}

const sizeOf = ({ cells }: TableRow): number => Math.max(0, ...cells.map(({ effect }) => Math.abs(effect ?? 0)));
const strongest = (rows: readonly TableRow[]): TableRow | null =>
  rows.filter(({ kind }) => kind !== 'median').toSorted((a, b) => sizeOf(b) - sizeOf(a))[0] ?? null;

const isShown = ({ value, count, n, standing }: TableCell, { policy }: ReportGround): boolean =>
  standing !== 'hidden' && value !== null && (count === null ? mayTell(policy, n) : mayTell(policy, count, n));

/**
 * One thing by segment. Of a question whose options add up, the options of a segment stand or fall together where one is too
 * small, since the last could be worked out from the others.
 */
function tableOf(
  block: ToldProfile['blocks'][number],
  told: ToldProfile,
  letters: readonly string[],
  isTold: readonly boolean[],
  ground: ReportGround,
): TableBlock {
  const addsUp = block.kind === 'choice';
  const isColumnTold = told.segments.map(
    (_, place) =>
      isTold[place] === true &&
      (!addsUp || block.rows.every(({ cells }) => cells[place] !== undefined && isSafe(cells[place], ground))),
  );
  const areAllTold = isColumnTold.every(Boolean);
  return {
    kind: 'table',
    caption: `${block.name}${block.isInput ? MADE_FROM : ''}`,
    columns: [
      { label: '', isNumber: false },
      ...letters.map((letter) => ({ label: letter, isNumber: true })),
      { label: 'All', isNumber: true },
    ],
    rows: [
      ...block.rows.map((row) => ({
        cells: [
          row.label || block.name,
          ...row.cells.map((cell, place) =>
            isColumnTold[place] && isShown(cell, ground)
              ? `${show(row.kind, cell.value!)}${cell.low === null || cell.high === null ? '' : ` (${show(row.kind, cell.low)} to ${show(row.kind, cell.high)})`}${cell.above.length === 0 ? '' : ` ${cell.above.map((other) => letters[other]).join('')}`}`
              : HIDDEN_CELL,
          ),
          areAllTold && isShown(row.total, ground) ? show(row.kind, row.total.value!) : HIDDEN_CELL,
        ],
        refs: ground.refs(told.source),
      })),
      {
        cells: [
          'n',
          ...block.bases.map(({ n }, place) =>
            isColumnTold[place] && mayTell(ground.policy, n) ? showNumber(n) : HIDDEN_CELL,
          ),
          areAllTold && mayTell(ground.policy, block.totalBase.n) ? showNumber(block.totalBase.n) : HIDDEN_CELL,
        ],
        refs: ground.refs(told.source),
      },
    ],
    note: '',
  };
}

const MEAN = 'Mean';
const MADE_FROM = ' (the segments were made from it)';

/** Tables of one mean each that follow each other and count the same people, as the rows of one table. */
function meansTogether(tables: readonly TableBlock[]): TableBlock[] {
  const found: TableBlock[] = [];
  let basesBefore: string | null = null;
  for (const table of tables) {
    const [own, n] = table.rows;
    const isMean = table.rows.length === 2 && own?.cells[0] === MEAN && n !== undefined && !isSilent(table);
    if (!isMean) {
      found.push(table);
      basesBefore = null;
      continue;
    }
    const isInput = table.caption.endsWith(MADE_FROM);
    const row = {
      ...own,
      cells: [isInput ? table.caption.slice(0, -MADE_FROM.length) : table.caption, ...own.cells.slice(1)],
    };
    const bases = `${isInput} ${n.cells.join(' ')}`;
    const last = found.at(-1);
    if (bases === basesBefore && last !== undefined) {
      last.caption = `Means${isInput ? ' (the segments were made from these)' : ''}`;
      last.rows.splice(-1, 0, row);
    } else found.push({ ...table, rows: [row, n] });
    basesBefore = bases;
  }
  return found;
}

/** Says nothing of anybody. */
const isSilent = ({ rows }: TableBlock): boolean =>
  rows.every(({ cells }) => cells.slice(1).every((cell) => cell === HIDDEN_CELL));

/** Nobody chose it, or enough did and enough did not. */
const isSafe = ({ count, n }: TableCell, { policy }: ReportGround): boolean =>
  count === null ? mayTell(policy, n) : mayTell(policy, count, n);
const show = (kind: TableRow['kind'], value: number): string =>
  kind === 'share' ? showPercent(value, 0) : showNumber(value, 2);
