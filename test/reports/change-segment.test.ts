import { expect, test } from 'vitest';
import type { ChangeQuestion } from '../../src/model/change-question.ts';
import { readRule } from '../../src/model/read-rule.ts';
import { changeSegment } from '../../src/reports/change-segment.ts';

const question: ChangeQuestion = {
  outcome: { kind: 'step', from: { event: 'Opened' }, to: { event: 'Sent' }, withinDays: 1 },
  sides: {
    kind: 'periods',
    first: { from: '2026-01-01', to: '2026-01-31' },
    second: { from: '2026-02-01', to: '2026-02-28' },
  },
};

test('a fall leads to those who began and did not finish, from the second period on', () => {
  const rule = changeSegment(
    question,
    [
      { rule: { attribute: 'os', op: 'is', value: 'Android' } },
      {
        rule: {
          all: [
            { attribute: 'age', op: 'gte', value: 30 },
            { attribute: 'age', op: 'lt', value: 40 },
          ],
        },
      },
    ],
    true,
  );
  expect(rule).toEqual({
    all: [
      { attribute: 'os', op: 'is', value: 'Android' },
      { attribute: 'age', op: 'gte', value: 30 },
      { attribute: 'age', op: 'lt', value: 40 },
      { event: 'Opened', within: { from: '2026-02-01' }, op: 'gte', value: 1 },
      { event: 'Sent', within: { from: '2026-02-01' }, op: 'is', value: 0 },
    ],
  });
  expect(readRule(rule)).toHaveProperty('rule');
});

test('a rise leads to those who did it, of the second variant', () => {
  const rule = changeSegment(
    {
      outcome: { kind: 'event', to: { event: 'Sent' } },
      sides: {
        kind: 'variants',
        by: 'attribute',
        name: 'variant',
        first: 'A',
        second: 'B',
        period: { from: '2026-02-01', to: '2026-02-28' },
      },
    },
    [{ rule: { attribute: 'plan', op: 'is', value: 'club' } }],
    false,
  );
  expect(rule).toEqual({
    all: [
      { attribute: 'variant', op: 'is', value: 'B' },
      { attribute: 'plan', op: 'is', value: 'club' },
      { event: 'Sent', within: { from: '2026-02-01' }, op: 'gte', value: 1 },
    ],
  });
});

test('doing the same again is asked for as one time after the other', () => {
  const again: ChangeQuestion = {
    ...question,
    outcome: { kind: 'step', from: { event: 'Ordered' }, to: { event: 'Ordered' }, withinDays: 30 },
  };
  const within = { from: '2026-02-01' };
  const began = { event: 'Ordered', within, op: 'gte', value: 1 };
  const sequence = { sequence: [{ event: 'Ordered' }, { event: 'Ordered' }], within };
  expect(changeSegment(again, [], true)).toEqual({ all: [began, { not: sequence }] });
  expect(changeSegment(again, [], false)).toEqual({ all: [began, sequence] });
  expect(readRule(changeSegment(again, [], true))).toHaveProperty('rule');
});
