import { Untranslatable } from './targets.ts';

/** What every piece of another program's condition has. */
type Piece = { kind: string; text: string };

/** Deeper nesting than any person writes; it also keeps a reader from exhausting the stack. */
const DEPTH_MAX = 60;

/**
 * A place in a list of pieces, for readers of other programs' conditions: what stands here, one step on, and how deep.
 *
 * @param end what stands after the last piece
 * @param words the kinds of piece that a written word or sign can be
 */
export function tokenCursor<Token extends Piece>(all: readonly Token[], end: Token, words: readonly string[]) {
  let place = 0;
  let depth = 0;
  const here = (): Token => all[place] ?? end;
  const step = (): Token => {
    const token = here();
    place += 1;
    return token;
  };
  return {
    here,
    step,
    /** Whether one of these words or signs stands here, in large or small letters. */
    isNext: (...texts: string[]): boolean => words.includes(here().kind) && texts.includes(here().text.toLowerCase()),
    /** @throws {Untranslatable} where something else stands */
    expect: (sign: string): void => {
      if (step().text !== sign) throw new Untranslatable(`A ${sign} is missing`);
    },
    /** @throws {Untranslatable} for what is nested too deeply */
    deeper: <Result>(inner: () => Result): Result => {
      depth += 1;
      if (depth > DEPTH_MAX) throw new Untranslatable('This condition is nested too deeply');
      const result = inner();
      depth -= 1;
      return result;
    },
  };
}
