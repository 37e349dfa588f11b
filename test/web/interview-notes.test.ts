import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSealed } from '../../src/coding/seal.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { asForm, fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';

const clock = fixedClock('2026-03-02T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let ada: Visitor;
let bo: Visitor;
let studio: string;
let interview: string;
let notes: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const publicId = () => interview.split('/').at(-1) ?? '';
const kept = async () => {
  const { store } = house.verbatim;
  const row = await store.notes.findInterview(house.study.id, publicId());
  if (!row) throw new Error('The interview is not there');
  return row;
};
const listed = async () => house.verbatim.store.interviewNotes.list((await kept()).id);
const revision = async () => String((await kept()).notesRevision);
const asProgram = (who: Visitor, path: string, form: Record<string, string> | null = null) =>
  who.send(path, {
    headers: { accept: 'application/json' },
    ...(form === null ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
const entryOf = async (text: string) => (await listed()).find((note) => note.text === text)?.entry ?? '';

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  ada = house.researcher;
  studio = `/studio/${house.study.publicId}`;
  const account = { email: 'bo@lab.example', password: 'four words right here' };
  await house.verbatim.accounts.add({ ...account, name: 'Bo' }, { isAdmin: false, role: 'researcher', studyId: null });
  bo = visitor(house.url);
  await bo.post('/sign-in', account);
  await ada.post(`${studio}/guides/take`, { code: 'laddering' });
  const [guide] = await house.verbatim.guides.list(house.study);
  const planned = await ada.post(`${studio}/interviews/plan`, {
    participant: 'P01',
    mode: 'by video',
    day: '2026-03-02',
    time: '10:00',
    zone: 'UTC',
    guide: guide?.publicId ?? '',
  });
  interview = planned.location;
  notes = `${interview}/notes`;
});
afterAll(() => house[Symbol.asyncDispose]());

test('before the clock runs a note has no time; from its start each is dated back by 15 seconds or what was chosen', async () => {
  await ada.post(notes, { text: 'They are late', back: '15' });
  expect((await ada.post(`${notes}/clock`, { step: 'start' })).status).toBe(303);
  clock.forward(100_000);
  await ada.post(notes, { text: 'The roof', back: '15' });
  await ada.post(notes, { text: 'As it was said', back: '0' });
  await ada.post(notes, { text: 'Long ago', back: '60' });
  const times = (await listed()).map(({ text, startMs }) => [text, startMs]);
  expect(times).toEqual([
    ['They are late', null],
    ['The roof', 85_000],
    ['As it was said', 100_000],
    ['Long ago', 40_000],
  ]);
  const page = plain((await ada.get(notes)).text);
  // In the order of the talk.
  expect(page).toMatch(/They are late.*Long ago.*The roof.*As it was said/);
  expect(page).toContain('1:25');
  expect((await ada.get(`${notes}?back=30`)).text).toMatch(/value="30" selected/);
});

test('a time from the page counts, but never one that is still to come or before the beginning', async () => {
  await ada.post(notes, { text: 'Begun early', back: '15', at: '50000' });
  await ada.post(notes, { text: 'From the future', back: '0', at: '999999999' });
  await ada.post(notes, { text: 'At the very start', back: '30', at: '1000' });
  const times = new Map((await listed()).map(({ text, startMs }) => [text, startMs]));
  expect(times.get('Begun early')).toBe(35_000);
  expect(times.get('From the future')).toBe(100_000);
  expect(times.get('At the very start')).toBe(0);
});

test('two people write at once and nothing is lost; each learns of the other', async () => {
  const before = await revision();
  expect((await asProgram(bo, `${notes}/live?since=${before}`)).status).toBe(204);
  const sent = Array.from({ length: 12 }, (_, index) =>
    (index % 2 === 0 ? ada : bo).post(notes, { text: `At once ${index}`, back: '5' }),
  );
  expect((await Promise.all(sent)).every(({ status }) => status === 303)).toBe(true);
  const own = (await listed()).filter(({ text }) => text.startsWith('At once'));
  expect(own.map(({ text }) => text).sort()).toHaveLength(12);
  expect(new Set(own.map(({ by }) => by))).toEqual(new Set(['Ada', 'Bo']));
  const live = await asProgram(bo, `${notes}/live?since=${before}`);
  expect(await live.json()).toEqual({ revision: Number(await revision()) });
  expect(plain((await bo.get(notes)).text)).toContain('At once 11');
});

test('a note is a sealed source text that can be coded, and what is sent twice is kept once', async () => {
  const form = { text: 'Only once', back: '15', entry: 'a1b2c3d4e5f6' };
  expect((await asProgram(ada, notes, form)).status).toBe(201);
  expect((await asProgram(ada, notes, form)).status).toBe(201);
  expect((await listed()).filter(({ text }) => text === 'Only once')).toHaveLength(1);
  const sources = await house.verbatim.store.notes.sourcesOf(house.study.id, publicId());
  const source = sources.find(({ text }) => text === 'Only once');
  expect(source).toMatchObject({ kind: 'note', speaker: 'Ada', version: 1, startMs: 85_000 });
  expect(source && source.textHash.length > 0 && !isSealed(Buffer.alloc(32), source.text, source.textHash)).toBe(true);
  const coded = await ada.post(`${interview}/codings`, { source: source?.publicId ?? '', words: 'once', name: 'Once' });
  expect(coded.status).toBe(303);
});

test('one changes and removes what one wrote oneself, and nobody else’s; codes go along or hold it', async () => {
  const entry = await entryOf('Only once');
  const others = await bo.post(`${notes}/${entry}`, { text: 'Mine now' });
  expect(others.status).toBe(403);
  expect((await bo.post(`${notes}/${entry}/remove`, {})).status).toBe(403);
  expect((await ada.post(`${notes}/${entry}`, { text: 'Said only once' })).status).toBe(303);
  const changed = (await listed()).find((note) => note.entry === entry);
  expect(changed).toMatchObject({ text: 'Said only once', version: 2, startMs: 85_000 });
  const { store } = house.verbatim;
  const [coding] = await store.notes.codings(house.study.id, { sourceIds: [changed?.sourceId ?? ''] });
  expect(coding).toMatchObject({ sourceVersion: 2, spanStart: 10, spanEnd: 14 });
  const held = await ada.post(`${notes}/${entry}/remove`, {});
  expect(held.status).toBe(409);
  expect(held.text).toContain('This note carries codes');
  const lost = await ada.post(`${notes}/${entry}`, { text: 'Said' });
  expect(lost.status).toBe(409);
  expect(lost.text).toContain('Take the code “Once” off first');
  const plainOne = await entryOf('At once 0');
  expect((await ada.post(`${notes}/${plainOne}/remove`, {})).status).toBe(303);
  expect(await entryOf('At once 0')).toBe('');
  expect((await ada.post(`${notes}/${plainOne}`, { text: 'Back again' })).status).toBe(404);
});

test('a note without words, and one too long, come back with what was typed', async () => {
  const empty = await ada.post(notes, { text: ' \n ', back: '15' });
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('Enter what you heard or saw');
  const long = await ada.post(notes, { text: 'x'.repeat(10_001), back: '15' });
  expect(long.status).toBe(422);
  expect(long.text).toContain('Make two notes of it');
  expect(fieldsOf(long.text, notes).get('text')?.[0]).toHaveLength(10_001);
  const program = await asProgram(ada, notes, { text: '', back: '15' });
  expect(program.status).toBe(422);
  expect(program.headers.get('content-type')).toContain('application/problem+json');
  await ada.post(notes, { text: '<img src=x onerror=alert(1)> \u{1F469}\u{200D}\u{1F680}', back: '-9' });
  expect((await ada.get(notes)).text).not.toContain('<img src=x');
});

test('ticking a question says who asked it and when; its probes come next, and what is left is listed', async () => {
  const guide = (await house.verbatim.guides.followedBy(await kept()))?.guide;
  const [first, second] = guide?.parts[0]?.prompts ?? [];
  expect(plain((await ada.get(notes)).text)).toContain('0 of 8 asked');
  await bo.post(`${notes}/asked`, { question: first?.id ?? '', asked: '1' });
  await ada.post(`${notes}/asked`, { question: first?.id ?? '', asked: '1' });
  const page = (await ada.get(notes)).text;
  expect(plain(page)).toContain('1 of 8 asked');
  expect(plain(page)).toContain('Bo, at 1:40');
  const next = plain(page.slice(page.indexOf('id="next"'), page.indexOf('</section>', page.indexOf('id="next"'))));
  expect(next).toContain(first?.probes[0]?.text.replaceAll('’', '’') ?? 'no probe');
  expect(next).toContain(second?.text ?? 'no prompt');
  expect(plain(page)).toContain('Not yet asked: 7');
  expect(plain((await ada.get(interview)).text)).toContain('1 of 8 questions of the guide were asked');
  await ada.post(`${notes}/asked`, { question: first?.id ?? '', asked: '0' });
  expect(plain((await ada.get(notes)).text)).toContain('0 of 8 asked');
  expect((await ada.post(`${notes}/asked`, { question: 'nonsense', asked: '1' })).status).toBe(404);
});

test('a guide that is changed stays in an interview as it was then', async () => {
  const followed = await house.verbatim.guides.followedBy(await kept());
  const own = `${studio}/guides/${followed?.publicId}`;
  const form = asForm(fieldsOf((await ada.get(`${own}/edit`)).text, `${own}/edit`), {
    'p0.0-text': 'A new first question?',
  });
  expect((await ada.post(`${own}/edit`, form)).status).toBe(303);
  const page = (await ada.get(notes)).text;
  expect(page).not.toContain('A new first question?');
  expect(page).toContain('Version 1');
  const details = (await ada.get(`${interview}/details`)).text;
  await ada.post(`${interview}/details`, asForm(fieldsOf(details, `${interview}/details`)));
  expect((await house.verbatim.guides.followedBy(await kept()))?.version).toBe(1);
});

test('rungs are noted from the foot of a ladder upwards, moved, and removed', async () => {
  const { store } = house.verbatim;
  const add = (form: Record<string, string>) => ada.post(`${notes}/rungs`, { mode: 'soft', ladder: '', ...form });
  const [code] = await store.notes.codes(house.study.id);
  await add({ kind: 'attribute', rung: 'No fee' });
  await add({ kind: 'consequence', rung: 'I save', ladder: '1' });
  await add({ kind: 'value', rung: '', code: code?.publicId ?? '', ladder: '1', mode: 'hard' });
  await add({ kind: 'attribute', rung: 'Clear terms' });
  const rungs = () => store.ladderRungs.of(house.study.id, publicId());
  expect(
    (await rungs()).map(({ ladder, position, kind, text, codeName, mode }) => [
      ladder,
      position,
      kind,
      text,
      codeName,
      mode,
    ]),
  ).toEqual([
    [1, 1, 'attribute', 'No fee', null, 'soft'],
    [1, 2, 'consequence', 'I save', null, 'soft'],
    [1, 3, 'value', '', 'Once', 'hard'],
    [2, 1, 'attribute', 'Clear terms', null, 'soft'],
  ]);
  const [foot] = await rungs();
  await ada.post(`${notes}/rungs/${foot?.publicId}`, { step: 'up' });
  expect((await rungs()).slice(0, 2).map(({ text }) => text)).toEqual(['I save', 'No fee']);
  await ada.post(`${notes}/rungs/${foot?.publicId}`, { step: 'remove' });
  expect((await rungs()).map(({ text }) => text)).toEqual(['I save', '', 'Clear terms']);
  const empty = await add({ kind: 'attribute', rung: ' ' });
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('Enter what they said, or choose a code');
  expect((await add({ kind: 'wish', rung: 'A pony' })).status).toBe(422);
  expect((await add({ kind: 'value', rung: 'Peace', ladder: '9' })).status).toBe(422);
});

test('stopping the clock says that the talk was held; somebody who stops it again is told', async () => {
  expect((await kept()).state).toBe('scheduled');
  expect((await bo.post(`${notes}/clock`, { step: 'stop' })).status).toBe(303);
  expect((await kept()).state).toBe('held');
  const late = await ada.post(`${notes}/clock`, { step: 'stop' });
  expect(late.status).toBe(409);
  expect(late.text).toContain('The clock was set by somebody else meanwhile');
  clock.forward(600_000);
  expect(plain((await ada.get(notes)).text)).toContain('1:40');
  expect((await ada.post(`${notes}/clock`, { step: 'continue' })).status).toBe(303);
  expect((await ada.post(`${notes}/clock`, { step: 'rewind' })).status).toBe(422);
});

test('after a withdrawal the notes are gone, and nothing more is kept', async () => {
  await ada.post(`${notes}/rungs`, { kind: 'value', rung: 'Peace', ladder: '', mode: 'soft' });
  const { ladderRungs } = house.verbatim.store;
  expect((await ladderRungs.list(house.study.id)).length).toBeGreaterThan(0);
  await ada.post(`${interview}/withdraw`, { withdraw: '1' });
  expect(await listed()).toEqual([]);
  expect(await ladderRungs.list(house.study.id)).toEqual([]);
  const refused = await ada.post(notes, { text: 'One more', back: '15' });
  expect(refused.status).toBe(409);
  expect((await ada.post(`${interview}/moment`, { moment: 'One day' })).status).toBe(409);
  expect((await ada.post(`${notes}/rungs`, { kind: 'value', rung: 'Peace', ladder: '', mode: 'soft' })).status).toBe(
    409,
  );
  const page = await ada.get(notes);
  expect(page.text).toContain('Nothing more can be noted');
  expect(page.text).not.toContain('The roof');
});
