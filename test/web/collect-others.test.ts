import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventHouse, openEventHouse } from '../support/event-house.ts';

let house: EventHouse;
beforeAll(async () => {
  house = await openEventHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const since = async (seq: number) => (await house.records()).filter((record) => record.seq > seq);
const lastSeq = async () => (await house.records()).at(-1)?.seq ?? 0;

describe('Google Analytics’ measurement protocol', () => {
  const at = (path: string) => `${path}?measurement_id=G-1&api_secret=${house.source.writeKey}`;
  const noHeader = { authorization: '' };

  test('tells of people and what they did', async () => {
    const before = await lastSeq();
    const answer = await house.post(
      at('/mp/collect'),
      {
        client_id: 'c.1',
        user_id: 'ada',
        timestamp_micros: '1767225600000000',
        user_properties: { plan: { value: 'Pro' } },
        events: [
          { name: 'purchase', params: { value: 12, currency: 'EUR' } },
          { name: 'page_view', params: { page_title: 'Home', page_location: 'https://shop.example/' } },
        ],
      },
      noHeader,
    );
    expect(answer.status).toBe(204);
    expect(await since(before)).toMatchObject([
      { kind: 'identify', userId: 'ada', anonymousId: 'c.1', body: { traits: { plan: 'Pro' } } },
      {
        kind: 'track',
        name: 'purchase',
        occurredAt: '2026-01-01T00:00:00.000Z',
        body: { properties: { value: 12, currency: 'EUR' } },
      },
      { kind: 'page', name: 'Home', body: { context: { page: { url: 'https://shop.example/' } } } },
    ]);
  });

  test('never hears of a fault, and its twin hears of every one and keeps nothing', async () => {
    const before = await lastSeq();
    const wrong = { events: [{ name: 'purchase' }, { name: '' }] };
    expect((await house.post('/mp/collect?api_secret=nobody', wrong, noHeader)).status).toBe(204);
    expect((await house.post(at('/mp/collect'), '{', noHeader)).status).toBe(204);
    const debug = await house.post(at('/debug/mp/collect'), wrong, noHeader);
    expect(debug.status).toBe(200);
    expect(((await debug.json()) as { validationMessages: unknown[] }).validationMessages).toHaveLength(2);
    const right = await house.post(
      at('/debug/mp/collect'),
      { client_id: 'c.1', events: [{ name: 'purchase' }] },
      noHeader,
    );
    expect(await right.json()).toEqual({ validationMessages: [] });
    expect(await since(before)).toEqual([]);
  });
});

describe('Mixpanel’s clients', () => {
  const noHeader = { authorization: '' };
  const properties = (more: object = {}) => ({ token: house.source.writeKey, distinct_id: 'bea', ...more });

  test('send events as lists, as lines, and as forms', async () => {
    const before = await lastSeq();
    const event = (name: string, more: object = {}) => ({ event: name, properties: properties(more) });
    const listed = await house.post(
      '/track',
      [event('Listed', { $insert_id: 'i-1', time: 1767225600, price: 3 })],
      noHeader,
    );
    expect([listed.status, await listed.text()]).toEqual([200, '1']);
    const data = Buffer.from(JSON.stringify(event('In a form'))).toString('base64');
    const form = await house.post('/track?verbose=1', `data=${encodeURIComponent(data)}`, {
      ...noHeader,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(await form.json()).toEqual({ status: 1, error: null });
    const lines = [event('Line 1'), event('Listed', { $insert_id: 'i-1' })].map((one) => JSON.stringify(one));
    const imported = await house.post('/import?strict=1', lines.join('\n'), { 'content-type': 'application/x-ndjson' });
    expect(await imported.json()).toMatchObject({ code: 200, num_records_imported: 2, failed_records: [] });
    expect(await since(before)).toMatchObject([
      {
        name: 'Listed',
        messageId: 'i-1',
        userId: 'bea',
        occurredAt: '2026-01-01T00:00:00.000Z',
        body: { properties: { price: 3 } },
      },
      { name: 'In a form', userId: 'bea' },
      { name: 'Line 1' },
    ]);
  });

  test('tell of devices, people and companies', async () => {
    await house.post('/track', [{ event: 'Looked', properties: properties({ distinct_id: '$device:d1' }) }], noHeader);
    const both = properties({ distinct_id: 'cai', $user_id: 'cai', $device_id: 'd1' });
    await house.post('/track', [{ event: 'Bought', properties: both }], noHeader);
    const person = {
      $token: house.source.writeKey,
      $distinct_id: 'cai',
      $set: { $email: 'cai@x.example', plan: 'Pro' },
    };
    expect(await (await house.post('/engage', [person], noHeader)).json()).toEqual({ status: 1, error: null });
    const company = {
      $token: house.source.writeKey,
      $group_key: 'company',
      $group_id: 'acme',
      $set: { $name: 'Acme', employees: 9 },
    };
    expect((await house.post('/groups', [company], noHeader)).status).toBe(200);
    const known = await house.known('cai');
    expect([known.get('email')?.value, known.get('plan')?.value]).toEqual(['cai@x.example', 'Pro']);
    const people = new Set(
      (await house.events())
        .filter(({ name }) => name === 'Looked' || name === 'Bought')
        .map(({ personId }) => personId),
    );
    const ids = await Promise.all([...people].map((one) => house.verbatim.store.people.sameAs(one)));
    expect(new Set(ids.map(([canonical]) => canonical)).size).toBe(1);
    expect(
      house.verbatim.connection.prepare("select name from companies where external_id = 'acme'").pluck().get(),
    ).toBe('Acme');
  });

  test('hear which of their records failed', async () => {
    const answer = await house.post('/import', [
      { event: 'Good', properties: properties() },
      { event: '', properties: properties() },
    ]);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ num_records_imported: 1, failed_records: [{ index: 1 }] });
    expect((await house.post('/engage', [{ $distinct_id: 'x' }], { authorization: '' })).status).toBe(401);
  });
});
