import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import type { RoundRow } from '../../src/store/recruiting.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { createApp } from '../../src/web/app.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { openEventHouse } from '../support/event-house.ts';
import { fixedClock } from '../support/house.ts';
import { openPostHouse, PUBLIC_URL, plantPeople } from '../support/post-house.ts';
import { sharedRenderer } from '../support/shared-renderer.ts';
import { smallSurvey } from '../support/small-survey.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';

const account = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };
const clock = fixedClock('2026-03-02T09:00:00.000Z');
let smtp: SmtpServer;
let house: Awaited<ReturnType<typeof openPostHouse>>;
let server: Server;
let url: string;
let researcher: Visitor;
let study: Study;
let survey: SurveyRow;
let people: number[];
let villagers: string;
let at: string;

const asking = SurveyDefinition.parse({
  ...smallSurvey,
  consent: {
    ...smallSurvey.consent,
    purposes: [...smallSurvey.consent.purposes, { code: 're-contact', text: { en: 'You may ask me again' } }],
  },
});

beforeAll(async () => {
  smtp = await startSmtpServer();
  house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { verbatim } = house;
  const { app } = createApp({
    verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'silent' }),
    publicUrl: PUBLIC_URL,
    trustProxy: 0,
    isOpen: () => true,
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(asking));
  await verbatim.surveys.publish(draft, 1, null);
  survey = (await verbatim.store.surveys.find(study.id, draft.publicId))!;
  await verbatim.accounts.add(account, { isAdmin: true, role: 'owner', studyId: null });
  await signIn();
  people = await plantPeople(verbatim, study.workspaceId, {
    'crm-1': { email: 'one@people.example', first_name: 'Olga', plan: 'Pro' },
    'crm-2': { email: 'two@people.example', plan: 'Pro' },
    'crm-3': { email: 'three@people.example', plan: 'Free' },
    'crm-4': { plan: 'Free' },
    'crm-5': { email: 'five@people.example', language: 'de', plan: 'Free' },
    'crm-6': { email: 'six@people.example', plan: 'Free' },
  });
  villagers = (
    await verbatim.segments.define(
      study,
      { name: 'Villagers', rule: { answer: 'city', op: 'is', value: 'village' }, surveyId: survey.id },
      null,
    )
  ).publicId;
  at = `/studio/${study.publicId}/recruiting`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await house[Symbol.asyncDispose]();
  await smtp[Symbol.asyncDispose]();
});

async function signIn(): Promise<void> {
  researcher = visitor(url);
  await researcher.post('/sign-in', { email: account.email, password: account.password });
}
let planted = 0;
/** People whom nobody has asked anything yet; with an address unless it is left out. */
const fresh = (count: number, hasAddress = true): Promise<number[]> =>
  plantPeople(
    house.verbatim,
    study.workspaceId,
    Object.fromEntries(
      Array.from({ length: count }, () => {
        planted += 1;
        return [`fresh-${planted}`, hasAddress ? { email: `fresh${planted}@people.example` } : {}];
      }),
    ),
  );
/** Moves the clock, by which sessions end. */
async function goTo(instant: string): Promise<void> {
  clock.forward(Date.parse(instant) - clock.now().getTime());
  await signIn();
  house.verbatim.distribution.wake();
}

const FORM: Record<string, string | string[]> = {
  publicName: 'Talk with us',
  internalName: 'Round one',
  description: 'About moving house.',
  minutes: '45',
  wanted: '8',
  'incentive-amountCents': '25,50',
  'incentive-currency': 'eur',
  'incentive-form': 'voucher',
  'incentive-payoutAsk': 'Where should the voucher go?',
  mode: 'by video',
  place: 'https://meet.example/room',
  sought: 'everybody',
  'spoken-how': 'exclude',
  'spoken-months': '6',
  mayInvite: 'not-refused',
  consent: 'I agree to be recorded.',
  uses: ['recording', 're-contact'],
  timeZone: 'Europe/Berlin',
  noticeHours: '2',
  changeHours: '2',
  reminders: ['24', '1'],
  'letter-subject': 'Hello {{name}}',
  'letter-text': 'Dear {{name}},\r\n{{link}}\r\n{{optOut}}',
};

async function newRound(more: Record<string, string | string[]> = {}): Promise<RoundRow> {
  const made = await researcher.post(`${at}/new`, { ...FORM, ...more });
  expect([made.status, made.status === 303 ? '' : made.text]).toEqual([303, '']);
  return (await house.verbatim.store.recruiting.find(study.id, made.location.split('/').at(-1) ?? ''))!;
}
/** Wherever the limits of the workspace are not the question, they are out of the way. */
const withoutLimits = () =>
  house.verbatim.offers.saveLimits(study.workspaceId, { coolDownDays: 0, most: 100, withinDays: 1, timeZone: 'UTC' });
const publicIdOf = async (personId = 0) => (await house.verbatim.store.contacts.personById(personId))?.publicId ?? '';
const invite = async (round: RoundRow, ids: readonly number[], how: 'mail' | 'link' = 'link') =>
  researcher.post(`${at}/${round.publicId}/invite`, {
    person: await Promise.all(ids.map(publicIdOf)),
    how,
  });
const addTimes = (round: RoundRow, written: string) =>
  researcher.post(`${at}/${round.publicId}/times`, { do: 'one', at: written });
const slotsOf = async (round: RoundRow) =>
  (await house.verbatim.store.recruiting.slots(round.id)).map((one) => one.publicId);
/** The paths of the personal links of a round, in the order of its participants. */
const linksOf = async (round: RoundRow) =>
  (await house.verbatim.store.recruiting.people(round.id)).map(
    (one) => new URL(house.verbatim.recruiting.linkOf(one)).pathname,
  );
/** A participant's browser: no cookie, no script, and no word of where it comes from. */
const get = async (address: string) => {
  const answer = await fetch(new URL(address, url), { redirect: 'manual', headers: { accept: 'text/html' } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const post = async (address: string, form: Record<string, string>) => {
  const answer = await fetch(new URL(address, url), {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html' },
    body: new URLSearchParams(form),
  });
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() };
};
const plain = (text: string) => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const interviewOf = async (round: RoundRow) => {
  const [booking] = await house.verbatim.store.recruitingBookings.ofRound(round.id);
  return (await house.verbatim.store.notes.findInterview(study.id, booking?.interview ?? ''))!;
};
const lettersOf = async (round: RoundRow) =>
  (await house.verbatim.store.recruitingLetters.ofRound(round.id)).map(({ kind, state }) => `${kind} ${state}`);
async function settled(round: RoundRow): Promise<void> {
  house.verbatim.distribution.wake();
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await lettersOf(round)).every((letter) => !/waiting|sending/.test(letter))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('Letters are still waiting');
}

test('an empty form and a hostile one come back with what does not fit, and nothing is kept', async () => {
  const empty = await researcher.post(`${at}/new`, {});
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('Enter a name of at most 120 letters that participants will read');
  const wrong = await researcher.post(`${at}/new`, {
    ...FORM,
    publicName: '<script>alert(1)</script>',
    'incentive-amountCents': '-5',
    timeZone: 'Mars/Base',
    sought: 'segment AAAAAAAAAAAAAAAAAAAAAA',
    'letter-text': 'Come!',
    researchers: ['999999'],
  });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('&lt;script&gt;');
  expect(wrong.text).not.toContain('<script>alert');
  expect(wrong.text).toContain('Enter an amount such as 25 or 25.50');
  expect(wrong.text).toContain('Choose a time zone');
  const unknown = await researcher.post(`${at}/new`, { ...FORM, sought: 'segment AAAAAAAAAAAAAAAAAAAAAA' });
  expect(unknown.text).toContain('Choose one of those listed');
  const letter = await researcher.post(`${at}/new`, { ...FORM, 'letter-text': 'Come!' });
  expect(letter.text).toContain('Put {{link}} where the personal link should stand');
  const cells = await researcher.post(`${at}/new`, { ...FORM, 'cells-1-name': 'Pro', 'cells-1-wanted': '4' });
  expect(cells.status).toBe(422);
  expect(cells.text).toContain('href="#cells-0-segment"');
  expect(await house.verbatim.store.recruiting.rounds(study.id)).toEqual([]);
  expect((await researcher.get(`${at}/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
});

test('an invitation goes out once, counts as a contact, and whoever was asked lately is left alone', async () => {
  await house.verbatim.offers.saveLimits(study.workspaceId, {
    coolDownDays: 7,
    most: 3,
    withinDays: 30,
    timeZone: 'UTC',
  });
  const round = await newRound();
  const page = await researcher.get(`${at}/${round.publicId}/candidates`);
  expect(plain(page.text)).toContain('6 people fit the round; 6 can be invited');
  expect(page.text).toContain('An invitation counts as a contact');
  const sent = await invite(round, [people[0]!, people[3]!], 'mail');
  expect(sent.location).toContain('told=invited&n=1');
  await smtp.taken(1);
  await settled(round);
  expect(smtp.letters.at(-1)?.text).toMatch(
    /Dear Olga,\n\nhttps:\/\/research\.example\/book\/[\w-]{22}|Dear Olga,\nhttps:\/\/research\.example\/book\/[\w-]{22}/,
  );
  expect(await house.verbatim.store.offers.past([people[0]!])).toEqual([
    { survey: round.publicId, at: clock.now().getTime() },
  ]);
  expect((await invite(round, [people[0]!], 'mail')).status).toBe(409);
  const other = await newRound({ internalName: 'Round two' });
  const capped = plain((await researcher.get(`${at}/${other.publicId}/candidates`)).text);
  expect(capped).toContain('was asked something lately: the limits of the workspace leave them alone: 1');
  expect(capped).toContain('until 9 Mar');
  expect((await invite(other, [people[0]!], 'link')).status).toBe(409);
  await goTo('2026-03-10T09:00:00.000Z');
  expect(plain((await researcher.get(`${at}/${other.publicId}/candidates`)).text)).toContain('6 can be invited');
});

test('the consent to be contacted again, an opt-out and an earlier talk each leave people out, and say so', async () => {
  await withoutLimits();
  const { fieldwork, targeting, store, distribution, interviews, studies } = house.verbatim;
  const answer = async (personId: number, consents: string[]) => {
    const published = (await store.surveys.findPublished(survey.slug))!;
    await targeting.invite(published, [{ id: personId, publicId: await publicIdOf(personId) }]);
    const invitation = targeting.invitationToken(survey.publicId, await publicIdOf(personId));
    const started = await fieldwork.start(survey.slug, { consents, language: null, invitation, isTest: false });
    if (!started.started || !('revision' in started.next)) throw new Error('It did not start');
    await fieldwork.answer({ ...started.next, page: 1 }, { city: personId === people[1] ? 'village' : 'city' });
    await fieldwork.complete(started.next.token, 2);
  };
  await answer(people[1]!, ['analysis', 're-contact']);
  await answer(people[2]!, ['analysis']);
  await distribution.optOut({ personId: people[4]! }, 'researcher');
  const elsewhere = await studies.addTo('Another study', null, null, null);
  const held = await interviews.log(
    elsewhere,
    {
      title: '',
      participant: 'P',
      person: 'crm-6',
      heldOn: '2026-02-20',
      mode: 'by phone',
      guide: '',
      moment: '',
      transcript: 'P: Yes.',
      mayQuote: false,
    },
    null,
  );
  expect(held).toHaveProperty('interview');
  const strict = await newRound({ mayInvite: 'agreed' });
  const text = plain((await researcher.get(`${at}/${strict.publicId}/candidates`)).text);
  expect(text).toContain('1 can be invited');
  expect(text).toContain('did not agree to be contacted again, or took it back: 1');
  expect(text).toContain('asked not to be written to: 1');
  expect(text).toContain('was never asked whether they may be contacted again: 3');
  const loose = await newRound({ sought: 'everybody' });
  const excluded = plain((await researcher.get(`${at}/${loose.publicId}/candidates`)).text);
  expect(excluded).toContain('spoken with already on 20 February 2026, Another study');
  const warned = await newRound({ 'spoken-how': 'warn' });
  const shown = plain((await researcher.get(`${at}/${warned.publicId}/candidates`)).text);
  expect(shown).toContain('spoken with on 20 February 2026, Another study');
  expect(shown).not.toContain('spoken with already: 1');
  const long = await newRound({ 'spoken-months': '120', sought: `survey ${survey.publicId}` });
  expect(plain((await researcher.get(`${at}/${long.publicId}/candidates`)).text)).toContain('2 people fit the round');
});

test('somebody books in their own zone, changes, downloads, and cancels; the interview says the same throughout', async () => {
  await withoutLimits();
  const round = await newRound();
  // A week on which Berlin changes its clocks, and New York has done so already.
  await addTimes(round, '2026-03-28T10:00');
  const told = await addTimes(round, '2026-03-30T10:00');
  expect(told.text).toContain('1 time was added.');
  expect((await addTimes(round, '2026-03-29T02:30')).text).toContain('never shows 2026-03-29 02:30');
  expect((await addTimes(round, '2026-03-30T10:30')).text).toContain('0 times were added');
  expect((await addTimes(round, '2020-01-01T10:00')).text).toContain('0 times were added');
  await invite(round, await fresh(1));
  const [link = ''] = await linksOf(round);
  const page = await get(link);
  expect(page.status).toBe(200);
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  const text = plain(page.text);
  for (const shown of [
    'Talk with us',
    '45 minutes',
    '€25.50, voucher',
    'By video',
    'I agree to be recorded.',
    'About moving house.',
  ])
    expect(text).toContain(shown);
  expect(text).not.toContain('Round one');
  expect(text).not.toContain('meet.example');
  expect(text).toContain('Saturday, 28 March 2026, 10:00–10:45 (GMT+1)');
  expect(text).toContain('Monday, 30 March 2026, 10:00–10:45 (GMT+2)');
  const york = plain((await get(`${link}?zone=America/New_York`)).text);
  expect(york).toContain('Saturday, 28 March 2026, 05:00–05:45 (GMT-4)');
  expect(york).toContain('Monday, 30 March 2026, 04:00–04:45 (GMT-4)');
  expect(plain((await get(`${link}?zone=<script>`)).text)).toContain('10:00–10:45 (GMT+1)');
  expect(plain((await get(`${link}?language=de`)).text)).toContain('Wählen Sie eine Zeit');

  const [first = '', second = ''] = await slotsOf(round);
  const missing = await post(link, {});
  expect(missing.status).toBe(422);
  expect(missing.text).toContain('Tick that you agree');
  expect(missing.text).toContain('href="#slot"');
  const form = { slot: first, zone: 'America/New_York', agree: 'yes', payout: 'Long Lane 7' };
  expect((await post(link, { ...form, slot: '../../etc' })).status).toBe(422);
  expect((await post(link, { ...form, slot: 'A'.repeat(22) })).status).toBe(409);
  const booked = await post(link, form);
  expect([booked.status, booked.location]).toEqual([303, `${link}?done=booked&zone=America%2FNew_York`]);
  const interview = await interviewOf(round);
  expect(interview).toMatchObject({
    state: 'scheduled',
    scheduledAt: '2026-03-28T09:00:00.000Z',
    zone: 'America/New_York',
    lengthMinutes: 45,
    participant: 'P1',
  });
  expect(await house.verbatim.consents.holds(study, interview)).toEqual(['analysis', 'recording', 're-contact']);
  const after = plain((await get(booked.location)).text);
  expect(after).toContain('Your time is booked.');
  expect(after).toContain('https://meet.example/room');
  expect((await post(link, form)).status).toBe(303);
  expect(await house.verbatim.store.recruitingBookings.ofRound(round.id)).toHaveLength(1);

  const file = await get(`${link}/interview.ics`);
  expect(file.headers.get('content-type')).toContain('text/calendar');
  expect(file.text).toMatch(/METHOD:PUBLISH[\s\S]*SEQUENCE:0[\s\S]*DTSTART:20260328T090000Z\r\nDTEND:20260328T094500Z/);
  const uid = /UID:(.*)\r/.exec(file.text)?.[1];
  expect((await post(link, { ...form, slot: second })).location).toContain('done=changed');
  const moved = await get(`${link}/interview.ics`);
  expect(moved.text).toContain(`UID:${uid}\r\nSEQUENCE:1\r\n`);
  expect(moved.text).toContain('DTSTART:20260330T080000Z');
  expect((await interviewOf(round)).scheduledAt).toBe('2026-03-30T08:00:00.000Z');
  expect(plain((await get(link)).text)).toContain('28 March 2026');

  expect(file.text.replaceAll('\r\n ', '')).toContain(`URL;VALUE=URI:${PUBLIC_URL}${link}\r\n`);
  expect(file.text.replaceAll('\r\n ', '')).toContain(`DESCRIPTION:About moving house.\\n\\n${PUBLIC_URL}${link}\r\n`);
  const unsure = await post(`${link}/cancel`, {});
  expect(unsure.status).toBe(422);
  expect(unsure.text).toContain('href="#sure"');
  expect(plain(unsure.text)).toContain('Tick that you want to cancel');
  expect((await interviewOf(round)).state).toBe('scheduled');
  const cancelled = await post(`${link}/cancel`, { sure: 'yes' });
  expect([cancelled.status, cancelled.location]).toEqual([303, `${link}?done=cancelled`]);
  expect((await interviewOf(round)).state).toBe('cancelled');
  const gone = await get(`${link}?done=cancelled`);
  expect(gone.text).toContain(`href="${link}/interview.ics"`);
  expect(plain(gone.text)).toContain('Take it off your calendar');
  const off = await get(`${link}/interview.ics`);
  expect(off.text).toContain('METHOD:CANCEL');
  expect(off.text).toContain(`UID:${uid}\r\nSEQUENCE:2\r\n`);
  expect((await post(`${link}/cancel`, {})).status).toBe(409);
  expect(plain((await get(link)).text)).toContain('Monday, 30 March 2026');
  await settled(round);
  expect(await lettersOf(round)).toEqual(['booked sent', 'changed sent', 'cancelled sent']);
  const mail = smtp.letters.findLast(({ raw }) => raw.includes('interview.ics'))?.raw ?? '';
  const body = Buffer.from(
    /\r\n\r\n([A-Za-z0-9+/=\r\n]{40,}?)\r\n--/.exec(mail.slice(mail.indexOf('interview.ics')))?.[1] ?? '',
    'base64',
  );
  expect(body.toString()).toContain('METHOD:CANCEL\r\n');
});

test('words of the address that name nothing are passed over, whatever they are', async () => {
  await withoutLimits();
  const round = await newRound();
  await addTimes(round, '2026-03-30T10:00');
  await invite(round, await fresh(1));
  const [link = ''] = await linksOf(round);
  for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    expect((await get(`${link}?done=${word}&zone=${word}&language=${word}`)).status).toBe(200);
});

test('a name of several lines becomes one line, in letters and calendars as well', async () => {
  const round = await newRound({ publicName: 'Talk\r\nBcc: eve@example.org', internalName: 'Round\r\none' });
  const settings = JSON.parse(round.settings) as { publicName: string; internalName: string };
  expect([settings.publicName, settings.internalName]).toEqual(['Talk Bcc: eve@example.org', 'Round one']);
});

test('two people who want one time at once: one gets it, the other is told and sees what is left', async () => {
  const round = await newRound();
  await addTimes(round, '2026-04-07T09:00');
  await addTimes(round, '2026-04-07T11:00');
  await invite(round, await fresh(3));
  const [slot = ''] = await slotsOf(round);
  const links = await linksOf(round);
  const answers = await Promise.all(links.map((link) => post(link, { slot, agree: 'yes' })));
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
  const lost = plain(answers.find(({ status }) => status === 409)?.text ?? '');
  expect(lost).toContain('Somebody else has just taken this time. These times are still free.');
  expect(lost).toContain('11:00–11:45');
  expect(lost).not.toContain('09:00–09:45');
  expect((await house.verbatim.store.recruitingBookings.ofRound(round.id)).length).toBe(1);
});

test('what was called off, moved or missed on the interview’s own page is so for the participant as well', async () => {
  const { interviews } = house.verbatim;
  const round = await newRound({ wanted: '1' });
  await addTimes(round, '2026-04-14T09:00');
  await addTimes(round, '2026-04-14T11:00');
  await invite(round, await fresh(2));
  const [one = '', two = ''] = await linksOf(round);
  const [slot = '', next = ''] = await slotsOf(round);
  await post(one, { slot, agree: 'yes' });
  expect(plain((await get(two)).text)).toContain('All the interviews we need are arranged');
  expect((await post(two, { slot: next, agree: 'yes' })).status).toBe(409);
  await interviews.setState(
    study,
    await interviewOf(round),
    { state: 'scheduled', scheduledAt: '2026-04-15T07:00:00.000Z', zone: 'Europe/Berlin' },
    null,
  );
  expect(plain((await get(one)).text)).toContain('Wednesday, 15 April 2026, 09:00–09:45');
  expect((await get(`${one}/interview.ics`)).text).toContain('DTSTART:20260415T070000Z');
  await interviews.setState(study, await interviewOf(round), { state: 'cancelled' }, null);
  expect(plain((await get(two)).text)).toContain('14 April 2026, 09:00–09:45');
  expect((await get(`${one}/interview.ics`)).text).toContain('METHOD:CANCEL');
  await settled(round);
  for (let tries = 0; tries < 200 && !(await lettersOf(round)).includes('cancelled sent'); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await lettersOf(round)).toContain('cancelled sent');
  await post(two, { slot, agree: 'yes' });
  const bookings = await house.verbatim.store.recruitingBookings.ofRound(round.id);
  const standing = bookings.find(({ cancelledAt }) => cancelledAt === null);
  const interview = (await house.verbatim.store.notes.findInterview(study.id, standing?.interview ?? ''))!;
  await interviews.setState(study, interview, { state: 'no-show' }, null);
  const page = plain((await researcher.get(`${at}/${round.publicId}`)).text);
  expect(page).toContain('did not show');
  expect(plain((await get(two)).text)).not.toContain('Cancel the interview');
});

test('reminders go out once each, by the clock, and none after an interview is called off', async () => {
  const round = await newRound();
  await addTimes(round, '2026-04-20T11:00');
  await addTimes(round, '2026-04-20T12:00');
  await invite(round, await fresh(2));
  const [one = '', two = ''] = await linksOf(round);
  const [slot = '', next = ''] = await slotsOf(round);
  await post(one, { slot, agree: 'yes' });
  await post(two, { slot: next, agree: 'yes' });
  await settled(round);
  const reminders = async () => (await lettersOf(round)).filter((letter) => letter.startsWith('reminder'));
  const until = async (count: number) => {
    for (
      let tries = 0;
      tries < 300 && (await reminders()).filter((one) => one.endsWith('sent')).length < count;
      tries += 1
    )
      await new Promise((resolve) => setTimeout(resolve, 20));
    // Time enough for one too many.
    house.verbatim.distribution.wake();
    await new Promise((resolve) => setTimeout(resolve, 150));
    return reminders();
  };
  await goTo('2026-04-19T08:59:00.000Z');
  expect(await until(0)).toEqual([]);
  await goTo('2026-04-19T09:00:30.000Z');
  expect(await until(1)).toEqual(['reminder sent']);
  expect(smtp.letters.at(-1)?.raw).toContain('A reminder of your interview.');
  await goTo('2026-04-19T10:30:00.000Z');
  expect(await until(2)).toHaveLength(2);
  await post(`${two}/cancel`, { sure: 'yes' });
  await goTo('2026-04-20T08:10:00.000Z');
  expect(await until(3)).toHaveLength(3);
  await goTo('2026-04-20T09:30:00.000Z');
  expect(await until(3)).toHaveLength(3);
  // Too late to change by now, and what is over is said to be.
  expect((await post(`${one}/cancel`, {})).status).toBe(409);
  expect(plain((await get(one)).text)).toContain('Your interview is over');
});

test('once somebody is paid, nothing is left anywhere of where it went, and the line stays', async () => {
  const { verbatim } = house;
  const round = await newRound();
  await addTimes(round, '2026-05-04T09:00');
  await invite(round, await fresh(1, false));
  const [link = ''] = await linksOf(round);
  const [slot = ''] = await slotsOf(round);
  const secret = { payout: 'IBAN DE02 SECRETPAYOUT', email: 'secret.payee@people.example' };
  await post(link, { slot, agree: 'yes', ...secret });
  await settled(round);
  expect(smtp.letters.at(-1)?.to).toBe(secret.email);
  const [booking] = await verbatim.store.recruitingBookings.ofRound(round.id);
  const pay = `${at}/${round.publicId}/bookings/${booking?.publicId}/paid`;
  expect((await researcher.post(pay, { reference: 'too early' })).status).toBe(409);
  await verbatim.interviews.setState(study, await interviewOf(round), { state: 'held' }, null);
  const due = await researcher.get(`${at}/incentives`);
  expect(due.text).toContain(secret.payout);
  const scan = () => {
    const { connection } = verbatim;
    const tables = connection.prepare("select name from sqlite_master where type = 'table'").all() as {
      name: string;
    }[];
    return tables
      .filter(({ name }) =>
        connection
          .prepare(`select * from "${name}"`)
          .all()
          .some((row) => /SECRETPAYOUT|secret\.payee/.test(JSON.stringify(row))),
      )
      .map(({ name }) => name);
  };
  expect(scan()).toEqual(['recruiting_people']);
  expect((await researcher.post(pay, { reference: '=HYPERLINK("x")' })).status).toBe(303);
  expect(scan()).toEqual([]);
  verbatim.connection.pragma('wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(path.join(house.folder, 'verbatim.db')).toString('latin1');
  expect(bytes).not.toMatch(/SECRETPAYOUT|secret\.payee/);
  const page = plain((await researcher.get(`${at}/incentives`)).text);
  expect(page).toContain('€25.50, voucher');
  expect(page).toMatch(/paid on \d+ \w+ 2026/);
  expect((await researcher.post(pay, {})).status).toBe(409);
  const csv = (await researcher.get(`${at}/incentives.csv`)).text;
  expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
  expect(csv).toContain('25.50,EUR,voucher,paid');
  expect((await researcher.post(pay.replace('/paid', '/returned'), { reference: 'r' })).status).toBe(303);
  expect((await researcher.get(`${at}/incentives.csv`)).text).toContain('returned');
});

test('what was typed by somebody who is never paid is emptied after ninety days', async () => {
  const round = await newRound();
  await addTimes(round, '2026-06-01T09:00');
  await invite(round, await fresh(1, false));
  const [link = ''] = await linksOf(round);
  const [slot = ''] = await slotsOf(round);
  await post(link, { slot, agree: 'yes', payout: 'Long Lane 7', email: 'kept@people.example' });
  const [person] = await house.verbatim.store.recruiting.people(round.id);
  expect(await house.verbatim.recruiting.purge()).toBeGreaterThanOrEqual(0);
  expect((await house.verbatim.store.recruiting.personById(person?.id ?? 0))?.payout).toBe('Long Lane 7');
  await goTo('2026-08-31T10:00:00.000Z');
  await house.verbatim.recruiting.purge();
  expect(await house.verbatim.store.recruiting.personById(person?.id ?? 0)).toMatchObject({
    payout: null,
    email: null,
  });
});

test('links that are none, of a closed round, or of somebody else open nothing', async () => {
  for (const token of ['A'.repeat(22), 'short', '%00', 'A'.repeat(4000), '..%2f..%2f']) {
    expect((await get(`/book/${token}`)).status).toBe(404);
    expect((await post(`/book/${token}`, { slot: 'x' })).status).toBe(404);
    expect((await post(`/book/${token}/cancel`, {})).status).toBe(404);
    expect((await get(`/book/${token}/interview.ics`)).status).toBe(404);
  }
  expect((await get(`/book/${'A'.repeat(22)}`)).text).toContain('This personal link is not known');
  const round = await newRound();
  await addTimes(round, '2026-09-14T09:00');
  await invite(round, await fresh(2));
  const [one = '', two = ''] = await linksOf(round);
  const [slot = ''] = await slotsOf(round);
  await post(one, { slot, agree: 'yes' });
  expect((await post(`${two}/cancel`, {})).status).toBe(409);
  expect((await interviewOf(round)).state).toBe('scheduled');
  await researcher.post(`${at}/${round.publicId}/state`, { state: 'closed' });
  expect(plain((await get(two)).text)).toContain('No more interviews are arranged here');
  expect((await post(two, { slot, agree: 'yes' })).status).toBe(409);
  expect((await invite(round, await fresh(1))).status).toBe(409);
  const other = await newRound();
  const [booking] = await house.verbatim.store.recruitingBookings.ofRound(round.id);
  expect((await researcher.post(`${at}/${other.publicId}/bookings/${booking?.publicId}/cancel`)).status).toBe(404);
});

test('a screener leads whoever fits to the times, keeps quotas, and turns others away politely', async () => {
  const round = await newRound({
    'screener-survey': survey.publicId,
    'screener-segment': villagers,
    'cells-0-name': 'Villagers',
    'cells-0-segment': villagers,
    'cells-0-wanted': '1',
    internalName: 'Screened',
    'spoken-months': '24',
  });
  await addTimes(round, '2026-09-21T09:00');
  await addTimes(round, '2026-09-21T11:00');
  const takeSurvey = async (city: string) => {
    const person = visitor(url);
    const { location } = await person.post(`/s/${survey.slug}`, { consent: 'analysis' });
    await person.post(location, { city });
    const token = location.split('/')[2] ?? '';
    await house.verbatim.fieldwork.complete(token, 2);
    return { person, token, done: plain((await person.get(`/r/${token}/done`)).text) };
  };
  const outside = await takeSurvey('city');
  expect(outside.done).toContain('This time we are looking for other people to speak with.');
  expect((await outside.person.post(`/r/${outside.token}/book`)).location).toBe(`/r/${outside.token}/done`);
  const inside = await takeSurvey('village');
  expect(inside.done).toContain('Choose a time for an interview');
  const { location } = await inside.person.post(`/r/${inside.token}/book`);
  expect(location).toMatch(/^\/book\/[\w-]{22}$/);
  expect((await inside.person.post(`/r/${inside.token}/book`)).location).toBe(location);
  const page = await get(location);
  expect(page.text).toContain('name="email"');
  // In the frame that a site's page holds it in, as the survey was.
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  await house.verbatim.offers.saveOrigins(study, ['https://shop.example']);
  expect((await get(location)).headers.get('content-security-policy')).toContain(
    'frame-ancestors https://shop.example',
  );
  const [slot = ''] = await slotsOf(round);
  expect((await post(location, { slot, agree: 'yes', email: 'no address' })).status).toBe(422);
  expect((await post(location, { slot, agree: 'yes', email: 'anon@people.example' })).status).toBe(303);
  await settled(round);
  expect(smtp.letters.at(-1)?.to).toBe('anon@people.example');
  // Crm-6 was spoken with in another study.
  const { targeting, store } = house.verbatim;
  const six = { id: people[5]!, publicId: await publicIdOf(people[5]) };
  await targeting.invite((await store.surveys.findPublished(survey.slug))!, [six]);
  const own = visitor(url);
  const personal = `/s/${survey.slug}/for/${targeting.invitationToken(survey.publicId, six.publicId)}`;
  const begun = (await own.post(personal, { consent: 'analysis' })).location;
  await own.post(begun, { city: 'village' });
  await house.verbatim.fieldwork.complete(begun.split('/')[2] ?? '', 2);
  const spoken = `/r/${begun.split('/')[2]}`;
  expect(plain((await own.get(`${spoken}/done`)).text)).toContain('This time we are looking for other people');
  expect((await own.post(`${spoken}/book`)).location).toBe(`${spoken}/done`);
  const late = await takeSurvey('village');
  const next = (await late.person.post(`/r/${late.token}/book`)).location;
  expect(plain((await get(next)).text)).toContain('All the interviews we need are arranged');
  const counts = await house.verbatim.recruiting.cellCounts(round, JSON.parse(round.settings));
  expect(counts).toEqual([{ name: 'Villagers', wanted: 1, invited: 2, booked: 1, held: 0 }]);
  expect(plain((await researcher.get(`${at}/${round.publicId}`)).text)).toContain('by the screener');
  // Whoever is invited by name answers the questions first.
  await researcher.post(`${at}/${round.publicId}/settings`, {
    ...FORM,
    'screener-survey': survey.publicId,
    'screener-segment': villagers,
  });
  await invite(round, await fresh(1, false));
  const asked = await get((await linksOf(round)).at(-1) ?? '');
  expect(asked.text).toMatch(new RegExp(`href="/s/${survey.slug}/for/[\\w-]{22}"`));
});

test('a round of a thousand who fit is shown in time, two hundred at once', async () => {
  await plantPeople(
    house.verbatim,
    study.workspaceId,
    Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`many-${n}`, { email: `m${n}@people.example` }])),
  );
  const round = await newRound();
  const began = performance.now();
  const page = await researcher.get(`${at}/${round.publicId}/candidates`);
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(page.text.match(/name="person"/g)).toHaveLength(200);
  expect(plain(page.text)).toMatch(/1,0\d\d people fit the round/);
});

test('posts to booking pages are counted by network, as those of all respondents are', async () => {
  await using small = await openEventHouse({ limits: { respondentPostsPerMinute: 2 } });
  const statuses = [];
  for (let n = 0; n < 3; n += 1)
    statuses.push((await fetch(new URL(`/book/${'A'.repeat(22)}`, small.url), { method: 'POST' })).status);
  expect(statuses).toEqual([404, 404, 429]);
});
