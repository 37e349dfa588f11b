export type Method = 'reliability' | 'codebook' | 'reflexive';

/** How a study's words are coded, in words for whoever chooses. */
export const METHODS: readonly { method: Method; name: string; says: string }[] = [
  {
    method: 'reliability',
    name: 'Coding reliability',
    says: 'Codes are defined beforehand, and two people should come to the same ones. Agreement is measured, and a code below the minimum is not relied on.',
  },
  {
    method: 'codebook',
    name: 'Codebook',
    says: 'A codebook grows with the reading. Agreement is measured to find codes that mean different things to different readers, and to talk about them.',
  },
  {
    method: 'reflexive',
    name: 'Reflexive',
    says: 'Coding is one person’s reading, and what they bring is part of it. Agreement, saturation and shares of codes prove nothing then, and are not shown; memos and the trail of what was done take their place.',
  },
];

/**
 * What a study of a method shows: coefficients of agreement, saturation as a ground to stop, shares of codes as a finding.
 * Memos and the trail of what was done are shown always.
 *
 * @see Braun and Clarke (2021), Qualitative Research in Psychology 18, 328–352, on what fits which kind of thematic analysis
 *
 * @example
 * methodShows('reflexive') // => { coefficients: false, saturation: false, shares: false }
 */
export function methodShows(method: Method): { coefficients: boolean; saturation: boolean; shares: boolean } {
  const isCounted = method !== 'reflexive';
  return { coefficients: isCounted, saturation: isCounted, shares: isCounted };
}

/** Why something is not shown; for whoever looks for it. */
export const NOT_SHOWN =
  'This study is coded reflexively: agreement, saturation and shares of codes are not taken as proof, and are not shown.';
