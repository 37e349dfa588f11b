import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;
beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
});
afterAll(() => house.close());

type Place = { at: string; publicId: string; inbox: string; serverKey: string; writeKey: string; workspaceId: number };

/** A source whose folder is watched. */
async function addSource(name: string, names = ''): Promise<Place> {
  const { location: at } = await researcher.post(`${study}/sources/new`, { name });
  const publicId = at.split('/').at(-1) ?? '';
  const saved = await researcher.post(`${at}/files`, { isWatched: 'yes', names });
  expect(saved.status).toBe(303);
  const shown = (await researcher.post(`${at}/signing/show`)).text;
  const [, serverKey = ''] = /Server key: <code[^>]*>([\w-]+)</.exec(shown) ?? [];
  const [, writeKey = ''] = /Write key: <code[^>]*>([\w-]+)</.exec((await researcher.get(at)).text) ?? [];
  const source = await house.verbatim.sources.findOpen(serverKey);
  const inbox = path.join(house.folder, 'inbox', publicId);
  return { at, publicId, inbox, serverKey, writeKey, workspaceId: source?.workspaceId ?? 0 };
}
const drop = ({ inbox }: Place, name: string, content: string | Uint8Array) =>
  writeFileSync(path.join(inbox, name), content);
/** A file is read when two looks in a row find it the same. */
const lookTwice = async () => {
  await house.verbatim.inbox.look();
  await house.verbatim.inbox.look();
  await house.verbatim.logs.settle();
};
const resultIn = (place: Place, state: 'done' | 'failed', name: string): string => {
  const file = readdirSync(path.join(place.inbox, state)).find((one) => one.endsWith(`_${name}.result.txt`));
  return file === undefined ? '' : readFileSync(path.join(place.inbox, state, file), 'utf8');
};
const waiting = ({ inbox }: Place) => readdirSync(inbox).filter((name) => !['done', 'failed'].includes(name));
const count = (sql: string, ...values: unknown[]) =>
  house.verbatim.connection
    .prepare(sql)
    .pluck()
    .get(...values) as number;
const eventsCalled = (name: string) => count('select count(*) from events where name = ?', name);
const known = async ({ workspaceId }: Place, id: string) => {
  const { people } = house.verbatim.store;
  const found = (await people.byExternalIds(workspaceId, [id])).get(id);
  return Object.fromEntries([...(await people.attributesOf(found ?? 0))].map(([name, { value }]) => [name, value]));
};

test('a table in the folder becomes people and events at their own times, and lies in done with what was refused', async () => {
  const place = await addSource('Warehouse');
  drop(
    place,
    'nightly.csv',
    [
      'type,event,userId,timestamp,messageId,plan,revenue,address.city',
      'identify,,crm-1,,,Pro,,Ulm',
      'track,Paid,crm-1,2026-01-02T03:04:05Z,pay-1,,12.5,',
      'track,,crm-1,2026-01-02T03:04:05Z,,,,',
      'track,Paid,,2026-01-02T03:04:05Z,,,,',
      'track,Paid,crm-2,"yester\nday",,,,',
      'track,Paid,crm-2,2026-01-03 10:00',
      'track,Paid,crm-2,2026-01-03 10:00,,,7,',
    ].join('\n'),
  );
  await house.verbatim.inbox.look();
  // It could still be growing.
  expect(waiting(place)).toEqual(['nightly.csv']);
  await house.verbatim.inbox.look();
  await house.verbatim.logs.settle();
  expect(waiting(place)).toEqual([]);
  expect(await known(place, 'crm-1')).toMatchObject({ plan: 'Pro', 'address.city': 'Ulm' });
  const events = house.verbatim.connection
    .prepare("select occurred_at as at, properties from events where name = 'Paid' order by occurred_at")
    .all();
  expect(events).toEqual([
    { at: '2026-01-02T03:04:05.000Z', properties: '{"revenue":12.5}' },
    { at: '2026-01-03T10:00:00.000Z', properties: '{"revenue":7}' },
  ]);
  expect(resultIn(place, 'done', 'nightly.csv').split('\n')).toEqual([
    'line 4: event, the name of what happened, is needed',
    'line 5: userId or anonymousId is needed',
    'line 6: “yester day” is no time such as 2026-03-09T14:30:00Z',
    'line 8: it has 4 cells, and not 8',
    'nightly.csv: 7 lines, 3 new, 0 known already, 4 refused',
    '',
  ]);
  const list = await researcher.get(`${place.at}/files`);
  expect(list.text).toMatch(/nightly\.csv<\/a>[\s\S]*?read[\s\S]*?>7\s*<[\s\S]*?>3\s*<[\s\S]*?>0\s*<[\s\S]*?>4\s*</);
  const [, file = ''] = /href="([^"]+\/files\/[\w-]{22})"/.exec(list.text) ?? [];
  const page = await researcher.get(file);
  expect(page.text).toMatch(/“yester\s+day” is no time such as 2026-03-09T14:30:00Z/);
  expect(page.text).not.toContain('The file failed');
});

test('JSON lines are messages as a client sends them, and their times are history', async () => {
  const place = await addSource('Lines');
  const lines = [
    {
      type: 'track',
      userId: 'jl-1',
      event: 'Line Read',
      timestamp: '2026-01-02T03:04:05Z',
      sentAt: '2026-01-02T03:04:06Z',
    },
    { type: 'group', groupId: 'jl-acme', traits: { name: 'Acme' } },
    [1],
  ];
  drop(
    place,
    'export.jsonl',
    `${lines.map((line) => JSON.stringify(line)).join('\r\n')}\n{"type":\n${'x'.repeat(300_000)}\n`,
  );
  await lookTwice();
  expect(eventsCalled('Line Read')).toBe(1);
  expect(count("select occurred_at from events where name = 'Line Read'")).toBe('2026-01-02T03:04:05.000Z');
  expect(resultIn(place, 'done', 'export.jsonl').split('\n')).toEqual([
    'line 3: A message must be an object',
    'line 4: it is no JSON',
    'line 5: it is longer than 256 KB',
    'export.jsonl: 5 lines, 2 new, 0 known already, 3 refused',
    '',
  ]);
});

test('the same file once more changes nothing, also under another name and without ids of its own', async () => {
  const place = await addSource('Twice');
  const content = 'event,userId\nTwice,t-1\nTwice,t-1\nTwice,t-2\n';
  drop(place, 'first.csv', content);
  await lookTwice();
  drop(place, 'second.csv', content);
  await lookTwice();
  expect(eventsCalled('Twice')).toBe(3);
  expect(resultIn(place, 'done', 'second.csv')).toContain('3 lines, 0 new, 3 known already, 0 refused');
});

test('a file that was cut off is kept in no part, so that the whole one can come after it', async () => {
  const place = await addSource('Cut off');
  const whole = 'event,userId,note\nCut,c-1,"a"\nCut,c-2,"b c"\n';
  const [quote, row] = [whole.length - 3, whole.lastIndexOf(',')];
  for (const [name, at] of [
    ['quote.csv', quote],
    ['row.csv', row],
  ] as const) {
    drop(place, name, whole);
    truncateSync(path.join(place.inbox, name), at);
  }
  drop(place, 'lines.jsonl', '{"type":"track","event":"Cut","userId":"c-3"}\n{"type":"track","eve');
  await lookTwice();
  expect(eventsCalled('Cut')).toBe(0);
  expect(resultIn(place, 'failed', 'quote.csv')).toMatch(/0 new[\s\S]*A quotation mark is opened and never closed/);
  expect(resultIn(place, 'failed', 'row.csv')).toMatch(/Line 3, the last, has 2 of 3 cells: the file was cut off/);
  expect(resultIn(place, 'failed', 'lines.jsonl')).toMatch(/Line 2, the last, ends in the middle/);
  expect((await researcher.get(`${place.at}/files`)).text).toMatch(/row\.csv<\/a>[\s\S]*?failed/);
  drop(place, 'whole.csv', whole);
  await lookTwice();
  expect(eventsCalled('Cut')).toBe(2);
});

test('columns of other names are mapped, for any letters a file is written in', async () => {
  const place = await addSource('Pendo', 'Besucher-Nr. = userId\nFeature = event\nInternal = -\n');
  drop(
    place,
    'latin.csv',
    Buffer.from('Besucher-Nr.;Feature;Internal;Straße\np-1;Pendo Feature;x;Königsweg\n', 'latin1'),
  );
  drop(place, 'wide.tsv', Buffer.from('\uFEFFBesucher-Nr.\tFeature\tStraße\np-2\tPendo Feature\tŁódź\n', 'utf16le'));
  await lookTwice();
  const rows = house.verbatim.connection
    .prepare("select properties from events where name = 'Pendo Feature' order by seq")
    .pluck()
    .all();
  expect(rows).toEqual(['{"Straße":"Königsweg"}', '{"Straße":"Łódź"}']);
  const refused = await researcher.post(`${place.at}/files`, { isWatched: 'yes', names: 'no sign' });
  expect([refused.status, refused.text.includes('no sign')]).toEqual([422, true]);
});

test('what is no table is told so, and what is none of our business is left alone', async () => {
  const place = await addSource('Odd');
  drop(place, 'photo.png', Buffer.from([0x89, 0x50]));
  drop(place, 'nobody.csv', 'colour,size\nred,1\n');
  drop(place, 'only-wrong.csv', 'userId,event\nundefined,Odd\n');
  drop(place, 'header.csv', 'userId,event\n');
  drop(place, 'binary.csv', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)));
  const left = ['.hidden.csv', 'growing.csv.part', 'empty.csv', 'link.csv', 'folder.csv'];
  drop(place, '.hidden.csv', 'userId,event\nx,Odd\n');
  drop(place, 'growing.csv.part', 'userId,event\nx,Odd\n');
  drop(place, 'empty.csv', '');
  symlinkSync(path.join(house.folder, 'secret.json'), path.join(place.inbox, 'link.csv'));
  mkdirSync(path.join(place.inbox, 'folder.csv'));
  await lookTwice();
  expect(waiting(place).toSorted()).toEqual(left.toSorted());
  expect(resultIn(place, 'failed', 'photo.png')).toContain('Its name must end in');
  expect(resultIn(place, 'failed', 'nobody.csv')).toContain('Line 1: no column says who it is about');
  expect(resultIn(place, 'failed', 'only-wrong.csv')).toMatch(
    /line 2: userId is “undefined”[\s\S]*No line of it could be kept/,
  );
  expect(resultIn(place, 'failed', 'header.csv')).toContain('no line in it that tells of anything');
  expect(resultIn(place, 'failed', 'binary.csv')).not.toBe('');
  expect(eventsCalled('Odd')).toBe(0);
});

test('a folder that is not watched any more, and one of a source that was ended, are left alone', async () => {
  const place = await addSource('Off');
  await researcher.post(`${place.at}/files`, { isWatched: 'no', names: '' });
  drop(place, 'off.csv', 'event,userId\nOff,o-1\n');
  await lookTwice();
  expect(waiting(place)).toEqual(['off.csv']);
  await researcher.post(`${place.at}/files`, { isWatched: 'yes', names: '' });
  await researcher.post(`${place.at}/end`);
  await lookTwice();
  expect(waiting(place)).toEqual(['off.csv']);
  expect((await send(place, 'off.csv', 'userId\no-1\n')).status).toBe(401);
});

const sign = (key: string, name: string, body: string, seconds = Math.floor(Date.now() / 1000)) =>
  `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${name}.${body}`).digest('hex')}`;
async function send(
  { serverKey }: Place,
  name: string,
  body: string,
  { key = serverKey, headers = {} }: { key?: string; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(`${house.url}/v1/upload?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'x-signature': sign(serverKey, name, body),
      ...headers,
    },
    body,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    location: answer.headers.get('location'),
    body: JSON.parse(text) as Record<string, unknown>,
  };
}
async function finished({ serverKey }: Place, location: string | null) {
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await fetch(`${house.url}${location}`, { headers: { 'x-write-key': serverKey } });
    const file = (await answer.json()) as Record<string, unknown>;
    if (file['state'] === 'done' || file['state'] === 'failed') return file;
    await wait(25);
  }
  throw new Error('The upload was not read');
}

test('a signed upload is taken, read, and told of; the same one sent again is the same file', async () => {
  const place = await addSource('Uploads');
  await researcher.post(`${place.at}/files`, { isWatched: 'no', names: 'Who = userId' });
  const body = 'event,Who\nUploaded,up-1\nUploaded,\n';
  const taken = await send(place, 'nightly.csv', body);
  expect(taken).toMatchObject({ status: 202, body: { name: 'nightly.csv', state: 'waiting', bytes: body.length } });
  expect(taken.location).toBe(`/v1/upload/${String(taken.body['id'])}`);
  expect(await finished(place, taken.location)).toMatchObject({
    state: 'done',
    lines: 2,
    new: 1,
    refused: 1,
    faults: [{ line: 3, reason: 'userId or anonymousId is needed' }],
  });
  const again = await send(place, 'nightly.csv', body);
  expect([again.status, again.body['id']]).toEqual([202, taken.body['id']]);
  await house.verbatim.logs.settle();
  expect(eventsCalled('Uploaded')).toBe(1);
  expect(waiting(place)).toEqual([]);
  expect((await researcher.get(`${place.at}/files`)).text).toContain('nightly.csv');
});

test('an upload that is not signed, signed otherwise, too old, or sent with another key leaves nothing behind', async () => {
  const place = await addSource('Strangers');
  const other = await addSource('Others');
  const body = 'event,userId\nForged,f-1\n';
  const now = Math.floor(Date.now() / 1000);
  const signed = sign(place.serverKey, 'a.csv', body);
  const wrong = [
    '',
    'nonsense',
    signed.replace(/v1=.*/, 'v1='),
    signed.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    signed.replace(/t=\d+/, `t=${now - 1}`),
    sign(place.serverKey, 'b.csv', body),
    sign(place.serverKey, 'a.csv', `${body}x`),
    sign(other.serverKey, 'a.csv', body),
    sign(place.serverKey, 'a.csv', body, now - 600),
    sign(place.serverKey, 'a.csv', body, now + 600),
    `${signed},v1=${'0'.repeat(64)}`,
    't=99999999999999999999,v1='.padEnd(5000, 'a'),
  ];
  for (const signature of wrong) {
    const answer = await send(place, 'a.csv', body, { headers: { 'x-signature': signature } });
    expect([signature.slice(0, 40), answer.status]).toEqual([signature.slice(0, 40), 403]);
  }
  expect((await send(place, 'a.csv', body, { key: place.writeKey })).status).toBe(403);
  expect((await send(place, 'a.csv', body, { key: other.serverKey })).status).toBe(403);
  expect((await send(place, 'a.csv', body, { key: 'server_nobody' })).status).toBe(401);
  expect((await send(place, 'a.csv', body, { headers: { origin: 'https://shop.example' } })).status).toBe(403);
  expect((await send(place, 'a.csv', body, { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  for (const name of ['', 'a', 'a.exe', '../a.csv', 'a/b.csv', 'a\u0000.csv', `${'a'.repeat(200)}.csv`])
    expect([name, (await send(place, name, body)).status]).toEqual([name, 400]);
  expect((await send(place, 'a.csv', '')).status).toBe(400);
  await lookTwice();
  expect(waiting(place)).toEqual([]);
  expect(eventsCalled('Forged')).toBe(0);
  expect(existsSync(path.join(house.folder, 'inbox', 'a.csv'))).toBe(false);
});

test('an upload that is too large is refused before and while it comes', async () => {
  const place = await addSource('Too much');
  const most = house.verbatim.limits.uploadBytes;
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (to) => {
      if (sent > most + 4_000_000) return to.close();
      sent += 1_000_000;
      to.enqueue(new Uint8Array(1_000_000).fill(97));
    },
  });
  const answer = await fetch(`${house.url}/v1/upload?name=a.csv`, {
    method: 'POST',
    headers: { 'x-write-key': place.serverKey, 'x-signature': sign(place.serverKey, 'a.csv', '') },
    body: endless,
    duplex: 'half',
  } as RequestInit);
  expect(answer.status).toBe(413);
  expect(await answer.text()).toContain('VERBATIM_UPLOAD_MB');
  const declared = 'a'.repeat(most + 1);
  expect((await send(place, 'a.csv', declared)).status).toBe(413);
  expect((await send(place, 'a.csv', 'userId\nfits\n')).status).toBe(202);
  await lookTwice();
  expect(waiting(place)).toEqual([]);
});

test('nobody asks after an upload without the server key it came with', async () => {
  const place = await addSource('Asked after');
  const other = await addSource('Stranger');
  const { location } = await send(place, 'a.csv', 'userId\nasked-1\n');
  const ask = async (key: string) =>
    (await fetch(`${house.url}${location}`, { headers: { 'x-write-key': key } })).status;
  expect([await ask(place.serverKey), await ask(place.writeKey), await ask(other.serverKey)]).toEqual([200, 403, 404]);
  await finished(place, location);
});
