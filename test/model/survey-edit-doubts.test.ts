import { expect, test } from 'vitest';
import { ANOTHER, isSameAnswer, settleLines } from '../../src/model/survey-edit-doubts.ts';
import { partsFromLines } from '../../src/model/survey-edit-lines.ts';

const part = (code: string, en: string, de?: string) => ({ code, text: de ? { en, de } : { en } });
const ways = [part('bike', 'Bike', 'Rad'), part('car', 'Car', 'Auto'), part('train', 'Train', 'Zug')];

test.each([
  ['Bike', 'bike.', true],
  ['E-mail', 'email', true],
  ['Café', 'cafe', true],
  ['Colour television', 'Color television', true],
  ['Bike', 'Taxi', false],
  ['18–25', '18–35', false],
  ['Very important', 'Very unimportant', false],
  ['Important', 'Unimportant', false],
  ['Agree', 'Disagree', false],
  ['Yes', 'No', false],
  ['日本', '中国', false],
])('“%s” and “%s”: plainly the same answer is %s', (a, b, isSame) => {
  expect(isSameAnswer(a, b)).toBe(isSame);
});

const settle = (
  lines: string,
  { before = ways, published = ways, said = [] as [number, string][], language = 'en', isAtStake = false } = {},
) => settleLines(lines, { before, published, language }, () => isAtStake, new Map(said));

test('options left as they are, moved, added to or taken away are in no doubt', () => {
  for (const lines of ['Bike\nCar\nTrain', 'Train\nBike\nCar', 'Bike\nCar\nTrain\nTaxi', 'Bike\nTrain'])
    expect(settle(lines)).toMatchObject({ doubts: [], isOpen: false });
  expect(settle('Bike\nCar\nTrain\nTaxi').lines).toBe('bike | Bike\ncar | Car\ntrain | Train\ntaxi | Taxi');
});

test('the likeliest old answer is offered first, and nothing is decided before somebody says', () => {
  const { doubts, isOpen } = settle('Bicycle\nTrain');
  expect(isOpen).toBe(true);
  expect(doubts).toEqual([
    {
      line: 0,
      label: 'Bicycle',
      candidates: [
        { code: 'bike', was: 'Bike' },
        { code: 'car', was: 'Car' },
      ],
      suggested: null,
    },
  ]);
});

test('another answer never gets the code of one that was published', () => {
  const published = [part('taxi', 'Bike'), part('car', 'Car')];
  const { lines, isOpen } = settle('Taxi\nCar', { before: published, published, said: [[0, ANOTHER]] });
  expect(isOpen).toBe(false);
  expect(lines).toBe('taxi-2 | Taxi\ncar | Car');
});

test('an answer that was taken away comes back under its code when it is written again', () => {
  const { again, lines } = settle('Car\nBike\nTrain', { before: ways.slice(1) });
  expect(lines).toBe('car | Car\nbike | Bike\ntrain | Train');
  expect(again).toEqual([ways[0]]);
});

test('what is plainly the same keeps its code, and is still named, so that it can be said', () => {
  const settled = settle('bike\nCar\nTrain');
  expect(settled).toMatchObject({ isOpen: false, doubts: [{ label: 'bike', suggested: 'bike' }] });
  expect(settle('bike\nCar\nTrain', { said: [[0, ANOTHER]] }).lines).toContain('bike-2 | bike');
});

test('small steps do not lead from one answer to another: each is compared with what was published', () => {
  const before = [part('trains', 'Trainers'), ...ways.slice(0, 2)];
  const published = [part('trains', 'Trains'), ...ways.slice(0, 2)];
  expect(settle('Strainers\nBike\nCar', { before, published }).isOpen).toBe(true);
});

test('a translation written for the first time is no other answer', () => {
  const published = ways.map(({ code, text }) => part(code, text.en));
  expect(settle('bike | Fahrrad\ncar | Auto', { before: published, published, language: 'de' }).doubts).toEqual([]);
});

test('in a draft only what would lose something is asked about, where it is a guess', () => {
  expect(settle('Bicycle\nTrain', { published: [] }).isOpen).toBe(false);
  expect(settle('Bicycle\nTrain', { published: [], isAtStake: true })).toMatchObject({ isOpen: true });
  expect(settle('Velo\nCar\nTrain', { published: [], isAtStake: true }).isOpen).toBe(false);
});

test('an option keeps its code and translations when it is reworded while another goes, or the order changes', () => {
  const bicycle = { code: 'bike', text: { en: 'Bicycle', de: 'Rad' } };
  expect(partsFromLines('Bicycle\nTrain', ways, 'en')).toEqual([bicycle, ways[2]]);
  expect(partsFromLines('Train\nBicycle\nCar', ways, 'en')).toEqual([ways[2], bicycle, ways[1]]);
});
