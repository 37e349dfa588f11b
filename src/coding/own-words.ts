import { foldText } from '../model/fold-text.ts';

/** Fewer words in a row, and fewer letters, may be anybody's. */
const RUN_WORDS = 3;
const RUN_LETTERS = 20;
const QUOTED = /“([^“”]+)”|«([^«»]+)»|„([^„“”]+)[“”]|‘([^‘’]+)’|"([^"]+)"/g;

const wordsOf = (text: string): string[] =>
  foldText(text)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');

/**
 * Tells texts that hold what somebody said: three words of theirs in a row or more, of 20 letters at least, or of any length
 * between quotation marks. Case, accents, and signs between words make no difference.
 *
 * @param said all that they said
 *
 * @example
 * const isOwn = ownWords(['Well, the basilisk under the staircase woke me.']);
 * [isOwn('She fears the Basilisk under the staircase'), isOwn('It “woke me”'), isOwn('He said “staircase woke me”')] // => [true, false, true]
 */
export function ownWords(said: readonly string[]): (text: string) => boolean {
  const texts = said.map((text) => wordsOf(text));
  const whole = texts.map((words) => ` ${words.join(' ')} `).join('\n');
  const begins = new Set(
    texts.flatMap((words) => words.slice(RUN_WORDS - 1).map((_, at) => words.slice(at, at + RUN_WORDS).join(' '))),
  );
  const isSaid = (run: readonly string[]) =>
    begins.has(run.slice(0, RUN_WORDS).join(' ')) && whole.includes(` ${run.join(' ')} `);
  return (text) => {
    for (const [, ...quoted] of text.matchAll(QUOTED)) {
      const words = wordsOf(quoted.find((one) => one !== undefined) ?? '');
      if (words.length >= RUN_WORDS && isSaid(words)) return true;
    }
    const words = wordsOf(text);
    for (let at = 0; at + RUN_WORDS <= words.length; at += 1) {
      let end = at;
      let letters = 0;
      while (end < words.length && (end - at < RUN_WORDS || letters < RUN_LETTERS)) {
        letters += words[end]!.length;
        end += 1;
      }
      // What is left is shorter still.
      if (letters < RUN_LETTERS) return false;
      if (isSaid(words.slice(at, end))) return true;
    }
    return false;
  };
}
