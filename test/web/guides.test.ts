import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFieldHouse } from '../support/field-house.ts';
import { asForm, fieldsOf } from '../support/form-fields.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let at: string;
let own: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const get = async (path: string) => (await house.researcher.get(path)).text;
const post = (path: string, form: Record<string, string | string[]> = {}) => house.researcher.post(path, form);
/** The editor's form as it stands on a page, some of it otherwise. */
const edited = (page: string, more: Record<string, string> = {}, address = `${own}/edit`) =>
  asForm(fieldsOf(page, address), more);
const newest = async () => house.verbatim.guides.find(house.study, own.split('/').at(-1) ?? '');

beforeAll(async () => {
  house = await openFieldHouse();
  at = `/studio/${house.study.publicId}/guides`;
});
afterAll(() => house[Symbol.asyncDispose]());

test('guides that come along are offered with the question they open with, and taken into the study', async () => {
  const page = plain(await get(at));
  for (const title of [
    'Buying insights in five rings',
    'Switch timeline with four forces',
    'Laddering',
    'Values and lifestyle',
    'Usability',
    'Staying',
    'Leaving and coming back',
  ])
    expect(page).toContain(title);
  const taken = await post(`${at}/take`, { code: 'buying-insights' });
  expect(taken.status).toBe(303);
  own = taken.location;
  expect(plain(await get(own))).toContain('What happened on the day you first decided');
  expect((await post(`${at}/take`, { code: '../plays/loyal' })).status).toBe(404);
});

test('parts, questions and probes are added, moved and removed without a script, and nothing is saved until it is', async () => {
  let page = await get(`${own}/edit`);
  const step = async (name: string, more: Record<string, string> = {}) => {
    page = (await post(`${own}/edit`, { ...edited(page, more), step: name })).text;
  };
  await step('add-part');
  await step('add-probe 5.0', { 'p5-title': 'At the end', 'p5.0-text': 'What else?' });
  await step('up 5', { 'p5.0.0-when': 'Nothing', 'p5.0.0-text': 'And if you wait a little?' });
  expect(fieldsOf(page, `${own}/edit`).get('p4-title')).toEqual(['At the end']);
  expect((await newest()).version).toBe(1);
  const saved = await post(`${own}/edit`, edited(page, { title: 'Our buying insights' }));
  expect(saved.status).toBe(303);
  const { version, guide } = await newest();
  expect(version).toBe(2);
  expect(guide.parts[4]).toMatchObject({
    title: 'At the end',
    prompts: [{ text: 'What else?', probes: [{ when: 'Nothing', text: 'And if you wait a little?' }] }],
  });
  expect(plain(await get(`${own}?version=1`))).toContain('This is version 1');
  expect(await get(`${own}?version=1`)).not.toContain('What else?');
});

test('saving without a change makes no version', async () => {
  await post(`${own}/edit`, edited(await get(`${own}/edit`)));
  expect((await newest()).version).toBe(2);
});

test('what is missing stands beside its field, with everything that was typed', async () => {
  const page = await get(`${own}/edit`);
  const refused = await post(`${own}/edit`, edited(page, { title: ' ', 'p0.1-text': '', 'p1-title': 'Kept as typed' }));
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('href="#p0.1-text"');
  expect(plain(refused.text)).toContain('Enter a title');
  expect(plain(refused.text)).toContain('Enter the question');
  expect(fieldsOf(refused.text, `${own}/edit`).get('p1-title')).toEqual(['Kept as typed']);
  expect((await post(`${own}/edit`, { title: 'Nothing in it', base: '2' })).text).toContain('Add a question');
});

test('whoever saves over somebody else’s change is told, and keeps what they typed', async () => {
  const page = await get(`${own}/edit`);
  await post(`${own}/edit`, edited(page, { title: 'By one' }));
  const late = await post(`${own}/edit`, edited(page, { title: 'By the other' }));
  expect(late.status).toBe(409);
  expect(late.text).toContain('Somebody saved this guide meanwhile');
  expect(fieldsOf(late.text, `${own}/edit`).get('title')).toEqual(['By the other']);
  expect((await newest()).title).toBe('By one');
});

test('a guide is copied, exported and brought in again as it was', async () => {
  const copied = await post(`${own}/copy`);
  expect(copied.location).not.toContain(own);
  expect(await get(copied.location)).toContain('By one (copy)');
  const file = await get(`${own}/export.json`);
  const brought = await post(`${at}/import`, { json: file });
  expect(brought.status).toBe(303);
  expect(await get(`${brought.location}/export.json`)).toBe(file);
});

test('a file that is no guide is refused with what is wrong in it', async () => {
  for (const json of ['', '{', '[]', '{"title":"A guide"}', '{"title":"x","parts":[{"title":"y","prompts":[7]}]}']) {
    const refused = await post(`${at}/import`, { json });
    expect(refused.status, json).toBe(422);
    expect(refused.text).toContain('The guide does not read');
  }
  const hostile = JSON.stringify({
    title: '<script>alert(1)</script>',
    parts: [{ title: '"><img src=x>', prompts: ['{{title}}'] }],
    __proto__: { polluted: true },
  });
  const kept = await post(`${at}/import`, { json: hostile });
  expect(kept.status).toBe(303);
  expect(await get(kept.location)).not.toMatch(/<script>alert|<img src=x/);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('the print view has room to write, and what is out of use is no longer offered but stays', async () => {
  expect(await get(`${own}/print`)).toContain('class="writing-room"');
  expect((await post(`${own}/retire`)).location).toBe(`${at}?done=retired`);
  expect(await get(at)).not.toContain(`href="${own}"`);
  expect(plain(await get(own))).toContain('Out of use');
  await post(`${own}/retire`, { back: '1' });
  expect(await get(at)).toContain(`href="${own}"`);
});

test('a guide of one’s own begins empty', async () => {
  const page = await get(`${at}/new`);
  const made = await post(
    `${at}/new`,
    edited(page, { title: 'Mine', 'p0-title': 'One', 'p0.0-text': 'Why?' }, `${at}/new`),
  );
  expect(made.status).toBe(303);
  expect(plain(await get(made.location))).toContain('Why?');
  expect((await house.researcher.get(`${at}/${'x'.repeat(22)}`)).status).toBe(404);
});
