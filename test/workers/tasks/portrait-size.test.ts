import { expect, test } from 'vitest';
import { portraitSize } from '../../../src/workers/tasks/portrait-size.ts';

const responses = (...asked: string[]) =>
  ({ responses: asked.map((how) => ({ asked: JSON.stringify({ how }) })) }) as never;
const open = (n: number) => responses(...Array<string>(n).fill('open'));
const none = { isBaseSaid: true, fitted: null, weights: null };

test('an interval of the segmentation keeps its reach around today’s share', () => {
  const fitted = { share: 0.5, low: 0.3, high: 0.6 };
  const size = portraitSize([0, 1, 1, 1, null], open(5), { ...none, fitted });
  expect(size).toMatchObject({ interval: 'segmentation', n: 1, base: 4, effectiveBase: null });
  expect(size?.share.share).toBe(0.25);
  expect(size?.share.low).toBeCloseTo(0.05, 10);
  expect(size?.share.high).toBeCloseTo(0.35, 10);
  expect(portraitSize([0, 1, 1, 1, 1, 1, 1, 1, 1, 1], open(10), { ...none, fitted })?.share.low).toBe(0);
});

test('weights move the share, and the effective base says how many alike know as much', () => {
  const size = portraitSize([0, 1, 1], open(3), { ...none, weights: [2, 1, 1] });
  expect(size).toMatchObject({ n: 1, base: 3, interval: 'sample' });
  expect(size?.share.share).toBeCloseTo(0.5, 10);
  expect(size?.effectiveBase).toBeCloseTo(16 / 6, 10);
});

test('whom a rule asked is left out where nobody said who counts, unless a rule asked everybody', () => {
  const asked = JSON.stringify({ how: 'widget', rule: 'r' });
  const some = { responses: [{ asked }, { asked: '{"how":"open"}' }, { asked: '{"how":"open"}' }] } as never;
  const all = { responses: [{ asked }, { asked }] } as never;
  expect(portraitSize([0, 0, 1], some, { ...none, isBaseSaid: false })).toMatchObject({
    n: 1,
    base: 2,
    leftOutByRule: 1,
  });
  expect(portraitSize([0, 1], all, { ...none, isBaseSaid: false })).toMatchObject({ n: 1, base: 2, isAllByRule: true });
  expect(portraitSize([0, 0, 1], some, none)).toMatchObject({ n: 2, base: 3 });
});

test('nobody is no share', () => {
  expect(portraitSize([null], open(1), none)).toBeNull();
  expect(portraitSize([0, 1], open(2), { ...none, weights: [0, 0] })).toBeNull();
});
