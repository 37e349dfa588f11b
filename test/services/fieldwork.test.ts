import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnswerOutcome } from '../../src/services/fieldwork.ts';
import { newPublicId, publicHalf } from '../../src/store/identifiers.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';

const CONSENTS = { consents: ['analysis', 'quotes'], language: null, invitation: null, isTest: false };
const FIRST = { city: 'village', topics: ['news', 'sport'] };

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** A survey of its own in the house that the tests share. */
async function openSurvey() {
  const { study, survey } = await plantStudy(house.verbatim);
  const { fieldwork, logs } = house.verbatim;
  const begin = async () => {
    const started = await fieldwork.start(survey.slug, CONSENTS);
    if (!started.started) throw new Error('It did not start');
    return started.next;
  };
  const records = (token: string) => logs.responses.read(publicHalf(token));
  return { study, survey, fieldwork, begin, records };
}
const next = (outcome: AnswerOutcome) => {
  if (outcome.outcome !== 'saved') throw new Error(`It was ${outcome.outcome}`);
  return outcome.next;
};

test('a response begins with consent, and with nothing else', async () => {
  const { survey, fieldwork, begin, records } = await openSurvey();
  const before = await house.verbatim.logs.responses.count();
  expect(await fieldwork.start(survey.slug, { ...CONSENTS, consents: [] })).toMatchObject({ started: false });
  expect(await fieldwork.start(survey.slug, { ...CONSENTS, consents: ['quotes'] })).toMatchObject({ started: false });
  expect(await house.verbatim.logs.responses.count()).toBe(before);
  await expect(
    fieldwork.start(survey.slug, { ...CONSENTS, consents: ['analysis', 'everything'] }),
  ).rejects.toMatchObject({ kind: 'invalid' });
  const address = await begin();
  expect(address).toEqual({ token: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/), page: 1, revision: 1 });
  expect(await records(address.token)).toMatchObject([
    {
      revision: 0,
      kind: 'start',
      content: { answers: {} },
      envelope: { consent: { textVersion: 'v1', purposes: ['analysis', 'quotes'] }, asked: { how: 'open' } },
    },
  ]);
});

test('a purpose that the survey does not offer is not agreed to', async () => {
  const { survey, fieldwork } = await openSurvey();
  const started = await fieldwork.start(survey.slug, { ...CONSENTS, consents: ['analysis', 're-contact'] });
  if (!started.started) throw new Error('It did not start');
  expect((await fieldwork.open(started.next.token)).response.consent?.purposes).toEqual(['analysis']);
});

test('the database never holds the token', async () => {
  const { begin } = await openSurvey();
  const { token } = await begin();
  const all = house.verbatim.connection.prepare('select * from response_records').all();
  expect(JSON.stringify(all)).not.toContain(token);
  expect(JSON.stringify(all)).toContain(publicHalf(token));
});

test('a response goes from page to page to its end', async () => {
  const { survey, study, fieldwork, begin } = await openSurvey();
  const address = await begin();
  const second = next(await fieldwork.answer({ ...address, page: 1 }, FIRST));
  expect(second).toEqual({ token: address.token, page: 2, revision: 2 });
  const third = next(await fieldwork.answer({ ...second, page: 2 }, { 'holds.outdoors': '5', mood: '8' }));
  const check = next(await fieldwork.answer({ ...third, page: 3 }, { age: '30', story: 'So it was.' }));
  expect(check).toEqual({ token: address.token, page: 'check', revision: 4 });
  expect((await fieldwork.complete(address.token, 4)).outcome).toBe('saved');
  await house.verbatim.logs.settle();
  const [row] = await house.verbatim.store.responses.list(survey.id);
  expect(row).toMatchObject({
    studyId: study.id,
    publicId: publicHalf(address.token),
    state: 'completed',
    revision: 4,
  });
});

test('the same page twice is the same acknowledgement and one record', async () => {
  const { fieldwork, begin, records } = await openSurvey();
  const address = { ...(await begin()), page: 1 };
  const once = await fieldwork.answer(address, FIRST);
  const twice = await fieldwork.answer(address, { topics: ['sport', 'news'], city: 'village' });
  expect(twice).toEqual(once);
  const many = await Promise.all(
    Array.from({ length: 20 }, () => fieldwork.answer({ ...address, page: 2, revision: 2 }, { mood: '3' })),
  );
  expect(new Set(many.map((one) => JSON.stringify(one))).size).toBe(1);
  expect((await records(address.token)).map(({ revision }) => revision)).toEqual([0, 1, 2]);
});

test('other answers at the same revision are a conflict that shows both, and the first is kept', async () => {
  const { fieldwork, begin, records } = await openSurvey();
  const address = { ...(await begin()), page: 1 };
  await fieldwork.answer(address, FIRST);
  const conflict = await fieldwork.answer(address, { city: 'city' });
  expect(conflict).toMatchObject({
    outcome: 'conflict',
    kept: { city: { value: 'village' } },
    sent: { city: { value: 'city' } },
    open: { nextRevision: 2 },
  });
  const race = await Promise.all(
    ['1', '2', '3', '4'].map((mood) => fieldwork.answer({ ...address, page: 2, revision: 2 }, { mood })),
  );
  expect(race.filter(({ outcome }) => outcome === 'saved')).toHaveLength(1);
  expect(race.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(3);
  expect(await records(address.token)).toHaveLength(3);
});

test('going back gives a new revision, and the later answer counts', async () => {
  const { fieldwork, begin, records } = await openSurvey();
  const address = { ...(await begin()), page: 1 };
  await fieldwork.answer(address, FIRST);
  const again = next(await fieldwork.answer({ ...address, revision: 2 }, { city: 'city' }));
  expect(again.revision).toBe(3);
  expect((await records(address.token)).map(({ kind }) => kind)).toEqual(['start', 'page', 'correction']);
  expect((await fieldwork.open(address.token)).response.answers).toMatchObject({
    city: { value: 'city' },
    topics: { state: 'skipped' },
  });
});

describe('what has been sent', () => {
  const openSent = async () => {
    const opened = await openSurvey();
    const address = { ...(await opened.begin()), page: 1 };
    await opened.fieldwork.answer(address, FIRST);
    await opened.fieldwork.complete(address.token, 2);
    return { ...opened, address };
  };
  test('can be sent again without harm', async () => {
    const { fieldwork, address, records } = await openSent();
    expect((await fieldwork.complete(address.token, 2)).outcome).toBe('saved');
    expect((await fieldwork.answer(address, FIRST)).outcome).toBe('saved');
    expect(await records(address.token)).toHaveLength(3);
  });
  test('may be corrected with the receipt, and nothing else about it changes', async () => {
    const { fieldwork, address, records } = await openSent();
    const { response } = await fieldwork.open(address.token);
    expect((await fieldwork.answer({ ...address, page: 2, revision: 3 }, { mood: '1' })).outcome).toBe('saved');
    const after = (await fieldwork.open(address.token)).response;
    expect(after.answers).toMatchObject({ mood: { state: 'answered', value: 1 } });
    expect([after.state, after.completedAt]).toEqual(['completed', response.completedAt]);
    expect((await records(address.token)).map((record) => record.kind)).toEqual([
      'start',
      'page',
      'completion',
      'correction',
    ]);
  });
  test('takes no further page, no correction and no second end where the survey does not allow it', async () => {
    const { fieldwork, address, records, survey } = await openSent();
    await house.verbatim.store.surveys.saveSettings(survey.id, { mayCorrect: false });
    await expect(fieldwork.answer({ ...address, page: 2, revision: 3 }, { mood: '1' })).rejects.toMatchObject({
      kind: 'gone',
    });
    await expect(fieldwork.complete(address.token, 3)).rejects.toMatchObject({ kind: 'gone' });
    expect((await fieldwork.answer(address, { city: 'city' })).outcome).toBe('conflict');
    expect(await records(address.token)).toHaveLength(3);
  });
});

test('a response is not ended over a required question that was passed by', async () => {
  const { fieldwork, begin, records } = await openSurvey();
  const { token } = await begin();
  await expect(fieldwork.complete(token, 1)).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining('has not been answered'),
  });
  await fieldwork.answer({ token, page: 3, revision: 1 }, { story: 'Straight to the end.' });
  await expect(fieldwork.complete(token, 2)).rejects.toMatchObject({ kind: 'conflict' });
  await fieldwork.answer({ token, page: 1, revision: 2 }, { 'city~refused': 'on' });
  expect((await fieldwork.complete(token, 3)).outcome).toBe('saved');
  expect(await records(token)).toHaveLength(4);
});

test('a page that does not read well saves nothing, and says why beside each question', async () => {
  const { fieldwork, begin, records } = await openSurvey();
  const address = { ...(await begin()), page: 1 };
  expect(await fieldwork.answer(address, { topics: 'none' })).toMatchObject({
    outcome: 'invalid',
    errors: [{ field: 'city' }],
  });
  await expect(fieldwork.answer(address, { ...FIRST, age: '30' })).rejects.toMatchObject({ kind: 'invalid' });
  await expect(fieldwork.answer(address, { ...FIRST, ['__proto__x']: 'x' })).rejects.toMatchObject({ kind: 'invalid' });
  expect(await records(address.token)).toHaveLength(1);
});

test.each([
  '',
  'x',
  '../../etc/passwd',
  '%00',
  "' or 1=1 --",
  'A'.repeat(22),
  'A'.repeat(10_000),
  'ä'.repeat(22),
  '\u0000'.repeat(22),
  '😀'.repeat(11),
])('the token %j opens nothing', async (token) => {
  const { fieldwork, begin } = await openSurvey();
  await begin();
  await expect(fieldwork.open(token)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(fieldwork.answer({ token, page: 1, revision: 1 }, FIRST)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(fieldwork.complete(token, 1)).rejects.toMatchObject({ kind: 'not-found' });
});

test('the public id of a response does not open it', async () => {
  const { fieldwork, begin } = await openSurvey();
  const { token } = await begin();
  await expect(fieldwork.open(publicHalf(token))).rejects.toMatchObject({ kind: 'not-found' });
});

test.each([
  [0, 1],
  [4, 1],
  [-1, 1],
  [1.5, 1],
  [1, 3],
  [1, 1e9],
])('page %d at revision %d is no page to answer', async (page, revision) => {
  const { fieldwork, begin, records } = await openSurvey();
  const { token } = await begin();
  await expect(fieldwork.answer({ token, page, revision }, page === 1 ? FIRST : {})).rejects.toMatchObject({
    kind: 'not-found',
  });
  expect(await records(token)).toHaveLength(1);
});

test('the start cannot be written over', async () => {
  const { fieldwork, begin, records } = await openSurvey();
  const { token } = await begin();
  expect((await fieldwork.answer({ token, page: 1, revision: 0 }, FIRST)).outcome).toBe('conflict');
  await expect(fieldwork.complete(token, 0)).rejects.toMatchObject({ kind: 'conflict' });
  expect((await records(token)).map(({ kind }) => kind)).toEqual(['start']);
});

test('no survey, none published and none open are told apart', async () => {
  const { survey, study, fieldwork, begin } = await openSurvey();
  const { surveys } = house.verbatim;
  const address = { ...(await begin()), page: 1 };
  await expect(fieldwork.start('nobody', CONSENTS)).rejects.toMatchObject({ kind: 'not-found' });
  const draft = await surveys.importJson(study.id, JSON.stringify(survey.draft));
  await expect(fieldwork.start(draft.slug, CONSENTS)).rejects.toMatchObject({ kind: 'not-found' });
  await surveys.setState(survey, 'closed');
  await expect(fieldwork.start(survey.slug, CONSENTS)).rejects.toMatchObject({ kind: 'gone' });
  // Who has begun may finish.
  expect((await fieldwork.answer(address, FIRST)).outcome).toBe('saved');
});

test('a response stays with the version it began with', async () => {
  const { survey, study, fieldwork, begin } = await openSurvey();
  const { surveys, store } = house.verbatim;
  const { token } = await begin();
  await surveys.saveDraft(
    survey,
    1,
    JSON.stringify({ ...survey.draft, pages: survey.draft.pages.slice(0, 1), instruments: [] }),
  );
  const changed = await store.surveys.find(study.id, survey.publicId);
  if (!changed) throw new Error('The survey is gone');
  await surveys.publish(changed, 2, null);
  expect((await fieldwork.open(token)).definition.pages).toHaveLength(3);
  const started = await fieldwork.start(survey.slug, CONSENTS);
  if (!started.started) throw new Error('It did not start');
  expect(await fieldwork.open(started.next.token)).toMatchObject({
    version: 2,
    definition: { pages: [{ code: 'first' }] },
  });
});

test('a language that the survey does not speak is its first', async () => {
  const { survey, fieldwork } = await openSurvey();
  for (const [wanted, spoken] of [
    ['de', 'de'],
    ['xx', 'en'],
    [newPublicId(), 'en'],
  ] as const) {
    const started = await fieldwork.start(survey.slug, { ...CONSENTS, language: wanted });
    expect(started.started && (await fieldwork.open(started.next.token)).language).toBe(spoken);
  }
});
