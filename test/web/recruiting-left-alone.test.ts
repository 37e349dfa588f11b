import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Interview } from '../../src/store/notes.ts';
import type { Study } from '../../src/store/studies.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { fixedClock } from '../support/house.ts';
import { openPostHouse, plantPeople } from '../support/post-house.ts';
import { serveHouse } from '../support/serve-house.ts';

const account = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };
const clock = fixedClock('2026-03-10T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openPostHouse>>;
let door: Awaited<ReturnType<typeof serveHouse>>;
let researcher: Visitor;
let study: Study;
let at: string;
let round: string;

async function signIn(): Promise<void> {
  researcher = visitor(door.url);
  await researcher.post('/sign-in', { email: account.email, password: account.password });
}
/** Moves the clock, by which sessions end. */
async function nextDay(): Promise<void> {
  clock.forward(86_400_000);
  await signIn();
}
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const candidates = async () => plain((await researcher.get(`${at}/recruiting/${round}/candidates`)).text);
const choose = async (settings: Record<string, string>) => {
  const saved = await researcher.post(`${at}/recruiting/${round}/settings`, { ...FORM, ...settings });
  expect(saved.status).toBe(303);
};
const FORM = {
  publicName: 'Talk with us',
  minutes: '45',
  wanted: '8',
  'incentive-amountCents': '0',
  'incentive-currency': 'eur',
  mode: 'by video',
  sought: 'everybody',
  'spoken-how': 'warn',
  'spoken-months': '6',
  mayInvite: 'not-refused',
  consent: 'I agree to be recorded.',
  uses: ['recording'],
  timeZone: 'UTC',
  noticeHours: '2',
  changeHours: '2',
  'letter-subject': 'Hello',
  'letter-text': '{{link}} {{optOut}}',
};
const talk = async (person: string): Promise<Interview> => {
  const logged = await house.verbatim.interviews.log(
    study,
    {
      title: '',
      participant: `P of ${person}`,
      person,
      heldOn: '2026-03-02',
      mode: 'by phone',
      guide: '',
      moment: '',
      transcript: 'P: Yes.',
      mayQuote: true,
    },
    null,
  );
  if (!('interview' in logged)) throw new Error('It was not logged');
  return logged.interview;
};
const note = (interview: Interview, purposes: string[], givenOn = '2026-03-03') =>
  house.verbatim.consents.record(
    study,
    interview,
    { purposes, text: 'v1', givenOn, givenHow: 'signed form', expiresOn: '' },
    null,
  );

beforeAll(async () => {
  house = await openPostHouse({ smtpUrl: null, now: clock.now });
  door = await serveHouse(house.verbatim);
  study = await house.verbatim.studies.addTo('A study', null, null, null);
  await house.verbatim.accounts.add(account, { isAdmin: true, role: 'owner', studyId: null });
  await signIn();
  await plantPeople(house.verbatim, study.workspaceId, { one: {}, two: {}, three: {} });
  await house.verbatim.logs.settle();
  at = `/studio/${study.publicId}`;
  const made = await researcher.post(`${at}/recruiting/new`, FORM);
  expect([made.status, made.status === 303 ? '' : plain(made.text)]).toEqual([303, '']);
  round = made.location.split('/').at(-1)!;
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});

test('whoever withdrew is not invited again until they say that they may be', async () => {
  const interview = await talk('one');
  await note(interview, ['analysis', 're-contact']);
  expect(await candidates()).toContain('3 can be invited');
  await researcher.post(`${at}/interviews/${interview.publicId}/withdraw`, { withdraw: '1' });
  for (const mayInvite of ['agreed', 'not-refused']) {
    await choose({ mayInvite });
    expect(await candidates()).toContain('withdrew what they said in an interview: 1');
  }
  expect(await candidates()).toContain('2 can be invited');
  // What is kept leads to nobody's interview.
  expect(
    (await house.verbatim.store.notes.findInterview(study.id, interview.publicId))?.participationId ?? null,
  ).toBeNull();
  // A talk about something else does not lift it; being asked and agreeing does.
  await nextDay();
  const later = await talk('one');
  await note(later, ['analysis'], '2026-03-11');
  expect(await candidates()).toContain('withdrew what they said in an interview: 1');
  await nextDay();
  await note(later, ['analysis', 're-contact'], '2026-03-12');
  expect(await candidates()).toContain('3 can be invited');
});

test('a consent that was noted without being contacted again is a refusal; one that nobody asked is none', async () => {
  const interview = await talk('two');
  expect(await candidates()).toContain('3 can be invited');
  await note(interview, ['analysis', 'quotes']);
  for (const mayInvite of ['agreed', 'not-refused']) {
    await choose({ mayInvite });
    expect(await candidates()).toContain('did not agree to be contacted again, or took it back: 1');
  }
});

test('an interview that is planned without a day is still to come', async () => {
  const planned = await house.verbatim.interviews.plan(study, { participant: 'P09', person: 'three' }, null);
  expect(planned).toHaveProperty('interview');
  expect(await candidates()).toContain('has an interview still to come: 1');
});

test('without a mail server nobody reads of letters, and no address is asked for', async () => {
  const { store, recruiting } = house.verbatim;
  const found = await recruiting.candidates(study, (await store.recruiting.find(study.id, round))!);
  const fits = found.find(({ reason }) => reason === null)!;
  const invited = await researcher.post(`${at}/recruiting/${round}/invite`, { person: fits.publicId, how: 'link' });
  const told = plain((await researcher.get(invited.location)).text);
  expect(told).toContain('1 invited');
  expect(told).not.toContain('Letters go out by themselves');
  await researcher.post(`${at}/recruiting/${round}/times`, { do: 'one', at: '2026-04-28T10:00' });
  const [person] = await store.recruiting.people((await store.recruiting.find(study.id, round))!.id);
  const page = await (await fetch(new URL(new URL(recruiting.linkOf(person!)).pathname, door.url))).text();
  expect(page).toContain('name="slot"');
  expect(page).not.toContain('name="email"');
});
