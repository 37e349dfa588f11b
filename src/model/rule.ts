import { z } from 'zod';
import { ROLE_LETTERS } from './buying-role.ts';
import { isReadablePattern } from './pattern.ts';

/**
 * A segment rule: a typed tree of `all`, `any` and `not` over leaves that each ask one thing about a person: what is
 * known of them, what they answered, what they did and when; or, of a segment of companies, about a company. No mixed
 * chains of and/or, so precedence is never a question. docs/segment-rules.md shows every leaf and operator.
 */

/** What a rule is asked about, and what is in its segment. */
export const RULE_UNITS = ['person', 'company'] as const;
export type RuleUnit = (typeof RULE_UNITS)[number];

export const RULE_DEPTH_MAX = 8;
export const RULE_LEAVES_MAX = 200;
const STEPS_MAX = 10;

export const RuleOperator = z.enum([
  'is',
  'isNot',
  'in',
  'notIn',
  'contains',
  'notContains',
  'startsWith',
  'endsWith',
  'matches',
  'notMatches',
  'lt',
  'lte',
  'gt',
  'gte',
  'between',
  'set',
  'notSet',
  'before',
  'after',
  'olderThan',
  'newerThan',
  'anniversary',
  'hasAny',
  'hasAll',
  'hasNone',
  'versionAtLeast',
  'versionBelow',
]);
export type RuleOperator = z.infer<typeof RuleOperator>;

export const SPAN_UNITS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];

const Amount = z.int().min(1).max(10_000);
const RuleSpan = z.strictObject({ amount: Amount, unit: z.enum(SPAN_UNITS) });
/** A length of time. From days up it is counted in days of the calendar where the workspace is. */
export type RuleSpan = z.infer<typeof RuleSpan>;

const CalendarDay = z.string().refine((text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDateText(text), {
  error: 'a day is written 2026-03-09',
});
export const RuleWindow = z.union(
  [
    z.strictObject({ last: Amount, unit: z.enum(SPAN_UNITS) }),
    z
      .strictObject({ from: CalendarDay, to: CalendarDay.optional() })
      .refine(({ from, to }) => to === undefined || from <= to, { error: 'a window ends before it begins' }),
  ],
  { error: 'a window is { last, unit } or { from, to } in days of the calendar' },
);
/** The time up to now, or from one day to another, both included. */
export type RuleWindow = z.infer<typeof RuleWindow>;

const Text = z.string().max(1000);
const LeafValue = z.union(
  [
    Text,
    z.number(),
    z.boolean(),
    z.array(Text).max(200),
    // Numbers in a list are for `between`, and for `in` where numbers are asked for.
    z.array(z.number()).max(200),
    RuleSpan,
  ],
  { error: 'a value is a text, a number, true or false, a list of texts or of numbers, or a length of time' },
);
export type RuleValue = z.infer<typeof LeafValue>;

/** What a leaf counts as where nothing is known; without it unknown stays unknown. */
const ifMissing = z.boolean().optional();
const comparison = { op: RuleOperator, value: LeafValue.optional(), ifMissing };
const Name = z.string().min(1).max(140);
const Role = z.string().min(1).max(ROLE_LETTERS);

const Property = z.string().min(1).max(200);
export const Where = z.strictObject({ property: Property, ...comparison });
/** Something asked of a property of an event. Only events for which it is known to hold count. */
export type RuleWhere = z.infer<typeof Where>;
const where = z.array(Where).max(STEPS_MAX).optional();

const Measure = z.union(
  [
    z.literal('count'),
    z.strictObject({ sum: Property }),
    z.strictObject({ average: Property }),
    z.strictObject({ min: Property }),
    z.strictObject({ max: Property }),
    z.strictObject({ distinct: Property }),
  ],
  { error: 'a measure is “count”, or sum, average, min, max or distinct with the name of a property' },
);
export type RuleMeasure = z.infer<typeof Measure>;

export const PAGE_FIELDS = [
  'url',
  'path',
  'query',
  'referrer',
  'title',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
] as const;
export const TECHNOLOGIES = [
  'device',
  'browser',
  'browserVersion',
  'os',
  'viewport',
  'language',
  'timeZone',
  'appVersion',
] as const;
export const PLACES = ['continent', 'country', 'region', 'city'] as const;
export const DEEDS = ['seen', 'started', 'completed', 'dismissed'] as const;
export const PERIODS = ['day', 'week', 'month'] as const;
export const SCORE_FORMS = ['raw', 'z', 'percentile'] as const;

/** Active for a while, and quiet for a while. */
const rhythm = { where, active: RuleSpan, quiet: RuleSpan, ifMissing };

const LEAVES = {
  attribute: z.strictObject({ attribute: z.string().min(1).max(100), ...comparison }),
  answer: z.strictObject({
    answer: Name,
    /** The slug of the survey asked; the latest answer anywhere in the study without it. */
    survey: z.string().max(100).optional(),
    ...comparison,
  }),
  /** Of any of the person's companies, or of those in which they have a role; of the company itself where one is asked. */
  company: z.strictObject({ company: z.string().min(1).max(100), role: Role.optional(), ...comparison }),
  /** That the person has a role in any of their companies. */
  role: z.strictObject({ role: Role, ifMissing }),
  /** For how many of a company's people, or of those with a role in it, a rule holds; a share is in percent. */
  people: z.strictObject({
    /** Read by itself, since it is a rule in turn. */
    people: z.unknown(),
    role: Role.optional(),
    /** `count` without it. */
    measure: z.enum(['count', 'share']).optional(),
    ...comparison,
  }),
  event: z.strictObject({
    event: Name,
    where,
    /** `count` without it. */
    measure: Measure.optional(),
    /** All time without it. */
    within: RuleWindow.optional(),
    ...comparison,
  }),
  moment: z.strictObject({ moment: z.enum(['first', 'last']), event: Name, where, ...comparison }),
  sequence: z.strictObject({
    sequence: z
      .array(z.strictObject({ event: Name, where }))
      .min(2)
      .max(STEPS_MAX),
    /** How long the whole sequence may take. */
    span: RuleSpan.optional(),
    within: RuleWindow.optional(),
    ifMissing,
  }),
  regularly: z
    .strictObject({
      regularly: Name,
      where,
      unit: z.enum(PERIODS),
      of: z.int().min(1).max(366),
      atLeast: z.int().min(1),
      ifMissing,
    })
    .refine(({ of, atLeast }) => atLeast <= of, { error: 'at least so many of fewer', path: ['atLeast'] }),
  stopped: z.strictObject({ stopped: Name, ...rhythm }),
  restarted: z.strictObject({ restarted: Name, ...rhythm }),
  /** The page of the moment. */
  page: z.strictObject({ page: z.enum(PAGE_FIELDS), ...comparison }),
  technology: z.strictObject({ technology: z.enum(TECHNOLOGIES), ...comparison }),
  place: z.strictObject({ place: z.enum(PLACES), ...comparison }),
  /** A survey's slug, or `any`. */
  survey: z.strictObject({
    survey: z.string().min(1).max(100),
    did: z.enum(DEEDS),
    within: RuleWindow.optional(),
    ifMissing,
  }),
  score: z.strictObject({ score: Name, as: z.enum(SCORE_FORMS).optional(), ...comparison }),
  theme: z.strictObject({ theme: Name, ifMissing }),
  persona: z.strictObject({ persona: Name, ifMissing }),
  segment: z.strictObject({ segment: Name, minProbability: z.number().min(0).max(1).optional(), ifMissing }),
  /** A code on at least so many spans of a person's interviews; one without a number. */
  interview: z.strictObject({ interview: Name, atLeast: z.int().min(1).optional(), ifMissing }),
  /** A share of all people in percent, drawn once by a hash of person and salt. */
  sample: z.strictObject({ sample: z.number().min(0).max(100), salt: z.string().max(100), ifMissing }),
};
export type LeafKind = keyof typeof LEAVES;
type PeopleLeaf = Omit<z.infer<(typeof LEAVES)['people']>, 'people'> & {
  /** What is asked of each of the people. */
  people: Rule;
};
export type LeafOf<Kind extends LeafKind> = Kind extends 'people' ? PeopleLeaf : z.infer<(typeof LEAVES)[Kind]>;
export type RuleLeaf = { [Kind in LeafKind]: LeafOf<Kind> }[LeafKind];
export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | RuleLeaf;

const KINDS = Object.keys(LEAVES) as LeafKind[];
/** What can be asked of a company: what is known of it, what its people did together, and for how many of them a rule holds. */
const OF_COMPANIES: readonly LeafKind[] = [
  'company',
  'people',
  'event',
  'moment',
  'sequence',
  'regularly',
  'stopped',
  'restarted',
  'segment',
  'sample',
];

/**
 * Which kind of leaf it is: the name of the key that says what is asked for.
 *
 * @throws {RangeError} for what is no leaf
 *
 * @example
 * leafKind({ answer: 'mood', survey: 'small', op: 'gte', value: 5 }) // => 'answer'
 */
export function leafKind(leaf: object): LeafKind {
  const kind = kindOf(leaf);
  if (kind === undefined) throw new RangeError('leafKind requires a leaf of a rule');
  return kind;
}

/** Undefined when no key, or more than one, says what is asked for. */
function kindOf(node: object): LeafKind | undefined {
  const said = KINDS.filter((kind) => Object.hasOwn(node, kind));
  // Some kinds name a second thing by a key that is a kind of its own.
  const main = said.filter(
    (kind) =>
      !(kind === 'survey' && 'answer' in node) &&
      !(kind === 'event' && 'moment' in node) &&
      !(kind === 'role' && ('company' in node || 'people' in node)),
  );
  return main.length === 1 ? main[0] : undefined;
}

type ValueKind = 'fact' | 'text' | 'number' | 'version' | 'time';

const TEXT_OPERATORS: RuleOperator[] = [
  'is',
  'isNot',
  'in',
  'notIn',
  'contains',
  'notContains',
  'startsWith',
  'endsWith',
  'matches',
  'notMatches',
  'set',
  'notSet',
];
/** What can be asked of each kind of value. An attribute or an answer may hold anything. */
const FITTING: Record<ValueKind, readonly RuleOperator[]> = {
  fact: RuleOperator.options,
  text: TEXT_OPERATORS,
  number: ['is', 'isNot', 'in', 'notIn', 'lt', 'lte', 'gt', 'gte', 'between', 'set', 'notSet'],
  version: ['is', 'isNot', 'in', 'notIn', 'startsWith', 'versionAtLeast', 'versionBelow', 'set', 'notSet'],
  time: ['before', 'after', 'between', 'olderThan', 'newerThan'],
};

/** Null for a leaf that compares nothing. */
function valueKind(kind: LeafKind, leaf: Record<string, unknown>): ValueKind | null {
  switch (kind) {
    case 'attribute':
    case 'answer':
    case 'company':
      return 'fact';
    case 'event':
    case 'score':
    case 'people':
      return 'number';
    case 'moment':
      return 'time';
    case 'page':
    case 'place':
      return 'text';
    case 'technology':
      return leaf['technology'] === 'viewport'
        ? 'number'
        : leaf['technology'] === 'browserVersion' || leaf['technology'] === 'appVersion'
          ? 'version'
          : 'text';
    default:
      return null;
  }
}

/** Which operators a leaf of this kind can have; none for a leaf that compares nothing. */
export function operatorsOf(leaf: RuleLeaf): readonly RuleOperator[] {
  const kind = valueKind(leafKind(leaf), leaf);
  return kind === null ? [] : FITTING[kind];
}

/** Rules of attributes and answers that were stored with these may compare with anything: it comes out as unknown. */
const LENIENT: readonly RuleOperator[] = [
  'is',
  'isNot',
  'in',
  'notIn',
  'contains',
  'lt',
  'lte',
  'gt',
  'gte',
  'set',
  'notSet',
];

/**
 * Whether a text is a day (`2026-03-09`) or a time of one (`2026-03-09T14:30`, with seconds and `Z` or an offset if it
 * has them) that the calendar has.
 *
 * @example
 * [isDateText('2026-02-28T09:00Z'), isDateText('2026-02-30'), isDateText('2026')] // => [true, false, false]
 */
export function isDateText(text: string): boolean {
  const found = /^(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  if (!found) return false;
  const day = Date.parse(`${found[1]}T00:00:00.000Z`);
  return !Number.isNaN(day) && new Date(day).toISOString().slice(0, 10) === found[1];
}

/**
 * Whether a text is a version: numbers with dots, and what semantic versioning allows after a hyphen or a plus. A day of
 * the calendar is none.
 *
 * @example
 * [isVersionText('v4.12.1-beta.2'), isVersionText('2026-03-09'), isVersionText('latest')] // => [true, false, false]
 */
export const isVersionText = (text: string): boolean =>
  /^v?\d+(\.\d+)*(-[0-9a-z.-]+)?(\+[0-9a-z.-]+)?$/i.test(text.trim()) && !isDateText(text.trim());

/** One sentence when an operator cannot work with a value. */
function valueError(op: RuleOperator, value: RuleValue | undefined, kind: ValueKind): string | null {
  const isText = (one: unknown) => typeof one === 'string';
  const isNumber = (one: unknown) => typeof one === 'number';
  const parts = Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];
  switch (op) {
    case 'set':
    case 'notSet':
      return null;
    case 'is':
    case 'isNot':
      if (kind === 'number') return isNumber(value) ? null : `“${op}” needs a number here`;
      return parts.length > 0 && !parts.some((one) => typeof one === 'object') ? null : `“${op}” needs a value`;
    case 'in':
    case 'notIn':
      if (!Array.isArray(value)) return `“${op}” needs a list`;
      return kind !== 'number' || parts.every(isNumber) ? null : `“${op}” needs a list of numbers here`;
    case 'contains':
    case 'notContains':
    case 'startsWith':
    case 'endsWith':
      return parts.length > 0 && parts.every(isText) ? null : `“${op}” needs a text or a list of texts`;
    case 'matches':
    case 'notMatches':
      if (typeof value !== 'string') return `“${op}” needs a pattern`;
      return isReadablePattern(value) ? null : `“${value}” is no pattern that can be read`;
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return isNumber(value) ? null : `“${op}” needs a number`;
    case 'between': {
      const [low, high] = parts;
      const isPair = parts.length === 2;
      if (isPair && isNumber(low) && isNumber(high) && kind !== 'time')
        return (low as number) <= (high as number) ? null : '“between” needs the smaller number first';
      if (isPair && isText(low) && isText(high) && kind !== 'number')
        return isDateText(low as string) && isDateText(high as string) ? null : '“between” needs two numbers or days';
      return `“between” needs ${kind === 'time' ? 'two days' : kind === 'number' ? 'two numbers' : 'two numbers or days'}`;
    }
    case 'before':
    case 'after':
      return typeof value === 'string' && isDateText(value) ? null : `“${op}” needs a day such as 2026-03-09`;
    case 'olderThan':
    case 'newerThan':
      return typeof value === 'object' && 'amount' in value ? null : `“${op}” needs an amount and a unit of time`;
    case 'anniversary':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 183
        ? null
        : '“anniversary” needs a number of days from 0 to 183';
    case 'hasAny':
    case 'hasAll':
    case 'hasNone':
      return Array.isArray(value) && parts.length > 0 ? null : `“${op}” needs a list`;
    case 'versionAtLeast':
    case 'versionBelow':
      return typeof value === 'string' && isVersionText(value) ? null : `“${op}” needs a version such as 4.12.1`;
  }
}

/**
 * Reads a rule that came from outside. Depth and size are checked before the shape, since a deep enough tree would
 * exhaust the stack of anything recursive.
 *
 * @param unit what it is to be asked about
 * @returns the rule, or one sentence saying why it is none, and where
 *
 * @example
 * readRule({ all: [{ event: 'Signed Up', op: 'contains', value: 'x' }] }) // =>
 * { error: 'This is not a rule: “contains” does not fit an event at all.0.op' }
 */
export function readRule(input: unknown, unit: RuleUnit = 'person'): { rule: Rule } | { error: string } {
  const size = measure(input);
  if (size.depth > RULE_DEPTH_MAX) return { error: `A rule may be at most ${RULE_DEPTH_MAX} levels deep` };
  if (size.leaves > RULE_LEAVES_MAX) return { error: `A rule may have at most ${RULE_LEAVES_MAX} conditions` };
  const fault = readNode(input, [], unit);
  if (!('message' in fault)) return fault;
  return { error: `This is not a rule: ${fault.message} at ${fault.path.join('.') || 'the top'}` };
}

type Fault = { message: string; path: PropertyKey[] };

/** The deepest place at which something is wrong, or the rule. */
function readNode(input: unknown, path: PropertyKey[], unit: RuleUnit): { rule: Rule } | Fault {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return { message: 'a condition is an object', path };
  const joins = (['all', 'any', 'not'] as const).filter((join) => Object.hasOwn(input, join));
  const [join] = joins;
  if (join === undefined) return readLeaf(input, path, unit);
  const [other] = Object.keys(input).filter((key) => key !== join);
  if (other !== undefined) return { message: `“${other}” stands beside “${join}”`, path };
  const inside = (input as Record<string, unknown>)[join];
  if (join === 'not') {
    const part = readNode(inside, [...path, 'not'], unit);
    return 'message' in part ? part : { rule: { not: part.rule } };
  }
  if (!Array.isArray(inside)) return { message: `“${join}” needs a list`, path: [...path, join] };
  const parts: Rule[] = [];
  for (const [index, one] of inside.entries()) {
    const part = readNode(one, [...path, join, index], unit);
    if ('message' in part) return part;
    parts.push(part.rule);
  }
  return { rule: join === 'all' ? { all: parts } : { any: parts } };
}

function readLeaf(input: object, path: PropertyKey[], unit: RuleUnit): { rule: Rule } | Fault {
  const kind = kindOf(input);
  const kinds = unit === 'company' ? OF_COMPANIES : KINDS.filter((one) => one !== 'people');
  if (kind === undefined) return { message: `a condition asks for exactly one of ${kinds.join(', ')}`, path };
  if (!kinds.includes(kind))
    return { message: `a condition on a ${unit} asks for one of ${kinds.join(', ')}, and not for ${kind}`, path };
  const parsed = LEAVES[kind].safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { message: issue?.message ?? 'its shape is unknown', path: [...path, ...(issue?.path ?? [])] };
  }
  if (kind === 'company' && unit === 'company' && 'role' in input)
    return { message: '“role” is one of a person, and this is asked of a company', path: [...path, 'role'] };
  const leaf = parsed.data as RuleLeaf;
  if (kind === 'people') {
    const inner = readNode((input as { people: unknown }).people, [...path, 'people'], 'person');
    if ('message' in inner) return inner;
    (leaf as PeopleLeaf).people = inner.rule;
  }
  const fault = comparisonFault(leaf, kind) ?? whereFault(leaf);
  return fault ? { message: fault.message, path: [...path, ...fault.path] } : { rule: leaf };
}

function comparisonFault(leaf: RuleLeaf, kind: LeafKind): Fault | null {
  const holds = valueKind(kind, leaf);
  if (holds === null || !('op' in leaf)) return null;
  if (!FITTING[holds].includes(leaf.op))
    return { message: `“${leaf.op}” does not fit ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`, path: ['op'] };
  const isStored = (kind === 'attribute' || kind === 'answer') && LENIENT.includes(leaf.op);
  const message = isStored && !isSpan(leaf.value) ? null : valueError(leaf.op, leaf.value, holds);
  return message === null ? null : { message, path: ['value'] };
}

const isSpan = (value: RuleValue | undefined): boolean => typeof value === 'object' && !Array.isArray(value);

function whereFault(leaf: RuleLeaf): Fault | null {
  const lists: { at: PropertyKey[]; list: readonly RuleWhere[] | undefined }[] =
    'sequence' in leaf
      ? leaf.sequence.map((step, index) => ({ at: ['sequence', index, 'where'], list: step.where }))
      : 'where' in leaf
        ? [{ at: ['where'], list: leaf.where }]
        : [];
  for (const { at, list } of lists)
    for (const [index, one] of (list ?? []).entries()) {
      const message = valueError(one.op, one.value, 'fact');
      if (message !== null) return { message, path: [...at, index, 'value'] };
    }
  return null;
}

function measure(input: unknown): { depth: number; leaves: number } {
  let depth = 0;
  let leaves = 0;
  const waiting: { node: unknown; level: number }[] = [{ node: input, level: 1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    depth = Math.max(depth, next.level);
    if (depth > RULE_DEPTH_MAX || leaves > RULE_LEAVES_MAX) break;
    if (typeof next.node !== 'object' || next.node === null) continue;
    const { all, any, not, people } = next.node as { all?: unknown; any?: unknown; not?: unknown; people?: unknown };
    // Every branch counts, also of a node that has several and so is no rule.
    const children = [
      ...(Array.isArray(all) ? all : []),
      ...(Array.isArray(any) ? any : []),
      ...(not === undefined ? [] : [not]),
      ...(people === undefined ? [] : [people]),
    ];
    if (children.length === 0) leaves += 1;
    for (const child of children) waiting.push({ node: child, level: next.level + 1 });
  }
  return { depth, leaves };
}
