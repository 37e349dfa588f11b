import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;
beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
});
afterAll(() => house.close());

async function newSurvey() {
  const { location } = await researcher.post(`${study}/surveys/new`, { template: 'satisfaction' });
  const definition = async () =>
    JSON.parse((await researcher.get(`${location}/definition.json`)).text) as SurveyDefinition;
  const titled = async (title: string) => JSON.stringify({ ...(await definition()), title: { en: title } });
  /** Sends the form in parts, as its page says. */
  const save = async (form: Record<string, string>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(form)) body.set(name, value);
    const answer = await researcher.send(`${location}/edit`, { method: 'POST', body });
    return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() };
  };
  return { location, definition, titled, save };
}

test('a survey is saved as a draft, and the page says so', async () => {
  const { location, titled, save, definition } = await newSurvey();
  expect((await researcher.get(`${location}/edit`)).text).toContain('enctype="multipart/form-data"');
  const saved = await save({ revision: '1', json: await titled('Anew') });
  expect(saved.status).toBe(303);
  expect((await researcher.get(saved.location)).text).toContain('Saved as draft 2');
  expect((await definition()).title).toEqual({ en: 'Anew' });
});

test('what two people wrote is shown side by side where it differs, and mine may be kept', async () => {
  const { titled, save, definition } = await newSurvey();
  const [theirs, mine] = [await titled('Theirs <b>'), await titled('Mine')];
  await save({ revision: '1', json: theirs });
  const conflict = await save({ revision: '1', json: mine });
  expect(conflict.status).toBe(409);
  expect(conflict.text).toContain('Theirs &lt;b&gt;</td>');
  expect(conflict.text).toContain('Mine</td>');
  expect((await definition()).title).toEqual({ en: 'Theirs <b>' });
  const revision = /name="revision" value="(\d+)"/.exec(conflict.text)?.[1] ?? '';
  expect(conflict.text).toContain('enctype="multipart/form-data"');
  expect((await save({ revision, json: mine })).status).toBe(303);
  expect((await definition()).title).toEqual({ en: 'Mine' });
});

test('a survey may be larger than other forms, and where it ends is said with the size', async () => {
  const { definition, save } = await newSurvey();
  const draft = await definition();
  const pages = Array.from({ length: 100 }, (_, page) => ({
    code: `p${page}`,
    questions: [{ kind: 'text', code: `q${page}`, text: { en: 'word '.repeat(900) } }],
  }));
  const { instruments: _, ...rest } = draft;
  const large = JSON.stringify({ ...rest, pages });
  expect(large.length).toBeGreaterThan(400 * 1024);
  expect((await save({ revision: '1', json: large })).status).toBe(303);
  expect((await definition()).pages).toHaveLength(100);
  const tooLarge = await save({ revision: '2', json: large + ' '.repeat(11 * 1024 * 1024) });
  expect(tooLarge.status).toBe(413);
  expect(tooLarge.text).toContain('up to 10 MB');
  expect(tooLarge.text).toMatch(/This was 11\.\d MB/);
});
