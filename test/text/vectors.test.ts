import { expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { plantedAnswers } from './planted-answers.ts';

const { documents, topics } = plantedAnswers(240, mulberry32(7));

/** Counts of three-letter sequences, each under the number its letters make. */
function lettersOf(text: string): Float32Array {
  const vector = new Float32Array(256);
  const plain = ` ${text.toLowerCase().replace(/[^a-z]+/g, ' ')} `;
  for (let q = 0; q + 3 <= plain.length; q++) {
    let hash = 7;
    for (const letter of plain.slice(q, q + 3)) hash = Math.imul(hash, 31) + letter.charCodeAt(0);
    vector[(hash >>> 0) % 256]!++;
  }
  return vector;
}

const agreement = (vectors: ReadonlyMap<string, Float32Array> | undefined, n = 240) => {
  const some = documents.slice(0, n);
  const found = findThemes(some, { themes: 3, seed: 1, ...(vectors && { vectors }) });
  return {
    found,
    score: adjustedRandIndex(
      topics.slice(0, n),
      found.documents.map(({ theme }) => theme ?? 'none'),
    )!,
  };
};

test('vectors that know more than the words make themes better', () => {
  const random = mulberry32(2);
  const names = [...new Set(topics)];
  const neutral =
    'always never often day week office better worse long today people money thing place moment reason'.split(' ');
  const own = names.map((name) =>
    ['door', 'soup', 'lamp', 'tree', 'ship', 'coat'].map((word) => `${name.slice(0, 3)}${word}`),
  );
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)]!;
  const vague = topics.map((topic, i) => ({
    id: `v${String(i).padStart(4, '0')}`,
    text: [pick(own[names.indexOf(topic)]!), pick(neutral), pick(neutral)].join(' '),
  }));
  const knowing = new Map(
    vague.map(({ id }, i) => [id, Float32Array.from(names, (name) => (name === topics[i] ? 1 : 0) + 0.2 * random())]),
  );
  const score = (options: { vectors?: ReadonlyMap<string, Float32Array> }) => {
    const found = findThemes(vague, { themes: 3, seed: 1, ...options });
    return adjustedRandIndex(
      topics,
      found.documents.map(({ theme }) => theme ?? 'none'),
    )!;
  };
  const [without, within] = [score({}), score({ vectors: knowing })];
  expect(without).toBeLessThan(0.9);
  expect(within).toBeGreaterThan(without + 0.05);
});

test('vectors of letters do no harm, and the same ones give the same result', () => {
  const vectors = new Map(documents.map(({ id, text }) => [id, lettersOf(text)]));
  const { found, score } = agreement(vectors);
  expect(score).toBeGreaterThan(0.8);
  expect(agreement(new Map([...vectors].reverse())).found).toEqual(found);
});

test('where hardly any document has one, vectors are left aside', () => {
  const few = new Map(documents.slice(0, 20).map(({ id, text }) => [id, lettersOf(text)]));
  expect(agreement(few).found).toEqual(agreement(undefined).found);
});

test('vectors of different lengths are refused', () => {
  const mixed = new Map(documents.map(({ id }, i) => [id, new Float32Array(2 + (i % 2)).fill(1)]));
  expect(() => agreement(mixed)).toThrow(RangeError);
});
