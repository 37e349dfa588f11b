import { z } from 'zod';
import { ROLE_LETTERS } from './buying-role.ts';
import { isDateText } from './rule-texts.ts';

/**
 * A segment rule: a typed tree of `all`, `any` and `not` over leaves that each ask one thing about a person: what is
 * known of them, what they answered, what they did and when; or, of a segment of companies, about a company. No mixed
 * chains of and/or, so precedence is never a question. docs/segment-rules.md shows every leaf and operator.
 */

/** What a rule is asked about, and what is in its segment. */
export const RULE_UNITS = ['person', 'company'] as const;
export type RuleUnit = (typeof RULE_UNITS)[number];

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

/** The shape of each kind of leaf, by the key that says what is asked for. */
export const LEAVES = {
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
  /** By a theme's id; with the least confidence, from 0 to 1, that an answer of theirs was put to it with. */
  theme: z.strictObject({ theme: Name, minConfidence: z.number().min(0).max(1).optional(), ifMissing }),
  persona: z.strictObject({ persona: Name, ifMissing }),
  segment: z
    .strictObject({
      /** By its id; with `none` the id of a segmentation. */
      segment: Name,
      minProbability: z.number().min(0).max(1).optional(),
      /** That they were looked at in that segmentation and are in none of its segments. */
      none: z.literal(true).optional(),
      /** When it was said that they are in it: by their answers, or by what placed them. */
      within: RuleWindow.optional(),
      ifMissing,
    })
    .refine(({ none, minProbability }) => none === undefined || minProbability === undefined, {
      error: 'whoever is in no segment is so without a probability',
      path: ['minProbability'],
    }),
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

export const LEAF_KINDS = Object.keys(LEAVES) as LeafKind[];

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
export function kindOf(node: object): LeafKind | undefined {
  const said = LEAF_KINDS.filter((kind) => Object.hasOwn(node, kind));
  // Some kinds name a second thing by a key that is a kind of its own.
  const main = said.filter(
    (kind) =>
      !(kind === 'survey' && 'answer' in node) &&
      !(kind === 'event' && 'moment' in node) &&
      !(kind === 'role' && ('company' in node || 'people' in node)),
  );
  return main.length === 1 ? main[0] : undefined;
}
