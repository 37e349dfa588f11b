/** Rows of the qwerty, qwertz and azerty keyboards, and the row of digits; then the alphabet, typed for the same reason. */
const rows = [
  ...['qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  ...['qwertzuiop', 'yxcvbnm'],
  ...['azertyuiop', 'qsdfghjklm', 'wxcvbn'],
  ...['1234567890', 'abcdefghijklmnopqrstuvwxyz'],
];
const neighbours = new Map<string, Set<number>>();
rows.forEach((row, r) => {
  for (let i = 1; i < row.length; i++) {
    addNeighbour(row[i - 1]! + row[i]!, r + 1);
    addNeighbour(row[i]! + row[i - 1]!, -(r + 1));
  }
});

function addNeighbour(pair: string, way: number) {
  neighbours.set(pair, (neighbours.get(pair) ?? new Set()).add(way));
}

/**
 * Stretches of a word that walk along one row of a keyboard, or the alphabet, key by key in one direction.
 *
 * @param word lower case
 * @param lengthMin shortest stretch that counts, in letters
 * @returns in order, without overlap, each as long as can be
 *
 * @example
 * keyboardRuns('asdfjkl', 3) // => ['asdf', 'jkl']
 * keyboardRuns('power', 4) // => []
 */
export function keyboardRuns(word: string, lengthMin: number): string[] {
  const runs: string[] = [];
  let start = 0;
  let ways = new Set<number>();
  for (let i = 1; i <= word.length; i++) {
    const next = (i < word.length && neighbours.get(word.slice(i - 1, i + 1))) || new Set<number>();
    const shared = i - 1 === start ? next : new Set([...ways].filter((way) => next.has(way)));
    if (shared.size > 0) {
      ways = shared;
      continue;
    }
    if (i - start >= lengthMin) runs.push(word.slice(start, i));
    // The last letter may begin the next run, unless it ended one that counts.
    const restart = i - start >= lengthMin || next.size === 0 ? i : i - 1;
    start = restart;
    ways = restart === i ? new Set() : next;
  }
  return runs;
}

/**
 * Whether a word is little else than runs along the keyboard.
 *
 * Words such as “poverty” (erty), German “Wert” and “Azerbaijan” (azer) hold runs by accident, mostly of the top row,
 * which has the vowels. So runs of four or more have to make up 80 % of a word, or 50 % when one lies in a lower row
 * (“dfghx”); and a word of six letters or more may also be made of runs of three (“asdasd”, “qweqwe”).
 *
 * @param word lower case
 *
 * @example
 * ['asdfgh', 'qweqwe', 'lkjhgf', 'poverty', 'assassin'].map(isKeyboardWalk) // => [true, true, true, false, false]
 */
export function isKeyboardWalk(word: string): boolean {
  // Every way of being one takes steps to a neighbouring key for a third of the word; most words end here.
  let steps = 0;
  for (let i = 1; i < word.length; i++) if (neighbours.has(word.slice(i - 1, i + 1))) steps++;
  if (steps * 3 < word.length) return false;

  const long = keyboardRuns(word, 4);
  const covered = lengthOf(long);
  if (covered >= 0.8 * word.length && covered > 0) return true;
  if (long.some((run) => /[dfghjklxcvbnm]/.test(run) && !/[eiou]/.test(run)) && covered >= 0.5 * word.length)
    return true;
  return word.length >= 6 && lengthOf(keyboardRuns(word, 3)) >= 0.8 * word.length;
}

function lengthOf(runs: readonly string[]): number {
  return runs.reduce((sum, run) => sum + run.length, 0);
}
