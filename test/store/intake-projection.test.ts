import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventMessage, MessageBody, MessageKind } from '../../src/model/event-message.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { packMessage } from '../../src/store/intake-log.ts';
import { intakeProjector } from '../../src/store/intake-projection.ts';
import { projector } from '../../src/store/projections.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';
import { recordOf } from '../support/records.ts';

describe.each(engines)('what is made of intake on %s', (_, open) => {
  let engine: OpenEngine;
  let here: Awaited<ReturnType<typeof plantRows>>;
  let projections: ReturnType<typeof intakeProjector>;
  beforeAll(async () => {
    engine = await open();
    here = await plantRows(engine.database);
    projections = intakeProjector(engine.database);
  });
  afterAll(() => engine.close());

  let minute = 0;
  type Told = Partial<Omit<EventMessage, 'body'>> & { kind: MessageKind } & MessageBody;
  /** One message after the other, a minute apart; each in a batch of its own unless they are told together. */
  const tell = async (...told: Told[]) => {
    await engine.intake.append({
      workspaceId: here.workspaceId,
      sourceId: null,
      receivedAt: here.at,
      messages: told.map(({ kind, name = '', userId = null, anonymousId = null, occurredAt, messageId, ...body }) => {
        minute += 1;
        const at = occurredAt ?? new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
        const message = { kind, name, userId, anonymousId, occurredAt: at, messageId: null, body };
        return packMessage(message, messageId ?? newPublicId(), JSON.stringify(body));
      }),
    });
    await catchUp();
  };
  const catchUp = async () => {
    while ((await projections.projectBatch(7)) > 0);
  };
  const idOf = async (kind: string, value: string) =>
    (
      await engine.database.kysely
        .selectFrom('personIdentities')
        .select('personId')
        .where('workspaceId', '=', here.workspaceId)
        .where('kind', '=', kind)
        .where('value', '=', value)
        .executeTakeFirst()
    )?.personId;
  /** Who somebody is today: the canonical person of an id. */
  const who = async (kind: 'external' | 'anonymous', value: string) => {
    const id = await idOf(kind, value);
    return id === undefined ? null : (await here.store.people.sameAs(Number(id)))[0];
  };
  const doneBy = async (userId: string) => {
    const people = await here.store.people.sameAs(Number(await idOf('external', userId)));
    const rows = await engine.database.kysely
      .selectFrom('events')
      .select('name')
      .where('personId', 'in', people)
      .orderBy('seq')
      .execute();
    return rows.map(({ name }) => name);
  };
  const known = async (userId: string) => here.store.people.attributesOf(Number(await idOf('external', userId)));
  const valueIn = async (userId: string, name: string) => (await known(userId)).get(name)?.value;
  const rowsOf = async (name: string) =>
    engine.database.kysely
      .selectFrom('attributes')
      .select(['value', 'recordedAt'])
      .where('name', '=', name)
      .orderBy('id')
      .execute();
  const track = (name: string, more: Partial<Told>): Told => ({ kind: 'track', name, properties: {}, ...more });

  test('what an anonymous visitor did belongs to the person they turn out to be', async () => {
    await tell(track('Looked', { anonymousId: 'a1' }), track('Looked again', { anonymousId: 'a1' }));
    expect(await who('external', 'u1')).toBeNull();
    await tell({ kind: 'identify', userId: 'u1', anonymousId: 'a1', traits: {} }, track('Bought', { userId: 'u1' }));
    await tell(track('Came back', { anonymousId: 'a1' }));
    expect(await doneBy('u1')).toEqual(['Looked', 'Looked again', 'Bought', 'Came back']);
    expect(await who('anonymous', 'a1')).toBe(await who('external', 'u1'));
  });

  test('also when all of it comes in one batch, when the identify was lost, and when it is said again', async () => {
    await tell(
      track('One', { anonymousId: 'a2' }),
      { kind: 'identify', userId: 'u2', anonymousId: 'a2', traits: {} },
      track('Two', { anonymousId: 'a2' }),
      { kind: 'identify', userId: 'u2', anonymousId: 'a2', traits: {} },
    );
    await tell(track('One', { anonymousId: 'a3' }));
    await tell(track('Two', { userId: 'u3', anonymousId: 'a3' }));
    await tell({ kind: 'identify', userId: 'u3', anonymousId: 'a3', traits: {} });
    expect([await doneBy('u2'), await doneBy('u3')]).toEqual([
      ['One', 'Two'],
      ['One', 'Two'],
    ]);
  });

  test('a device that a second person uses stays the first one’s, and the second keeps what they did under their own id', async () => {
    await tell({ kind: 'identify', userId: 'u4', anonymousId: 'a4', traits: {} });
    await tell(
      { kind: 'identify', userId: 'u5', anonymousId: 'a4', traits: {} },
      track('Mine', { userId: 'u5', anonymousId: 'a4' }),
    );
    await tell(track('Nobody’s', { anonymousId: 'a4' }), { kind: 'alias', userId: 'u5', previousId: 'a4' });
    expect(await who('external', 'u5')).not.toBe(await who('external', 'u4'));
    expect([await doneBy('u4'), await doneBy('u5')]).toEqual([['Nobody’s'], ['Mine']]);
  });

  test('several devices of one person, some met before they were known, are one person', async () => {
    await tell(track('Phone', { anonymousId: 'a6' }), track('Laptop', { anonymousId: 'a7' }));
    await tell(
      { kind: 'identify', userId: 'u6', anonymousId: 'a6', traits: {} },
      { kind: 'identify', userId: 'u6', anonymousId: 'a7', traits: {} },
    );
    expect(await doneBy('u6')).toEqual(['Phone', 'Laptop']);
  });

  test('an alias joins either way round, as often as it is said, whichever id came first', async () => {
    await tell(track('Before', { anonymousId: 'a8' }));
    for (let again = 0; again < 2; again += 1) {
      await tell({ kind: 'alias', userId: 'u8', previousId: 'a8' });
      await tell({ kind: 'alias', userId: 'a8', previousId: 'u8' });
    }
    expect(await doneBy('u8')).toEqual(['Before']);

    await tell(track('Old', { userId: 'old9' }), track('New', { userId: 'new9' }));
    await tell(
      { kind: 'alias', userId: 'new9', previousId: 'old9' },
      { kind: 'alias', userId: 'old9', previousId: 'new9' },
    );
    expect(await doneBy('new9')).toEqual(['Old', 'New']);
    expect(await doneBy('old9')).toEqual(['Old', 'New']);

    await tell({ kind: 'alias', userId: 'u10', previousId: 'p10' });
    await tell(track('As a user', { userId: 'p10' }), track('As a browser', { anonymousId: 'p10' }));
    expect(await doneBy('u10')).toEqual(['As a user', 'As a browser']);

    // Long chains end at one person.
    for (const [one, other] of [
      ['c1', 'c2'],
      ['c3', 'c4'],
      ['c2', 'c3'],
    ] as const)
      await tell({ kind: 'alias', previousId: one, userId: other });
    expect(new Set(await Promise.all(['c1', 'c2', 'c3', 'c4'].map((one) => who('external', one)))).size).toBe(1);
  });

  test('whoever was merged is not listed, and the list shows a person’s own id', async () => {
    await tell(track('Looked', { anonymousId: 'a11' }));
    await tell({ kind: 'identify', userId: 'u11', anonymousId: 'a11', traits: {} });
    await tell(track('Looked', { userId: 'u11', anonymousId: 'a12' }));
    const list = await here.store.people.list(here.workspaceId, 0, 1000);
    expect(
      list.filter(({ identity }) => ['u11', 'a11', 'a12'].includes(identity ?? '')).map(({ identity }) => identity),
    ).toEqual(['u11']);
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    expect(list).toHaveLength(await here.store.people.count(here.workspaceId));
    const id = Number(await idOf('external', 'u11'));
    expect((await here.store.people.identities([id])).get(id)).toBe('u11');
  });

  test('another workspace knows nobody of this one', async () => {
    const other = await plantRows(engine.database);
    await tell({ kind: 'identify', userId: 'wall', traits: { plan: 'Pro' } });
    await engine.intake.append({
      workspaceId: other.workspaceId,
      sourceId: null,
      receivedAt: here.at,
      messages: [[newPublicId(), 'identify', '', 'wall', null, '{"traits":{}}', here.at, null]],
    });
    await catchUp();
    const there = (await other.store.people.byExternalIds(other.workspaceId, ['wall'])).get('wall');
    expect(there).toBeDefined();
    expect(Number(there)).not.toBe(Number(await idOf('external', 'wall')));
    expect((await other.store.people.attributesOf(Number(there))).size).toBe(0);
    expect((await other.store.sources.attributeTypes(other.workspaceId, 'person')).size).toBe(0);
  });

  test('nested traits are attributes by their path, lists stay lists, families follow from names', async () => {
    await tell({
      kind: 'identify',
      userId: 'u20',
      traits: {
        age: 34,
        birthday: '1991-05-01',
        address: { city: 'Ulm', geo: { lat: 48.4 } },
        company: { name: 'Acme', employee_count: 12 },
        tags: ['a', 'b'],
        ltv: 99.5,
        plan: 'Pro',
        fan: false,
        nothing: null,
      },
      context: { technology: { device: 'phone', os: 'iOS' } },
    });
    expect(
      Object.fromEntries([...(await known('u20'))].map(([name, { value, family }]) => [name, [value, family]])),
    ).toEqual({
      age: [34, 'demographic'],
      birthday: ['1991-05-01', 'demographic'],
      'address.city': ['Ulm', 'geographic'],
      'address.geo.lat': [48.4, 'geographic'],
      'company.name': ['Acme', 'firmographic'],
      'company.employee_count': [12, 'firmographic'],
      tags: [['a', 'b'], 'other'],
      ltv: [99.5, 'value'],
      plan: ['Pro', 'other'],
      fan: [false, 'other'],
      device: ['phone', 'technographic'],
      os: ['iOS', 'technographic'],
    });
  });

  test('a value that did not change is not written again, and one told late does not undo a newer one', async () => {
    const say = (value: string, occurredAt: string) =>
      tell({ kind: 'identify', userId: 'u21', traits: { tier: value }, occurredAt });
    await say('Free', '2026-02-01T00:00:00.000Z');
    await say('Free', '2026-02-02T00:00:00.000Z');
    await say('Pro', '2026-02-03T00:00:00.000Z');
    await say('Basic', '2026-02-02T12:00:00.000Z');
    await tell(
      { kind: 'identify', userId: 'u21', traits: { tier: 'Pro' }, occurredAt: '2026-02-04T00:00:00.000Z' },
      { kind: 'identify', userId: 'u21', traits: { tier: 'Pro' }, occurredAt: '2026-02-05T00:00:00.000Z' },
    );
    expect(await valueIn('u21', 'tier')).toBe('Pro');
    expect((await rowsOf('tier')).map(({ value }) => value)).toEqual(['"Free"', '"Pro"', '"Basic"']);
  });

  test('what an anonymous visitor was known by holds after they are known, unless something newer does', async () => {
    await tell({ kind: 'identify', anonymousId: 'a22', traits: { colour: 'red', size: 'M' } });
    await tell({ kind: 'identify', userId: 'u22', anonymousId: 'a22', traits: { colour: 'blue', size: 'M' } });
    expect([await valueIn('u22', 'colour'), await valueIn('u22', 'size')]).toEqual(['blue', 'M']);
    expect(await rowsOf('size')).toHaveLength(1);
  });

  test('an attribute has one type: numbers in words are numbers, and what does not fit makes it text', async () => {
    await tell({ kind: 'identify', userId: 'u23', traits: { visits: 5 } });
    await tell({ kind: 'identify', userId: 'u24', traits: { visits: '7' } });
    expect(await valueIn('u24', 'visits')).toBe(7);
    await tell({ kind: 'identify', userId: 'u25', traits: { visits: 'many' } });
    await tell({ kind: 'identify', userId: 'u26', traits: { visits: 8 } });
    expect([await valueIn('u25', 'visits'), await valueIn('u26', 'visits')]).toEqual(['many', '8']);
    expect((await here.store.sources.attributeTypes(here.workspaceId, 'person')).get('visits')).toMatchObject({
      type: 'text',
      isSet: false,
    });
  });

  test('a type that somebody chose holds for what came and for what comes', async () => {
    await tell({ kind: 'identify', userId: 'u27', traits: { floor: '4' } });
    expect(await valueIn('u27', 'floor')).toBe('4');
    expect(
      await here.store.sources.setAttributeType(here.workspaceId, 'floor', { type: 'number', family: 'demographic' }),
    ).toBe(true);
    expect((await known('u27')).get('floor')).toMatchObject({ value: 4, family: 'demographic' });
    await tell({ kind: 'identify', userId: 'u28', traits: { floor: '5' } });
    await tell({ kind: 'identify', userId: 'u29', traits: { floor: 'attic' } });
    expect((await known('u28')).get('floor')).toMatchObject({ value: 5, family: 'demographic' });
    expect(await valueIn('u29', 'floor')).toBe('attic');
    expect((await here.store.sources.attributeTypes(here.workspaceId, 'person')).get('floor')).toEqual({
      type: 'number',
      family: 'demographic',
      isSet: true,
    });
    const nobodys = { type: 'text', family: 'other' } as const;
    expect(await here.store.sources.setAttributeType(here.workspaceId, 'nobody has it', nobodys)).toBe(false);
  });

  test('a group is a company with members and what is known of it', async () => {
    await tell({
      kind: 'group',
      userId: 'u30',
      groupId: 'acme',
      traits: { name: 'Acme', employees: '120', plan: 'Team' },
    });
    await tell({ kind: 'group', userId: 'u31', groupId: 'acme', traits: { plan: 'Team' } });
    await tell({ kind: 'group', userId: 'u31', groupId: 'acme', traits: { plan: 'Firm', address: { country: 'NL' } } });
    await tell({ kind: 'group', groupId: 'alone', traits: {} });
    const { kysely } = engine.database;
    const companies = await kysely
      .selectFrom('companies')
      .selectAll()
      .where('workspaceId', '=', here.workspaceId)
      .orderBy('id')
      .execute();
    expect(companies.map(({ externalId, name }) => [externalId, name])).toEqual([
      ['acme', 'Acme'],
      ['alone', 'alone'],
    ]);
    const members = await kysely.selectFrom('companyMembers').select('personId').execute();
    expect(members.map(({ personId }) => Number(personId))).toEqual([
      Number(await idOf('external', 'u30')),
      Number(await idOf('external', 'u31')),
    ]);
    const facts = await kysely
      .selectFrom('companyAttributes')
      .select(['name', 'value', 'family'])
      .orderBy('id')
      .execute();
    expect(facts.map(({ name, value, family }) => [name, JSON.parse(value), family])).toEqual([
      ['name', 'Acme', 'firmographic'],
      ['employees', 120, 'firmographic'],
      ['plan', 'Team', 'firmographic'],
      ['plan', 'Firm', 'firmographic'],
      ['address.country', 'NL', 'geographic'],
    ]);
  });

  test('events carry what they were told with, and only doings are events', async () => {
    await tell(
      track('Order Completed', { userId: 'u32', properties: { revenue: 12.5 }, context: { locale: 'nl-NL' } }),
      { kind: 'page', name: 'Home', userId: 'u32', properties: { path: '/' } },
      { kind: 'screen', name: 'Start', userId: 'u32' },
      { kind: 'identify', userId: 'u32', traits: {} },
    );
    const rows = await engine.database.kysely
      .selectFrom('events')
      .select(['kind', 'name', 'properties', 'context'])
      .where('personId', '=', Number(await idOf('external', 'u32')))
      .orderBy('seq')
      .execute();
    expect(rows).toEqual([
      { kind: 'track', name: 'Order Completed', properties: '{"revenue":12.5}', context: '{"locale":"nl-NL"}' },
      { kind: 'page', name: 'Home', properties: '{"path":"/"}', context: '{}' },
      { kind: 'screen', name: 'Start', properties: '{}', context: '{}' },
    ]);
    expect(await here.store.people.moneyEvents(here.workspaceId)).toEqual([
      { personId: Number(await idOf('external', 'u32')), amount: 12.5, currency: null },
    ]);
  });

  test('a group says the role of the person in the company: the last said holds, and it is no attribute of the company', async () => {
    const { kysely } = engine.database;
    const group = (userId: string, traits: Record<string, unknown>, occurredAt: string) => ({
      kind: 'group' as const,
      userId,
      groupId: 'roles',
      traits,
      occurredAt,
    });
    await tell(
      group('u40', { buyingRole: 'decisionMaker', industry: 'travel' }, '2026-03-02T08:00:00.000Z'),
      group('u40', { role: 'User' }, '2026-03-01T08:00:00.000Z'),
      group('u41', { role: 'Head of IT' }, '2026-03-02T08:00:00.000Z'),
    );
    const [company] = await here.store.companies.ofPeople([Number(await idOf('external', 'u40'))]);
    expect(company).toMatchObject({ role: 'decision maker', roleAt: '2026-03-02T08:00:00.000Z' });
    await tell(
      group('u40', { role: 'champion' }, '2026-03-01T09:00:00.000Z'),
      group('u41', { role: 'Champion' }, '2026-03-03T08:00:00.000Z'),
      group('u40', { industry: 'retail' }, '2026-03-04T08:00:00.000Z'),
    );
    const people = await here.store.companies.people(company?.id ?? 0, 0, 10);
    expect(people.map(({ identity, role }) => [identity, role])).toEqual([
      ['u40', 'decision maker'],
      ['u41', 'champion'],
    ]);
    const known = await kysely
      .selectFrom('companyAttributes')
      .select('name')
      .distinct()
      .where('companyId', '=', company?.id ?? 0)
      .execute();
    expect(known).toEqual([{ name: 'industry' }]);
    expect(await here.store.companies.roles(here.workspaceId)).toEqual(['champion', 'decision maker']);
  });

  test('what somebody bought and answered before they were known counts for the person they are', async () => {
    const { kysely } = engine.database;
    await tell(track('Order Completed', { anonymousId: 'a33', properties: { revenue: 30 } }));
    const visitor = Number(await idOf('anonymous', 'a33'));
    const participation = (await here.store.people.participate(here.study.id, [visitor], here.at)).get(visitor) ?? null;
    const response = newPublicId();
    const place = { ...here.place, participationId: participation };
    await engine.responses.append([
      recordOf(response, 0, { place }),
      recordOf(response, 1, { kind: 'completion', page: null, place }),
    ]);
    const answers = projector(engine.database, textKey, () => new Date(here.at));
    while ((await answers.projectBatch(10)) > 0);
    await tell({ kind: 'identify', userId: 'u33', anonymousId: 'a33', traits: {} });
    const known = Number(await idOf('external', 'u33'));
    const orders = await here.store.people.moneyEvents(here.workspaceId);
    expect(orders.filter(({ amount }) => amount === 30).map(({ personId }) => personId)).toEqual([known]);
    const [row] = (await here.store.responses.listWithPeople(here.survey.id)).filter(
      ({ publicId }) => publicId === response,
    );
    expect(Number(row?.personId)).toBe(known);
    expect(
      await kysely
        .selectFrom('events')
        .select('personId')
        .where('name', '=', 'Order Completed')
        .orderBy('seq', 'desc')
        .executeTakeFirst(),
    ).toEqual({ personId: visitor });
  });

  test('made again from nothing they come out the same, and what was known before there were events stays', async () => {
    await knowPeople(
      engine.database,
      here.workspaceId,
      [{ externalId: 'u20', attributes: { imported: 'x' } }],
      here.at,
    );
    const { kysely } = engine.database;
    const all = async () => ({
      events: await kysely.selectFrom('events').selectAll().orderBy('seq').execute(),
      people: await kysely.selectFrom('people').selectAll().orderBy('id').execute(),
      links: await kysely.selectFrom('personLinks').selectAll().orderBy('personId').execute(),
      attributes: await kysely
        .selectFrom('attributes')
        .select(['personId', 'name', 'value', 'recordedAt'])
        .orderBy('name')
        .orderBy('personId')
        .orderBy('recordedAt')
        .execute(),
      facts: await kysely
        .selectFrom('companyAttributes')
        .select(['name', 'value'])
        .orderBy('name')
        .orderBy('id')
        .execute(),
    });
    const before = await all();
    await projections.reset();
    expect(await kysely.selectFrom('events').selectAll().execute()).toEqual([]);
    await catchUp();
    const after = await all();
    // Types are known from the first record on now, so that early values are read as what the attribute has become.
    const settled = ({ attributes, ...rest }: typeof before) => ({
      ...rest,
      attributes: attributes.filter(({ name }) => name !== 'visits'),
    });
    expect(settled(after)).toEqual(settled(before));
  });
});
