import type { Span } from '../coding/spans.ts';
import { GIVEN_NAMES } from './given-names.ts';

/** Who asks is called by their part, not by a name. */
const PART =
  /^(?:i|q|a|p|r|int|iv|interviewer(?:in)?|intervieweu(?:r|se)|entrevistador(?:a)?|moderator(?:in)?|facilitator|researcher|participant|respondent|speaker|unknown)$/iu;
/** What stands before a name, or begins a line that was taken for somebody’s. */
const NO_NAME =
  /^(?:the|and|but|for|from|with|this|that|our|your|her|his|mrs|miss|der|die|das|den|dem|ein|eine|und|frau|herr|les|une|des|mme|los|las|una|uno|gli|het|een|uma|não|dos)$/iu;
const WORD = /[\p{L}\p{M}'’-]+/gu;
const LETTERS_MIN = 3;
/** A sentence ends within so many characters before the word that begins the next. */
const SENTENCE_END_MAX = 4;

/**
 * Words that may be somebody’s name in what was said in a talk: the names of those who speak, and given names that stand
 * in the middle of a sentence. A suggestion only: a given name can be a word, and a name need not be in the list.
 *
 * @param speakers as the transcript calls them; parts such as “Interviewer” and numbers such as “P07” are no names
 * @returns spans in code points
 *
 * @example
 * suggestNames('Then Jonas called, and Ms Weber too', ['Anna Weber', 'P07']) // => [{ start: 5, end: 10 }, { start: 26, end: 31 }]
 */
export function suggestNames(text: string, speakers: readonly string[]): Span[] {
  const called = new Set(
    speakers
      .flatMap((speaker) =>
        (speaker.match(WORD) ?? []).filter(
          (word) => [...word].length >= LETTERS_MIN && !PART.test(word) && !NO_NAME.test(word) && !/\d/.test(speaker),
        ),
      )
      .map((word) => word.toLowerCase()),
  );
  const spans: Span[] = [];
  let [unit, point] = [0, 0];
  for (const match of text.matchAll(WORD)) {
    const word = match[0].replace(/['’](?:s)?$/u, '');
    const start = point + [...text.slice(unit, match.index)].length;
    [unit, point] = [match.index, start];
    const isCapital = /^\p{Lu}/u.test(word);
    if (!isCapital) continue;
    const before = text.slice(Math.max(0, match.index - SENTENCE_END_MAX), match.index).trimEnd();
    const isFirst = before === '' || /[.!?:…\n"“„»-]$/u.test(before);
    const isGiven = !isFirst && GIVEN_NAMES.has(folded(word));
    if (!called.has(word.toLowerCase()) && !isGiven) continue;
    spans.push({ start, end: start + [...word].length });
  }
  return spans;
}

const folded = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
