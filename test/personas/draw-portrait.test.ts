import { expect, test } from 'vitest';
import {
  claimsNamed,
  type Described,
  drawPortrait,
  type MeanComparison,
  type ShareComparison,
} from '../../src/personas/draw-portrait.ts';

const share = (here: number, rest: number, more: Partial<ShareComparison> = {}): ShareComparison => ({
  kind: 'share',
  code: 'c',
  isInput: false,
  nHere: 100,
  nRest: 300,
  effect: here - rest,
  adjustedP: 0.002,
  here: { share: here, low: here - 0.05, high: here + 0.05 },
  rest: { share: rest, low: rest - 0.03, high: rest + 0.03 },
  difference: here - rest,
  ...more,
});
const means = (here: number, rest: number, more: Partial<MeanComparison> = {}): MeanComparison => ({
  kind: 'mean',
  isInput: false,
  nHere: 100,
  nRest: 300,
  effect: here - rest,
  adjustedP: 0.002,
  meanHere: here,
  meanRest: rest,
  difference: here - rest,
  low: here - rest - 0.1,
  high: here - rest + 0.1,
  ...more,
});
const about = (comparison: Described['comparison'], family: Described['family'] = 'question'): Described => ({
  comparison,
  family,
  label: 'How do you live?',
  codeLabel: comparison.kind === 'share' ? 'Rented' : null,
  item: 'tenure',
});
const nothing = {
  size: {
    share: { share: 0.25, low: 0.2, high: 0.3 },
    interval: 'sample',
    n: 100,
    base: 400,
    effectiveBase: null,
  },
  spend: null,
  quotable: 0,
} as const;
const draw = (described: Described[]) => drawPortrait({ ...nothing, quotes: [], described });

test('“most” is said only where more than half hold it, and “half” where just half do', () => {
  const [most] = draw([about(share(0.51, 0.2))]).claims;
  const [half] = draw([about(share(0.5, 0.2))]).claims;
  const halfOf = (family: Described['family']) => draw([about(share(0.5, 0.2), family)]).claims[0]?.text;
  expect(half?.text).toMatch(/^Half chose/);
  expect(halfOf('theme')).toMatch(/^Half speak of/);
  expect(halfOf('attribute')).toMatch(/, half of them$/);
  const [some] = draw([about(share(0.49, 0.2))]).claims;
  expect(most?.text).toMatch(/^Most chose/);
  expect(some?.text).toMatch(/^They chose more often than others/);
});

test('what formed the segment describes it and is never called validated', () => {
  const [claim] = draw([about(means(5, 3, { isInput: true, adjustedP: null }), 'scale')]).claims;
  expect(claim).toMatchObject({ status: 'described', evidence: { isInput: true, adjustedP: null } });
});

test('nothing is claimed that chance explains, that is too small to matter, or that is rarer here', () => {
  const weak = [
    about(share(0.6, 0.2, { adjustedP: 0.2 })),
    about(share(0.6, 0.2, { adjustedP: null })),
    about(share(0.25, 0.2, { effect: 0.1 })),
    about(share(0.2, 0.6, { effect: -0.8 })),
    about(means(3, 3, { effect: null, difference: 0 })),
  ];
  const portrait = draw(weak);
  expect(portrait.claims).toEqual([]);
  expect(portrait.lede).toBe(
    'No difference is sure enough to tell: each is too small, too unsure, or on too few people to test (30 on a side).',
  );
});

test('every claim leads to what it rests on, with both bases', () => {
  const portrait = draw([
    about(means(5, 3), 'scale'),
    about(share(0.6, 0.2), 'theme'),
    about(share(0.6, 0.2)),
    { ...about(share(0.6, 0.2), 'attribute'), item: 'attribute:town' },
  ]);
  expect(portrait.claims.map(({ section }) => section)).toEqual(['holds', 'says', 'chose', 'who']);
  for (const claim of portrait.claims) {
    expect(claim.source).not.toBeNull();
    expect(claim.evidence).toMatchObject({ nHere: 100, nRest: 300 });
  }
  expect(portrait.themes).toEqual([expect.objectContaining({ theme: 'c', nHere: 100 })]);
});

test('whichever order variables and sums come in, the portrait is the same', () => {
  const described = [
    about(means(5, 3), 'scale'),
    { ...about(share(0.6, 0.2)), item: 'town' },
    { ...about(share(0.6, 0.2)), item: 'age' },
    about(share(0.6, 0.2 + Number.EPSILON), 'theme'),
  ];
  const other = described.toReversed().map((one) => ({
    ...one,
    comparison: { ...one.comparison, effect: one.comparison.effect! + Number.EPSILON },
  }));
  expect(draw(other)).toEqual(draw(described));
});

test('what would matter and is not sure is asked, not claimed, and says nothing of who they are', () => {
  const unsure = { adjustedP: null, nHere: 12, nRest: 40 } as const;
  const portrait = draw([
    about(share(0.9, 0.2, unsure)),
    about(share(0.9, 0.2, unsure), 'attribute'),
    { ...about(share(0.9, 0.2, { ...unsure, nHere: 9 })), item: 'few' },
  ]);
  expect(portrait.claims).toEqual([
    expect.objectContaining({ status: 'open', text: 'Most chose “Rented” (How do you live?), perhaps' }),
  ]);
  expect(portrait.ledeClaims).toEqual([]);
});

test('what people use and how they come stands before who they are', () => {
  const portrait = draw([
    about(share(0.6, 0.2), 'attribute'),
    { ...about(share(0.6, 0.2), 'attribute'), item: 'attribute:os', section: 'channel' },
  ]);
  expect(portrait.claims.map(({ section, id }) => [section, id])).toEqual([
    ['channel', 'attribute:os=c'],
    ['who', 'attribute:tenure=c'],
  ]);
});

test('claims that were worded are told by their ids, whatever speaks for them today', () => {
  const described = [about(share(0.2, 0.6, { adjustedP: 0.9 })), { ...about(means(3, 3)), item: 'other' }];
  expect(claimsNamed(described, ['answer:tenure=c', 'answer:gone'])).toEqual([
    expect.objectContaining({
      id: 'answer:tenure=c',
      status: 'open',
      evidence: expect.objectContaining({ nHere: 100 }),
    }),
  ]);
});

test('a label’s own full stop does not break a sentence, a question stands in quotation marks, and labels keep their capitals', () => {
  const label = 'I know where my beans come from.';
  const portrait = draw([
    { ...about(means(6, 3), 'scale'), label: 'Coffee must be fast.', item: 'a.fast' },
    { ...about(means(5, 3), 'scale'), label, item: 'a.beans' },
    { ...about(means(4.5, 3)), label: 'How often?', item: 'often' },
    { ...about(share(0.6, 0.2)), codeLabel: 'At home.', label: 'Where do you drink it.', item: 'where' },
  ]);
  expect(portrait.claims.map(({ text }) => text)).toEqual([
    'Coffee must be fast: higher than among everyone else',
    'I know where my beans come from: higher than among everyone else',
    '“How often?”: higher than among everyone else',
    'Most chose “At home” (Where do you drink it)',
  ]);
  expect(portrait.lede).toBe(
    'Coffee must be fast: higher than among everyone else; I know where my beans come from: higher than among everyone else.',
  );
  expect(draw([about(share(0.9, 0.2), 'theme'), about(share(0.6, 0.2))]).lede).toContain('; most chose “Rented”');
});

test('what a question and an attribute of its name both tell is said once, in the words of the answer', () => {
  const answer = { ...about(share(0.6, 0.2, { code: 'kids' })), item: 'household' };
  const known = { ...about(share(0.7, 0.2, { code: 'kids' }), 'attribute'), item: 'attribute:house_hold' };
  const ids = (described: Described[], worded: string[] = []) =>
    drawPortrait({ ...nothing, quotes: [], described, worded }).claims.map(({ id }) => id);
  expect(ids([answer, known])).toEqual(['answer:household=kids']);
  // Another option, another direction, or an answer that is not sure: nothing is said twice then.
  const other = { ...known, comparison: share(0.7, 0.2, { code: 'alone' }) };
  expect(ids([answer, other])).toHaveLength(2);
  const [years, yearsKnown] = [
    { ...about(means(5, 3)), item: 'age' },
    { ...about(means(3, 5), 'attribute'), item: 'attribute:age' },
  ];
  expect(ids([years, yearsKnown])).toHaveLength(2);
  expect(ids([years, { ...yearsKnown, comparison: means(6, 3) }])).toEqual(['answer:age']);
  const unsure = { ...answer, comparison: share(0.6, 0.2, { code: 'kids', adjustedP: 0.4 }) };
  expect(ids([unsure, known])).toContain('attribute:house_hold=kids');
  // A claim that somebody worded keeps its own evidence.
  expect(ids([answer, known], ['attribute:house_hold=kids'])).toHaveLength(2);
});
