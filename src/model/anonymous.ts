import { itemsOf } from './items.ts';
import type { ProblemError } from './problem.ts';
import type { Purpose, SurveyDefinition } from './survey.ts';

/* What it means that a survey is anonymous: nobody who answers can be found again, by anybody. */

/**
 * The day of a moment, as a moment: all that an anonymous survey keeps of time.
 *
 * @example
 * dayOnly('2026-03-09T08:15:30.000Z') // => '2026-03-09T00:00:00.000Z'
 */
export const dayOnly = (at: string): string => `${at.slice(0, 10)}T00:00:00.000Z`;

/**
 * True where only days were kept of both ends, so that nobody knows how long something took.
 *
 * @example
 * isTimeless('2026-03-09T00:00:00.000Z', '2026-03-09T00:00:00.000Z') // => true
 */
export const isTimeless = (startedAt: string, completedAt: string): boolean =>
  startedAt === dayOnly(startedAt) && completedAt === dayOnly(completedAt);

/** Uses of answers that need to know who somebody is. */
const KNOWING: ReadonlySet<Purpose> = new Set<Purpose>(['re-contact', 'personalisation']);

/** What somebody is asked to agree to; in an anonymous survey nothing that would need to find them again. */
export const purposesOffered = (
  { consent }: SurveyDefinition,
  isAnonymous: boolean,
): SurveyDefinition['consent']['purposes'] =>
  isAnonymous ? consent.purposes.filter(({ code }) => !KNOWING.has(code)) : consent.purposes;

/** Questions by which somebody would name themselves, or an address name them: in the way of anonymous publishing. */
export function anonymousFaults(definition: SurveyDefinition): ProblemError[] {
  return definition.pages.flatMap((page, p) =>
    page.questions.flatMap((question, q) =>
      question.kind === 'hidden' || itemsOf(question).some(({ isIdentifying }) => isIdentifying)
        ? [
            {
              pointer: `#/pages/${p}/questions/${q}`,
              detail: `“${question.code}” asks for or takes over what names a person, so it cannot stand in an anonymous survey. Take it out`,
            },
          ]
        : [],
    ),
  );
}
