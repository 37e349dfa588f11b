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

async function addSource(name: string): Promise<{ at: string; key: string }> {
  const made = await researcher.post(`${study}/sources/new`, { name });
  expect(made.status).toBe(303);
  const page = await researcher.get(made.location);
  const [, key = ''] = /Write key: <code[^>]*>([\w-]{22})</.exec(page.text) ?? [];
  expect(key).not.toBe('');
  return { at: made.location, key };
}
const send = (key: string, batch: object[]) =>
  fetch(`${house.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-write-key': key },
    body: JSON.stringify({ batch }),
  });

test('a source is made from the page of people, and shows its key in lines to copy', async () => {
  expect((await researcher.get(`${study}/people`)).text).toContain(`href="${study}/sources"`);
  expect((await researcher.get(`${study}/sources`)).text).toContain('No program tells of anybody yet');
  const refused = await researcher.post(`${study}/sources/new`, { name: ' ' });
  expect([refused.status, refused.text.includes('The source needs a name')]).toEqual([422, true]);
  const { at, key } = await addSource('Shop');
  const page = await researcher.get(at);
  const host = house.url.replaceAll('.', '\\.');
  for (const client of ['analytics-next', 'analytics-node', '@rudderstack/analytics-js', 'rudder-sdk-node', 'curl'])
    expect(page.text).toContain(client);
  expect(page.text.match(new RegExp(key, 'g'))?.length).toBeGreaterThanOrEqual(6);
  expect(page.text.match(new RegExp(host, 'g'))?.length).toBeGreaterThanOrEqual(5);
  expect((await researcher.get(`${study}/sources`)).text).toMatch(/Shop<\/a>[\s\S]*never[\s\S]*open/);
});

test('what came stands on its page with the person, what did not with the reason', async () => {
  const { at, key } = await addSource('App');
  await send(key, [
    { type: 'identify', userId: 'ada <b>', anonymousId: 'dev-1', traits: { plan: 'Pro' } },
    { type: 'track', anonymousId: 'dev-1', event: 'Order <i>Completed</i>' },
    { type: 'group', userId: 'ada <b>', groupId: 'acme' },
    { type: 'track', event: 'No One' },
  ]);
  await house.verbatim.logs.settle();
  const page = await researcher.get(at);
  expect(page.text).toContain('Order &lt;i&gt;Completed');
  expect(page.text).not.toContain('<i>Completed');
  expect(page.text).toContain('userId or anonymousId is needed');
  expect(page.text).toContain('No One');
  const people = new Set([...page.text.matchAll(/href="(\/studio\/[^"]+\/people\/[^"]+)"/g)].map(([, href]) => href));
  expect(people.size).toBe(1);
  expect((await researcher.get([...people][0] ?? '')).text).toContain('Pro');
  expect((await researcher.get(`${study}/sources`)).text).toMatch(/App<\/a>[\s\S]*UTC[\s\S]*3[\s\S]*open/);
});

test('the form says what would be kept, and keeps nothing', async () => {
  const { at } = await addSource('Trial');
  const before = await house.verbatim.logs.intake.count();
  const message = JSON.stringify({ type: 'identify', userId: 'cai', traits: { birthday: '1990-05-01', x: null } });
  const shown = await researcher.post(`${at}/validate`, { message });
  expect(shown.status).toBe(200);
  for (const words of [
    'What would be kept',
    'cai',
    'birthday',
    '1990-05-01',
    'date',
    'demographic',
    'x: nothing is kept',
  ])
    expect(shown.text).toContain(words);
  const nobody = await researcher.post(`${at}/validate`, { message: '{"type":"track","event":"x"}' });
  expect(nobody.text).toContain('Nothing: userId or anonymousId is needed');
  const broken = await researcher.post(`${at}/validate`, { message: '{"type":' });
  expect([broken.status, broken.text.includes('<title>Error: '), broken.text.includes('{&quot;type&quot;:')]).toEqual([
    422,
    true,
    true,
  ]);
  expect(await house.verbatim.logs.intake.count()).toBe(before);
});

test('an ended source takes nothing more, says so, and keeps what came', async () => {
  const { at, key } = await addSource('Old');
  const message = { type: 'track', userId: 'dee', event: 'Said before the end' };
  expect((await send(key, [message])).status).toBe(200);
  expect((await researcher.post(`${at}/end`)).status).toBe(303);
  expect((await send(key, [message])).status).toBe(401);
  const page = await researcher.get(at);
  expect(page.text).toContain('Nothing more is taken with its key');
  expect(page.text).toContain('Said before the end');
  expect(page.text).not.toContain(key);
});

test('what an attribute means can be said, and holds for what is known already', async () => {
  const { key } = await addSource('Types');
  await send(key, [{ type: 'identify', userId: 'eva', traits: { floor: '4' } }]);
  await house.verbatim.logs.settle();
  const edit = `${study}/sources/attributes/edit`;
  expect((await researcher.get(`${study}/sources/attributes`)).text).toContain('floor');
  expect((await researcher.get(`${edit}?name=floor`)).text).toContain('<option value="text" selected');
  expect((await researcher.get(`${edit}?name=nobody`)).status).toBe(404);
  expect((await researcher.post(edit, { name: 'floor', type: 'colour', family: 'other' })).status).toBe(422);
  expect((await researcher.post(edit, { name: 'floor', type: 'number', family: 'demographic' })).status).toBe(303);
  expect((await researcher.get(`${edit}?name=floor`)).text).toContain('<option value="number" selected');
  expect(house.verbatim.connection.prepare("select value, family from attributes where name = 'floor'").all()).toEqual([
    { value: '4', family: 'demographic' },
  ]);
});

test('a source of another workspace is not there', async () => {
  const other = await house.verbatim.store.studies.workspaceFor('elsewhere', '2026-01-01T00:00:00.000Z');
  expect(other).toBeNull();
  const { id } = house.verbatim.connection
    .prepare(
      "insert into workspaces (public_id, name, created_at) values ('elsewhere', 'Elsewhere', '2026') returning id",
    )
    .get() as { id: number };
  const theirs = await house.verbatim.sources.add(id, 'Theirs', null);
  expect((await researcher.get(`${study}/sources/${theirs.publicId}`)).status).toBe(404);
  expect((await researcher.post(`${study}/sources/${theirs.publicId}/end`)).status).toBe(404);
  expect((await researcher.get(`${study}/sources`)).text).not.toContain('Theirs');
});
