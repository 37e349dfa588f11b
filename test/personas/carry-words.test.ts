import { expect, test } from 'vitest';
import { carryWords, type WordedVersion } from '../../src/personas/carry-words.ts';
import type { Claim, ClaimEvidence } from '../../src/personas/portrait.ts';

const share = (here: number, rest: number): ClaimEvidence => ({
  kind: 'share',
  here: { share: here, low: here - 0.05, high: here + 0.05 },
  rest: { share: rest, low: rest - 0.05, high: rest + 0.05 },
  nHere: 100,
  nRest: 300,
  adjustedP: 0.001,
  isInput: false,
});
const mean = (difference: number): ClaimEvidence => ({
  kind: 'mean',
  here: 3 + difference,
  rest: 3,
  difference,
  low: difference - 0.1,
  high: difference + 0.1,
  nHere: 100,
  nRest: 300,
  adjustedP: 0.001,
  isInput: false,
});
const claim = (id: string, evidence: ClaimEvidence | null, more: Partial<Claim> = {}): Claim => ({
  id,
  section: 'chose',
  ring: null,
  part: null,
  heading: 'What they chose',
  text: `As computed: ${id}`,
  status: 'validated',
  evidence,
  source: { kind: 'answer', item: id, code: null },
  quotes: [],
  counterQuotes: [],
  isWritten: false,
  lapsedIn: null,
  ...more,
});
const version = (number: number, claims: Claim[], words: Record<string, string> = {}): WordedVersion => ({
  number,
  words,
  claims,
});

test('words are carried on by the claim they were written for, and only where it still is', () => {
  const before = [
    version(1, [claim('rent', share(0.7, 0.3)), claim('plain', share(0.6, 0.3))], { rent: 'They rent.' }),
  ];
  const carried = carryWords([claim('rent', share(0.66, 0.3)), claim('new', share(0.8, 0.2))], [], before, 2);
  expect(carried.words).toEqual({ rent: 'They rent.' });
  expect(carried.claims.map(({ id, lapsedIn }) => [id, lapsedIn])).toEqual([
    ['rent', null],
    ['new', null],
  ]);
});

test('a worded claim whose difference is no longer sure stays, with today’s evidence, and says so', () => {
  const before = [version(1, [claim('rent', share(0.7, 0.3))], { rent: 'They rent.' })];
  const unsure = claim('rent', share(0.4, 0.38), { status: 'open' });
  const { claims, words } = carryWords([], [unsure], before, 2);
  expect(claims).toEqual([{ ...unsure, lapsedIn: 2, lapse: 'The difference is no longer sure, or too small to tell' }]);
  expect(words).toEqual({ rent: 'They rent.' });
  // Drawn but open now, where it had been sure.
  expect(carryWords([unsure], [], before, 2).claims[0]).toMatchObject({ lapsedIn: 2, status: 'open' });
});

test('a worded claim of which nothing is left keeps neither evidence nor quotes', () => {
  const span = { sourceId: 's', sourceVersion: 1, spanStart: 0, spanEnd: 4, spanHash: 'h' };
  const before = [version(1, [claim('rent', share(0.7, 0.3), { quotes: [span] })], { rent: 'They rent.' })];
  expect(carryWords([], [], before, 2).claims).toEqual([
    expect.objectContaining({
      id: 'rent',
      evidence: null,
      quotes: [],
      status: 'open',
      lapse: 'Nothing that it rests on is there any more',
    }),
  ]);
});

test('a worded claim says when the evidence has turned, or fell below half', () => {
  const before = [
    version(1, [claim('calm', mean(0.8)), claim('rent', share(0.6, 0.3))], { calm: 'Calm people', rent: 'Most rent' }),
  ];
  const { claims } = carryWords([claim('calm', mean(-0.5)), claim('rent', share(0.49, 0.2))], [], before, 2);
  expect(claims.map(({ id, lapse }) => [id, lapse])).toEqual([
    ['calm', 'The evidence now says the contrary'],
    ['rent', 'It held for at least half of them, and no longer does'],
  ]);
});

test('words are held against the evidence of the day they were written, however often it was drawn since', () => {
  const words = { rent: 'Most rent' };
  const versions = [
    version(3, [claim('rent', share(0.49, 0.2), { lapsedIn: 3 })], words),
    version(2, [claim('rent', share(0.6, 0.3))], words),
    version(1, [claim('rent', share(0.4, 0.2))]),
  ];
  expect(carryWords([claim('rent', share(0.45, 0.2))], [], versions, 4).claims[0]).toMatchObject({ lapsedIn: 3 });
  expect(carryWords([claim('rent', share(0.55, 0.2))], [], versions, 4).claims[0]).toMatchObject({ lapsedIn: null });
  // Words written when it was below half already still fit.
  const late = [version(2, [claim('rent', share(0.45, 0.2))], { rent: 'Many rent' }), ...versions.slice(1)];
  expect(carryWords([claim('rent', share(0.44, 0.2))], [], late, 3).claims[0]).toMatchObject({ lapsedIn: null });
});

test('what a researcher wrote is carried on as it is', () => {
  const own = claim('own:1', null, { isWritten: true, status: 'assumed', source: null });
  expect(carryWords([claim('rent', share(0.7, 0.3))], [], [version(1, [own])], 2).claims.at(-1)).toEqual(own);
});

test('the first version carries nothing', () => {
  const drawn = Object.freeze([claim('rent', share(0.7, 0.3))]);
  expect(carryWords(drawn, [], [], 1)).toEqual({ claims: [...drawn], words: {} });
});
