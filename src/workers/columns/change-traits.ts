import type { Rule, RuleLeaf } from '../../model/rule.ts';
import { valueBands } from '../../reports/value-bands.ts';
import { BASE_MIN, type Trait } from '../../reports/what-changed.ts';
import { numberIn } from '../../rules/compare.ts';
import { type ContextName, contextLeaf, EVENT_CONTEXT } from '../../rules/event-context.ts';
import type { Found } from '../../rules/leaf.ts';
import { spelledAlike } from '../../rules/spelling.ts';
import { LETTERS_MAX } from '../../segments/contrast.ts';
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
      (value) => contextLeaf(name, value),
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
      (value) => column.leafFor(value === 'true' && column.kind === 'yes-no' ? true : value, 'is'),
      column.words,
    );
  const written = values.map((value) =>
    value === undefined ? [] : [value].flat().flatMap((part: unknown) => wordOf(part) ?? []),
  );
  const spelling = spelledAlike(countsOf(written.flat()));
  const parts = written.map((list) => new Set(list.map((part) => spelling.get(part)!)));
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
  leafFor: (value: string) => RuleLeaf | null,
  words?: ReadonlyMap<string, string>,
): AskedTrait[] {
  const written = values.map((value) => (value === undefined || Array.isArray(value) ? undefined : wordOf(value)));
  const spelling = spelledAlike(countsOf(written.filter((value) => value !== undefined)));
  const known = written.map((value) => (value === undefined ? undefined : spelling.get(value)));
  const levels = mostFrequent(known.filter((value) => value !== undefined));
  const rules = levels.map((level) => leafFor(level));
  if (levels.length === 0 || rules.includes(null)) return [];
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return [
    {
      ...about,
      levels: levels.map((level) => words?.get(level) ?? level),
      codes: Int16Array.from(known, (value) => (value === undefined ? -1 : (codeOf.get(value) ?? -1))),
      rules: rules as RuleLeaf[],
    },
  ];
}

function bandTrait(column: KnownColumn, values: readonly (Found | undefined)[]): AskedTrait[] {
  const { bands, codes } = valueBands(
    Float64Array.from(values, (value) =>
      typeof value === 'number' || typeof value === 'string' ? (numberIn(value) ?? Number.NaN) : Number.NaN,
    ),
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

/** What is too long to be a level may be different for everybody, and is not held in memory once more. */
function wordOf(value: unknown): string | undefined {
  const word = String(value);
  return [...word.slice(0, 2 * LETTERS_MAX + 1)].length <= LETTERS_MAX ? word : undefined;
}

/** Values of which there are enough to be looked at, in the order of the alphabet. */
function mostFrequent(values: readonly string[]): string[] {
  return [...countsOf(values)]
    .filter(([value, count]) => count >= BASE_MIN && value.trim() !== '')
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, LEVELS_MAX)
    .map(([value]) => value)
    .sort();
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
