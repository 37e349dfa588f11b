import { expect, test } from 'vitest';
import { type Claim, type Counter, emptyPortrait, type Portrait } from '../../src/personas/portrait.ts';
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

test('how many agreed to be quoted is told where neither they nor the others are few', () => {
  const told = (quotable: number) => safePortrait({ ...portrait, quotable }, policy).quotable;
  expect(told(40)).toBe(40);
  expect(told(0)).toBe(0);
  expect(told(80)).toBe(80);
  expect(told(9)).toBeNull();
  expect(told(75)).toBeNull();
  expect(safePortrait({ ...portrait, quotable: 9 }, policy).withheld!.figures).toBe(
    safePortrait({ ...portrait, quotable: 40 }, policy).withheld!.figures + 1,
  );
});

test('what speaks against a portrait is told to others without how many people who answered', () => {
  const counter = (
    people: number[] | null,
    source: Counter['source'] = { kind: 'answer', item: 'why', code: 'rent' },
  ) => ({
    text: 'Of 21 who did, 6 speak of it',
    source,
    quotes: [],
    ...(people && { counted: { people, instead: 'More of them speak of it' } }),
  });
  const told = (counters: Counter[], size = portrait.size) =>
    safePortrait({ ...portrait, size, against: counters }, policy).against;
  expect(told([counter([21, 6, 15, 2, 19])])).toEqual([{ ...counter(null), text: 'More of them speak of it' }]);
  // Of another version it may say one more: the difference is somebody.
  expect(told([counter([42, 20, 22, 0, 42])])[0]?.text, 'of many as well').toBe('More of them speak of it');
  expect(told([counter([0, 0])])[0]?.text, 'nobody who answered').toBe('Of 21 who did, 6 speak of it');
  expect(told([counter([42, 20, 22])], { ...portrait.size!, n: 9 })[0]?.text, 'of too few').not.toMatch(/\d/);
  expect(told([counter(null)])[0]?.text, 'kept before its numbers stood apart').not.toMatch(/\d/);
  const spoken = counter(null, { kind: 'code', code: 'fees' });
  expect(told([spoken]), 'people interviewed are evidence').toEqual([spoken]);
  const before = safePortrait(portrait, policy).withheld!.figures;
  const withheld = (people: number[]) =>
    safePortrait({ ...portrait, against: [counter(people)] }, policy).withheld?.figures;
  expect([withheld([21, 6]), withheld([42, 20])]).toEqual([before + 1, before]);
});

test('how many agreed to be quoted is told where it is many, and where it leaves many', () => {
  const quotable = (count: number, n = 80) =>
    safePortrait({ ...portrait, size: { ...portrait.size!, n }, quotable: count }, policy).quotable;
  expect([0, 3, 40, 75, 80].map((count) => quotable(count))).toEqual([0, null, 40, null, 80]);
  expect(quotable(3, 9), 'of a segment that is too small').toBeNull();
});
