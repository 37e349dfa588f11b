import { expect, test } from 'vitest';
import { SurveyDefinition } from '../../../src/model/survey.ts';
import { typingCandidates, typingOffer } from '../../../src/segments/typing/typing-candidates.ts';
import { smallSurvey } from '../../support/small-survey.ts';

const words = (text: string) => ({ en: text });
const word = (wording: Record<string, string>) => wording['en'] ?? '';
const definition = SurveyDefinition.parse({
  ...smallSurvey,
  code: 'typing',
  title: words('Typing'),
  pages: [
    {
      code: 'p1',
      questions: [
        {
          code: 'wants',
          kind: 'battery',
          text: words('Wants'),
          steps: { min: 1, max: 5 },
          rows: ['a', 'b', 'c', 'd'].map((code) => ({ code, text: words(code) })),
        },
        { code: 'town', kind: 'yes-no', text: words('Town?') },
        {
          code: 'uses',
          kind: 'multiple',
          text: words('Uses'),
          options: ['bus', 'car'].map((code) => ({ code, text: words(code) })),
        },
      ],
    },
  ],
  instruments: [
    {
      code: 'own',
      version: '1',
      name: words('Own'),
      centring: 'none',
      scales: [{ code: 'calm', name: words('Calm'), items: ['wants.a', '-wants.b'] }],
    },
  ],
});
const answers: Record<string, unknown[]> = {
  'wants.a': [5, 1, 2],
  'wants.b': [1, 2, null],
  'wants.c': [3, 3, 3],
  'wants.d': [4, 4, 4],
  town: ['yes', 'no', null],
  uses: [['bus'], [], null],
};
const column = (item: string) => answers[item] ?? [null, null, null];
const made = (chosen: string[], isAlone = false) =>
  typingCandidates(
    definition,
    { inputs: ['answer:wants.a', 'answer:wants.b', 'answer:wants.c'], centring: { 'items:wants': 'person-mean' } },
    { chosen, isAlone },
    word,
    column,
  );

test('a scale is worked out of its items, reversed ones turned round, and of nobody who left one out', () => {
  const [scale] = made(['scale:own.calm']);
  expect(scale!.values).toEqual([5, 2.5, null]);
  expect(scale!.workedOutOf).toMatchObject({
    constant: 3,
    parts: [
      { item: { id: 'wants.a', min: 1, max: 5 }, weight: 0.5 },
      { item: { id: 'wants.b' }, weight: -0.5 },
    ],
  });
});

test('an item that was centred stays centred, over what people were grouped by and no more', () => {
  const [item] = made(['answer:wants.a']);
  expect(item!.centring).toBe('person-mean');
  expect(item!.workedOutOf!.parts.map((part) => part.item.id)).toEqual(['wants.a', 'wants.b', 'wants.c']);
  expect(item!.values[0]).toBeCloseTo(5 - 3, 12);
  expect(item!.values[1]).toBeCloseTo(1 - 2, 12);
  expect(item!.values[2]).toBeNull();
});

test('asked alone, an item is what was answered', () => {
  const [item] = made(['answer:wants.a'], true);
  expect(item).toMatchObject({ id: 'wants.a', kind: 'ordinal', values: [5, 1, 2], min: 1, max: 5 });
  expect(item!.workedOutOf).toBeUndefined();
});

test('one of two is one column, several of many a column each; no answer stays none', () => {
  const [town, bus, car] = made(['answer:town', 'answer:uses']);
  expect(town).toMatchObject({ id: 'town', kind: 'binary', values: [0, 1, null] });
  expect(bus).toMatchObject({ id: 'uses=bus', values: [1, 0, null] });
  expect(car).toMatchObject({ id: 'uses=car', values: [0, 0, null] });
});

test('what people were grouped by is ticked, and further questions; items beside their scale are not', () => {
  const usual = (inputs: string[]) => typingOffer(definition, inputs, word).flatMap((block) => block.usual);
  expect(usual(['scale:own.calm'])).toEqual(['scale:own.calm', 'answer:town', 'answer:uses']);
});
