import { expect, test } from 'vitest';
import { nearAnswers } from '../../src/themes/near-answers.ts';

const garden = Array.from({ length: 10 }, (_, n) => ({
  id: `g${n}`,
  words: ['flower', 'tree', 'day'],
  themes: ['garden'],
}));
const train = Array.from({ length: 30 }, (_, n) => ({ id: `t${n}`, words: ['station', 'day'], themes: ['train'] }));
const documents = [
  ...garden,
  ...train,
  { id: 'one', words: ['flower', 'station'], themes: ['train'] },
  { id: 'both', words: ['flower', 'tree'], themes: [] },
  { id: 'neither', words: ['price', 'day'], themes: [] },
];

test('answers outside a theme stand by how much of its wording they share, those with none left out', () => {
  expect(nearAnswers(documents, ['garden']).get('garden')).toEqual(['both', 'one']);
});

test('a word that every answer holds speaks for no theme, nor does one that stands in a single answer of it', () => {
  const odd = [...documents, { id: 'odd', words: ['flower', 'price'], themes: ['garden'] }];
  const near = nearAnswers(odd, ['garden', 'train']);
  expect(near.get('garden')).not.toContain('neither');
  expect(near.get('train')).not.toContain('neither');
});

test('answers are not counted among those near their own theme, and order and input stay as they were', () => {
  const frozen = Object.freeze(documents.map((one) => Object.freeze(one)));
  expect(nearAnswers(frozen.toReversed(), ['garden'])).toEqual(nearAnswers(frozen, ['garden']));
  expect(nearAnswers(frozen, ['garden']).get('garden')).not.toContain('g0');
});

test('a theme without answers has none near it', () => {
  expect(nearAnswers(documents, ['gone']).get('gone')).toEqual([]);
  expect(nearAnswers([], ['garden']).get('garden')).toEqual([]);
});
