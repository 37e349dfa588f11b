import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Coding } from '../../src/store/notes.ts';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { sendForm } from '../support/form-fields.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: string;
let first: string;
let second: string;
let insight: string;
let persona: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const idOf = (address: string) => address.split('/').at(-1)!;
const log = async (participant: string, transcript: string, mayQuote = true) => {
  const { status, location } = await house.researcher.post(`${studio}/interviews/new`, {
    participant,
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript,
    ...(mayQuote ? { mayQuote: '1' } : {}),
  });
  expect(status).toBe(303);
  return location;
};
const code = async (address: string, position: number, words: string, name: string): Promise<Coding> => {
  const sources = await house.verbatim.store.notes.sourcesOf(house.study.id, idOf(address));
  const source = sources.find((one) => one.kind === 'turn' && one.position === position)!;
  return house.verbatim.codings.code(
    house.study,
    { sourceId: source.publicId, version: source.version, start: null, end: null, words },
    { publicId: null, name, definition: '' },
    null,
  );
};
const pageOf = async (address: string) => plain((await house.researcher.get(address)).text);

beforeAll(async () => {
  house = await openFieldHouse();
  studio = `/studio/${house.study.publicId}`;
  first = await log(
    'P07',
    'Interviewer: And then?\nP07: My name is Quentin Abernathy and the platypus lift left me stranded near Zanzibar Mill.\nP07: Nobody came for an hour.',
  );
  second = await log('P08', 'Interviewer: And then?\nP08: The lift works fine for me.', false);
  const store = house.verbatim.store;
  const segment = await store.segments.addDefined(house.study.id, 'Stranded', { all: [] }, null, null, '2026-03-02');
  await store.personas.addVersion(
    { studyId: house.study.id, segmentIds: [segment.id], personaId: null },
    {
      name: 'The stranded',
      lede: 'Waits.',
      portrait: JSON.stringify({
        size: { share: { share: 0.5, low: 0.4, high: 0.6 }, n: 5, base: 10 },
        spend: null,
        claims: [],
        scales: [],
        who: [],
        themes: [],
        quotes: [],
        quotable: 0,
        lede: '',
      }),
      createdBy: null,
    },
    '2026-03-02T10:00:00.000Z',
  );
  persona = (await store.personas.ofSegment(segment.id))!.publicId;
});
afterAll(() => house[Symbol.asyncDispose]());

test('a passage becomes an insight from its code’s page, and another speaks against it', async () => {
  const stranded = await code(first, 2, 'the platypus lift left me stranded', 'Stranded');
  const fine = await code(second, 2, 'The lift works fine for me', 'Fine');
  const [{ publicId } = { publicId: '' }] = await house.verbatim.store.notes.codes(house.study.id);
  expect(publicId).not.toBe('');
  const codePage = await house.researcher.get(
    `${studio}/codebook/${(await house.verbatim.store.notes.codeById(stranded.codeId))?.publicId}`,
  );
  expect(codePage.text.replaceAll('&#x3D;', '=')).toContain(`${studio}/use-in-insight?coding=${stranded.publicId}`);
  const form = { coding: stranded.publicId, insight: '', statement: '', stance: 'for' };
  const refused = await house.researcher.post(`${studio}/use-in-insight`, form);
  expect([refused.status, refused.text.includes('href="#statement"')]).toEqual([422, true]);
  const made = await house.researcher.post(`${studio}/use-in-insight`, { ...form, statement: 'Lifts strand people' });
  expect(made.status).toBe(303);
  insight = made.location;
  await house.researcher.post(`${studio}/use-in-insight`, {
    coding: fine.publicId,
    insight: idOf(insight),
    statement: '',
    stance: 'against',
  });
  const page = await pageOf(insight);
  expect(page).toContain('1 of 2 people interviewed, 1 quote.');
  expect(page).toContain('the platypus lift left me stranded');
  expect(page.indexOf('What speaks against it')).toBeLessThan(page.indexOf('The lift works fine for me'));
  // The same words twice are one quote.
  await house.researcher.post(`${studio}/use-in-insight`, { ...form, insight: idOf(insight) });
  expect(await pageOf(insight)).toContain('1 of 2 people interviewed, 1 quote.');
});

test('passages are picked from a code, turned to the other side and taken away', async () => {
  const waiting = await code(first, 3, 'Nobody came', 'Waiting');
  const codes = await house.verbatim.store.notes.codes(house.study.id);
  const waitingCode = codes.find(({ name }) => name === 'Waiting')!.publicId;
  expect(await pageOf(`${insight}/evidence?code=${waitingCode}`)).toContain('Take these words');
  expect((await house.researcher.post(`${insight}/evidence`, { coding: waiting.publicId, stance: 'for' })).status).toBe(
    303,
  );
  expect(await pageOf(`${insight}/evidence?code=${waitingCode}`)).toContain('Among the evidence already');
  expect(await pageOf(insight)).toContain('1 of 2 people interviewed, 2 quotes.');
  const rows = await house.verbatim.store.insights.evidenceOf(house.study.id);
  const row = rows.find(({ codingId }) => Number(codingId) === waiting.id)!;
  await house.researcher.post(`${insight}/evidence/${row.publicId}`, { do: 'against' });
  expect(await pageOf(insight)).toContain('2 of 2 people interviewed, 2 quotes.');
  await house.researcher.post(`${insight}/evidence/${row.publicId}`, { do: 'remove' });
  expect((await house.researcher.post(`${insight}/evidence/${row.publicId}`, { do: 'remove' })).status).toBe(404);
});

test('a persona claims it: an assumption until the insight stands, and the way leads back from the words', async () => {
  const claimed = await house.researcher.post(`${insight}/claim`, { persona, words: 'I get stuck in lifts' });
  expect(claimed.status).toBe(303);
  expect((await house.researcher.post(`${insight}/claim`, { persona, words: '' })).status).toBe(409);
  const sheet = `${studio}/personas/${persona}`;
  expect(await pageOf(sheet)).toContain('I get stuck in lifts Assumption');
  await sendForm(house.researcher, `${insight}/edit`, {
    statement: 'Lifts strand people',
    note: '',
    status: 'standing',
    owner: '',
  });
  const stands = await pageOf(sheet);
  expect(stands).not.toContain('Assumption');
  expect(stands).toContain('I get stuck in lifts 1 of 2 people interviewed, 1 quote ; against it 1 of 2 people');
  // A sheet is handed on: whoever did not agree to be quoted is counted there, and not read.
  expect(stands).not.toContain('The lift works fine for me');
  expect(stands).toContain('the platypus lift left me stranded');
  const [source] = (await house.verbatim.store.notes.sourcesOf(house.study.id, idOf(first))).filter(
    ({ position, kind }) => position === 2 && kind === 'turn',
  );
  const uses = (await house.researcher.get(`${studio}/texts/${source!.publicId}`)).text;
  for (const part of ['Stranded', 'Lifts strand people', 'I get stuck in lifts', insight, sheet])
    expect(uses).toContain(part);
});

test('a memo stands beside an insight', async () => {
  const written = await house.researcher.post(`${studio}/memos/new`, {
    kind: 'insight',
    subject: idOf(insight),
    text: 'Ask about doorbells',
  });
  expect(written.status).toBe(303);
  expect(await pageOf(insight)).toContain('Ask about doorbells');
  expect(await pageOf(`${studio}/memos`)).toContain('the insight “Lifts strand people”');
});

test('a correction is told to whoever rests on the words', async () => {
  const correct = `${first}/turns/2/correct`;
  const sources = await house.verbatim.store.notes.sourcesOf(house.study.id, idOf(first));
  const { text } = sources.find(({ position, kind }) => position === 2 && kind === 'turn')!;
  await house.researcher.post(correct, {
    do: 'save',
    version: '1',
    text: text.replace('left me stranded', 'left us stranded'),
    reason: 'The wombat recording',
  });
  const page = await pageOf(insight);
  expect(page).toContain('the platypus lift left us stranded');
  expect(page).toContain('A correction touched these words since they were chosen.');
  expect(page).toContain('It still fits');
});

test('viewers read insights that stand and the words of those who agreed to be quoted, nothing else', async () => {
  const { accounts } = house.verbatim;
  const viewer = { email: 'v@lab.example', password: 'three words together' };
  await accounts.add({ ...viewer, name: 'Vi' }, { isAdmin: false, role: 'viewer', studyId: house.study.id });
  const vi = visitor(house.url);
  await vi.post('/sign-in', viewer);
  const draft = await house.researcher.post(`${studio}/insights/new`, {
    statement: 'Only a thought',
    note: '',
    status: 'draft',
    owner: '',
  });
  expect((await vi.get(draft.location)).status).toBe(404);
  const list = plain((await vi.get(`${studio}/insights`)).text);
  expect([list.includes('Lifts strand people'), list.includes('Only a thought')]).toEqual([true, false]);
  const page = plain((await vi.get(insight)).text);
  expect(page).toContain('the platypus lift left us stranded');
  expect(page).not.toContain('The lift works fine for me');
  expect(page).toContain('1 more quote is not shown here');
  expect(page).not.toContain('Take it away');
  expect((await vi.get(`${insight}/export`)).status).toBe(403);
});

test('each audience gets what it may: clients without names, the public only what may be shared', async () => {
  const whole = await code(first, 2, '', 'Whole turn');
  await house.researcher.post(`${insight}/evidence`, { coding: whole.publicId, stance: 'for' });
  await house.researcher.post(`${first}/redactions`, { words: 'Zanzibar Mill', kind: 'place', do: 'hide' });
  const take = async (audience: string, reason = '') =>
    house.researcher.post(`${insight}/export`, { audience, reason });
  expect((await take('internal')).status).toBe(422);
  const internal = await take('internal', 'to check the transcript');
  expect(internal.text).toContain('Quentin Abernathy');
  expect(internal.text).toMatch(/,speaker,machine draft\r?\n.*,0\r?\n/s);
  const client = await take('client');
  expect(client.text).not.toContain('Abernathy');
  expect(client.text).toMatch(/My name is \[Person \w{4}\]/);
  expect(client.text).toContain('Zanzibar Mill');
  expect(client.text).not.toContain('works fine');
  expect((await take('public')).text.trim().split('\n')).toHaveLength(1);
  await house.researcher.post(`${first}/consent`, {
    purposes: ['analysis', 'quotes', 'share'],
    text: 'by voice',
    givenOn: '2026-03-02',
    givenHow: 'on the recording',
    expiresOn: '',
  });
  const open = await take('public');
  expect(open.text).toMatch(/stranded near \[Place \w{4}\]/);
  expect(open.text).not.toContain('Zanzibar');
  // The same name reads the same for both.
  const token = /\[Person \w{4}\]/.exec(client.text)?.[0] ?? '';
  expect(open.text).toContain(token);
});

test('a withdrawal leaves a proof, flags whoever quoted them, and no byte of their words', async () => {
  await code(first, 2, 'platypus lift', 'platypus lift');
  const memo = { title: 'Wombat', text: 'They said: the platypus lift left us stranded' };
  await house.verbatim.codings.step(house.study, null, 'memo', 'Memo on “platypus”', (write) =>
    write.insert('memos', {
      ...memo,
      studyId: house.study.id,
      publicId: 'memo-of-an-interview-1',
      subjectKind: 'interview',
      subjectId: idOf(first),
      createdBy: null,
      createdAt: '2026-03-03',
      changedAt: '2026-03-03',
      removedAt: null,
    }),
  );
  expect((await house.researcher.post(`${first}/withdraw`, {})).status).toBe(422);
  expect((await house.researcher.post(`${first}/withdraw`, { withdraw: '1' })).status).toBe(303);
  expect((await house.researcher.post(`${first}/withdraw`, { withdraw: '1' })).status).toBe(303);
  const proof = await pageOf(`${first}/consent`);
  for (const part of [
    'They have withdrawn',
    'Turns and notes deleted',
    'Memos deleted 1',
    'Personas to look at again 1',
    'Code 1',
  ])
    expect(proof).toContain(part);
  expect(proof).not.toContain('platypus');
  expect(await pageOf(`${studio}/insights`)).toContain('Needs review: words it rested on were deleted');
  expect(await pageOf(`${studio}/personas/${persona}`)).toContain('Words that it quotes or rests on were deleted');
  expect(await pageOf(`${studio}/personas/${persona}`)).toContain('I get stuck in lifts Assumption');
  expect(await pageOf(insight)).toContain('2 quotes have left: the words were deleted.');
  expect(
    (
      await house.researcher.post(`${first}/consent`, {
        purposes: 'analysis',
        text: 'x',
        givenOn: '2026-03-02',
        givenHow: 'y',
        expiresOn: '',
      })
    ).status,
  ).toBe(409);

  // The code named with their words is the one thing that is left to a researcher; its name stands in for nothing else.
  const named = (await house.verbatim.store.notes.codes(house.study.id)).find(({ name }) => name === 'platypus lift')!;
  expect((await house.verbatim.store.withdrawals.of(house.study.id, idOf(first)))?.codesToRename).toEqual([
    named.publicId,
  ]);
  const page = await house.researcher.get(first);
  expect(plain(page.text)).toContain('The proof of it');
  expect(page.text).toContain(`href="${first}/consent"`);
  expect(plain(page.text)).not.toContain('say who it was');
  expect((await house.researcher.post(`${first}/person`, { person: 'somebody' })).status).toBe(409);
  // One button takes the words out of the codebook, and out of what is known of how they came there.
  expect((await house.researcher.post(`${first}/consent/rename`, {})).status).toBe(303);
  const renamed = await pageOf(`${first}/consent`);
  expect(renamed).toContain('They have withdrawn');
  expect(renamed).not.toContain('named with words of theirs');
  const codes = await house.verbatim.store.notes.codes(house.study.id);
  expect(codes.find(({ publicId }) => publicId === named.publicId)?.name).toMatch(/^Code \d+$/);
  house.verbatim.connection.pragma('wal_checkpoint(TRUNCATE)');
  const left = bytesWith([
    'Abernathy',
    'Zanzibar',
    'wombat recording',
    'left us stranded',
    'left me stranded',
    'Nobody came for',
    'platypus lift',
  ]);
  expect(left).toEqual([]);

  await house.researcher.post(`${insight}/reviewed`, { note: 'One voice left' });
  await house.researcher.post(`${studio}/personas/${persona}/reviewed`, {});
  expect(await pageOf(insight)).not.toContain('Needs review');
  expect(await pageOf(`${studio}/personas/${persona}`)).not.toContain('Needs review');
});

/** Which of some words stand anywhere in the database's files, once its journal is written back. */
function bytesWith(words: readonly string[]): string[] {
  const folder = house.verbatim.folder;
  const files = readdirSync(folder).filter((name) => name.startsWith('verbatim.db'));
  const bytes = files.map((name) => readFileSync(path.join(folder, name)));
  return words.filter((word) => bytes.some((file) => file.includes(word)));
}
