import type { Claim, QuoteSpan } from '../personas/portrait.ts';
import { isWorded } from './worded-claim.ts';

/** Longer words stand as a quote of their own: a sentence is not begun with them. */
const LENGTH_MAX = 320;

/**
 * Somebody's own words, with which a claim on what people said begins: the first of its quotes that may be read and is not
 * too long. A claim in a researcher's words, or one that its evidence no longer bears, begins with none.
 *
 * @param words what researchers call claims, by their ids
 * @param wordsOf what stands at a place; null where it may not be shown
 * @returns a function that gives the words of a claim with their place; null where there are none
 */
export const leadWords =
  (words: Readonly<Record<string, string>>, wordsOf: (span: QuoteSpan) => string | null) =>
  (claim: Claim): { said: string; span: QuoteSpan } | null => {
    if (claim.evidence?.kind !== 'people' || claim.lapsedIn !== null || isWorded(claim, words)) return null;
    for (const span of claim.quotes) {
      const said = wordsOf(span)?.trim() ?? '';
      if (said !== '' && [...said].length <= LENGTH_MAX) return { said, span };
    }
    return null;
  };
