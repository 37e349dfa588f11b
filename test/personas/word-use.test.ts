import { expect, test } from 'vitest';
import { findSpan, sliceSpan } from '../../src/coding/spans.ts';
import { statedDistrust } from '../../src/personas/distrust.ts';
import { type SaidText, saidWords } from '../../src/personas/said-words.ts';
import * as wordUse from '../../src/personas/word-use.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { tokens } from '../../src/text/tokens.ts';

const columns = (texts: readonly SaidText[]) => saidWords(texts, ({ text }) => tokens(text));
const wordsUsed = (texts: readonly SaidText[], options: Parameters<typeof wordUse.wordsUsed>[1]) =>
  wordUse.wordsUsed(columns(texts), options);
const wordsDistrusted = (texts: readonly SaidText[]) => wordUse.wordsDistrusted(columns(texts));

let made = 0;
const said = (person: string, isInside: boolean, text: string, more: Partial<SaidText> = {}): SaidText => {
  made += 1;
  return {
    sourceId: `s${String(made).padStart(4, '0')}`,
    version: 1,
    text,
    language: 'en',
    person,
    isInside,
    isQuotable: true,
    coded: [],
    distrusted: statedDistrust(text, 'en'),
    ...more,
  };
};
const crowd = (n: number, isInside: boolean, text: (at: number) => string) =>
  Array.from({ length: n }, (_, at) => said(`${isInside ? 'in' : 'out'} ${at}`, isInside, text(at)));
const textOf = (
  texts: readonly SaidText[],
  { sourceId, start, end }: { sourceId: string; start: number; end: number },
) => sliceSpan(texts.find((one) => one.sourceId === sourceId)!.text, { start, end });

const RUNS = [
  'The school run decides our morning.',
  'In winter the school run takes long.',
  'Our school run is heavy.',
];

test('words that people use more than everybody else are found with who says them, and a phrase stands for its words', () => {
  const texts = [
    ...crowd(40, true, (at) => (at < 24 ? `${RUNS[at % 3]} Rain or not.` : 'Rain is fine.')),
    ...crowd(60, false, (at) => (at < 2 ? 'A school run once; the morning decides, and winter.' : 'Rain is fine.')),
  ];
  const found = wordsUsed(texts, { isTested: true });
  const first = found.find(({ words }) => words === 'school run');
  expect(first).toMatchObject({ words: 'school run', here: 24, nHere: 40, rest: 2, nRest: 60 });
  for (const part of ['school', 'run', 'rain', 'run decides'])
    expect(found.map(({ words }) => words)).not.toContain(part);
  expect(first?.places).toHaveLength(3);
  expect(textOf(texts, first!.places[0]!)).toBe('Our school run is heavy.');
});

test('of chance alone no words are told', () => {
  const random = mulberry32(7);
  const list = ['rain', 'school', 'bike', 'price', 'street', 'garden', 'evening', 'brother', 'winter', 'letter'];
  const told = Array.from({ length: 20 }, () => {
    const any = () => list.filter(() => random() < 0.3).join(' and ');
    return wordsUsed([...crowd(40, true, any), ...crowd(80, false, any)], { isTested: true }).length;
  });
  expect(told.filter((n) => n > 0).length).toBeLessThanOrEqual(3);
});

test('of a few interviews only words in passages with a code are told, that a quarter says and others less', () => {
  const coded = (text: string, words: string) => ({ coded: [findSpan(text, words)!] });
  const texts = [
    ...['ada', 'bea', 'cem'].map((one) =>
      said(
        one,
        true,
        `Well, the morning: the school run ${one} does.`,
        coded(`Well, the morning: the school run ${one} does.`, `the school run ${one} does`),
      ),
    ),
    said('dov', true, 'Nothing of it.'),
    said('eve', false, 'The school run is theirs.', coded('The school run is theirs.', 'The school run')),
    said('fay', false, 'Nothing of it.'),
  ];
  const found = wordsUsed(texts, { isTested: false });
  expect(found.map(({ words }) => words)).toContain('school run');
  expect(found.map(({ words }) => words)).not.toContain('morning');
  expect(found.find(({ words }) => words === 'school run')).toMatchObject({ here: 3, nHere: 4, rest: 1, nRest: 2 });
  expect(wordsUsed(texts.slice(1), { isTested: false })).toEqual([]);
});

test('words are distrusted that people say mostly where they doubt', () => {
  const texts = [
    said('ada', true, 'I do not believe in a lifetime guarantee. The price is fair.'),
    said('bea', true, 'A “lifetime guarantee” is too good to be true. Ask about the price.'),
    said('cem', true, 'The price is fair, and I like the price.'),
    said('dov', true, 'The price went up.'),
    said('eve', false, 'I do not believe in a lifetime guarantee.'),
  ];
  const found = wordsDistrusted(texts);
  expect(found.map(({ words, here, nHere, rest, nRest }) => [words, here, nHere, rest, nRest])).toEqual([
    ['lifetime guarantee', 2, 4, 1, 1],
  ]);
  // Said as often without doubt, it is no longer turned from.
  const calm = [
    said('fay', true, 'The lifetime guarantee is great.'),
    said('gus', true, 'A lifetime guarantee helped.'),
  ];
  expect(wordsDistrusted([...texts, ...calm])).toEqual([]);
});

test('words that people turn from are not told as theirs', () => {
  const texts = [
    ...crowd(40, true, (at) => (at % 2 ? 'I do not believe in a lifetime guarantee.' : 'The school run, rain or not.')),
    ...crowd(60, false, () => 'Rain is fine.'),
  ];
  const distrusted = wordsDistrusted(texts);
  const words = (found: readonly { words: string }[]) => found.map((one) => one.words);
  expect(words(distrusted)).toEqual(['lifetime guarantee']);
  expect(words(wordsUsed(texts, { isTested: true }))).toContain('lifetime guarantee');
  const used = words(wordsUsed(texts, { isTested: true, but: distrusted }));
  expect(used).toContain('school run');
  expect(used.join(' ')).not.toContain('guarantee');
});

test('who may not be quoted is counted and not quoted', () => {
  const texts = ['ada', 'bea'].map((one) =>
    said(one, true, 'I never trust a discount code.', { isQuotable: one === 'bea' }),
  );
  const [found] = wordsDistrusted(texts);
  expect(found).toMatchObject({ words: 'discount code', here: 2 });
  expect(found?.places.map(({ sourceId }) => sourceId)).toEqual([texts[1]!.sourceId]);
});

test('words of a language are held against those who were heard in it', () => {
  const texts = [
    ...crowd(30, true, () => 'The school run.'),
    ...crowd(30, false, () => 'Der Schulweg.').map((one) => ({ ...one, language: 'de' })),
  ];
  expect(wordsUsed(texts, { isTested: true })).toEqual([]);
});

test('in whatever order texts come, the words are the same', () => {
  const texts = [
    ...crowd(40, true, (at) => (at % 3 ? `The school run number ${at} decides.` : 'I don’t trust “free” offers.')),
    ...crowd(60, false, () => 'Rain is fine.'),
  ];
  const both = (list: readonly SaidText[]) =>
    [wordsUsed(list, { isTested: true }), wordsDistrusted(list)].map((found) =>
      found.map(({ use: _, ...told }) => told),
    );
  for (let seed = 1; seed <= 3; seed += 1) expect(both(shuffled(texts, mulberry32(seed)))).toEqual(both(texts));
});

test.each([
  ['en', 'It works. I don’t trust “lifetime guarantee”.', ['lifetime guarantee']],
  ['en', 'I trust them. It works.', []],
  ['en', 'Honestly, I am sceptical of their promises 😀.', ['Honestly, I am ', ' of their promises 😀.']],
  ['de', 'Gut so. „Klimaneutral“ glaube ich denen nicht.', ['Klimaneutral']],
  ['fr', 'Leur « garantie à vie », je n’y crois pas.', ['garantie à vie']],
  ['es', 'No me fío de la «letra pequeña».', ['letra pequeña']],
  ['ar', 'لا أثق في «العرض المجاني».', ['العرض المجاني']],
  ['fi', 'En usko “takuuseen”.', []],
])('doubt is heard in %s: %s', (language, text, words) => {
  expect(statedDistrust(text, language).map((span) => sliceSpan(text, span))).toEqual(words);
});
