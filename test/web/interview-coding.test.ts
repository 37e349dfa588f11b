import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: string;
let interview: string;

type Desk = {
  sequence: number;
  isWhole: boolean;
  codes: { id: string; name: string }[] | null;
  codings: { id: string; start: number; end: number; source: string; isImportant: boolean }[];
  memos: { id: string; text: string }[];
  gone: string[];
  undo: { id: number; label: string } | null;
  said: unknown;
};
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const asProgram = { accept: 'application/json' };
const desk = async (since?: number): Promise<Desk> => {
  const query = since === undefined ? '' : `?since=${since}`;
  return (
    await house.researcher.send(`${interview}/code.json${query}`, { headers: asProgram })
  ).json() as Promise<Desk>;
};
async function send(
  path: string,
  form: Record<string, string>,
): Promise<{ status: number; body: Desk & { title: string; detail: string } }> {
  const response = await house.researcher.send(`${interview}${path}`, {
    method: 'POST',
    headers: { ...asProgram, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Desk & { title: string; detail: string } };
}
const turnSource = async (position: number): Promise<string> => {
  const page = (await house.researcher.get(`${interview}/code`)).text;
  return new RegExp(`id="turn-${position}" data-turn="([^"]+)"`).exec(page)?.[1] ?? '';
};

beforeAll(async () => {
  house = await openFieldHouse();
  studio = `/studio/${house.study.publicId}`;
  const logged = await house.researcher.post(`${studio}/interviews/new`, {
    participant: 'P07',
    heldOn: '2026-03-02',
    mode: 'by phone',
    moment: 'The day the lift 🛗 stood still.',
    transcript: 'P07: I was stuck in the lift 🛗 again.\nInterviewer: Again?',
  });
  expect(logged.status).toBe(303);
  interview = logged.location;
});
afterAll(() => house[Symbol.asyncDispose]());

test('the interview page leads to the desk, where a turn, its words and a code are given by a form alone', async () => {
  expect((await house.researcher.get(interview)).text).toContain(`href="${interview}/code"`);
  const coded = await house.researcher.post(`${interview}/codings`, {
    source: '1',
    words: 'the lift 🛗',
    name: 'Lift',
  });
  expect([coded.status, coded.location]).toEqual([303, `${interview}/code#turn-1`]);
  expect((await desk()).codings).toMatchObject([{ start: 15, end: 25 }]);
  const page = (await house.researcher.get(`${interview}/code`)).text;
  expect(plain(page)).toContain('0 read, 1 coded of 3 turns');
  expect(page).toMatch(/<mark class="coded seg-\d">the lift 🛗<\/mark>/u);
  const moment = await house.researcher.post(`${interview}/codings`, {
    source: 'm',
    words: 'stood still',
    name: 'Lift',
  });
  expect(moment.status).toBe(303);
  expect((await desk()).codings).toHaveLength(2);
});

test('what does not fit comes back as it was typed, and says what to do', async () => {
  const refused = await house.researcher.post(`${interview}/codings`, { source: '9', words: 'x', name: 'Nowhere' });
  expect(refused.status).toBe(422);
  expect(plain(refused.text)).toContain('Enter the number of a turn of this interview');
  expect(fieldsOf(refused.text, `${interview}/codings`).get('name')).toEqual(['Nowhere']);
});

test('a code sent twice under one id stands once, and the answer holds only what changed', async () => {
  const { sequence } = await desk();
  const form = {
    id: newPublicId(),
    source: await turnSource(2),
    version: '1',
    start: '0',
    end: '5',
    name: 'Doubt',
    since: String(sequence),
  };
  const first = await send('/codings', form);
  expect(first.body).toMatchObject({ isWhole: false, codings: [{ id: form.id, start: 0, end: 5 }], gone: [] });
  expect(first.body.codes?.map(({ name }) => name)).toContain('Doubt');
  expect((await send('/codings', form)).status).toBe(200);
  expect((await desk()).codings.filter(({ id }) => id === form.id)).toHaveLength(1);
  expect((await desk()).codings).toHaveLength(3);
  expect(await desk(first.body.sequence)).toMatchObject({ isWhole: false, codings: [], codes: null });
});

test('a code or a memo that is sent once more after it was taken away is known, and stays away', async () => {
  const form = { id: newPublicId(), source: await turnSource(2), version: '1', start: '0', end: '5', name: 'Doubt' };
  expect((await send('/codings', form)).status).toBe(200);
  expect((await send(`/codings/${form.id}/remove`, {})).status).toBe(200);
  const again = await send('/codings', form);
  expect([again.status, again.body.said]).toEqual([200, { coded: [] }]);
  expect((await desk()).codings.some(({ id }) => id === form.id)).toBe(false);

  const memo = { id: newPublicId(), memo: 'Sent twice' };
  expect((await send('/code/memos', memo)).status).toBe(200);
  const kept = await house.verbatim.store.memos.find(house.study.id, memo.id);
  await house.verbatim.memos.remove(house.study, memo.id, { userId: kept?.createdBy ?? 0 });
  expect((await send('/code/memos', memo)).status).toBe(200);
  expect((await desk()).memos.some(({ id }) => id === memo.id)).toBe(false);
});

test('an id of somebody else’s, of another study’s, or given twice is refused', async () => {
  const source = await turnSource(2);
  const passage = { sourceId: source, version: 1, start: 0, end: 5, words: '' };
  const chosen = { publicId: null, name: 'Doubt', definition: '' };
  const other = await house.verbatim.codings.code(house.study, passage, chosen, null);
  const form = { source, version: '1', start: '0', end: '5', name: 'Doubt' };
  expect((await send('/codings', { ...form, id: other.publicId })).status).toBe(409);
  const subject = { kind: 'interview', id: interview.split('/').at(-1) ?? '', version: null, span: null } as const;
  const memo = await house.verbatim.memos.add(house.study, subject, 'Mine', null);
  expect((await send('/code/memos', { id: memo.publicId, memo: 'Yours' })).status).toBe(409);

  const mine = { ...form, id: newPublicId() };
  expect((await send('/codings', mine)).status).toBe(200);
  const elsewhere = await house.verbatim.studies.addTo('Elsewhere', null, null, null);
  const coding = (await house.verbatim.store.notes.codingsCalled([mine.id]))[0];
  await expect(
    house.verbatim.codings.codeParts(
      elsewhere,
      [passage],
      chosen,
      { userId: coding?.coderId ?? 0 },
      { ids: [mine.id] },
    ),
  ).rejects.toMatchObject({ kind: 'conflict' });
  const twice = newPublicId();
  await expect(
    house.verbatim.codings.codeParts(house.study, [passage, passage], chosen, null, { ids: [twice, twice] }),
  ).rejects.toMatchObject({ kind: 'invalid' });
  await house.verbatim.memos.remove(house.study, memo.publicId, null);
  for (const id of [other.publicId, mine.id])
    await house.verbatim.codings.uncode(house.study, id, { userId: coding?.coderId ?? 0 });
});

test.each([
  ['-1', '4'],
  ['2', ''],
  ['', '4'],
  ['1.5', '4'],
  ['NaN', '4'],
  ['0x1', '4'],
  ['1e1', '20'],
  ['3', '3'],
  ['4', '2'],
  ['0', '9999999'],
])('a place from “%s” to “%s” is no place: nothing is coded', async (start, end) => {
  const before = (await desk()).codings.length;
  const refused = await send('/codings', { source: await turnSource(2), version: '1', start, end, name: 'Doubt' });
  expect(refused.status).toBe(422);
  expect(JSON.stringify(refused.body)).toMatch(/whole numbers|Copy the words/);
  expect((await desk()).codings).toHaveLength(before);
});

test('a boundary that somebody else moved meanwhile is refused, and one that arrives twice is not', async () => {
  const coding = (await desk()).codings.at(-1);
  if (!coding) throw new Error('Nothing is coded');
  const move = (to: number, was: number) =>
    send(`/codings/${coding.id}/move`, { start: '0', end: String(to), wasStart: '0', wasEnd: String(was), since: '0' });
  expect((await move(4, 5)).status).toBe(200);
  expect((await move(4, 5)).status).toBe(200);
  const refused = await move(6, 5);
  expect(refused).toMatchObject({ status: 409, body: { title: 'Somebody else moved this boundary meanwhile' } });
  expect((await desk()).codings.find(({ id }) => id === coding.id)?.end).toBe(4);
});

test('undo takes back one step however often it is sent, and do again brings it back', async () => {
  const before = await desk();
  const step = String(before.undo?.id);
  const undone = await send('/code/undo', { step, since: String(before.sequence) });
  expect(undone.body.codings).toMatchObject([{ end: 5 }]);
  expect(undone.body.said).toMatchObject({ outcome: 'done' });
  const again = await send('/code/undo', { step, since: String(undone.body.sequence) });
  expect(again.body).toMatchObject({ sequence: undone.body.sequence, codings: [] });
  const redone = await send('/code/redo', { since: String(undone.body.sequence) });
  expect(redone.body.codings).toMatchObject([{ end: 4 }]);
});

test('a code taken away is gone for whoever asks what is new', async () => {
  const { sequence, codings } = await desk();
  const last = codings.at(-1)?.id ?? '';
  await house.researcher.post(`${interview}/codings/${last}/remove`);
  expect((await desk(sequence)).gone).toEqual([last]);
  await house.researcher.post(`${interview}/code/undo`);
  expect((await desk()).codings.map(({ id }) => id)).toContain(last);
});

test('memos stand beside words, codings, the interview and the study, are found in their list, and say when another was faster', async () => {
  const [coding] = (await desk()).codings;
  const source = await turnSource(1);
  await house.researcher.post(`${interview}/code/memos`, {
    kind: 'source',
    source: '1',
    words: 'again',
    memo: 'The third time?',
  });
  await send('/code/memos', {
    kind: 'source',
    source,
    version: '1',
    start: '0',
    end: '5',
    memo: 'By place',
    since: '0',
  });
  await send('/code/memos', { kind: 'coding', subject: coding?.id ?? '', memo: 'Étrange', since: '0' });
  await send('/code/memos', { kind: 'interview', memo: 'A good talk', since: '0' });
  await house.researcher.post(`${studio}/memos/new`, { text: 'On the study', kind: '', subject: '' });
  expect((await desk()).memos.map(({ text }) => text)).toEqual([
    'The third time?',
    'By place',
    'Étrange',
    'A good talk',
  ]);
  const list = plain((await house.researcher.get(`${studio}/memos`)).text);
  expect(list).toContain('5 memos');
  expect(plain((await house.researcher.get(`${studio}/memos?search=etrange`)).text)).toMatch(/One memo .*Étrange/);
  expect(plain((await house.researcher.get(`${studio}/memos?kind=study`)).text)).toContain('On the study');
  expect(plain((await house.researcher.get(`${interview}/code`)).text)).toContain('The third time?');

  const memo = (await desk()).memos[0];
  const at = `${studio}/memos/${memo?.id}`;
  const was = fieldsOf((await house.researcher.get(at)).text, at).get('was')?.[0] ?? '';
  expect((await house.researcher.post(at, { text: 'Changed', was: '2020-01-01T00:00:00.000Z' })).status).toBe(409);
  expect((await house.researcher.post(at, { text: 'Changed', was })).status).toBe(303);
  expect((await house.researcher.post(at, { text: ' ', was: '' })).status).toBe(422);
  expect((await house.researcher.post(`${at}/remove`)).status).toBe(303);
  expect((await desk()).memos.map(({ text }) => text)).not.toContain('Changed');
});

test('what was read, the bookmark and the number keys are kept for who sets them', async () => {
  await house.researcher.post(`${interview}/code/read`, { upTo: '1' });
  expect(plain((await house.researcher.get(`${interview}/code`)).text)).toContain('2 read,');
  const source = await turnSource(2);
  await send('/code/bookmark', { source, point: '3', since: '0' });
  const code = (await desk()).codes?.find(({ name }) => name === 'Doubt')?.id ?? '';
  await house.researcher.post(`${interview}/code/pins`, { pin3: code, pin4: 'nonsense' });
  const whole = (await (await house.researcher.send(`${interview}/code.json`, { headers: asProgram })).json()) as {
    own: { pinned: (string | null)[]; bookmark: unknown };
  };
  expect(whole.own.pinned).toEqual([null, null, code, null, null, null, null, null, null]);
  expect(whole.own.bookmark).toEqual({ source, point: 3 });
  expect((await send('/code/bookmark', { source: 'elsewhere', point: '3', since: '0' })).status).toBe(404);
});

test('keys can be chosen, and one given to two actions is refused with both named', async () => {
  const at = '/studio/account/keys';
  const fields = fieldsOf((await house.researcher.get(at)).text, at);
  const form = Object.fromEntries([...fields].map(([name, [value]]) => [name, value ?? '']));
  expect(form).toMatchObject({ isOn: '1', pick: 'F /', 'in-vivo': 'V', redo: 'Ctrl+Y Ctrl+Shift+Z', play: 'Space' });
  const refused = await house.researcher.post(at, { ...form, 'in-vivo': 'Q' });
  expect(refused.status).toBe(422);
  expect(plain(refused.text)).toContain('Q is given to “The last code again” already');
  expect((await house.researcher.post(at, { ...form, pick: '1' })).status).toBe(422);
  expect((await house.researcher.post(at, { ...form, pick: 'g', isOn: '' })).status).toBe(303);
  const kept = fieldsOf((await house.researcher.get(at)).text, at);
  expect([kept.get('pick'), kept.get('isOn') ?? []]).toEqual([['G'], []]);
});

test('the log tells every step, undone ones among them, and its file holds no formula', async () => {
  await house.researcher.post(`${interview}/codings`, { source: '2', words: '', name: '=1+1' });
  await house.researcher.post(`${interview}/code/undo`);
  const log = plain((await house.researcher.get(`${studio}/coding-log`)).text);
  expect(log).toMatch(/“Lift” on “the lift 🛗” Coded Ada/u);
  expect(log).toContain('Undone');
  const file = (await house.researcher.get(`${studio}/coding-log.csv`)).text;
  expect(file.split('\r\n')[0]).toContain('at,by,step,what,undone_at');
  expect(file.split('\r\n').length).toBeGreaterThan(8);
  for (const line of file.split('\r\n')) for (const cell of line.split(',')) expect(cell).not.toMatch(/^["﻿]*=/);
});

test('a note and a moment are coded like turns, and an interview without words says so', async () => {
  const empty = await house.researcher.get(`${interview.replace(/[^/]+$/, 'nosuchinterview')}/code`);
  expect(empty.status).toBe(404);
  expect((await house.researcher.get(`${interview}/code`)).text).toContain('data-number="M"');
});
