/**
 * A label as a part of a sentence: its own full stop would end that.
 *
 * @example
 * withoutStop('I know where my beans come from.') // => 'I know where my beans come from'
 */
export const withoutStop = (label: string): string => label.replace(/(?<![.…])[.。]\s*$/u, '').trimEnd();

/** “I”, and words with capitals of their own, such as NPS or iPhone. */
const OWN_CAPITALS = /^(?:I(?![\p{L}\p{M}])|\p{L}+\p{Lu})/u;

/**
 * A label inside a sentence: its first letter small, but for “I” and words that have capitals of their own.
 *
 * @example
 * ['Coffee must be fast', 'I drink it to work', 'NPS'].map(withSmallStart) // => ['coffee must be fast', 'I drink it to work', 'NPS']
 */
export const withSmallStart = (label: string): string =>
  OWN_CAPITALS.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);

/**
 * What an attribute is called on a page: its name in words, with a capital.
 *
 * @example
 * ['town_size', 'address.city'].map(attributeWords) // => ['Town size', 'Address city']
 */
export function attributeWords(name: string): string {
  const words = name.replaceAll(/[_.-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What machines write: small letters joined by dashes or underscores. */
const JOINED = /^\p{Ll}[\p{Ll}\p{N}]*(?:[-_][\p{Ll}\p{N}]+)+$/u;

/**
 * A value of an attribute in words; what nobody joined stays as it is.
 *
 * @example
 * ['small-town', 'T-shirt', '2026-01-01'].map(attributeValueWords) // => ['small town', 'T-shirt', '2026-01-01']
 */
export const attributeValueWords = (value: string): string =>
  JOINED.test(value) ? value.replaceAll(/[-_]/g, ' ') : value;
