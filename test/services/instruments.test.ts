import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readNormsCsv } from '../../src/exchange/instrument-csv.ts';
import { readKeyText, writeKeyText } from '../../src/exchange/instrument-text.ts';
import { insertInstrument } from '../../src/model/insert-instrument.ts';
import { readInstrument } from '../../src/model/instrument.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { keyHash } from '../../src/scales/key-hash.ts';
import { scoreScales } from '../../src/scales/score.ts';
import { openHouse } from '../support/house.ts';
import { smallSurvey } from '../support/small-survey.ts';

const template = (name: string) =>
  SurveyDefinition.parse(
    JSON.parse(readFileSync(new URL(`../../templates/surveys/${name}.json`, import.meta.url), 'utf8')),
  );

test('what is shipped as an instrument has the key of the survey that is shipped with it', async () => {
  await using house = await openHouse();
  const { instruments } = house.verbatim;
  for (const [code, name] of [
    ['mini-ipip', 'mini-ipip-20'],
    ['vb20', 'values-20'],
    ['vb20', 'values-and-home-life'],
    ['persona-perception', 'persona-perception'],
  ] as const) {
    const own = template(name).instruments?.find((one) => one.code === code);
    expect(keyHash(own!), name).toBe((await instruments.find(1, code)).keyHash);
  }
  const values = await instruments.find(1, 'vb20');
  expect(values.file.scales.map(({ items }) => items.length)).toEqual(Array(10).fill(2));
  expect(values.file).toMatchObject({ steps: { min: 1, max: 6 }, centring: 'person-mean', provisionalUntil: 300 });
  for (const { file } of await instruments.list(1)) expect(readInstrument(file)).toEqual({ instrument: file });
});

test('every known key is one an instrument can be made of, and is scored by its own rules', async () => {
  await using house = await openHouse();
  for (const key of house.verbatim.instruments.knownKeys()) {
    const items = Array.from({ length: key.items }, (_, i) => `i${i + 1}`);
    const text = writeKeyText({ scales: key.scales, items: items.map((code) => ({ code, text: {} })) }, 'en');
    expect(readKeyText(text, items, 'en')).toEqual({ scales: key.scales, errors: [] });
    const ranges = Object.fromEntries(items.map((item) => [item, key.steps]));
    const { scores } = scoreScales(key, ranges, Object.fromEntries(items.map((item) => [item, key.steps.min])));
    if (key.code === 'swls') expect(scores).toEqual({ 'life-satisfaction': 5 });
    if (key.code === 'tipi') expect(scores['extraversion']).toBe(4);
    // One answer to everything says nothing of values once it is centred; a catch item at 0 leaves no scores.
    if (key.code === 'pvq-21') expect(new Set(Object.values(scores))).toEqual(new Set([0]));
    if (key.code === 'mfq-30') expect(new Set(Object.values(scores))).toEqual(new Set([null]));
  }
});

test('MFQ-30: five foundations in turn, with a catch item sixth in each half', async () => {
  await using house = await openHouse();
  const key = house.verbatim.instruments.knownKeys().find(({ code }) => code === 'mfq-30')!;
  const foundations = ['harm', 'fairness', 'ingroup', 'authority', 'purity'];
  const places: (string | null)[] = [];
  // The 30 scored items rotate through the foundations; in each half of 16 the sixth place is the catch item’s.
  for (let scored = 0; places.length < 32; )
    places.push(places.length % 16 === 5 ? null : (foundations[scored++ % 5] ?? null));
  const itemsOf = (foundation: string) => places.flatMap((own, at) => (own === foundation ? [`i${at + 1}`] : []));
  expect(Object.fromEntries(key.scales.map(({ code, items }) => [code, items]))).toEqual(
    Object.fromEntries(foundations.map((one) => [one, itemsOf(one)])),
  );
  expect(key.catches).toEqual([
    { item: 'i6', most: 2 },
    { item: 'i22', least: 3 },
  ]);

  const ranges = Object.fromEntries(places.map((_, at) => [`i${at + 1}`, key.steps]));
  const sheet = (six: number, twentyTwo: number) =>
    scoreScales(key, ranges, {
      ...Object.fromEntries(places.map((own, at) => [`i${at + 1}`, own === null ? 0 : foundations.indexOf(own)])),
      i6: six,
      i22: twentyTwo,
    });
  expect(sheet(2, 3).scores).toEqual({ harm: 0, fairness: 1, ingroup: 2, authority: 3, purity: 4 });
  // The last three steps of the one and the first three of the other are those of somebody who does not read.
  for (const [six, twentyTwo] of [
    [3, 3],
    [5, 5],
    [2, 2],
    [0, 0],
  ] as const)
    expect(sheet(six, twentyTwo)).toMatchObject({ isCaught: true, scores: { harm: null, purity: null } });
});

test('an instrument stands in a survey of other languages in its first language, under codes that are free', async () => {
  await using house = await openHouse();
  const { file } = await house.verbatim.instruments.find(1, 'mini-ipip');
  const french = { ...smallSurvey, languages: ['fr'] } as SurveyDefinition;
  const [question] = insertInstrument(french, file)!.pages.at(-1)!.questions;
  expect(question).toMatchObject({ kind: 'battery', code: 'mini-ipip', text: { fr: file.stem['en'] } });
  expect(insertInstrument(insertInstrument(french, file)!, file)).toBeNull();
});

test('norms are read from a table, and what does not fit is named by scale', () => {
  const read = (text: string) => readNormsCsv(Buffer.from(text), ['calm', 'joy']);
  expect(read('scale;mean;sd\ncalm;3,5;0,8\n')).toEqual({
    norms: [{ scale: 'calm', kind: 'normal', mean: 3.5, standardDeviation: 0.8, n: null }],
  });
  expect(read('scale,score,percentile\njoy,1,10\njoy,3,60\n')).toMatchObject({ norms: [{ kind: 'percentiles' }] });
  expect(read('scale,mean,sd\nrage,1,1\n')).toMatchObject({ errors: [expect.stringContaining('none of the scales')] });
  expect(read('scale,score,percentile\njoy,1,60\njoy,3,10\n')).toMatchObject({
    errors: [expect.stringContaining('rise')],
  });
  expect(read('scale,mean,sd\ncalm,1,0\n')).toMatchObject({ errors: [expect.stringContaining('sd above 0')] });
});
