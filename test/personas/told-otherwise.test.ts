import { expect, test } from 'vitest';
import { firstToldOtherwise, toldOtherwise } from '../../src/personas/told-otherwise.ts';

const themes = [
  { id: 's', label: 'Schools', words: ['school', 'teacher'] },
  { id: 'r', label: 'High rents', words: ['rent', 'dear'] },
  { id: 'g', label: 'Garden', words: ['garden'] },
];
const read = (text: string) =>
  text.toLowerCase().replaceAll('schools', 'school').replaceAll('rents', 'rent').split(' ');
const ask = (told: string[][], of = themes) =>
  toldOtherwise({
    option: { code: 'rent', label: 'The rent' },
    others: [
      { code: 'school', label: 'A school' },
      { code: 'job', label: 'A job' },
    ],
    told,
    themes: of,
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

test('a theme that names no option says nothing against what was chosen: it may be the same in other words', () => {
  expect(ask(people([['g'], 24], [['r'], 4], [[], 12]))).toBeNull();
});

test('a theme that names what was chosen and another option as well says nothing against it', () => {
  const both = [{ id: 'b', label: 'School', words: ['school', 'rent'] }];
  expect(ask(people([['b'], 40]), both)).toBeNull();
});

test('a word far down a theme makes it no theme of another option', () => {
  const far = [{ id: 'f', label: 'Divorce', words: ['divorce', 'ex', 'house', 'school'] }];
  expect(ask(people([['f'], 40]), far)).toBeNull();
  const near = [{ id: 'f', label: 'Divorce', words: ['divorce', 'school'] }];
  expect(ask(people([['f'], 40]), near)).toMatchObject({ theme: 'f', goesWith: 'A school' });
});

test('nothing contradicts where both are spoken of, where few speak of anything, and among too few people', () => {
  expect(ask(people([['s'], 20], [['r'], 16]))).toBeNull();
  expect(ask(people([['s', 'r'], 40]))).toBeNull();
  expect(ask(people([['s'], 9], [[], 31]))).toBeNull();
  expect(ask(people([['s'], 19]))).toBeNull();
  expect(ask([])).toBeNull();
});

test('also what fewer chose is looked at, and what most chose goes first', () => {
  const option = (label: string, told: string[][]) => ({ code: label, label, told });
  const first = (...options: ReturnType<typeof option>[]) => firstToldOtherwise(options, { themes, read });
  const [family, rent] = [option('Family', people([[], 60])), option('The rent', people([['s'], 24], [['r'], 4]))];
  const school = option('A school', people([['s'], 30]));
  expect(first(family, rent, school)).toMatchObject({
    option: { label: 'The rent' },
    otherwise: { goesWith: 'A school' },
  });
  expect(first({ ...family, told: people([['s'], 60]) }, rent, school)).toMatchObject({ option: { label: 'Family' } });
  expect(first(family, school)).toBeNull();
});
