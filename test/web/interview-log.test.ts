import { afterAll, beforeAll, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { asForm, fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';

const clock = fixedClock('2026-03-02T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let at: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const get = async (path: string) => (await house.researcher.get(path)).text;
const post = (path: string, form: Record<string, string | string[]>) => house.researcher.post(path, form);
const plan = async (form: Record<string, string | string[]>) => (await post(`${at}/plan`, form)).location;
const stateOf = async (interview: string) =>
  (await house.verbatim.store.notes.findInterview(house.study.id, interview.split('/').at(-1) ?? ''))?.state;
const move = (interview: string, state: string, more: Record<string, string> = {}) =>
  post(`${interview}/state`, { state, note: '', ...more });

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  at = `/studio/${house.study.publicId}/interviews`;
  await house.verbatim.accounts.add(
    { email: 'bo@lab.example', password: 'four words right here', name: 'Bo' },
    { isAdmin: false, role: 'researcher', studyId: null },
  );
});
afterAll(() => house[Symbol.asyncDispose]());

test('planning an interview needs its participant and nothing else', async () => {
  expect(await get(at)).toContain('No interview yet');
  const empty = await post(`${at}/plan`, { participant: ' ', mode: 'by video' });
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('Enter whom you want to speak with');
  const interview = await plan({ participant: 'P01', mode: 'by video' });
  expect(await stateOf(interview)).toBe('invited');
  const page = plain(await get(interview));
  expect(page).toContain('Interview with P01');
  expect(page).toContain('No time yet');
  expect(page).toContain('A time is arranged');
  expect(page).toContain('none noted yet');
});

test('it goes from invited over scheduled and held to thanked, each with when and by whom', async () => {
  const interview = await plan({ participant: 'P02', mode: 'by phone', place: 'https://call.example/p02' });
  const arrange = await get(`${interview}/state?to=scheduled`);
  const form = asForm(fieldsOf(arrange, `${interview}/state`), {
    day: '2026-07-01',
    time: '14:00',
    zone: 'Europe/Berlin',
  });
  expect((await post(`${interview}/state`, form)).status).toBe(303);
  expect(plain(await get(interview))).toContain('1 July 2026, 14:00 (Europe/Berlin)');
  const kept = await house.verbatim.store.notes.findInterview(house.study.id, interview.split('/').at(-1) ?? '');
  expect(kept).toMatchObject({ scheduledAt: '2026-07-01T12:00:00.000Z', zone: 'Europe/Berlin', heldOn: '2026-07-01' });
  clock.forward(60_000);
  await move(interview, 'held');
  clock.forward(60_000);
  await move(interview, 'thanked', { note: 'A voucher' });
  const page = plain(await get(interview));
  expect(page).toMatch(/Invited 2 March 2026, 09:\d\d, Ada/);
  expect(page).toMatch(/Scheduled 2 March 2026, 09:\d\d, Ada/);
  expect(page).toMatch(/Held 2 March 2026, 09:\d\d, Ada/);
  expect(page).toMatch(/Thanked 2 March 2026, 09:\d\d, Ada: A voucher/);
  // It was held before the day it had been arranged for.
  expect(page).toContain('Held 2 March 2026');
});

test('a state that does not follow is refused and said, and so is a time that is none', async () => {
  const interview = await plan({ participant: 'P03', mode: 'by video' });
  const thanked = await move(interview, 'thanked');
  expect(thanked.status).toBe(409);
  expect(thanked.text).toContain('The interview is invited by now');
  expect((await move(interview, 'scheduled')).text).toContain('Enter the day and the time you agreed on');
  expect((await move(interview, 'scheduled', { day: '2026-02-30', time: '10:00', zone: 'UTC' })).status).toBe(422);
  expect((await move(interview, 'scheduled', { day: '2026-03-30', time: '', zone: 'UTC' })).text).toContain(
    'Enter the time as well',
  );
  expect((await move(interview, 'scheduled', { day: '2026-03-30', time: '10:00', zone: 'Mars/Base' })).text).toContain(
    'Choose a time zone',
  );
  expect((await move(interview, 'flown')).status).toBe(404);
  expect(await stateOf(interview)).toBe('invited');
});

test('whoever did not show can get another time, and what was cancelled can begin anew', async () => {
  const interview = await plan({ participant: 'P04', mode: 'by video', day: '2026-03-05', time: '10:00', zone: 'UTC' });
  expect(await stateOf(interview)).toBe('scheduled');
  await move(interview, 'no-show', { note: 'Called twice' });
  expect(await stateOf(interview)).toBe('no-show');
  await move(interview, 'scheduled', { day: '2026-03-06', time: '11:00', zone: 'UTC' });
  await move(interview, 'cancelled');
  await move(interview, 'invited');
  expect(await stateOf(interview)).toBe('invited');
});

test('an interview with words in it cannot become one that did not take place', async () => {
  const logged = await post(`${at}/new`, {
    participant: 'P05',
    heldOn: '2026-02-20',
    mode: 'in person',
    transcript: 'It was time.',
  });
  expect(await stateOf(logged.location)).toBe('held');
  expect((await move(logged.location, 'no-show')).status).toBe(409);
  expect(plain(await get(logged.location))).toContain('They were thanked');
});

test('details say where, how long, and who leads and observes; only those who may enter the study can', async () => {
  const interview = await plan({ participant: 'P06', mode: 'by video' });
  const page = await get(`${interview}/details`);
  const idOf = (name: string) => new RegExp(`value="(\\d+)"[^>]*>\\s*<span[^>]*>${name}`).exec(page)?.[1] ?? 'nobody';
  const form = asForm(fieldsOf(page, `${interview}/details`), {
    lengthMinutes: '45',
    place: 'Room 3',
    researchers: idOf('Ada'),
    observers: [idOf('Ada'), idOf('Bo')],
  });
  expect((await post(`${interview}/details`, form)).status).toBe(303);
  const shown = plain(await get(interview));
  expect(shown).toContain('45 minutes');
  expect(shown).toContain('Room 3');
  expect(shown).toContain('Led by Ada');
  expect(shown).toContain('Observed by Bo');
  const stranger = await post(`${interview}/details`, { ...form, observers: '99999' });
  expect(stranger.status).toBe(422);
  expect(stranger.text).toContain('Choose among those who may enter this study');
  expect((await post(`${interview}/details`, { ...form, lengthMinutes: '1.5' })).status).toBe(422);
  expect((await post(`${interview}/details`, { ...form, place: 'x'.repeat(1001) })).status).toBe(422);
});

test('the list filters by state, who leads and days, and sorts', async () => {
  const all = await get(at);
  expect(all).toContain('6 interviews');
  expect(plain(await get(`${at}?state=thanked`))).toContain('One interview of 6');
  expect(await get(`${at}?state=thanked`)).toContain('Interview with P02');
  expect(plain(await get(`${at}?from=2026-02-01&until=2026-02-28`))).toContain('One interview of 6');
  expect(plain(await get(`${at}?researcher=999&state=nonsense&from=soon`))).toContain('6 interviews');
  const named = [...(await get(`${at}?order=participant`)).matchAll(/Interview with (P\d\d)/g)].map(([, name]) => name);
  expect(named).toEqual(['P01', 'P02', 'P03', 'P04', 'P05', 'P06']);
});

test('the moment it began is written down and changed later; the words before stay as a version', async () => {
  const interview = await plan({ participant: 'P07', mode: 'by video' });
  expect((await post(`${interview}/moment`, { moment: ' ' })).status).toBe(422);
  expect((await post(`${interview}/moment`, { moment: 'The roof leaked.' })).status).toBe(303);
  expect((await post(`${interview}/moment`, { moment: 'The roof leaked again.' })).status).toBe(303);
  expect(plain(await get(interview))).toContain('The roof leaked again.');
  const { store } = house.verbatim;
  const [moment] = await store.notes.sourcesOf(house.study.id, interview.split('/').at(-1) ?? '');
  expect(moment).toMatchObject({ kind: 'moment', version: 2, supersededAt: null });
  const first = await store.notes.findSource(house.study.id, moment?.publicId ?? '', 1);
  expect(first?.text).toBe('The roof leaked.');
  expect(first?.supersededAt).not.toBeNull();
  const hostile = '<script>alert(1)</script>\u0000 “moment” \u{1F9ED}';
  expect((await post(`${interview}/moment`, { moment: hostile })).status).toBe(303);
  expect(await get(interview)).not.toContain('<script>alert');
});

test('many interviews are shown a hundred at a time', async () => {
  const { interviews } = house.verbatim;
  for (let count = 0; count < 120; count += 1)
    await interviews.plan(house.study, { participant: `Q${String(count).padStart(3, '0')}` }, null);
  const first = await get(`${at}?order=participant&state=invited`);
  expect(first.match(/>Interview with /g)).toHaveLength(100);
  const next = /href="([^"]*after[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=') ?? '';
  const second = await get(next);
  expect(second).toContain('Interview with Q119');
  expect(second).not.toContain('Interview with Q001');
  expect(second).toContain('Back to the first');
});

test('nobody from elsewhere sees, plans or moves an interview', async () => {
  const interview = await plan({ participant: 'P08', mode: 'by video' });
  const stranger = visitor(house.url);
  for (const path of [
    `${at}/plan`,
    `${interview}/details`,
    `${interview}/notes`,
    `/studio/${house.study.publicId}/guides`,
  ])
    expect((await stranger.get(path)).location, path).toContain('/sign-in');
  expect((await stranger.post(`${interview}/state`, { state: 'cancelled' })).status).toBe(401);
  expect((await house.researcher.get(`${at}/${'x'.repeat(22)}/notes`)).status).toBe(404);
});
