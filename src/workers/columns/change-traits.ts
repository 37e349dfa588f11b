import type { Rule, RuleLeaf } from '../../model/rule.ts';
import { valueBands } from '../../reports/value-bands.ts';
import { BASE_MIN, type Trait } from '../../reports/what-changed.ts';
import { type ContextName, contextLeaf, EVENT_CONTEXT } from '../../rules/event-context.ts';
import type { Found } from '../../rules/leaf.ts';
import type { ChangeSides } from './change-sides.ts';
import type { KnownColumn } from './known-columns.ts';

/** A trait with its family, and how a rule asks for each of its levels. */
export type AskedTrait = Trait & { family: string; rules: Rule[] };

/** So many of the most frequent values of a trait are looked at one by one. */
const LEVELS_MAX = 12;

const VISIT_WORDS: Record<ContextName, string> = {
  device: 'device',
  browser: 'browser',
  os: 'operating system',
  country: 'country',
};

/** The visits in which people took the step: what they used, and where they were. */
export function contextTraits({ contexts }: ChangeSides): AskedTrait[] {
  return EVENT_CONTEXT.flatMap((name) =>
    valueTrait(
      { label: `${VISIT_WORDS[name]} of the visit`, family: 'visit' },
      contexts.map((context) => context[name]),
      (value) => contextLeaf(name, String(value)),
    ),
  );
}

/** A column over the people of both sides as one trait, or as one for each part of a list; none where nothing is frequent enough. */
export function columnTraits(column: KnownColumn, { rows }: ChangeSides): AskedTrait[] {
  const about = { label: column.label, family: column.family };
  const values = Array.from(rows, (row) => column.get(row));
  if (column.kind === 'number') return bandTrait(column, values);
  if (column.kind !== 'codes')
    return valueTrait(
      about,
      values.map((value) => (Array.isArray(value) ? undefined : value)),
      (value) => column.leafFor(value === true ? true : String(value), 'is'),
      column.words,
    );
  const parts = values.map((value) => new Set(value === undefined ? [] : [value].flat().map(String)));
  return mostFrequent(parts.flatMap((set) => [...set])).flatMap((part): AskedTrait[] => {
    const rule = column.leafFor(part, 'is');
    return rule
      ? [{ ...about, levels: [part], codes: Int16Array.from(parts, (set) => (set.has(part) ? 0 : -1)), rules: [rule] }]
      : [];
  });
}

function valueTrait(
  about: { label: string; family: string },
  values: readonly (Found | undefined)[],
  leafFor: (value: string | number | boolean) => RuleLeaf | null,
  words?: ReadonlyMap<string, string>,
): AskedTrait[] {
  const known = values.map((value) => (value === undefined || Array.isArray(value) ? undefined : value));
  const levels = mostFrequent(known.flatMap((value) => (value === undefined ? [] : [String(value)])));
  const rules = levels.map((level) => leafFor(known.find((value) => String(value) === level) as string));
  if (levels.length === 0 || rules.includes(null)) return [];
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return [
    {
      ...about,
      levels: levels.map((level) => words?.get(level) ?? level),
      codes: Int16Array.from(known, (value) => (value === undefined ? -1 : (codeOf.get(String(value)) ?? -1))),
      rules: rules as RuleLeaf[],
    },
  ];
}

function bandTrait(column: KnownColumn, values: readonly (Found | undefined)[]): AskedTrait[] {
  const { bands, codes } = valueBands(
    Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN)),
  );
  const leaf = column.leafFor(0, 'more');
  if (bands.length < 2 || !leaf) return [];
  const ask = (op: 'gte' | 'lt', value: number) => ({ ...leaf, op, value }) as RuleLeaf;
  return [
    {
      label: column.label,
      family: column.family,
      levels: bands.map(({ label }) => label),
      codes,
      rules: bands.map(({ from, below }): Rule => {
        const ends = [...(from === null ? [] : [ask('gte', from)]), ...(below === null ? [] : [ask('lt', below)])];
        return ends.length === 1 ? ends[0]! : { all: ends };
      }),
    },
  ];
}

/** Values of which there are enough to be looked at, in the order of the alphabet. */
function mostFrequent(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= BASE_MIN)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, LEVELS_MAX)
    .map(([value]) => value)
    .sort();
}
