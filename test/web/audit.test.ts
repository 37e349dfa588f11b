import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_SCOPES } from '../../src/model/api-scope.ts';
import { RAW_DATA } from '../../src/web/raw-data.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor, visitor } from '../journeys/visitor.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { smallSurvey } from '../support/small-survey.ts';

/*
 * Who did what leaves a row: everything that writes exactly one, whoever sends it and whatever comes of it, and looking at
 * what people said one as well. Roads of respondents and of programs that send events leave records instead.
 */

/** What somebody may have typed anywhere; it is to stand nowhere in the log. */
const MARKER = 'Zq7marker words that somebody typed';
const MARKED_ID = 'zq7marker-typed-as-an-id';
const FIELDS =
  'name title text body note reason email words label description code question value answer password current next by kind format row values query comment message file workspace link url secret purpose token company person attribute country language';

/** Roads whose own records are their journal. */
const OUTSIDE =
  /^\/(v1|beacon|debug|mp|s|r|book|receipt|opt-out|feedback|shared)(\/|$)|^\/(identify|i|track|t|page|p|screen|group|g|alias|a|batch|b|m|rsaMetrics|import|engage|groups)$/;

let house: OpenHouse;
let study: string;
let owner: Visitor;
const PASSWORD = 'three words together';

beforeAll(async () => {
  house = await openHouse();
  const entered = await enterStudio(house);
  study = entered.study;
  owner = entered.researcher;
});
afterAll(() => house.close());

const last = async () => (await house.verbatim.audit.head())?.number ?? 0;
const newest = async () => (await house.verbatim.audit.list({ limit: 1 }))[0];
const writing = () => house.routes.filter(({ method, path }) => method !== 'GET' && !OUTSIDE.test(path));
const idOf = async () => (await house.verbatim.studies.named('A study')).id;

test('every address that writes leaves exactly one row, whoever sends it, and none of what was sent', async () => {
  const studyId = await idOf();
  await house.verbatim.accounts.add(
    { email: 'viewer@example.org', name: 'Vera', password: PASSWORD },
    { isAdmin: false, role: 'viewer', studyId },
  );
  const viewer = visitor(house.url);
  await viewer.post('/sign-in', { email: 'viewer@example.org', password: PASSWORD });
  const people = { owner, viewer, nobody: visitor(house.url) };
  const form = Object.fromEntries(FIELDS.split(' ').map((name) => [name, MARKER]));
  const { key } = await house.verbatim.apiKeys.add(
    { id: studyId },
    { name: 'A program', scopes: Object.keys(API_SCOPES), days: '30' },
    { userId: (await house.verbatim.store.accounts.findByEmail('ada@example.org'))?.id ?? 0 },
  );
  const publicId = study.replace('/studio/', '');
  const wrong: string[] = [];
  let asked = 0;
  for (const { method, path } of writing()) {
    // Leaving ends the walk for whoever does it.
    if (path === '/log-out') continue;
    const isApi = path.startsWith('/api/');
    for (const [who, person] of Object.entries(people)) {
      if (isApi && who === 'viewer') continue;
      const before = await last();
      for (const id of who === 'owner' ? ['AAAAAAAAAAAAAAAAAAAAAA', MARKED_ID] : ['AAAAAAAAAAAAAAAAAAAAAA']) {
        const address = path.replace(':study', publicId).replaceAll(/:\w+/g, id);
        asked += 1;
        if (isApi)
          await fetch(new URL(address, house.url), {
            method,
            headers: {
              authorization: `Bearer ${who === 'owner' ? key : 'vb_wrong'}`,
              'content-type': 'application/json',
              'if-match': '"x"',
            },
            body: JSON.stringify(form),
          }).then((answer) => answer.text());
        else await person.post(address, form);
      }
      const rows = (await last()) - before;
      if (rows !== (who === 'owner' ? 2 : 1)) wrong.push(`${who}, ${method} ${path}: ${rows} rows`);
    }
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(900);

  let rows = 0;
  for await (const row of house.verbatim.store.auditLog.all()) {
    rows += 1;
    expect(JSON.stringify(row).toLowerCase()).not.toContain('zq7marker');
    expect(JSON.stringify(row)).not.toMatch(/@example|127\.0\.0/);
  }
  expect(rows).toBe(await last());
  expect(await house.verbatim.audit.verify([])).toMatchObject({ changed: [], missing: [] });
}, 600_000);

test('a row says who did what to which thing, in which study, and how it ended', async () => {
  const studyId = await idOf();
  await owner.post(`${study}/surveys/AAAAAAAAAAAAAAAAAAAAAA/publish`);
  const user = await house.verbatim.store.accounts.findByEmail('ada@example.org');
  expect(await newest()).toMatchObject({
    actorKind: 'user',
    actorId: user?.id,
    userName: 'Ada',
    studyId,
    object: 'survey:AAAAAAAAAAAAAAAAAAAAAA',
    outcome: 'refused',
    status: 404,
  });
  const stranger = visitor(house.url);
  await stranger.post(`${study}/smallest-cell`, { cell: '7' });
  expect(await newest()).toMatchObject({
    actorKind: 'nobody',
    actorId: null,
    studyId,
    outcome: 'refused',
    status: 401,
  });
});

test('signing in is noted with whose account it was, and so is every wrong password', async () => {
  const user = await house.verbatim.store.accounts.findByEmail('viewer@example.org');
  const viewer = visitor(house.url);
  await viewer.post('/sign-in', { email: 'viewer@example.org', password: 'another password' });
  expect(await newest()).toMatchObject({
    action: 'sign-in',
    actorKind: 'nobody',
    object: `user:${user?.publicId}`,
    outcome: 'refused',
  });
  await viewer.post('/sign-in', { email: 'nobody@example.org', password: 'another password' });
  expect(await newest()).toMatchObject({ action: 'sign-in', actorKind: 'nobody', object: '', outcome: 'refused' });
  await viewer.post('/sign-in', { email: 'viewer@example.org', password: PASSWORD });
  expect(await newest()).toMatchObject({ action: 'sign-in', actorId: user?.id, studyId: null, outcome: 'done' });
  await viewer.post('/log-out');
  expect(await newest()).toMatchObject({ action: 'sign-out', actorId: user?.id, outcome: 'done' });
});

test('what could not be noted is not answered', async () => {
  const { auditLog } = house.verbatim.store;
  const append = auditLog.append;
  auditLog.append = () => Promise.reject(new Error('no space'));
  try {
    const answer = await owner.post('/studio/new-study', { name: 'Unseen' });
    expect([answer.status, answer.location]).toEqual([503, '']);
    expect(answer.text).toContain('audit log');
    expect(house.lines.some((line) => line.includes('the audit log cannot be written'))).toBe(true);
  } finally {
    auditLog.append = append;
  }
  expect((await owner.post('/studio/new-study', { name: 'Seen' })).status).toBe(303);
});

describe('what people said', () => {
  let survey: string;
  beforeAll(async () => {
    const id = await idOf();
    const draft = await house.verbatim.surveys.importJson(id, JSON.stringify(smallSurvey));
    await house.verbatim.surveys.publish(draft, 1, null);
    const found = await house.verbatim.store.surveys.find(id, draft.publicId);
    if (!found) throw new Error('The survey is not there');
    survey = `${study}/surveys/${found.publicId}`;
    await plantResponses(house.verbatim, { study: { id }, survey: found }, [
      { answers: { story: said('I moved because of Zq7 quiet') } },
      { answers: { story: said('It was near') } },
    ]);
    await house.verbatim.logs.settle();
  });

  test('a look leaves a row, and looking again soon after leaves no other', async () => {
    const before = await last();
    expect((await owner.get(`${survey}/responses`)).status).toBe(200);
    expect(await newest()).toMatchObject({ action: 'view', userName: 'Ada', outcome: 'done', status: 200 });
    await owner.get(`${survey}/responses`);
    await owner.get(`${study}/surveys`);
    expect(await last()).toBe(before + 1);
  });

  test('a file leaves a row with its rows, how much of people it holds, and why', async () => {
    const before = await last();
    const file = await owner.get(`${survey}/responses/file?format=csv&unmasked=1&reason=For+the+ethics+board`);
    expect(file.status).toBe(200);
    expect(file.text).toContain('Zq7 quiet');
    expect(await last()).toBe(before + 1);
    expect(await newest()).toMatchObject({
      action: 'export',
      object: `survey:${survey.split('/').at(-1)}`,
      detail: { rows: 2, level: 'unmasked', format: 'csv', reason: 'For the ethics board' },
    });
    await owner.get(`${survey}/responses.jsonl`);
    expect(await newest()).toMatchObject({ action: 'export', detail: { rows: 2, level: 'masked', format: 'jsonl' } });
    expect(JSON.stringify(await house.verbatim.audit.list({ limit: 5 }))).not.toContain('quiet');
  });

  test('a look that is refused leaves a row, and being sent to sign in none', async () => {
    const viewer = visitor(house.url);
    await viewer.post('/sign-in', { email: 'viewer@example.org', password: PASSWORD });
    const before = await last();
    expect((await viewer.get(`${survey}/responses`)).status).toBe(403);
    expect(await newest()).toMatchObject({ action: 'view', userName: 'Vera', outcome: 'refused', status: 403 });
    await visitor(house.url).get(`${survey}/responses`);
    expect(await last()).toBe(before + 1);
  });

  test('every page that shows what somebody said is one of those whose looks are noted', async () => {
    const unnoted: string[] = [];
    let shown = 0;
    const [response] = await house.verbatim.store.responseDesk.page(
      (await house.verbatim.store.surveys.find(await idOf(), survey.split('/').at(-1) ?? ''))?.id ?? 0,
      { ...(await import('../../src/store/response-filter.ts')).NO_FILTER },
      null,
      1,
    );
    const ids: Record<string, string> = {
      study: study.replace('/studio/', ''),
      survey: survey.split('/').at(-1) ?? '',
      response: response?.publicId ?? '',
    };
    for (const { method, path } of house.routes) {
      if (method !== 'GET' || !path.startsWith('/studio')) continue;
      const address = path.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? 'AAAAAAAAAAAAAAAAAAAAAA');
      const { text } = await owner.get(address);
      if (!text.includes('Zq7 quiet')) continue;
      shown += 1;
      if (!RAW_DATA.has(path)) unnoted.push(path);
    }
    expect(unnoted).toEqual([]);
    expect(shown).toBeGreaterThan(2);
  });
});

test('the addresses whose looks are noted are addresses that there are', () => {
  const there = new Set(house.routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  expect([...RAW_DATA.keys()].filter((path) => !there.has(path))).toEqual([]);
});

test('owners read the log of their study, administrators that of the installation, without reasons and studies', async () => {
  const own = await owner.get(`${study}/audit`);
  expect(own.status).toBe(200);
  expect(own.text).toContain('For the ethics board');
  expect(own.text).toContain('Older entries');
  const files = await owner.get(`${study}/audit?show=raw`);
  expect(files.text).toContain('File taken out');
  expect(files.text).not.toContain('Writing:');
  const all = await owner.get('/studio/audit');
  expect(all.status).toBe(200);
  expect(all.text).toContain('Sign-in');
  expect(all.text).not.toContain('ethics');
  const viewer = visitor(house.url);
  await viewer.post('/sign-in', { email: 'viewer@example.org', password: PASSWORD });
  expect((await viewer.get(`${study}/audit`)).status).toBe(403);
  expect((await viewer.get('/studio/audit')).status).toBe(403);
  expect((await visitor(house.url).get('/studio/audit')).location).toContain('/sign-in');
});
