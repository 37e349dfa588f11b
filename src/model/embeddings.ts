import { z } from 'zod';

/** Vectors longer than this are no model's that serves short texts. */
export const DIMENSIONS_MAX = 4096;

const Answer = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1).max(DIMENSIONS_MAX) })),
});

/**
 * What is asked of an embeddings server: a vector for each text.
 *
 * @example
 * embeddingsBody('small', ['a text']) // => '{"model":"small","input":["a text"],"encoding_format":"float"}'
 */
export const embeddingsBody = (model: string, texts: readonly string[]): string =>
  JSON.stringify({ model, input: texts, encoding_format: 'float' });

/**
 * Reads what an embeddings server answered: one vector for each text, all of one length, in the order of the texts
 * whatever the order of the answer.
 *
 * @param text of the answer, as it came
 * @param count how many texts were sent
 * @returns `fault` says what is wrong with it, as part of a sentence
 *
 * @example
 * readEmbeddings('{"data":[{"index":0,"embedding":[1,2]}]}', 2) // => { fault: '1 vector for 2 texts' }
 */
export function readEmbeddings(text: string, count: number): { vectors: Float32Array[] } | { fault: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { fault: 'something that is no JSON' };
  }
  const read = Answer.safeParse(body);
  if (!read.success) return { fault: 'something else than vectors of finite numbers' };
  const { data } = read.data;
  if (data.length !== count) return { fault: `${many(data.length, 'vector')} for ${many(count, 'text')}` };
  const vectors = new Map(data.map(({ index, embedding }) => [index, Float32Array.from(embedding)]));
  const ordered = Array.from({ length: count }, (_, index) => vectors.get(index));
  if (!ordered.every((vector) => vector !== undefined)) return { fault: 'vectors that are not those of the texts' };
  if (ordered.some((vector) => vector.length !== ordered[0]?.length)) return { fault: 'vectors of different lengths' };
  // A number can be finite and yet too large for 32 bits.
  if (!ordered.every((vector) => vector.every(Number.isFinite)))
    return { fault: 'something else than vectors of finite numbers' };
  return { vectors: ordered };
}

const many = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;
