import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyItem, Refusal, verbatimClient } from '../../../src/client/verbatim-client.ts';
import { ALL_SCOPES, type ApiHouse, exampleSurvey, openApiHouse } from './open-api.ts';

/* What holds for all operations: keys, parts of lists, requests sent twice, states seen, and how many a minute. */

let api: ApiHouse;
let key: string;
let survey: string;
beforeAll(async () => {
  api = await openApiHouse();
  key = await api.keyFor(ALL_SCOPES);
  survey = await exampleSurvey(api, api.operations);
});
afterAll(() => api.close());

const send = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(new URL(`/api/v1/studies/${api.study.publicId}${path}`, api.house.url), {
    ...init,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...init.headers },
  });
const refusal = async (work: Promise<unknown>): Promise<Refusal> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error(`Not refused: ${String(error)}`);
  return error;
};
const response = { consents: ['analysis'], answers: { again: 'yes' } };

describe('a key', () => {
  test('is shown once on the page that makes it, and never again', async () => {
    const at = `/studio/${api.study.publicId}/api-keys`;
    const made = await api.owner.post(at, { name: 'Nightly report', scopes: ['survey:read'], days: '30' });
    const [shown] = /vb_[A-Za-z0-9_-]{43}/.exec(made.text) ?? [];
    expect(made.status).toBe(200);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const page = await api.owner.get(at);
    expect(page.text).toContain('Nightly report');
    expect(page.text).not.toMatch(/vb_[A-Za-z0-9_-]{43}/);
    const client = verbatimClient({ url: api.house.url, key: shown ?? '' });
    expect((await client.readKey({})).data).toMatchObject({ name: 'Nightly report', scopes: ['survey:read'] });
    expect((await client.listSurveys({})).data.items.length).toBeGreaterThan(0);
    expect((await api.owner.get(at)).text).toContain('last used');
  });

  test('is nowhere in the database, only its hash', async () => {
    const rows = await api.house.verbatim.store.apiKeys.list(api.study.id);
    expect(JSON.stringify(rows)).not.toContain(key.slice(3, 30));
  });

  test('opens nothing once it is ended', async () => {
    const own = await api.keyFor(['survey:read']);
    const [row] = await api.house.verbatim.apiKeys.list(api.study);
    const client = verbatimClient({ url: api.house.url, key: own, study: api.study.publicId });
    expect((await client.listSurveys({})).status).toBe(200);
    await api.owner.post(`/studio/${api.study.publicId}/api-keys/${row?.publicId}/end`);
    expect((await refusal(client.listSurveys({}))).status).toBe(401);
  });

  test('is made by owners alone, for at most a year, for scopes there are', async () => {
    const { apiKeys } = api.house.verbatim;
    const add = (form: Partial<Parameters<typeof apiKeys.add>[1]>) =>
      apiKeys.add(api.study, { name: 'A', scopes: ['submit'], days: '1', ...form }, { userId: api.ownerId });
    await expect(add({ days: '366' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(add({ days: '0' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(add({ scopes: ['everything'] })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(add({ scopes: [] })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(add({ name: ' ' })).rejects.toMatchObject({ kind: 'invalid' });
    const { accounts } = api.house.verbatim;
    const researcher = await accounts.add(
      { email: 'res@example.org', name: 'Res', password: 'three words together' },
      { isAdmin: false, role: 'researcher', studyId: api.study.id },
    );
    await expect(
      apiKeys.add(api.study, { name: 'A', scopes: ['submit'], days: '1' }, { userId: researcher.id }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('dies with the membership of whoever made it', async () => {
    const { accounts, apiKeys, connection } = api.house.verbatim;
    const owner = await accounts.add(
      { email: 'leaver@example.org', name: 'Leaver', password: 'three words together' },
      { isAdmin: false, role: 'owner', studyId: api.study.id },
    );
    const made = await apiKeys.add(api.study, { name: 'L', scopes: ['survey:read'], days: '9' }, { userId: owner.id });
    const client = verbatimClient({ url: api.house.url, key: made.key, study: api.study.publicId });
    expect((await client.listSurveys({})).status).toBe(200);
    const role = (to: string) =>
      connection?.prepare('update study_members set role = ? where user_id = ?').run(to, owner.id);
    role('researcher');
    expect((await refusal(client.listSurveys({}))).status).toBe(401);
    role('owner');
    connection?.prepare('update users set disabled_at = ? where id = ?').run('2026-01-01T00:00:00.000Z', owner.id);
    expect((await refusal(client.listSurveys({}))).status).toBe(401);
    expect((await apiKeys.list(api.study)).find(({ name }) => name === 'L')?.state).toBe('orphaned');
  });

  test('is made only by an owner who has just shown who they are, and making and first using it are in the audit log', async () => {
    const { connection } = api.house.verbatim;
    const at = `/studio/${api.study.publicId}/api-keys`;
    const form = { name: 'Left open', scopes: ['survey:read'], days: '1' };
    connection?.prepare('update sessions set authenticated_at = ?').run('2020-01-01T00:00:00.000Z');
    const stale = await api.owner.post(at, form);
    expect([stale.text.includes('vb_'), stale.location.includes('confirm') || stale.status === 403]).toEqual([
      false,
      true,
    ]);
    connection?.prepare('update sessions set authenticated_at = ?').run(new Date().toISOString());
    const made = await api.owner.post(at, form);
    const client = verbatimClient({ url: api.house.url, key: /vb_[\w-]{43}/.exec(made.text)?.[0] ?? '' });
    await client.readKey({});
    await client.readKey({});
    const [row] = await api.house.verbatim.apiKeys.list(api.study);
    const rows = connection
      ?.prepare('select action from audit_log where object like ? order by number')
      .all(`%key:${row?.publicId}%`) as { action: string }[];
    expect(rows.map(({ action }) => action)).toEqual(['key-made', 'key-first-use']);
  });

  test('works with no cookie and no origin, and no page of another site may read with it', async () => {
    const answer = await send('/surveys', { headers: { origin: 'https://elsewhere.example' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const session = await api.owner.send(`/api/v1/studies/${api.study.publicId}/surveys`);
    expect(session.status).toBe(401);
  });
});

describe('a list', () => {
  test('comes in parts that together are the whole, each item once', async () => {
    for (let more = 0; more < 4; more += 1) await exampleSurvey(api, api.operations);
    const whole = (await api.client.listSurveys({ limit: 200 })).data.items.map(({ id }) => id);
    const parts: string[] = [];
    for await (const one of everyItem((page) => api.client.listSurveys({ limit: 2, ...page }))) parts.push(one.id);
    expect(whole.length).toBeGreaterThan(4);
    expect(parts).toEqual(whole);
  });

  test('takes no cursor that was changed, or made for another list', async () => {
    const { next } = (await api.client.listSurveys({ limit: 1 })).data;
    const cursor = next ?? '';
    expect((await refusal(api.client.listSurveys({ cursor: `${cursor.slice(0, -1)}A` }))).status).toBe(400);
    expect((await refusal(api.client.listResponses({ survey, cursor }))).status).toBe(400);
    expect((await refusal(api.client.listSurveys({ limit: 500 }))).errors[0]?.pointer).toBe('#/query/limit');
  });
});

describe('a request with a name of its own', () => {
  const named = (name: string, body: unknown) =>
    send(`/surveys/${survey}/responses`, {
      method: 'POST',
      headers: { 'idempotency-key': name },
      body: JSON.stringify(body),
    });

  test('is done once, however often it is sent, and gets its first answer again', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => named('once', response)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    const again = await named('once', response);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    const ids = await Promise.all(
      [...answers.filter(({ status }) => status === 201), again].map(
        async (answer) => ((await answer.json()) as { id: string }).id,
      ),
    );
    expect(new Set(ids).size).toBe(1);
    const { items } = (await api.client.listResponses({ survey, limit: 200 })).data;
    expect(items.filter(({ id }) => ids.includes(id)).length).toBe(1);
    expect(again.headers.get('location')).toContain(ids[0]);
  });

  test('is refused with another content, and the name is free again after a refusal', async () => {
    await named('other', response);
    const changed = await named('other', { ...response, answers: { again: 'no' } });
    expect(changed.status).toBe(409);
    expect((await named('mended', { ...response, answers: { again: 'perhaps' } })).status).toBe(422);
    expect((await named('mended', response)).status).toBe(201);
    expect((await named('not a name', response)).status).toBe(400);
  });

  test('is kept sealed, since an answer may hold a receipt', async () => {
    const answer = (await (await named('sealed', response)).json()) as { receipt: string };
    const { connection } = api.house.verbatim;
    const rows = connection?.prepare('select body from api_answers').all() as { body: string }[];
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(answer.receipt);
  });
});

describe('a state that was seen', () => {
  test('saves the answer while nothing changed', async () => {
    const first = await api.client.readSurvey({ survey });
    const second = await api.client.readSurvey({ survey, ifNoneMatch: first.etag ?? '' });
    expect([second.status, second.data]).toEqual([304, null]);
    await api.client.setSurveyState({ survey, body: { state: 'closed' } });
    expect((await api.client.readSurvey({ survey, ifNoneMatch: first.etag ?? '' })).status).toBe(200);
    await api.client.setSurveyState({ survey, body: { state: 'open' } });
  });

  test('is needed to write over it, and an old one writes nothing', async () => {
    const draft = await api.client.readDraft({ survey });
    const body = { ...draft.data, minutes: 3 };
    expect((await refusal(api.client.writeDraft({ survey, body }))).status).toBe(428);
    const saved = await api.client.writeDraft({ survey, body, ifMatch: draft.etag ?? '' });
    expect(saved.etag).not.toBe(draft.etag);
    const late = await refusal(
      api.client.writeDraft({ survey, body: { ...body, minutes: 9 }, ifMatch: draft.etag ?? '' }),
    );
    expect([late.status, late.type]).toEqual([412, '/problems/changed']);
    expect((await api.client.readDraft({ survey })).data.minutes).toBe(3);
  });
});

test('a body that is no JSON, is nested too deeply, is too large or of another kind is refused and says what to do', async () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    send(`/surveys/${survey}/responses`, { method: 'POST', body, headers });
  const deep = `{"consents":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect((await post('{')).status).toBe(400);
  expect((await post('')).status).toBe(400);
  expect((await post(deep.slice(0, 200_000))).status).toBe(400);
  const nested = await post(`{"consents":["analysis"],"answers":{"why":${'['.repeat(40)}${']'.repeat(40)}}}`);
  expect([nested.status, await nested.json()]).toMatchObject([400, { title: 'This is nested too deeply' }]);
  expect((await post(JSON.stringify({ consents: ['a'.repeat(300_000)] }))).status).toBe(413);
  expect((await post(JSON.stringify(response), { 'content-type': 'text/plain' })).status).toBe(415);
  const polluted = await post('{"consents":["analysis"],"answers":{},"__proto__":{"polluted":1}}');
  expect(polluted.status).toBe(400);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  const told = (await polluted.json()) as { title: string; detail: string; errors: { pointer: string }[] };
  expect(told.detail).toContain('Nothing was done');
});

test('each answer says how much of the minute is left, and beyond it nothing is done', async () => {
  const answer = await send('/surveys');
  expect(answer.headers.get('ratelimit-policy')).toBe('"key";q=600;w=60');
  expect(answer.headers.get('ratelimit')).toMatch(/^"key";r=\d+;t=\d+$/);
  const own = await api.keyFor(['survey:read']);
  const limits = api.house.verbatim.limits;
  const statuses: number[] = [];
  let last: Response | null = null;
  for (let more = 0; more <= limits.apiRequestsPerMinute; more += 1) {
    last = await send('/surveys?limit=1', { headers: { authorization: `Bearer ${own}` } });
    statuses.push(last.status);
    await last.arrayBuffer();
    if (last.status === 429) break;
  }
  // The minute of the clock may have turned in between; then the count begins anew.
  if (statuses.at(-1) === 429) expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  else expect(statuses.length).toBe(limits.apiRequestsPerMinute + 1);
});

test('who guesses keys is not heard for a minute, and then no key is looked up', async () => {
  const guess = () => send('/surveys?limit=1', { headers: { authorization: 'Bearer vb_guessed' } });
  const statuses: number[] = [];
  for (let tries = 0; tries <= api.house.verbatim.limits.apiWrongKeysPerMinute; tries += 1)
    statuses.push((await guess()).status);
  // The minute of the clock may have turned in between; then the count begins anew.
  if (statuses.at(-1) !== 429) for (let tries = 0; tries <= 60; tries += 1) statuses.push((await guess()).status);
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
});
