import porterStemmer from 'natural/lib/natural/stemmers/porter_stemmer.js';

// The stemmer takes quadratic time on very long words and no English word comes near this length.
const stemmable = /^[a-z]{4,64}$/;
const cacheMax = 50_000;
const cache = new Map<string, string>();

/**
 * The stem of an English word by Porter's rules. Words with anything but a to z, shorter than four or longer than
 * 64 letters are returned as they are.
 *
 * @param word in lower case
 * @see Porter (1980), Program 14(3), 130–137
 *
 * @example
 * stem('connections') // => 'connect'
 */
export function stem(word: string): string {
  if (!stemmable.test(word)) return word;
  const known = cache.get(word);
  if (known !== undefined) return known;

  const found = porterStemmer.stem(word);
  if (cache.size >= cacheMax) cache.clear();
  cache.set(word, found);
  return found;
}
