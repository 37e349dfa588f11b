import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRule } from '../../src/model/read-rule.ts';
import { leafKind, type Rule } from '../../src/model/rule.ts';
import { leaves, leavesByKind, peopleLeaf } from '../rules/arbitrary-rules.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let define: string;
beforeAll(async () => {
  house = await openFieldHouse();
  define = `/studio/${house.study.publicId}/segments/define`;
});
afterAll(() => house[Symbol.asyncDispose]());

const ruleOn = (text: string): Rule => JSON.parse(fieldsOf(text, define).get('rule')?.[0] ?? 'null') as Rule;
async function through(rule: Rule, unit = 'person'): Promise<{ status: number; rule: Rule; isOpened: boolean }> {
  const { researcher } = house;
  const of = unit === 'company' ? { ruleUnit: 'company' } : {};
  let page = await researcher.post(define, { rule: JSON.stringify(rule), ...of, do: 'count' });
  if (!page.text.includes('value="edit:0"')) return { status: page.status, rule: ruleOn(page.text), isOpened: false };
  page = await researcher.post(define, { ...Object.fromEntries(fieldsOf(page.text, define)), do: 'edit:0' });
  page = await researcher.post(define, { ...Object.fromEntries(fieldsOf(page.text, define)), do: 'put' });
  return { status: page.status, rule: ruleOn(page.text), isOpened: true };
}

/**
 * In one order of its parts; a number and its digits are the same to a rule, and so are one value and a list of it, no
 * conditions on properties and an empty list of them, and a property that is not told counting for nothing and not saying so.
 */
function plainly(value: unknown, isWhere = false): unknown {
  if (Array.isArray(value))
    return value.length === 1 && !isWhere ? plainly(value[0]) : value.map((one) => plainly(one, isWhere));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, one]) => !(key === 'where' && Array.isArray(one) && one.length === 0))
        .filter(([key, one]) => !(isWhere && key === 'ifMissing' && one === false))
        .map(([key, one]) => [key, plainly(one, key === 'where')] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

test.each([
  ['person', leaves],
  ['company', peopleLeaf],
] as const)(
  'whatever a condition on a %s asks, opened in its form and put back it stays the same',
  async (unit, arbitrary) => {
    const opened = new Set<string>();
    const failed: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(arbitrary, async (leaf) => {
        const rule: Rule = { all: [leaf] };
        if ('error' in readRule(rule, unit)) return;
        const back = await through(rule, unit);
        if (back.isOpened) opened.add(leafKind(leaf));
        if (JSON.stringify(plainly(back.rule)) !== JSON.stringify(plainly(rule))) failed.push([leaf, back]);
      }),
      { numRuns: unit === 'person' ? 200 : 60, seed: 3 },
    );
    expect(failed).toEqual([]);
    // Every kind of condition on a person is opened in its form.
    expect([...opened].sort()).toEqual(unit === 'person' ? Object.keys(leavesByKind).sort() : ['people']);
  },
  200_000,
);
