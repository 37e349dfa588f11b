import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leafKind, type Rule, readRule } from '../../src/model/rule.ts';
import { leaves, peopleLeaf } from '../rules/arbitrary-rules.ts';
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

/** In one order of its parts; a number and its digits are the same to a rule, and so are one value and a list of it. */
function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? plainly(value[0]) : value.map(plainly);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, one]) => [key, plainly(one)] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  return typeof value === 'number' ? String(value) : value;
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
    expect(opened.size).toBeGreaterThanOrEqual(unit === 'person' ? 13 : 1);
  },
  200_000,
);
