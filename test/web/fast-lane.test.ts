import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/web/app.ts';
import { clientAddress } from '../../src/web/security.ts';
import { fixedClock, openHouse } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { sharedRenderer } from '../support/shared-renderer.ts';
import { smallSurvey } from '../support/small-survey.ts';

/** A published survey on a server that is listened to, and its log. */
async function openSurvey({ posts = 100_000 }: { posts?: number } = {}) {
  const house = await openHouse({
    limits: { ...testLimits, respondentPostsPerMinute: posts },
    ...(posts < 100 ? { now: fixedClock().now } : {}),
  });
  const { verbatim } = house;
  const lines: Record<string, unknown>[] = [];
  const { app } = createApp({
    verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    publicUrl: null,
    trustProxy: 0,
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(smallSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const { slug } = (await verbatim.store.surveys.find(study.id, draft.publicId)) ?? { slug: '' };

  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, url), { headers });
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(new URL(path, url), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', ...headers },
      body,
    });
  return {
    verbatim,
    server,
    slug,
    url,
    lines,
    get,
    post,
    /** The address of somebody's first page. */
    begin: async () => {
      const begun = await post(`/s/${slug}`, 'consent=analysis');
      return begun.headers.get('location') ?? '';
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house[Symbol.asyncDispose]();
    },
  };
}

/** What is the same in two answers to the same question. */
const headersOf = ({ headers }: Response) =>
  Object.fromEntries(
    [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id').sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** A question mark with nothing behind it is enough for the application to answer by itself. */
describe('the fast lane answers as the application does', () => {
  test('a first page has the same words and headers, in each language and encoding', async () => {
    await using survey = await openSurvey();
    for (const headers of [
      { 'accept-language': 'de', 'accept-encoding': 'gzip' },
      { 'accept-language': 'en', 'accept-encoding': 'br' },
      { 'accept-language': 'fr', 'accept-encoding': 'identity' },
    ]) {
      const slow = await survey.get(`/s/${survey.slug}?`, headers);
      const quick = await survey.get(`/s/${survey.slug}`, headers);
      expect(await quick.text()).toBe(await slow.text());
      expect(headersOf(quick)).toEqual(headersOf(slow));
      expect(quick.headers.get('referrer-policy')).toBe('no-referrer');
    }
    const shape = ({ request, ms, time, ...rest }: Record<string, unknown>) => ({
      ...rest,
      has: [typeof request, typeof ms, typeof time],
    });
    const answered = survey.lines.filter(({ route }) => route === '/s/:slug').map(shape);
    expect(answered.length).toBe(6);
    for (const line of answered) expect(line).toEqual(answered[0]);
  });

  test('a saved page leads on with the same headers, and says the same of itself in the log', async () => {
    await using survey = await openSurvey();
    const [one, two] = [await survey.begin(), await survey.begin()];
    const quick = await survey.post(one, 'city=city&topics=news&topics=sport');
    const slow = await survey.post(`${two}?`, 'city=city&topics=news&topics=sport');
    expect([quick.status, slow.status]).toEqual([303, 303]);
    const { location: toOne, ...quickHeaders } = headersOf(quick);
    const { location: toTwo, ...slowHeaders } = headersOf(slow);
    expect(quickHeaders).toEqual(slowHeaders);
    expect([toOne, toTwo].map((to) => to?.replace(/^\/r\/[^/]+/, ''))).toEqual(['/2/2', '/2/2']);
    const lines = survey.lines.filter(({ route }) => route === '/r/:token/:page/:revision');
    expect(lines.map(({ status, method }) => [method, status])).toEqual([
      ['POST', 303],
      ['POST', 303],
    ]);
  });
});

test('what waits on a page is told with the same words and headers, and refusals are those of the application', async () => {
  await using survey = await openSurvey();
  const { offers, sources, store } = survey.verbatim;
  const study = (await store.studies.all())[0];
  const row = (await store.surveys.list(study?.id ?? 0))[0];
  if (!study || !row) throw new Error('There is no survey');
  await offers.saveMoment(row, { isOn: true, trigger: { on: 'page' } });
  await offers.saveOrigins(study, ['https://shop.example']);
  const { writeKey } = await sources.add(study.workspaceId, 'Shop', null);
  const ask = (path: string, body: unknown) =>
    survey.post(path, JSON.stringify(body), { 'content-type': 'text/plain', origin: 'https://shop.example' });
  const page = { url: 'https://shop.example/?utm_source=news', query: 'utm_source=news', title: 'Öl & Co' };
  for (const body of [
    { writeKey, anonymousId: 'a1', page },
    { writeKey, userId: 'u1', page, why: true, language: 'de' },
    { writeKey: 'nobody', anonymousId: 'a1', page },
    { writeKey, anonymousId: 'a1' },
    'no object',
  ]) {
    const [slow, quick] = [await ask('/v1/decide/', body), await ask('/v1/decide', body)];
    expect(quick.status).toBe(slow.status);
    expect(await quick.text()).toBe(await slow.text());
    expect(headersOf(quick)).toEqual(headersOf(slow));
  }
  const { armed } = (await (await ask('/v1/decide', { writeKey, anonymousId: 'a1', page })).json()) as {
    armed: { title: string }[];
  };
  expect(armed).toHaveLength(1);
});

describe('what does not go well is told by the application', () => {
  test('an invalid page, a strange field, another answer in its place, an unknown address, too many fields', async () => {
    await using survey = await openSurvey();
    const page = await survey.begin();
    const missing = await survey.post(page, 'topics=news');
    expect(missing.status).toBe(422);
    expect(await missing.text()).toContain('Where do you live?');
    const strange = await survey.post(page, 'city=city&colour=red');
    expect(strange.status).toBe(422);
    expect((await survey.post(page, 'city=city')).status).toBe(303);
    expect((await survey.post(page, 'city=city')).status).toBe(303);
    const other = await survey.post(page, 'city=village');
    expect(other.status).toBe(409);
    expect((await survey.post('/r/0123456789abcdefghijkl/1/1', 'city=city')).status).toBe(404);
    const flood = Array.from({ length: 3_001 }, (_, index) => `f${index}=1`).join('&');
    expect((await survey.post(page, flood)).status).toBe(413);
    expect((await survey.post(page, `city=${'x'.repeat(testLimits.formBytes)}`)).status).toBe(413);
    const asProgram = await survey.post(page, 'city=village', { accept: 'application/json' });
    expect(asProgram.status).toBe(409);
  });

  test('a body without a length, one that is packed, and one in another character set are read as before', async () => {
    await using survey = await openSurvey();
    const packed = await survey.post(await survey.begin(), new Uint8Array(gzipSync('city=village')), {
      'content-encoding': 'gzip',
    });
    expect(packed.status).toBe(303);
    const page = await survey.begin();
    const chunked = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        new URL(page, survey.url),
        { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        (response) => resolve(response.resume().statusCode ?? 0),
      );
      request.on('error', reject);
      request.write('city=');
      request.end('village');
    });
    expect(chunked).toBe(303);
    const named = await survey.post(await survey.begin(), 'city=village', {
      'content-type': 'application/x-www-form-urlencoded; charset=iso-8859-1',
    });
    expect(named.status).toBe(303);
  });

  test('a survey that was closed is not shown from before', async () => {
    await using survey = await openSurvey();
    expect((await survey.get(`/s/${survey.slug}`)).status).toBe(200);
    const study = (await survey.verbatim.store.studies.all())[0];
    const row = (await survey.verbatim.store.surveys.list(study?.id ?? 0))[0];
    if (!row) throw new Error('There is no survey');
    await survey.verbatim.store.surveys.setState(row.id, 'closed');
    expect((await survey.get(`/s/${survey.slug}`)).status).toBe(410);
  });
});

test('an encoding that somebody refuses is not sent to them, by the fast lane or the application', async () => {
  await using survey = await openSurvey();
  for (const [accepted, sent] of [
    ['br;q=0, gzip', 'gzip'],
    ['br; q=0.0, gzip;q=0', null],
    ['BR', 'br'],
    ['br;q=0.5, gzip', 'br'],
    ['gzip;q=0.01,br;q=0,*;q=0', 'gzip'],
  ] as const)
    for (const path of [`/s/${survey.slug}?`, `/s/${survey.slug}`]) {
      const answer = await new Promise<string | null>((resolve, reject) => {
        const asked = httpRequest(new URL(path, survey.url), { headers: { 'accept-encoding': accepted } }, (reply) => {
          reply.resume().on('end', () => resolve(reply.headers['content-encoding'] ?? null));
        });
        asked.on('error', reject).end();
      });
      expect([accepted, path, answer]).toEqual([accepted, path, sent]);
    }
});

test('every post counts once, however it is answered', async () => {
  await using survey = await openSurvey({ posts: 4 });
  const page = await survey.begin();
  const statuses: number[] = [];
  for (const body of ['topics=news', 'city=city', 'city=city', 'city=city', 'city=city'])
    statuses.push((await survey.post(page, body)).status);
  expect(statuses).toEqual([422, 303, 303, 429, 429]);
});

test('half a body that breaks off saves nothing and harms nobody', async () => {
  await using survey = await openSurvey();
  const page = await survey.begin();
  await new Promise<void>((resolve) => {
    const request = httpRequest(new URL(page, survey.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '9' },
    });
    request.on('error', () => resolve());
    request.on('close', () => resolve());
    request.write('city=', () => request.destroy());
  });
  expect((await survey.post(page, 'city=village')).status).toBe(303);
});

test('the address behind proxies is the one that the application finds', async () => {
  for (const trustProxy of [0, 1, 2, 3]) {
    const app = express();
    app.set('trust proxy', trustProxy);
    app.get('/', (req, res) => void res.json([req.ip, clientAddress(req, trustProxy)]));
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const forwarded of [
      null,
      '198.51.100.7',
      '198.51.100.7, 203.0.113.9',
      ' 2001:db8::1 ,198.51.100.7,203.0.113.9',
      '',
    ]) {
      const answer = await fetch(at, { headers: forwarded === null ? {} : { 'x-forwarded-for': forwarded } });
      const [theirs, ours] = (await answer.json()) as [string, string];
      expect(ours, `${trustProxy} proxies, ${forwarded}`).toBe(theirs);
    }
    await new Promise((resolve) => server.close(resolve));
  }
});
