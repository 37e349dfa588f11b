import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor, visitor } from '../journeys/visitor.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
});
afterAll(() => house.close());

/** A survey with one open question `why`, in a wording of its own, and forty answers about two things. */
async function plantSurvey(code: string, wording: string): Promise<string> {
  const definition = {
    format: 1,
    code,
    title: { en: code },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours to decide.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: wording } }] }],
  };
  const made = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await researcher.post(`${made.location}/publish`, { revision: '1' });
  const rows = Array.from({ length: 40 }, (_, n) =>
    n % 2 ? `the garden has trees and flowers ${n}` : `a late train every single morning ${n}`,
  );
  const staged = await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'rows.tsv', bytes: Buffer.from(['why\tnothing', ...rows.map((row) => `${row}\t-`)].join('\n')) },
    { header: '1' },
  );
  await researcher.post(`${staged.location}/commit`);
  return made.location.split('/').at(-1) ?? '';
}

const find = async (survey: string, seed: string) =>
  finishRun(
    researcher,
    (await researcher.post(`${study}/themes/find`, { item: `${survey} why`, themes: '2', seed })).location,
  );

test('a theme named without its run shows in the run that found it, under the wording of its own survey', async () => {
  const first = await plantSurvey('first', 'Why did you move?');
  const second = await plantSurvey('second', 'Why did you stay?');
  await find(second, '11');
  const [older] = await house.verbatim.store.analyses.runs(1, 'themes');
  const [theme] = older ? await house.verbatim.store.analyses.themesOf(older.id) : [];
  await find(first, '12');
  const page = await researcher.get(`${study}/themes?theme=${theme?.publicId}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Why did you stay?');
  expect(page.text).not.toContain('Why did you move?');
  expect(page.text).toContain('>11</dd>');
  expect((await researcher.get(`${study}/themes`)).text).toContain('Why did you move?');
});

test('an address is exact in its letters, so that what counts posts counts them all', async () => {
  const person = visitor(house.url);
  expect((await person.get('/s/first')).status).toBe(200);
  expect((await person.get('/S/first')).status).toBe(404);
  expect((await person.post('/S/first', { consent: 'analysis' })).status).toBe(404);
});
