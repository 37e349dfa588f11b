import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { sendForm } from '../support/form-fields.ts';
import { openPersonaHouse } from '../support/persona-house.ts';

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let studio: string;
let colleague: Awaited<ReturnType<typeof house.member>>;
let viewer: Awaited<ReturnType<typeof house.member>>;
let insight: string;

const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
const FORM = { statement: 'Lifts decide for families', note: '', status: 'standing', owner: '' };

beforeAll(async () => {
  house = await openPersonaHouse();
  studio = `/studio/${house.study.publicId}`;
  colleague = await house.member('cleo', 'researcher');
  viewer = await house.member('vito', 'viewer');
  insight = (await house.researcher.post(`${studio}/insights/new`, FORM)).location;
});
afterAll(() => house[Symbol.asyncDispose]());

describe('an insight has a home', () => {
  test('a decision with its day, a ticket and how sure one is stand on its page and in the list', async () => {
    const saved = await sendForm(house.researcher, `${insight}/edit`, {
      ...FORM,
      confidence: 'high',
      decision: 'Show the lift in every picture',
      decidedOn: '2026-03-12',
      ticket: 'https://tickets.example/42',
    });
    expect(saved.status).toBe(303);
    const { text } = await house.researcher.get(insight);
    expect(plain(text)).toMatch(/Decided on 12 March 2026 Show the lift in every picture/);
    expect(text).toContain('href="https://tickets.example/42"');
    expect(plain(text)).toContain('very sure');
    expect(plain((await house.researcher.get(`${studio}/insights`)).text)).toContain('Decided: Show the lift');
  });

  test('a ticket that is no address is shown and leads nowhere', async () => {
    await sendForm(house.researcher, `${insight}/edit`, { ...FORM, ticket: 'javascript:alert(1)' });
    const { text } = await house.researcher.get(insight);
    expect(text).toContain('javascript:alert(1)');
    expect(text).not.toContain('href="javascript');
  });

  test('a day without a decision, or one that the calendar has not, is refused with what was typed', async () => {
    const { status, text } = await sendForm(house.researcher, `${insight}/edit`, { ...FORM, decidedOn: '2026-02-31' });
    expect(status).toBe(422);
    expect(plain(text)).toContain('Enter a day, such as 2026-11-30');
    expect(text).toContain('value="2026-02-31"');
  });
});

describe('whoever follows an insight hears when it changes', () => {
  test('from others, not from themselves, until they have seen it', async () => {
    await house.researcher.post(`${insight}/follow`, { do: 'follow' });
    await sendForm(house.researcher, `${insight}/edit`, { ...FORM, decision: 'Mine' });
    expect(plain((await house.researcher.get('/studio/news')).text)).toContain('No news');
    await sendForm(colleague, `${insight}/edit`, { ...FORM, decision: 'Paint the lifts' });
    const { text } = await house.researcher.get('/studio/news');
    expect(plain(text)).toMatch(/New .*Lifts decide for families.*What was decided: Paint the lifts/);
    expect(plain((await house.researcher.get(studio)).text)).toMatch(/News 1/);
    const upTo = /name="upTo" value="(\d+)"/.exec(text)?.[1] ?? '';
    await house.researcher.post('/studio/news', { upTo });
    const after = plain((await house.researcher.get('/studio/news')).text);
    expect(after).toContain('Seen before');
    expect(after).not.toContain('I have seen it all');
  });

  test('a viewer follows what stands, and hears no more once it does not', async () => {
    await viewer.post(`${insight}/follow`, { do: 'follow' });
    await sendForm(colleague, `${insight}/edit`, { ...FORM, statement: 'Lifts decide for all families' });
    expect(plain((await viewer.get('/studio/news')).text)).toContain('Lifts decide for all families');
    await sendForm(colleague, `${insight}/edit`, { ...FORM, status: 'draft' });
    expect(plain((await viewer.get('/studio/news')).text)).toContain('No news');
    expect((await viewer.post(`${insight}/follow`, { do: 'follow' })).status).toBe(404);
    await sendForm(colleague, `${insight}/edit`, FORM);
  });

  test('somebody who is signed out is asked to sign in', async () => {
    expect((await visitor(house.url).get('/studio/news')).location).toContain('/sign-in');
  });
});

describe('has anyone asked this?', () => {
  test('insights, questions and personas are found over all studies, whatever the case, by whole words or their beginnings', async () => {
    await house.add(
      'The lift riders',
      (await import('../../src/personas/portrait.ts')).emptyPortrait('assumption'),
      [],
    );
    const { text } = await house.researcher.get('/studio/search?q=LIFT');
    expect(plain(text)).toMatch(/Insights .*Lifts decide for families/);
    expect(plain(text)).toMatch(/Personas .*The lift riders/);
    expect(plain((await house.researcher.get('/studio/search?q=ift')).text)).toContain('no quote holds it');
  });

  test('a question is found by its words, its rows and its options', async () => {
    const { text } = await house.researcher.get('/studio/search?q=village');
    expect(plain(text)).toMatch(/Questions asked .* 0 responses/);
  });

  test('a viewer finds no draft, and nobody finds anything in a study they may not enter', async () => {
    await house.researcher.post(`${studio}/insights/new`, { ...FORM, statement: 'Xylophones matter', status: 'draft' });
    expect(plain((await house.researcher.get('/studio/search?q=xylophones')).text)).toContain('Xylophones matter');
    expect(plain((await viewer.get('/studio/search?q=xylophones')).text)).toContain('Nobody asked it');
    const other = await house.verbatim.studies.addTo('Elsewhere', 'Another workspace', null, null).catch(() => null);
    expect(other).toBeNull();
  });

  test('nothing is looked for where nothing is asked, and signs alone are nothing', async () => {
    for (const asked of ['', '%20', '%25%25', '***', '%00'])
      expect(plain((await house.researcher.get(`/studio/search?q=${asked}`)).text)).not.toContain('Insights Lifts');
  });
});
