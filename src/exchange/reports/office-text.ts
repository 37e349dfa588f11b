const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LETTER = /\p{L}/u;
const STRETCH =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}](?:[^\p{L}]*[\p{M}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}])*/gu;

/** Words that run one way. */
export type Stretch = { text: string; isRightToLeft: boolean };

/**
 * Which way a text begins: that of its first letter, as its readers expect it. What holds no letter runs from left to right.
 *
 * @example
 * beginsRight('«سعر» 12') // => true
 */
export function beginsRight(text: string): boolean {
  for (const letter of text) if (LETTER.test(letter)) return RIGHT_TO_LEFT.test(letter);
  return false;
}

/**
 * Which way a sentence of the report itself runs: a word of another script at its head does not turn it, only words that all
 * run the other way.
 *
 * @example
 * runsRight('سعر (5 of 68)') // => false
 */
export const runsRight = (text: string): boolean =>
  beginsRight(text) && stretchesOf(text).every(({ text: own, isRightToLeft }) => isRightToLeft || !LETTER.test(own));

/**
 * A text cut where its direction changes, since office documents name the direction of every stretch. What stands between
 * two words of one direction belongs to them.
 *
 * @example
 * stretchesOf('He said שלום twice') // => [{ text: 'He said ', isRightToLeft: false }, { text: 'שלום', isRightToLeft: true }, { text: ' twice', isRightToLeft: false }]
 */
export function stretchesOf(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const found of text.matchAll(STRETCH)) {
    if (found.index > at) stretches.push({ text: text.slice(at, found.index), isRightToLeft: false });
    stretches.push({ text: found[0], isRightToLeft: true });
    at = found.index + found[0].length;
  }
  if (at < text.length) stretches.push({ text: text.slice(at), isRightToLeft: false });
  return stretches;
}

/** Typefaces that a text needs besides those of Latin letters. */
export function scriptsIn(text: string): { arabic: boolean; hebrew: boolean } {
  return { arabic: /\p{Script=Arabic}/u.test(text), hebrew: /\p{Script=Hebrew}/u.test(text) };
}

/**
 * A text as office documents can hold it: what XML 1.0 forbids becomes U+FFFD, so that nobody takes it for a letter that
 * was said, and one kind of line break.
 */
export const holdable = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text between tags or in a value of an office document. */
export const escapedXml = (text: string): string => holdable(text).replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign]!);
