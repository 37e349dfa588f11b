import { type BarsInput, bars } from './bars.ts';
import { type DotsInput, dots } from './dots.ts';
import type { Ink, Mark } from './drawing.ts';
import { showPercent } from './numerals.ts';
import { segmentInk } from './paper-inks.ts';
import { textLines, textWidth } from './text-width.ts';

/** Sizes of drawings on paper, in points: of their words, and from one line of a label to the next. */
export const TYPE = 8.5;
export const LEADING = 10.5;
/** Words may stand beside their marks from this width on, or where they are so short; else they stand above. */
const BESIDE_MIN = 320;
const SHORT_MIN = 200;
const SHORT_PART = 0.5;
const LABEL_PART = 0.36;
const GAP = 10;
const LINES_MAX = 3;
const ROW_MIN = 17;
const MARK_SPACE = 17;

export type Drawn = { height: number; marks: Mark[] };

type Rows = {
  /** The marks' own space across. */
  left: number;
  width: number;
  /** The middle of each row's marks, and from where to where an upright rule may go without crossing words. */
  rows: { middle: number; from: number; to: number }[];
  marks: Mark[];
  height: number;
};

/** Labels and values of rows, and where that leaves room for what is drawn in each. */
function setRows(texts: readonly { label: string; value: string }[], width: number): Rows {
  const widest = (of: 'label' | 'value') => Math.max(0, ...texts.map((row) => textWidth(row[of], TYPE)));
  const values = widest('value');
  const isShort = width >= SHORT_MIN && widest('label') + values <= width * SHORT_PART;
  const isBeside = width >= BESIDE_MIN || isShort;
  const labels = isBeside
    ? Math.min(widest('label'), width * (isShort ? SHORT_PART : LABEL_PART))
    : Math.max(TYPE * 4, width - values - GAP);
  const left = isBeside ? labels + GAP : 0;
  const marks: Mark[] = [];
  let y = 0;
  const rows = texts.map(({ label, value }) => {
    const lines = textLines(label, { width: labels, size: TYPE, linesMax: LINES_MAX });
    const top = y;
    const height = lines.length * LEADING + (isBeside ? ROW_MIN - LEADING : MARK_SPACE);
    const baseline = top + (isBeside ? (ROW_MIN - LEADING) / 2 : 0) + TYPE;
    const middle = isBeside ? top + height / 2 : top + lines.length * LEADING + MARK_SPACE / 2 - 2;
    for (const [line, text] of lines.entries())
      marks.push({ kind: 'text', x: 0, y: baseline + line * LEADING, text, size: TYPE, anchor: 'start', ink: 'ink' });
    marks.push({
      kind: 'text',
      x: width,
      y: isBeside ? middle + TYPE * 0.36 : baseline,
      text: value,
      size: TYPE,
      anchor: 'end',
      ink: 'ink',
    });
    y = top + height;
    return isBeside ? { middle, from: top, to: y } : { middle, from: middle - 7, to: middle + 7 };
  });
  return { left, width: Math.max(TYPE, isBeside ? width - left - values - GAP : width), rows, marks, height: y };
}

const acrossIn =
  ({ left, width }: Rows) =>
  (place: string): number =>
    left + (Number.parseFloat(place) / 100) * width;

const level = (x1: number, x2: number, y: number, ink: Ink, width: number): Mark => ({
  kind: 'line',
  x1,
  y1: y,
  x2,
  y2: y,
  ink,
  width,
});

const uprights = ({ rows }: Rows, x: number, ink: Ink, isDashed: boolean): Mark[] =>
  rows.map(({ from, to }) => ({ kind: 'line', x1: x, y1: from, x2: x, y2: to, ink, width: 0.7, isDashed }));

const BAR_HEIGHT = 8;
/** Where a scale of shares may end: at the least of these that everything drawn stands within. */
const SCALE_ENDS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 1];

/**
 * Shares as bars with their intervals and values beside them, on a scale that ends a little above the largest, so that small
 * shares can be told apart; where it ends stands below it.
 */
export function drawBars(input: BarsInput, width: number): Drawn {
  const chart = bars(input);
  const set = setRows(
    chart.rows.map(({ value }, index) => ({ label: input.rows[index]!.label, value })),
    width,
  );
  const largest = Math.max(0, input.reference?.share ?? 0, ...input.rows.map(({ share, high }) => high ?? share));
  const end = SCALE_ENDS.find((one) => one >= largest) ?? 1;
  const across = (share: number) => set.left + (Math.min(share, end) / end) * set.width;
  const marks = [...set.marks];
  const ticks = [0, 0.5, 1].map((part) => ({ part, share: part * end, x: set.left + part * set.width }));
  for (const { x } of ticks) marks.push(...uprights(set, x, 'track', false));
  for (const [index, { share, low, high, segmentClass }] of input.rows.entries()) {
    const { middle } = set.rows[index]!;
    const bar = { kind: 'rect', x: set.left, y: middle - BAR_HEIGHT / 2, height: BAR_HEIGHT, radius: 1.2 } as const;
    marks.push({ ...bar, width: set.width, fill: 'track' });
    marks.push({ ...bar, width: across(share) - set.left, fill: segmentInk(segmentClass) });
    if (low === null || high === null) continue;
    marks.push(
      level(across(low), across(high), middle, 'surface', 3),
      level(across(low), across(high), middle, 'ink', 1),
    );
  }
  let y = set.height + LEADING;
  if (input.rows.length > 0) {
    for (const { part, share, x } of ticks)
      marks.push({
        kind: 'text',
        x,
        y,
        text: showPercent(share, share * 100 === Math.round(share * 100) ? 0 : 1),
        size: TYPE,
        anchor: part === 0 ? 'start' : part === 1 ? 'end' : 'middle',
        ink: 'soft',
      });
    y += 4;
  } else y = set.height;
  const { reference } = input;
  if (reference === null) return { height: y, marks };
  const x = across(reference.share);
  marks.push(...uprights(set, x, 'soft', true));
  marks.push({
    kind: 'text',
    x,
    y: y + LEADING,
    text: `${reference.label} ${showPercent(reference.share)}`,
    size: TYPE,
    anchor: reference.share > end / 2 ? 'end' : 'start',
    ink: 'soft',
  });
  return { height: y + LEADING + 4, marks };
}

/** Differences from zero as dots on stems, each with its interval and its value beside it. */
export function drawDots(input: DotsInput, width: number): Drawn {
  const chart = dots(input);
  const set = setRows(
    chart.rows.map(({ value }, index) => ({ label: input.rows[index]!.label, value })),
    width,
  );
  const across = acrossIn(set);
  const ink = segmentInk(chart.segmentClass);
  const zero = across(chart.zero.x);
  const marks: Mark[] = [...uprights(set, zero, 'line', false), ...set.marks];
  for (const [index, row] of chart.rows.entries()) {
    const { middle } = set.rows[index]!;
    const x = across(row.x);
    if (row.whisker !== null) marks.push(level(across(row.whisker.from), across(row.whisker.to), middle, 'ink', 0.8));
    marks.push(level(zero, x, middle, ink, 1.6), { kind: 'circle', cx: x, cy: middle, r: 3.2, fill: ink });
  }
  marks.push({
    kind: 'text',
    x: zero,
    y: set.height + LEADING,
    text: input.zeroLabel,
    size: TYPE,
    anchor: 'middle',
    ink: 'soft',
  });
  return { height: set.height + LEADING + 4, marks };
}
