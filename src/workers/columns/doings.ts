import type { Store } from '../../store/store.ts';
import type { PeopleRows } from './known-columns.ts';

/** Everything people did, by name, in flat arrays: whose it was and when, without what is known of it. */
export type Doings = {
  /** In the order of the alphabet; of very many those that happened most, and the outcome's. */
  names: string[];
  of(name: string): Iterable<{ row: number; at: number }>;
  /** All of it, day by day of universal time; within a day in no order. */
  byDay(): { rows: Uint32Array; at: Float64Array };
  /** When each row first came to the outcome; NaN for those who did not. */
  outcomes: Float64Array;
  /** Since when each row is known: from the first thing they did, or that was said of them. */
  since: Float64Array;
};
type Outcome = { name: string; counts: (properties: unknown) => boolean; from: number; to: number };

const DAY_MS = 86_400_000;

/**
 * Reads what the people of a workspace did, once, with who came to an outcome. Ten million doings take 120 megabytes.
 *
 * @param now milliseconds since 1970; what is said to have happened later is passed over
 */
export async function readDoings(
  store: Store,
  workspaceId: number,
  { people, rowOf }: PeopleRows,
  outcome: Outcome,
  now: number,
  onProgress: (done: number) => void,
): Promise<Doings> {
  let count = 0;
  let rows = new Uint32Array(4_096);
  let at = new Float64Array(4_096);
  const outcomes = new Float64Array(people.length).fill(Number.NaN);
  const since = new Float64Array(people.length).fill(Number.POSITIVE_INFINITY);
  for (const [personId, createdAt] of await store.people.knownSince(workspaceId)) {
    const row = rowOf(personId);
    if (row !== undefined) since[row] = Math.min(since[row]!, Date.parse(createdAt));
  }
  // The outcome is looked at however rare it is.
  const names = [...new Set([...(await store.populationFacts.eventNames(workspaceId)), outcome.name])].sort();
  const starts = new Map<string, { from: number; to: number }>();
  for (const [index, name] of names.entries()) {
    onProgress(index / names.length);
    const from = count;
    for await (const { personId, properties, occurredAt } of store.populationFacts.events(workspaceId, name)) {
      const row = rowOf(personId);
      const instant = Date.parse(occurredAt);
      if (row === undefined || !(instant <= now)) continue;
      if (count === rows.length) {
        rows = grown(rows, new Uint32Array(count * 2));
        at = grown(at, new Float64Array(count * 2));
      }
      rows[count] = row;
      at[count] = instant;
      count += 1;
      if (instant < since[row]!) since[row] = instant;
      if (name !== outcome.name || instant < outcome.from || instant > outcome.to) continue;
      if (!(instant >= outcomes[row]!) && outcome.counts(JSON.parse(properties))) outcomes[row] = instant;
    }
    starts.set(name, { from, to: count });
  }
  return {
    names,
    of: function* (name) {
      const { from, to } = starts.get(name) ?? { from: 0, to: 0 };
      for (let one = from; one < to; one += 1) yield { row: rows[one]!, at: at[one]! };
    },
    byDay: () => sortedByDay(rows.subarray(0, count), at.subarray(0, count)),
    outcomes,
    since,
  };
}

/** By counting, since days are few and doings are many. */
function sortedByDay(rows: Uint32Array, at: Float64Array): { rows: Uint32Array; at: Float64Array } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const instant of at) {
    const day = Math.floor(instant / DAY_MS);
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  if (at.length === 0) return { rows: new Uint32Array(0), at: new Float64Array(0) };
  const next = new Uint32Array(last - first + 2);
  for (const instant of at) next[Math.floor(instant / DAY_MS) - first + 1]! += 1;
  for (let day = 0; day + 1 < next.length; day += 1) next[day + 1]! += next[day]!;
  const sorted = { rows: new Uint32Array(rows.length), at: new Float64Array(at.length) };
  for (let one = 0; one < at.length; one += 1) {
    const day = Math.floor(at[one]! / DAY_MS) - first;
    const place = next[day]!;
    next[day]! += 1;
    sorted.rows[place] = rows[one]!;
    sorted.at[place] = at[one]!;
  }
  return sorted;
}

function grown<T extends Uint32Array | Float64Array>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
