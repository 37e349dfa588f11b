import { cutBytes } from './cut-bytes.ts';

const NAME_BYTES_MAX = 64;
/** Words of the language that no variable may be called. */
const RESERVED = ['ALL', 'AND', 'BY', 'EQ', 'GE', 'GT', 'LE', 'LT', 'NE', 'NOT', 'OR', 'TO', 'WITH'];

/**
 * Names as SPSS takes them: a letter first, then letters, digits, `.`, `_`, `@`, `#` and `$`, no full stop at the end, at
 * most 64 bytes, no word of the language, no two alike in whatever case. What is allowed stays as it is.
 *
 * @returns as many names as came in, in their order
 *
 * @example
 * spssNames(['age', 'Age', '1st choice', 'with', 'q.1.']) // => ['age', 'Age_2', 'v1st_choice', 'with_2', 'q.1']
 */
export function spssNames(names: readonly string[]): string[] {
  const taken = new Set(RESERVED);
  return names.map((name) => {
    const plain = name.normalize('NFC').replace(/[^\p{L}\p{Nd}._@#$]/gu, '_');
    const begun = /^\p{L}/u.test(plain) ? plain : `v${plain}`;
    const cut = cutBytes(begun, NAME_BYTES_MAX).replace(/[._]+$/, '');
    let free = cut;
    for (let copy = 2; taken.has(free.toUpperCase()); copy++) {
      free = `${cutBytes(cut, NAME_BYTES_MAX - `_${copy}`.length)}_${copy}`;
    }
    taken.add(free.toUpperCase());
    return free;
  });
}

/**
 * The eight-letter names that every variable has inside a system file: its own where that is short and plain enough, else
 * a numbered one. A long text needs one for each of its segments.
 *
 * @param names from `spssNames`
 * @param segments how many each of them needs, at least one
 *
 * @example
 * shortNames(['age', 'opinion_of_the_house', 'essay'], [1, 1, 2]) // => [['AGE'], ['V1'], ['V2', 'V3']]
 */
export function shortNames(names: readonly string[], segments: readonly number[]): string[][] {
  const isPlain = (name: string, index: number) => /^[A-Za-z][A-Za-z0-9]{0,7}$/.test(name) && segments[index] === 1;
  const taken = new Set(names.filter(isPlain).map((name) => name.toUpperCase()));
  let number = 0;
  const next = () => {
    do number += 1;
    while (taken.has(`V${number.toString(36).toUpperCase()}`));
    return `V${number.toString(36).toUpperCase()}`;
  };
  return names.map((name, index) =>
    isPlain(name, index) ? [name.toUpperCase()] : Array.from({ length: segments[index] ?? 1 }, next),
  );
}
