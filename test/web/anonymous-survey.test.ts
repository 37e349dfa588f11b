import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiptCode } from '../../src/model/receipt-code.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { NO_FILTER } from '../../src/store/response-filter.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { visitor } from '../journeys/visitor.ts';
import { fieldSurvey, openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';
import { marksIn } from '../support/marked-person.ts';

const HOUR_MS = 3_600_000;
const clock = fixedClock('2026-03-02T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let survey: SurveyRow;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  survey = await addSurvey('anonymous');
  const at = `/studio/${house.study.publicId}/surveys/${survey.publicId}`;
  expect((await house.researcher.post(`${at}/anonymous`, { anonymous: 'yes' })).status).toBe(303);
  expect((await house.researcher.get(`${at}/build/check`)).text).toContain('that holds for good');
  expect((await house.researcher.post(`${at}/publish`, { revision: '1' })).status).toBe(303);
  survey = (await house.verbatim.store.surveys.find(house.study.id, survey.publicId))!;
});
afterAll(() => house[Symbol.asyncDispose]());

const purposes = [
  ...fieldSurvey.consent.purposes,
  { code: 're-contact' as const, text: { en: 'You may write to me again' } },
];
const addSurvey = (code: string, more: object = {}) =>
  house.verbatim.surveys.importJson(
    house.study.id,
    JSON.stringify({ ...fieldSurvey, code, quotas: [], consent: { ...fieldSurvey.consent, purposes }, ...more }),
  );

/** Answers all of it over HTTP, and gives the token. */
async function answer(city: string, query = '') {
  const respondent = visitor(house.url);
  const headers = {
    'user-agent': 'zqagent/1.0 (Windows NT 10.0) Firefox/140.0',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const started = await respondent.send(`/s/${survey.slug}${query}`, {
    method: 'POST',
    headers,
    body: 'consent=analysis&consent=re-contact&language=en',
  });
  const [, token = ''] = /\/r\/([\w-]{22})\//.exec(started.headers.get('location') ?? '') ?? [];
  const first = await respondent.post(`/r/${token}/1/1`, { city });
  // Going back, and coming back by the address alone.
  expect((await respondent.get(`/r/${token}`)).location).toBe(first.location);
  await respondent.post(`/r/${token}/1/2`, { city });
  for (let next = (await respondent.get(`/r/${token}`)).location; !next.includes('/check/'); ) {
    const page = await respondent.post(next, {});
    expect(page.status, page.text).toBe(303);
    next = page.location;
  }
  const sent = await respondent.post((await respondent.get(`/r/${token}`)).location);
  expect(sent.location).toBe(`/r/${token}/done`);
  return { token, respondent };
}

test('nothing of who or when is anywhere in the folder but the day', async () => {
  clock.forward(50 * HOUR_MS + 47 * 60_000 + 13_000);
  const query = '?userId=zqperson&source=zqsource&replay_url=https%3A%2F%2Freplay.example%2Fzqreplay&offer=zqoffer';
  const { token, respondent } = await answer('village', query);
  await house.verbatim.logs.settle();
  const moment = ['2026-03-04T11', '2026-03-04 11', '11:47'];
  const marks = ['zqperson', 'zqsource', 'zqreplay', 'zqoffer', 'zqagent', 'Firefox', token, ...moment];
  expect(marksIn(house.verbatim.folder, marks)).toEqual([]);
  expect(marksIn(house.verbatim.folder, ['2026-03-04T00:00:00.000Z'])).not.toEqual([]);
  const [row] = await house.verbatim.store.responses.list(survey.id);
  expect(row).toMatchObject({ participationId: null, device: null, source: null, attributes: null });
  expect(row?.purposes).toBe('["analysis"]');

  // What was sent is nobody's any more.
  const done = await respondent.get(`/r/${token}/done`);
  expect(done.text).toContain('nobody can find them again');
  expect(done.text).not.toContain(receiptCode(token));
  for (const path of ['mine', 'withdraw', 'mine.json'])
    expect((await respondent.get(`/r/${token}/${path}`)).location).toBe(`/r/${token}/done`);
  expect((await respondent.post(`/r/${token}/withdraw`)).status).toBe(410);
  expect((await respondent.post(`/r/${token}/1/4`, { city: 'city' })).status).not.toBe(303);
  expect((await respondent.post('/receipt', { code: receiptCode(token) })).status).toBe(422);
});

test('the first page says so, and does not offer to be asked again', async () => {
  const { text } = await visitor(house.url).get(`/s/${survey.slug}`);
  expect(text).toContain('Nobody can find your answers again');
  expect(text).toContain('I take part');
  expect(text).not.toContain('You may write to me again');
});

test('links that are of one person open nothing, and none are made', async () => {
  const respondent = visitor(house.url);
  for (const path of [`for/${newPublicId()}`, `once/${newPublicId()}`])
    expect((await respondent.post(`/s/${survey.slug}/${path}`, { consent: 'analysis' })).status).toBe(403);
  const { fieldworkDesk, imports, targeting, store } = house.verbatim;
  await expect(fieldworkDesk.makeSingleLinks(survey, 1)).rejects.toThrow('anonymous');
  const published = (await store.surveys.findPublished(survey.slug))!;
  await expect(targeting.invite(published, [])).rejects.toThrow('anonymous');
  const file = { name: 'a.csv', bytes: Buffer.from('city\ncity\n') };
  await expect(imports.stage(survey, file, {}, null)).rejects.toThrow('anonymous');
});

test('no door turns it back once it is published, the database itself least of all', async () => {
  const { researcher, study, verbatim, survey: other } = house;
  await house.signIn();
  const at = `/studio/${study.publicId}/surveys`;
  expect((await researcher.post(`${at}/${survey.publicId}/anonymous`, { anonymous: 'no' })).status).toBe(409);
  expect((await researcher.post(`${at}/${other.publicId}/anonymous`, { anonymous: 'yes' })).status).toBe(409);
  expect(await verbatim.store.surveys.setAnonymous(survey.id, false)).toBe(false);
  const run = (statement: string) => verbatim.connection.prepare(statement).run(survey.id);
  expect(() => run('update surveys set is_anonymous = 0 where id = ?')).toThrow('never changed');
  expect(() => run('update surveys set published_version_id = null where id = ?')).toThrow('stays published');
  await expect(
    verbatim.surveys.importJson(study.id, JSON.stringify({ ...fieldSurvey, code: 'sly', isAnonymous: false })),
  ).rejects.toThrow('not a survey in format 1');
  const draft = { ...survey.draft, title: { en: 'Another title' } };
  await verbatim.surveys.saveDraft(survey, survey.draftRevision, JSON.stringify(draft));
  const changed = (await verbatim.store.surveys.find(study.id, survey.publicId))!;
  await verbatim.surveys.publish(changed, changed.draftRevision, null);
  expect((await verbatim.store.surveys.find(study.id, survey.publicId))?.isAnonymous).toBe(1);
});

test('what asks for names stands in the way of publishing it', async () => {
  const contact = { kind: 'contact', code: 'who', text: { en: 'Who are you?' }, fields: ['email'] };
  const named = await addSurvey('named', { pages: [...fieldSurvey.pages, { code: 'last', questions: [contact] }] });
  await house.verbatim.surveys.setAnonymous(named, true);
  const kept = (await house.verbatim.store.surveys.find(house.study.id, named.publicId))!;
  await expect(house.verbatim.surveys.publish(kept, 1, null)).rejects.toMatchObject({
    errors: [expect.objectContaining({ detail: expect.stringContaining('“who”') })],
  });
});

test('files list answers in an order drawn anew, and tell no times', { timeout: 60_000 }, async () => {
  for (let n = 0; n < 11; n += 1) await answer(n % 2 === 0 ? 'city' : 'village');
  const { exports } = house.verbatim;
  const lines = async (): Promise<string[]> => {
    let text = '';
    for await (const chunk of exports.jsonl(survey)) text += chunk;
    return text.trim().split('\n');
  };
  const [one, two] = [await lines(), await lines()];
  expect(one).toHaveLength(12);
  // One in 479 million draws of twelve is the same as the one before.
  expect(one).not.toEqual(two);
  expect(one.toSorted()).toEqual(two.toSorted());
  expect(one.join('')).not.toMatch(/T(?!00:00:00\.000Z)\d\d:/);
});

test('neither the list nor a name tells in which order they answered', { timeout: 60_000 }, async () => {
  for (let more = 0; more < 8; more += 1) await answer('village');
  const at = `/studio/${house.study.publicId}/surveys/${survey.publicId}/responses`;
  const list = (await house.researcher.get(at)).text;
  const ids = [...new Set([...list.matchAll(/\/responses\/([\w-]{22})/g)].map(([, id = '']) => id))];
  expect(ids.length).toBeGreaterThanOrEqual(8);
  expect(ids).toEqual(ids.toSorted().reverse());
  expect(list).not.toMatch(/Respondent \d+</);
  const [first = '', second = ''] = ids;
  expect(list).toContain(`Respondent ${first.slice(0, 6)}`);
  const one = (await house.researcher.get(`/studio/${house.study.publicId}/responses/${first}`)).text;
  expect(one).toContain(`Respondent ${first.slice(0, 6)}`);
  expect(one).toContain(`/responses/${second}`);
  expect(await house.verbatim.store.orderNumbers.ofResponses(house.study.id, ids)).toEqual(new Map());
  const { rows, next } = await house.verbatim.responseDesk.list(survey, NO_FILTER, first, 2);
  expect(rows.map(({ response }) => response.publicId)).toEqual(ids.slice(1, 3));
  expect(next).toBe(ids[2]);
});
