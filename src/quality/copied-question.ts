import { plainReading, tokens } from '../text/tokens.ts';
import { clear, flagged, type Judgement } from './judgement.ts';

export type CopiedQuestionOptions = {
  /** How many words an answer needs before taking up the question's words is odd; 4 unless told. */
  wordsMin?: number;
  /** The share of the answer's word pairs that stand in the question; 0.8 unless told. */
  answerShareMin?: number;
  /** The share of the question's word pairs that stand in the answer; 0.5 unless told. */
  questionShareMin?: number;
};

/**
 * Whether an answer only says the question back.
 *
 * Compares pairs of neighbouring words, in lower case and without punctuation. Taking the question up (“What I like
 * about the garden is…”) and choosing from it (“coffee in the morning”) are ordinary, so both shares have to be
 * large: little in the answer that is not the question's, and much of the question in the answer. Takes time in
 * proportion to both texts.
 *
 * @param question as it was shown
 * @param text the answer
 *
 * @example
 * judgeCopiedQuestion('What do you like about our garden?', 'what do you like about our garden').outcome // => 'flagged'
 * judgeCopiedQuestion('What do you like about our garden?', 'I like about our garden that it is wild').outcome // => 'clear'
 */
export function judgeCopiedQuestion(question: string, text: string, options: CopiedQuestionOptions = {}): Judgement {
  const { wordsMin = 4, answerShareMin = 0.8, questionShareMin = 0.5 } = options;
  const said = tokens(text, plainReading);
  if (said.length < wordsMin) return clear;

  const asked = wordPairs(tokens(question, plainReading));
  const answered = wordPairs(said);
  let shared = 0;
  for (const pair of answered) if (asked.has(pair)) shared++;
  const isCopy = shared >= answerShareMin * answered.size && shared >= questionShareMin * asked.size && shared > 0;
  return isCopy ? flagged('Repeats the wording of the question and adds next to nothing.') : clear;
}

function wordPairs(words: readonly { form: string }[]): Set<string> {
  const pairs = new Set<string>();
  for (let i = 1; i < words.length; i++) pairs.add(`${words[i - 1]!.form} ${words[i]!.form}`);
  return pairs;
}
