import { expect, test } from 'vitest';
import { answerVector, findEqualAnswers } from '../../src/quality/answer-vector.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';

const random = mulberry32(3);
const draw = (items: number, options: number) =>
  answerVector(Array.from({ length: items }, () => 1 + Math.floor(random() * options)));
const weaknesses = (vectors: string[]) => findEqualAnswers(vectors).map(({ weakness }) => weakness);

test('two equal vectors of varied answers are evidence', () => {
  const twin = draw(20, 5);
  const sample = [twin, ...Array.from({ length: 200 }, () => draw(20, 5)), twin];
  expect(findEqualAnswers(sample)).toEqual([{ members: [0, 201], answered: 20, weakness: null }]);
});

test('a crowd of copies does not hide itself', () => {
  const twin = draw(20, 5);
  expect(weaknesses([...Array(900).fill(twin), ...Array.from({ length: 100 }, () => draw(20, 5))])).toEqual([null]);
  expect(weaknesses(Array(50).fill(twin))).toEqual([null]);
});

test('few answers, straight lines and what chance makes are no evidence', () => {
  const few = answerVector([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, null, null]);
  expect(weaknesses([few, few])).toEqual(['only 14 items are answered, and 15 are needed']);
  expect(weaknesses(Array(2).fill(answerVector(Array(40).fill(3))))[0]).toContain('one and the same');
  const yesNo = Array.from({ length: 2_000 }, () => draw(15, 2));
  expect(weaknesses(yesNo).length).toBeGreaterThan(20);
  expect(weaknesses(yesNo)).not.toContain(null);
});

test('people of one mind on a scale of fifteen items are hardly ever taken for copies', () => {
  const vectors = Array.from({ length: 5_000 }, () => {
    const mind = normalDeviate(random);
    const say = () => Math.min(5, Math.max(1, Math.round(3 + mind * 0.8 + normalDeviate(random) * 0.8)));
    return answerVector(Array.from({ length: 15 }, say));
  });
  const found = findEqualAnswers(vectors);
  expect(found.length).toBeGreaterThan(0);
  const taken = found.filter(({ weakness }) => weakness === null).flatMap(({ members }) => members);
  expect(taken.length / vectors.length).toBeLessThanOrEqual(0.001);
});

test('a missing answer is not an answer, and no answer can pose as two', () => {
  expect(answerVector([1, null])).not.toBe(answerVector([1]));
  expect(answerVector(['a\u001fb'])).not.toBe(answerVector(['a', 'b']));
  expect(findEqualAnswers([])).toEqual([]);
  expect(weaknesses(['', ''])[0]).toContain('only 0 items');
});
