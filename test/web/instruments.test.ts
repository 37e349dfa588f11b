import { afterAll, beforeAll, expect, test } from 'vitest';
import { InstrumentFile } from '../../src/model/instrument.ts';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { keyHash } from '../../src/scales/key-hash.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';
import { finishRun } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
beforeAll(async () => {
  house = await openFieldHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const entities = (text: string): string => text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
const plain = (text: string): string => entities(text.replaceAll(/<[^>]+>/g, ' ')).replaceAll(/\s+/g, ' ');
const base = () => `/studio/${house.study.publicId}/instruments`;
const draftOf = async (): Promise<SurveyDefinition> =>
  (await house.verbatim.store.surveys.find(house.study.id, house.survey.publicId))!.draft;

const calm = {
  name: 'Calm at home',
  code: '',
  version: '1',
  language: 'en',
  terms: 'own-work',
  licence: 'ours',
  stem: 'How true is this of you?',
  min: '1',
  max: '5',
  steps: '1 Not at all\n5 Wholly',
  statements:
    'Little upsets me.\nI worry.\nI sleep well.\nPick the second step here.\nI keep my temper.\nI stay friendly.',
  key: 'Calm: 1, 2, 3, 5, 6; at least 3',
  catches: '4 at most 2',
  structure: 'factors',
};

test('what Verbatim ships is listed with licences, and 120 statements become six pages with one key', async () => {
  const list = plain((await house.researcher.get(base())).text);
  for (const name of ['Mini-IPIP', 'IPIP-NEO-120', 'Twenty people', 'public domain', 'own words', 'PVQ-40', 'SWLS'])
    expect(list).toContain(name);
  const page = await house.researcher.get(`${base()}/ipip-neo-120`);
  expect(plain(page.text)).toContain('I worry about things.');
  expect(plain(page.text)).toContain('Anxiety 1, 31, 61, 91 3 of 4 mean Neuroticism');

  const before = await draftOf();
  const put = await house.researcher.post(`${base()}/ipip-neo-120/insert`, { survey: house.survey.publicId });
  expect(put.status).toBe(303);
  expect(plain((await house.researcher.get(put.location)).text)).toContain('at the end of the survey’s draft');
  const draft = await draftOf();
  expect(draft.pages.length - before.pages.length).toBe(6);
  const [instrument] = draft.instruments?.filter(({ code }) => code === 'ipip-neo-120') ?? [];
  expect(instrument?.scales).toHaveLength(35);
  expect(keyHash(instrument!)).toBe((await house.verbatim.instruments.find(1, 'ipip-neo-120')).keyHash);
  const again = await house.researcher.post(`${base()}/ipip-neo-120/insert`, { survey: house.survey.publicId });
  expect(again.status).toBe(409);
});

test('an instrument is entered on a page, what does not fit is said beside its field, and a changed key asks for a version', async () => {
  const faulty = await house.researcher.post(`${base()}/new`, { ...calm, key: 'Calm: 1, 9R; at least 2', terms: '' });
  expect(faulty.status).toBe(422);
  expect(plain(faulty.text)).toContain('“9R” is none of the 6 statements');
  expect(plain(faulty.text)).toContain('Say whose words these are');
  expect(faulty.text).toContain('Little upsets me.');

  const circle = await house.researcher.post(`${base()}/new`, {
    ...calm,
    key: 'a = First: 1, 2; part of b\nb = Second: 3, 5; part of a',
  });
  expect(circle.status).toBe(422);
  expect(plain(circle.text)).toContain('The scale a is part of “b”, which is itself part of “a”');

  const made = await house.researcher.post(`${base()}/new`, calm);
  expect(made.location).toBe(`${base()}/calm-at-home`);
  const entry = await house.verbatim.instruments.find(1, 'calm-at-home');
  expect(entry.file.scales).toEqual([
    { code: 'calm', name: { en: 'Calm' }, items: ['i1', 'i2', 'i3', 'i5', 'i6'], minimumAnswered: 3 },
  ]);
  expect(entry.file.catches).toEqual([{ item: 'i4', most: 2 }]);

  const changed = { ...calm, code: 'calm-at-home', key: 'calm = Calm: 1, 2, 3; at least 3', number: '1' };
  const same = await house.researcher.post(`${made.location}/change`, changed);
  expect(plain(same.text)).toContain('Scores say by which version they were made');
  const file = JSON.parse((await house.researcher.get(`${made.location}/file`)).text) as unknown;
  expect(InstrumentFile.parse(file).code).toBe('calm-at-home');
});

test('a key without words fills the form, a table of items does too, and a licensed file needs a declaration', async () => {
  const known = await house.researcher.get(`${base()}/new?key=swls`);
  expect(entities(known.text)).toContain('life-satisfaction = Life satisfaction: 1, 2, 3, 4, 5; sum');
  expect(plain(known.text)).toContain('Verbatim may not ship the words of SWLS');

  const bring = (name: string, text: string, fields = {}) =>
    house.researcher.upload(`${base()}/import`, 'file', { name, bytes: Buffer.from(text) }, fields);
  const table = await bring('key.csv', 'item,scale,reversed\nI sing,Joy,\nI frown,Joy,yes\nI hum,Joy,0\n');
  expect(table.text).toContain('Joy: 1, 2R, 3');
  expect(table.text).toContain('I sing\nI frown\nI hum');
  expect(plain((await bring('key.csv', 'a,b\n1,2\n')).text)).toContain('has to name the columns');

  const licensed = JSON.stringify({
    format: 1,
    code: 'bought',
    version: '1',
    name: { en: 'Bought' },
    languages: ['en'],
    terms: 'licensed',
    licence: 'by contract',
    stem: { en: 'Well?' },
    steps: { min: 0, max: 5 },
    items: [{ code: 'a', text: { en: 'One' } }],
    centring: 'none',
    scales: [{ code: 's', name: { en: 'S' }, items: ['a'] }],
  });
  expect((await bring('bought.json', licensed)).status).toBe(422);
  expect((await bring('bought.json', licensed, { declared: 'yes' })).location).toBe(`${base()}/bought`);
  expect((await bring('bought.json', '{"format":2')).status).toBe(422);
});

test('the report of a scale finds an item that is keyed the wrong way, which one click turns, as a new version', async () => {
  const { verbatim, researcher, study } = house;
  const at = `/studio/${study.publicId}`;
  await researcher.post(`${base()}/calm-at-home/insert`, { survey: house.survey.publicId });
  let survey = (await verbatim.store.surveys.find(study.id, house.survey.publicId))!;
  await verbatim.surveys.publish(survey, survey.draftRevision, null);
  survey = (await verbatim.store.surveys.find(study.id, house.survey.publicId))!;

  const random = mulberry32(4);
  const step = (value: number) => Math.min(5, Math.max(1, Math.round(value)));
  const answersOf = (worriesTurn: boolean, read = 2) => {
    const calmness = 3 + normalDeviate(random);
    const near = (turn: boolean) => said(step((turn ? 6 - calmness : calmness) + 0.7 * normalDeviate(random)));
    return {
      'calm-at-home.i1': near(false),
      'calm-at-home.i2': near(worriesTurn),
      'calm-at-home.i3': near(false),
      'calm-at-home.i4': said(read),
      'calm-at-home.i5': near(false),
      'calm-at-home.i6': near(false),
    };
  };
  await plantResponses(verbatim, { study, survey }, [
    ...Array.from({ length: 130 }, () => ({ answers: answersOf(true) })),
    { answers: answersOf(true, 5) },
  ]);

  const score = async (more = {}) =>
    finishRun(researcher, (await researcher.post(`${at}/scales/score`, { survey: survey.publicId, ...more })).location);
  await score({ instrument: 'calm-at-home', factors: '1', method: 'ml', rotation: 'varimax' });
  const overview = await researcher.get(`${at}/scales`);
  expect(plain(overview.text)).toContain('look the wrong way round');

  const whole = plain((await researcher.get(`${at}/scales/instrument/calm-at-home`)).text);
  expect(whole).toContain('1 factor, as asked for');
  expect(whole).toContain('of 131 failed an item that shows who reads');
  const refused = plain((await researcher.get(`${at}/scales/instrument/ipip-neo-120`)).text);
  expect(refused).toContain('nobody answered five items');

  const scale = await researcher.get(`${at}/scales/calm-at-home.calm`);
  expect(plain(scale.text)).toContain('I worry. It correlates −');
  expect(plain(scale.text)).toMatch(/McDonald’s omega total [\d.]+ \([\d.]+ to [\d.]+\)/);
  const run = /name="run" value="([^"]+)"/.exec(scale.text)?.[1] ?? '';
  const turned = await researcher.post(`${at}/scales/turn`, {
    run,
    scale: 'calm-at-home.calm',
    item: 'calm-at-home.i2',
  });
  const said303 = await researcher.get(turned.location);
  expect(plain(said303.text)).toContain('as version 1, key 2');
  expect(plain(said303.text)).toContain('The instrument has that version too');
  const draft = await draftOf();
  expect(draft.instruments?.find(({ code }) => code === 'calm-at-home')).toMatchObject({
    version: '1, key 2',
    scales: [
      { items: ['calm-at-home.i1', '-calm-at-home.i2', 'calm-at-home.i3', 'calm-at-home.i5', 'calm-at-home.i6'] },
    ],
  });
  expect((await verbatim.instruments.find(1, 'calm-at-home')).number).toBe(2);

  survey = (await verbatim.store.surveys.find(study.id, survey.publicId))!;
  await verbatim.surveys.publish(survey, survey.draftRevision, null);
  await score();
  expect(plain((await researcher.get(`${at}/scales/calm-at-home.calm`)).text)).not.toContain('wrong way round');
  expect((await researcher.get(`${at}/scales/none.such`)).status).toBe(404);

  const norms = await researcher.upload(
    `${base()}/calm-at-home/norms`,
    'file',
    { name: 'norms.csv', bytes: Buffer.from('scale,mean,sd,n\ncalm,3,1,900\n') },
    { source: 'A town, 2025', licence: 'ours' },
  );
  expect(norms.status).toBe(303);
  expect(plain((await researcher.get(`${at}/scales/calm-at-home.calm`)).text)).toContain(
    'percentile of the norms (n 900)',
  );
});
