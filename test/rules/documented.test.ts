import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRule } from '../../src/model/read-rule.ts';
import {
  DEEDS,
  leafKind,
  PAGE_FIELDS,
  PLACES,
  type RuleLeaf,
  RuleOperator,
  SPAN_UNITS,
  TECHNOLOGIES,
} from '../../src/model/rule.ts';
import { operatorsOf } from '../../src/model/rule-comparison.ts';
import { describeLeaf } from '../../src/rules/describe-leaf.ts';
import { leavesOf } from '../../src/rules/references.ts';
import { leavesByKind } from './arbitrary-rules.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/segment-rules.md'), 'utf8');
const block = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
/** What stands in the text as JSON: rules, and the two windows. */
const inline = [...page.matchAll(/`(\{ "[^`]*\})`/g)].map(([, json]) => JSON.parse(json!) as Record<string, unknown>);
const examples = inline.filter((one) => !('last' in one || 'from' in one));
const leaves = [JSON.parse(block), ...examples].flatMap((rule) => leavesOf(rule));

describe('what is written about rules for those who write them', () => {
  test.each(examples.map((rule) => [JSON.stringify(rule), rule]))('%s is a rule', (_, rule) => {
    expect(readRule(rule, 'people' in rule ? 'company' : 'person')).toEqual({ rule });
  });
  test('the tree at its head is a rule', () => {
    expect(readRule(JSON.parse(block))).toHaveProperty('rule');
  });
  test('windows are as it says', () => {
    const windows = inline.filter((one) => 'last' in one || 'from' in one);
    expect(windows).toHaveLength(2);
    for (const within of windows) expect(readRule({ survey: 'any', did: 'seen', within })).toHaveProperty('rule');
  });
  test('every kind of condition has an example', () => {
    const kinds = Object.keys(leavesByKind).concat('people', 'sample');
    expect(new Set(leaves.map(leafKind))).toEqual(new Set(kinds));
  });
  test('every operator has an example', () => {
    expect(new Set(leaves.flatMap((leaf) => ('op' in leaf ? [leaf.op] : [])))).toEqual(new Set(RuleOperator.options));
  });
  test('every name that can be chosen is mentioned', () => {
    for (const name of [...PAGE_FIELDS, ...TECHNOLOGIES, ...PLACES, ...DEEDS, ...SPAN_UNITS])
      expect(page).toContain(`\`${name}\``);
  });
  test.each<[string, RuleLeaf]>([
    ['`event`, `score`, `viewport`, `people` (numbers)', { score: 's', op: 'set' }],
    ['`page`, `place`, most of `technology` (texts)', { page: 'url', op: 'set' }],
    ['`browserVersion`, `appVersion`', { technology: 'appVersion', op: 'set' }],
    ['`moment` (times)', { moment: 'first', event: 'e', op: 'before' }],
  ])('the operators of %s are those it takes', (row, leaf) => {
    const line = page.split('\n').find((one) => one.startsWith(`| ${row} |`)) ?? '';
    const named = [...(line.split(' | ')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, op]) => op);
    expect(named).toEqual([...operatorsOf(leaf)]);
  });
});

test('every condition can be said in words, and no two of these in the same', () => {
  const said = leaves.map((leaf) => [JSON.stringify(leaf), describeLeaf(leaf)] as const);
  const differing = new Map(said.map(([json, words]) => [words, json]));
  expect(differing.size).toBe(new Set(said.map(([json]) => json.replace(',"ifMissing":true', ''))).size);
  for (const [, words] of said) expect(words).not.toMatch(/undefined|\[object|":/);
});
