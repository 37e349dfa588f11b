import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';

type FieldHouse = Awaited<ReturnType<typeof openFieldHouse>>;
const clock = fixedClock();
let house: FieldHouse;
let at: string;

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  at = `/studio/${house.study.publicId}/computed`;
});
afterAll(() => house[Symbol.asyncDispose]());

let sent = 0;
/** Orders and refunds, so many days ago each. */
async function doings(
  list: readonly { who: string; name?: string; daysAgo: number; properties?: Record<string, unknown> }[],
): Promise<void> {
  await house.verbatim.intake.events(
    house.study.workspaceId,
    list.map(({ who, name = 'Order Completed', daysAgo, properties = {} }) => {
      sent += 1;
      return {
        externalId: who,
        messageId: `doing-${sent}`,
        name,
        occurredAt: new Date(clock.now().getTime() - daysAgo * 86_400_000).toISOString(),
        properties,
      };
    }),
  );
  await house.verbatim.logs.settle();
}
async function known(who: string): Promise<Record<string, unknown>> {
  const { people } = house.verbatim.store;
  const id = (await people.byExternalIds(house.study.workspaceId, [who])).get(who) ?? 0;
  return Object.fromEntries([...(await people.attributesOf(id))].map(([name, { value }]) => [name, value]));
}
const rowsOf = (name: string): number =>
  (house.verbatim.connection.prepare('select count(*) as n from attributes where name = ?').get(name) as { n: number })
    .n;
/** All is worked out, however long a busy machine takes for it: pages wait for three seconds at most. */
async function settled(): Promise<void> {
  while (house.verbatim.computed.isGoing(house.study.workspaceId))
    await new Promise((resolve) => setTimeout(resolve, 20));
}
async function refresh(): Promise<void> {
  await house.researcher.post(`${at}/refresh`);
  await settled();
}
async function define(form: Record<string, string>): Promise<string> {
  const answer = await house.researcher.post(`${at}/new`, { family: 'other', kind: 'measure', unit: 'day', ...form });
  expect(answer.status, answer.text.slice(0, 4000)).toBe(303);
  await settled();
  return answer.location;
}

test('an attribute is defined, worked out for everybody, and its page says when, for how many, and how it spreads', async () => {
  await doings([
    { who: 'ada', daysAgo: 1, properties: { revenue: 10, category: 'sofa', city: 'Ulm' } },
    { who: 'ada', daysAgo: 3, properties: { revenue: '5.5', category: 'lamp' } },
    { who: 'ada', daysAgo: 40, properties: { revenue: 100, category: 'lamp', city: 'Bonn' } },
    { who: 'bea', daysAgo: 2, properties: { category: 'bed' } },
    { who: 'cai', name: 'Page Viewed', daysAgo: 1 },
  ]);
  const orders = await define({ name: 'orders', measure: 'count', event: 'Order Completed', family: 'value' });
  await define({ name: 'spent_30_days', measure: 'sum', event: 'Order Completed', property: 'revenue', last: '30' });
  await define({
    name: 'lamps',
    measure: 'count',
    event: 'Order Completed',
    'where-property-1': 'category',
    'where-op-1': 'is',
    'where-value-1': 'lamp',
  });
  await define({ name: 'favourite', measure: 'most-frequent', event: 'Order Completed', property: 'category' });
  await define({ name: 'first_city', measure: 'first', event: 'Order Completed', property: 'city' });
  await define({ name: 'last_order', measure: 'last', event: 'Order Completed' });
  await define({ name: 'kinds', measure: 'distinct', event: 'Order Completed', property: 'category' });
  await define({ name: 'dearest', measure: 'max', event: 'Order Completed', property: 'revenue' });
  await define({ name: 'mean_order', measure: 'average', event: 'Order Completed', property: 'revenue' });
  expect(await known('ada')).toEqual({
    orders: 3,
    spent_30_days: 15.5,
    lamps: 2,
    favourite: 'lamp',
    first_city: 'Bonn',
    last_order: '2026-03-01T09:00:00.000Z',
    kinds: 2,
    dearest: 100,
    mean_order: 38.5,
  });
  // Whoever did nothing that counts has no value.
  expect(await known('bea')).toEqual({ orders: 1, favourite: 'bed', last_order: '2026-02-28T09:00:00.000Z', kinds: 1 });
  expect(await known('cai')).toEqual({});
  const { text } = await house.researcher.get(orders);
  expect(text).toContain('Count over “Order Completed”');
  expect(text).toMatch(/Last refreshed<\/dt><dd class="num">2 March 2026, 09:00 UTC/);
  expect(text).toMatch(/People with a value<\/dt><dd class="num">2/);
  expect(text).toContain('1: 1, 2: 0, 3: 1</desc>');
  const person = await house.researcher.get(`/studio/${house.study.publicId}/people?find=ada`);
  const page = await house.researcher.get(/<a href="([^"]+\/people\/[^"]+)">ada</.exec(person.text)?.[1] ?? '');
  expect(page.text).toMatch(/<h3>Value \(revenue\)<\/h3>[\s\S]*?orders<\/dt>[\s\S]*?(?<!from )computed from events/);
  expect(page.text).toContain('<h1>Person ada</h1>');
  // Whoever refreshes one from its page stays on it.
  const one = /href="([^"]+\/computed\/([\w-]{22}))">orders</.exec((await house.researcher.get(at)).text);
  expect((await house.researcher.post(`${at}/refresh`, { computed: one?.[2] ?? '' })).location).toBe(one?.[1]);
  expect((await house.researcher.post(`${at}/refresh`)).location).toBe(at);
  await settled();
  const rule = { all: [{ attribute: 'orders', op: 'gte', value: 3 }] };
  expect((await house.verbatim.segments.count(house.study, rule as never, null)).people.admitted).toBe(1);
});

test('only what has changed is written, and a value that is no longer true goes', async () => {
  const before = { orders: rowsOf('orders'), spent: rowsOf('spent_30_days') };
  await refresh();
  expect(rowsOf('orders')).toBe(before.orders);
  await doings([{ who: 'bea', daysAgo: 0, properties: { category: 'bed' } }]);
  await refresh();
  expect(rowsOf('orders')).toBe(before.orders + 1);
  expect(await known('bea')).toMatchObject({ orders: 2 });
  expect(rowsOf('spent_30_days')).toBe(before.spent);
  clock.forward(35 * 86_400_000);
  await house.signIn();
  await refresh();
  expect(await known('ada')).toMatchObject({ orders: 3 });
  expect(Object.keys(await known('ada'))).not.toContain('spent_30_days');
});

test('who was merged is worked out as one', async () => {
  await doings([{ who: 'ada-old', daysAgo: 5, properties: { revenue: 1, category: 'bed' } }]);
  await refresh();
  expect(await known('ada-old')).toMatchObject({ orders: 1 });
  const ids = await house.verbatim.store.people.byExternalIds(house.study.workspaceId, ['ada', 'ada-old']);
  await house.verbatim.store.people.link(ids.get('ada-old') ?? 0, ids.get('ada') ?? 0, clock.now().toISOString());
  await refresh();
  expect(await known('ada')).toMatchObject({ orders: 4, kinds: 3 });
});

test('refreshes by itself once events have been quiet for a while, and at the latest after ten minutes', async () => {
  const { computed } = house.verbatim;
  const orders = async () => (await known('dee'))['orders'];
  await computed.look();
  await doings([{ who: 'dee', daysAgo: 0 }]);
  clock.forward(60_000);
  await computed.look();
  expect(await orders()).toBeUndefined();
  clock.forward(11_000);
  await computed.look();
  expect(await orders()).toBe(1);
  // They never stop coming.
  for (let step = 0; step <= 80; step += 1) {
    await doings([{ who: 'dee', daysAgo: 0 }]);
    if (step === 70) expect(await orders()).toBe(1);
    clock.forward(8_000);
    await computed.look();
  }
  expect(await orders()).toBeGreaterThan(70);
});

test('lifetime value is orders less refunds in one currency, and says what it left out', async () => {
  await doings([
    { who: 'fay', daysAgo: 9, properties: { revenue: 50, currency: 'EUR' } },
    { who: 'fay', daysAgo: 8, properties: { revenue: 0.1, currency: 'eur' } },
    { who: 'fay', daysAgo: 7, properties: { revenue: 70, currency: 'USD' } },
    { who: 'fay', daysAgo: 6, properties: { currency: 'EUR' } },
    { who: 'fay', name: 'Order Refunded', daysAgo: 5, properties: { total: 20, currency: 'EUR' } },
    { who: 'gil', name: 'Order Refunded', daysAgo: 5, properties: { revenue: -3 } },
  ]);
  const page = await define({
    name: 'ltv',
    kind: 'lifetime-value',
    event: 'Order Completed',
    refund: 'Order Refunded',
    currency: 'eur',
    family: 'value',
  });
  expect(await known('fay')).toMatchObject({ ltv: 30.1 });
  expect(await known('gil')).toMatchObject({ ltv: -3 });
  const { text } = await house.researcher.get(page);
  expect(text).toMatch(/1 in another currency than EUR, \d+ without an amount/);
});

test('quintiles are refused to fewer than fifty buyers, and rank ties by the lower', async () => {
  const event = 'Ticket Bought';
  const buyers = Array.from({ length: 49 }, (_, index) => ({
    who: `buyer-${index}`,
    name: event,
    daysAgo: 49 - index,
    properties: { revenue: index < 20 ? 5 : index },
  }));
  await doings(buyers);
  const page = await define({ name: 'rfm', kind: 'rfm', event, currency: 'EUR', family: 'value' });
  expect((await house.researcher.get(page)).text).toContain('Quintiles need at least 50 buyers, and there are 49');
  expect(await known('buyer-1')).toEqual({});
  await doings([{ who: 'buyer-49', name: event, daysAgo: 0, properties: { revenue: 49 } }]);
  await refresh();
  expect(await known('buyer-0')).toEqual({ 'rfm.recency': 1, 'rfm.frequency': 1, 'rfm.monetary': 1 });
  // The twenty who spent the same share the rank of the lowest, though they are two fifths.
  expect(await known('buyer-19')).toEqual({ 'rfm.recency': 2, 'rfm.frequency': 1, 'rfm.monetary': 1 });
  expect(await known('buyer-20')).toEqual({ 'rfm.recency': 3, 'rfm.frequency': 1, 'rfm.monetary': 3 });
  expect(await known('buyer-49')).toEqual({ 'rfm.recency': 5, 'rfm.frequency': 1, 'rfm.monetary': 5 });
  const { text } = await house.researcher.get(page);
  expect(text).not.toContain('There are no values');
  expect(text).toContain('Buyers with equal values share the lower rank');
  expect(text).toContain('1: 10, 2: 10, 3: 10, 4: 10, 5: 10</desc>');
});

test('what cannot be computed is refused beside its field, and nothing typed is lost', async () => {
  const base = { family: 'other', kind: 'measure', unit: 'day', event: 'Order Completed' };
  const refused = async (form: Record<string, string>) => {
    const answer = await house.researcher.post(`${at}/new`, { ...base, ...form });
    expect(answer.status).toBe(422);
    return answer.text;
  };
  expect(await refused({ name: 'orders', measure: 'count' })).toContain('an attribute of this name is known already');
  expect(await refused({ name: 'x', measure: 'sum' })).toContain('Say of which property');
  expect(await refused({ name: '', measure: 'count' })).toContain('Enter a name');
  expect(await refused({ name: 'x', measure: 'count', event: '' })).toContain('Enter what the event is called');
  expect(await refused({ name: 'x', kind: 'rfm', currency: 'euros' })).toContain('three letters');
  expect(await refused({ name: 'x', measure: 'count', last: 'soon' })).toContain('href="#last"');
  const money = { kind: 'lifetime-value', property: 'total', currency: 'EUR' };
  expect(await refused({ name: 'x', ...money, refund: 'Order Completed' })).toContain(
    'Enter another event than that of orders',
  );
  const kept = await refused({
    name: 'x',
    measure: 'count',
    'where-property-1': 'total',
    'where-op-1': 'lt',
    'where-value-1': 'many',
  });
  expect(kept).toContain('“lt” needs a number');
  expect(kept).toContain('value="many"');
});

test('with a definition go its values and its name', async () => {
  const page = await define({ name: 'gone_soon', measure: 'count', event: 'Order Completed' });
  expect(rowsOf('gone_soon')).toBeGreaterThan(0);
  expect((await house.researcher.post(`${page}/remove`)).status).toBe(303);
  expect(rowsOf('gone_soon')).toBe(0);
  expect((await house.verbatim.store.sources.attributeTypes(house.study.workspaceId, 'person')).has('gone_soon')).toBe(
    false,
  );
  expect((await house.researcher.get(page)).status).toBe(404);
  expect((await house.researcher.get(at)).text).not.toContain('gone_soon');
});

test('everybody is worked out, however many there are and however much one of them did', async () => {
  await doings(Array.from({ length: 600 }, (_, index) => ({ who: `crowd-${index}`, name: 'Seen', daysAgo: 1 })));
  await doings(Array.from({ length: 11_000 }, () => ({ who: 'crowd-300', name: 'Seen', daysAgo: 1 })));
  const page = await define({ name: 'seen', measure: 'count', event: 'Seen' });
  for (let tries = 0; tries < 50 && rowsOf('seen') < 600; tries += 1) await new Promise((go) => setTimeout(go, 100));
  expect(await known('crowd-300')).toEqual({ seen: 11_001 });
  expect(await known('crowd-599')).toEqual({ seen: 1 });
  await house.verbatim.computed.refresh(house.study.workspaceId);
  expect((await house.researcher.get(page)).text).toMatch(/People with a value<\/dt><dd class="num">600/);
}, 60_000);

test('a definition is changed under its name: everybody is worked out anew, and who set what stays known', async () => {
  await doings([
    { who: 'ivo', daysAgo: 1, properties: { revenue: 10, category: 'sofa' } },
    { who: 'ivo', daysAgo: 2, properties: { revenue: 30, category: 'lamp' } },
    { who: 'jan', daysAgo: 3, properties: { revenue: 8, category: 'lamp' } },
  ]);
  const own = await define({
    name: 'changing',
    measure: 'count',
    event: 'Order Completed',
    last: '30',
    'where-property-1': 'category',
    'where-op-1': 'in',
    'where-value-1': 'sofa; lamp',
  });
  await settled();
  expect([(await known('ivo'))['changing'], (await known('jan'))['changing']]).toEqual([2, 1]);

  const form = Object.fromEntries(fieldsOf((await house.researcher.get(`${own}/change`)).text, `${own}/change`));
  expect(form).toMatchObject({
    event: ['Order Completed'],
    last: ['30'],
    'where-property-1': ['category'],
    'where-value-1': ['sofa; lamp'],
  });
  expect(Object.keys(form)).not.toContain('name');
  clock.forward(60_000);
  const changed = await house.researcher.post(`${own}/change`, {
    ...form,
    measure: 'last',
    property: 'category',
    'where-value-1': 'sofa',
  });
  expect(changed.status).toBe(303);
  await settled();
  // What was a number is a word now, and whoever has none of it has no value.
  expect([(await known('ivo'))['changing'], (await known('jan'))['changing']]).toEqual(['sofa', undefined]);
  const page = (await house.researcher.get(own)).text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(page).toMatch(/Last of category over “Order Completed” where category is one of sofa.*Since .* UTC, by Ada\./);
  expect(page).toMatch(/What it was before Count over “Order Completed” .* from .* UTC to .* UTC, by Ada/);

  const late = await house.researcher.post(`${own}/change`, { ...form, measure: 'count' });
  expect(late.status).toBe(409);
  const version = fieldsOf((await house.researcher.get(`${own}/change`)).text, `${own}/change`).get('version') ?? [];
  const other = await house.researcher.post(`${own}/change`, {
    ...form,
    version: version[0] ?? '',
    kind: 'rfm',
    currency: 'EUR',
  });
  expect(other.status).toBe(422);
  expect(other.text).toContain('define a new one, and end this');
});

test('a definition that was changed while it was being worked out is worked out again', async () => {
  const { computed, store } = house.verbatim;
  const { workspaceId } = house.study;
  const own = await define({ name: 'raced', measure: 'count', event: 'Order Completed' });
  const find = async () => store.computed.find(workspaceId, own.split('/').at(-1) ?? '');
  const before = await find();
  if (!before) throw new Error('It is not there');
  await computed.redefine(
    before,
    before.version,
    { kind: 'measure', measure: 'sum', event: 'Order Completed', property: 'revenue' },
    null,
  );
  // What a refresh that began before comes to is not taken for the new one.
  const summary = { people: 0, leftOut: { otherCurrency: 0, noAmount: 0 }, distributions: [] };
  await store.computed.settle(before, {
    seq: 1,
    refreshedAt: clock.now().toISOString(),
    tookMs: 1,
    refused: null,
    summary,
  });
  expect((await find())?.refreshedAt).toBeNull();
  await computed.refresh(workspaceId);
  expect((await find())?.refreshedAt).not.toBeNull();
  expect((await known('jan'))['raced']).toBe(8);
});

test('one that is ended keeps its values and is worked out no longer, until it is taken up again', async () => {
  const own = await define({ name: 'ending', measure: 'count', event: 'Order Completed' });
  await doings([{ who: 'kim', daysAgo: 1 }]);
  await refresh();
  expect((await known('kim'))['ending']).toBe(1);
  expect((await house.researcher.post(`${own}/end`)).status).toBe(303);
  await doings([{ who: 'kim', daysAgo: 0 }]);
  await refresh();
  expect((await known('kim'))['ending']).toBe(1);
  const page = (await house.researcher.get(own)).text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(page).toMatch(/Ended on .* UTC by Ada/);
  expect(page).not.toContain('Change the definition');
  expect((await house.researcher.get(at)).text).toMatch(/ended on/);
  expect((await house.researcher.post(`${own}/resume`)).status).toBe(303);
  await settled();
  expect((await known('kim'))['ending']).toBe(2);
});
