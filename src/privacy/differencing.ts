/*
 * What numbers give away together. Whoever is told of two groups of people can take one from the other: of 200 respondents
 * and of 197 of them, three are left, and so is what the three said. A ledger keeps which groups were told of, and every
 * further group is held against it.
 */

/** A set of people by their places among all, 32 to a word. */
export type Bits = Uint32Array;

/** @param places from 0; `length` is how many people there are in all */
export function bitsOf(places: Iterable<number>, length: number): Bits {
  const bits = new Uint32Array(Math.ceil(length / 32));
  for (const place of places) bits[place >>> 5]! |= 1 << (place & 31);
  return bits;
}

const has = (bits: Bits, place: number): number => ((bits[place >>> 5] ?? 0) >>> (place & 31)) & 1;

/** One question in one group: who answered it, and how many gave each answer, whether or not that was told. */
export type CountedBlock = {
  base: number;
  /** Whether each person gives one answer at most. */
  isExclusive: boolean;
  cells: ReadonlyMap<string, { count: number; isTold: boolean }>;
};
/** A group with the questions that were told of it. */
export type CountedGroup = { members: Bits; blocks: ReadonlyMap<string, CountedBlock> };

/** With more groups than these that do not follow from each other there are too many ways to add them up to look at. */
const EXACT_RANK_MAX = 14;
const LOOKS_MAX = 200_000;

/**
 * Whether a group may be told of besides others: not when a number of people from one to fewer than the least could be worked
 * out, by taking told groups from each other and adding them up in any way. It is exact; where there are too many ways to
 * look at, the answer is no.
 *
 * @param told the groups that were told of, everybody among them where their number is known
 *
 * @example
 * mayTellGroup([bitsOf([0, 1, 2, 3, 4, 5, 6, 7], 8)], bitsOf([0, 1, 2, 3, 4, 5], 8), 5) // => false
 */
export function mayTellGroup(told: readonly Bits[], next: Bits, least: number): boolean {
  const { sizes, groups } = atomsOf([...told, next]);
  if (sizes.every((size) => size >= least)) return true;
  // Small atoms come first, so that a small sum of atoms always holds one of them as its pivot.
  const order = [...sizes.keys()].sort((a, b) => sizes[a]! - sizes[b]!);
  const weights = order.map((atom) => sizes[atom]!);
  const rows = reduced(groups.map((group) => order.map((atom) => group[atom]!)));
  const small = rows.filter(({ pivot }) => weights[pivot]! < least);
  let looks = 0;
  const isSafe = (from: number, sum: readonly number[], weight: number): boolean => {
    looks += 1;
    if (looks > LOOKS_MAX) return false;
    if (weight > 0 && sum.every((value) => value === 0 || value === 1)) {
      const people = sum.reduce<number>((all, value, at) => all + value * weights[at]!, 0);
      if (people < least) return false;
    }
    for (let at = from; at < small.length; at += 1) {
      const row = small[at]!;
      const more = weight + weights[row.pivot]!;
      if (more < least && !isSafe(at + 1, plus(sum, row.values, 1), more)) return false;
    }
    return true;
  };
  return isSafe(0, Array<number>(weights.length).fill(0), 0);
}

/**
 * Which questions not to tell of a further group, since what was told of others would then give a number of people from one
 * to fewer than the least away: those who gave an answer, or did not give it, in a group that follows from told ones, or in
 * a told one where that answer is hidden. Whether the group itself may be told is asked of `mayTellGroup` before. It is exact;
 * where there are too many ways to look at, a question is not told.
 *
 * A question is told or not told as a whole: to hide one answer of it here only moves what can be worked out to another.
 *
 * @param next what would be told of it, its own small cells hidden already
 */
export function blocksToHide(told: readonly CountedGroup[], next: CountedGroup, least: number): Set<string> {
  const everyone = [...told, next];
  const vectors = atomsOf(everyone.map(({ members }) => members)).groups;
  const known = new Map<string, Way[] | null>();
  const waysOf = (places: readonly number[]): Way[] | null => {
    const mark = places.join(' ');
    const ways = known.get(mark);
    if (ways !== undefined) return ways;
    const found = waysToAddUp(places.map((place) => vectors[place]!));
    known.set(mark, found);
    return found;
  };
  const isSmall = (count: number) => count > 0 && count < least;
  const hides = (id: string): boolean => {
    const places = [...everyone.keys()].filter((place) => everyone[place]!.blocks.has(id));
    const ways = waysOf(places);
    if (ways === null) return true;
    const blockOf = (place: number) => everyone[place]!.blocks.get(id)!;
    const sum = ({ times }: Way, of: readonly number[], count: (block: CountedBlock) => number) =>
      Math.round(times.reduce((total, one, at) => total + (one === 0 ? 0 : one * count(blockOf(of[at]!))), 0));
    const toldAs = new Map(places.map((place) => [vectors[place]!.join(''), place]));
    const codes = [...new Set(places.flatMap((place) => [...blockOf(place).cells.keys()]))];
    const isExclusive = places.every((place) => blockOf(place).isExclusive);
    /** For each answer, the sets of people of which its number follows from what was told. */
    const open = new Map(
      codes.map((code) => [
        code,
        new Set(
          waysOf(places.filter((place) => blockOf(place).cells.get(code)?.isTold))?.map(({ people }) => people) ?? [],
        ),
      ]),
    );
    return ways.some((way) => {
      const base = sum(way, places, (block) => block.base);
      const counts = codes.map((code) => sum(way, places, ({ cells }) => cells.get(code)?.count ?? 0));
      const group = toldAs.get(way.people);
      if (isSmall(base)) return true;
      if (group === undefined && counts.some((count) => isSmall(count) || isSmall(base - count))) return true;
      const isOpen = codes.map((code) => open.get(code)!.has(way.people));
      if (
        group !== undefined &&
        codes.some((code, at) => isOpen[at] && blockOf(group).cells.get(code)?.isTold === false)
      )
        return true;
      const closed = counts.filter((_, at) => !isOpen[at]);
      return isExclusive && closed.length > 0 && (closed.length === 1 || isSmall(total(closed)));
    });
  };
  return new Set([...next.blocks.keys()].filter(hides));
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** People who are in the same groups, counted, and for each group which of these atoms it is made of. */
function atomsOf(groups: readonly Bits[]): { sizes: number[]; groups: number[][] } {
  const words = Math.max(0, ...groups.map(({ length }) => length));
  const found = new Map<string, { size: number; first: number }>();
  for (let place = 0; place < words * 32; place += 1) {
    const key = groups.map((group) => has(group, place)).join('');
    if (!key.includes('1')) continue;
    const atom = found.get(key);
    if (atom) atom.size += 1;
    else found.set(key, { size: 1, first: place });
  }
  const atoms = [...found.values()];
  return {
    sizes: atoms.map(({ size }) => size),
    groups: groups.map((group) => atoms.map(({ first }) => has(group, first))),
  };
}

type Row = { pivot: number; values: number[] };

/** A matrix in reduced row echelon form, without rows of zeros; pivots are sought from the left. */
function reduced(rows: readonly (readonly number[])[], width = rows[0]?.length ?? 0): Row[] {
  const left = rows.map((row) => [...row]);
  const done: Row[] = [];
  for (let pivot = 0; pivot < width && left.length > 0; pivot += 1) {
    const at = left.findIndex((row) => row[pivot] !== 0);
    if (at < 0) continue;
    const [found] = left.splice(at, 1);
    const values = found!.map((value) => value / found![pivot]!);
    for (const row of left) take(row, values, row[pivot]!);
    for (const row of done) take(row.values, values, row.values[pivot]!);
    done.push({ pivot, values });
  }
  return done;
}

/** Takes another row so many times from one, in place. Small whole numbers and their fractions stay what they are. */
function take(row: number[], other: readonly number[], times: number): void {
  if (times === 0) return;
  for (let at = 0; at < row.length; at += 1) row[at] = Math.round((row[at]! - times * other[at]!) * 1e9) / 1e9;
}

const plus = (a: readonly number[], b: readonly number[], times: number) =>
  a.map((value, at) => Math.round((value + times * b[at]!) * 1e9) / 1e9);

/** A set of people that follows from groups, by the atoms it is made of: how often each group is taken to get it. */
type Way = { people: string; times: number[] };

/**
 * All ways to add groups up, each given as the atoms it is made of, some of them taken away, so that each person is counted
 * once or not at all.
 *
 * @returns null where there are too many to look at
 */
function waysToAddUp(groups: readonly (readonly number[])[]): Way[] | null {
  const width = groups[0]?.length ?? 0;
  // Beside each group stands the group itself, so that each row says what it was made of.
  const rows = reduced(
    groups.map((row, at) => [...row, ...groups.map((_, other) => (other === at ? 1 : 0))]),
    width,
  ).map(({ values }) => values);
  if (rows.length > EXACT_RANK_MAX) return null;
  const ways: Way[] = [];
  const keep = (row: readonly number[]) => {
    for (let at = 0; at < width; at += 1) if (row[at] !== 0 && row[at] !== 1) return;
    const people = row.slice(0, width);
    if (people.includes(1)) ways.push({ people: people.join(''), times: row.slice(width) });
  };
  const grow = (from: number, sum: readonly number[]): void => {
    keep(sum);
    for (let at = from; at < rows.length; at += 1) grow(at + 1, plus(sum, rows[at]!, 1));
  };
  grow(0, Array<number>(width + groups.length).fill(0));
  return ways;
}
