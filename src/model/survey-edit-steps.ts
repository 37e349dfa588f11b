/**
 * Names of a scale's steps as lines of text: “1 = Not at all”, or names alone, which name all steps in order, or the
 * first and the last.
 */

const NUMBERED = /^(\d{1,3})\s*[=:|]\s*(.*)$/s;

/**
 * @returns the names by their steps, or what is wrong with which line
 *
 * @example
 * stepNames('Bad\nGood', 1, 5) // => { names: new Map([[1, 'Bad'], [5, 'Good']]) }
 * @example
 * stepNames('6 = Good', 1, 5) // => { error: 'Line 1: there is no step 6, the scale runs from 1 to 5' }
 */
export function stepNames(lines: string, min: number, max: number): { names: Map<number, string> } | { error: string } {
  const read = lines
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
  const names = new Map<number, string>();
  const plain = read.filter(({ line }) => !NUMBERED.test(line));
  const [stray] = plain;
  if (stray && plain.length === read.length) {
    const count = max - min + 1;
    if (read.length === count) read.forEach(({ line }, index) => names.set(min + index, line));
    else if (read.length === 2)
      for (const [index, step] of [min, max].entries()) names.set(step, read[index]?.line ?? '');
    else
      return {
        error: `From line ${stray.number} on, “${stray.line}”: ${read.length} ${read.length === 1 ? 'name' : 'names'} for ${count} steps. Name all of them or the first and the last, or say which step each name belongs to, as in “${min} = ${stray.line}”`,
      };
    return { names };
  }
  if (stray)
    return {
      error: `Line ${stray.number}, “${stray.line}”, does not say which step it names: write “${min} = ${stray.line}”, with its own number`,
    };
  for (const { line, number } of read) {
    const [, digits = '', name = ''] = NUMBERED.exec(line) ?? [];
    const step = Number(digits);
    if (!(step >= min && step <= max))
      return { error: `Line ${number}: there is no step ${step}, the scale runs from ${min} to ${max}` };
    if (names.has(step)) return { error: `Line ${number}: step ${step} has a name already` };
    names.set(step, name.trim());
  }
  return { names };
}
