import type { AttributeFamily, AttributeValue } from '../../src/model/attribute.ts';
import type { Database } from '../../src/store/database.ts';
import { newPublicId } from '../../src/store/identifiers.ts';

export type ToKnow = {
  externalId: string;
  attributes?: Record<string, AttributeValue>;
  family?: AttributeFamily;
};

/**
 * People by an id of their own with what is known of them, straight into the tables, as installations have them that are
 * older than the log of events: the same on both engines. Those who are there already are the same.
 *
 * @returns their numbers, in the order they were asked for
 */
export async function knowPeople(
  { kysely }: Database,
  workspaceId: number,
  list: readonly ToKnow[],
  at: string,
): Promise<number[]> {
  const ids: number[] = [];
  for (const { externalId, attributes = {}, family = 'other' } of list) {
    const known = await kysely
      .selectFrom('personIdentities')
      .select('personId')
      .where('workspaceId', '=', workspaceId)
      .where('kind', '=', 'external')
      .where('value', '=', externalId)
      .executeTakeFirst();
    const personId = known?.personId ?? (await addPerson({ kysely }, workspaceId, externalId, at));
    for (const [name, value] of Object.entries(attributes))
      await kysely
        .insertInto('attributes')
        .values({ workspaceId, personId, name, family, value: JSON.stringify(value), source: 'test', recordedAt: at })
        .execute();
    ids.push(personId);
  }
  return ids;
}

async function addPerson(
  { kysely }: Pick<Database, 'kysely'>,
  workspaceId: number,
  externalId: string,
  at: string,
): Promise<number> {
  const { id } = await kysely
    .insertInto('people')
    .values({ workspaceId, publicId: newPublicId(), createdAt: at, erasedAt: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  await kysely
    .insertInto('personIdentities')
    .values({ workspaceId, kind: 'external', value: externalId, personId: id })
    .execute();
  return id;
}
