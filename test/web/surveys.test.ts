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

const fromTemplate = async () => (await researcher.post(`${study}/surveys/new`, { template: 'satisfaction' })).location;
/** What the page says has been done, tags left out. */
const saidAt = async (address: string) => {
  const { text } = await researcher.get(address);
  const notice = /<div class="notice notice--good" role="status">([\s\S]*?)<\/div>/.exec(text)?.[1] ?? '';
  return {
    html: notice,
    words: notice
      .replaceAll(/<[^>]+>|\s+/g, ' ')
      .replaceAll(/ +/g, ' ')
      .trim(),
  };
};

test('an empty survey has a title, and its builder is where one goes on', async () => {
  const page = await researcher.get(`${study}/surveys/new`);
  expect(page.text.indexOf('value="empty-en"')).toBeLessThan(page.text.indexOf('value="satisfaction"'));
  const untitled = await researcher.post(`${study}/surveys/new`, { template: 'empty-de', title: ' ' });
  expect(untitled.status).toBe(422);
  expect(untitled.text).toContain('href="#title"');
  expect(untitled.text).toMatch(/value="empty-de" checked/);
  const made = await researcher.post(`${study}/surveys/new`, { template: 'empty-de', title: 'Unser Café' });
  expect(made.status).toBe(303);
  expect(made.location).toMatch(/\/build$/);
  expect((await researcher.get(made.location)).text).toContain('Unser Café');
  expect((await researcher.get(`${made.location}/check`)).text).toContain('Before it can be published');
  const unknown = await researcher.post(`${study}/surveys/new`, { template: 'empty-xx', title: 'X' });
  expect(unknown.status).toBe(422);
});

test('after publishing, closing and opening, the page says what happened and leads on', async () => {
  const survey = await fromTemplate();
  const published = await saidAt((await researcher.post(`${survey}/publish`, { revision: '1' })).location);
  expect(published.words).toContain('Version 1 is published');
  expect(published.html).toContain(`href="${survey}/distribution"`);
  expect(published.html).toMatch(/href="http[^"]+\/s\/[^"]+">See it as respondents do/);
  const closed = await saidAt((await researcher.post(`${survey}/state`, { state: 'closed' })).location);
  expect(closed.words).toContain('The survey is closed');
  // An address that says what is no longer so says nothing.
  expect((await saidAt(`${survey}?done=opened`)).words).toBe('');
  expect((await saidAt(`${survey}?done=nonsense`)).words).toBe('');
  const opened = await saidAt((await researcher.post(`${survey}/state`, { state: 'open' })).location);
  expect(opened.words).toContain('The survey is open');
  const aimed = await saidAt((await researcher.post(`${survey}/audience`, { segment: '' })).location);
  expect(aimed.words).toContain('Whom it is offered to is changed');
  const spare = await fromTemplate();
  expect((await saidAt((await researcher.post(`${spare}/delete`)).location)).words).toBe('The survey is deleted');
});

test('surveys of one title are told apart in a list by address and day, others are not', async () => {
  const first = await fromTemplate();
  const second = await fromTemplate();
  await researcher.post(`${study}/surveys/new`, { template: 'empty-en', title: 'The only one' });
  const { text } = await researcher.get(`${study}/surveys`);
  const nameOf = (survey: string) => new RegExp(`<a href="${survey}"[^>]*>([^<]*)</a>`).exec(text)?.[1] ?? '';
  expect(nameOf(first)).not.toBe(nameOf(second));
  for (const survey of [first, second]) expect(nameOf(survey)).toMatch(/\(satisfaction[\w-]*, made \d+ \w+ 20\d\d\)$/);
  expect(text).toContain('>The only one</a>');
});

test('links that carry this machine’s own address are warned of, and how many were made is right at the next look', async () => {
  const survey = await fromTemplate();
  await researcher.post(`${survey}/publish`, { revision: '1' });
  for (const page of ['settings/links', 'fieldwork/suppliers']) {
    const { text } = await researcher.get(`${survey}/${page}`);
    expect(text, page).toContain('Links carry this machine’s own address');
    expect(text, page).toContain('PUBLIC_URL');
  }
  expect((await researcher.get(`${survey}/settings/links`)).text).toContain('0 links have been made');
  await researcher.post(`${survey}/settings/links.csv`, { count: '3' });
  const after = await researcher.get(`${survey}/settings/links`);
  expect(after.text).toContain('3 links have been made');
  expect(after.headers.get('cache-control')).toContain('no-store');
});

test('where people reach the server is known, no warning stands beside links', async () => {
  const outside = await openHouse({ publicUrl: 'http://127.0.0.1' });
  try {
    const entered = await enterStudio(outside);
    const { location } = await entered.researcher.post(`${entered.study}/surveys/new`, { template: 'satisfaction' });
    for (const page of ['settings/links', 'fieldwork/suppliers'])
      expect((await entered.researcher.get(`${location}/${page}`)).text, page).not.toContain('own address');
  } finally {
    await outside.close();
  }
});
