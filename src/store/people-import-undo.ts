import { sql, type Transaction } from 'kysely';
import type { MessageBody } from '../model/event-message.ts';
import type { Database } from './database.ts';
import { isForeignKeyViolation, isInList, isInTexts } from './dialect.ts';
import type { Person } from './identity-graph.ts';
import { fromIntakeRow } from './intake-log.ts';
import { intakeProjector } from './intake-projection.ts';
import type { Tables } from './tables.ts';

type Trx = Transaction<Tables>;
type Batch = { id: number; workspaceId: number; publicId: string };
/** A row of the import: what it said, of whom. */
type Said = { seq: number; userId: string; groupId: string | null };

/** What the ids of an import's messages begin with. */
export const importPrefix = ({ publicId }: { publicId: string }): string => `people-import ${publicId} `;

/**
 * Takes the next rows of an import of people back, in one transaction: its records, the values that it brought, and the
 * people of whom nothing else is there. Values that a program told of later, and that were not kept because the import
 * had said the same, are kept then. All its records must have been projected.
 *
 * @returns how many rows were taken back; 0 when none is left
 */
export function peopleImportUndo(database: Database) {
  const { kysely, engine } = database;
  const { rereadAttributes } = intakeProjector(database);

  async function nextRows(trx: Trx, batch: Batch, limit: number): Promise<Said[]> {
    const prefix = importPrefix(batch);
    const rows = await trx
      .selectFrom('intakeRecords')
      .select(['seq', 'userId', 'body'])
      .where('workspaceId', '=', batch.workspaceId)
      .where('messageId', '>=', prefix)
      .where(sql<boolean>`substr(message_id, 1, ${sql.lit(prefix.length)}) = ${prefix}`)
      .orderBy('messageId')
      .limit(limit)
      .execute();
    return rows.map(({ seq, userId, body }) => ({
      seq: Number(seq),
      userId: userId ?? '',
      groupId: (JSON.parse(body) as MessageBody).groupId ?? null,
    }));
  }

  /** Everybody who is one of these people today, with every id they came with. */
  async function everyIdOf(trx: Trx, workspaceId: number, userIds: readonly string[]) {
    const canonicalOf = sql<number>`coalesce(person_links.canonical_id, person_identities.person_id)`;
    const identities = trx
      .selectFrom('personIdentities')
      .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
      .where('personIdentities.workspaceId', '=', workspaceId);
    const named = await identities
      .select([canonicalOf.as('canonicalId')])
      .where('kind', '=', 'external')
      .where((eb) => isInTexts(engine, eb.ref('value'), userIds))
      .execute();
    const canonicalIds = [...new Set(named.map(({ canonicalId }) => Number(canonicalId)))];
    const rows = await identities
      .select(['kind', 'value', 'personIdentities.personId', canonicalOf.as('canonicalId')])
      .where(isInList(engine, canonicalOf, canonicalIds))
      .execute();
    return rows.map(({ kind, value, personId, canonicalId }) => ({
      kind,
      value,
      id: Number(personId),
      canonicalId: Number(canonicalId),
    }));
  }

  /** What else was said of them, oldest first; records that are still to be projected speak for themselves. */
  async function othersWords(trx: Trx, batch: Batch, ids: readonly string[]) {
    const rows = await trx
      .selectFrom('intakeRecords')
      .selectAll()
      .where('workspaceId', '=', batch.workspaceId)
      // In the words of the index that answers this.
      .where(sql<boolean>`kind in ('identify', 'group')`)
      .where(isInTexts(engine, sql`coalesce(user_id, anonymous_id)`, ids))
      .where('seq', '<=', (eb) => eb.selectFrom('watermarks').select('seq').where('name', '=', 'intake'))
      .orderBy('seq')
      .execute();
    const prefix = importPrefix(batch);
    return rows.filter(({ messageId }) => !messageId.startsWith(prefix)).map(fromIntakeRow);
  }

  /** Takes people out of the companies that the import put them in, where nobody else has said so. */
  async function leaveCompanies(
    trx: Trx,
    batch: Batch,
    rows: readonly { groupId: string; personId: number }[],
  ): Promise<void> {
    const found = await trx
      .selectFrom('companies')
      .select(['id', 'externalId'])
      .where('workspaceId', '=', batch.workspaceId)
      .where((eb) =>
        isInTexts(
          engine,
          eb.ref('externalId'),
          rows.map(({ groupId }) => groupId),
        ),
      )
      .execute();
    const companies = new Map(found.map(({ id, externalId }) => [externalId, id]));
    for (const { groupId, personId } of rows)
      await trx
        .deleteFrom('companyMembers')
        .where('companyId', '=', companies.get(groupId) ?? 0)
        .where('personId', '=', personId)
        .execute();
  }

  /** Removes people who have nothing any more; whoever something still points to stays. */
  async function removePeople(trx: Trx, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await sql.raw('savepoint people').execute(trx);
    try {
      await trx
        .deleteFrom('personIdentities')
        .where((eb) => isInList(engine, eb.ref('personId'), ids))
        .execute();
      await trx
        .deleteFrom('people')
        .where((eb) => isInList(engine, eb.ref('id'), ids))
        .execute();
      await sql.raw('release savepoint people').execute(trx);
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      await sql.raw('rollback to savepoint people').execute(trx);
      await sql.raw('release savepoint people').execute(trx);
      if (ids.length > 1) for (const id of ids) await removePeople(trx, [id]);
    }
  }

  return (batch: Batch, limit: number): Promise<number> =>
    kysely.transaction().execute(async (trx) => {
      // Written first, so that nothing is projected meanwhile.
      await trx.updateTable('peopleImports').set({ clearedAt: null }).where('id', '=', batch.id).execute();
      const rows = await nextRows(trx, batch, limit);
      if (rows.length === 0) return 0;
      const seqs = rows.map(({ seq }) => seq);
      const gone = await trx
        .deleteFrom('attributes')
        .where((eb) => isInList(engine, eb.ref('seq'), seqs))
        .returning(['name'])
        .execute();
      await trx
        .deleteFrom('companyAttributes')
        .where((eb) => isInList(engine, eb.ref('seq'), seqs))
        .execute();
      await trx
        .deleteFrom('intakeRecords')
        .where((eb) => isInList(engine, eb.ref('seq'), seqs))
        .execute();

      const ids = await everyIdOf(
        trx,
        batch.workspaceId,
        rows.map(({ userId }) => userId),
      );
      const byId = new Map(ids.map((one) => [`${one.kind} ${one.value}`, one]));
      const others = await othersWords(trx, batch, [...new Set(ids.map(({ value }) => value))]);
      const people = new Map<number, Person>();
      for (const { seq, userId, anonymousId } of others) {
        const person = byId.get(userId === null ? `anonymous ${anonymousId}` : `external ${userId}`);
        if (person) people.set(seq, { id: person.id, canonicalId: person.canonicalId });
      }
      const names = new Set(gone.map(({ name }) => name));
      if (names.size > 0 && others.length > 0) await rereadAttributes(trx, batch.workspaceId, others, people, names);

      const memberships = new Set(
        others.map(({ seq, body }) => `${people.get(seq)?.canonicalId} ${body.groupId ?? ''}`),
      );
      await leaveCompanies(
        trx,
        batch,
        rows.flatMap(({ userId, groupId }) => {
          const person = byId.get(`external ${userId}`);
          return person && groupId !== null && !memberships.has(`${person.canonicalId} ${groupId}`)
            ? [{ groupId, personId: person.id }]
            : [];
        }),
      );

      const spokenOf = new Set([...people.values()].map(({ id }) => id));
      const named = new Set(rows.map(({ userId }) => userId));
      const alone = ids.filter(
        ({ id, kind, canonicalId, value }) =>
          id === canonicalId &&
          kind === 'external' &&
          named.has(value) &&
          !spokenOf.has(id) &&
          ids.filter((one) => one.canonicalId === id).length === 1,
      );
      await removePeople(
        trx,
        alone.map(({ id }) => id),
      );
      return rows.length;
    });
}
