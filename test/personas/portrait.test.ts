import { expect, test } from 'vitest';
import { emptyPortrait, readPortrait } from '../../src/personas/portrait.ts';

const evidence = {
  kind: 'share' as const,
  here: { share: 0.6, low: 0.5, high: 0.7 },
  rest: { share: 0.2, low: 0.1, high: 0.3 },
  nHere: 100,
  nRest: 300,
  adjustedP: 0.01,
  isInput: false,
};

test('portraits kept before claims had ids are read with them', () => {
  const portrait = readPortrait(
    JSON.stringify({
      size: { share: { share: 0.25, low: 0.2, high: 0.3 }, n: 100, base: 400 },
      spend: null,
      claims: [
        { heading: 'h', text: 'They rent', status: 'validated', evidence, source: { item: 'tenure', code: 'rent' } },
        { heading: 'h', text: 'They speak of cost', status: 'open', evidence, source: { theme: 't1' } },
      ],
      who: [
        { heading: 'h', text: 'Young', status: 'validated', evidence, source: { item: 'attribute:age', code: 'a' } },
      ],
      scales: [],
      themes: [],
      quotes: [],
      quotable: 3,
      lede: 'They rent.',
    }),
  );
  expect(portrait.claims.map(({ id, section }) => [id, section])).toEqual([
    ['answer:tenure=rent', 'chose'],
    ['theme:t1', 'says'],
    ['attribute:age=a', 'who'],
  ]);
  expect(portrait.size).toMatchObject({ n: 100, interval: 'sample', effectiveBase: null });
  expect(portrait).toMatchObject({ kind: 'quantified', quotable: 3, words: { used: [], distrusted: [] } });
  expect('who' in portrait).toBe(false);
});

test('a portrait of today is read as it was kept, and a bare one has every part', () => {
  const kept = { ...emptyPortrait('assumption'), lede: 'We believe so' };
  expect(readPortrait(JSON.stringify(kept))).toEqual(kept);
  expect(readPortrait('{}').claims).toEqual([]);
});
