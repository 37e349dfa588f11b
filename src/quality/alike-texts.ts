import { plainReading, tokens } from '../text/tokens.ts';
import { minHash, nearTextGroups, overlapEstimate } from './near-texts.ts';

/** From which overlap of runs of three words texts are grouped, and one text is held to be like another. */
const GROUPED_MIN = 0.6;
const LIKE_MIN = 0.3;
/** Fewer words have no run to compare. */
const RUN = 3;

const wordsOf = (text: string): string[] => tokens(text, plainReading).map(({ form }) => form);

/**
 * Which of many short texts say nearly the same: those of the same words, and those whose runs of three words overlap by
 * 0.6 or more, of which nearly all from 0.8 on are found and the fewer the less they overlap. It proposes and does not
 * judge: people decide.
 *
 * @returns groups of two or more, as places in `texts`, ascending, by their first member; texts without words are in none
 * @see nearTextGroups
 *
 * @example
 * alikeTexts(['The search finds nothing.', 'Nice', 'the search finds NOTHING!']) // => [[0, 2]]
 */
export function alikeTexts(texts: readonly string[]): number[][] {
  const wordings = new Map<string, { words: string[]; places: number[] }>();
  for (const [place, text] of texts.entries()) {
    const words = wordsOf(text);
    if (words.length === 0) continue;
    const key = words.join(' ');
    const known = wordings.get(key);
    if (known) known.places.push(place);
    else wordings.set(key, { words, places: [place] });
  }
  const distinct = [...wordings.values()];
  const near = nearTextGroups(
    distinct.map(({ words }) => words),
    GROUPED_MIN,
  );
  const isNear = new Set(near.flat());
  return [
    ...near,
    ...distinct.flatMap(({ places }, index) => (isNear.has(index) || places.length < 2 ? [] : [[index]])),
  ]
    .map((group) => group.flatMap((index) => distinct[index]?.places ?? []).sort((a, b) => a - b))
    .sort(([a = 0], [b = 0]) => a - b);
}

/**
 * Which of many texts are like one text: of the same words, or with runs of three words that overlap by 0.3 or more. One
 * text is held against every other, so that what `alikeTexts` passes over is found as well.
 *
 * @returns places in `texts`, the likest first; none for a text without words
 *
 * @example
 * alikeTo('The search finds nothing at all', ['Nice', 'Sadly the search finds nothing at all']) // => [1]
 */
export function alikeTo(text: string, texts: readonly string[]): number[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const signature = words.length < RUN ? null : minHash(words);
  const key = words.join(' ');
  return texts
    .flatMap((other, place) => {
      const own = wordsOf(other);
      const isSame = own.join(' ') === key;
      const isShort = signature === null || own.length < RUN;
      return [{ place, overlap: isSame ? 1 : isShort ? 0 : overlapEstimate(signature, minHash(own)) }];
    })
    .filter(({ overlap }) => overlap >= LIKE_MIN)
    .sort((a, b) => b.overlap - a.overlap || a.place - b.place)
    .map(({ place }) => place);
}
