import { withoutStop } from '../model/label-words.ts';
import { strayNumber } from '../personas/check-wording.ts';
import type { Claim } from '../personas/portrait.ts';
import { evidenceLine, evidenceShort, wordsOfClaim } from './evidence-words.ts';

/** Said beside a claim whose evidence was computed and whose words were not. */
export const WORDED = 'in a researcher’s words';

/** Whether a claim that was computed is said in a researcher's words. */
export const isWorded = (claim: Claim, words: Readonly<Record<string, string>>): boolean =>
  !claim.isWritten && wordsOfClaim(claim, words) !== claim.text;

/** A claim's evidence, marked where the words are a researcher's. */
export const evidenceMarked = (claim: Claim, words: Readonly<Record<string, string>>, evidence: string): string =>
  [...(isWorded(claim, words) ? [WORDED] : []), evidence].filter((part) => part !== '').join('; ');

/** A claim inside a text that tells no evidence, marked where the words are a researcher's. */
export const saidMarked = (claim: Claim, words: Readonly<Record<string, string>>): string =>
  isWorded(claim, words) ? `${withoutStop(wordsOfClaim(claim, words))} (${WORDED})` : claim.text;

/**
 * What is said of a number in a researcher's words that stands neither in the claim as it was computed nor in its evidence;
 * empty where there is none, and where this reader may not know the evidence.
 */
export function strayNotice(claim: Claim, words: Readonly<Record<string, string>>): string {
  if (!isWorded(claim, words) || claim.isWithheld) return '';
  const evidence = `${evidenceShort(claim.evidence)} ${evidenceLine(claim.evidence)}`;
  const stray = strayNumber(wordsOfClaim(claim, words), claim.text, evidence);
  return stray === undefined ? '' : `It says ${stray}, which stands nowhere in its evidence: nobody counted that.`;
}
