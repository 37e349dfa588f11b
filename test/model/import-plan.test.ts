import { describe, expect, test } from 'vitest';
import { guessColumns, ImportPlan, readRow } from '../../src/model/import-plan.ts';
import { surveyItems } from '../../src/model/items.ts';
import { smallSurvey } from '../support/small-survey.ts';

const items = new Map(surveyItems(smallSurvey).map((item) => [item.address, item]));
const cell = (address: string, text: string) => {
  const result = readRow(items, [`item:${address}`], [text], 7);
  return 'read' in result ? result.read.answers[address] : result.faults;
};

test('columns are guessed by address, by a row’s own code, and by the names of a person', () => {
  expect(guessColumns(smallSurvey, ['Person ID', 'CITY', 'holds.outdoors', 'Quiet', 'age ', 'something'], 7)).toEqual([
    'person',
    'item:city',
    'item:holds.outdoors',
    'item:holds.quiet',
    'item:age',
    'ignore',
    'ignore',
  ]);
});

test('columns are guessed by the words of the question, as other programs head them', () => {
  expect(guessColumns(smallSurvey, ['where do you live', 'What do you read about?'], 2)[0]).toBe('item:city');
});

test('an item is guessed once, and nothing is guessed without a header', () => {
  expect(guessColumns(smallSurvey, ['age', 'age'], 2)).toEqual(['item:age', 'ignore']);
  expect(guessColumns(smallSurvey, null, 2)).toEqual(['ignore', 'ignore']);
});

describe('a cell', () => {
  test.each(['', ' ', 'NA', 'n/a', 'NULL', '.'])('%j is no answer to a number', (text) => {
    expect(cell('age', text)).toEqual({ state: 'skipped' });
  });
  test('that says NA is an answer in words, and the option of that code where there is one', () => {
    expect(cell('story', 'NA')).toEqual({ state: 'answered', value: 'NA' });
    expect(cell('city', 'na')).toEqual({ state: 'answered', value: 'na' });
    expect(cell('topics', 'NA')).toEqual({ state: 'skipped' });
  });
  test('carries a code, or a label in any language of the survey', () => {
    for (const text of ['city', 'In a city', 'in der stadt', ' city '])
      expect(cell('city', text)).toEqual({ state: 'answered', value: 'city' });
  });
  test('with several choices is cut at ; and |', () => {
    expect(cell('topics', 'Sport; news|sport')).toEqual({ state: 'answered', value: ['news', 'sport'] });
  });
  test('says refused only where refusing was offered', () => {
    expect(cell('city', 'refused')).toEqual({ state: 'refused' });
    expect(cell('topics', 'refused')).toHaveLength(1);
  });
  test('that does not fit is named with its row and column', () => {
    expect(readRow(items, ['item:age', 'ignore', 'item:mood'], ['12', 'x', 'eleven'], 7)).toEqual({
      faults: [
        { row: 7, column: 0, cell: '12', item: 'age', problem: { key: 'atLeast', values: { min: 16 } } },
        {
          row: 7,
          column: 2,
          cell: 'eleven',
          item: 'mood',
          problem: { key: 'stepBetween', values: { min: 0, max: 10 } },
        },
      ],
    });
  });
  test('of text keeps its white space', () => {
    expect(cell('story', ' Well.\n')).toEqual({ state: 'answered', value: ' Well.\n' });
  });
});

test('a row says who it is about and what is known of them', () => {
  expect(
    readRow(
      items,
      ['person', 'attribute:plan', 'attribute:seats', 'attribute:note', 'item:age'],
      [' p1 ', 'Pro', '12', 'NA', '30'],
      1,
    ),
  ).toEqual({
    read: { answers: { age: { state: 'answered', value: 30 } }, person: 'p1', attributes: { plan: 'Pro', seats: 12 } },
  });
});

test('a row that is too short has skipped the rest', () => {
  expect(readRow(items, ['item:age', 'item:story'], ['30'], 1)).toMatchObject({
    read: { answers: { age: { state: 'answered' }, story: { state: 'skipped' } } },
  });
});

test('a plan says nothing but what a plan can say', () => {
  const plan = {
    format: { delimiter: ',', isQuoted: true, hasHeader: true },
    columns: ['ignore', 'item:a.b', 'attribute:plan'],
    mayQuote: false,
  };
  expect(ImportPlan.safeParse(plan).success).toBe(true);
  expect(ImportPlan.safeParse({ ...plan, columns: ['drop table'] }).success).toBe(false);
  expect(ImportPlan.safeParse({ ...plan, format: { ...plan.format, delimiter: 'x' } }).success).toBe(false);
});

test('what is known of a person stays as it is written unless it is written the way a number is', () => {
  const known = (text: string) => {
    const result = readRow(items, ['attribute:place'], [text], 1);
    return 'read' in result ? result.read.attributes['place'] : null;
  };
  expect(['01067', '1.50', '-0', '+5'].map(known)).toEqual(['01067', '1.50', '-0', '+5']);
  expect(['1067', '1.5', '-3', '0'].map(known)).toEqual([1067, 1.5, -3, 0]);
});
