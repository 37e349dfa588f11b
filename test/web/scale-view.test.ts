import { expect, test } from 'vitest';
import type { Steps, Wording } from '../../src/model/survey.ts';
import { respondentTexts } from '../../src/render/respondent-texts.ts';
import type { Showing } from '../../src/web/question-view.ts';
import { gridView, ratingView, stepColumns } from '../../src/web/scale-view.ts';

const en = (text: string): Wording => ({ en: text });
const word: Showing['word'] = (wording) => wording['en'] ?? '';
const showing: Showing = {
  texts: respondentTexts('data/words/respondent').in('en'),
  word,
  filling: { valuesOf: (name) => (name === 'grid.row' ? ['2'] : []), isRefused: () => false },
  errors: [],
};
const rating = (steps: Steps, more: { display?: 'stars' | 'smileys'; measure?: 'nps' } = {}) =>
  ratingView({ kind: 'rating', code: 'r', text: en('How?'), steps, ...more }, showing);
const named: Steps = { min: 1, max: 3, labels: { '1': en('Bad'), '2': en('Fair'), '3': en('Good') } };
const ended: Steps = { min: 1, max: 3, labels: { '1': en('Bad'), '3': en('Good') } };
const columns = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ value: `c${index}`, number: null, label: `Column ${index}` }));
const rows = [{ code: 'row', text: 'A row', high: null }];

test('steps that all have names are shown by them, without numbers', () => {
  expect(rating(named)).toMatchObject({ layout: 'labels', low: null, high: null });
  expect(rating(named).steps.map(({ label }) => label)).toEqual(['Bad', 'Fair', 'Good']);
});

test('numbers stay visible where some steps have no name, and the names stand at the two ends', () => {
  expect(rating(ended)).toMatchObject({ layout: 'numbers', low: 'Bad', high: 'Good' });
  expect(rating(ended).steps.map(({ label }) => label)).toEqual(['1', '2', '3']);
  expect(rating({ min: 0, max: 10 }, { measure: 'nps' })).toMatchObject({ low: 'Not at all likely', stepCount: 11 });
});

test('stars are counted in words, and faces go from a mouth turned down to one turned up', () => {
  expect(rating({ min: 1, max: 2 }, { display: 'stars' }).steps.map(({ label }) => label)).toEqual([
    '1 star',
    '2 stars',
  ]);
  /** How far the middle of the mouth lies below its corners. */
  const bends = rating(named, { display: 'smileys' }).steps.map(({ mouth }) => {
    const [, corner, middle] = /^M7\.5 ([\d.]+)Q12 ([\d.]+) /.exec(mouth ?? '') ?? [];
    return Math.sign(Number(middle) - Number(corner));
  });
  expect(bends).toEqual([-1, 0, 1]);
});

test('a grid whose columns have names at the ends alone shows numbers, and says the ends once', () => {
  const grid = gridView('grid', false, stepColumns(ended, word), rows, showing.filling, () => null);
  expect(grid).toMatchObject({ isNumbered: true, isCards: false, low: 'Bad', high: 'Good', hasHigh: false });
  expect(grid.rows[0]?.cells.map(({ number, label, isChosen }) => [number, label, isChosen])).toEqual([
    ['1', 'Bad', false],
    ['2', null, true],
    ['3', 'Good', false],
  ]);
});

test('more named columns than a table has room for become a card per row on every screen', () => {
  const isCards = (count: number) => gridView('g', true, columns(count), rows, showing.filling, () => null).isCards;
  expect([isCards(7), isCards(8)]).toEqual([false, true]);
  const eleven = stepColumns({ min: 0, max: 10 }, word);
  expect(gridView('g', false, eleven, rows, showing.filling, () => null).isCards).toBe(false);
});

test('the first cell of a row bears the row’s name, so that an error’s link lands in it', () => {
  const [row] = gridView('g', false, columns(2), rows, showing.filling, () => 'Choose').rows;
  expect(row?.cells.map(({ id }) => id)).toEqual(['g.row', 'g.row-c1']);
  expect(row?.error).toBe('Choose');
});
