/**
 * For each letter, those that ordinarily follow it inside a word of English, German, French, Spanish, Italian,
 * Portuguese, Dutch or Polish, accents taken off. Pairs that occur only where two words of a compound meet (“landfill”
 * has df) are left out: one of them does not make a word odd.
 */
const followers: Record<string, string> = {
  a: 'abcdefghijklmnopqrstuvwxyz',
  b: 'abcdeghijlmnorstuvwyz',
  c: 'acehijklnoqrstuwyz',
  d: 'adegijlmnorstuvwyz',
  e: 'abcdefghijklmnopqrstuvwxyz',
  f: 'aefgilnorstuy',
  g: 'adeghilmnorstuwy',
  h: 'aceilmnorstuwy',
  i: 'abcdefghijklmnopqrstuvwxyz',
  j: 'abcdefgijklmnopstuvwz',
  k: 'aceijklnorstuwyz',
  l: 'abcdefghiklmnopqstuvwyz',
  m: 'abcdefiklmnoprstuyz',
  n: 'abcdefghijklmnopqrstuvwyz',
  o: 'abcdefghijklmnopqrstuvwxyz',
  p: 'acdefhiklmnoprstuy',
  q: 'u',
  r: 'abcdefghiklmnopqrstuvwyz',
  s: 'abcefghijklmnopqrtuvwyzs',
  t: 'acegijhklmnorstuvwyz',
  u: 'abcdefghijklmnopqrstuvwxyz',
  v: 'aeilnorsuy',
  w: 'acdehijklnoprstuyz',
  x: 'acehioptuyx',
  y: 'abcdefghijklmnoprstuvwxz',
  z: 'abcdeghiklmnoprstuwyz',
};

const code = (letter: string) => letter.charCodeAt(0) - 97;
const isCommon = new Uint8Array(26 * 26);
for (const [letter, next] of Object.entries(followers)) {
  for (const other of next) isCommon[code(letter) * 26 + code(other)] = 1;
}

/**
 * How many neighbouring letters of a word do not ordinarily stand side by side in the eight languages. A j before a
 * consonant counts as ordinary only after a vowel, as in Dutch “kijken” or Polish “kraj”.
 *
 * @param word letters a to z only
 *
 * @example
 * oddPairs('kitchen') // => 0
 * oddPairs('sdkjfhg') // => 5
 */
export function oddPairs(word: string): number {
  let odd = 0;
  for (let i = 1; i < word.length; i++) {
    const [letter, next] = [word[i - 1]!, word[i]!];
    const isLoneJ = letter === 'j' && !isVowel(next) && !(i > 1 && isVowel(word[i - 2]!));
    if (isLoneJ || isCommon[code(letter) * 26 + code(next)] !== 1) odd++;
  }
  return odd;
}

/** Of a, e, i, o, u and y, which is a vowel often enough. */
export function isVowel(letter: string): boolean {
  return 'aeiouy'.includes(letter);
}
