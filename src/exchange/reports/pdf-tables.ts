import type { TableBlock } from '../../reports/document.ts';
import type { Words } from './pdf-lines.ts';
import { held, type Node, type Op, type Slab } from './pdf-slabs.ts';
import { type Desk, HAIRLINE, INK, MEASURE, moved, node, refList, refWords, STYLES, textSlabs } from './pdf-styles.ts';

const GAP = 12;
const GAP_MAX = 34;
const LEADING = 11.5;
const PAD = 2.8;
/** So many rows say how wide columns are. */
const MEASURED_ROWS = 200;
/** A table with so few rows stays on its page. */
const WHOLE_MOST = 10;
/** A row with more lines than these is cut. */
const LINES_MAX = 24;

type Column = { x: number; width: number; isNumber: boolean };
type Strip = { height: number; ops: Op[] };

/**
 * A table: numbers of a column end below each other, its head stands again on every page, and rows name their sources where
 * these differ.
 */
export function tableSlabs(desk: Desk, block: TableBlock, width: number, parent: Node): Slab[] {
  const { caption, rows, note } = block;
  const areSame = rows.every(({ refs }) => refs.join(' ') === rows[0]?.refs.join(' '));
  const columns = [...block.columns, ...(areSame ? [] : [{ label: 'Sources', isNumber: false }])];
  const heads: Words[][] = columns.map(({ label }) => [{ text: label, style: STYLES.head }]);
  const cells = rows.map((row) =>
    columns.map(({ isNumber }, at): Words[] =>
      at === block.columns.length
        ? refList(desk, row.refs, STYLES.fine)
        : [{ text: row.cells[at] ?? '', style: isNumber ? STYLES.cellNumber : STYLES.cell }],
    ),
  );
  const laid = layOut(desk, columns, [heads, ...cells.slice(0, MEASURED_ROWS)], width);
  const full = Math.max(0, ...laid.map((column) => column.x + column.width));

  const table = node(parent, 'Table');
  const words = [
    { text: caption, style: STYLES.strong },
    ...(areSame ? refWords(desk, rows[0]?.refs ?? [], STYLES.strong) : []),
  ];
  const captions = textSlabs(desk, words, {
    width: Math.min(width, MEASURE),
    leading: 14,
    node: node(table, 'Caption'),
    gap: 18,
  });
  const headRow = node(table, 'TR');
  const headStrips = rowStrips(desk, heads, laid, () => node(headRow, 'TH', { scope: 'Column' }));
  const head = ruled(joined(headStrips), { width: full, ink: INK, thickness: 0.8 });
  const header = { height: head.height, ops: head.ops.map((op) => (op.kind === 'line' ? { ...op, node: null } : op)) };
  const isNamed = columns[0]?.isNumber === false;
  const body = cells.flatMap((row): Slab[] => {
    const own = node(table, 'TR');
    const strips = rowStrips(desk, row, laid, (at) =>
      at === 0 && isNamed ? node(own, 'TH', { scope: 'Row' }) : node(own, 'TD'),
    );
    return strips.map((strip, index) => ({
      ...(index < strips.length - 1 ? strip : ruled(strip, { width: full, ink: HAIRLINE, thickness: 0.5 })),
      gap: 0,
      hold: 0,
      header,
    }));
  });
  const notes = textSlabs(desk, [{ text: note, style: STYLES.fine }], {
    width: Math.min(width, MEASURE),
    leading: 10.5,
    node: node(parent, 'P'),
    gap: 5,
  });
  // Neither the last row nor the note stands alone on a page.
  const tied = body.map((slab, at) => ({
    ...slab,
    hold: at === body.length - 2 || (at === body.length - 1 && notes.length > 0) ? (2 as const) : slab.hold,
  }));
  const slabs: Slab[] = [
    ...held(captions, 2, 2),
    { ...head, gap: 5, hold: body.length + notes.length > 0 ? 2 : 0 },
    ...tied,
    ...held(notes, 2),
  ];
  return body.length <= WHOLE_MOST ? held(slabs, 2) : slabs;
}

/** Columns as wide as what stands in them; where that is too much, the widest give way. */
function layOut(
  desk: Desk,
  columns: readonly { isNumber: boolean }[],
  rows: readonly (readonly Words[][])[],
  width: number,
): Column[] {
  const natural = columns.map((_, at) => Math.max(12, ...rows.map((row) => desk.setter.width(row[at] ?? []))) + 0.5);
  const between = Math.max(0, columns.length - 1);
  const available = width - GAP * between;
  const wanted = natural.reduce((sum, own) => sum + own, 0);
  const numbers = columns.reduce((sum, { isNumber }, at) => sum + (isNumber ? natural[at]! : 0), 0);
  const isFixed = (at: number) => columns[at]!.isNumber && numbers <= available * 0.6;
  const given = [...natural];
  if (wanted > available) {
    let rest = available - columns.reduce((sum, _, at) => sum + (isFixed(at) ? natural[at]! : 0), 0);
    const flexible = natural.map((own, at) => ({ own, at })).filter(({ at }) => !isFixed(at));
    flexible.sort((a, b) => a.own - b.own);
    for (const [index, { own, at }] of flexible.entries()) {
      given[at] = Math.max(12, Math.min(own, rest / (flexible.length - index)));
      rest -= given[at]!;
    }
  }
  const gap = wanted > available ? GAP : Math.min(GAP_MAX, GAP + (available - wanted) / Math.max(1, between));
  let x = 0;
  return columns.map(({ isNumber }, at) => {
    const column = { x, width: given[at]!, isNumber };
    x += column.width + gap;
    return column;
  });
}

function rowStrips(
  desk: Desk,
  cells: readonly (readonly Words[])[],
  columns: readonly Column[],
  nodeOf: (at: number) => Node,
): Strip[] {
  const set = cells.map((words, at) => {
    const { x, width, isNumber } = columns[at]!;
    const own = isNumber ? words.map((one) => withWholeIntervals(desk, one, width)) : words;
    return textSlabs(desk, own, { width, x, leading: LEADING, node: nodeOf(at), align: isNumber ? 'end' : 'start' });
  });
  const lines = Math.max(1, ...set.map((slabs) => slabs.length));
  const strips: Strip[] = [];
  for (let from = 0; from < lines; from += LINES_MAX) {
    const to = Math.min(lines, from + LINES_MAX);
    strips.push({
      height: (to - from) * LEADING + 2 * PAD,
      ops: set.flatMap((slabs) =>
        slabs.slice(from, to).flatMap((slab, line) => moved(slab.ops, 0, PAD + line * LEADING)),
      ),
    });
  }
  return strips;
}

/** What stands in brackets beside a number stays on one line, where there is room for it. */
const withWholeIntervals = (desk: Desk, words: Words, width: number): Words => ({
  ...words,
  text: words.text.replaceAll(/\([^()]*\)/g, (part) =>
    desk.setter.width([{ ...words, text: part }]) <= width ? part.replaceAll(' ', '\u00a0') : part,
  ),
});

const joined = (strips: readonly Strip[]): Strip => {
  let height = 0;
  const ops = strips.flatMap((strip) => {
    const own = moved(strip.ops, 0, height);
    height += strip.height;
    return own;
  });
  return { height, ops };
};

const ruled = ({ height, ops }: Strip, rule: { width: number; ink: string; thickness: number }): Strip => ({
  height,
  ops: [...ops, { kind: 'rule', x: 0, y: height, ...rule }],
});
