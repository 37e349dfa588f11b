import { Problem } from '../model/problem.ts';

/**
 * What leads from people to their answers is not made for an anonymous survey.
 *
 * @param what what was to be made, in words that can begin a sentence and stand before "would"
 * @throws Problem `conflict`
 */
export function insistKnown({ isAnonymous }: { isAnonymous: number | boolean }, what: string): void {
  if (Number(isAnonymous) === 1)
    throw new Problem('conflict', 'This survey is anonymous', {
      detail: `${what} would tell who answered, or when. Hand out the address that is the same for everybody`,
    });
}
