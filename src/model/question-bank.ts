import { z } from 'zod';
import { Code, Expression, Instrument, Question, Wording } from './survey.ts';

/**
 * A bank of questions that drafts of surveys are made from. Every entry says what it teaches, whom it can be put to, how
 * long it takes and why it is asked. In its wordings `{subject}` stands for what the survey is about and `{message}` for
 * a message to be tested; in German the subject always follows a preposition with the dative.
 */

export const DRAFT_GOALS = ['buying', 'segments', 'satisfaction', 'churn', 'message', 'audience', 'values'] as const;
export type DraftGoal = (typeof DRAFT_GOALS)[number];

export const DRAFT_AUDIENCES = ['customers', 'prospects', 'former-customers', 'public', 'businesses'] as const;
export type DraftAudience = (typeof DRAFT_AUDIENCES)[number];

/**
 * What can be learnt. `value-based` is what people are worth to a business, in money; `values-based` is what they hold
 * dear: two different things that only sound alike.
 */
export const DRAFT_TOPICS = [
  'behavioural',
  'demographic',
  'psychographic',
  'geographic',
  'firmographic',
  'technographic',
  'value-based',
  'values-based',
  'jobs',
  'triggers',
  'barriers',
] as const;
export type DraftTopic = (typeof DRAFT_TOPICS)[number];

/** Where a question stands in a survey: who belongs, how it began, then from easy to personal, and about oneself last. */
export const DRAFT_STAGES = ['screen', 'opening', 'easy', 'core', 'sensitive', 'about'] as const;
export type DraftStage = (typeof DRAFT_STAGES)[number];

const BankEntry = z.strictObject({
  /** What it asks about; of several entries that ask about the same, a draft takes one. */
  asks: Code,
  stage: z.enum(DRAFT_STAGES),
  /** Beside what can be ticked: what only goals lead to. */
  topics: z.array(z.enum([...DRAFT_TOPICS, 'lifestyle', 'satisfaction', 'churn', 'message'])),
  goals: z.array(z.enum(DRAFT_GOALS)),
  audiences: z.array(z.enum(DRAFT_AUDIENCES)).min(1),
  /** How long an answer usually takes. */
  seconds: z.int().min(3).max(300),
  /** 1 is taken first. */
  priority: z.int().min(1).max(5),
  /** Why it is worth asking: the end of “asked because …”. */
  because: z.string().min(10).max(300),
  /** The question it follows up; it is never asked without that one. */
  needs: Code.optional(),
  /** When this holds, the person does not belong to those asked. */
  screensOut: Expression.optional(),
  /** The scales its items count in. */
  scales: z.array(z.strictObject({ instrument: Code, scale: Instrument.shape.scales.element })).optional(),
  question: Question,
});

const BankFile = z.strictObject({
  about: z.string().min(3),
  /** Stands over the pages its questions come to. */
  title: Wording,
  instruments: z.array(Instrument.omit({ scales: true })).optional(),
  questions: z.array(BankEntry).min(1),
});

/** The wordings around the questions of a draft. */
const DraftFrame = z.strictObject({
  introduction: Wording,
  consent: Wording,
  purposes: z.strictObject({ analysis: Wording, quotes: Wording }),
  end: Wording,
  screenedOut: z.strictObject({ title: Wording, text: Wording }),
  aboutTitle: Wording,
  /** Said for `{subject}` and `{message}` when the brief names none. */
  subject: Wording,
  message: Wording,
  titles: z.record(z.enum(DRAFT_GOALS), Wording),
});

/** An entry with the file it comes from, whose title stands over its page. */
export type BankQuestion = z.infer<typeof BankEntry> & { group: string };
export type QuestionBank = {
  frame: z.infer<typeof DraftFrame>;
  titles: Readonly<Record<string, Wording>>;
  instruments: readonly Omit<Instrument, 'scales'>[];
  questions: readonly BankQuestion[];
};

/**
 * Puts a bank together from its files.
 *
 * @param files parsed JSON by file name without its ending; `frame` holds the wordings around the questions, every other
 *   one questions
 * @returns the questions in the order of the names, and within a file as written
 * @throws {ZodError} for a file that is not what it should be
 * @throws {RangeError} when a code stands twice, or a question follows up one that there is not
 */
export function readQuestionBank(files: Readonly<Record<string, unknown>>): QuestionBank {
  const names = Object.keys(files)
    .filter((name) => name !== 'frame')
    .sort();
  const read = names.map((name) => ({ name, file: BankFile.parse(files[name]) }));
  const questions = read.flatMap(({ name, file }) => file.questions.map((entry) => ({ ...entry, group: name })));
  const codes = new Map<string, BankQuestion>();
  for (const entry of questions) {
    const { code } = entry.question;
    if (codes.has(code)) throw new RangeError(`The question bank holds “${code}” twice`);
    const parent = entry.needs === undefined ? null : codes.get(entry.needs);
    if (parent === undefined)
      throw new RangeError(`“${code}” follows up “${entry.needs}”, which does not stand before it`);
    if (parent && parent.stage !== entry.stage)
      throw new RangeError(`“${code}” stands in another stage than what it follows up`);
    codes.set(code, entry);
  }
  const instruments = new Map(
    read.flatMap(({ file }) => (file.instruments ?? []).map((one) => [one.code, one] as const)),
  );
  return {
    frame: DraftFrame.parse(files['frame']),
    titles: Object.fromEntries(read.map(({ name, file }) => [name, file.title])),
    instruments: [...instruments.values()],
    questions,
  };
}
