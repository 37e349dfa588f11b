import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let segments: string;
let define: string;
beforeAll(async () => {
  house = await openFieldHouse();
  segments = `/studio/${house.study.publicId}/segments`;
  define = `${segments}/define`;
});
afterAll(() => house[Symbol.asyncDispose]());

type Page = { status: number; text: string };
const press = (page: Page, deed: string, filled: Record<string, string> = {}, at = define) =>
  house.researcher.post(at, { ...Object.fromEntries(fieldsOf(page.text, at)), ...filled, do: deed });
const ruleOn = (page: Page, at = define): Rule =>
  JSON.parse(fieldsOf(page.text, at).get('rule')?.[0] ?? 'null') as Rule;
const plain = (page: Page): string =>
  page.text
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll(/\s+/g, ' ');

const before: Rule = { all: [{ attribute: 'plan', op: 'is', value: 'pro' }] };
const deep: Rule = { not: { any: [{ all: [{ any: [{ attribute: 'plan', op: 'set' }] }] }] } };
/** A rule that is begun, under a name, on its page as JSON. */
async function jsonPage(rule: Rule = before): Promise<Page> {
  const page = await house.researcher.post(define, { rule: JSON.stringify(rule), name: 'Mine', do: 'count' });
  expect(page.text).toContain('value="json"');
  return press(page, 'json');
}

describe('a rule as JSON', () => {
  test('is shown as it stands, taken in from what is pasted, and kept only when it is saved', async () => {
    let page = await jsonPage();
    expect(JSON.parse(fieldsOf(page.text, define).get('json')?.[0] ?? '')).toEqual(before);
    page = await press(page, 'takein', { json: JSON.stringify(deep, null, 2) });
    expect(page.status).toBe(200);
    expect(plain(page)).toContain('The rule is taken in, and not saved yet');
    expect([ruleOn(page), fieldsOf(page.text, define).get('name')]).toEqual([deep, ['Mine']]);
    expect(await house.verbatim.store.segments.list(house.study.id)).toEqual([]);
    const saved = await press(page, 'save');
    expect(saved.status).toBe(303);
    const [kept] = await house.verbatim.store.segments.list(house.study.id);
    expect([kept?.name, JSON.parse(kept?.rule ?? '')]).toEqual(['Mine', deep]);
  });

  test('comes from a file as well, a mark at its beginning passed over', async () => {
    const page = await jsonPage();
    const fields = Object.fromEntries([...fieldsOf(page.text, define)].map(([name, [value = '']]) => [name, value]));
    const bytes = Buffer.from(`\uFEFF${JSON.stringify(deep)}`);
    const taken = await house.researcher.upload(
      define,
      'file',
      { name: 'rule.json', bytes },
      { ...fields, json: 'not this', do: 'takein' },
    );
    expect(taken.status).toBe(200);
    expect(ruleOn({ status: taken.status, text: taken.text })).toEqual(deep);
  });

  test.each<[string, string, string]>([
    ['nothing', ' ', 'Paste a rule, or choose a file with one'],
    [
      'no JSON',
      '{"all": [\n  {"attribute": "plan" "op": "set"}\n]}',
      'This is no JSON at line 2, character 24, where “"” stands',
    ],
    ['a comma too many', '{"all": [\n  {"theme": "t"},\n]}', 'at line 3, character 1, where “]” stands'],
    ['a name without quotation marks', '{all: []}', 'at line 1, character 2, where “a” stands'],
    ['something behind it', '{"all": []} or so', 'at line 1, character 13, where “o” stands'],
    ['a letter of two code units', '{"all": [😀]}', 'at line 1, character 10, where “😀” stands'],
    [
      'a blank that cannot be told from others',
      '{\u00a0"all": []}',
      'at line 1, character 2, where the sign U+00A0 stands',
    ],
    ['a break within quotation marks', '{"all\n": []}', 'at line 1, character 6, where a line break stands'],
    [
      'a name that stands twice, of which one would be lost',
      '{"all": [{"theme": "t"}],\n "a\\u006cl": [{"theme": "u"}]}',
      'At line 2, character 2: “all” stands in these braces already, and only one can count',
    ],
    ['what is cut off', '{"all": [\n {"attribute": "plan"', 'This ends too early, at line 2'],
    [
      'an operator that does not fit',
      '{"any": [{"event": "Order", "op": "contains", "value": "x"}]}',
      'At /any/0/op: “contains” does not fit an event. Use one of is, isNot',
    ],
    [
      'a name too many',
      '{"all": [{"theme": "t", "sure": 1}]}',
      'At /all/0/sure: “sure” is nothing that stands here. Take it out; what asks for theme has theme, minConfidence, ifMissing',
    ],
    [
      'a condition on companies',
      '{"people": {"all": []}, "op": "gte", "value": 3}',
      'At the top: a condition on a person asks for one of',
    ],
  ])('%s is refused with its place and what to do, and nothing is lost', async (_, json, words) => {
    const page = await press(await jsonPage(), 'takein', { json });
    expect(page.status).toBe(422);
    expect(plain(page)).toContain(words);
    expect(fieldsOf(page.text, define).get('json')?.[0]?.trim()).toBe(json.trim());
    expect([ruleOn(page), fieldsOf(page.text, define).get('name')]).toEqual([before, ['Mine']]);
    expect(page.text).toContain('href="#json"');
  });

  test('names every place that does not fit', async () => {
    const page = await press(await jsonPage(), 'takein', {
      json: '{"all": [{"score": "calm", "op": "gte", "value": "high"}, {"not": 3}]}',
    });
    expect(plain(page)).toContain('At /all/0/value: “gte” needs a number');
    expect(plain(page)).toContain('At /all/1/not: a condition is an object');
  });

  test('a file that is refused stands in the field, to be changed there', async () => {
    const page = await jsonPage();
    const fields = Object.fromEntries([...fieldsOf(page.text, define)].map(([name, [value = '']]) => [name, value]));
    const refused = await house.researcher.upload(
      define,
      'file',
      { name: 'rule.json', bytes: Buffer.from('{"all": 3}') },
      { ...fields, do: 'takein' },
    );
    expect(refused.status).toBe(422);
    expect(fieldsOf(refused.text, define).get('json')).toEqual(['{"all": 3}']);
  });

  test('names may stand again in other braces, and in texts', async () => {
    const json = '{"all": [{"theme": "all"}, {"theme": "\\"all\\": {"}, {"any": [{"all": [{"theme": "u"}]}]}]}';
    const page = await press(await jsonPage(), 'takein', { json });
    expect(page.status).toBe(200);
    expect(ruleOn(page)).toEqual(JSON.parse(json));
  });

  test('a file that is too large is told so, and what was pasted and the rule so far stay', async () => {
    const page = await jsonPage();
    const fields = Object.fromEntries([...fieldsOf(page.text, define)].map(([name, [value = '']]) => [name, value]));
    const refused = await house.researcher.upload(
      define,
      'file',
      { name: 'rule.json', bytes: Buffer.alloc(600 * 1024, ' ') },
      { ...fields, json: '{"all": []}', do: 'takein' },
    );
    expect(refused.status).toBe(422);
    expect(plain(refused)).toContain('This file has 600 KB, and a rule takes at most 512');
    expect(refused.text).toContain('href="#file"');
    expect(fieldsOf(refused.text, define).get('json')).toEqual(['{"all": []}']);
    expect(ruleOn(refused)).toEqual(before);
  });

  test('what it names and the study does not have is said', async () => {
    const page = await press(await jsonPage(), 'takein', {
      json: '{"all": [{"segment": "elsewhere"}, {"survey": "gone", "did": "seen"}, {"survey": "any", "did": "seen"}]}',
    });
    expect(plain(page)).toContain(
      'This study does not have the segment “elsewhere”, the survey “gone”: such a condition',
    );
  });

  test('can be downloaded, as it is being built and as it was saved', async () => {
    const built = await house.researcher.post(define, {
      rule: JSON.stringify(before),
      name: 'On Pro!',
      do: 'download',
    });
    expect(JSON.parse(built.text)).toEqual(before);
    expect(built.headers.get('content-disposition')).toBe('attachment; filename=on-pro.rule.json');
    const segment = await house.verbatim.segments.define(
      house.study,
      { name: 'Ünlü', rule: deep, surveyId: null },
      null,
    );
    const page = await house.researcher.get(`${segments}/${segment.publicId}`);
    expect(page.text).toContain(`href="${segments}/${segment.publicId}/rule.json"`);
    const saved = await house.researcher.get(`${segments}/${segment.publicId}/rule.json`);
    expect([JSON.parse(saved.text), saved.headers.get('content-type')]).toEqual([
      deep,
      'application/json; charset=utf-8',
    ]);
  });

  test('a rule that nests too deeply for the builder is changed as JSON', async () => {
    const segment = await house.verbatim.segments.define(
      house.study,
      { name: 'Deep', rule: deep, surveyId: null },
      null,
    );
    const at = `${segments}/${segment.publicId}/rule`;
    let page = await press(await house.researcher.get(at), 'json', {}, at);
    page = await press(page, 'takein', { json: JSON.stringify(before) }, at);
    expect(ruleOn(page, at)).toEqual(before);
    expect((await press(page, 'save', {}, at)).status).toBe(303);
    const kept = await house.verbatim.store.segments.find(house.study.id, segment.publicId);
    expect(JSON.parse(kept?.rule ?? '')).toEqual(before);
  });
});
