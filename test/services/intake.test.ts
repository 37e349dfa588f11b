import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openHouse } from '../support/house.ts';

const NAMES = [
  'ada',
  'bea',
  'cai',
  '__proto__',
  'constructor',
  'a\u0000b',
  'half \ud83d',
  '😀',
  ' ',
  "o'clock",
  '%_',
  '1',
  '01',
];
const name = fc.constantFrom(...NAMES);
const values = fc.dictionary(fc.oneof(name, fc.string({ maxLength: 8 })), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 4,
});
const message = fc.record(
  {
    type: fc.constantFrom('identify', 'track', 'page', 'screen', 'group', 'alias', 'nothing'),
    userId: fc.oneof(name, fc.integer(), fc.jsonValue()),
    anonymousId: name,
    previousId: name,
    groupId: name,
    event: fc.oneof(name, fc.string()),
    name,
    traits: fc.oneof(values, fc.jsonValue()),
    properties: fc.oneof(values, fc.jsonValue()),
    context: fc.oneof(
      fc.record({ page: values, device: values, os: values, location: values, userAgent: fc.string(), traits: values }),
      fc.jsonValue(),
    ),
    timestamp: fc.oneof(fc.date({ noInvalidDate: false }).map(String), fc.double(), fc.constant('2026-01-01')),
    sentAt: fc.oneof(fc.double(), fc.constant('2026-01-01T00:00:00Z')),
    messageId: fc.string({ maxLength: 3 }),
  },
  { requiredKeys: ['type'] },
);

test('whatever is told, all that can be kept is kept once, everybody is one person in the end, and nothing stands still', async () => {
  await using house = await openHouse();
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const source = await verbatim.sources.add(study.workspaceId, 'Shop', null);
  const runs = process.env['PROVE'] === '1' ? 400 : 40;
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 30 }), async (messages) => {
      const { kept, faults } = await verbatim.intake.collect(source, { messages });
      expect(kept + faults.length).toBe(messages.length);
      const previews = await verbatim.intake.preview(source, { messages });
      expect(previews.filter(({ isKept }) => isKept)).toHaveLength(kept);
      await verbatim.logs.settle();
    }),
    { numRuns: runs, seed: 7 },
  );
  expect(house.reported).toEqual([]);
  const count = (sql: string) => verbatim.connection.prepare(sql).pluck().get();
  expect(count("select seq = (select max(seq) from intake_records) from watermarks where name = 'intake'")).toBe(1);
  expect(count('select count(*) from events')).toBe(
    count("select count(*) from intake_records where kind in ('track', 'page', 'screen')"),
  );
  // Nobody is somebody who is somebody else, and nobody is there without an id.
  expect(count('select count(*) from person_links where canonical_id in (select person_id from person_links)')).toBe(0);
  expect(count('select count(*) from people where id not in (select person_id from person_identities)')).toBe(0);
  for (const value of verbatim.connection.prepare('select value from attributes').pluck().all() as string[])
    expect(JSON.parse(value)).not.toBeNull();
});

test('what our own doors tell goes the same road, with the families and the source they are sure of', async () => {
  await using house = await openHouse();
  const { verbatim } = house;
  const { workspaceId } = await verbatim.studies.addTo('A study', null, null, null);
  const attribute = (value: string, source: string) => ({
    name: 'style',
    family: 'psychographic' as const,
    value,
    source,
  });
  const [ada = 0, bea] = await verbatim.intake.people(workspaceId, [
    { externalId: 'ada', attributes: [attribute('calm', 'Shop')] },
    { externalId: 'bea', attributes: [] },
  ]);
  expect(ada).not.toBe(bea);
  expect(
    await verbatim.intake.people(workspaceId, [{ externalId: 'ada', attributes: [attribute('loud', 'Panel')] }]),
  ).toEqual([ada]);
  expect((await verbatim.store.people.attributesOf(ada)).get('style')).toMatchObject({
    value: 'loud',
    family: 'psychographic',
    source: 'Panel',
  });
  const event = {
    externalId: 'ada',
    messageId: 'm1',
    name: 'Order Completed',
    occurredAt: '2026-01-01T00:00:00.000Z',
    properties: { revenue: 7 },
  };
  await verbatim.intake.events(workspaceId, [event, event]);
  await verbatim.logs.settle();
  expect(await verbatim.store.people.moneyEvents(workspaceId)).toEqual([{ personId: ada, amount: 7, currency: null }]);
  expect(await verbatim.logs.intake.count()).toBe(4);
});
