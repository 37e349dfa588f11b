import { expect, test } from 'vitest';
import { triangulate } from '../../src/coding/triangulate.ts';

const told = (people: number, base: number, way = { for: 0, against: 0 }) => ({ people, base, ...way });

test.each([
  ['clearly more common in interviews', told(9, 14), told(30, 300), 'interviews'],
  ['clearly more common in answers', told(1, 14), told(200, 300), 'answers'],
  ['not clearly different', told(5, 14), told(90, 300), 'alike'],
  ['too few people', told(2, 4), told(90, 300), 'few'],
  ['nobody interviewed', told(0, 0), told(90, 300), 'alone'],
  ['opposite ways', told(6, 14, { for: 1, against: 5 }), told(90, 300, { for: 60, against: 10 }), 'opposite'],
  [
    'too few directed passages to be opposite',
    told(5, 14, { for: 0, against: 2 }),
    told(90, 300, { for: 60, against: 1 }),
    'alike',
  ],
] as const)('%s', (_, interviews, answers, verdict) => {
  expect(triangulate(interviews, answers).verdict).toBe(verdict);
});

test('the difference carries its interval', () => {
  const { difference } = triangulate(told(56, 70), told(48, 80));
  expect(difference?.low).toBeCloseTo(0.0524315, 6);
  expect(difference?.high).toBeCloseTo(0.3338727, 6);
});
