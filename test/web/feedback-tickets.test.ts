import { afterAll, beforeAll, expect, test } from 'vitest';
import { codePointLength } from '../../src/coding/spans.ts';
import type { FeedbackForm } from '../../src/services/feedback.ts';
import type { Feedback } from '../../src/store/feedback.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import {
  answerFully,
  type OutgoingHouse,
  openOutgoingHouse,
  outgoingSurvey,
  settledLog,
  until,
} from '../support/outgoing-house.ts';
import { serveHouse } from '../support/serve-house.ts';
import { startJira } from '../support/service-stubs.ts';
import { startStub } from '../support/stub-server.ts';

const PASSWORD = 'three words together';
let house: OutgoingHouse;
let door: Awaited<ReturnType<typeof serveHouse>>;
let researcher: Visitor;
let at: string;

beforeAll(async () => {
  house = await openOutgoingHouse();
  const { verbatim, study } = house;
  door = await serveHouse(verbatim);
  await verbatim.accounts.add(
    { email: 'r@lab.example', name: 'Rae', password: PASSWORD },
    { isAdmin: false, role: 'researcher', studyId: study.id },
  );
  researcher = visitor(door.url);
  expect((await researcher.post('/sign-in', { email: 'r@lab.example', password: PASSWORD })).status).toBe(303);
  at = `/studio/${study.publicId}`;
  const source = await verbatim.sources.add(study.workspaceId, 'Shop', null);
  await verbatim.feedback.saveButton(study, source, { isOn: true });
  writeKey = source.writeKey;
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});
let writeKey = '';

async function give(form: Partial<FeedbackForm>): Promise<Feedback> {
  const placed = await house.verbatim.feedback.placed(writeKey);
  if (!placed) throw new Error('The button is not there');
  const kept = await house.verbatim.feedback.give(
    placed,
    {
      category: 'problem',
      rating: '2',
      words: 'The basket is empty',
      email: 'me@people.example',
      mayQuote: false,
      mark: '',
      ...form,
    },
    {
      url: 'https://shop.example/basket',
      title: 'Hello Ada',
      locale: 'en',
      pageLanguage: 'en',
      viewport: null,
      release: '1.4.2',
      replayUrl: 'https://replays.example/s/1',
    },
    { userId: '', userHash: '', anonymousId: '', network: 'n', agent: undefined },
    'en',
  );
  if (!('feedback' in kept)) throw new Error('It was not kept');
  return kept.feedback;
}
const board = (address: string, words: boolean) =>
  house.hook(address, {
    kind: 'jira',
    name: words ? 'Board with words' : 'Our board',
    events: [],
    values: {
      address,
      email: 'ada@lab.example',
      secret: 'jira-token',
      project: 'UX',
      issueType: 'Task',
      words: words ? 'yes' : '',
    },
  });

test('a hook hears of feedback once, with words only where it asks for them and the visitor agreed, and never with an address', async () => {
  await using stub = await startStub();
  const plain = await house.hook(`${stub.url}/plain`, { events: ['feedback.received'] });
  const worded = await house.hook(`${stub.url}/worded`, { events: ['feedback.received'], values: { words: 'yes' } });
  const silent = await give({ words: 'Not to be quoted' });
  const open = await give({ words: 'You may quote this', mayQuote: true });
  // Sent twice by an impatient visitor, it is one and told once.
  await give({ words: 'You may quote this', mayQuote: true });
  await settledLog(house, plain, 2);
  await settledLog(house, worded, 2);
  const told = (path: string) =>
    stub.taken
      .filter((request) => request.path === path)
      .map(
        ({ body }) => JSON.parse(body) as { type: string; data: { feedback: Record<string, unknown>; link: string } },
      )
      .sort((a, b) =>
        a.data.feedback['id'] === silent.publicId ? -1 : b.data.feedback['id'] === silent.publicId ? 1 : 0,
      );
  expect(told('/plain').map(({ data }) => data.feedback['words'])).toEqual([null, null]);
  expect(told('/worded').map(({ data }) => data.feedback['words'])).toEqual([null, 'You may quote this']);
  expect(told('/worded')[1]).toMatchObject({
    type: 'feedback.received',
    data: {
      feedback: {
        id: open.publicId,
        pseudonym: null,
        category: 'problem',
        rating: 2,
        page: 'https://shop.example/basket',
        element: null,
        release: '1.4.2',
        language: 'en',
      },
      link: expect.stringContaining(`/feedback/${open.publicId}`),
    },
  });
  expect(JSON.stringify(stub.taken.map(({ body }) => body))).not.toMatch(/people\.example|replays\.example|Hello Ada/);
  for (const hook of [plain, worded]) await house.verbatim.outgoing.remove(hook);
});

test('a researcher makes a ticket from feedback; its page shows it with the way to it, and asked again there is one', async () => {
  await using jira = await startJira();
  const hook = await board(jira.url, false);
  const item = await give({ words: 'Where is my parcel?', mayQuote: true });
  const page = await researcher.get(`${at}/feedback/${item.publicId}`);
  expect(page.text).toContain('Make one in Our board');
  const asked = await researcher.post(`${at}/outgoing/${hook.publicId}/ticket`, { feedback: item.publicId });
  expect(asked.status).toBe(303);
  await until(house, () => jira.tickets.size === 1);
  await settledLog(house, hook, 1);
  expect((await researcher.get(asked.location)).text).toContain(
    `href="${at}/feedback/${item.publicId}">Back to the feedback</a>`,
  );
  const shown = (await researcher.get(`${at}/feedback/${item.publicId}`)).text;
  expect(shown).toContain(`href="${jira.url}/browse/UX-1" rel="noopener noreferrer nofollow">UX-1</a>`);
  expect(shown).not.toContain('Make one in Our board');
  await researcher.post(`${at}/outgoing/${hook.publicId}/ticket`, { feedback: item.publicId });
  expect(jira.tickets.size).toBe(1);
  const [ticket] = [...jira.tickets.values()];
  expect(ticket?.title).toBe('Feedback on /basket: problem');
  // This place asks for no words.
  expect(ticket?.text).not.toContain('parcel');
  expect(ticket?.text).toContain('https://shop.example/basket');
  expect((await researcher.post(`${at}/outgoing/${hook.publicId}/ticket`, { feedback: 'A'.repeat(22) })).status).toBe(
    404,
  );
  const other = await house.verbatim.studies.addTo('Another', null, null, null);
  expect(
    (await researcher.post(`/studio/${other.publicId}/outgoing/${hook.publicId}/ticket`, { feedback: item.publicId }))
      .status,
  ).toBe(404);
  await researcher.post(`${at}/feedback/${item.publicId}/erase`);
  const [left] = await house.verbatim.store.deliveries.log(hook.id, null, 1);
  expect(left?.payload).toBe('');
  expect((await researcher.post(`${at}/outgoing/${hook.publicId}/ticket`, { feedback: item.publicId })).status).toBe(
    409,
  );
  await house.verbatim.outgoing.remove(hook);
});

test('a ticket whose place cannot be reached says why, and when it is tried again', async () => {
  await using broken = await startStub(() => ({ status: 503, body: 'down' }));
  const hook = await board(broken.url, false);
  const item = await give({ words: 'Nothing moves', mayQuote: true });
  const asked = await researcher.post(`${at}/outgoing/${hook.publicId}/ticket`, { feedback: item.publicId });
  await until(house, async () => {
    const [tried] = await house.verbatim.store.deliveries.log(hook.id, null, 1);
    return tried?.state === 'waiting' && tried.attempts > 0;
  });
  const { text } = await researcher.get(asked.location);
  expect(text).toMatch(/Our board has not taken it yet[\s\S]*503[\s\S]*tried again at \d+ \w+ \d{4}, \d\d:\d\d UTC/);
  expect(text).not.toContain('It is on its way');
  await house.verbatim.outgoing.remove(hook);
});

test('a theme becomes a ticket with its count, and quotes of those alone who agreed to be quoted', async () => {
  await using jira = await startJira();
  const { verbatim, study, survey } = house;
  const agreed = await answerFully(house, {
    consents: ['analysis', 'quotes'],
    story: 'It rained on the whole kitchen',
  });
  const private_ = await answerFully(house, { consents: ['analysis'], story: 'It rained into my private cellar' });
  const others = [await answerFully(house, { story: 'Sun' }), await answerFully(house, { story: 'Snow' })];
  const stamp = new Date().toISOString();
  const run = await verbatim.store.analyses.addRun(
    {
      studyId: study.id,
      kind: 'themes',
      surveyId: survey.id,
      subject: 'story',
      engineVersion: 't',
      seed: 1,
      settings: {},
      inputCut: {},
      createdBy: null,
    },
    stamp,
  );
  await verbatim.store.analyses.begin(run.id, stamp);
  const sources = await Promise.all(
    [agreed, private_, ...others].map(async ({ responseId }) => {
      const source = (await verbatim.store.notes.sourcesOf(study.id, responseId)).find(({ item }) => item === 'story');
      if (!source) throw new Error('Nothing was said');
      return {
        sourceId: source.publicId,
        sourceVersion: source.version,
        spanStart: 0,
        spanEnd: codePointLength(source.text),
        spanHash: source.textHash,
      };
    }),
  );
  const quotes = sources.slice(0, 2);
  const theme = {
    key: 'rain',
    position: 0,
    label: 'rain',
    words: '["rain","wet"]',
    size: 2,
    share: 0.5,
    repeatability: 0.9,
    band: 'firm',
    quotes,
  };
  const result = JSON.stringify({
    n: 4,
    answered: 4,
    uncoded: 2,
    themesFound: 1,
    reason: null,
    candidates: [],
    engineVersion: 't',
    broken: 0,
  });
  const documents = [
    ...quotes.map(({ sourceId, sourceVersion }) => ({ sourceId, sourceVersion, theme: 'rain', confidence: 0.9 })),
    ...sources.slice(2).map(({ sourceId, sourceVersion }) => ({ sourceId, sourceVersion, theme: null, confidence: 0 })),
  ];
  await verbatim.store.analyses.saveThemes(run, result, 'h', [theme], documents, stamp);
  const [found] = await verbatim.store.analyses.themesOf(run.id);
  const hooks = [await board(jira.url, true), await board(jira.url, false)];
  const page = (await researcher.get(`${at}/themes?theme=${found?.publicId}`)).text;
  expect(page).toContain('Make one in Board with words');
  for (const hook of hooks) {
    expect(
      (await researcher.post(`${at}/outgoing/${hook.publicId}/ticket`, { theme: found?.publicId ?? '' })).status,
    ).toBe(303);
    await settledLog(house, hook, 1);
  }
  const texts = [...jira.tickets.values()].map(({ title, text }) => `${title} ${text}`);
  expect(texts).toHaveLength(2);
  for (const text of texts) {
    expect(text).toContain('Theme: rain');
    expect(text).toContain('2 of 4 answers speak of it');
    expect(text).not.toContain('private cellar');
  }
  expect(texts.filter((text) => text.includes('It rained on the whole kitchen'))).toHaveLength(1);
  const shown = (await researcher.get(`${at}/themes?theme=${found?.publicId}`)).text;
  expect(shown.match(/\/browse\/UX-\d/g)).toHaveLength(2);
});

test('a response says which recording it belongs to, by its address or a hidden question, over https alone', async () => {
  const { verbatim, study } = house;
  const hidden = { kind: 'hidden', code: 'replay_url', text: { en: 'Recording' }, parameter: 'rec' };
  const [first, ...rest] = outgoingSurvey.pages;
  const definition = {
    ...outgoingSurvey,
    code: 'recorded',
    pages: [{ ...first, questions: [...(first?.questions ?? []), hidden] }, ...rest],
  };
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(definition));
  await verbatim.surveys.publish(draft, 1, null);
  const begin = async (query: Record<string, string>) => {
    const answer = await fetch(new URL(`/s/${draft.slug}?${new URLSearchParams(query)}`, door.url), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ consent: 'analysis' }),
    });
    expect(answer.status).toBe(303);
    await verbatim.logs.settle();
    const token = (answer.headers.get('location') ?? '').split('/')[2] ?? '';
    const page = await researcher.get(`/studio/${study.publicId}/responses/${publicHalf(token)}`);
    expect(page.status).toBe(200);
    return page.text;
  };
  const link = 'rel="noopener noreferrer nofollow">Recording of the visit at replays.example</a>';
  expect(await begin({ replay_url: 'https://replays.example/s/7?t=3' })).toContain(link);
  expect(await begin({ rec: 'https://replays.example/s/8' })).toContain(link);
  for (const wrong of [
    'http://replays.example/',
    'javascript:alert(1)',
    'https://ada:pw@replays.example/',
    'replays.example',
  ])
    expect(await begin({ replay_url: wrong, rec: wrong })).not.toContain('Recording of the visit');
});

test('events name a recording in their properties or their context, and the timeline leads to it', async () => {
  const { verbatim, study } = house;
  const source = await verbatim.sources.add(study.workspaceId, 'App', null);
  const send = (body: object) =>
    fetch(new URL('/v1/track', door.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ writeKey: source.writeKey, userId: 'recorded', event: 'Opened', ...body }),
    });
  await send({ messageId: 'r1', properties: { replay_url: 'https://one.example/a' } });
  await send({ messageId: 'r2', context: { replay_url: 'https://two.example/b' } });
  await send({
    messageId: 'r3',
    properties: { replay_url: 'javascript:alert(1)' },
    context: { replay_url: 'http://three.example/' },
  });
  await verbatim.logs.settle();
  const id = (await verbatim.store.people.byExternalIds(study.workspaceId, ['recorded'])).get('recorded') ?? 0;
  const person = await verbatim.store.contacts.personById(id);
  const { text } = await researcher.get(`/studio/${study.publicId}/people/${person?.publicId}`);
  expect(text).toContain('href="https://one.example/a" rel="noopener noreferrer nofollow">Recording at one.example');
  expect(text).toContain('href="https://two.example/b" rel="noopener noreferrer nofollow">Recording at two.example');
  expect(text).not.toMatch(/href="(javascript|http):/);
});
