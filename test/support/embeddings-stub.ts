import { type StubAnswer, startStub } from './stub-server.ts';

export const DIMENSIONS = 64;

/** A vector of a text: counts of its three-letter sequences, each thrown onto 64 directions with a sign of its own. */
export function vectorOf(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  const plain = ` ${text.toLowerCase().replace(/[^\p{L}]+/gu, ' ')} `;
  for (let at = 0; at + 3 <= plain.length; at += 1) {
    let hash = 7;
    for (const letter of plain.slice(at, at + 3)) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
    const place = (hash >>> 0) % DIMENSIONS;
    vector[place] = (vector[place] ?? 0) + ((hash >>> 16) % 2 === 0 ? 1 : -1);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

const answerOf = (vectors: readonly unknown[]) => ({
  object: 'list',
  // From the end, as a server may: what tells whose a vector is, is its index.
  data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })).reverse(),
});

/**
 * An embeddings server on loopback: `await using stub = await startEmbeddings()`. It keeps every text it was sent.
 *
 * @param spoil what it answers in the place of the right vectors; undefined for these
 */
export async function startEmbeddings(
  spoil: (vectors: number[][], count: number) => StubAnswer | undefined = () => undefined,
) {
  const batches: string[][] = [];
  const stub = await startStub(({ body }, count) => {
    const { input } = JSON.parse(body) as { input: string[] };
    batches.push(input);
    const vectors = input.map(vectorOf);
    return spoil(vectors, count) ?? { status: 200, body: answerOf(vectors) };
  });
  return {
    url: `${stub.url}/v1/embeddings`,
    taken: stub.taken,
    batches,
    answerOf,
    [Symbol.asyncDispose]: stub[Symbol.asyncDispose],
  };
}
