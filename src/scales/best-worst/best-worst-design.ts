import type { Random } from '../../stats/random.ts';
import { shuffled } from '../../stats/random.ts';
import { assignPositions } from './best-worst-positions.ts';

/** Least and most of some counts. */
export type CountRange = { min: number; max: number };

/** Which items stand in which task, for several versions of a best-worst question. */
export type BestWorstDesign = {
  /** version → task → item indices from 0, in the order in which they are shown. */
  sets: number[][][];
  /** How often each item is shown, over all versions. */
  appearances: number[];
  /** items × items: in how many tasks two of them meet, over all versions; 0 on the diagonal. */
  pairings: number[][];
  /** items × places in a task: how often an item stands in each, over all versions. */
  positionCounts: number[][];
  /** The range of these counts; of appearances, in the least even version; of positions, of the least even item. */
  spread: { appearances: CountRange; pairings: CountRange; positions: CountRange };
  /** Whether none of the three ranges is wider than 1, as even as whole numbers allow in general. */
  isBalanced: boolean;
  /** Whether every item can be compared with every other, directly or by way of others, over all versions. */
  isConnected: boolean;
};

/** How often the tasks of a version are looked through for exchanges, at most. */
const PASSES_MAX = 4;

/**
 * Makes a nearly balanced incomplete block design: within a version every item is shown equally often (give or take one),
 * over all versions every two items meet nearly equally often, and every item stands in every place of a task equally
 * often (give or take one). Items of a task are chosen one by one among those shown least, those first that have met
 * the others least; then items of two tasks change places as long as that evens out the meetings.
 *
 * @param options `items` in all and `perTask` in a task; `tasks` in a version; `versions`, of which each respondent gets
 *   one; `random`, the only chance there is: the same seed gives the same design
 * @throws {RangeError} for numbers that are not whole, fewer than two items in a task or more than there are, no task or
 *   version, or so few tasks over all versions that some item would never be shown
 *
 * @example
 * const { sets, isConnected } = bestWorstDesign({ items: 3, perTask: 3, tasks: 1, versions: 1, random: () => 0 })
 * sets[0][0].toSorted() // => [0, 1, 2]
 * bestWorstDesign({ items: 3, perTask: 4, tasks: 1, versions: 1, random: () => 0 }) // => throws RangeError
 */
export function bestWorstDesign(options: {
  items: number;
  perTask: number;
  tasks: number;
  versions: number;
  random: Random;
}): BestWorstDesign {
  requirePossible(options);
  const { items, perTask, tasks, versions, random } = options;
  const appearances = new Array<number>(items).fill(0);
  const pairings = Array.from({ length: items }, () => new Array<number>(items).fill(0));

  const drafts = Array.from({ length: versions }, () => {
    const draft = draftVersion(options, appearances, pairings);
    evenOut(draft, pairings);
    return draft;
  });
  // The first versions knew nothing of the last, so all are looked through once more.
  for (const draft of drafts) evenOut(draft, pairings);

  const placed = assignPositions(
    drafts.flatMap((draft) => shuffled(draft, random)),
    items,
    perTask,
    random,
  );
  const sets = drafts.map((_, version) => placed.slice(version * tasks, (version + 1) * tasks));
  return { sets, appearances, pairings, ...describe(sets, appearances, pairings, perTask) };
}

/**
 * How many tasks it takes to show every item about three times, which is what a score for each person needs.
 *
 * @throws {RangeError} for fewer than two items in a task or more than there are
 *
 * @example
 * suggestTasks(12, 4) // => 9
 */
export function suggestTasks(items: number, perTask: number): number {
  if (!(perTask >= 2 && perTask <= items)) throw new RangeError('suggestTasks requires 2 to all items in a task');
  return Math.ceil((3 * items) / perTask);
}

function requirePossible({ items, perTask, tasks, versions }: Parameters<typeof bestWorstDesign>[0]): void {
  for (const [name, count] of Object.entries({ items, perTask, tasks, versions })) {
    if (!(Number.isSafeInteger(count) && count >= 1)) {
      throw new RangeError(`bestWorstDesign requires a whole number of at least 1 as ${name}`);
    }
  }
  if (perTask < 2) throw new RangeError('bestWorstDesign requires at least two items in a task');
  if (perTask > items) throw new RangeError('bestWorstDesign requires no more items in a task than there are');
  if (perTask * tasks * versions < items) {
    throw new RangeError('bestWorstDesign requires enough tasks to show every item at least once');
  }
}

/** Chooses the items of one version's tasks; adds them to the counts so far. */
function draftVersion(
  { items, perTask, tasks, random }: Parameters<typeof bestWorstDesign>[0],
  appearances: number[],
  pairings: number[][],
): number[][] {
  const order = Array.from({ length: items }, (_, item) => item);
  // Where showings do not divide evenly, the extra ones go to the items shown least so far.
  const left = new Array<number>(items).fill(Math.floor((tasks * perTask) / items));
  const eager = shuffled(order, random).sort((a, b) => appearances[a]! - appearances[b]!);
  for (const item of eager.slice(0, (tasks * perTask) % items)) left[item]! += 1;
  for (const item of order) appearances[item]! += left[item]!;

  return Array.from({ length: tasks }, () => {
    const task: number[] = [];
    const candidates = shuffled(order, random);
    while (task.length < perTask) {
      // Those with most showings left come first, so that the last task finds enough different items.
      let chosen = -1;
      let chosenMeetings = 0;
      for (const item of candidates) {
        if (task.includes(item) || (chosen >= 0 && left[item]! < left[chosen]!)) continue;
        const meetings = task.reduce((sum, other) => sum + pairings[item]![other]!, 0);
        if (chosen >= 0 && left[item] === left[chosen] && meetings >= chosenMeetings) continue;
        chosen = item;
        chosenMeetings = meetings;
      }
      for (const other of task) addMeeting(pairings, chosen, other, 1);
      task.push(chosen);
      left[chosen]! -= 1;
    }
    return task;
  });
}

/** Exchanges items between tasks of a version, in place, as long as the sum of squared meetings falls. */
function evenOut(draft: number[][], pairings: number[][]): void {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    let isChanged = false;
    for (let s = 0; s < draft.length; s++) {
      for (let t = s + 1; t < draft.length; t++) {
        if (exchangeBetween(draft[s]!, draft[t]!, pairings)) isChanged = true;
      }
    }
    if (!isChanged) return;
  }
}

function exchangeBetween(one: number[], two: number[], pairings: number[][]): boolean {
  let isChanged = false;
  for (let i = 0; i < one.length; i++) {
    for (let j = 0; j < two.length; j++) {
      const a = one[i]!;
      const b = two[j]!;
      if (a === b || one.includes(b) || two.includes(a)) continue;
      // a leaves the others of its task for those of b's, and b the other way round.
      let change = 0;
      for (const other of one) {
        if (other !== a) change += pairings[b]![other]! + 1 - pairings[a]![other]!;
      }
      for (const other of two) {
        if (other !== b) change += pairings[a]![other]! + 1 - pairings[b]![other]!;
      }
      // Where both tasks share an item, the meetings cancel: it meets a and b as often as before.
      for (const other of one) if (two.includes(other)) change -= 2;
      if (change >= 0) continue;

      for (const other of one) if (other !== a) moveMeeting(pairings, other, a, b);
      for (const other of two) if (other !== b) moveMeeting(pairings, other, b, a);
      one[i] = b;
      two[j] = a;
      isChanged = true;
    }
  }
  return isChanged;
}

function moveMeeting(pairings: number[][], other: number, from: number, to: number): void {
  addMeeting(pairings, other, from, -1);
  addMeeting(pairings, other, to, 1);
}

function addMeeting(pairings: number[][], a: number, b: number, change: number): void {
  pairings[a]![b]! += change;
  pairings[b]![a]! += change;
}

function describe(
  sets: readonly (readonly (readonly number[])[])[],
  appearances: readonly number[],
  pairings: readonly (readonly number[])[],
  perTask: number,
): Pick<BestWorstDesign, 'positionCounts' | 'spread' | 'isBalanced' | 'isConnected'> {
  const positionCounts = appearances.map(() => new Array<number>(perTask).fill(0));
  let uneven: CountRange = { min: 0, max: 0 };
  sets.forEach((version, index) => {
    const own = appearances.map(() => 0);
    for (const task of version) {
      for (const [position, item] of task.entries()) {
        own[item]! += 1;
        positionCounts[item]![position]! += 1;
      }
    }
    const range = rangeOf(own);
    if (index === 0 || range.max - range.min > uneven.max - uneven.min) uneven = range;
  });
  const spread = {
    appearances: uneven,
    pairings: rangeOf(pairings.flatMap((row, item) => row.slice(item + 1))),
    positions: positionCounts.map(rangeOf).reduce(wider),
  };
  return {
    positionCounts,
    spread,
    isBalanced: Object.values(spread).every(({ min, max }) => max - min <= 1),
    isConnected: isConnected(pairings),
  };
}

function rangeOf(counts: readonly number[]): CountRange {
  return { min: Math.min(...counts), max: Math.max(...counts) };
}

function wider(one: CountRange, other: CountRange): CountRange {
  return other.max - other.min > one.max - one.min ? other : one;
}

function isConnected(pairings: readonly (readonly number[])[]): boolean {
  const reached = new Set([0]);
  // A set walked while it grows gives what was added, too.
  for (const item of reached) {
    for (const [other, meetings] of pairings[item]!.entries()) if (meetings > 0) reached.add(other);
  }
  return reached.size === pairings.length;
}
