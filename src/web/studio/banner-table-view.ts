import { showNumber, showPercent } from '../../charts/numerals.ts';
import { familyTestWords } from '../../exchange/table-layout.ts';
import { HIDDEN } from '../../privacy/cell-words.ts';
import type { BannerColumn } from '../../reports/banner-table.ts';
import type { HiddenMark, ShownCell, ShownRow, ShownTable } from '../../reports/shown-table.ts';
import type { FamilyTest, Standing } from '../../segments/table-cells.ts';

/** More questions make a page that no browser scrolls with ease. */
export const BLOCKS_A_PAGE = 12;

export type TableShow = { counts: boolean; intervals: boolean; page: number };

type Base = { n: number; effectiveN: number } & HiddenMark;
const people = ({ n, isHidden }: Base) => (isHidden ? HIDDEN : number(n));
const effective = ({ effectiveN, isHidden }: Base) => (isHidden ? HIDDEN : showNumber(effectiveN, 1));
const number = (n: number) => n.toLocaleString('en-GB');
const STANDING_WORDS: Record<Standing, string | null> = { enough: null, warned: 'few', hidden: 'too few' };

/** A table of many columns as its page shows it: some of its questions at a time. */
export function bannerView(table: ShownTable, show: TableShow) {
  const { columns, total } = table;
  const isWeighted = table.weighting !== null;
  const first = (place: number) => {
    const before = columns[place - 1];
    const here = columns[place]!;
    return before === undefined || before.question !== here.question || before.within !== here.within;
  };
  const from = show.page * BLOCKS_A_PAGE;
  const blocks = table.blocks.slice(from, from + BLOCKS_A_PAGE);
  return {
    title: table.title,
    groups: groupsOf(columns),
    columns: columns.map(({ label, letter, isNet }, place) => ({
      label: isNet ? `${label} (net)` : label,
      letter,
      isFirst: first(place),
    })),
    bases: [
      {
        label: 'People',
        total: people(total),
        cells: columns.map((column, place) => plain(people(column), first(place))),
      },
      ...(isWeighted
        ? [
            {
              label: 'Effective base',
              total: effective(total),
              cells: columns.map((column, place) => plain(effective(column), first(place))),
            },
          ]
        : []),
    ],
    blocks: blocks.map((block) => ({
      name: block.name,
      note: block.isInput ? 'columns are made from it: not tested' : null,
      total: baseOf(block.totalBase, isWeighted),
      bases: block.bases.map((base, place) => ({
        text: baseOf(base, isWeighted),
        note: base.isHidden ? null : STANDING_WORDS[base.standing],
        isFirst: first(place),
      })),
      rows: block.rows.map((row) => rowView(table, row, show, first)),
    })),
    tests: blocks.flatMap((block) =>
      block.tests.length === 0 ? [] : [{ name: block.name, lines: block.tests.map((test) => testText(table, test)) }],
    ),
    range:
      table.blocks.length > BLOCKS_A_PAGE
        ? `Questions ${from + 1} to ${from + blocks.length} of ${table.blocks.length}`
        : null,
  };
}

function testText({ families }: ShownTable, test: FamilyTest): string {
  const { question, within } = families[test.family]!;
  return `${question}${within === null ? '' : `, within ${within}`}: ${familyTestWords(test)}`;
}

const plain = (text: string, isFirst: boolean) => ({ text, isFirst });

const baseOf = (base: Base, isWeighted: boolean): string =>
  isWeighted && !base.isHidden ? `${people(base)} (${effective(base)})` : people(base);

function groupsOf(columns: readonly BannerColumn[]) {
  const groups: { question: string; within: string | null; width: number }[] = [];
  for (const { question, within } of columns) {
    const last = groups.at(-1);
    if (last && last.question === question && last.within === within) last.width += 1;
    else groups.push({ question, within, width: 1 });
  }
  return groups;
}

function rowView({ columns }: ShownTable, row: ShownRow, show: TableShow, first: (place: number) => boolean) {
  const value = (at: number) => (row.kind === 'share' ? showPercent(at, 0) : showNumber(at, 2));
  const cell = (one: ShownCell) => ({
    text: one.isHidden ? HIDDEN : one.value === null ? '–' : value(one.value),
    interval:
      show.intervals && one.low !== null && one.high !== null ? `${value(one.low)} to ${value(one.high)}` : null,
    count: show.counts && one.count !== null ? `n ${number(one.count)}` : null,
    isHidden: one.standing === 'hidden',
  });
  return {
    label: row.label,
    total: cell(row.total),
    cells: row.cells.map((one, place) => ({
      ...cell(one),
      isFirst: first(place),
      letters: one.above.map((other) => columns[other]!.letter).join(' '),
    })),
  };
}
