import { z } from 'zod';
import type { ProblemError } from './problem.ts';
import { Where } from './rule.ts';
import { isDateText } from './rule-texts.ts';

/** What is asked of a change: which rate, and between which two sides. */

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && isDateText(text);
const Day = z.string().trim().refine(isDay, { error: 'Enter a day such as 2026-03-09' });
/** Of what is no day yet nothing else is said. */
const areDays = (...periods: readonly { from: string; to: string }[]): boolean =>
  periods.every(({ from, to }) => isDay(from) && isDay(to));
const Period = z.strictObject({ from: Day, to: Day }).refine(({ from, to }) => !areDays({ from, to }) || from <= to, {
  error: 'The period ends before it begins',
  path: ['to'],
});
const Happens = z.strictObject({
  event: z.string().trim().min(1, 'Choose an event').max(200, 'At most 200 characters'),
  where: z.array(Where).max(10, 'At most ten conditions').optional(),
});
const Side = z.string().trim().min(1, 'Enter a value').max(200, 'At most 200 characters');

export const ChangeQuestion = z
  .strictObject({
    outcome: z.discriminatedUnion('kind', [
      /** Of those who did the one, who did the other within so many days after it. */
      z.strictObject({
        kind: z.literal('step'),
        from: Happens,
        to: Happens,
        withinDays: z.int('Enter a whole number').min(1, 'At least 1').max(90, 'At most 90'),
      }),
      /** Of those who did anything at all, who did it. */
      z.strictObject({ kind: z.literal('event'), to: Happens }),
    ]),
    sides: z.discriminatedUnion('kind', [
      z
        .strictObject({ kind: z.literal('periods'), first: Period, second: Period })
        .refine(({ first, second }) => !areDays(first, second) || first.to < second.from || second.to < first.from, {
          error: 'The two periods share days',
          path: ['second', 'from'],
        }),
      z
        .strictObject({
          kind: z.literal('variants'),
          by: z.enum(['attribute', 'property'], 'Choose one of the two'),
          name: z.string().trim().min(1, 'Enter its name').max(200, 'At most 200 characters'),
          first: Side,
          second: Side,
          period: Period,
        })
        .refine(({ first, second }) => first.toLowerCase() !== second.toLowerCase(), {
          error: 'Both variants have the same value',
          path: ['second'],
        }),
    ]),
  })
  .refine(({ outcome, sides }) => !(sides.kind === 'variants' && sides.by === 'property' && outcome.kind === 'event'), {
    error:
      'A property tells the variant of a step only: those who did not do it have none. Choose a step, or an attribute',
    path: ['sides', 'by'],
  });
export type ChangeQuestion = z.infer<typeof ChangeQuestion>;

/** What is asked, or every place that does not fit. */
export function readChangeQuestion(input: unknown): { question: ChangeQuestion } | { errors: ProblemError[] } {
  const read = ChangeQuestion.safeParse(input);
  return read.success
    ? { question: read.data }
    : { errors: read.error.issues.map(({ path, message }) => ({ pointer: `#/${path.join('/')}`, detail: message })) };
}

/**
 * What is asked, in a few words.
 *
 * @param showDay how a day is written for people; as it stands unless told
 */
export function changeInWords(
  { outcome, sides }: ChangeQuestion,
  showDay: (day: string) => string = (day) => day,
): { rate: string; first: string; second: string } {
  const rate =
    outcome.kind === 'step'
      ? `“${outcome.to.event}” within ${outcome.withinDays === 1 ? 'a day' : `${outcome.withinDays} days`} after “${outcome.from.event}”`
      : `“${outcome.to.event}”`;
  if (sides.kind === 'periods')
    return {
      rate,
      first: `${showDay(sides.first.from)} to ${showDay(sides.first.to)}`,
      second: `${showDay(sides.second.from)} to ${showDay(sides.second.to)}`,
    };
  return { rate, first: `${sides.name} ${sides.first}`, second: `${sides.name} ${sides.second}` };
}
