import { afterAll, beforeAll, expect, test } from 'vitest';
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

const WISHES = {
  goal: 'buying',
  audience: 'customers',
  topics: ['jobs', 'barriers'],
  minutes: '5',
  languages: ['en', 'de'],
  subject: 'our <app>',
  'subject-de': 'unserer App',
  open: 'yes',
};
const address = (wishes: Record<string, string | string[]>) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wishes)) for (const one of [value].flat()) query.append(name, one);
  return `${study}/surveys/draft?${query}`;
};

test('New survey leads to drafting one, and offers an empty survey and the templates in groups', async () => {
  const page = await researcher.get(`${study}/surveys/new`);
  expect(page.text).toContain(`${study}/surveys/draft`);
  expect(page.text).toContain('Start from a template: measure satisfaction');
  expect(page.text.match(/name="template"/g)).toHaveLength(21);
  const ids = [...page.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a form to begin with, and nothing drafted yet', async () => {
  const page = await researcher.get(`${study}/surveys/draft`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('What do you want to learn?');
  expect(page.text).not.toContain('Create this survey');
});

test('a draft is shown with the reason for each question, and made into a survey as it was shown', async () => {
  const page = await researcher.get(address(WISHES));
  expect(page.status).toBe(200);
  expect(page.text).toContain('our &lt;app&gt;');
  expect(page.text).toContain('Asked because you want to understand why people buy: the day it began');
  expect(page.text).toContain('Left out because');
  const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const form: Record<string, string[]> = {};
  for (const [, name = '', value = ''] of hidden)
    form[name] = [...(form[name] ?? []), value.replaceAll('&lt;', '<').replaceAll('&gt;', '>')];
  const made = await researcher.post(`${study}/surveys/draft`, form);
  expect(made.status).toBe(303);
  const survey = await researcher.get(made.location);
  expect(survey.text).toContain('Have you used our &lt;app&gt; in the last twelve months?');
  expect(survey.text).not.toContain('Before it can be published');
});

test('a German survey whose subject was written in English only says so, and where to write it', async () => {
  const { 'subject-de': _, ...english } = WISHES;
  const page = await researcher.get(address({ ...english, languages: ['de'] }));
  expect(page.text).toContain('The German questions say “our &lt;app&gt;”, which you wrote in English');
  expect(page.text).toContain('href="#subject-de"');
  expect(page.text).toContain('Left empty, a survey in German says it with the English words');
  const { subject: __, ...german } = WISHES;
  const other = await researcher.get(address({ ...german, languages: ['en'] }));
  expect(other.text).toContain('The English questions say “unserer App”, which you wrote in German');
  for (const wishes of [WISHES, { ...english, languages: ['en'] }])
    expect((await researcher.get(address(wishes))).text).not.toContain('which you wrote in');
});

test('what is missing is named beside what was chosen', async () => {
  const page = await researcher.get(address({ goal: 'buying' }));
  expect(page.status).toBe(422);
  expect(page.text).toContain('Choose whom you ask');
  expect(page.text).toMatch(/value="buying" checked/);
  const posted = await researcher.post(`${study}/surveys/draft`, { goal: 'nonsense', minutes: '7' });
  expect(posted.status).toBe(422);
});

test('where no question fits, the page says so', async () => {
  const page = await researcher.get(address({ ...WISHES, goal: 'values', audience: 'businesses', topics: [] }));
  expect(page.status).toBe(422);
  expect(page.text).toContain('Choose something else to learn, or other people to ask');
});
