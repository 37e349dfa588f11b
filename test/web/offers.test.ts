import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Moment } from '../../src/model/moment.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import { visitor } from '../journeys/visitor.ts';
import { openEventHouse } from '../support/event-house.ts';
import { fixedClock } from '../support/house.ts';
import { smallSurvey } from '../support/small-survey.ts';

const DAY = 86_400_000;
const clock = fixedClock('2026-03-09T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openEventHouse>>;
let survey: string;

const page = { url: 'https://shop.example/thanks' };
const ask = async (path: string, body: object) => {
  const answer = await house.post(path, { page, ...body });
  return {
    status: answer.status,
    body: answer.status === 204 ? null : ((await answer.json()) as Record<string, unknown>),
  };
};
const gates = async (who: object) => {
  const answer = await house.post('/v1/decide', { page, ...who, why: true });
  const { why } = (await answer.json()) as { why: { gate: string | null }[] };
  return why.map(({ gate }) => gate);
};
const buys = (who: object, messageId: string) =>
  house.post('/v1/track', {
    ...who,
    messageId,
    event: 'Order Completed',
    properties: { revenue: 20 },
    timestamp: clock.now().toISOString(),
  });

/** Answers the small survey as a browser in the frame does, and gives the response's id. */
async function answerAt(address: string): Promise<string> {
  const send = (to: string, form: Record<string, string>) =>
    fetch(new URL(to, house.url), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  const next = (answer: Response) => answer.headers.get('location') ?? '';
  const begun = next(await send(address, { consent: 'analysis' }));
  const token = begun.split('/')[2] ?? '';
  const saved = await send(begun, { city: 'village' });
  expect(saved.status).toBe(303);
  expect((await send(`/r/${token}/check/2`, {})).status).toBe(303);
  return publicHalf(token);
}

beforeAll(async () => {
  house = await openEventHouse({ now: clock.now });
  const { verbatim, study } = house;
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(smallSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const row = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!row) throw new Error('The survey is not there');
  survey = row.publicId;
  const segment = await verbatim.segments.define(
    study,
    {
      name: 'Bought three times in a month',
      rule: { event: 'Order Completed', op: 'gte', value: 3, within: { last: 30, unit: 'day' } },
      surveyId: null,
    },
    null,
  );
  await verbatim.store.surveys.setAudience(row.id, segment.id);
  await verbatim.offers.saveMoment(row, {
    ...Moment.parse({ isOn: true, trigger: { on: 'event', name: 'Order Completed' } }),
    pages: [{ match: 'contains', value: 'shop.example' }],
  });
  await verbatim.offers.saveOrigins(study, ['https://shop.example']);
});
afterAll(() => house[Symbol.asyncDispose]());

test('a visitor becomes a member by her third purchase, is asked once, and not again on another device', async () => {
  const anonymous = { anonymousId: 'browser-1' };
  await buys(anonymous, 'm1');
  clock.forward(2 * DAY);
  await buys(anonymous, 'm2');
  // The survey waits for the event that may admit her, and no rule leaves the server.
  const { body } = await ask('/v1/decide', anonymous);
  expect(body).toEqual({
    armed: [
      {
        survey,
        title: 'A small survey',
        trigger: { on: 'event', name: 'Order Completed' },
        delaySeconds: 0,
        cancelOn: [],
        shape: 'slide-in',
      },
    ],
  });
  const event = { name: 'Order Completed', properties: {} };
  expect((await ask('/v1/offer', { ...anonymous, survey, event })).body).toEqual({ url: null, gate: 'audience' });
  expect((await ask('/v1/offer', { ...anonymous, survey })).body).toEqual({ url: null, gate: 'event' });

  clock.forward(2 * DAY);
  await buys(anonymous, 'm3');
  // Two pages ask at the same moment: one gets it.
  const offers = await Promise.all([1, 2, 3].map(() => ask('/v1/offer', { ...anonymous, survey, event })));
  const urls = offers.flatMap(({ body: offer }) => (offer?.['url'] === null ? [] : [String(offer?.['url'])]));
  expect(urls).toHaveLength(1);
  expect(urls[0]).toMatch(/\/s\/small\?source=widget&language=en&offer=[\w.-]+$/);
  expect(await gates(anonymous)).toEqual(['frequency']);

  const opened = await fetch(urls[0] ?? '');
  expect(opened.status).toBe(200);
  expect(opened.headers.get('content-security-policy')).toContain('frame-ancestors https://shop.example');
  expect(opened.headers.get('x-frame-options')).toBe(null);
  const token = await answerAt(urls[0] ?? '');
  const [record] = await house.verbatim.logs.responses.read(token);
  expect(record?.envelope.asked).toMatchObject({ how: 'widget', probability: 1 });

  await house.post('/v1/identify', { ...anonymous, userId: 'ada', messageId: 'm4' });
  await house.post('/v1/identify', { anonymousId: 'phone-1', userId: 'ada', messageId: 'm5' });
  clock.forward(2 * DAY);
  expect(await gates({ anonymousId: 'phone-1', userId: 'ada' })).toEqual(['answered']);
  // Of somebody never seen nothing is known, which is not the same as having bought nothing.
  expect(await gates({ anonymousId: 'somebody-else' })).toEqual(['audience-unknown']);
});

test('whoever asks not to be asked is not, and a survey closed by hand is counted as such', async () => {
  const who = { anonymousId: 'browser-2' };
  for (const id of ['n1', 'n2', 'n3']) await buys(who, id);
  const event = { name: 'Order Completed', properties: {} };
  // A recording that a page names goes along with the survey; anything else is left out and asks nobody the less.
  expect((await ask('/v1/decide', { ...who, replayUrl: { no: 'address' } })).status).toBe(200);
  const replayUrl = 'https://replays.example/s/1?a=b';
  const offered = (await ask('/v1/offer', { ...who, survey, event, replayUrl })).body;
  expect(offered?.['url']).toMatch(/^http.*&replay_url=https%3A%2F%2Freplays\.example%2Fs%2F1%3Fa%3Db$/);
  expect((await ask('/v1/dismissed', { ...who, survey })).status).toBe(204);
  const [row] = [...(await house.verbatim.store.offers.counts(house.study.id)).values()];
  expect(row).toEqual({ offered: 2, people: 2, dismissed: 1 });
});

test('an offer begins one new response, soon, and opens none that was begun before', async () => {
  const who = { anonymousId: 'browser-3' };
  for (const id of ['o1', 'o2', 'o3']) await buys(who, id);
  const event = { name: 'Order Completed', properties: {} };
  const offer = async () => String((await ask('/v1/offer', { ...who, survey, event })).body?.['url']);
  const url = await offer();
  const begin = (address: string) =>
    fetch(address, { method: 'POST', body: new URLSearchParams({ consent: 'analysis' }), redirect: 'manual' });
  // Of the last letter only the two high bits are signed: “B” would read as “A” does.
  const forged = url.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
  expect((await begin(forged)).status).toBe(403);
  expect((await begin(url.replace(/offer=[^.]+/, `offer=${'A'.repeat(22)}`))).status).toBe(403);
  const begun = await begin(url);
  expect(begun.status).toBe(303);
  // Whoever says to be the same person, from elsewhere or again, is not led to what was begun.
  expect((await begin(url)).status).toBe(403);
  expect(await offer()).toBe('null');
  clock.forward(2 * 3_600_000);
  expect((await fetch(url)).status).toBe(403);
});

test('a page of a site that is not named is offered nothing, nothing counts as offered, and the researcher reads why', async () => {
  const { study } = house;
  const who = { anonymousId: 'browser-4' };
  for (const id of ['p1', 'p2', 'p3']) await buys(who, id);
  const elsewhere = { url: 'https://shop.example.org/thanks' };
  const event = { name: 'Order Completed', properties: {} };
  expect((await ask('/v1/decide', { ...who, page: elsewhere })).body).toEqual({ armed: [] });
  expect((await ask('/v1/offer', { ...who, survey, event, page: elsewhere })).body).toEqual({
    url: null,
    gate: 'site',
  });
  const why = await house.verbatim.offers.explain(study.workspaceId, who, elsewhere.url);
  expect(why.map(({ verdict }) => verdict.gate)).toEqual(['site']);
  expect((await ask('/v1/offer', { ...who, survey, event })).body?.['url']).toMatch(/\/s\/small/);
});

test('pages elsewhere hold no survey, and nonsense is refused in words', async () => {
  const { verbatim } = house;
  await expect(verbatim.offers.saveOrigins(house.study, ['https://shop.example/path'])).rejects.toMatchObject({
    kind: 'invalid',
  });
  expect((await house.post('/v1/decide', '{')).status).toBe(400);
  expect((await house.post('/v1/decide', { page: {} })).status).toBe(400);
  expect((await house.post('/v1/offer', { page, survey: 'nobody' })).status).toBe(404);
  const answer = await fetch(new URL('/v1/decide', house.url), { method: 'POST', body: JSON.stringify({ page }) });
  expect(answer.status).toBe(401);
});

test('the widget is one small file that any site may load', async () => {
  const answer = await fetch(new URL('/widget.js', house.url));
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(5 * 1024);
});

test('a researcher writes the moment and the limits, and reads why a person is not asked', async () => {
  const { verbatim, study } = house;
  const account = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };
  await verbatim.accounts.add(account, { isAdmin: true, role: 'owner', studyId: null });
  const researcher = visitor(house.url);
  await researcher.post('/sign-in', { email: account.email, password: account.password });
  const at = `/studio/${study.publicId}`;

  const wrong = await researcher.post(`${at}/surveys/${survey}/moment`, {
    on: 'scroll',
    scrolled: '200',
    days: '1',
    frequency: 'once',
    shape: 'tab',
    pages: 'contains /kept',
  });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toMatch(/href="#scrolled">Enter a whole number from 1 to 100<[\s\S]*contains \/kept/);
  const nameless = await researcher.post(`${at}/surveys/${survey}/moment`, {
    on: 'event',
    days: '1',
    percent: '0',
    priority: '101',
    frequency: 'once',
    shape: 'tab',
  });
  expect(nameless.text).toContain('Enter the name of the event');
  expect(nameless.text).not.toMatch(/expected (string|number)|Invalid (option|input)/);
  const saved = await researcher.post(`${at}/surveys/${survey}/moment`, {
    isOn: 'yes',
    on: 'event',
    event: 'Order Completed',
    where: 'revenue gte 20',
    days: ['1', '2', '3', '4', '5', '6', '7'],
    frequency: 'once',
    shape: 'slide-in',
  });
  expect(saved.location).toBe(`${at}/surveys/${survey}/moment?saved=yes`);
  const event = { name: 'Order Completed', properties: { revenue: 19 } };
  expect((await ask('/v1/offer', { anonymousId: 'browser-1', survey, event })).body).toEqual({
    url: null,
    gate: 'event',
  });

  const limits = {
    coolDownDays: '14',
    most: '2',
    withinDays: '60',
    timeZone: 'Europe/Berlin',
    origins: 'https://shop.example\nhttps://www.shop.example',
  };
  expect((await researcher.post(`${at}/offers`, limits)).status).toBe(303);
  expect(await verbatim.store.offers.limits(study.workspaceId)).toEqual({
    coolDownDays: 14,
    most: 2,
    withinDays: 60,
    timeZone: 'Europe/Berlin',
  });
  const bad = await researcher.post(`${at}/offers`, { ...limits, most: 'many', timeZone: 'Mars/Base' });
  expect(bad.status).toBe(422);
  expect(await verbatim.store.offers.origins(study.id)).toEqual(['https://shop.example', 'https://www.shop.example']);

  const other = await verbatim.sources.add(study.workspaceId, 'The second shop', null);
  const { text: lines } = await researcher.get(`${at}/offers`);
  for (const { name, writeKey } of [house.source, other])
    expect(lines).toMatch(new RegExp(`${name}[\\s\\S]{0,400}data-key&#x3D;&quot;${writeKey}&quot;`));
  const stranger = await researcher.get(`${at}/offers?person=nobody-here`);
  expect(stranger.text).toMatch(/Nobody is known by “<[^>]+>nobody-here</);
  const { text: why } = await researcher.get(`${at}/offers?person=ada&url=${encodeURIComponent(page.url)}`);
  expect(why).not.toContain('Nobody is known by');
  expect(why).toContain('not offered: the person has answered it');
  expect(why).toMatch(/Order Completed[\s\S]*→ yes/);
});

test('a rule may ask for the version of the browser, which is known while the visit lasts', async () => {
  const { verbatim, study } = house;
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify({ ...smallSurvey, code: 'browsers' }));
  await verbatim.surveys.publish(draft, 1, null);
  const row = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!row) throw new Error('The survey is not there');
  const rule = { technology: 'browserVersion', op: 'versionBelow', value: '120' } as const;
  const segment = await verbatim.segments.define(study, { name: 'Old browsers', rule, surveyId: null }, null);
  await verbatim.store.surveys.setAudience(row.id, segment.id);
  await verbatim.offers.saveMoment(row, Moment.parse({ isOn: true, trigger: { on: 'page' } }));
  clock.forward(2_000);
  const gateFor = async (version: string | null) => {
    const agent =
      version === null
        ? 'curl'
        : `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`;
    const body = { anonymousId: 'browser-9', page, why: true };
    const answer = await house.post('/v1/decide', body, { 'user-agent': agent });
    const { why } = (await answer.json()) as { why: { survey: string; gate: string | null }[] };
    return why.find((one) => one.survey === row.publicId)?.gate;
  };
  expect(await gateFor('119.0.0.0')).toBe(null);
  expect(await gateFor('121.0.0.0')).toBe('audience');
  expect(await gateFor(null)).toBe('audience-unknown');
});
