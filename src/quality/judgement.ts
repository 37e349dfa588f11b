/**
 * What one check says of one response. A flag is a reason to look, in words; it deletes nothing and adds up to no score.
 * `unjudged` means that the check had too little to go by, and says what was missing, so that silence is never taken
 * for a clean bill.
 */
export type Judgement =
  | { outcome: 'clear' }
  | { outcome: 'flagged'; reason: string }
  | { outcome: 'unjudged'; reason: string };

/** Nothing was found. */
export const clear: Judgement = Object.freeze({ outcome: 'clear' });

/** Something was found, and `reason` says what. */
export function flagged(reason: string): Judgement {
  return { outcome: 'flagged', reason };
}

/** The check could not tell, and `reason` says why. */
export function unjudged(reason: string): Judgement {
  return { outcome: 'unjudged', reason };
}

/**
 * A number of things, in words that fit it.
 *
 * @example
 * counted(1, 'response') // => '1 response'
 * counted(3, 'response') // => '3 responses'
 */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
