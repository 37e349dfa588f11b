/** One guard of the code, and the tests that must fail once it is taken away. */
export type Guard = {
  /** The row of the security checklist in docs/asvs.md that it serves: A1 to A35. */
  serves: string;
  /** What it keeps from happening, in a few words; the names of two guards differ. */
  keepsFrom: string;
  /** From the root of the repository. */
  file: string;
  /** The guard as it stands there; must stand there exactly once. */
  text: string;
  /** What stands in its place when it is gone; must still be a program. */
  without: string;
  /** A test file, and how the name of a test in it begins (describe and test, with a blank between). */
  test: readonly [file: string, name: string];
};

/**
 * Takes a guard out of the text of its file.
 *
 * @throws RangeError where the guard does not stand there exactly once, since its row then proves nothing
 *
 * @example
 * withoutGuard('if (isOurs) go();', { text: 'isOurs', without: 'true' }) // => 'if (true) go();'
 */
export function withoutGuard(whole: string, { text, without }: Pick<Guard, 'text' | 'without'>): string {
  const parts = whole.split(text);
  if (parts.length !== 2) throw new RangeError(`the guard stands there ${parts.length - 1} times: ${text}`);
  if (text === without) throw new RangeError(`nothing is taken away: ${text}`);
  return parts.join(without);
}
