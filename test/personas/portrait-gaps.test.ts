import { expect, test } from 'vitest';
import type { Described } from '../../src/personas/draw-portrait.ts';
import { portraitGaps } from '../../src/personas/portrait-gaps.ts';

const part = (code: string, here: number, rest: number, section: Described['section'] = 'who'): Described => ({
  comparison: {
    kind: 'share',
    code,
    isInput: false,
    nHere: 100,
    nRest: 300,
    effect: 0,
    adjustedP: null,
    here: { share: here / 100, low: 0, high: 1 },
    rest: { share: rest / 300, low: 0, high: 1 },
    difference: 0,
  },
  label: 'Age',
  codeLabel: code,
  family: 'attribute',
  item: 'attribute:age',
  section,
});
const quiet = { interviews: { inside: 3, all: 9 }, quotable: 20, kind: 'quantified' } as const;

test('kinds of people who are many among all and few in the segment are named', () => {
  const described = [part('65+', 4, 60), part('30-44', 40, 60), part('99+', 1, 3), part('phone', 2, 90, 'channel')];
  expect(portraitGaps({ outside: 0, described, portrait: quiet })).toEqual([
    { text: 'Too few to speak for: Age, 65+', n: 4, source: { kind: 'attribute', name: 'age', value: '65+' } },
  ]);
});

test('it says who was left out, that nobody was interviewed, and that nobody may be quoted', () => {
  const told = (portrait: Parameters<typeof portraitGaps>[0]['portrait'], outside = 0) =>
    portraitGaps({ outside, described: [], portrait }).map(({ text, n }) => [text, n]);
  expect(told(quiet)).toEqual([]);
  expect(told(quiet, 12)).toEqual([['Answered, but are in no group, so that nothing here counts them', 12]]);
  expect(told({ ...quiet, interviews: null, quotable: 0 })).toEqual([
    ['Nobody was interviewed: all of this is from answers', null],
    ['None of them agreed to be quoted from their answers', null],
  ]);
  expect(told({ ...quiet, interviews: { inside: 0, all: 9 } })).toEqual([
    ['None of those who were interviewed is one of them', null],
  ]);
});
