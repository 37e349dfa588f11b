import { expect, test } from 'vitest';
import { fixedClock } from '../support/house.ts';
import {
  answerAs,
  MESSAGE,
  openPostHouse,
  PUBLIC_URL,
  plantInvitees,
  plantPeople,
  settled,
} from '../support/post-house.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const DAY_MS = 86_400_000;
const INVITATION = { message: MESSAGE, wave: 1, segmentPublicId: null };

const tokenIn = (text: string) => /\/for\/([\w-]{22})/.exec(text)?.[1] ?? '';
const optOutIn = (text: string) => /\/opt-out\/([\w-]+)/.exec(text)?.[1] ?? '';

test('an invitation reaches everybody with an address, in their language, with their own link and way out', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey, ada } = await plantInvitees(house.verbatim);
  const { distribution, store, targeting } = house.verbatim;

  const { to, leftOut } = await distribution.recipients(study, survey, null, 1);
  expect(to.map(({ address }) => address)).toEqual(['ada@people.example', 'bea@people.example']);
  expect(leftOut).toEqual([{ reason: 'have no e-mail address', count: 1 }]);

  const { added } = await distribution.invite(study, survey, INVITATION, null);
  expect(added).toBe(2);
  const letters = await smtp.taken(2);
  await settled(house.verbatim, survey.id);
  const [first, second] = letters;
  const person = (await store.people.canonical(study.workspaceId)).find(({ id }) => id === ada);
  const link = targeting.invitationToken(survey.publicId, person?.publicId ?? '');
  expect(first?.to).toBe('ada@people.example');
  expect(first?.text).toContain(`Guten Tag Ada Lovelace: ${PUBLIC_URL}/s/${survey.slug}/for/${link}?language=de`);
  expect(second?.text).toContain(`Dear,\n\n${PUBLIC_URL}/s/${survey.slug}/for/`);
  expect(second?.text).not.toContain('language=');
  expect(first?.headers.get('from')).toContain('research@lab.example');
  expect(first?.headers.get('reply-to')).toBe('answers@lab.example');
  const optOut = `${PUBLIC_URL}/opt-out/${optOutIn(first?.text ?? '')}`;
  expect(first?.headers.get('list-unsubscribe')).toBe(`<${optOut}>`);
  expect(first?.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  expect(first?.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await distribution.numbers(study, survey, 1)).toMatchObject({
    invited: 2,
    accepted: 2,
    bounced: 0,
    completed: 0,
  });
  const [mailing] = await store.mailings.list(survey.id);
  expect(mailing?.state).toBe('done');
  expect(house.reported).toEqual([]);
});

test('nobody is invited twice in a wave, and the next wave asks those who have not answered', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution } = house.verbatim;
  const both = await Promise.allSettled([
    distribution.invite(study, survey, INVITATION, null),
    distribution.invite(study, survey, INVITATION, null),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await settled(house.verbatim, survey.id);
  await expect(distribution.invite(study, survey, INVITATION, null)).rejects.toMatchObject({ kind: 'conflict' });
  expect(smtp.letters).toHaveLength(2);

  const ada = smtp.letters.find(({ to }) => to.startsWith('ada'));
  await answerAs(house.verbatim, survey.slug, tokenIn(ada?.text ?? ''));
  const { to, leftOut } = await distribution.recipients(study, survey, null, 2);
  expect(to.map(({ address }) => address)).toEqual(['bea@people.example']);
  expect(leftOut).toContainEqual({ reason: 'have answered already', count: 1 });
});

test('one address is written to once, whoever has it', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  await plantPeople(house.verbatim, study.workspaceId, { 'crm-9': { Email: 'ADA@people.example' } });
  await house.verbatim.distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  expect(smtp.letters.map(({ to }) => to).sort()).toEqual(['ada@people.example', 'bea@people.example']);
});

test('reminders go to those who have not answered, not too soon, and no more often than is set', async () => {
  const clock = fixedClock();
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution } = house.verbatim;
  await distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  const ada = smtp.letters.find(({ to }) => to.startsWith('ada'));
  await answerAs(house.verbatim, survey.slug, tokenIn(ada?.text ?? ''));

  const now = async () => (await distribution.reminders(study, survey, 1)).to.map(({ address }) => address);
  clock.forward(3 * DAY_MS - 1);
  expect(await now()).toEqual([]);
  clock.forward(1);
  expect(await now()).toEqual(['bea@people.example']);
  for (let round = 1; round <= 2; round += 1) {
    await distribution.remind(study, survey, { message: MESSAGE, wave: 1 }, null);
    await settled(house.verbatim, survey.id);
    expect(await now()).toEqual([]);
    clock.forward(3 * DAY_MS);
  }
  expect((await distribution.reminders(study, survey, 1)).leftOut).toEqual([
    { reason: 'have answered', count: 1 },
    { reason: 'were reminded as often as is set', count: 1 },
  ]);
  await distribution.setSettings(survey, { remindersMax: 3, daysBetween: 3 });
  expect(await now()).toEqual(['bea@people.example']);
  expect(smtp.letters.filter(({ to }) => to.startsWith('bea'))).toHaveLength(3);
  expect(await distribution.numbers(study, survey, 1)).toMatchObject({
    invited: 2,
    reached: 2,
    completed: 1,
    started: 1,
    reminded: 1,
    rate: { share: 0.5 },
  });
});

test('who opts out is written to no more, in no survey of the workspace, and may still answer', async () => {
  const clock = fixedClock();
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { study, survey, ada } = await plantInvitees(house.verbatim);
  const { distribution, targeting, store } = house.verbatim;
  await distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  const letter = smtp.letters.find(({ to }) => to.startsWith('ada'))?.text ?? '';
  const token = optOutIn(letter);
  expect(await distribution.findOptOut(token)).toEqual({ isOptedOut: false });
  expect(await distribution.optOut({ token })).toBe(true);
  expect(await distribution.optOut({ token })).toBe(true);
  expect(await distribution.findOptOut(token)).toEqual({ isOptedOut: true });

  clock.forward(4 * DAY_MS);
  expect((await distribution.reminders(study, survey, 1)).to.map(({ address }) => address)).toEqual([
    'bea@people.example',
  ]);
  const other = await plantInvitees(house.verbatim);
  // The same person comes again under another id: the address tells.
  await plantPeople(house.verbatim, other.study.workspaceId, { 'crm-77': { mail: 'ada@people.example' } });
  const invited = await distribution.recipients(other.study, other.survey, null, 1);
  expect(invited.to.map(({ address }) => address)).toEqual(['bea@people.example']);
  const links = await distribution.links(other.study, other.survey, null);
  expect(links.map(({ address }) => address)).not.toContain('ada@people.example');
  const published = await store.surveys.findPublished(other.survey.slug);
  if (!published) throw new Error('The survey is not published');
  await targeting.invite(published, await store.people.canonical(other.study.workspaceId));
  expect((await store.people.invited(other.survey.id)).has(ada)).toBe(false);

  const first = await store.surveys.findPublished(survey.slug);
  if (!first) throw new Error('The survey is not published');
  expect(await targeting.admit(first, tokenIn(letter))).toMatchObject({ isAdmitted: true, personId: ada });
  expect(await distribution.numbers(study, survey, 1)).toMatchObject({ optedOut: 1, invited: 2 });
});

test('who opts out after the letters were written and before theirs is sent gets none', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey, bea } = await plantInvitees(house.verbatim);
  const { distribution } = house.verbatim;
  smtp.whenTaken(async () => {
    await distribution.optOut({ personId: bea });
  });
  await distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  expect(smtp.letters.map(({ to }) => to)).toEqual(['ada@people.example']);
  expect(await distribution.numbers(study, survey, 1)).toMatchObject({ invited: 1 });
});

test('a token with a letter changed opens nothing', async () => {
  await using house = await openPostHouse({ smtpUrl: null });
  const { study } = await plantInvitees(house.verbatim);
  const { distribution, store } = house.verbatim;
  const [person] = await store.people.canonical(study.workspaceId);
  const token = distribution.optOutToken(person?.publicId ?? '');
  for (const wrong of [
    '',
    'x',
    token.slice(0, -1),
    `${token.slice(0, -2)}xx`,
    `${token}A`,
    `A${token.slice(1)}`,
    'ü'.repeat(44),
  ]) {
    expect(await distribution.optOut({ token: wrong })).toBe(false);
  }
  expect((await store.contacts.optedOut(study.workspaceId)).people.size).toBe(0);
  expect(token).not.toContain(house.verbatim.targeting.invitationToken('x', person?.publicId ?? ''));
});

test('an address the server does not know is not written to again, until it is taken off the list', async () => {
  const clock = fixedClock();
  await using smtp = await startSmtpServer((to) =>
    to.startsWith('bea') ? '550 5.1.1 <bea@people.example> unknown' : null,
  );
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution, store } = house.verbatim;
  await distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  expect(await distribution.numbers(study, survey, 1)).toMatchObject({
    invited: 2,
    accepted: 1,
    bounced: 1,
    reached: 1,
  });
  const [bounce] = await store.contacts.bounces(study.workspaceId);
  expect(bounce).toMatchObject({ origin: 'smtp', reason: expect.stringContaining('550 5.1.1') });
  expect(JSON.stringify(bounce)).not.toContain('bea@people.example');
  clock.forward(10 * DAY_MS);
  const again = await distribution.recipients(study, survey, null, 2);
  expect(again.leftOut).toContainEqual({ reason: 'have an address that letters do not reach', count: 1 });
  await store.contacts.forgetBounce(study.workspaceId, bounce?.id ?? 0);
  expect((await distribution.recipients(study, survey, null, 2)).to).toHaveLength(2);
});

test('a list of letters that came back stops reminders, and strangers on it are not kept', async () => {
  const clock = fixedClock();
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution, store } = house.verbatim;
  await distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  const list =
    'email;status;reason\nada@people.example;5.1.1;unknown\nbea@people.example;4.2.2;full\nzoe@else.example;5.1.1;unknown\n';
  expect(await distribution.reportBounces(study, Buffer.from(list))).toEqual({
    added: 1,
    known: 0,
    strangers: 1,
    passing: 1,
    unread: 0,
  });
  clock.forward(4 * DAY_MS);
  expect((await distribution.reminders(study, survey, 1)).to.map(({ address }) => address)).toEqual([
    'bea@people.example',
  ]);
  expect(await store.contacts.bounces(study.workspaceId)).toHaveLength(1);
  expect(await distribution.numbers(study, survey, 1)).toMatchObject({ accepted: 2, bounced: 1, reached: 1 });
});

test('only those whom both the survey’s audience and the chosen rule admit are invited', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution, segments, surveys, store } = house.verbatim;
  const define = (name: string, value: string) =>
    segments.define(study, { name, rule: { attribute: 'plan', op: 'is', value }, surveyId: null }, null);
  const [pro, free] = [await define('Pro', 'Pro'), await define('Free', 'Free')];
  const to = async (segment: string | null) => {
    const fresh = await store.surveys.find(study.id, survey.publicId);
    if (!fresh) throw new Error('The survey is gone');
    return (await distribution.recipients(study, fresh, segment, 1)).to.map(({ address }) => address);
  };
  expect(await to(free.publicId)).toEqual(['bea@people.example']);
  await surveys.setAudience(survey, pro.publicId);
  expect(await to(null)).toEqual(['ada@people.example']);
  expect(await to(free.publicId)).toEqual([]);
});

test('nothing is sent while the mail server, the public address or an open survey is missing', async () => {
  await using noPost = await openPostHouse({ smtpUrl: null });
  await using smtp = await startSmtpServer();
  await using noUrl = await openPostHouse({ smtpUrl: smtp.url, publicUrl: null });
  for (const [{ verbatim }, name] of [
    [noPost, 'VERBATIM_SMTP_URL'],
    [noUrl, 'PUBLIC_URL'],
  ] as const) {
    const { study, survey } = await plantInvitees(verbatim);
    const refused = verbatim.distribution.invite(study, survey, INVITATION, null);
    await expect(refused).rejects.toMatchObject({ kind: 'conflict', detail: expect.stringContaining(name) });
    expect(verbatim.distribution.obstacles().join()).toContain(name);
    expect(await verbatim.store.mailings.list(survey.id)).toEqual([]);
  }
  const { study, survey } = await plantInvitees(noUrl.verbatim);
  await expect(noUrl.verbatim.distribution.links(study, survey, null)).rejects.toMatchObject({ kind: 'conflict' });

  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const planted = await plantInvitees(house.verbatim);
  await house.verbatim.surveys.setState(planted.survey, 'closed');
  const closed = house.verbatim.distribution.invite(planted.study, planted.survey, INVITATION, null);
  await expect(closed).rejects.toMatchObject({ kind: 'conflict' });
  expect(smtp.letters).toEqual([]);
});

test('a letter without a link or without a way out is not sent', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  const message = { en: { subject: 'Hello', text: 'Dear {{name}}, {{link}}' } };
  await expect(
    house.verbatim.distribution.invite(study, survey, { ...INVITATION, message }, null),
  ).rejects.toMatchObject({ kind: 'invalid', errors: [{ pointer: '#/text-en' }] });
});

test('the outbox keeps no address and no link', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url });
  const { study, survey } = await plantInvitees(house.verbatim);
  await house.verbatim.distribution.invite(study, survey, INVITATION, null);
  await settled(house.verbatim, survey.id);
  const kept = JSON.stringify(
    ['letters', 'mailings', 'opt_outs', 'bounces'].map((table) =>
      house.verbatim.connection.prepare(`select * from ${table}`).all(),
    ),
  );
  expect(kept).not.toContain('people.example');
  expect(kept).not.toContain(tokenIn(smtp.letters[0]?.text ?? 'x'));
});
