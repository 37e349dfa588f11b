import { describe, expect, test } from 'vitest';
import { bitsOf, blocksToHide, type CountedGroup, mayTellGroup } from '../../src/privacy/differencing.ts';
import { hiddenCells } from '../../src/privacy/safe-cells.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const LEAST = 10;
const PEOPLE = 120;
type Set01 = readonly boolean[];

const sizeOf = (set: Set01) => set.filter(Boolean).length;
const toBits = (set: Set01) =>
  bitsOf(
    set.flatMap((isIn, place) => (isIn ? [place] : [])),
    set.length,
  );
const isSmall = (n: number) => n > 0 && n < LEAST;

/**
 * Every number of people that follows from told groups, by brute force and by another way than the code under test: people who
 * are in the same groups are one unknown, and each of the sets of unknowns is asked for whether its sum is fixed by the told
 * sums, which it is when it is at right angles to all that the equations leave open.
 */
function smallSetsThatFollow(groups: readonly Set01[]): number[] {
  const atoms = new Map<string, number>();
  for (let place = 0; place < PEOPLE; place += 1) {
    const key = groups.map((group) => (group[place] ? 1 : 0)).join('');
    if (key.includes('1')) atoms.set(key, (atoms.get(key) ?? 0) + 1);
  }
  const keys = [...atoms.keys()];
  const sizes = keys.map((key) => atoms.get(key)!);
  const open = leftOpen(
    groups.map((_, at) => keys.map((key) => Number(key[at]))),
    keys.length,
  );
  const small: number[] = [];
  for (let mask = 1; mask < 2 ** keys.length; mask += 1) {
    const isIn = (at: number) => (mask >> at) & 1;
    const people = sumOver(sizes, isIn);
    if (isSmall(people) && open.every((way) => Math.abs(sumOver(way, isIn)) < 1e-9)) small.push(people);
  }
  return small;
}

function sumOver(values: readonly number[], isIn: (at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) if (isIn(at)) sum += values[at]!;
  return sum;
}

/** The ways in which unknowns may change together while all told sums stay what they are: a basis of them. */
function leftOpen(equations: readonly (readonly number[])[], width: number): number[][] {
  const left = equations.map((row) => [...row]);
  const pivots: number[] = [];
  for (let column = 0; column < width; column += 1) {
    const rank = pivots.length;
    const at = left.findIndex((row, index) => index >= rank && Math.abs(row[column]!) > 1e-9);
    if (at < 0) continue;
    [left[rank], left[at]] = [left[at]!, left[rank]!];
    const scale = left[rank]![column]!;
    const found = left[rank]!.map((value) => value / scale);
    left[rank] = found;
    for (const row of left) {
      const times = row[column]!;
      if (row !== found && times !== 0) for (let i = 0; i < width; i += 1) row[i] = row[i]! - times * found[i]!;
    }
    pivots.push(column);
  }
  const free = Array.from({ length: width }, (_, column) => column).filter((column) => !pivots.includes(column));
  return free.map((column) => {
    const way = Array<number>(width).fill(0);
    way[column] = 1;
    for (const [row, pivot] of pivots.entries()) way[pivot] = -left[row]![column]!;
    return way;
  });
}

/** People with a few traits, and filters over them: one trait, two, or one and a few people besides. */
function worldOf(seed: number) {
  const random = mulberry32(seed);
  const traits = Array.from({ length: 4 }, () => {
    const share = 0.03 + 0.94 * random();
    return Array.from({ length: PEOPLE }, () => random() < share);
  });
  const filter = (): Set01 => {
    const one = traits[Math.floor(random() * 4)]!;
    const two = traits[Math.floor(random() * 4)]!;
    const how = Math.floor(random() * 6);
    if (how === 0) return one;
    if (how === 1) return one.map((isIn) => !isIn);
    if (how === 2) return one.map((isIn, at) => isIn && two[at]!);
    if (how === 3) return one.map((isIn, at) => isIn || two[at]!);
    // Nearly the same people as another filter takes, which is what a difference is looked for with.
    if (how === 4) return one.map((isIn, at) => isIn && at % 17 !== 3);
    return Array.from({ length: PEOPLE }, (_, at) => at >= 4);
  };
  return { random, filter };
}

describe('ten thousand pairs of filters', () => {
  test('never give away a group of one to nine people, by their numbers, complements, both, either, or one without the other', () => {
    const everybody = Array<boolean>(PEOPLE).fill(true);
    let [asked, refused, wronglyRefused] = [0, 0, 0];
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const { filter } = worldOf(seed);
      const [f, g] = [filter(), filter()];
      const told: Set01[] = [everybody];
      const both = f.map((isIn, at) => isIn && g[at]!);
      const either = f.map((isIn, at) => isIn || g[at]!);
      for (const next of [f, g, both, either]) {
        asked += 1;
        const isLet = mayTellGroup(told.map(toBits), toBits(next), LEAST);
        if (isLet) told.push(next);
        else {
          refused += 1;
          if (smallSetsThatFollow([...told, next]).length === 0) wronglyRefused += 1;
        }
      }
      expect(smallSetsThatFollow(told), `pair ${seed}`).toEqual([]);
    }
    expect(asked).toBe(40_000);
    expect(refused, 'filters that would give somebody away are among them').toBeGreaterThan(2_000);
    expect(refused, 'and most may be told').toBeLessThan(38_000);
    expect(wronglyRefused, 'none is refused that would have been safe').toBe(0);
  }, 120_000);

  test('never give away an answer of one to nine people, nor of those who did not give it', () => {
    let [asked, hidden] = [0, 0];
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const { random, filter } = worldOf(seed + 50_000);
      const weights = Array.from({ length: 4 }, () => random() ** 2 + 0.02);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const answers = Array.from({ length: PEOPLE }, () => {
        const at = random() * total;
        return Math.max(
          0,
          weights.findIndex((_, code) => at <= weights.slice(0, code + 1).reduce((sum, weight) => sum + weight, 0)),
        );
      });
      const countIn = (set: Set01, code: number) => answers.filter((answer, at) => set[at] && answer === code).length;
      const told: { set: Set01; group: CountedGroup }[] = [];
      for (const set of [Array<boolean>(PEOPLE).fill(true), filter(), filter()]) {
        if (
          !mayTellGroup(
            told.map(({ group }) => group.members),
            toBits(set),
            LEAST,
          )
        )
          continue;
        const counts = [0, 1, 2, 3].map((code) => countIn(set, code));
        const isHidden = hiddenCells([...counts, sizeOf(set)], [{ whole: 4, parts: [0, 1, 2, 3] }], { least: LEAST });
        if (isHidden[4]) continue;
        const group: CountedGroup = {
          members: toBits(set),
          blocks: new Map([
            [
              'q',
              {
                base: sizeOf(set),
                isExclusive: true,
                cells: new Map(counts.map((count, code) => [`${code}`, { count, isTold: !isHidden[code] }])),
              },
            ],
          ]),
        };
        asked += 1;
        const isHiddenWhole = blocksToHide(
          told.map((one) => one.group),
          group,
          LEAST,
        ).has('q');
        hidden += Number(isHiddenWhole);
        told.push({ set, group: isHiddenWhole ? { ...group, blocks: new Map() } : group });
      }
      expect(smallAnswersThatFollow(told, answers), `pair ${seed}`).toEqual([]);
    }
    expect(hidden, 'answers that would give somebody away are among them').toBeGreaterThan(1_000);
    expect(hidden, 'and many may be told').toBeLessThan(0.6 * asked);
  }, 120_000);
});

/** Small numbers of people by answer, by everything that was told: each person is one of atom by answer, told numbers are sums. */
function smallAnswersThatFollow(
  told: readonly { set: Set01; group: CountedGroup }[],
  answers: readonly number[],
): number[] {
  const key = (at: number) => `${told.map(({ set }) => (set[at] ? 1 : 0)).join('')} ${answers[at]}`;
  const unknowns = new Map<string, number>();
  for (let at = 0; at < PEOPLE; at += 1) unknowns.set(key(at), (unknowns.get(key(at)) ?? 0) + 1);
  // A reader does not know which of them are empty.
  for (const name of [...unknowns.keys()])
    for (const code of [0, 1, 2, 3]) {
      const other = `${name.split(' ')[0]} ${code}`;
      unknowns.set(other, unknowns.get(other) ?? 0);
    }
  const keys = [...unknowns.keys()];
  const inGroup = (name: string, at: number) => name[at] === '1';
  const answerOf = (name: string) => name.split(' ')[1]!;
  const equations = told.flatMap(({ group }, at) => [
    keys.map((name) => (inGroup(name, at) ? 1 : 0)),
    ...[...(group.blocks.get('q')?.cells ?? [])].flatMap(([code, { isTold }]) =>
      !isTold ? [] : [keys.map((name) => (inGroup(name, at) && answerOf(name) === code ? 1 : 0))],
    ),
  ]);
  const open = leftOpen(equations, keys.length);
  const atoms = [...new Set(keys.map((name) => name.split(' ')[0]!))];
  const sizes = keys.map((name) => unknowns.get(name)!);
  const atomOf = keys.map((name) => atoms.indexOf(name.split(' ')[0]!));
  const codeOf = keys.map((name) => Number(answerOf(name)));
  const found: number[] = [];
  // Every union of atoms, with every set of answers: what a reader who knows the filters could ask for.
  for (let where = 1; where < 2 ** atoms.length; where += 1)
    for (let which = 1; which < 16; which += 1) {
      const isIn = (at: number) => (where >> atomOf[at]!) & (which >> codeOf[at]!) & 1;
      const people = sumOver(sizes, isIn);
      if (isSmall(people) && open.every((way) => Math.abs(sumOver(way, isIn)) < 1e-9)) found.push(people);
    }
  return found;
}

test('of many groups, no difference of two is small', () => {
  const groups = Array.from({ length: 15 }, (_, at) =>
    bitsOf(
      Array.from({ length: 20 }, (__, i) => at * 20 + i),
      400,
    ),
  );
  const everybody = bitsOf(
    Array.from({ length: 305 }, (_, i) => i),
    400,
  );
  expect(mayTellGroup(groups, everybody, LEAST), 'five people are in none of them').toBe(false);
  expect(
    mayTellGroup(
      groups,
      bitsOf(
        Array.from({ length: 310 }, (_, i) => i),
        400,
      ),
      LEAST,
    ),
  ).toBe(true);
});
