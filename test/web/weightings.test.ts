import { afterAll, beforeAll, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantSample, type SampledPerson } from '../support/plant-sample.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let survey: SurveyRow;
let at: string;
const random = mulberry32(5);
/** 120 women and 60 men by the open link, 20 more men whom a rule asked, and 5 who did not say. */
const PEOPLE: SampledPerson[] = Array.from({ length: 205 }, (_, i) => ({
  sex: i < 120 ? 'woman' : i < 200 ? 'man' : null,
  age: 18 + (i % 60),
  buys: random() < (i < 120 ? 0.8 : 0.2) ? 'yes' : 'no',
  mood: i % 11,
  about: i >= 180 && i < 200 ? { asked: { how: 'rule', rule: 'renters' } } : {},
}));
beforeAll(async () => {
  house = await openFieldHouse();
  survey = await plantSample(house.verbatim, house.study, 'weighed', PEOPLE);
  at = `/studio/${house.study.publicId}/surveys/${survey.publicId}`;
});
afterAll(() => house[Symbol.asyncDispose]());

/** Goes through the two forms as somebody would, and gives back the address the last one led to. */
async function made(columns: string[], targets: string[], more: Record<string, string> = {}, by: string[] = []) {
  const chosen = await house.researcher.post(`${at}/weightings/choose`, { by, column: columns });
  expect(chosen.status).toBe(303);
  const page = await house.researcher.get(chosen.location);
  expect(page.status).toBe(200);
  const form: Record<string, string | string[]> = {
    ...Object.fromEntries(fieldsOf(page.text, `${at}/weightings/new`)),
    name: 'Census',
    ...more,
  };
  for (const [i, text] of targets.entries()) form[`margin-${i}`] = text;
  return house.researcher.post(`${at}/weightings/new`, form);
}
const weightsIn = async (address: string) => {
  const { text } = await house.researcher.get(`${address}/weights.csv`);
  return text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));
};

test('known shares are met over those whom no rule asked, and the page says what that costs and who does not count', async () => {
  const { status, location } = await made(['answer:sex'], ['Woman = 50\nMan = 50']);
  expect(status).toBe(303);
  const page = await house.researcher.get(location);
  expect(page.status).toBe(200);
  // 120 women at 0.75 and 60 men at 1.5, with 5 at what the others have on average.
  expect(page.text).toContain('Responses that count');
  expect(page.text).toMatch(
    /Base: “Everybody whom no rule asked”, 185 of 205 responses\. 20 asked by a rule do not count\./,
  );
  expect(page.text).toContain(
    '5 of 185 have no “Are you a woman or a man?”: they are weighted by the other margins only',
  );
  expect(page.text).toMatch(/Woman[\s\S]*?66\.7%[\s\S]*?50\.0%|Woman[\s\S]*?66\.7%[\s\S]*?50%/);
  const weights = await weightsIn(location);
  expect(weights).toHaveLength(205);
  const counted = weights.filter((weight) => weight > 0);
  expect(counted).toHaveLength(185);
  expect(counted.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(185, 8);
  const women = weights.slice(0, 120).reduce((sum, weight) => sum + weight, 0);
  const men = weights.slice(120, 180).reduce((sum, weight) => sum + weight, 0);
  expect(women).toBeCloseTo(men, 8);
});

test('an answer that nobody gave is refused with a way out, and the way out works', async () => {
  const refused = await made(['answer:sex'], ['Woman = 50\nMan = 48\nNeither = 2']);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Nobody is in “Neither”');
  expect(refused.text).toContain('Put it together with another');
  expect(refused.text.replaceAll('&#x3D;', '=')).toContain('Woman = 50\nMan = 48\nNeither = 2');
  expect((await made(['answer:sex'], ['Woman = 50\nMan + Neither = 50'])).status).toBe(303);
});

test('a line of blanks is refused at once, and one that is too long is said to be', async () => {
  const began = performance.now();
  const blank = await made(['answer:sex'], [`a${' '.repeat(240_000)}b\nMan = 100`]);
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(blank.status).toBe(422);
  expect(blank.text).toContain('is longer than 1,000 letters: shorten its name');
  const given = { asked: ['probability'], 'given-open': `1${' '.repeat(240_000)}x` };
  const again = performance.now();
  expect((await made(['answer:sex'], ['Woman = 50\nMan = 50'], given as never)).status).toBeLessThan(500);
  expect(performance.now() - again).toBeLessThan(3_000);
});

test('a share may stand after any of the signs, with blanks and a percent sign', async () => {
  expect((await made(['answer:sex'], ['Woman \t 50 %\nMan | 50%'])).status).toBe(303);
});

test.each([
  ['Woman = 50\nMan = 47', 'These come to 97, and have to come to 100: 3 are missing'],
  ['Woman = 60\nMan = 60', '20 are too many'],
  ['Woman = -10\nMan = 110', 'write a percent from 0 to 100'],
  ['Woman = NaN\nMan = 1e999', 'write a percent from 0 to 100'],
  ['Woman\nMan = 100', 'cannot be read: write a name'],
  ['Woman = \nMan = 100', 'has no share yet'],
  ['Woman = 100', 'Write at least two lines'],
  ['Woman = 50\nWoman = 50', 'stands here twice'],
  ['Woman = 50\nMartian = 50', 'There is no answer “Martian”'],
  ['Woman = 0\nMan = 0', 'come to 0'],
  ['Man = 60\nNeither = 40', '“Woman” has 120 respondents and no line'],
])('targets that do not fit are refused in words: %j', async (targets, words) => {
  const { status, text } = await made(['answer:sex'], [targets]);
  expect(status).toBe(422);
  expect(text.replaceAll('&#x3D;', '=')).toContain(words);
});

test('numbers are weighed in bands, which have to meet', async () => {
  const { status, location } = await made(['answer:age'], ['under 30 = 30\n30 to 49 = 40\n50 and over = 30']);
  expect(status).toBe(303);
  const weights = await weightsIn(location);
  const young = PEOPLE.flatMap(({ age, about }, i) => ((age ?? 99) < 30 && !about?.asked ? [weights[i]!] : []));
  expect(young.reduce((sum, weight) => sum + weight, 0) / 185).toBeCloseTo(0.3, 8);
  for (const [targets, words] of [
    ['under 30 = 30\n35 to 49 = 40\n50 and over = 30', 'do not meet'],
    ['18 to 24 = 30\n30 to 49 = 40\n50 and over = 30', 'there are numbers without a band'],
    ['50 and over = 30\nunder 50 = 70', 'from the lowest to the highest'],
    ['young = 30\nold = 70', 'is no band'],
    ['under 90 = 50\n90 and over = 50', 'Nobody is in “90 and over”'],
  ] as const) {
    const refused = await made(['answer:age'], [targets]);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(words);
  }
});

test('whoever lacks a category can be left out, and weights kept between ends say how far shares miss', async () => {
  const { location } = await made(['answer:sex'], ['Woman = 10\nMan = 90'], {
    missing: 'leave-out',
    low: '0.5',
    high: '1.5',
  });
  const page = await house.researcher.get(location);
  expect(page.text).toContain('5 do not count because they lack a category.');
  expect(page.text).toContain('the targets cannot all be met');
  const weights = (await weightsIn(location)).filter((weight) => weight > 0);
  expect(weights).toHaveLength(180);
  expect(Math.max(...weights)).toBeLessThanOrEqual(1.5 + 1e-9);
  const refused = await made(['answer:sex'], ['Woman = 50\nMan = 50'], { low: '2', high: '1' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Write a smallest weight from 0 to below 1');
});

test('of people by the open link nobody knows how likely they were asked, and they count only if the researcher says so', async () => {
  const refused = await made([], [], {}, ['asked']);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('Of nobody is it known how likely they were asked');
  const { location } = await made([], [], { 'given-open': '100', base: 'all' }, ['asked']);
  const page = await house.researcher.get(location);
  expect(page.text).toContain('185 at 100%');
  expect(page.text).toContain('20 do not count because nobody knows how likely they were asked');
  const results = await house.researcher.get(`${at}/results/weighted?base=all&weighting=${location.split('/').at(-1)}`);
  expect(results.text).toContain('20 do not count because nobody knows how likely they were asked.');
  const bad = await made([], [], { 'given-open': '0' }, ['asked']);
  expect(bad.status).toBe(422);
  expect(bad.text).toContain('Write a percent above 0 and up to 100');
});

test('a change is a new version, the earlier one stays readable, and a removed one as well', async () => {
  const { location } = await made(['answer:sex'], ['Woman = 50\nMan = 50']);
  const before = await weightsIn(location);
  const edit = await house.researcher.get(`${location}/edit`);
  expect(edit.text.replaceAll('&#x3D;', '=')).toContain('Woman = 50\nMan = 50');
  const form = { ...Object.fromEntries(fieldsOf(edit.text, location)), 'margin-0': 'Woman = 40\nMan = 60' };
  expect((await house.researcher.post(location, form)).status).toBe(303);
  const stale = await house.researcher.post(location, form);
  expect(stale.status).toBe(409);
  expect(stale.text).toContain('Somebody else has changed or removed this meanwhile');
  expect(await weightsIn(location)).not.toEqual(before);
  const { text } = await house.researcher.get(`${location}/weights.csv?version=1`);
  expect(Number(text.trim().split('\r\n')[1]?.split(',')[1])).toBeCloseTo(before[0]!, 12);
  expect((await house.researcher.post(`${location}/remove`)).status).toBe(303);
  const removed = await house.researcher.get(location);
  expect(removed.text).toContain('It is no longer offered.');
  const list = await house.researcher.get(`${at}/weightings`);
  expect(list.text).not.toContain(location);
});

test('results under a weighting show the plain share beside the weighted one, with n and effective n', async () => {
  const { location } = await made(['answer:sex'], ['Woman = 50\nMan = 50']);
  const id = location.split('/').at(-1)!;
  const page = await house.researcher.get(`${at}/results/weighted?weighting=${id}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Effective n');
  expect(page.text).toContain('Weighted by “Census”, version 1.');
  expect(page.text).toContain('Base: “Everybody whom no rule asked”');
  const none = await house.researcher.get(`${at}/results/weighted?weighting=nosuch`);
  expect(none.status).toBe(200);
  expect(none.text).toContain('The weighting chosen is not one of this survey');
});
