import { expect, test } from 'vitest';
import { engines } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

test.each(engines)('on %s an address is reached that was told with proof, the last one of these', async (_, open) => {
  const engine = await open();
  const { workspaceId, store, at } = await plantRows(engine.database);
  const { kysely } = engine.database;
  const [own = 0, page = 0] = await knowPeople(
    engine.database,
    workspaceId,
    [{ externalId: 'own', attributes: { email: 'own@people.example' } }, { externalId: 'page@people.example' }],
    at,
  );
  const source = await store.sources.add(
    {
      workspaceId,
      name: 'Site',
      createdBy: null,
      signingSecret: null,
      serverKey: 'sealed',
      serverKeyHash: 'hash',
    },
    at,
  );
  const told = [
    { personId: own, userId: 'own', proof: 'unsigned', name: 'Email', value: 'page@evil.example' },
    { personId: own, userId: 'own', proof: 'wrong', name: 'phone', value: '+49 30 1' },
    { personId: own, userId: 'own', proof: 'unsigned', name: 'first_name', value: 'Ada' },
    { personId: page, userId: 'page@people.example', proof: 'unsigned', name: 'language', value: 'de' },
  ];
  for (const [index, { personId, userId, proof, name, value }] of told.entries()) {
    const record = {
      messageId: `m-${index}`,
      kind: 'identify',
      name: '',
      userId,
      anonymousId: null,
      body: '{}',
      proof,
    };
    const { seq } = await kysely
      .insertInto('intakeRecords')
      .values({ ...record, workspaceId, sourceId: source.id, occurredAt: at, receivedAt: at })
      .returning('seq')
      .executeTakeFirstOrThrow();
    const attribute = { name, value: JSON.stringify(value), family: 'other', source: 'Site', recordedAt: at, seq };
    await kysely
      .insertInto('attributes')
      .values({ ...attribute, workspaceId, personId })
      .execute();
  }
  const contacts = await store.contacts.contacts(workspaceId);
  expect(contacts.get(own)).toEqual({
    address: 'own@people.example',
    phone: null,
    name: 'Ada',
    language: null,
    withheld: null,
  });
  expect(contacts.get(page)).toEqual({ address: null, phone: null, name: null, language: 'de', withheld: 'unproven' });
  await engine.close();
});
