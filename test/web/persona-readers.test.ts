import { afterAll, beforeAll, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { openHouse } from '../support/house.ts';
import { serveHouse } from '../support/serve-house.ts';
import { plantSharedPersona } from '../support/shared-persona.ts';

const PASSWORD = 'three words together';
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

async function open() {
  const house = await openHouse();
  const { verbatim } = house;
  const door = await serveHouse(verbatim);
  const planted = await plantSharedPersona(verbatim);
  const signIn = async (name: string, role: 'researcher' | 'viewer') => {
    const email = `${name}@lab.example`;
    await verbatim.accounts.add(
      { email, name, password: PASSWORD },
      { isAdmin: false, role, studyId: planted.study.id },
    );
    const person = visitor(door.url);
    await person.post('/sign-in', { email, password: PASSWORD });
    return person;
  };
  const studio = `/studio/${planted.study.publicId}`;
  return {
    ...planted,
    verbatim,
    studio,
    readers: `${studio}/personas/${planted.persona.publicId}/readers`,
    researcher: await signIn('ada', 'researcher'),
    viewer: await signIn('vic', 'viewer'),
    url: door.url,
    close: async () => {
      await door[Symbol.asyncDispose]();
      await house[Symbol.asyncDispose]();
    },
  };
}
let house: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  house = await open();
});
afterAll(() => house.close());

/** Answers the survey as a reader who follows the link below a persona. */
async function judge(link: string, answers: (item: string) => number): Promise<void> {
  const reader = visitor(house.url);
  const welcome = await reader.get(link);
  expect(welcome.status).toBe(200);
  const started = await reader.post(link, { consent: 'analysis' });
  const page = await reader.get(started.location);
  const names = [...page.text.matchAll(/name="([^"]+)"[^>]*value="5"/g)].map(([, name]) => name ?? '');
  expect(names.length).toBe(12);
  const sent = await reader.post(
    started.location,
    Object.fromEntries(names.map((name) => [name, String(answers(name))])),
  );
  const last = await reader.post(sent.location, { missing: 'More about prices' });
  expect((await reader.post(last.location)).status).toBe(303);
}

/** The link below a persona that leads to the survey. */
async function surveyLink(): Promise<string> {
  const { verbatim, study, persona } = house;
  const share = await verbatim.shares.add(
    study,
    { name: 'Sales', audience: 'client', days: '7', personas: [persona.publicId], plays: false },
    null,
  );
  const { text } = await visitor(house.url).get(`/shared/${verbatim.shares.tokenOf(share)}/${persona.publicId}`);
  return (/href="(\/s\/[^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}

test('a link is made, shown with its address, and closed in the studio', async () => {
  const { researcher, studio, persona, url } = house;
  const bad = await researcher.post(`${studio}/shares`, { name: '', personas: [], audience: 'all', days: '9999' });
  expect(bad.status).toBe(422);
  for (const words of ['for whom the link is', 'Choose who will read it', 'how long it opens', 'at least one persona'])
    expect(plain(bad.text)).toContain(words);
  const made = await researcher.post(`${studio}/shares`, {
    name: 'The board',
    personas: [persona.publicId],
    audience: 'public',
    days: '7',
  });
  expect([made.status, made.location]).toEqual([303, `${studio}/shares`]);
  const list = await researcher.get(`${studio}/shares`);
  const link = /data-copy-text>([^<]+\/shared\/[^<]+)</.exec(list.text)?.[1] ?? '';
  expect(link.startsWith(url)).toBe(true);
  const path = new URL(link).pathname;
  expect((await visitor(url).get(path)).status).toBe(303);
  const revoke = /action="([^"]+\/revoke)"/.exec(list.text)?.[1] ?? '';
  expect((await researcher.post(revoke)).status).toBe(303);
  expect((await visitor(url).get(path)).status).toBe(410);
  expect((await researcher.get(`${studio}/shares`)).text).not.toContain(link);
});

test('a viewer makes no links, and reads neither questions nor what readers think', async () => {
  const { viewer, studio, readers, persona } = house;
  for (const address of [`${studio}/shares`, `${studio}/shares/new`, `${studio}/reader-questions`, readers])
    expect((await viewer.get(address)).status).toBe(403);
  const form = { name: 'Mine', personas: [persona.publicId], audience: 'public', days: '7' };
  expect((await viewer.post(`${studio}/shares`, form)).status).toBe(403);
});

test('questions of readers are answered in the studio, and an empty answer is not taken', async () => {
  const { researcher, studio, verbatim, study, persona } = house;
  const share = await verbatim.shares.add(
    study,
    { name: 'Sales', audience: 'client', days: '7', personas: [persona.publicId], plays: false },
    null,
  );
  const page = `/shared/${verbatim.shares.tokenOf(share)}/${persona.publicId}`;
  await visitor(house.url).post(`${page}/questions`, { question: 'Do they rent?' });
  expect((await researcher.get(`${studio}/shares`)).text).toContain('1 waits for an answer');
  const asked = await researcher.get(`${studio}/reader-questions`);
  expect(plain(asked.text)).toContain('Do they rent?');
  const action = /action="([^"]+\/answer)"/.exec(asked.text)?.[1] ?? '';
  const empty = await researcher.post(action, { answer: ' ' });
  expect([empty.status, plain(empty.text).includes('Write the answer')]).toEqual([422, true]);
  expect((await researcher.post(action, { answer: 'Most do.' })).status).toBe(303);
  expect((await visitor(house.url).get(page)).text).toContain('Most do.');
  const missing = `${studio}/reader-questions/${'A'.repeat(22)}/answer`;
  expect((await researcher.post(missing, { answer: 'x' })).status).toBe(404);
});

test('readers are asked only once somebody begins it, and what they make of a persona stands beside it with n and interval', async () => {
  const { researcher, studio, readers, persona } = house;
  expect(await surveyLink()).toBe('');
  expect(plain((await researcher.get(readers)).text)).toContain('are not asked yet');
  const surveys = async () => (await house.verbatim.store.surveys.list(house.study.id)).length;
  const before = await surveys();
  const asked = await researcher.post(`${studio}/perception`, { persona: persona.publicId });
  expect([asked.status, asked.location]).toEqual([303, `${readers}#judged`]);
  expect(plain((await researcher.get(readers)).text)).toContain('stands below every persona that is shared by a link');
  expect((await researcher.post(`${studio}/perception`)).status).toBe(303);
  expect(await surveys()).toBe(before + 1);
  const link = await surveyLink();
  expect(link).toContain(`persona=${persona.publicId}&persona-version=1`);
  expect(plain((await researcher.get(readers)).text)).toContain('No reader has judged it yet');

  await judge(link, (item) => (item.endsWith('1') ? 5 : 1));
  await judge(link, (item) => (item.endsWith('1') ? 4 : 1));
  await judge(link.replace(persona.publicId, 'B'.repeat(22)), () => 1);
  const text = plain((await researcher.get(readers)).text);
  expect(text).toContain('2 readers have judged it, 2 of them its newest version.');
  for (const quality of ['Credibility', 'Clarity', 'Completeness', 'Consistency', 'Empathy', 'Willingness to use'])
    expect(text).toContain(`${quality} 4.75 `);
  expect(text).toContain('1.57 to 5.00');
  expect(text).toContain('The scales are provisional');
  expect(text).toContain('2 readers wrote what would make it more useful');
});

test('beside it stands how often it was opened, by whom is nowhere, and what is built on it', async () => {
  const { researcher, readers, verbatim, study, studio, persona, viewer } = house;
  for (const reader of [researcher, viewer])
    expect((await reader.get(`${studio}/personas/${persona.publicId}`)).status).toBe(200);
  await verbatim.segments.define(study, { name: 'To ask', rule: { persona: persona.publicId }, surveyId: null }, null);
  const usage = await verbatim.perception.usageOf(study, persona);
  expect(usage.inside).toBe(2);
  expect(usage.rules.map(({ name }) => name)).toEqual(['To ask']);
  expect(usage.byLink).toBeGreaterThan(0);
  const text = plain((await researcher.get(readers)).text);
  expect(text).toContain('Opened here 2 in 90 days');
  expect(text).toContain('Rules that ask for it To ask');
});
