import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { openPath } from '../../src/web/api/openapi.ts';
import { NoBody } from '../../src/web/api/operation.ts';
import type { RouteRow } from '../../src/web/doorway.ts';
import { visitor } from '../journeys/visitor.ts';
import { ALL_SCOPES, type ApiHouse } from '../web/api/open-api.ts';
import { addressOf, NOBODY, queryNames } from './addresses.ts';
import { openAttackedHouse, type Planted } from './attacked-house.ts';
import { crawl, type FoundForm, formsIn, kindOf, linksIn } from './crawl.ts';
import { hostileJson, hostileWords, MARK, spoiled } from './hostile-values.ts';
import { leaksIn } from './leaks.ts';

/*
 * Every address that `verbatim routes` lists is asked by the right one and by nobody, with what no page would send. At full
 * length three seeds and more than ten thousand requests.
 */

const IS_FULL = process.env['PROVE'] !== undefined;
const SEEDS = IS_FULL ? [1, 2, 3] : [1];
/** Requests to each address by each identity and seed. */
const TURNS = IS_FULL ? 3 : 1;
/** A process that many others share may be slow for a while; one that hangs stays so. */
const HANG_MS = IS_FULL ? 2_000 : 60_000;

/** Ends what the walk needs: who is signed in, and whom they are. */
const PASSED_OVER = /^\/(log-out|studio\/account\/(sessions|second-factor|address)|studio\/account$)/;

let api: ApiHouse & { planted: Planted; studio: string };
let forms: FoundForm[];
let links: string[];

beforeAll(async () => {
  api = await openAttackedHouse();
  const pages = [...(await crawl(api.owner, '/studio', { most: 400, ofAKind: 1 })).values()];
  forms = pages.flatMap(({ text }) => formsIn(text));
  links = [...new Set(pages.flatMap(({ text }) => linksIn(text)))];
});
afterAll(() => api.close());

const pick = <One>(random: () => number, from: readonly One[]): One => from[Math.floor(random() * from.length)] as One;

type Asked = { method: string; url: string; headers: Record<string, string>; body: string | Uint8Array | null };
const names = queryNames();

/** What a form at an address may be sent instead of what it asks for. */
function formBody(random: () => number, fields: readonly string[]): Pick<Asked, 'headers' | 'body'> {
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
  const own = fields.length > 0 ? fields : ['name', 'text', 'title', 'do', 'revision', 'file'];
  switch (Math.floor(random() * 9)) {
    case 0:
      return { headers: urlencoded, body: own.map((name) => `${encodeURIComponent(name)}[toString]=x`).join('&') };
    case 1:
      return { headers: urlencoded, body: own.map((name) => `${name}=a&${name}=b&${name}=c`).join('&') };
    case 2:
      return {
        headers: urlencoded,
        body: 'role=owner&isAdmin=true&studyId=1&createdAt=1970-01-01&id=1&__proto__[polluted]=1&constructor[prototype][polluted]=1&__proto__=x&toString=x',
      };
    case 3:
      return { headers: urlencoded, body: 'x=%E0%A4%A&y=%&z=%00&w=%ED%A0%80' };
    case 4:
      return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(pick(random, hostileJson)) };
    case 5:
      return {
        headers: { 'content-type': 'multipart/form-data; boundary=xx' },
        body: `--xx\r\nContent-Disposition: form-data; name="file"; filename="../../${MARK}"\r\nContent-Type: text/html\r\n\r\n<svg/onload=1>\r\n--xx\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\n1\r\n--xx\r\nContent-Disposition: form-data; name="${own[0]}[toString]"\r\n\r\n1\r\n--xx${random() < 0.5 ? '--' : ''}\r\n`,
      };
    default:
      return {
        headers: urlencoded,
        body: String(
          new URLSearchParams(Object.fromEntries(own.map((name) => [name, pick(random, hostileWords).toWellFormed()]))),
        ),
      };
  }
}

function query(random: () => number): string {
  const chosen = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(random, names));
  const plain = new URLSearchParams(
    Object.fromEntries(chosen.map((name) => [name, pick(random, hostileWords).slice(0, 2_000).toWellFormed()])),
  );
  return pick(random, [`?${plain}`, `?${plain}`, `?${plain}&__proto__[polluted]=1&${chosen[0]}[]=1`, '?%E0%A4%A', '']);
}

/** A request to a route: sometimes to what is there, sometimes to what no id looks like. */
function requestTo(route: RouteRow, random: () => number, key: string | null): Asked {
  const { method, path } = route;
  const place = addressOf(route, api.planted, links);
  const parts = place.split('/');
  const isOdd = random() < 0.25 && path.includes(':');
  const odd = parts.map((part, at) =>
    path.split('/')[at]?.startsWith(':') && at > 2
      ? encodeURIComponent(pick(random, hostileWords).slice(0, 500).toWellFormed())
      : part,
  );
  const url = `${(isOdd ? odd : parts).join('/')}${method === 'GET' || random() < 0.3 ? query(random) : ''}`;
  const authorization: Record<string, string> = key === null ? {} : { authorization: key };
  if (method === 'GET' || method === 'DELETE')
    return { method, url, headers: { ...authorization, 'if-match': '*' }, body: null };
  if (route.access.startsWith('key')) {
    const one = Object.values(api.operations).find(
      (each) => each.method === method && openPath(each.path) === openPath(path),
    );
    const body = one === undefined || one.body === NoBody ? null : JSON.stringify(spoiled(one.example?.body, random));
    return { method, url, headers: { ...authorization, 'if-match': '*', 'content-type': 'application/json' }, body };
  }
  if (route.access === 'anyone' && !path.includes(':') && !/^\/(receipt|sign-in|set-up)/.test(path)) {
    const message = {
      type: 'track',
      userId: 'u',
      event: 'E',
      messageId: 'm',
      properties: {},
      batch: [{ type: 'track', event: 'E', userId: 'u' }],
    };
    const body = random() < 0.3 ? JSON.stringify(pick(random, hostileJson)) : JSON.stringify(spoiled(message, random));
    return {
      method,
      url,
      headers: { ...authorization, 'content-type': pick(random, ['application/json', 'text/plain']) },
      body,
    };
  }
  const fields = forms.find((form) => kindOf(form.action) === kindOf(place))?.fields.map(({ name }) => name) ?? [];
  return { method, url, ...formBody(random, fields), headers: { ...formBody(random, fields).headers } };
}

test('the house has something of every kind', () => {
  expect(api.planted.refused).toEqual([]);
  expect(Object.entries(api.planted.ids).filter(([, id]) => id === '')).toEqual([]);
});

test('no address falls over, hangs or tells what it should not, whoever asks and whatever they send', async () => {
  const wrong: string[] = [];
  const slowest: [number, string][] = [];
  const statuses: Record<number, number> = {};
  let asked = 0;
  const basic = `Basic ${Buffer.from(`${api.planted.writeKey}:`).toString('base64')}`;
  const nobody = visitor(api.house.url);
  let key = await api.keyFor(ALL_SCOPES);
  async function ask(who: 'right' | 'nobody', { method, url, headers, body }: Asked): Promise<void> {
    const sender = who === 'right' ? api.owner : nobody;
    const began = performance.now();
    asked += 1;
    const say = (what: string) =>
      wrong.push(`${what}: ${who} ${method} ${url.slice(0, 300)} ${String(body).slice(0, 300)}`);
    try {
      const answer = await sender.send(url, {
        method,
        headers,
        ...(body === null ? {} : { body: body as string }),
        signal: AbortSignal.timeout(HANG_MS * 2),
      });
      const type = answer.headers.get('content-type') ?? '';
      const text = /text|json|xml|svg/.test(type)
        ? await answer.text()
        : String((await answer.arrayBuffer()).byteLength);
      const ms = performance.now() - began;
      slowest.push([Math.round(ms), `${method} ${url.slice(0, 120)}`]);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status >= 500 && !(answer.status === 503 && answer.headers.has('retry-after')))
        say(`${answer.status} ${text.slice(0, 200)}`);
      if (ms > HANG_MS) say(`${Math.round(ms)} ms`);
      const location = answer.headers.get('location') ?? '/';
      if (!/^\/(?![/\\])/.test(location) && new URL(location, api.house.url).origin !== new URL(api.house.url).origin)
        say(`leads to ${location}`);
      const leaks = leaksIn(text);
      if (leaks.length > 0) say(`tells ${leaks.join(', ')}`);
      if (who === 'nobody' && /text\/html/.test(type) && text.includes('Some answer')) say('shows an answer to nobody');
    } catch (error) {
      say(String(error));
    }
  }
  let passed = 0;
  for (const seed of SEEDS) {
    const random = mulberry32(seed);
    for (const route of api.house.routes) {
      if (PASSED_OVER.test(route.path)) continue;
      // A short run asks every second address.
      passed += 1;
      if (!IS_FULL && passed % 2 === 0) continue;
      const isKey = route.access.startsWith('key');
      const isEvent = route.access === 'anyone';
      for (let turn = 0; turn < TURNS; turn += 1) {
        // A key may be ended on the way, as anything may be.
        if (isKey && asked % 300 === 0) key = await api.keyFor(ALL_SCOPES);
        await ask('right', requestTo(route, random, isKey ? `Bearer ${key}` : isEvent ? basic : null));
        if (IS_FULL || random() < 0.1) await ask('nobody', requestTo(route, random, null));
      }
    }
  }
  slowest.sort(([a], [b]) => b - a);
  if (IS_FULL) process.stdout.write(`${JSON.stringify({ asked, statuses, slowest: slowest.slice(0, 5) })}\n`);
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(IS_FULL ? 10_000 : 400);
  await expectSound();
}, 1_200_000);

/** Nothing broke behind the answers: no fault in the log, nothing polluted, and every page of the studio still opens. */
async function expectSound(): Promise<void> {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  await api.house.verbatim.logs.settle();
  expect(api.house.faults).toEqual([]);
  expect(api.house.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  expect(api.house.lines.filter((line) => line.includes(MARK) || leaksIn(line).length > 0)).toEqual([]);
  expect(api.house.lines.every((line) => line.startsWith('{') && line.trimEnd().split('\n').length === 1)).toBe(true);
  expect(api.house.lines.filter((line) => line.includes('\u001B'))).toEqual([]);
  const after = await crawl(api.owner, api.studio, { most: IS_FULL ? 400 : 60, ofAKind: 1 });
  expect(after.size).toBeGreaterThan(40);
  expect(
    [...after].filter(([, { status }]) => status !== 200 && status !== 303).map(([at, { status }]) => [at, status]),
  ).toEqual([]);
}

const MB = 1024 * 1024;
const deep = (opening: string, closing: string, levels: number) => opening.repeat(levels) + closing.repeat(levels);

test('what is far too much is refused, at every kind of door', async () => {
  const basic = `Basic ${Buffer.from(`${api.planted.writeKey}:`).toString('base64')}`;
  const bearer = `Bearer ${await api.keyFor(ALL_SCOPES)}`;
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const doors: [string, Record<string, string>][] = [
    ['/v1/batch', { ...json, authorization: basic }],
    ['/v1/track', { ...json, authorization: basic }],
    ['/v1/decide', { ...json, authorization: basic }],
    [`/api/v1/studies/${api.study.publicId}/surveys`, { ...json, authorization: bearer }],
    [`/api/v1/studies/${api.study.publicId}/people`, { ...json, authorization: bearer }],
    [`/r/${api.planted.token}/1/1`, form],
    [`/feedback/${api.planted.writeKey}`, form],
    [`${api.studio}/sources/new`, form],
    ['/sign-in', form],
    ['/receipt', form],
  ];
  const bodies: [string, string | Uint8Array, Record<string, string>][] = [
    ['12 MB of text', `{"event":"${'x'.repeat(12 * MB)}"}`, {}],
    ['100,000 levels of lists', deep('[', ']', 100_000), {}],
    ['100,000 levels of objects', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, {}],
    ['a packed bomb', gzipSync(Buffer.alloc(60 * MB, 0x20)), { 'content-encoding': 'gzip' }],
    ['packed, and no archive', Buffer.from('not packed at all'), { 'content-encoding': 'gzip' }],
    ['a packing that nobody knows', Buffer.from('{}'), { 'content-encoding': 'zstd7' }],
    ['5,000 fields', Array.from({ length: 5_000 }, (_, at) => `f${at}=1`).join('&'), {}],
    ['an alphabet that nobody knows', '{}', { 'content-type': 'application/json; charset=klingon' }],
  ];
  const wrong: string[] = [];
  for (const [at, headers] of doors)
    for (const [what, body, more] of bodies) {
      const answer = await api.owner
        .send(at, { method: 'POST', headers: { ...headers, ...more }, body: body as string })
        .catch((error: unknown) => String(error));
      // Who sends on after a refusal may find the connection closed.
      if (typeof answer === 'string') {
        if (!/fetch failed/.test(answer)) wrong.push(`${at}, ${what}: ${answer}`);
        continue;
      }
      const text = await answer.text();
      if (answer.status >= 500 || leaksIn(text).length > 0)
        wrong.push(`${at}, ${what}: ${answer.status} ${text.slice(0, 200)}`);
    }
  expect(wrong).toEqual([]);
  await expectSound();
});

/** Sends bytes as they are and gives back everything that comes until the connection ends or a while has passed. */
async function raw(bytes: string): Promise<string> {
  const { port } = new URL(api.house.url);
  const socket = connect(Number(port), '127.0.0.1');
  let heard = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    heard += part;
  });
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 1_500);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  socket.destroy();
  return heard;
}

const END = '\r\nConnection: close\r\n\r\n';
const RAW: Record<string, string> = {
  'a length and chunks':
    'POST /sign-in HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n',
  'two lengths':
    'POST /sign-in HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 36\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n',
  'a length with a sign':
    'POST /sign-in HTTP/1.1\r\nHost: h\r\nContent-Length: +0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n',
  'chunks by another name':
    'POST /sign-in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n',
  'chunks twice':
    'POST /sign-in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n',
  'a space before the colon':
    'POST /sign-in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n',
  'a folded header': `GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b${END}`,
  'a bare line feed': 'GET / HTTP/1.1\nHost: h\nContent-Length: 36\n\nGET /smuggled HTTP/1.1\nHost: h\n\n',
  'a chunk of a wild size':
    'POST /sign-in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx',
  'a chunk of a negative size': 'POST /sign-in HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx',
  'no host': 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
  'two hosts': `GET / HTTP/1.1\r\nHost: a\r\nHost: b${END}`,
  'a host with a path': `GET / HTTP/1.1\r\nHost: evil.example/a?b${END}`,
  'a host with a user': `GET / HTTP/1.1\r\nHost: a@evil.example${END}`,
  'a host with a line break': `GET / HTTP/1.1\r\nHost: a\rb${END}`,
  'a host of nothing': `GET / HTTP/1.1\r\nHost:${END}`,
  'an address with a host': `GET http://evil.example/studio HTTP/1.1\r\nHost: h${END}`,
  'an address with a user': `GET http://a:b@evil.example/ HTTP/1.1\r\nHost: h${END}`,
  'two slashes': `GET //evil.example/studio HTTP/1.1\r\nHost: h${END}`,
  'a slash and a backslash': `GET /\\evil.example HTTP/1.1\r\nHost: h${END}`,
  'a tunnel': `CONNECT evil.example:443 HTTP/1.1\r\nHost: h${END}`,
  'a star': `OPTIONS * HTTP/1.1\r\nHost: h${END}`,
  'a method of ours': `VERBATIM / HTTP/1.1\r\nHost: h${END}`,
  'an upgrade': 'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  'another version': `GET / HTTP/9.9\r\nHost: h${END}`,
  'a NUL in the address': `GET /\0 HTTP/1.1\r\nHost: h${END}`,
  'a broken percent': `GET /s/%E0%A4%A HTTP/1.1\r\nHost: h${END}`,
  'a line break in the address': `GET /s/%0d%0aSet-Cookie:%20sid=x HTTP/1.1\r\nHost: h${END}`,
  'a colour in the address': `GET /s/%1b[31m HTTP/1.1\r\nHost: h\r\nUser-Agent: \u001B[31m${MARK}${END}`,
  dots: `GET /../../../../etc/passwd HTTP/1.1\r\nHost: h${END}`,
  'dots in percents': `GET /%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: h${END}`,
  'an expectation': `POST /sign-in HTTP/1.1\r\nHost: h\r\nExpect: the-unexpected\r\nContent-Length: 0${END}`,
  'a very long address': `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: h${END}`,
  'very long cookies': `GET /studio HTTP/1.1\r\nHost: h\r\nCookie: sid=${'a'.repeat(12_000)}${END}`,
  'a cookie of a prototype': `GET /studio HTTP/1.1\r\nHost: h\r\nCookie: __proto__=1; constructor=2; sid=__proto__${END}`,
};

test('bytes that are hardly HTTP get one answer at most, which is no 5xx and leads nowhere else', async () => {
  const wrong: string[] = [];
  await Promise.all(
    Object.entries(RAW).map(async ([what, bytes]) => {
      const heard = await raw(bytes);
      const answers = [...heard.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status));
      const [line = '', location = '/'] = /^location: (.*)$/im.exec(heard) ?? [];
      // A connection on which requests follow each other in plain sight is no trick; one answer hidden in another is.
      const isSmuggled = what !== 'a bare line feed' && answers.length > 1;
      if (isSmuggled || answers.some((status) => status >= 500)) wrong.push(`${what}: ${answers.join()}`);
      if (!/^\/(?![/\\])/.test(location)) wrong.push(`${what} leads to ${location}`);
      if (/set-cookie: sid=x/i.test(heard) || /root:|evil\.example/.test(heard.replace(line, '')))
        wrong.push(`${what}: ${heard.slice(0, 300)}`);
      if (leaksIn(heard).length > 0) wrong.push(`${what} tells ${leaksIn(heard).join()}`);
    }),
  );
  expect(wrong).toEqual([]);
  expect(Object.keys(RAW).length).toBeGreaterThan(30);
  expect((await api.owner.get('/livez')).status).toBe(200);
  expect(api.house.lines.filter((line) => line.includes('\u001B') || line.includes(MARK))).toEqual([]);
});

test('fields that a form does not have set nothing', async () => {
  const before = await api.house.verbatim.store.accounts.findByEmail('ada@example.org');
  const extras = {
    role: 'owner',
    isAdmin: 'true',
    studyId: '2',
    study: NOBODY,
    createdAt: '1970-01-01',
    id: '1',
    publicId: NOBODY,
  };
  const made = await api.owner.post(`${api.studio}/sources/new`, { name: 'Extra', ...extras });
  expect([303, 422]).toContain(made.status);
  const viewer = visitor(api.house.url);
  await viewer.post('/sign-in', { email: 'grace@example.org', password: 'three words together' });
  await viewer.post('/studio/account', { name: 'Grace', ...extras });
  const account = await api.house.verbatim.store.accounts.findByEmail('grace@example.org');
  expect(account?.isAdmin).toBeFalsy();
  expect((await viewer.get(`${api.studio}/members`)).status).toBe(403);
  expect((await api.house.verbatim.store.accounts.findByEmail('ada@example.org'))?.id).toBe(before?.id);
  const key = await api.keyFor(ALL_SCOPES);
  for (const [name, one] of Object.entries(api.operations)) {
    if (one.body === NoBody) continue;
    const body = { ...(one.example?.body as object), ...extras, zzUnknown: 1 };
    const at = addressOf({ method: one.method, path: `/api/v1${one.path}`, access: 'key' }, api.planted);
    const answer = await fetch(new URL(at, api.house.url), {
      method: one.method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify(body),
    });
    await answer.arrayBuffer();
    expect([name, answer.status >= 400 && answer.status < 500]).toEqual([name, true]);
  }
});
