import { expect, test } from 'vitest';
import { answerVector } from '../../src/quality/answer-vector.ts';
import { type ComparedResponse, findDuplicates } from '../../src/quality/duplicates.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

const said = (id: string, text: string, item = 'why'): ComparedResponse => ({
  id,
  answerVector: '',
  textAnswers: [{ item, text }],
});
const long = 'The guide on the second floor took her time and answered every single question of our children with joy';

test('the same long text under other signs and capitals is one group', () => {
  const found = findDuplicates([
    said('b', long),
    said('c', 'Nothing, it was fine'),
    said('a', `${long.toUpperCase()}!!`),
  ]);
  expect(found.groups).toEqual([{ kind: 'text', ids: ['a', 'b'], item: 'why' }]);
});

test('short texts may be the same, and so may texts to different questions', () => {
  expect(findDuplicates([said('a', 'nothing at all'), said('b', 'nothing at all')]).groups).toEqual([]);
  expect(findDuplicates([said('a', long), said('b', long, 'other')]).groups).toEqual([]);
});

test('a response is no duplicate of itself', () => {
  const twice = {
    id: 'a',
    answerVector: '',
    textAnswers: [said('a', long), said('a', long)].flatMap((r) => r.textAnswers),
  };
  expect(findDuplicates([twice]).groups).toEqual([]);
});

test('closed answers that are equal by chance are told apart from copies', () => {
  const line = answerVector(Array(16).fill(5));
  const copy = answerVector([1, 5, 2, 4, 3, 3, 1, 5, 4, 2, 2, 5, 1, 3, 4, 2]);
  const responses = [copy, line, copy, line].map((answers, i) => ({
    id: `r${i}`,
    answerVector: answers,
    textAnswers: [],
  }));
  const { groups, unjudged } = findDuplicates(responses);
  expect(groups).toEqual([{ kind: 'answers', ids: ['r0', 'r2'], answered: 16 }]);
  expect([...unjudged.keys()]).toEqual(['r1', 'r3']);
});

test('groups do not depend on the order of rows', () => {
  const words = long.split(' ');
  const random = mulberry32(5);
  const responses = Array.from({ length: 300 }, (_, i) =>
    said(`r${i}`, [...words, ...words, ...words].map((word) => (random() < 0.02 ? `x${i % 40}` : word)).join(' ')),
  );
  const first = findDuplicates(responses).groups;
  expect(first.length).toBeGreaterThan(0);
  expect(findDuplicates(shuffled(responses, random)).groups).toEqual(first);
});

test('an id that occurs twice is a wrong call, nobody at all is not', () => {
  expect(() => findDuplicates([said('a', ''), said('a', '')])).toThrow(RangeError);
  expect(findDuplicates([])).toEqual({ groups: [], unjudged: new Map() });
});
