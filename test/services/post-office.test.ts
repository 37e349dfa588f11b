import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { initFolder } from '../../src/store/data-folder.ts';
import { openVerbatim, type Verbatim } from '../../src/verbatim.ts';
import { fixedClock, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import {
  MESSAGE,
  openPostHouse,
  PUBLIC_URL,
  plantInvitees,
  plantPeople,
  postFor,
  settled,
} from '../support/post-house.ts';
import { type Answer, startSmtpServer } from '../support/smtp-server.ts';

const INVITATION = { message: MESSAGE, wave: 1, segmentPublicId: null };
const child = path.resolve(import.meta.dirname, '../support/post-office-child.ts');

const lettersOf = async (verbatim: Verbatim, surveyId: number) => {
  const letters = await verbatim.store.mailings.letters(surveyId, 1);
  return letters.map(({ state, attempts, reason }) => ({ state, attempts, reason }));
};
const until = async (holds: () => Promise<boolean> | boolean) => {
  for (let tries = 0; tries < 1500; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It did not come to hold in half a minute');
};

test('what the server puts off is tried again a minute later, and is not lost', async () => {
  const clock = fixedClock();
  const answers: Answer[] = ['451 4.7.1 try later', null];
  await using smtp = await startSmtpServer((to) => (to.startsWith('bea') ? (answers.shift() ?? null) : null));
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution } = house.verbatim;
  const { mailing } = await distribution.invite(study, survey, INVITATION, null);
  // The stub is asked twice for a letter it takes: at its recipient and at its end.
  await until(async () => (await lettersOf(house.verbatim, survey.id))[1]?.reason !== null);
  expect((await lettersOf(house.verbatim, survey.id))[1]).toEqual({
    state: 'waiting',
    attempts: 1,
    reason: '451 4.7.1 try later',
  });
  expect((await house.verbatim.store.mailings.find(survey.id, mailing.publicId))?.state).toBe('sending');
  clock.forward(60_000);
  await distribution.setMailing(mailing, 'sending');
  await settled(house.verbatim, survey.id);
  expect(await lettersOf(house.verbatim, survey.id)).toEqual([
    { state: 'sent', attempts: 1, reason: null },
    { state: 'sent', attempts: 2, reason: null },
  ]);
  expect(smtp.letters).toHaveLength(2);
});

test('what is put off for most of a day has failed, and a person may try again', async () => {
  const clock = fixedClock();
  let isFull = true;
  await using smtp = await startSmtpServer((to) => (to.startsWith('bea') && isFull ? '452 4.2.2 mailbox full' : null));
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution } = house.verbatim;
  const { mailing } = await distribution.invite(study, survey, INVITATION, null);
  const bea = async () => (await lettersOf(house.verbatim, survey.id))[1];
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await until(async () => (await bea())?.attempts === attempt && (await bea())?.state !== 'sending');
    clock.forward(12 * 3_600_000);
    await distribution.setMailing(mailing, 'sending');
  }
  expect(await bea()).toMatchObject({ state: 'failed', attempts: 7 });
  expect((await house.verbatim.store.contacts.bounces(study.workspaceId)).length).toBe(0);
  isFull = false;
  await distribution.sendAgain(mailing, 'failed');
  await settled(house.verbatim, survey.id);
  expect((await bea())?.state).toBe('sent');
});

test('a line that breaks before the server’s word leaves the letter in doubt, and it is not sent again by itself', async () => {
  let how: Answer = 'take and drop';
  await using smtp = await startSmtpServer((to) => (to.startsWith('ada') ? how : null));
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution } = house.verbatim;
  const { mailing } = await distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  await house.reopen(smtp.url);
  await settled(house.verbatim, survey.id);
  expect((await lettersOf(house.verbatim, survey.id)).map(({ state }) => state)).toEqual(['unsure', 'sent']);
  expect(smtp.letters.filter(({ to }) => to.startsWith('ada'))).toHaveLength(1);

  how = null;
  expect(await house.verbatim.distribution.sendAgain(mailing, 'unsure')).toBe(1);
  await settled(house.verbatim, survey.id);
  const [first, second] = smtp.letters.filter(({ to }) => to.startsWith('ada'));
  expect(second?.headers.get('message-id')).toBe(first?.headers.get('message-id'));
});

test('while the mail server cannot be reached letters wait, the page says why, and no attempt is counted', async () => {
  const gone = await startSmtpServer();
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  await using house = await openPostHouse({ smtpUrl: url });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution } = house.verbatim;
  await distribution.invite(study, survey, INVITATION, null);
  await until(() => distribution.post().trouble !== null);
  expect(distribution.post().trouble?.reason).toContain('ECONNREFUSED');
  expect((await lettersOf(house.verbatim, survey.id)).map(({ state, attempts }) => [state, attempts])).toEqual([
    ['waiting', 0],
    ['waiting', 0],
  ]);
  await using smtp = await startSmtpServer();
  await house.reopen(smtp.url);
  await settled(house.verbatim, survey.id);
  expect(smtp.letters).toHaveLength(2);
});

test('a paused mailing sends nothing until it goes on, also after a restart', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  smtp.whenTaken(async () => {
    const [mailing] = await house.verbatim.store.mailings.list(survey.id);
    if (mailing) await house.verbatim.distribution.setMailing(mailing, 'paused');
  });
  const { mailing } = await house.verbatim.distribution.invite(study, survey, INVITATION, null);
  await smtp.taken(1);
  await house.reopen(smtp.url);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(smtp.letters).toHaveLength(1);
  smtp.whenTaken(() => {});
  await house.verbatim.distribution.setMailing(mailing, 'sending');
  await smtp.taken(2);
  await settled(house.verbatim, survey.id);
  expect((await house.verbatim.store.mailings.find(survey.id, mailing.publicId))?.state).toBe('done');
});

test('letters go out no faster than is set', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  const came: number[] = [];
  smtp.whenTaken(() => void came.push(performance.now()));
  await house.verbatim.close();
  house.verbatim = await openVerbatim({
    folder: house.folder,
    limits: testLimits,
    publicUrl: PUBLIC_URL,
    post: { ...postFor(smtp.url), perMinute: 120 },
  });
  await house.verbatim.distribution.invite(study, survey, INVITATION, null);
  await smtp.taken(2);
  expect((came[1] ?? 0) - (came[0] ?? 0)).toBeGreaterThan(400);
});

test('a process that is killed while it sends loses no letter and doubles none; each time one is in doubt', async () => {
  const PEOPLE = 30;
  let writer: ReturnType<typeof spawn> | null = null;
  await using smtp = await startSmtpServer();
  using made = temporaryFolder();
  await initFolder(made.folder, () => new Date());
  const before = await openVerbatim({ folder: made.folder, limits: testLimits, publicUrl: PUBLIC_URL });
  const { study, survey } = await plantInvitees(before);
  const people = Array.from({ length: PEOPLE }, (_, n) => [`p${n}`, { email: `p${n}@people.example` }] as const);
  await plantPeople(before, study.workspaceId, Object.fromEntries(people));
  await before.close();

  // Killed in the worst moment: the server has the letter, and has not said so yet.
  const killAt = new Set([4, 11, 18]);
  smtp.whenTaken(async () => {
    if (killAt.has(smtp.letters.length)) writer?.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
  let [runs, isDone] = [0, false];
  while (!isDone && runs < 10) {
    runs += 1;
    writer = spawn(process.execPath, [child, made.folder, smtp.url, study.publicId, survey.publicId], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    isDone = await new Promise<boolean>((resolve) => writer?.on('close', (code) => resolve(code === 0)));
  }
  expect([isDone, runs]).toEqual([true, 4]);

  const after = await openVerbatim({ folder: made.folder, limits: testLimits, publicUrl: PUBLIC_URL });
  const states = (await after.store.mailings.letters(survey.id, 1)).map(({ state }) => state);
  await after.close();
  const recipients = smtp.letters.map(({ to }) => to);
  expect(new Set(recipients).size).toBe(recipients.length);
  expect(recipients).toHaveLength(PEOPLE + 2);
  expect(states.filter((state) => state === 'unsure')).toHaveLength(3);
  expect(states.filter((state) => state === 'sent')).toHaveLength(PEOPLE + 2 - 3);
}, 60_000);
