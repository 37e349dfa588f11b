import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, plantStudy } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** Ada on Pro, Bea on Free, and Cai of whom nothing is known; the survey is for those on Pro. */
async function plantAudience() {
  const { intake, segments, surveys, targeting, store } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  const mine = `${study.publicId} `;
  const person = (name: string, plan: string | null) => ({
    externalId: mine + name,
    attributes: plan === null ? [] : [{ name: 'plan', family: 'firmographic' as const, value: plan, source: 'test' }],
  });
  const [ada = 0, bea = 0, cai = 0] = await intake.people(study.workspaceId, [
    person('ada', 'Pro'),
    person('bea', 'Free'),
    person('cai', null),
  ]);
  const segment = await segments.define(
    study,
    { name: 'On Pro', rule: { attribute: 'plan', op: 'is', value: 'Pro' }, surveyId: null },
    null,
  );
  await surveys.setAudience(survey, segment.publicId);
  const published = await store.surveys.findPublished(survey.slug);
  if (!published) throw new Error('The survey is not published');
  const everybody = (await store.people.canonical(study.workspaceId)).filter(({ id }) => [ada, bea, cai].includes(id));
  await targeting.invite(published, everybody);
  const linkOf = (id: number) =>
    targeting.invitationToken(published.publicId, everybody.find((one) => one.id === id)?.publicId ?? '');
  return {
    study,
    survey,
    segment,
    published,
    ada,
    bea,
    cai,
    linkOf,
    targeting,
    admit: (id: number) => targeting.admit(published, linkOf(id)),
  };
}

test('the rule admits whom it holds for, and says why, leaf by leaf', async () => {
  const { admit, ada, bea, cai, segment } = await plantAudience();
  expect(await admit(ada)).toMatchObject({
    isAdmitted: true,
    personId: ada,
    attributes: { plan: 'Pro' },
    asked: { how: 'rule', rule: segment.publicId },
    trace: { truth: true, found: 'Pro' },
  });
  expect(await admit(bea)).toMatchObject({
    isAdmitted: false,
    trace: { truth: false, found: 'Free', wasMissing: false },
  });
  expect(await admit(cai)).toMatchObject({ isAdmitted: false, trace: { truth: null, found: null, wasMissing: true } });
});

test('what was decided is noted with its reason once a person means to begin, and looking leaves no trace', async () => {
  const { admit, ada, bea, survey, linkOf } = await plantAudience();
  const begin = (id: number) =>
    house.verbatim.fieldwork.start(survey.slug, {
      consents: ['analysis'],
      language: null,
      invitation: linkOf(id),
      isTest: false,
    });
  await admit(ada);
  await begin(ada);
  await expect(begin(bea)).rejects.toMatchObject({ kind: 'forbidden' });
  const noted = house.verbatim.connection
    .prepare('select person_id, decision, reason from exposures where survey_id = ? order by id')
    .all(survey.id) as { person_id: number; decision: string; reason: string }[];
  expect(noted.map(({ person_id, decision }) => [person_id, decision])).toEqual([
    [ada, 'offered'],
    [bea, 'not offered'],
  ]);
  expect(JSON.parse(noted[1]?.reason ?? '{}')).toMatchObject({ truth: false, found: 'Free' });
});

test('a survey with an audience opens by personal link only, and not by a wrong one', async () => {
  const { targeting, published, ada, linkOf } = await plantAudience();
  const other = await plantAudience();
  expect(await targeting.admit(published, null)).toMatchObject({ isAdmitted: false, personId: null });
  for (const link of ['', 'x', 'A'.repeat(22), `${linkOf(ada).slice(1)}A`, other.linkOf(other.ada), 'ü'.repeat(22)]) {
    expect(await targeting.admit(published, link)).toMatchObject({ isAdmitted: false, personId: null });
  }
});

test('who is not admitted cannot begin, and who is takes part under a pseudonym', async () => {
  const { survey, study, ada, bea, linkOf } = await plantAudience();
  const { fieldwork, logs, store } = house.verbatim;
  const begin = (id: number) =>
    fieldwork.start(survey.slug, { consents: ['analysis'], language: null, invitation: linkOf(id), isTest: false });
  await expect(begin(bea)).rejects.toMatchObject({ kind: 'forbidden' });
  expect(await begin(ada)).toMatchObject({ started: true });
  await logs.settle();
  const [response] = (await store.responses.page(survey.id, 0, 10)).filter(({ studyId }) => studyId === study.id);
  expect(await store.people.personOf(response?.participationId ?? 0)).toBe(ada);
  expect(JSON.parse(response?.attributes ?? '{}')).toEqual({ plan: 'Pro' });
});

test('who has answered is thanked and not asked again, also under another id of theirs', async () => {
  const { survey, ada, bea, linkOf, admit } = await plantAudience();
  const { fieldwork, store } = house.verbatim;
  const started = await fieldwork.start(survey.slug, {
    consents: ['analysis'],
    language: null,
    invitation: linkOf(ada),
    isTest: false,
  });
  if (!started.started) throw new Error('It did not start');
  expect(await admit(ada)).toMatchObject({ isAdmitted: true });
  await fieldwork.answer({ ...started.next, page: 1 }, { city: 'village' });
  await fieldwork.complete(started.next.token, 2);
  expect(await admit(ada)).toMatchObject({ isAdmitted: false, title: 'You have answered this survey already' });
  await store.people.link(bea, ada, '2026-01-01T00:00:00.000Z');
  expect(await admit(bea)).toMatchObject({ isAdmitted: false, title: 'You have answered this survey already' });
});

test('links are computed, and the database holds only their hashes', async () => {
  const { ada, linkOf } = await plantAudience();
  const rows = JSON.stringify(house.verbatim.connection.prepare('select * from invitations').all());
  expect(linkOf(ada)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(rows).not.toContain(linkOf(ada));
});

test('an answer given in the study decides for the next survey', async () => {
  const { study, survey, ada, linkOf } = await plantAudience();
  const { fieldwork, segments, targeting } = house.verbatim;
  const started = await fieldwork.start(survey.slug, {
    consents: ['analysis'],
    language: null,
    invitation: linkOf(ada),
    isTest: false,
  });
  if (!started.started) throw new Error('It did not start');
  await fieldwork.answer({ ...started.next, page: 1 }, { city: 'village' });
  const rule = segments.check({ answer: 'city', survey: survey.slug, op: 'is', value: 'village' });
  expect((await targeting.explain(study.id, ada, rule)).truth).toBeNull();
  await fieldwork.complete(started.next.token, 2);
  expect(await targeting.explain(study.id, ada, rule)).toMatchObject({ truth: true, found: 'village' });
  expect(await segments.count(study, rule, survey.id)).toMatchObject({
    people: { admitted: 1 },
    responses: { all: 1, members: [expect.any(Number)] },
  });
});

test('an open survey asks everybody, and a personal link on it names the person', async () => {
  const { targeting, surveys, store } = house.verbatim;
  const { survey } = await plantAudience();
  await surveys.setAudience(survey, null);
  const published = await store.surveys.findPublished(survey.slug);
  if (!published) throw new Error('The survey is not published');
  expect(await targeting.admit(published, null)).toMatchObject({
    isAdmitted: true,
    personId: null,
    asked: { how: 'open' },
  });
});

test('a survey is not aimed at another study’s segment', async () => {
  const [here, there] = [await plantAudience(), await plantAudience()];
  await expect(house.verbatim.surveys.setAudience(here.survey, there.segment.publicId)).rejects.toMatchObject({
    kind: 'not-found',
  });
});
