import { expect, test } from 'vitest';
import { type Claim, emptyPortrait, type Portrait } from '../../src/personas/portrait.ts';
import { safePortrait } from '../../src/personas/safe-portrait.ts';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';

const policy = { least: 10 };
const share = (count: number, of: number) => wilsonInterval(count, of)!;
const claim = (id: string, evidence: Claim['evidence']): Claim => ({
  id,
  section: 'chose',
  ring: null,
  part: null,
  heading: 'What they chose',
  text: id,
  status: 'validated',
  evidence,
  source: null,
  quotes: [],
  counterQuotes: [],
  isWritten: false,
  lapsedIn: null,
});
const shares = (here: number, nHere: number, rest: number, nRest: number): Claim['evidence'] => ({
  kind: 'share',
  here: share(here, nHere),
  rest: share(rest, nRest),
  nHere,
  nRest,
  adjustedP: 0.01,
  isInput: false,
});
const portrait: Portrait = {
  ...emptyPortrait('quantified'),
  size: { share: share(80, 300), interval: 'sample', n: 80, base: 300, effectiveBase: null, leftOutByRule: 4 },
  spend: { share: 0.4, people: 6, of: 200 },
  gaps: [{ text: '7 of them were left out of the grouping', n: 7, source: null }],
  claims: [
    claim('told', shares(40, 80, 50, 220)),
    claim('few here', shares(9, 80, 50, 220)),
    claim('few who did not', shares(40, 80, 215, 220)),
    claim('few asked', shares(5, 9, 50, 220)),
    claim('said by people', { kind: 'people', people: 3, of: 5, rest: null, passages: 6, against: 0 }),
  ],
  exemplars: [{ response: 'r1', distance: 0.2, quotes: [] }],
};

test('a researcher reads a portrait as it is', () => {
  expect(safePortrait(portrait, null)).toBe(portrait);
});

test('others read no figure of fewer people than the least, and are told how many were taken out', () => {
  const safe = safePortrait(portrait, policy);
  expect(safe.claims.map(({ id, evidence, isWithheld }) => [id, evidence !== null, isWithheld ?? false])).toEqual([
    ['told', true, false],
    ['few here', false, true],
    ['few who did not', false, true],
    ['few asked', false, true],
    ['said by people', true, false],
  ]);
  expect(safe.spend).toBeNull();
  expect(safe.size?.n).toBe(80);
  expect(safe.size?.leftOutByRule).toBeUndefined();
  expect(safe.gaps).toEqual([{ text: 'fewer than 10 of them were left out of the grouping', n: null, source: null }]);
  expect(safe.exemplars).toEqual([]);
  expect(safe.withheld).toEqual({ least: 10, figures: 4 });
});

test('of a segment that is too small, or that leaves too few outside, no figure is told at all', () => {
  for (const n of [9, 295]) {
    const safe = safePortrait({ ...portrait, size: { ...portrait.size!, n, base: 300 } }, policy);
    expect(safe.size).toBeNull();
    expect(safe.claims.filter(({ evidence }) => evidence !== null).map(({ id }) => id)).toEqual(['said by people']);
  }
});
