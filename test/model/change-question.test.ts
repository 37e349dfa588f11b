import { expect, test } from 'vitest';
import { type ChangeQuestion, changeInWords, readChangeQuestion } from '../../src/model/change-question.ts';

const question: ChangeQuestion = {
  outcome: { kind: 'step', from: { event: 'Opened' }, to: { event: 'Sent' }, withinDays: 7 },
  sides: {
    kind: 'periods',
    first: { from: '2026-01-01', to: '2026-01-31' },
    second: { from: '2026-02-01', to: '2026-02-28' },
  },
};
const faultsOf = (input: unknown): string[] => {
  const read = readChangeQuestion(input);
  return 'errors' in read ? read.errors.map(({ pointer, detail }) => `${pointer} ${detail}`) : [];
};

test('a whole question is read as it is, and said in a few words', () => {
  expect(readChangeQuestion(question)).toEqual({ question });
  expect(changeInWords(question)).toEqual({
    rate: '“Sent” within 7 days after “Opened”',
    first: '2026-01-01 to 2026-01-31',
    second: '2026-02-01 to 2026-02-28',
  });
});

test('periods that share a day, end before they begin, or are no days are refused where they stand', () => {
  const { sides } = question;
  if (sides.kind !== 'periods') throw new Error('It asks about periods');
  const second = (from: string, to: string) => ({ ...question, sides: { ...sides, second: { from, to } } });
  expect(faultsOf(second('2026-01-31', '2026-02-28'))).toEqual(['#/sides/second/from The two periods share days']);
  expect(faultsOf(second('2025-12-01', '2025-12-31'))).toEqual([]);
  expect(faultsOf(second('2026-03-02', '2026-03-01'))).toContain('#/sides/second/to The period ends before it begins');
  expect(faultsOf(second('2026-02-30', '2026-02-31'))).toEqual([
    '#/sides/second/from Enter a day such as 2026-03-09',
    '#/sides/second/to Enter a day such as 2026-03-09',
  ]);
});

test('days that were not entered yet are asked for, and nothing else is said of the periods', () => {
  const none = { from: '', to: '' };
  const faults = faultsOf({ ...question, sides: { kind: 'periods', first: none, second: none } });
  expect(new Set(faults.map((fault) => fault.replace(/^\S+ /, '')))).toEqual(
    new Set(['Enter a day such as 2026-03-09']),
  );
  expect(faults).toHaveLength(4);
});

test('variants have two values, and a property tells them of a step only', () => {
  const variants = {
    kind: 'variants' as const,
    by: 'property' as const,
    name: 'variant',
    first: 'A',
    second: 'B',
    period: { from: '2026-01-01', to: '2026-01-31' },
  };
  expect(faultsOf({ ...question, sides: variants })).toEqual([]);
  expect(faultsOf({ ...question, sides: { ...variants, second: 'a' } })).toEqual([
    '#/sides/second Both variants have the same value',
  ]);
  const event = { kind: 'event', to: { event: 'Sent' } };
  expect(faultsOf({ outcome: event, sides: variants })[0]).toContain(
    '#/sides/by A property tells the variant of a step',
  );
  expect(faultsOf({ outcome: event, sides: { ...variants, by: 'attribute' } })).toEqual([]);
});
