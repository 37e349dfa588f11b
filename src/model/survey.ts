import { z } from 'zod';

/**
 * A survey's definition, `format: 1`: what a researcher writes, what is imported and exported, and what a published
 * version freezes. Every wording is `{language: text}`; every question, option, row and scale has a code that never
 * changes, because answers are stored under codes.
 */

function isLanguageTag(tag: string): boolean {
  try {
    return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) !== undefined;
  } catch {
    return false;
  }
}

export const Code = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'A code starts with a letter and holds letters, digits, _ and - (at most 64)')
  .refine((code) => !(code in Object.prototype), 'This word means something to JavaScript: choose another code');
export const Language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'A language is a tag such as en or pt-BR')
  .refine(isLanguageTag, 'A language is a tag such as en or pt-BR');

/** A wording in each language it has been written in. `{{code|fallback}}` in it stands for an earlier answer. */
export const Wording = z.record(Language, z.string().max(5000)).refine((wording) => Object.keys(wording).length > 0, {
  message: 'A wording needs at least one language',
});
export type Wording = z.infer<typeof Wording>;

/** A condition or a calculation as text, such as `{age} >= 18`; its language is described in `logic/parse-expression`. */
export const Expression = z.string().min(1).max(2000);

/** How a list is put before a person: as written, shuffled, from a drawn place on, or turned round for every second. */
export const Order = z.enum(['as-written', 'random', 'rotated', 'reversed-half']);
export type Order = z.infer<typeof Order>;

const shownIf = { visibleIf: Expression.optional() };

const Option = z.strictObject({
  code: Code,
  text: Wording,
  /** What another program records for it where that can be no code, such as `1`: a table may say this. */
  alias: z.string().min(1).max(200).optional(),
  /** Stands alone: nothing else may be chosen with it. */
  exclusive: z.boolean().optional(),
  /** Keeps its place when the others are shuffled. */
  pinned: z.boolean().optional(),
  /** Asks for words beside the option: “other, namely” is an option whose words are required. */
  comment: z.enum(['optional', 'required']).optional(),
  /** An image kept with the study, for a choice among images. */
  image: z.string().max(64).optional(),
  ...shownIf,
});
export type Option = z.infer<typeof Option>;

const Row = z.strictObject({ code: Code, text: Wording, pinned: z.boolean().optional(), ...shownIf });
export type Row = z.infer<typeof Row>;

/** Options or rows taken over from an earlier question: those chosen there, or those left. */
const Carried = z.strictObject({ question: Code, which: z.enum(['chosen', 'not-chosen']) });

/** Something that must hold for the answer to be taken, and what is said when it does not. */
const Check = z.strictObject({ holds: Expression, message: Wording });

const questionBase = {
  code: Code,
  text: Wording,
  hint: Wording.optional(),
  required: z.boolean().optional(),
  /** Offers "I'd rather not say", which is stored as an answer of its own. */
  refusable: z.boolean().optional(),
  checks: z.array(Check).max(20).optional(),
  ...shownIf,
};

/** Whole steps from `min` to `max`; `labels` names some or all of them, by the step's number. */
export const Steps = z
  .strictObject({
    min: z.int().min(0).max(100),
    max: z.int().min(1).max(100),
    labels: z.record(z.string().regex(/^\d{1,3}$/), Wording).optional(),
  })
  .refine((steps) => steps.max > steps.min && steps.max - steps.min <= 10, {
    message: 'A scale runs from min up to max in at most eleven steps',
  });
export type Steps = z.infer<typeof Steps>;

const choice = { options: z.array(Option).max(1000), optionsFrom: Carried.optional(), order: Order.optional() };
const rows = { rows: z.array(Row).max(200), rowsFrom: Carried.optional(), rowOrder: Order.optional() };
const IsoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'A date is written 2026-03-09');

export const CONTACT_FIELDS = [
  'fullName',
  'firstName',
  'lastName',
  'email',
  'phone',
  'company',
  'street',
  'postalCode',
  'city',
  'region',
  'country',
] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];

export const FILE_KINDS = ['image', 'pdf', 'text', 'document', 'audio', 'video'] as const;

export const Question = z.discriminatedUnion('kind', [
  z.strictObject({
    ...questionBase,
    kind: z.literal('single'),
    ...choice,
    display: z.enum(['list', 'dropdown', 'images']).optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('multiple'),
    ...choice,
    display: z.enum(['list', 'images']).optional(),
    least: z.int().min(1).max(1000).optional(),
    most: z.int().min(1).max(1000).optional(),
  }),
  z.strictObject({ ...questionBase, kind: z.literal('yes-no') }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('rating'),
    steps: Steps,
    display: z.enum(['numbers', 'stars', 'smileys']).optional(),
    /** A measure the field knows by name, with the steps that belong to it: 0–10, 1–5 and 1–7. */
    measure: z.enum(['nps', 'csat', 'ces']).optional(),
  }),
  z.strictObject({ ...questionBase, kind: z.literal('battery'), steps: Steps, ...rows }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('matrix'),
    ...rows,
    columns: z.array(Option).min(2).max(20),
    multiple: z.boolean().optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('differential'),
    steps: Steps,
    rows: z
      .array(z.strictObject({ code: Code, low: Wording, high: Wording, ...shownIf }))
      .min(1)
      .max(100),
    rowOrder: Order.optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('slider'),
    min: z.number(),
    max: z.number(),
    step: z.number().positive().optional(),
    unit: Wording.optional(),
    low: Wording.optional(),
    high: Wording.optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('ranking'),
    ...choice,
    /** How many places are given; all options when left out. */
    places: z.int().min(1).max(50).optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('best-worst'),
    options: z.array(Option).min(3).max(60),
    perTask: z.int().min(2).max(10),
    tasks: z.int().min(1).max(40),
    /** How many different sets of tasks there are; each person gets one of them. */
    versions: z.int().min(1).max(50).optional(),
    best: Wording.optional(),
    worst: Wording.optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('sum'),
    options: z.array(Option).min(2).max(50),
    total: z.number().positive(),
    unit: Wording.optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('number'),
    min: z.number().optional(),
    max: z.number().optional(),
    whole: z.boolean().optional(),
    unit: Wording.optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('text'),
    long: z.boolean().optional(),
    minLength: z.int().min(1).max(10_000).optional(),
    maxLength: z.int().min(1).max(10_000).optional(),
    format: z.enum(['email', 'url', 'phone']).optional(),
    /** A pattern the whole answer must match, in the syntax of RE2, which never runs away. */
    pattern: z.string().max(500).optional(),
    patternMessage: Wording.optional(),
    /** Names somebody: kept out of text analysis and of exports without identities. */
    identifying: z.boolean().optional(),
  }),
  z.strictObject({ ...questionBase, kind: z.literal('date'), min: IsoDate.optional(), max: IsoDate.optional() }),
  z.strictObject({ ...questionBase, kind: z.literal('time') }),
  z.strictObject({ ...questionBase, kind: z.literal('contact'), fields: z.array(z.enum(CONTACT_FIELDS)).min(1) }),
  z.strictObject({ ...questionBase, kind: z.literal('consent') }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('file'),
    accepts: z.array(z.enum(FILE_KINDS)).min(1),
    megabytesMax: z.number().positive().max(50).optional(),
  }),
  z.strictObject({ ...questionBase, kind: z.literal('statement') }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('hidden'),
    /** The name in the address that brings the value; the code when left out. */
    parameter: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/)
      .optional(),
  }),
  z.strictObject({
    ...questionBase,
    kind: z.literal('calculated'),
    formula: Expression,
    gives: z.enum(['number', 'text']).optional(),
  }),
]);
export type Question = z.infer<typeof Question>;
export type QuestionKind = Question['kind'];
export type QuestionOf<Kind extends QuestionKind> = Extract<Question, { kind: Kind }>;

/** `question` or `question.row`. */
const ItemAddress = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$/);

export const Scale = z.strictObject({
  code: Code,
  name: Wording,
  /** Item addresses, `question` or `question.row`; a leading `-` marks a reversed item. */
  items: z
    .array(z.string().regex(/^-?[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$/))
    .min(1)
    .max(200),
  /** How many of the items must be answered for a score; all of them when left out. */
  minimumAnswered: z.int().min(1).optional(),
  /** A score is the mean of the items answered unless it is their `sum`: that mean times the number of items. */
  score: z.enum(['mean', 'sum']).optional(),
  /** The scale that this one is a facet of. */
  partOf: Code.optional(),
});
export type Scale = z.infer<typeof Scale>;

export const Instrument = z.strictObject({
  code: Code,
  version: z.string().max(40),
  name: Wording,
  licence: z.string().max(300).optional(),
  citation: z.string().max(1000).optional(),
  /** `person-mean` takes each person's mean over all items of the instrument from that person's scores. */
  centring: z.enum(['none', 'person-mean']),
  /** How its scales stand to each other: a `circumplex` is a circle of opposites, which no factors can describe. */
  structure: z.enum(['factors', 'circumplex']).optional(),
  /** Items that only show whether somebody reads: an answer outside the limits leaves them without any score. */
  catches: z
    .array(z.strictObject({ item: ItemAddress, least: z.int().optional(), most: z.int().optional() }))
    .max(20)
    .optional(),
  /** Its scores are called provisional until so many people have been scored. */
  provisionalUntil: z.int().min(1).optional(),
  scales: z.array(Scale).min(1).max(100),
});
export type Instrument = z.infer<typeof Instrument>;

export const Purpose = z.enum(['analysis', 'quotes', 're-contact', 'recording', 'personalisation']);
export type Purpose = z.infer<typeof Purpose>;

const Consent = z.strictObject({
  /** Names the wording a person agreed to; a changed text needs a new version. */
  version: z.string().min(1).max(40),
  text: Wording,
  /** `analysis` is what taking part means, so it is required; the others are ticked one by one, never beforehand. */
  purposes: z.array(z.strictObject({ code: Purpose, text: Wording })).min(1),
  contact: z.string().max(500).optional(),
});

const Page = z.strictObject({
  code: Code,
  title: Wording.optional(),
  introduction: Wording.optional(),
  questions: z.array(Question).min(1).max(50),
  /** The order of its questions; `take` shows a drawn few of them. */
  order: Order.optional(),
  take: z.int().min(1).max(50).optional(),
  /** Where to go from here: the first that holds. Without any, the next page. */
  next: z
    .array(z.strictObject({ if: Expression.optional(), to: Code }))
    .max(50)
    .optional(),
  ...shownIf,
});
export type Page = z.infer<typeof Page>;

/** Pages that belong together and may be put in another order, or of which only some are shown. */
const Block = z.strictObject({
  code: Code,
  pages: z.array(Code).min(1),
  order: Order.optional(),
  take: z.int().min(1).optional(),
});
export type Block = z.infer<typeof Block>;

/** How a response can come to its end. */
export const Outcome = z.enum(['complete', 'screened-out', 'quota-full']);
export type Outcome = z.infer<typeof Outcome>;

/** The host stands as it is: a placeholder there would let an answer choose where people are sent. */
export const HttpsAddress = z
  .string()
  .max(2000)
  .regex(
    /^https:\/\/[\p{L}\p{N}.-]+(:\d+)?([/?#][^\s\\]*)?$/u,
    'An address to go on to begins with https:// and names a host',
  );

const End = z.strictObject({
  code: Code,
  /** The first end whose condition holds is shown; one without a condition always holds. */
  if: Expression.optional(),
  outcome: Outcome.optional(),
  title: Wording.optional(),
  text: Wording.optional(),
  /** Shown as a link, since browsers may block being sent to another host. `{{code}}` stands for an answer. */
  link: HttpsAddress.optional(),
});
export type End = z.infer<typeof End>;

const Quota = z.strictObject({
  code: Code,
  name: z.string().min(1).max(200),
  if: Expression,
  limit: z.int().min(0).max(10_000_000),
  /** What a full quota does: ends the response there, or lets it go on and only counts. */
  whenFull: z.enum(['end', 'go-on']).optional(),
});
export type Quota = z.infer<typeof Quota>;

/** One's own scores, shown after the last answer. */
const OwnResult = z.strictObject({ instrument: Code, text: Wording.optional() });

export const SurveyDefinition = z.strictObject({
  format: z.literal(1),
  code: Code,
  title: Wording,
  introduction: Wording.optional(),
  /** The first is the one shown when nothing else is asked for. */
  languages: z.array(Language).min(1).max(50),
  minutes: z.number().min(0.5).max(240).optional(),
  consent: Consent,
  pages: z.array(Page).min(1).max(200),
  blocks: z.array(Block).max(50).optional(),
  /** The order of the blocks among themselves. */
  blockOrder: Order.optional(),
  ends: z.array(End).max(50).optional(),
  end: Wording.optional(),
  quotas: z.array(Quota).max(200).optional(),
  result: OwnResult.optional(),
  instruments: z.array(Instrument).max(50).optional(),
});
export type SurveyDefinition = z.infer<typeof SurveyDefinition>;

/** All questions in the order written. */
export const questionsOf = (definition: SurveyDefinition): Question[] =>
  definition.pages.flatMap((page) => page.questions);
