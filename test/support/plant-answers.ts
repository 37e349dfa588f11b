import type { InputColumn } from '../../src/segments/input-table.ts';
import { mulberry32, normalDeviate, type Random } from '../../src/stats/random.ts';

/** Kinds of answers without segments, each of which some test or other takes for segments. */
export const CLOUDS = [
  'one factor',
  'two factors',
  'extreme answering',
  'skewed, heavy tails',
  '4% careless',
  '10% careless',
  'a bent line',
] as const;
export type Cloud = (typeof CLOUDS)[number];

const EVEN_CUTS = [-1.5, -0.5, 0.5, 1.5];
const SKEWED_CUTS = [-1.9, -1.4, -0.9, 0.1];
/** Items differ in how many say yes. */
const YES_CUTS = [-0.8, -0.3, 0, 0.4, 0.9];

/** A gamma draw of shape 2, for Student's t with 4 degrees of freedom. */
const gammaOfTwo = (random: Random): number => -Math.log(1 - random()) - Math.log(1 - random());

function latentRow(kind: Cloud | 'planted', p: number, random: Random, separation: number, segment: number): number[] {
  const draw = () => normalDeviate(random);
  const [f, g] = [draw(), draw()];
  const columns = Array.from({ length: p }, (_, j) => j);
  const half = (j: number) => (j < p / 2 ? f : 0.3 * f + Math.sqrt(0.91) * g);
  switch (kind) {
    case 'planted':
      return columns.map((j) => 0.6 * f + 0.8 * draw() + (Math.floor((j * 3) / p) === segment ? separation : 0));
    case 'one factor':
      return columns.map(() => 0.6 * f + 0.8 * draw());
    case 'two factors':
    case '4% careless':
    case '10% careless':
      return columns.map((j) => 0.65 * half(j) + 0.76 * draw());
    case 'extreme answering': {
      const [stretch, shift] = [Math.exp(0.5 * draw()), 0.5 * draw()];
      return columns.map((j) => shift + stretch * (0.5 * (j < p / 2 ? f : g) + 0.8 * draw()));
    }
    case 'skewed, heavy tails': {
      const tail = Math.sqrt(4 / (2 * gammaOfTwo(random)));
      return columns.map((j) => 0.8 * tail * (0.6 * half(j) + 0.8 * draw()));
    }
    case 'a bent line': {
      const at = 3 * random() - 1.5;
      return columns.map((j) => 1.5 - 0.88 * (at - (-1.5 + (3 * j) / (p - 1))) ** 2 + 0.7 * draw() + 0.5 * f);
    }
  }
}

/**
 * Answers on five steps, or yes and no: with three planted segments of 50, 30 and 20% of the people, each higher on a third
 * of the items, or without any.
 */
export function plantAnswers(
  kind: Cloud | 'planted',
  {
    n,
    p,
    seed,
    isBinary = false,
    separation = 0,
  }: { n: number; p: number; seed: number; isBinary?: boolean; separation?: number },
): { columns: InputColumn[]; segments: number[] } {
  const random = mulberry32(seed * 7919 + n);
  const columns = Array.from({ length: p }, (_, j) => ({
    id: `q${String(j).padStart(2, '0')}`,
    name: `Item ${j + 1}`,
    kind: isBinary ? ('binary' as const) : ('ordinal' as const),
    values: new Array<number>(n).fill(0),
  }));
  const segments: number[] = [];
  const careless = kind.endsWith('careless') ? Number.parseInt(kind, 10) / 100 : 0;
  for (let i = 0; i < n; i++) {
    const chance = random();
    const segment = chance < 0.5 ? 0 : chance < 0.8 ? 1 : 2;
    segments.push(segment);
    const row = latentRow(kind, p, random, separation, segment);
    const steps = isBinary ? 2 : 5;
    const isCareless = i < n * careless;
    // Every second careless person gives the same answer throughout, the others any.
    const same = Math.floor(random() * steps);
    for (const [j, column] of columns.entries()) {
      const cuts = isBinary
        ? [YES_CUTS[j % YES_CUTS.length]!]
        : kind === 'skewed, heavy tails'
          ? SKEWED_CUTS.map((cut) => cut + 0.15 * ((j % 3) - 1))
          : EVEN_CUTS;
      const honest = cuts.filter((cut) => row[j]! >= cut).length;
      const step = isCareless ? (i % 2 === 1 ? same : Math.floor(random() * steps)) : honest;
      column.values[i] = isBinary ? step : step + 1;
    }
  }
  return { columns, segments };
}
