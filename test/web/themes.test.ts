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
  expect(page.text).toContain('To “Why did you stay?”');
  expect(page.text).not.toContain('To “Why did you move?”');
  expect(page.text).toContain('>11</dd>');
  expect((await researcher.get(`${study}/themes`)).text).toContain('To “Why did you move?”');
});

test('answers that came, or that count no more since the run, are counted at the top, with what to do', async () => {
  const survey = await plantSurvey('third', 'Why did you leave?');
  await find(survey, '13');
  const top = async () =>
    (await researcher.get(`${study}/themes?survey=${survey}`)).text.replaceAll(/<[^>]+>|\s+/g, ' ');
  expect(await top()).not.toContain('Find themes anew to heed this');
  const { store } = house.verbatim;
  const row = (await store.surveys.list(1)).find(({ publicId }) => publicId === survey);
  const ids = await store.responses.countedIds(row?.id ?? 0);
  for (const id of ids.slice(0, 2))
    expect((await researcher.post(`${study}/responses/${id}/leave-out`, { reason: 'A test' })).status).toBe(303);
  expect(await top()).toContain(
    '2 answers that were read were left out, withdrawn or changed since, and are not counted here. Find themes anew to heed this.',
  );
  const staged = await researcher.upload(
    `${study}/surveys/${survey}/import`,
    'file',
    { name: 'more.tsv', bytes: Buffer.from('why\tnothing\nthe garden has birds too\t-') },
    { header: '1' },
  );
  await researcher.post(`${staged.location}/commit`);
  await house.verbatim.logs.settle();
  expect(await top()).toContain('1 answer came in since and is in no theme yet; 2 answers that were read');
  await find(survey, '13');
  expect(await top()).not.toContain('Find themes anew to heed this');
});

test('questions that two surveys ask alike stand apart by survey and number of answers, and a try that failed is told', async () => {
  const [one, other] = [await plantSurvey('spring', 'What is new?'), await plantSurvey('autumn', 'What is new?')];
  const options = [
    ...(await researcher.get(`${study}/themes/find`)).text.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)</g),
  ].map(([, value, label]) => [value, label]);
  expect(options).toContainEqual([`${one} why`, 'What is new? · spring · 40 answers']);
  expect(options).toContainEqual([`${other} why`, 'What is new? · autumn · 40 answers']);
  await find(one, '1');
  await find(one, '2');
  const last = house.verbatim.connection.prepare('select max(id) as id from runs').get() as { id: number };
  const set = house.verbatim.connection.prepare('update runs set state = ?, error = ? where id = ?');
  set.run('failed', 'The words of all answers are alike', last.id);
  const page = await researcher.get(`${study}/themes`);
  expect(page.text).toContain('The last try to find themes failed');
  expect(page.text).toContain('The words of all answers are alike');
  expect(page.text).toMatch(/href="[^"]*\/runs\/[^"]+">Look at the run/);
  await find(one, '3');
  expect((await researcher.get(`${study}/themes`)).text).not.toContain('The last try to find themes failed');
});

test('an address is exact in its letters, so that what counts posts counts them all', async () => {
  const person = visitor(house.url);
  expect((await person.get('/s/first')).status).toBe(200);
  expect((await person.get('/S/first')).status).toBe(404);
  expect((await person.post('/S/first', { consent: 'analysis' })).status).toBe(404);
});
