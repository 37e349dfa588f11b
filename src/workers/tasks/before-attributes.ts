import { createFactColumn } from '../../rules/fact-column.ts';
import type { Found } from '../../rules/leaf.ts';
import { spelledAlike } from '../../rules/spelling.ts';
import type { Factor, SetPlaces } from '../../segments/before.ts';
import { CELL_MIN, LETTERS_MAX, VALUES_MAX } from '../../segments/contrast.ts';
import { quantile } from '../../stats/quantile.ts';
import type { Store } from '../../store/store.ts';
import type { PeopleRows } from '../columns/known-columns.ts';

/** Everybody in the sets: whose row each is, when their set's case came to the outcome, and where somebody stands in them. */
export type Members = SetPlaces & {
  rows: readonly number[];
  at: readonly number[];
  byRow: ReadonlyMap<number, readonly number[]>;
};

const DAY_MS = 86_400_000;
const UNKNOWN = 2;

/**
 * What was known of everybody when the days that are looked at began: what became known later may have come of the outcome.
 * Numbers are told apart at the middle of all members.
 */
export async function attributeFactors(
  store: Store,
  workspaceId: number,
  { rowOf }: PeopleRows,
  members: Members,
  days: number,
  add: (factor: Factor, had: Uint8Array) => void,
): Promise<void> {
  const names = [...new Set((await store.people.attributeNames(workspaceId)).map(({ name }) => name))].sort();
  for (const name of names) {
    const latest = new Float64Array(members.rows.length).fill(Number.NEGATIVE_INFINITY);
    const column = createFactColumn();
    for await (const { personId, value, recordedAt } of store.populationFacts.attributes(workspaceId, name)) {
      const row = rowOf(personId);
      const at = Date.parse(recordedAt);
      for (const member of row === undefined ? [] : (members.byRow.get(row) ?? []))
        if (at <= members.at[member]! - days * DAY_MS && at >= latest[member]!) {
          latest[member] = at;
          column.set(member, value);
        }
    }
    const values = members.rows.map((_, member) => column.get(member));
    for (const { factor, has } of factorsOf(name, values))
      add(
        factor,
        Uint8Array.from(values, (value) => (value === undefined ? UNKNOWN : Number(has(value)))),
      );
  }
}

function factorsOf(
  name: string,
  values: readonly (Found | undefined)[],
): { factor: Factor; has: (value: Found) => boolean }[] {
  const known = values.filter((value) => value !== undefined);
  const about = {
    family: 'attribute' as const,
    label: name.replaceAll('_', ' '),
    isDefining: false,
  };
  if (known.length === 0) return [];
  if (known.every((value) => typeof value === 'number')) {
    const middle = quantile(known as number[], 0.5) ?? 0;
    return [
      {
        factor: {
          ...about,
          id: `attribute ${name}`,
          value: `more than ${Number(middle.toPrecision(4))}`,
          leaf: { attribute: name, op: 'gt', value: middle },
        },
        has: (value) => Number(value) > middle,
      },
    ];
  }
  const isSo = known.every((value) => typeof value === 'boolean');
  const spelling = spelledAlike(countsOf(known.map(partsOf)));
  const spelled = (value: Found) => [...new Set(partsOf(value).map((part) => spelling.get(part)!))];
  const counts = countsOf(known.map(spelled));
  const large = [...counts]
    .filter(([value, count]) => count >= CELL_MIN && value.trim() !== '' && [...value].length <= LETTERS_MAX)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  // Two values that leave no third say the same twice.
  const chosen = counts.size === 2 && large.length === 2 ? large.slice(1) : large.slice(0, VALUES_MAX);
  return chosen.map(([value]) => ({
    factor: {
      ...about,
      id: `attribute ${name} ${value}`,
      value,
      leaf: { attribute: name, op: 'is', value: isSo ? value === 'true' : value },
    },
    has: (found) => spelled(found).includes(value),
  }));
}

function countsOf(values: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) for (const one of value) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

const partsOf = (value: Found): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
