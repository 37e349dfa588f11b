import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventHouse, openEventHouse } from '../support/event-house.ts';
import { fixedClock } from '../support/house.ts';

let house: EventHouse;
const clock = fixedClock();
beforeAll(async () => {
  house = await openEventHouse({ now: clock.now });
});
afterAll(() => house[Symbol.asyncDispose]());

let made = 0;
const id = (name: string) => {
  made += 1;
  return `${name}-${made}`;
};
const track = (more: object = {}) => ({
  type: 'track',
  userId: 'ada',
  event: 'Signed Up',
  messageId: id('m'),
  ...more,
});
const named = async (messageId: string) => (await house.records()).filter((record) => record.messageId === messageId);
const letters = () => house.verbatim.store.sources.deadLetters(house.source.id, 50);

describe('what clients send is taken', () => {
  const long: Record<string, object> = {
    identify: { userId: 'ada', traits: { plan: 'Pro' } },
    track: { userId: 'ada', event: 'Signed Up', properties: { plan: 'Pro' } },
    page: { anonymousId: 'a-1', name: 'Home', properties: { path: '/' } },
    screen: { anonymousId: 'a-1', name: 'Home' },
    group: { userId: 'ada', groupId: 'acme', traits: { name: 'Acme' } },
    alias: { previousId: 'a-1', userId: 'ada' },
  };

  test('under its long and its short name, with and without /v1, with a slash at the end or none', async () => {
    for (const [kind, message] of Object.entries(long)) {
      for (const name of [kind, kind.charAt(0)])
        for (const prefix of ['/v1/', '/'])
          for (const end of ['', '/']) {
            const messageId = id(kind);
            const answer = await house.post(`${prefix}${name}${end}`, { ...message, messageId });
            expect([`${prefix}${name}${end}`, answer.status]).toEqual([`${prefix}${name}${end}`, 200]);
            expect((await named(messageId)).map((record) => record.kind)).toEqual([kind]);
          }
    }
  });

  test('in batches under each of their names, as JSON and as text, plain and in gzip', async () => {
    for (const address of ['/v1/batch', '/v1/b', '/batch', '/b', '/v1/import', '/beacon/v1/batch']) {
      const [first, second, third] = [track(), track(), track()];
      const batch = JSON.stringify({ batch: [first, second] });
      expect((await house.post(address, batch, { 'content-type': 'text/plain;charset=UTF-8' })).status).toBe(200);
      const zipped = gzipSync(JSON.stringify({ batch: [third] }));
      expect((await house.post(address, zipped, { 'content-encoding': 'gzip' })).status).toBe(200);
      for (const { messageId } of [first, second, third]) expect(await named(messageId)).toHaveLength(1);
    }
  });

  test('with the write key in the header, the body or the address', async () => {
    const { writeKey } = house.source;
    const noHeader = { authorization: '' };
    const ways: [string, object, Record<string, string>][] = [
      ['/v1/track', {}, {}],
      ['/v1/track', { writeKey }, noHeader],
      [`/v1/track?writeKey=${writeKey}`, {}, noHeader],
      ['/v1/track', {}, { ...noHeader, 'x-write-key': writeKey }],
      ['/v1/track', { writeKey }, { authorization: 'Bearer something' }],
    ];
    for (const [address, more, headers] of ways)
      expect([address, (await house.post(address, track(more), headers)).status]).toEqual([address, 200]);
    expect((await house.post('/v1/batch', { batch: [track()], writeKey }, noHeader)).status).toBe(200);
    expect((await house.post('/v1/b', { batch: [track({ writeKey })] }, noHeader)).status).toBe(200);
  });

  test('what a client counts of itself is dropped, and a dot in a page counts', async () => {
    for (const address of ['/v1/m', '/m', '/rsaMetrics']) {
      const before = await house.verbatim.logs.intake.count();
      expect((await house.post(address, { series: [] })).status).toBe(204);
      expect(await house.verbatim.logs.intake.count()).toBe(before);
    }
    const [first, second] = [id('dot'), id('dot')];
    const data = Buffer.from(JSON.stringify({ anonymousId: 'd-1', event: 'Mail Opened', messageId: first }));
    const key = `writeKey=${house.source.writeKey}`;
    const dot = await fetch(`${house.url}/pixel/v1/track?${key}&data=${data.toString('base64url')}`);
    expect([dot.status, dot.headers.get('content-type'), dot.headers.get('cross-origin-resource-policy')]).toEqual([
      200,
      'image/gif',
      'cross-origin',
    ]);
    const fields = `anonymousId=d-1&name=Home&messageId=${second}&properties=${encodeURIComponent('{"path":"/x"}')}`;
    expect((await fetch(`${house.url}/pixel/v1/page?${key}&${fields}`)).status).toBe(200);
    expect([await named(first), await named(second)]).toMatchObject([
      [{ kind: 'track', name: 'Mail Opened' }],
      [{ kind: 'page', name: 'Home', body: { properties: { path: '/x' } } }],
    ]);
  });

  test('what a batch says of all holds for each, and each may say otherwise', async () => {
    const [one, other] = [track(), track({ context: { locale: 'de-DE' } })];
    await house.post('/v1/batch', {
      batch: [one, other],
      context: { locale: 'en-GB', app: { name: 'Shop', version: '2' } },
    });
    const [[first], [second]] = [await named(one.messageId), await named(other.messageId)];
    expect(first?.body.context).toMatchObject({ locale: 'en-GB', app: { name: 'Shop', version: '2' } });
    expect(second?.body.context).toMatchObject({ locale: 'de-DE', app: { name: 'Shop' } });
  });
});

describe('pages of any site may send', () => {
  test('the browser is told so before it asks, on every address, and by every answer', async () => {
    for (const address of [
      '/v1/t',
      '/v1/batch',
      '/beacon/v1/batch',
      '/v1/projects/x/settings',
      '/sourceConfig',
      '/mp/collect',
    ]) {
      const asked = await fetch(new URL(address, house.url), {
        method: 'OPTIONS',
        headers: {
          origin: 'https://shop.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,x-retry-count',
        },
      });
      expect([address, asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([address, 204, '*']);
      const allowed = asked.headers.get('access-control-allow-headers')?.toLowerCase();
      for (const header of ['authorization', 'content-type', 'x-retry-count']) expect(allowed).toContain(header);
      expect(Number(asked.headers.get('access-control-max-age'))).toBeGreaterThan(0);
    }
    const taken = await house.post('/v1/t', track(), {
      origin: 'https://shop.example',
      'sec-fetch-site': 'cross-site',
    });
    const refused = await house.post('/v1/t', '{', { origin: 'https://shop.example' });
    for (const answer of [taken, refused]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect([taken.status, refused.status]).toEqual([200, 400]);
  });

  test('but not to the studio', async () => {
    const answer = await fetch(`${house.url}/sign-in`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('analytics.js and RudderStack are told where to send', async () => {
    const { writeKey } = house.source;
    for (const prefix of ['', '/any/prefix']) {
      const settings = await fetch(`${house.url}${prefix}/v1/projects/${writeKey}/settings`);
      expect([settings.status, settings.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      const { integrations, metrics } = (await settings.json()) as {
        integrations: Record<string, Record<string, unknown>>;
        metrics: unknown;
      };
      expect(Object.keys(integrations)).toEqual(['Segment.io']);
      expect(integrations['Segment.io']).toMatchObject({
        apiKey: writeKey,
        apiHost: `${new URL(house.url).host}/v1`,
        protocol: 'http',
      });
      expect(metrics).toEqual({ sampleRate: 0 });
    }
    const config = await fetch(`${house.url}/sourceConfig/?p=web&v=3&writeKey=${writeKey}`);
    expect(await config.json()).toMatchObject({
      source: { id: house.source.publicId, destinations: [], enabled: true },
    });
    expect((await fetch(`${house.url}/v1/projects/nobody/settings`)).status).toBe(401);
    expect((await fetch(`${house.url}/sourceConfig?writeKey=nobody`)).status).toBe(401);
    expect(await (await fetch(`${house.url}/health`)).json()).toEqual({ server: 'UP', db: 'UP' });
    expect((await fetch(`${house.url}/version`)).status).toBe(200);
  });

  test('an address that a client knows is never missing', async () => {
    const addresses = [
      '/v1/track',
      '/t',
      '/v1/batch',
      '/b',
      '/v1/m',
      '/pixel/v1/page',
      '/sourceConfig',
      '/mp/collect',
      '/engage',
    ];
    for (const address of addresses)
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
        expect([address, method, (await fetch(new URL(address, house.url), { method })).status]).not.toContain(404);
  });
});

describe('what cannot be taken is refused with the status that clients understand', () => {
  test('401 for no key, an unknown one, and one that was ended', async () => {
    const before = await house.verbatim.logs.intake.count();
    const ended = await house.verbatim.sources.add(house.study.workspaceId, 'Old', null);
    expect((await house.post('/v1/track', track(), { authorization: house.basic(ended.writeKey) })).status).toBe(200);
    await house.verbatim.sources.end(ended);
    for (const authorization of ['', house.basic('nobody'), house.basic(ended.writeKey), 'Basic %%%'])
      for (const [address, body] of [
        ['/v1/track', track()],
        ['/v1/batch', { batch: [track()] }],
      ] as const)
        expect((await house.post(address, body, { authorization })).status).toBe(401);
    expect(await house.verbatim.logs.intake.count()).toBe(before + 1);
  });

  test('400 for broken JSON, for what is no message, and for messages that name nobody', async () => {
    const wrong: [string, unknown][] = [
      ['/v1/track', '{"event":'],
      ['/v1/track', ''],
      ['/v1/track', '[]'],
      ['/v1/track', 'null'],
      ['/v1/track', { event: 'Signed Up' }],
      ['/v1/track', { userId: 'ada' }],
      ['/v1/track', { userId: 'ada', event: '  ' }],
      ['/v1/track', { userId: { a: 1 }, event: 'x' }],
      ['/v1/track', { userId: 'x'.repeat(300), event: 'x' }],
      ['/v1/identify', { userId: 'undefined' }],
      ['/v1/identify', { userId: '[object Object]' }],
      ['/v1/group', { userId: 'ada' }],
      ['/v1/group', { groupId: 'acme' }],
      ['/v1/alias', { userId: 'ada' }],
      ['/v1/alias', { previousId: 'ada' }],
      ['/v1/batch', { batch: [] }],
      ['/v1/batch', { batch: 'x' }],
      ['/v1/batch', [track()]],
      ['/v1/batch', { batch: [{ type: 'nothing', userId: 'ada' }, 7] }],
    ];
    for (const [address, body] of wrong) {
      const answer = await house.post(address, body as object);
      expect([address, JSON.stringify(body), answer.status]).toEqual([address, JSON.stringify(body), 400]);
      expect(await answer.json()).toMatchObject({ success: false, message: expect.stringMatching(/\w/) });
    }
  });

  test('413 for a message or a batch that is too large, while RudderStack’s node client may send more', async () => {
    const filler = 'x'.repeat(30_000);
    const batch = { batch: Array.from({ length: 25 }, () => track({ properties: { filler } })) };
    expect((await house.post('/v1/track', track({ properties: { filler: filler + filler } }))).status).toBe(413);
    expect((await house.post('/v1/batch', batch)).status).toBe(413);
    expect(
      (await house.post('/v1/batch', gzipSync(JSON.stringify(batch)), { 'content-encoding': 'gzip' })).status,
    ).toBe(413);
    expect((await house.post('/v1/batch', batch, { 'user-agent': 'analytics-node/3.0.13' })).status).toBe(200);
    const many = { batch: Array.from({ length: 2501 }, () => ({ type: 'track', userId: 'a', event: 'x' })) };
    expect((await house.post('/v1/batch', many)).status).toBe(413);
  });

  test('429 with a time to come back, by network and by source', async () => {
    const limits = { eventRequestsPerMinute: 5, eventsPerMinute: 2500 };
    await using small = await openEventHouse({ now: clock.now, limits });
    const many = { batch: Array.from({ length: 2000 }, (_, index) => track({ messageId: `many-${index}` })) };
    expect((await small.post('/v1/batch', many)).status).toBe(200);
    const over = await small.post('/v1/batch', many);
    expect(over.status).toBe(429);
    const seconds = Number(over.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(Number(over.headers.get('x-ratelimit-reset'))).toBe(clock.now().getTime() / 1000 + seconds);
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await small.post('/v1/track', track())).status),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    clock.forward(60_000);
    // Far fewer than the source may send, one after the other.
    const single: number[] = [];
    for (let sent = 0; sent < 7; sent += 1) single.push((await small.post('/v1/track', track())).status);
    expect(single).toEqual([200, 200, 200, 200, 200, 429, 429]);
  });

  test('of one that can never be kept the others know nothing, and it stands among the dead letters with the reason', async () => {
    const [good, large, also] = [track(), track({ properties: { filler: 'x'.repeat(40_000) } }), track()];
    const answer = await house.post('/v1/batch', {
      batch: [good, { type: 'track', event: 'No One', context: { ip: '203.0.113.7' } }, large, 'words', also],
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ success: true, rejected: [{ index: 1 }, { index: 2 }, { index: 3 }] });
    expect([await named(good.messageId), await named(also.messageId), await named(large.messageId)]).toMatchObject([
      [{ name: 'Signed Up' }],
      [{ name: 'Signed Up' }],
      [],
    ]);
    const [third, second, first] = await letters();
    expect([first?.reason, second?.reason, third?.reason]).toEqual([
      'userId or anonymousId is needed',
      'It is larger than 32 KB',
      'A message must be an object',
    ]);
    expect(first?.body).toContain('No One');
    expect(second?.body.length).toBeLessThanOrEqual(32 * 1024);
  });

  test('a message nested without end, a name of an object’s own, and half a letter are data like any other', async () => {
    const deep = (levels: number) =>
      `{"type":"track","userId":"deep","event":"Deep","properties":${'{"a":'.repeat(levels)}"}]"${'}'.repeat(levels)}}`;
    for (const [levels, status] of [
      [200, 200],
      [4000, 400],
      [60_000, 400],
    ] as const)
      expect([levels, (await house.post('/v1/batch', `{"batch":[${deep(levels)}]}`)).status]).toEqual([levels, status]);
    const strange = `{"batch":[{"type":"identify","userId":"str\\u0000ange","messageId":"strange-1","traits":{"__proto__":{"polluted":true},"half":"\\ud83d x","constructor":"c"}}]}`;
    expect((await house.post('/v1/batch', strange)).status).toBe(200);
    expect(await named('strange-1')).toMatchObject([{ userId: 'str\uFFFDange' }]);
    const known = await house.known('str\uFFFDange');
    expect(known.get('half')?.value).toBe('\uFFFD x');
    expect(known.get('constructor')?.value).toBe('c');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(house.verbatim.logs.isAlive()).toBe(true);
  });
});

describe('an event', () => {
  test('that comes again is the same event, whatever the road', async () => {
    const message = track({ event: 'Order Completed', properties: { revenue: 5 } });
    for (const [address, body] of [
      ['/v1/track', message],
      ['/v1/track', message],
      ['/t', message],
      ['/v1/batch', { batch: [message, message] }],
    ] as const)
      expect((await house.post(address, body)).status).toBe(200);
    expect(await named(message.messageId)).toHaveLength(1);
    expect((await house.events()).filter(({ name }) => name === 'Order Completed')).toHaveLength(1);
  });

  test('lies where it lay on our clock, however wrong the sender’s is; history stands', async () => {
    const now = clock.now().getTime();
    const at = (ms: number) => new Date(now + ms).toISOString();
    const [hour, minute] = [3_600_000, 60_000];
    const wrong = 6 * hour;
    const cases: [object, object, number][] = [
      // A clock six hours ahead, and one six hours behind: what counts is how long before the sending it was.
      [{ timestamp: at(wrong - minute) }, { sentAt: at(wrong) }, -minute],
      [{ originalTimestamp: at(-wrong - minute) }, { sentAt: at(-wrong) }, -minute],
      // History, told with a clock that is right, told without a time of sending, and told beside the sender's own time.
      [{ timestamp: at(-900 * hour) }, { sentAt: at(0) }, -900 * hour],
      [{ timestamp: at(-900 * hour) }, {}, -900 * hour],
      [{ timestamp: at(-900 * hour), originalTimestamp: at(wrong) }, { sentAt: at(wrong) }, -900 * hour],
      // Nothing lies in the future, and nothing said is now.
      [{ timestamp: at(hour) }, {}, 0],
      [{ timestamp: 'soon' }, { sentAt: at(wrong) }, 0],
      [{}, {}, 0],
    ];
    for (const [own, shared, expected] of cases) {
      const message = track(own);
      await house.post('/v1/batch', { batch: [message], ...shared });
      const [record] = await named(message.messageId);
      expect([own, shared, Date.parse(record?.occurredAt ?? '') - now]).toEqual([own, shared, expected]);
    }
  });

  test('keeps its properties and the useful part of where it happened', async () => {
    const message = track({
      properties: { items: [{ sku: 'a', price: 2 }], ip: '198.51.100.9', coupon: null },
      context: {
        ip: '198.51.100.9',
        userAgent:
          'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
        page: { url: 'https://shop.example/x?y=1', path: '/x', title: 'X' },
        campaign: { source: 'news' },
        device: { id: 'secret-device', type: 'ios' },
        network: { carrier: 'somebody' },
      },
    });
    await house.post('/v1/track', message);
    const [record] = await named(message.messageId);
    expect(record?.body).toEqual({
      properties: { items: [{ sku: 'a', price: 2 }], coupon: null },
      context: {
        page: { url: 'https://shop.example/x?y=1', path: '/x', title: 'X' },
        campaign: { source: 'news' },
        device: { type: 'ios' },
        technology: { device: 'phone', browser: 'Safari', os: 'iOS' },
      },
    });
    const used = await house.known('ada');
    expect(['device', 'browser', 'os'].map((name) => [used.get(name)?.value, used.get(name)?.family])).toEqual([
      ['phone', 'technographic'],
      ['Safari', 'technographic'],
      ['iOS', 'technographic'],
    ]);
  });

  test('leaves no address of the network anywhere, and no write key or event in the log', async () => {
    const address = '203.0.113.77';
    const message = track({ context: { ip: address }, event: 'Secret Event', properties: { ip: address } });
    await house.post(
      '/v1/batch',
      { batch: [message, { type: 'track', context: { ip: address }, event: 'x' }] },
      { 'x-forwarded-for': address },
    );
    await house.records();
    for (const file of readdirSync(house.folder).filter((name) => name.startsWith('verbatim.db')))
      expect(readFileSync(path.join(house.folder, file)).includes(address)).toBe(false);
    const log = house.lines.join('\n');
    for (const word of [address, house.source.writeKey, 'Secret Event']) expect(log).not.toContain(word);
  });

  test('of a browser behind a proxy that knows it has the country, and of a server it has not', async () => {
    const [browser, server] = [track({ userId: 'cai' }), track({ userId: 'dee' })];
    await house.post('/v1/track', browser, { origin: 'https://shop.example', 'cf-ipcountry': 'NL' });
    await house.post('/v1/track', server, { 'cf-ipcountry': 'NL' });
    expect((await house.known('cai')).get('location.country')).toMatchObject({ value: 'NL', family: 'geographic' });
    expect((await house.known('dee')).has('location.country')).toBe(false);
  });
});

describe('the validator', () => {
  test('a number with more digits than can be counted with is not kept, and it says so', async () => {
    const answer = await house.post('/v1/validate', {
      batch: [{ type: 'identify', userId: 'ada', messageId: id('m'), traits: { ltv: 1e200, worth: -1e15, visits: 3 } }],
    });
    expect(await answer.json()).toMatchObject({
      messages: [
        {
          attributes: [{ name: 'visits', value: 3 }],
          warnings: [
            'ltv: a number has 15 digits at most before its point; send a longer one as text',
            expect.stringContaining('worth'),
          ],
        },
      ],
    });
  });

  test('says what would be kept of a message, and keeps nothing', async () => {
    await house.verbatim.logs.settle();
    const counts = () =>
      ['intake_records', 'people', 'attributes', 'attribute_types', 'dead_letters'].map((table) =>
        house.verbatim.connection.prepare(`select count(*) from ${table}`).pluck().get(),
      );
    const before = counts();
    const answer = await house.post('/v1/validate', {
      batch: [
        {
          type: 'identify',
          userId: 'new person',
          traits: { age: '34', address: { city: 'Ulm' }, tags: ['a', 'b'], fan: true, born: '1990-05-01', gone: null },
        },
        { type: 'group', userId: 'ada', groupId: 'acme', traits: { employees: 5 } },
        { type: 'track', event: 'No One' },
      ],
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      messages: [
        {
          isKept: true,
          kind: 'identify',
          userId: 'new person',
          event: null,
          attributes: [
            { name: 'age', value: 34, type: 'number', family: 'demographic' },
            { name: 'address.city', value: 'Ulm', type: 'text', family: 'geographic' },
            { name: 'tags', value: ['a', 'b'], type: 'list', family: 'other' },
            { name: 'fan', value: true, type: 'yes-no', family: 'other' },
            { name: 'born', value: '1990-05-01', type: 'date', family: 'other' },
          ],
          warnings: [expect.stringContaining('messageId'), expect.stringContaining('gone')],
        },
        {
          isKept: true,
          company: {
            id: 'acme',
            attributes: [{ name: 'employees', value: 5, type: 'number', family: 'firmographic' }],
          },
        },
        { isKept: false, reason: 'userId or anonymousId is needed' },
      ],
    });
    await house.verbatim.logs.settle();
    expect(counts()).toEqual(before);
    expect((await house.post('/v1/validate', {}, { authorization: house.basic('nobody') })).status).toBe(401);
  });
});
