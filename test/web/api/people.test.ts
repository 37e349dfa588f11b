import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyItem } from '../../../src/client/verbatim-client.ts';
import { type ApiHouse, openApiHouse } from './open-api.ts';

let api: ApiHouse;
beforeAll(async () => {
  api = await openApiHouse();
});
afterAll(() => api.close());

test('what is told of a person is known with who said it, and the last value holds', async () => {
  const tell = (attributes: Record<string, string | number>) =>
    api.client.tellPerson({ body: { userId: 'member-1', attributes, company: { id: 'acme', role: 'user' } } });
  await tell({ plan: 'silver', seats: 4 });
  const { data, status, headers } = await tell({ plan: 'gold' });
  expect([status, headers.get('location')]).toEqual([200, expect.stringContaining(data.id)]);
  const known = Object.fromEntries(data.attributes.map(({ name, value, source }) => [name, [value, source]]));
  expect(known['plan']).toEqual(['gold', 'API key A program']);
  expect(known['seats']).toEqual([4, 'API key A program']);
  expect(data.companies).toMatchObject([{ name: 'acme', role: 'user' }]);
  const page = await api.owner.get(`/studio/${api.study.publicId}/people/${data.id}`);
  expect(page.text).toContain('gold');
});

test('an event that is told twice happened once', async () => {
  const events = [
    {
      id: 'order-1',
      userId: 'member-2',
      name: 'Order Completed',
      at: '2026-03-01T09:00:00Z',
      properties: { total: 40 },
    },
  ];
  await api.client.tellEvents({ body: { events } });
  await api.client.tellEvents({ body: { events } });
  const found = (await api.client.listPeople({ find: 'member-2' })).data.items;
  expect(found.length).toBe(1);
  const timeline: { kind: string; about: Record<string, unknown> }[] = [];
  for await (const one of everyItem((page) =>
    api.client.readTimeline({ person: found[0]?.id ?? '', limit: 1, ...page }),
  ))
    timeline.push(one);
  const orders = timeline.filter(({ kind }) => kind === 'event');
  expect(orders).toMatchObject([{ about: { name: 'Order Completed', properties: { total: 40 } } }]);
});

test('people are listed in parts, and found by what somebody remembers of them', async () => {
  for (let more = 0; more < 5; more += 1)
    await api.client.tellPerson({ body: { userId: `listed-${more}`, attributes: { email: `p${more}@example.org` } } });
  const ids: (string | null)[] = [];
  for await (const one of everyItem((page) => api.client.listPeople({ limit: 2, find: 'listed-', ...page })))
    ids.push(one.identity);
  expect(ids).toEqual(['listed-0', 'listed-1', 'listed-2', 'listed-3', 'listed-4']);
  const [found] = (await api.client.listPeople({ find: 'p3@example' })).data.items;
  expect(found).toMatchObject({ identity: 'listed-3', email: 'p3@example.org' });
});
