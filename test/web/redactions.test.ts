import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: string;
let at: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const log = async (transcript: string) =>
  (
    await house.researcher.post(`${studio}/interviews/new`, {
      participant: 'Anna Weber',
      heldOn: '2026-03-02',
      mode: 'by phone',
      transcript,
      mayQuote: '1',
    })
  ).location;
const page = async (address = `${at}/redactions`) => plain((await house.researcher.get(address)).text);
const say = (words: string, what: string, kind = 'name') =>
  house.researcher.post(`${at}/redactions`, { words, do: what, kind });
/** A section of the page, by its heading. */
const under = async (heading: string): Promise<string> => {
  const text = (await house.researcher.get(`${at}/redactions`)).text;
  return plain(text.split('<section').find((part) => part.includes(`>${heading}</h2>`)) ?? '');
};

beforeAll(async () => {
  house = await openFieldHouse();
  studio = `/studio/${house.study.publicId}`;
  at = await log(
    'Interviewer: Ms Weber, who came?\nAnna Weber: Only Jonas, from Kestrel Ltd in Hull. Write to anna@people.example.\nAnna Weber: Hull is far, and JONAS was late. The hull of the boat is blue; Jonasson is another.',
  );
});
afterAll(() => house[Symbol.asyncDispose]());

test('speakers’ names and given names are suggested, and addresses are found', async () => {
  expect(await under('May be names')).toContain('Jonas');
  expect(await under('May be names')).toContain('Weber');
  expect(await under('Found')).toContain('anna@people.example');
  expect(await under('Found')).toContain('reads as [e-mail]');
});

test('words are hidden wherever they stand as words, in any letters, and read the same everywhere', async () => {
  expect((await say('Jonas', 'hide')).status).toBe(303);
  const hidden = await under('Hidden by hand');
  expect(hidden).toMatch(/Jonas name, reads as \[Person \w{4}\]/);
  expect(hidden).toContain('turn 2');
  expect(hidden).toContain('turn 3');
  expect(hidden).not.toContain('Jonasson');
  expect(await under('May be names')).not.toContain('Jonas ');
  const token = /\[Person \w{4}\]/.exec(hidden)?.[0] ?? 'none';
  const other = await log('Interviewer: Who?\nAnna Weber: Not jonas again.');
  await house.researcher.post(`${other}/redactions`, { words: 'jonas', do: 'hide', kind: 'name' });
  expect(await page(`${other}/redactions`)).toContain(token);
});

test('a place is hidden by hand as a place; the words themselves stay as they were said', async () => {
  await say('Hull', 'hide', 'place');
  expect(await under('Hidden by hand')).toMatch(/Hull place, reads as \[Place \w{4}\]/);
  const sources = await house.verbatim.store.notes.sourcesOf(house.study.id, at.split('/').at(-1)!);
  expect(sources.find(({ position }) => position === 3)?.text).toContain('Hull is far');
});

test('what is not personal is readable, and every decision can be taken back', async () => {
  await say('anna@people.example', 'open');
  expect(await under('Not personal')).toContain('anna@people.example');
  expect(await under('Found')).not.toContain('anna@people.example');
  await say('anna@people.example', 'undo');
  expect(await under('Found')).toContain('anna@people.example');
  await say('jonas', 'undo');
  expect(await under('May be names')).toContain('Jonas');
  expect((await say('jonas', 'undo')).status).toBe(404);
});

test('words that stand nowhere are said beside the field, with what was typed', async () => {
  const refused = await say('Bartholomew', 'hide', 'organisation');
  expect(refused.status).toBe(422);
  expect(plain(refused.text)).toContain('Copy the words as they stand in a turn or a note');
  const fields = fieldsOf(refused.text, `${at}/redactions`);
  expect(refused.text).toContain('value="Bartholomew"');
  expect(fields.size).toBeGreaterThan(0);
});

test('consent is noted use by use, by a text that is kept, and the latest counts', async () => {
  const texts = `${studio}/consent-texts`;
  const text = { version: '2026-03', language: 'en', text: 'We record our talk and quote you without your name.' };
  expect((await house.researcher.post(`${texts}/new`, text)).status).toBe(303);
  expect((await house.researcher.post(`${texts}/new`, text)).status).toBe(409);
  expect((await house.researcher.post(`${texts}/new`, { ...text, version: '', language: 'English' })).status).toBe(422);
  expect(await page(texts)).toContain('2026-03 (en)');
  const consent = {
    purposes: ['analysis', 'recording'],
    text: '2026-03 en',
    givenOn: '2026-03-01',
    givenHow: 'signed form',
    expiresOn: '',
  };
  const wrong = await house.researcher.post(`${at}/consent`, {
    ...consent,
    text: '',
    givenOn: '2999-01-01',
    givenHow: '',
    expiresOn: '2020-01-01',
  });
  expect(wrong.status).toBe(422);
  for (const name of ['text', 'givenOn', 'givenHow', 'expiresOn']) expect(wrong.text).toContain(`href="#${name}"`);
  expect((await house.researcher.post(`${at}/consent`, consent)).status).toBe(303);
  const shown = await page(`${at}/consent`);
  expect(shown).toContain('Yes Recording');
  expect(shown).toContain('No Quotes inside');
  expect(shown).toContain('By the text “2026-03” (en)');
  const { consents, store } = house.verbatim;
  const interview = (await store.notes.findInterview(house.study.id, at.split('/').at(-1)!))!;
  expect(await consents.permits(house.study, interview, 'recording')).toBe(true);
  expect(await consents.permits(house.study, interview, 'ai')).toBe(false);
  expect(interview.maySpeak).toBe(0);
  // Less is agreed to by the same text, and only until a day that is over.
  await house.researcher.post(`${at}/consent`, { ...consent, expiresOn: '2026-03-02' });
  expect(await page(`${at}/consent`)).toContain('What they agreed to ended on 2 March 2026.');
  expect(await consents.permits(house.study, interview, 'recording')).toBe(false);
  expect((await store.interviewTurns.list(house.study.id)).some(({ interview: id }) => id === interview.publicId)).toBe(
    false,
  );
});

test('an address that holds a name is no place of the name, and an article of a speaker is no name', async () => {
  const own = await log(
    'Interviewer: Who?\nThe Manager: The plan was Mira’s. Write to mira@people.example, or ask Mira.\nMira: The plan was mine.',
  );
  const shown = await page(`${own}/redactions`);
  expect(shown).toContain('Hide it : Mira');
  expect(shown).not.toContain('Hide it : The');
  await house.researcher.post(`${own}/redactions`, { words: 'Mira', do: 'hide', kind: 'name' });
  const hidden = (await house.researcher.get(`${own}/redactions`)).text
    .split('<section')
    .find((part) => part.includes('>Hidden by hand</h2>'))!;
  expect(hidden.match(/<mark>Mira<\/mark>/gi)).toHaveLength(2);
});

test('whoever is hidden is not named beneath their quotes either', async () => {
  const own = await log('Interviewer: Who?\nMira Sand: It was Mira.\nMira Sand: The roof leaks badly.');
  const { store, codings, evidence } = house.verbatim;
  const sources = await store.notes.sourcesOf(house.study.id, own.split('/').at(-1)!);
  const said = sources.find(({ text }) => text.includes('roof'))!;
  const coding = await codings.code(
    house.study,
    { sourceId: said.publicId, version: 1, start: null, end: null, words: 'The roof leaks' },
    { publicId: null, name: 'roofs', definition: '' },
    null,
  );
  const code = (await store.notes.codes(house.study.id)).find(({ id }) => id === coding.codeId)!;
  const signed = async () => page(`${studio}/codebook/${code.publicId}`);
  expect(await signed()).toContain(', Mira Sand');
  await house.researcher.post(`${own}/redactions`, { words: 'Mira', do: 'hide', kind: 'name' });
  expect(await signed()).not.toContain('Mira');
  expect(await signed()).toMatch(/, \[Person \w{4}\]/);
  const [internal] = await evidence.readQuotes(house.study.id, [coding], { audience: 'internal' });
  expect(internal).toMatchObject({ speaker: 'Mira Sand' });
  const [client] = await evidence.readQuotes(house.study.id, [coding], { audience: 'client' });
  expect(client).toMatchObject({ speaker: expect.stringMatching(/^\[Person \w{4}\]$/) });
  await house.researcher.post(`${own}/redactions`, { words: 'Mira', do: 'undo' });
  expect(await signed()).toContain(', Mira Sand');
});

test('the page shows the first turns as each audience reads them', async () => {
  const own = await log('Interviewer: Who?\nMira Sand: It was Jonas, ask me at mira@people.example or in Hull.');
  await house.researcher.post(`${own}/redactions`, { words: 'Jonas', do: 'hide', kind: 'name' });
  await house.researcher.post(`${own}/redactions`, { words: 'Hull', do: 'hide', kind: 'place' });
  const as = async (audience: string) =>
    plain((await house.researcher.get(`${own}/redactions?as=${audience}`)).text.split('id="preview"')[1] ?? '');
  expect(await as('internal')).toContain('Mira Sand It was Jonas, ask me at mira@people.example or in Hull.');
  const client = await as('client');
  expect(client).toMatch(/It was \[Person \w{4}\], ask me at \[e-mail\] or in Hull\./);
  expect(client).not.toContain('Mira');
  // They agreed to be quoted, and not that their words are shared outside.
  expect(await as('public')).toContain('They read nothing of it');
  await house.researcher.post(`${own}/consent`, {
    purposes: ['analysis', 'quotes', 'share'],
    text: 'another',
    givenOn: '2026-03-01',
    givenHow: 'signed form',
    expiresOn: '',
  });
  expect(await as('public')).toMatch(/It was \[Person \w{4}\], ask me at \[e-mail\] or in \[Place \w{4}\]\./);
});

test('where no consent to analysis holds the pages say so, and the codebook counts nobody', async () => {
  const own = await log('Interviewer: Who?\nP77: The cellar floods.');
  const { store, codings } = house.verbatim;
  const id = own.split('/').at(-1)!;
  const said = (await store.notes.sourcesOf(house.study.id, id)).find(({ text }) => text.includes('cellar'))!;
  const coding = await codings.code(
    house.study,
    { sourceId: said.publicId, version: 1, start: null, end: null, words: 'cellar floods' },
    { publicId: null, name: 'cellars', definition: '' },
    null,
  );
  const code = (await store.notes.codes(house.study.id)).find((one) => one.id === coding.codeId)!;
  const pages = [own, `${own}/code`, `${studio}/codebook/${code.publicId}`];
  for (const address of pages) expect(await page(address)).not.toContain('enters no analysis');
  expect(await page(pages[2])).toContain('of 1 person');
  await house.researcher.post(`${own}/consent`, {
    purposes: ['recording'],
    text: 'another',
    givenOn: '2026-03-01',
    givenHow: 'signed form',
    expiresOn: '',
  });
  for (const address of pages) {
    const { text } = await house.researcher.get(address);
    expect(plain(text)).toContain('enters no analysis');
    expect(text).toContain(`href="${own}/consent"`);
  }
  expect(await page(pages[2])).toContain('of 0 people');
});
