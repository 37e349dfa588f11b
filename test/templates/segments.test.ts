import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { surveyItems } from '../../src/model/items.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { referencesOf } from '../../src/rules/references.ts';
import { EXAMPLE_CODES, segmentExamples } from '../../src/services/segment-examples.ts';
import { draftOf } from '../../src/web/studio/rule-draft.ts';
import { formFrom } from '../../src/web/studio/rule-form.ts';

const templates = resolve(import.meta.dirname, '../../templates');
const examples = segmentExamples(resolve(templates, 'segments'));
const survey = (code: string) =>
  SurveyDefinition.parse(JSON.parse(readFileSync(resolve(templates, 'surveys', `${code}.json`), 'utf8')));

test('every file is offered, and every family and play has one', () => {
  expect(readdirSync(resolve(templates, 'segments')).sort()).toEqual(
    EXAMPLE_CODES.map((code) => `${code}.json`).sort(),
  );
  const families = examples.list().map(({ family }) => family);
  expect(families.slice(0, 8)).toEqual(EXAMPLE_CODES.slice(0, 8));
  expect(new Set(families.slice(8))).toEqual(new Set(['play']));
});

test('value-based looks at money and at nothing that people say; values-based the other way round', () => {
  const money = examples.find('value-based');
  const dear = examples.find('values-based');
  expect(referencesOf(money.rule)).toMatchObject({ answers: [], properties: ['Order Completed revenue'] });
  expect(referencesOf(dear.rule)).toMatchObject({ events: [], attributes: [] });
  expect(money.explanation).toContain('values-based');
  expect(dear.explanation).toContain('value-based');
});

describe.each(examples.list())('$code', ({ code, rule, needs, name, explanation }) => {
  test('says what it needs, neither more nor less', () => {
    const asked = referencesOf(rule);
    expect(needs.events).toEqual(asked.events);
    expect(needs.attributes).toEqual(asked.attributes);
    expect(needs.companies).toEqual(asked.companies);
    const items = new Map(
      needs.surveys.flatMap((one) => surveyItems(survey(one)).map((item) => [item.address, item] as const)),
    );
    expect(asked.answers.filter((address) => !items.has(address))).toEqual([]);
    expect(needs.surveys.length > 0).toBe(asked.answers.length > 0);
    expect([name.length > 2, explanation.length > 40]).toEqual([true, true]);
  });

  test('names codes that its surveys have', () => {
    const codes = new Map(
      needs.surveys.flatMap((one) =>
        surveyItems(survey(one)).map((item) => [item.address, item.options.map((option) => option.code)] as const),
      ),
    );
    const named = JSON.stringify(rule).matchAll(/"answer":"([^"]+)","op":"(?:in|is)","value":(\[[^\]]+\]|"[^"]+")/g);
    for (const [, address = '', value = ''] of named) {
      const wanted = [JSON.parse(value) as string | string[]].flat();
      expect([code, address, wanted.filter((one) => !codes.get(address)?.includes(one))]).toEqual([code, address, []]);
    }
  });

  test('opens in the builder, and every condition can be changed there', () => {
    const draft = draftOf(rule);
    const leaves = draft?.parts.flatMap((part) =>
      'leaf' in part ? [part.leaf] : part.conditions.map(({ leaf }) => leaf),
    );
    expect(leaves?.length).toBeGreaterThan(0);
    expect(leaves?.map((leaf) => formFrom(leaf) === null)).not.toContain(true);
  });
});
