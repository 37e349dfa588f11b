import { z } from 'zod';

const Answer = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().max(4_000) }) })).min(1),
});

/** What the server is told to do; what it says is checked all the same. */
const TASK =
  'Say the sentence you are given once more, in plain words, as one sentence of at most 40 words. Add nothing: no number, no name, no reason, no quotation and no stronger word than it has. Answer with the sentence alone.';

/**
 * What is asked of a language model: one sentence again, in the shape of a chat as most servers take it.
 *
 * @example
 * JSON.parse(rewordingBody('small', 'They rent')).messages[1] // => { role: 'user', content: 'They rent' }
 */
export const rewordingBody = (model: string, sentence: string): string =>
  JSON.stringify({
    model,
    temperature: 0,
    messages: [
      { role: 'system', content: TASK },
      { role: 'user', content: sentence },
    ],
  });

/**
 * Reads what a language model answered.
 *
 * @returns `fault` says what is wrong with it, as part of a sentence
 *
 * @example
 * readRewording('{"choices":[{"message":{"content":" Most of them rent. "}}]}') // => { wording: 'Most of them rent.' }
 */
export function readRewording(text: string): { wording: string } | { fault: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { fault: 'something that is no JSON' };
  }
  const read = Answer.safeParse(body);
  if (!read.success) return { fault: 'something else than a sentence' };
  const wording = read.data.choices[0]!.message.content.replace(/\s+/g, ' ').trim();
  return wording === '' ? { fault: 'nothing' } : { wording };
}
