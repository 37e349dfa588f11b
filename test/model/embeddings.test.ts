import { expect, test } from 'vitest';
import { DIMENSIONS_MAX, readEmbeddings } from '../../src/model/embeddings.ts';

const answer = (data: unknown) => JSON.stringify({ object: 'list', model: 'a', data, usage: {} });

test('vectors come in the order of the texts, whatever the order of the answer', () => {
  const read = readEmbeddings(
    answer([
      { object: 'embedding', index: 1, embedding: [3, 4] },
      { object: 'embedding', index: 0, embedding: [1, 2] },
    ]),
    2,
  );
  expect(read).toEqual({ vectors: [Float32Array.of(1, 2), Float32Array.of(3, 4)] });
});

test('an answer that is not one vector of finite numbers for each text is refused', () => {
  const one = (embedding: unknown) => readEmbeddings(answer([{ index: 0, embedding }]), 1);
  const numbers = { fault: 'something else than vectors of finite numbers' };
  expect(one([])).toEqual(numbers);
  expect(one([1, null])).toEqual(numbers);
  expect(one(['1'])).toEqual(numbers);
  expect(one('AACAPw==')).toEqual(numbers);
  expect(one([1e39])).toEqual(numbers);
  expect(readEmbeddings('{"data":[{"index":0,"embedding":[1e999]}]}', 1)).toEqual(numbers);
  expect(one(Array(DIMENSIONS_MAX + 1).fill(0))).toEqual(numbers);
  expect(one(Array(DIMENSIONS_MAX).fill(0))).toHaveProperty('vectors');
  expect(readEmbeddings(answer([]), 1)).toEqual({ fault: '0 vectors for 1 text' });
  expect(readEmbeddings(answer([{ index: 1, embedding: [1] }]), 1)).toEqual({
    fault: 'vectors that are not those of the texts',
  });
  expect(readEmbeddings('{"error":"no such model"}', 1)).toEqual(numbers);
});
