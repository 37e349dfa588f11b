import { expect, test } from 'vitest';
import { emptyPortrait, type Portrait } from '../../src/personas/portrait.ts';
import {
  type DrawnGroup,
  figuresOf,
  figuresToTell,
  groupsTold,
  SIZE,
  type ToldDrawing,
  type ToldFigure,
} from '../../src/personas/told-figures.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';

const LEAST = 10;

/** People with a segment, traits that are counted, and one scale that not all have answered. */
type Person = { id: number; segment: number; says: boolean[]; hasScale: boolean };
const MEASURES = 3;

function portraitOf(
  { inside, base }: Pick<DrawnGroup, 'inside' | 'base'>,
  people: ReadonlyMap<number, Person>,
): Portrait {
  const isInside = new Set(inside);
  const rest = base.filter((id) => !isInside.has(id));
  const count = (ids: readonly number[], test: (one: Person) => boolean) =>
    ids.filter((id) => test(people.get(id)!)).length;
  return {
    ...emptyPortrait('quantified'),
    size: {
      share: wilsonInterval(inside.length, base.length)!,
      interval: 'sample',
      n: inside.length,
      base: base.length,
      effectiveBase: null,
    },
    themes: Array.from({ length: MEASURES }, (_, at) => ({
      theme: `t${at}`,
      label: `t${at}`,
      here: wilsonInterval(
        count(inside, ({ says }) => says[at]!),
        inside.length,
      )!,
      rest: wilsonInterval(
        count(rest, ({ says }) => says[at]!),
        rest.length,
      )!,
      nHere: inside.length,
      nRest: rest.length,
      adjustedP: null,
    })),
    scales: [
      {
        scale: 'calm',
        name: 'Calm',
        isHumanValue: false,
        evidence: {
          kind: 'mean',
          here: 1,
          rest: 1,
          difference: 0,
          low: null,
          high: null,
          nHere: count(inside, ({ hasScale }) => hasScale),
          nRest: count(rest, ({ hasScale }) => hasScale),
          adjustedP: null,
          isInput: false,
        },
      },
    ],
  };
}

/** Which vectors are at right angles to all told sums: what they leave open. */
function leftOpen(equations: readonly (readonly number[])[], width: number): number[][] {
  const left = equations.map((row) => [...row]);
  const pivots: number[] = [];
  for (let column = 0; column < width; column += 1) {
    const rank = pivots.length;
    const at = left.findIndex((row, index) => index >= rank && Math.abs(row[column]!) > 1e-9);
    if (at < 0) continue;
    [left[rank], left[at]] = [left[at]!, left[rank]!];
    const scale = left[rank]![column]!;
    left[rank] = left[rank]!.map((value) => value / scale);
    for (const [other, row] of left.entries()) {
      const times = row[column]!;
      if (other !== rank && times !== 0) left[other] = row.map((value, i) => value - times * left[rank]![i]!);
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

/** Sums over every set of atoms, by the bits of its number. */
function sums(values: readonly number[]): Float64Array {
  const all = new Float64Array(2 ** values.length);
  for (let mask = 1; mask < all.length; mask += 1) {
    const low = Math.trunc(Math.log2(mask & -mask));
    all[mask] = all[mask & (mask - 1)]! + values[low]!;
  }
  return all;
}

const ATOMS_MAX = 15;

/**
 * Every number of people from one to nine that follows for whoever kept all that was told: people in the same groups are one
 * unknown, and each set of unknowns is asked for whether its sum is fixed. Null with too many unknowns to ask.
 */
function smallNumbersThatFollow(told: readonly ToldDrawing[], people: ReadonlyMap<number, Person>): number[] | null {
  const groups = groupsTold({ groups: [], drawings: told }).map((ids) => new Set(ids));
  const atoms = Map.groupBy(people.values(), ({ id }) => groups.map((group) => Number(group.has(id))).join(''));
  atoms.delete(groups.map(() => 0).join(''));
  const members = [...atoms.values()];
  if (members.length > ATOMS_MAX) return null;
  const vectorOf = (ids: ReadonlySet<number>) => members.map(([first]) => Number(ids.has(first!.id)));
  const small: number[] = [];
  const ask = (equations: number[][], counts: readonly (readonly number[])[]) => {
    const open = leftOpen(equations, members.length).map(sums);
    const totals = counts.map(sums);
    for (let mask = 1; mask < 2 ** members.length; mask += 1)
      if (open.every((way) => Math.abs(way[mask]!) < 1e-6))
        small.push(...totals.map((one) => one[mask]!).filter((n) => n > 0 && n < LEAST));
  };
  const sizes = members.map((own) => own.length);
  ask(groups.map(vectorOf), [sizes]);
  const toldOf = (id: string) =>
    told.flatMap(({ members: { inside, base }, told: figures }) => {
      if (!figures.some((one) => one.id === id)) return [];
      const isInside = new Set(inside);
      return [vectorOf(isInside), vectorOf(new Set(base.filter((one) => !isInside.has(one))))];
    });
  for (let at = 0; at < MEASURES; at += 1) {
    const say = members.map((own) => own.filter(({ says }) => says[at]).length);
    ask(toldOf(`theme:t${at}`), [say, say.map((n, index) => sizes[index]! - n)]);
  }
  ask(toldOf('scale:calm'), [members.map((own) => own.filter(({ hasScale }) => hasScale).length)]);
  return small;
}

/** A portrait alone: what is small in it is not told. */
const alone = (figures: readonly ToldFigure[]): ToldFigure[] =>
  figures
    .filter(({ here, rest }) =>
      [here, ...(rest ? [rest] : [])].every(([answered, count]) => {
        const parts = count === null ? [answered] : [answered, count, answered - count];
        return answered >= LEAST && parts.every((n) => n === 0 || n >= LEAST);
      }),
    )
    .filter(({ here, rest }) => {
      if (rest === null || here[1] === null || rest[1] === null) return true;
      return here[1] + rest[1] === 0 || here[1] + rest[1] >= LEAST;
    });

/** Personas of one grouping, of two of its groups together, and of a rule that goes across, drawn anew as people come and go. */
function tellWorld(seed: number) {
  const random = mulberry32(seed);
  const people = new Map<number, Person>();
  const shares = Array.from({ length: MEASURES }, () => random() ** 2);
  let next = 0;
  const join = (many: number) => {
    for (let n = 0; n < many; n += 1) {
      const segment = Math.floor(random() ** 1.3 * 4);
      people.set(next, {
        id: next,
        segment,
        says: shares.map((share, at) => random() < share * (segment === at ? 1.6 : 0.6)),
        hasScale: random() < 0.9,
      });
      next += 1;
    }
  };
  join(150 + Math.floor(random() * 60));
  let there = new Set(people.keys());
  const told: ToldDrawing[] = [];
  let [refused, figuresHidden] = [0, 0];
  const isIn = [0, 1, 2, 3].map((segment) => (one: Person) => one.segment === segment);
  const kinds: ((one: Person) => boolean)[] = [
    ...isIn,
    (one) => one.segment < 2,
    (one) => one.says[0]! || one.segment === 2,
  ];
  const drawn = kinds.filter(() => random() < 0.75);
  for (let round = 0; round < 3; round += 1) {
    for (const isMember of drawn) {
      if (round > 0 && random() < 0.4) continue;
      const base = [...there];
      const members: DrawnGroup = { base, inside: base.filter((id) => isMember(people.get(id)!)), counted: null };
      const figures = alone(figuresOf(portraitOf(members, people)));
      if (!figures.some(({ id }) => id === SIZE)) continue;
      const found = figuresToTell({ groups: [], drawings: told }, { members, figures }, LEAST);
      if (found === null) refused += 1;
      else {
        figuresHidden += figures.length - found.length;
        told.push({ members, told: found });
      }
    }
    const few = random() < 0.6;
    const before = next;
    join(few ? Math.floor(random() * 9) : 30 + Math.floor(random() * 30));
    const leaving = few ? 0.02 : 0.1;
    there = new Set([...there, ...Array.from({ length: next - before }, (_, n) => before + n)]);
    for (const id of [...there]) if (random() < leaving) there.delete(id);
  }
  return { told, people, refused, figuresHidden };
}

test('whoever keeps everything told of personas works out no number of one to nine people', () => {
  let [worlds, drawings, refusals, hidden] = [0, 0, 0, 0];
  for (let seed = 1; seed <= 200; seed += 1) {
    const { told, people, refused, figuresHidden } = tellWorld(seed);
    const small = smallNumbersThatFollow(told, people);
    if (small === null) continue;
    expect(small, `world ${seed}`).toEqual([]);
    worlds += 1;
    drawings += told.length;
    refusals += refused;
    hidden += figuresHidden;
  }
  expect(worlds).toBeGreaterThan(80);
  expect(drawings, 'most are told').toBeGreaterThan(refusals);
  expect(refusals, 'some would give people away who came or left').toBeGreaterThan(20);
  expect(hidden, 'and some figures would give others away').toBeGreaterThan(50);
}, 120_000);

test('the same worlds give people away where each portrait is judged alone', () => {
  let leaks = 0;
  for (let seed = 1; seed <= 40; seed += 1) {
    const { told, people } = tellWorld(seed);
    const naive = told.map(({ members }) => ({ members, told: alone(figuresOf(portraitOf(members, people))) }));
    leaks += smallNumbersThatFollow(naive, people)?.length ?? 0;
  }
  expect(leaks).toBeGreaterThan(0);
});

test('a portrait of nearly the same people is not told; one of the same people is told again', () => {
  const ids = (n: number) => Array.from({ length: n }, (_, id) => id);
  const figures: ToldFigure[] = [{ id: SIZE, of: null, here: [60, null], rest: null }];
  const first: ToldDrawing = { members: { base: ids(200), inside: ids(60), counted: null }, told: figures };
  const before = { groups: [ids(200)], drawings: [first] };
  const ask = (base: number[], inside: number[]) =>
    figuresToTell(before, { members: { base, inside, counted: null }, figures }, LEAST);
  expect(ask(ids(200).slice(1), ids(60).slice(1)), 'one has left').toBeNull();
  expect(ask(ids(200), ids(57)), 'another persona of nearly the same people').toBeNull();
  expect(ask(ids(200), ids(60))).toEqual(figures);
  expect(ask(ids(215), [...ids(60), ...ids(215).slice(200)])).toEqual(figures);
});

test('of a row that is told of all segments but one, the last figure that would give it away is not told', () => {
  // 47 people in all say it; six of them in the fourth segment.
  const segmentOf = (from: number, n: number) => Array.from({ length: n }, (_, at) => from + at);
  const base = segmentOf(0, 1000);
  const drawing = (inside: number[], say: number): { members: DrawnGroup; figures: ToldFigure[] } => ({
    members: { base, inside, counted: null },
    figures: [
      { id: SIZE, of: null, here: [inside.length, null], rest: null },
      { id: 'theme:rent', of: null, here: [inside.length, say], rest: [1000 - inside.length, 47 - say] },
    ],
  });
  const told: ToldDrawing[] = [];
  for (const { members, figures } of [
    drawing(segmentOf(0, 297), 14),
    drawing(segmentOf(297, 295), 13),
    drawing(segmentOf(592, 209), 14),
  ]) {
    const found = figuresToTell({ groups: [], drawings: told }, { members, figures }, LEAST);
    told.push({ members, told: found ?? [] });
  }
  expect(told.map(({ told: figures }) => figures.map(({ id }) => id))).toEqual([
    [SIZE, 'theme:rent'],
    [SIZE, 'theme:rent'],
    [SIZE],
  ]);
});

test('all answers but a few to one question are not told together', () => {
  const base = Array.from({ length: 200 }, (_, id) => id);
  const members: DrawnGroup = { base, inside: base.slice(0, 80), counted: null };
  const answer = (code: string, here: number, rest: number): ToldFigure => ({
    id: `answer:town=${code}`,
    of: 'answer:town',
    here: [80, here],
    rest: [120, rest],
  });
  const figures = [answer('north', 50, 60), answer('south', 25, 40)];
  const found = figuresToTell({ groups: [], drawings: [] }, { members, figures }, LEAST);
  expect(
    found?.map(({ id }) => id),
    'of 80, five live elsewhere',
  ).toEqual(['answer:town=north']);
});
