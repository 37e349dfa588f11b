import { expect, test } from 'vitest';
import { readRule } from '../../src/model/read-rule.ts';
import { contextLeaf, contextOf, EVENT_CONTEXT } from '../../src/rules/event-context.ts';

test('only words that are known of a visit come out', () => {
  expect(contextOf('{"technology":{"os":7,"device":"","browser":"Firefox"},"page":{"url":"/"}}')).toEqual({
    browser: 'Firefox',
  });
  expect(contextOf('{}')).toEqual({});
  expect(contextOf('')).toEqual({});
});

test('each of them can be asked for by a rule', () => {
  for (const name of EVENT_CONTEXT) expect(readRule(contextLeaf(name, 'x'))).toHaveProperty('rule');
});
