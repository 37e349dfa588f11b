import { type CellPolicy, isTooFew } from '../privacy/safe-cells.ts';

/** What a run of themes warns of, in sentences, and the numbers of answers that these may give. */
export type ThemeWarnings = {
  warnings: readonly string[];
  languages: readonly { n: number }[];
  answered: number;
  uncoded: number;
};

/**
 * The warnings that these readers may know: where a number of answers is too small to be told, none that gives numbers.
 *
 * @example
 * toldWarnings({ warnings: ['3 in Kazakh', 'Look twice'], languages: [{ n: 90 }, { n: 3 }], answered: 93, uncoded: 0 }, { least: 10 }) // => ['Look twice']
 */
export function toldWarnings(
  { warnings, languages, answered, uncoded }: ThemeWarnings,
  policy: CellPolicy,
): readonly string[] {
  const numbers = [...languages.map(({ n }) => n), answered, uncoded, answered - uncoded];
  return numbers.some((n) => isTooFew(n, policy)) ? warnings.filter((text) => !/\d/.test(text)) : warnings;
}
