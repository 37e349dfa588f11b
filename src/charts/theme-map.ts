import { type ChartTable, chartTable } from './marks.ts';
import { showNumber, showPercent, trimLabel } from './numerals.ts';

const WIDTH = 720;
const HEIGHT = 460;
/** The largest circle: smaller where many share the picture. */
const RADIUS_MAX = 46;
const RADIUS_AMONG = 130;
const RADIUS_MIN = 5;
const LETTER = 7.2;
const LINE = 17;
const LABEL_LETTERS = 22;
const EDGE = 8;

export type MappedTheme = {
  label: string;
  href: string | null;
  size: number;
  share: number;
  /** Near each other where they share wording; in any unit. */
  place: readonly [number, number];
  segmentClass: string;
};
export type ThemeMap = {
  id: string;
  title: string;
  description: string;
  viewBox: string;
  circles: { cx: number; cy: number; r: number; segmentClass: string; href: string | null; name: string }[];
  labels: {
    x: number;
    y: number;
    text: string;
    anchor: 'start' | 'middle' | 'end';
    line: { x: number; y: number } | null;
  }[];
  /** Names that found no free place: they stand in the table alone. */
  unlabelled: number;
  table: ChartTable;
  note: string;
};

type Box = { left: number; right: number; top: number; bottom: number };
const isApart = (a: Box, b: Box): boolean =>
  a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

/**
 * A map on which themes that share wording lie near each other, each a circle whose area is its number of answers. Names
 * are put where they cover neither another name nor the middle of a circle: the largest theme chooses first, and a name
 * that finds no place is left to the table beside the picture.
 *
 * @param themes in any order; the larger lie behind
 */
export function themeMap(id: string, title: string, themes: readonly MappedTheme[]): ThemeMap {
  const largest = themes.reduce((most, { size }) => Math.max(most, size), 1);
  const ordered = themes.toSorted((a, b) => b.size - a.size || (a.label < b.label ? -1 : 1));
  const radius = Math.min(RADIUS_MAX, RADIUS_AMONG / Math.sqrt(Math.max(1, themes.length)));
  const reach = radius + EDGE;
  const across = spread(ordered.map(({ place: [x] }) => x));
  const upwards = spread(ordered.map(({ place: [, y] }) => y));
  const circles = ordered.map(({ label, href, size, place: [x, y], segmentClass }) => ({
    cx: round(reach + across(x) * (WIDTH - 2 * reach)),
    cy: round(reach + (1 - upwards(y)) * (HEIGHT - 2 * reach)),
    r: round(Math.max(RADIUS_MIN, radius * Math.sqrt(size / largest))),
    segmentClass,
    href,
    name: `${label}, ${showNumber(size)} answers`,
  }));
  // Small circles are covered whole by a name, large ones only by what lies over their middle.
  const taken: Box[] = circles.map(({ cx, cy, r }) => {
    const core = Math.min(r, 10);
    return { left: cx - core, right: cx + core, top: cy - core, bottom: cy + core };
  });
  const labels: ThemeMap['labels'] = [];
  let unlabelled = 0;
  for (const [index, { label }] of ordered.entries()) {
    const text = trimLabel(label, LABEL_LETTERS);
    const found = places(circles[index]!, text.length * LETTER).find(
      ({ box }) =>
        box.left >= 0 &&
        box.right <= WIDTH &&
        box.top >= 0 &&
        box.bottom <= HEIGHT &&
        taken.every(
          (other, at) =>
            (at === index && box.top < circles[index]!.cy && box.bottom > circles[index]!.cy) || isApart(box, other),
        ),
    );
    if (!found) {
      unlabelled += 1;
      continue;
    }
    taken.push(found.box);
    labels.push({ x: round(found.x), y: round(found.y), text, anchor: found.anchor, line: found.line });
  }
  return {
    id,
    title,
    description: ordered.map(({ label, size }) => `${label}: ${showNumber(size)}`).join('; '),
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    circles,
    labels,
    unlabelled,
    table: chartTable(
      'Themes on the map',
      ['Theme', 'Answers', 'Share, uncorrected', 'Nearest on the map'],
      ordered.map((theme) => [
        theme.label,
        showNumber(theme.size),
        showPercent(theme.share),
        nearest(theme, ordered)?.label ?? '–',
      ]),
    ),
    note: 'Near means shared wording; which way is up means nothing. The area of a circle is its number of answers.',
  };
}

function nearest(theme: MappedTheme, all: readonly MappedTheme[]): MappedTheme | undefined {
  const far = ({ place: [x, y] }: MappedTheme) => Math.hypot(x - theme.place[0], y - theme.place[1]);
  return all.filter((other) => other !== theme).sort((a, b) => far(a) - far(b))[0];
}

/** Stretches places over the whole picture; where all are the same they lie in the middle. */
function spread(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => (high > low ? (value - low) / (high - low) : 0.5);
}
const round = (value: number): number => Math.round(value * 10) / 10;

/** Where a name may stand, the best first: inside its circle, beside it, above, below, and farther away with a line. */
function places({ cx, cy, r }: { cx: number; cy: number; r: number }, width: number) {
  const found: {
    x: number;
    y: number;
    anchor: 'start' | 'middle' | 'end';
    line: { x: number; y: number } | null;
    box: Box;
  }[] = [];
  const add = (
    x: number,
    middle: number,
    anchor: 'start' | 'middle' | 'end',
    line: { x: number; y: number } | null = null,
  ) => {
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
    found.push({
      x,
      y: middle + 4.5,
      anchor,
      line,
      box: { left, right: left + width, top: middle - LINE / 2, bottom: middle + LINE / 2 },
    });
  };
  if (width < 2 * r - 8) add(cx, cy, 'middle');
  add(cx + r + 5, cy, 'start');
  add(cx - r - 5, cy, 'end');
  add(cx, cy - r - LINE / 2 - 1, 'middle');
  add(cx, cy + r + LINE / 2 + 1, 'middle');
  for (const away of [18, 36, 58, 84])
    for (let step = 0; step < 12; step += 1) {
      const turn = (step / 12) * 2 * Math.PI;
      const [x, y] = [cx + Math.cos(turn) * (r + away), cy + Math.sin(turn) * (r + away)];
      const edge = { x: round(cx + Math.cos(turn) * r), y: round(cy + Math.sin(turn) * r) };
      add(x, y, Math.cos(turn) > 0.3 ? 'start' : Math.cos(turn) < -0.3 ? 'end' : 'middle', edge);
    }
  return found;
}
