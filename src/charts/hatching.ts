import type { Mark } from './drawing.ts';

/** How a surface is ruled, so that neighbours stay apart without colour: the direction of its lines and how far apart they are. */
const RULINGS: readonly { angles: readonly ('rising' | 'falling' | 'level' | 'upright')[]; gap: number }[] = [
  { angles: [], gap: 0 },
  { angles: ['rising'], gap: 5 },
  { angles: ['upright'], gap: 3.5 },
  { angles: ['falling'], gap: 3 },
  { angles: ['level'], gap: 3.5 },
  { angles: ['rising', 'falling'], gap: 5 },
  { angles: ['upright', 'level'], gap: 4 },
  { angles: ['rising'], gap: 2.6 },
];

type Area = { x: number; y: number; width: number; height: number };

/**
 * The light lines laid over a filled area, none longer than the area.
 *
 * @param area in points
 * @param pattern 0 for a plain surface; they begin anew after the last
 *
 * @example
 * hatching({ x: 0, y: 0, width: 9, height: 4 }, 0) // => []
 */
export function hatching(area: Area, pattern: number): Extract<Mark, { kind: 'line' }>[] {
  const { angles, gap } = RULINGS[pattern % RULINGS.length]!;
  const { x, y, width, height } = area;
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    ({ kind: 'line', x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), ink: 'surface', width: 0.8 }) as const;
  return angles.flatMap((angle) => {
    const reach = angle === 'level' ? height : angle === 'upright' ? width : width + height;
    const step = angle === 'level' || angle === 'upright' ? gap : gap * Math.SQRT2;
    return Array.from({ length: Math.max(0, Math.ceil(reach / step) - 1) }, (_, index) => {
      const at = (index + 1) * step;
      if (angle === 'level') return line(x, y + at, x + width, y + at);
      if (angle === 'upright') return line(x + at, y, x + at, y + height);
      const [left, right] = [Math.max(0, at - height), Math.min(width, at)];
      // Along a rising line, x and y from the upper left corner add up to the same.
      return angle === 'rising'
        ? line(x + left, y + at - left, x + right, y + at - right)
        : line(x + left, y + height - (at - left), x + right, y + height - (at - right));
    });
  });
}

const round = (value: number): number => Math.round(value * 100) / 100;
