import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RoundRow } from '../../src/store/recruiting.ts';
import type { Study } from '../../src/store/studies.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { fixedClock } from '../support/house.ts';
import { openPostHouse, plantPeople } from '../support/post-house.ts';
import { serveHouse } from '../support/serve-house.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';

const account = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };
const clock = fixedClock('2026-03-10T09:00:00.000Z');
let smtp: SmtpServer;
let house: Awaited<ReturnType<typeof openPostHouse>>;
let door: Awaited<ReturnType<typeof serveHouse>>;
let researcher: Visitor;
let study: Study;
let at: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
async function signIn(): Promise<void> {
  researcher = visitor(door.url);
  await researcher.post('/sign-in', { email: account.email, password: account.password });
}
beforeAll(async () => {
  smtp = await startSmtpServer();
  house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  door = await serveHouse(house.verbatim);
  study = await house.verbatim.studies.addTo('A study', null, null, null);
  await house.verbatim.accounts.add(account, { isAdmin: true, role: 'owner', studyId: null });
  await signIn();
  at = `/studio/${study.publicId}`;
  await house.verbatim.offers.saveLimits(study.workspaceId, {
    coolDownDays: 0,
    most: 100,
    withinDays: 1,
    timeZone: 'UTC',
  });
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
  await smtp[Symbol.asyncDispose]();
});

/** Somebody who booked a time and typed where they are to be written to and paid. */
async function booked(person: string, day: string) {
  const made = await researcher.post(`${at}/recruiting/new`, {
    publicName: 'Talk with us',
    minutes: '45',
    wanted: '8',
    'incentive-amountCents': '25,50',
    'incentive-currency': 'eur',
    'incentive-form': 'voucher',
    'incentive-payoutAsk': 'Where should the voucher go?',
    mode: 'by video',
    place: 'https://meet.example/room',
    sought: 'everybody',
    'spoken-how': 'warn',
    'spoken-months': '6',
    mayInvite: 'not-refused',
    consent: 'I agree to be recorded.',
    uses: ['recording'],
    timeZone: 'UTC',
    noticeHours: '2',
    changeHours: '2',
    reminders: ['24', '1'],
    'letter-subject': 'Hello',
    'letter-text': '{{link}} {{optOut}}',
  });
  expect([made.status, made.status === 303 ? '' : plain(made.text)]).toEqual([303, '']);
  const { store, recruiting } = house.verbatim;
  const round = (await store.recruiting.find(study.id, made.location.split('/').at(-1) ?? '')) as RoundRow;
  await plantPeople(house.verbatim, study.workspaceId, { [person]: {} });
  await house.verbatim.logs.settle();
  const fits = (await recruiting.candidates(study, round)).find(({ reason }) => reason === null);
  await researcher.post(`${at}/recruiting/${round.publicId}/invite`, { person: fits?.publicId ?? '', how: 'link' });
  await researcher.post(`${at}/recruiting/${round.publicId}/times`, { do: 'one', at: `${day}T10:00` });
  const standing = async () => {
    const [participant] = await store.recruiting.people(round.id);
    const [booking] = await store.recruitingBookings.ofRound(round.id);
    if (!participant) throw new Error('Nobody was invited');
    return { participant, booking };
  };
  const link = new URL(recruiting.linkOf((await standing()).participant)).pathname;
  const [slot] = await store.recruiting.slots(round.id);
  const someone = visitor(door.url);
  const form = { slot: slot?.publicId ?? '', zone: 'UTC', agree: 'yes' };
  const sent = await someone.post(link, { ...form, email: 'typed@home.example', payout: 'Long Lane 7' });
  expect([sent.status, sent.status === 303 ? '' : plain(sent.text)]).toEqual([303, '']);
  const { booking } = await standing();
  return { round, link, someone, form, standing, interview: `${at}/interviews/${booking?.interview}` };
}

test('an interview to come is called off by a withdrawal, and nothing of whoever booked it stays', async () => {
  const { round, link, someone, form, standing, interview } = await booked('one', '2026-03-20');
  expect((await standing()).participant).toMatchObject({ email: 'typed@home.example', payout: 'Long Lane 7' });
  expect((await researcher.post(`${interview}/withdraw`, { withdraw: '1' })).status).toBe(303);
  const { participant, booking } = await standing();
  expect(participant).toMatchObject({ email: null, payout: null });
  expect(booking).toMatchObject({ state: 'cancelled', cancelledAt: expect.any(String) });
  const proof = await house.verbatim.store.withdrawals.of(study.id, interview.split('/').at(-1) ?? '');
  expect(proof?.counts).toMatchObject({ bookings: 1 });

  const page = await someone.get(link);
  expect(page.status).toBe(200);
  expect(plain(page.text)).toContain('Your interview is cancelled.');
  for (const gone of ['typed@home.example', 'Long Lane', 'meet.example', 'name="slot"', 'name="email"', '10:00'])
    expect(page.text).not.toContain(gone);
  // Nor can it be booked again by the same link, or details typed by a page that was open.
  expect((await someone.post(link, { ...form, email: 'typed@home.example', payout: 'Long Lane 7' })).status).toBe(409);
  await house.verbatim.store.recruiting.saveDetails(participant.id, {
    email: 'a@b.example',
    payout: 'x',
    language: null,
  });
  expect((await standing()).participant).toMatchObject({ email: null, payout: null });

  const { store, distribution } = house.verbatim;
  const lettersOf = async ({ id }: RoundRow) =>
    (await store.recruitingLetters.ofRound(id)).map(({ kind, state }) => `${kind} ${state}`);
  // Somebody else is reminded on the same day.
  const other = await booked('another', '2026-03-20');
  clock.forward(Date.parse('2026-03-19T12:00:00.000Z') - clock.now().getTime());
  await signIn();
  distribution.wake();
  await vi.waitFor(async () => expect(await lettersOf(other.round)).toContain('reminder sent'), { timeout: 10_000 });
  expect((await lettersOf(round)).filter((letter) => !letter.startsWith('booked'))).toEqual([]);
});

test('one that was held stays held; only what was typed goes', async () => {
  const { standing, interview } = await booked('two', '2026-04-20');
  expect((await researcher.post(`${interview}/state`, { state: 'held', note: '' })).status).toBe(303);
  await researcher.post(`${interview}/withdraw`, { withdraw: '1' });
  const { participant, booking } = await standing();
  expect(participant).toMatchObject({ email: null, payout: null });
  expect(booking).toMatchObject({ state: 'held', cancelledAt: null });
});
