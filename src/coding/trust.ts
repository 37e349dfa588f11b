/** Below this, agreement is too weak to build on: the lowest that is commonly held to allow tentative conclusions. */
export const AGREEMENT_MIN = 0.667;

/** From here on agreement is firm, between the two tentative. */
export const AGREEMENT_FIRM = 0.8;

/**
 * What Krippendorff's bands make of an alpha, in words. Firm only where alpha is not likely to lie below the lower one.
 *
 * @param low the lower end of its interval; null where there is none
 * @see Krippendorff (2004), Content Analysis, 2nd edition, p. 241
 *
 * @example
 * alphaWords({ value: 0.84, low: 0.7 }) // => 'firm'
 * @example
 * alphaWords({ value: 0.84, low: 0.5 }) // => 'tentative'
 */
export function alphaWords({
  value,
  low,
}: {
  value: number;
  low: number | null;
}): 'firm' | 'tentative' | 'not to be relied on' {
  if (value < AGREEMENT_MIN) return 'not to be relied on';
  return value >= AGREEMENT_FIRM && low !== null && low >= AGREEMENT_MIN ? 'firm' : 'tentative';
}

/** How far two coders, or the coder and people, agree beyond chance; `value` is null where it cannot be told. */
export type Agreement = { measure: 'kappa' | 'alpha'; value: number | null; n: number };

/**
 * Whether codes or themes can be built on: sorted into segments, asked for in a rule, told as a fact.
 *
 * @param agreement null where nobody has checked
 * @see Krippendorff (2004), Content Analysis, 2nd edition, p. 241
 *
 * @example
 * isTrusted({ measure: 'kappa', value: 0.7, n: 60 }) // => true
 * @example
 * isTrusted({ measure: 'alpha', value: null, n: 0 }) // => false
 */
export function isTrusted(agreement: Agreement | null): boolean {
  return agreement !== null && agreement.value !== null && agreement.value >= AGREEMENT_MIN;
}

/**
 * The words that stand wherever something shows that was used although agreement is too weak.
 *
 * @returns null where it can be relied on, since there is nothing to say then
 *
 * @example
 * distrustWords({ measure: 'kappa', value: 0.45, n: 60 }) // => 'kappa 0.45 (n 60), below 0.667: not to be relied on'
 * @example
 * distrustWords(null) // => 'agreement was never checked: not to be relied on'
 */
export function distrustWords(agreement: Agreement | null): string | null {
  if (isTrusted(agreement)) return null;
  if (agreement === null) return 'agreement was never checked: not to be relied on';
  const { measure, value, n } = agreement;
  return value === null
    ? `${measure} cannot be told (n ${n}): not to be relied on`
    : `${measure} ${value.toFixed(2)} (n ${n}), below ${AGREEMENT_MIN}: not to be relied on`;
}
