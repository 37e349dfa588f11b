import { expect, test } from 'vitest';
import { toldOtherwise } from '../../src/personas/told-otherwise.ts';

const themes = [
  { id: 's', label: 'Schools', words: ['school', 'teacher'] },
  { id: 'r', label: 'High rents', words: ['rent', 'dear'] },
  { id: 'g', label: 'Garden', words: ['garden'] },
];
const read = (text: string) =>
  text.toLowerCase().replaceAll('schools', 'school').replaceAll('rents', 'rent').split(' ');
const ask = (told: string[][]) =>
  toldOtherwise({
    option: { code: 'rent', label: 'The rent' },
    others: [
      { code: 'school', label: 'A school' },
      { code: 'job', label: 'A job' },
    ],
    told,
    themes,
    read,
  });
const people = (...counts: [string[], number][]) => counts.flatMap(([own, n]) => Array<string[]>(n).fill(own));

test('people who ticked the rent and speak of schools contradict themselves', () => {
  expect(ask(people([['s'], 24], [['r'], 4], [[], 12]))).toEqual({
    theme: 's',
    label: 'Schools',
    goesWith: 'A school',
    people: 24,
    asChosen: 4,
    of: 40,
  });
});

test('a theme that goes with no option can contradict one too', () => {
  expect(ask(people([['g'], 24], [['r'], 4], [[], 12]))).toMatchObject({ theme: 'g', goesWith: null });
});

test('nothing contradicts where both are spoken of, where few speak of anything, and among too few people', () => {
  expect(ask(people([['s'], 20], [['r'], 16]))).toBeNull();
  expect(ask(people([['s', 'r'], 40]))).toBeNull();
  expect(ask(people([['s'], 9], [[], 31]))).toBeNull();
  expect(ask(people([['s'], 19]))).toBeNull();
  expect(ask([])).toBeNull();
});
