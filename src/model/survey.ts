import { z } from 'zod';

/**
 * A survey's definition, `format: 1`: what a researcher writes, what is imported and exported, and what a published
 * version freezes. Every wording is `{language: text}`; every question, option, row and scale has a code that never
 * changes, because answers are stored under codes.
 */

const Code = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'A code starts with a letter and holds letters, digits, _ and - (at most 64)')
  .refine((code) => !(code in Object.prototype), 'This word means something to JavaScript: choose another code');
const Language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'A language is a tag such as en or pt-BR');

/** A wording in each language it has been written in. */
export const Wording = z.record(Language, z.string().max(5000)).refine((wording) => Object.keys(wording).length > 0, {
  message: 'A wording needs at least one language',
});
export type Wording = z.infer<typeof Wording>;

const Option = z.strictObject({ code: Code, text: Wording, exclusive: z.boolean().optional() });
const Row = z.strictObject({ code: Code, text: Wording });

const questionBase = {
  code: Code,
  text: Wording,
  hint: Wording.optional(),
  required: z.boolean().optional(),
  /** Offers "I'd rather not say", which is stored as an answer of its own. */
  refusable: z.boolean().optional(),
};

/** Whole steps from `min` to `max`; `labels` names some or all of them, by the step's number. */
const Steps = z
  .strictObject({
    min: z.int().min(0).max(100),
    max: z.int().min(1).max(100),
    labels: z.record(z.string().regex(/^\d{1,3}$/), Wording).optional(),
  })
  .refine((steps) => steps.max > steps.min && steps.max - steps.min <= 10, {
    message: 'A scale runs from min up to max in at most eleven steps',
  });
export type Steps = z.infer<typeof Steps>;

export const Question = z.discriminatedUnion('kind', [
  z.strictObject({ ...questionBase, kind: z.literal('single'), options: z.array(Option).min(2).max(300) }),
  z.strictObject({ ...questionBase, kind: z.literal('multiple'), options: z.array(Option).min(2).max(300) }),
  z.strictObject({ ...questionBase, kind: z.literal('rating'), steps: Steps }),
  z.strictObject({ ...questionBase, kind: z.literal('battery'), steps: Steps, rows: z.array(Row).min(1).max(200) }),
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
    maxLength: z.int().min(1).max(10_000).optional(),
  }),
]);
export type Question = z.infer<typeof Question>;

const Scale = z.strictObject({
  code: Code,
  name: Wording,
  /** Item addresses, `question` or `question.row`; a leading `-` marks a reversed item. */
  items: z
    .array(z.string().regex(/^-?[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$/))
    .min(1)
    .max(200),
  /** How many of the items must be answered for a score; all of them when left out. */
  minimumAnswered: z.int().min(1).optional(),
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

const Page = z.strictObject({ code: Code, title: Wording.optional(), questions: z.array(Question).min(1).max(50) });

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
  end: Wording.optional(),
  instruments: z.array(Instrument).max(50).optional(),
});
export type SurveyDefinition = z.infer<typeof SurveyDefinition>;
