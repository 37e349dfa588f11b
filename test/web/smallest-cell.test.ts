import { afterAll, beforeAll, expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { TableSettings } from '../../src/model/table-settings.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { smallSurvey } from '../support/small-survey.ts';

/* A study of 100 people of whom some answers are rare, read by its researchers and by a viewer. */

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
let survey: SurveyRow;
let viewer: Visitor;
let at: string;

const option = (code: string, text: string) => ({ code, text: { en: text } });
const definition = SurveyDefinition.parse({
  ...smallSurvey,
  code: 'rare',
  languages: ['en'],
  instruments: [],
  pages: [
    {
      code: 'first',
      questions: [
        {
          code: 'town',
          kind: 'single',
          text: { en: 'Where do you live?' },
          options: ['north', 'south', 'islet', 'ridge'].map((code) => option(code, `In the ${code}`)),
        },
        {
          code: 'has',
          kind: 'multiple',
          text: { en: 'What do you have?' },
          options: ['bed', 'boat', 'bike'].map((code) => option(code, `A ${code}`)),
        },
        { code: 'age', kind: 'number', text: { en: 'How old are you?' } },
      ],
    },
  ],
});

/** 50 in the north, 37 in the south, 10 on the ridge, 3 on the islet; all but 4 have a bed, 5 a boat, 40 a bike. */
const answersOf = (person: number) => ({
  town: said(person < 50 ? 'north' : person < 87 ? 'south' : person < 97 ? 'ridge' : 'islet'),
  has: said([
    ...(person % 25 === 1 ? [] : ['bed']),
    ...(person % 20 === 2 ? ['boat'] : []),
    ...(person % 5 < 2 ? ['bike'] : []),
  ]),
  age: said(20 + (person % 45)),
});

beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
  const draft = await house.verbatim.surveys.importJson(study.id, JSON.stringify(definition));
  await house.verbatim.surveys.publish(draft, 1, null);
  survey = (await house.verbatim.store.surveys.find(study.id, draft.publicId))!;
  at = `/studio/${study.publicId}/surveys/${survey.publicId}`;
  await plantResponses(
    house.verbatim,
    { study, survey },
    Array.from({ length: 100 }, (_, person) => ({ answers: answersOf(person) })),
  );
  await house.verbatim.accounts.add(
    { email: 'viewer@example.org', name: 'Vera', password: 'three words together' },
    { isAdmin: false, role: 'viewer', studyId: study.id },
  );
  viewer = visitor(house.url);
  await viewer.post('/sign-in', { email: 'viewer@example.org', password: 'three words together' });
});
afterAll(() => house[Symbol.asyncDispose]());

const sectionOf = (page: string, code: string) => {
  const from = page.indexOf(`aria-labelledby="q-${code}"`);
  expect(from).toBeGreaterThan(0);
  return page.slice(from, page.indexOf('</section>', from));
};
const rowsOf = (html: string) =>
  [...html.matchAll(/<tr>\s*<th scope="row"[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>\s*([\s\S]*?)\s*<\/t[hd]>/g)].map(([, text]) => text ?? ''),
  );

test('a viewer reads no answer of fewer than ten, nor one that would give it away, and is told so', async () => {
  const own = await house.researcher.get(`${at}/results`);
  expect(rowsOf(sectionOf(own.text, 'town')).map(([label, , , n]) => [label, n])).toEqual([
    ['In the north', '50'],
    ['In the south', '37'],
    ['In the islet', '3'],
    ['In the ridge', '10'],
  ]);
  expect(own.text).not.toContain('Hidden:');

  const page = await viewer.get(`${at}/results`);
  const town = sectionOf(page.text, 'town');
  // Of 100, those of the north and the south leave 13: the islet's three cannot be told from the ridge's ten.
  expect(rowsOf(town).map(([label]) => label)).toEqual(['In the north', 'In the south']);
  expect(town).toContain('Hidden: fewer than 10 people');
  expect(town).toContain('“In the islet”; “In the ridge”');
  // Four have no bed, and five have a boat.
  const has = sectionOf(page.text, 'has');
  expect(rowsOf(has).map(([label]) => label)).toEqual(['A bike']);
  expect(has).toContain('“A bed”; “A boat”');
  const age = sectionOf(page.text, 'age');
  expect(age, 'a mean is of all').toContain('Mean');
  expect(age, 'the oldest is somebody').not.toContain('all from');
});

test('answers that came since are not counted for a viewer until there are ten', async () => {
  const bases = async (who: Visitor) => /([\d,]+) completed responses/.exec((await who.get(`${at}/results`)).text)?.[1];
  expect([await bases(viewer), await bases(house.researcher)]).toEqual(['100', '100']);
  await plantResponses(
    house.verbatim,
    { study, survey },
    Array.from({ length: 4 }, () => ({ answers: { town: said('islet') } })),
  );
  expect([await bases(viewer), await bases(house.researcher)]).toEqual(['100', '104']);
  expect((await viewer.get(`${at}/results`)).text).toContain('Answers came or left since');
  await plantResponses(
    house.verbatim,
    { study, survey },
    Array.from({ length: 6 }, () => ({ answers: { town: said('north') } })),
  );
  expect([await bases(viewer), await bases(house.researcher)]).toEqual(['110', '110']);
});

test('a table says that its small cells are hidden, on its page and in every file', async () => {
  const made = await house.verbatim.store.bannerTables.list(survey.id);
  expect(made).toEqual([]);
  const { bannerTables, analysis, store } = house.verbatim;
  const table = await bannerTables.add(
    study,
    survey,
    {
      name: 'Things by town',
      settings: TableSettings.parse({
        format: 1,
        banners: [{ of: 'answer:town', within: null, nets: [] }],
        rows: ['answer:has'],
        weighting: null,
        filter: '',
        medians: false,
        adjustment: 'benjamini-hochberg',
        alpha: 0.05,
        baseMin: 30,
        baseWarned: 50,
      }),
    },
    null,
  );
  await bannerTables.make(study, survey, table, null, false, null);
  await analysis.idle();
  const kept = (await store.bannerTables.list(survey.id))[0]!;
  const address = `${at}/tables/${kept.publicId}`;
  const own = await house.researcher.get(`${address}/table.csv`);
  expect(own.text).not.toContain('hidden');
  const csv = await viewer.get(`${address}/table.csv`);
  const line = (text: string, first: string) => text.split(/\r?\n/).find((one) => one.startsWith(first)) ?? '';
  // Seven live on the islet and ten on the ridge; of 110 the others would leave seven.
  expect(line(own.text, 'People')).toContain(',7,');
  expect(line(csv.text, 'People')).toBe('People,110,56,37,hidden,hidden');
  for (const figure of ['A bed', 'A boat', 'A bike'])
    expect(line(csv.text, figure).split(',').slice(4), `${figure} of a hidden column`).toEqual(['hidden', 'hidden']);
  expect(csv.text).toContain('Hidden: fewer than 10 people');
  const page = await viewer.get(address);
  expect(page.status).toBe(200);
  expect(page.text).toContain('>hidden<');
  expect(page.text).toContain('Hidden: fewer than 10 people');
  expect((await viewer.get(`${address}/table.xlsx`)).status).toBe(200);
  expect((await viewer.get(`${address}/book.xlsx`)).status, 'the book holds everything').toBe(403);
});

test('no page that a viewer reaches leads them to one that is not for them', async () => {
  const seen = new Set<string>();
  const left = [`/studio/${study.publicId}`];
  const wrong: string[] = [];
  while (left.length > 0 && seen.size < 120) {
    const address = left.pop()!;
    if (seen.has(address)) continue;
    seen.add(address);
    const { status, text } = await viewer.get(address);
    if (status === 403) wrong.push(address);
    for (const [, href = ''] of text.matchAll(/<a [^>]*href="([^"#]*)/g)) {
      const path = href.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
      if (path.startsWith(`/studio/${study.publicId}`) && !seen.has(path)) left.push(path);
    }
  }
  expect(wrong).toEqual([]);
  expect(seen.size).toBeGreaterThan(10);
});

test('an owner says how few people a figure may rest on, and no fewer than five', async () => {
  const address = `/studio/${study.publicId}/smallest-cell`;
  expect((await viewer.get(address)).status).toBe(403);
  const refused = await house.researcher.post(address, { least: '4' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Enter a whole number from 5 to 100');
  for (const least of ['0x0a', '1e1', '10.0', '']) {
    const odd = await house.researcher.post(address, { least });
    expect([odd.status, odd.text.includes('Enter a whole number')], least).toEqual([422, true]);
  }
  // Of two numbers nobody knows which was meant.
  expect((await house.researcher.post(address, { least: ['5', '50'] })).status).toBe(422);
  expect((await house.verbatim.store.studies.find(study.id))?.leastCell).toBe(10);
  expect((await house.researcher.post(address, { least: '40' })).status).toBe(303);
  const page = await viewer.get(`${at}/results`);
  expect(sectionOf(page.text, 'town')).toContain('fewer than 40 people');
});

test('the data dictionary tells viewers what was asked, and nothing that was counted', async () => {
  type Told = { responses: number | null; variables: { n: number | null; options: { n: number | null }[] }[] };
  const read = async (reader: Visitor) => {
    const told = JSON.parse((await reader.get(`${at}/variables/dictionary.json`)).text) as Told;
    return [told.responses, ...told.variables.flatMap(({ n, options }) => [n, ...options.map((option) => option.n)])];
  };
  expect((await read(viewer)).every((n) => n === null)).toBe(true);
  expect((await read(house.researcher)).some((n) => n !== null && n >= 100)).toBe(true);
  const page = (await viewer.get(`${at}/variables`)).text;
  expect(page).toContain('What was counted is for researchers');
  expect(page).not.toMatch(/, observed|data-label="n" class="table__number">\d/);
});
