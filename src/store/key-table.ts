import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What a person is called in a study, and who that is. */
export type KeyRow = { id: number; pseudonym: string; person: string; externalIds: string[] };

/** The one place where the names that a study’s files give to people lead to who they are. */
export function keyTableStore(db: Kysely<Tables>) {
  return {
    count: async (studyId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('participations')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('studyId', '=', studyId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** The next rows after one, in the order in which people came to the study, with every id that programs know them by. */
    rows: async (studyId: number, afterId: number, limit: number): Promise<KeyRow[]> => {
      const rows = await db
        .selectFrom('participations')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .select((eb) => [
          'participations.id',
          'participations.pseudonym',
          eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'),
        ])
        .where('participations.studyId', '=', studyId)
        .where('participations.id', '>', afterId)
        .orderBy('participations.id')
        .limit(limit)
        .execute();
      if (rows.length === 0) return [];
      const ids = [...new Set(rows.map(({ personId }) => Number(personId)))];
      const people = new Map(
        (await db.selectFrom('people').select(['id', 'publicId']).where('id', 'in', ids).execute()).map(
          ({ id, publicId }) => [Number(id), publicId],
        ),
      );
      const known = await db
        .selectFrom('personIdentities')
        .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
        .select((eb) => [
          'personIdentities.value',
          eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId').as('personId'),
        ])
        .where('personIdentities.kind', '=', 'external')
        .where((eb) => eb.or([eb('personIdentities.personId', 'in', ids), eb('personLinks.canonicalId', 'in', ids)]))
        .orderBy('personIdentities.id')
        .execute();
      const byPerson = Map.groupBy(known, ({ personId }) => Number(personId));
      return rows.map(({ id, pseudonym, personId }) => ({
        id: Number(id),
        pseudonym,
        person: people.get(Number(personId)) ?? '',
        externalIds: (byPerson.get(Number(personId)) ?? []).map(({ value }) => value),
      }));
    },
  };
}
