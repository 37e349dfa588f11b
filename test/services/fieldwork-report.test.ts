import { expect, test } from 'vitest';
import { answerField, openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';
import { answerAs, MESSAGE, openPostHouse, plantInvitees, settled } from '../support/post-house.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const DAY_MS = 86_400_000;
const wave = { endsAt: null, target: null, cost: null, invited: null };

test('a wave’s response rate is of those whom its letters invited, and of their answers in that wave', async () => {
  await using smtp = await startSmtpServer();
  const clock = fixedClock();
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { study, survey } = await plantInvitees(house.verbatim);
  const { distribution, fieldworkDesk, fieldworkReport, logs } = house.verbatim;
  await fieldworkDesk.addWave(survey, { ...wave, name: 'First', startsAt: clock.now().toISOString() });
  const invite = (number: number) =>
    distribution.invite(study, survey, { message: MESSAGE, wave: number, segmentPublicId: null }, null);
  await invite(1);
  await smtp.taken(2);
  const later = new Date(clock.now().getTime() + 30 * DAY_MS).toISOString();
  await fieldworkDesk.addWave(survey, { ...wave, name: 'Second', startsAt: later });
  await expect(invite(2)).rejects.toMatchObject({ kind: 'conflict', message: 'Wave 2, Second, is not open just now' });
  await settled(house.verbatim, survey.id);
  const ada = smtp.letters.find(({ to }) => to.startsWith('ada'));
  const link = /\/for\/([\w-]{22})/.exec(ada?.text ?? '')?.[1] ?? '';
  await answerAs(house.verbatim, survey.slug, link);

  const rates = async () =>
    (await fieldworkReport.overview(survey)).waves.map(({ invited, invitedFrom, rate }) => [
      invited,
      invitedFrom,
      rate?.share ?? null,
    ]);
  expect(await rates()).toEqual([
    [2, 'letters', 0.5],
    [null, 'none', null],
  ]);

  clock.forward(30 * DAY_MS);
  expect((await distribution.recipients(study, survey, null, 2)).to).toHaveLength(2);
  await invite(2);
  await settled(house.verbatim, survey.id, 2);
  await logs.settle();
  expect(await rates()).toEqual([
    [2, 'letters', 0.5],
    [2, 'letters', 0],
  ]);
  expect(await distribution.numbers(study, survey, 1)).toMatchObject({ completed: 1 });
  expect(await distribution.numbers(study, survey, 2)).toMatchObject({ completed: 0, started: 0 });
  await answerAs(house.verbatim, survey.slug, link);
  expect((await rates())[1]).toEqual([2, 'letters', 0.5]);
  expect((await distribution.reminders(study, survey, 2)).leftOut).toContainEqual({
    reason: 'have answered',
    count: 1,
  });
});

test('the pace of a quota is that of its own answers in the last seven days', async () => {
  const clock = fixedClock();
  await using house = await openFieldHouse({ now: clock.now });
  const { verbatim, survey } = house;
  for (let index = 0; index < 8; index += 1) await answerField(verbatim, survey.slug, { city: 'village' });
  clock.forward(6 * DAY_MS);
  for (let index = 0; index < 3; index += 1) await answerField(verbatim, survey.slug, { city: 'city' });
  const quotas = async () => {
    await verbatim.logs.settle();
    return new Map((await verbatim.fieldworkReport.overview(survey)).quotas.map((one) => [one.code, one.forecast]));
  };
  expect((await quotas()).get('village')).toMatchObject({ state: 'by', perDay: 8 / 7 });
  expect((await quotas()).get('city')).toMatchObject({ state: 'by', perDay: 3 / 7 });
  clock.forward(2 * DAY_MS);
  expect((await quotas()).get('village')).toEqual({ state: 'quiet' });
  expect((await quotas()).get('city')).toMatchObject({ state: 'by', perDay: 3 / 7 });
  await verbatim.surveys.setState(survey, 'closed');
  const closed = await verbatim.store.surveys.find(house.study.id, survey.publicId);
  if (!closed) throw new Error('The survey is gone');
  expect((await verbatim.fieldworkReport.overview(closed)).quotas[0]?.forecast).toEqual({ state: 'closed' });
});

test('a response that was left out or withdrawn is told apart for the supplier who sent it', async () => {
  const clock = fixedClock();
  await using house = await openFieldHouse({ now: clock.now });
  const { verbatim, survey } = house;
  const supplier = await verbatim.fieldworkDesk.addSupplier(survey, {
    name: 'Panel',
    idParameter: 'pid',
    completeLink: 'https://panel.example/{id}',
    screenedOutLink: 'https://panel.example/{id}',
    quotaFullLink: 'https://panel.example/{id}',
    duplicateLink: 'https://panel.example/{id}',
  });
  const come = (pid: string, city: 'city' | 'village') =>
    answerField(verbatim, survey.slug, { city, query: { supplier: supplier.publicId, pid } });
  for (const pid of ['a', 'b', 'c', 'd']) await come(pid, 'city');
  await come('e', 'city');
  const responseId = await come('f', 'village');
  await verbatim.logs.settle();
  verbatim.connection
    .prepare('insert into left_out (response_id, study_id, survey_id, reason, made_at) values (?, ?, ?, ?, ?)')
    .run(responseId, house.study.id, survey.id, 'speeding', clock.now().toISOString());
  const lines = await verbatim.fieldworkReport.reconciliation(survey, supplier);
  expect(lines.map(({ theirId, outcome, quotas }) => [theirId, outcome, quotas])).toEqual([
    ['a', 'complete', ['city']],
    ['b', 'complete', ['city']],
    ['c', 'complete', ['city']],
    ['d', 'complete', ['city']],
    ['e', 'quota-full', ['city']],
    ['f', 'left-out', ['village']],
  ]);
});
