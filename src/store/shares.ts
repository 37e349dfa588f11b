import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

export type Share = Selectable<Tables['shares']>;
export type NewShare = Pick<
  Share,
  'studyId' | 'publicId' | 'tokenHash' | 'name' | 'audience' | 'isPlaying' | 'createdBy' | 'expiresAt'
> & { personaIds: readonly number[] };
export type Visits = { opened: number; played: number };

/** Links by which readers without an account see personas. */
export function shareStore(db: Kysely<Tables>) {
  return {
    add: (share: NewShare, at: string): Promise<Share> =>
      db.transaction().execute(async (trx) => {
        const { personaIds, ...row } = share;
        const added = await trx
          .insertInto('shares')
          .values({ ...row, createdAt: at })
          .returningAll()
          .executeTakeFirstOrThrow();
        await trx
          .insertInto('sharePersonas')
          .values(personaIds.map((personaId, position) => ({ shareId: added.id, personaId, position })))
          .execute();
        return asShare(added);
      }),
    /** Links of a study, the latest first. */
    list: async (studyId: number): Promise<Share[]> =>
      (await db.selectFrom('shares').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').execute()).map(
        asShare,
      ),
    find: async (studyId: number, publicId: string): Promise<Share | null> => {
      const row = await db
        .selectFrom('shares')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asShare(row) : null;
    },
    /** Whether or not it still opens. */
    byToken: async (tokenHash: string): Promise<Share | null> => {
      const row = await db.selectFrom('shares').selectAll().where('tokenHash', '=', tokenHash).executeTakeFirst();
      return row ? asShare(row) : null;
    },
    /** The personas of links that were not removed since, in their order. */
    personasOf: async (
      shareIds: readonly number[],
    ): Promise<{ shareId: number; personaId: number; publicId: string }[]> =>
      shareIds.length === 0
        ? []
        : (
            await db
              .selectFrom('sharePersonas')
              .innerJoin('personas', 'personas.id', 'sharePersonas.personaId')
              .select(['sharePersonas.shareId', 'sharePersonas.personaId', 'personas.publicId'])
              .where('sharePersonas.shareId', 'in', shareIds)
              .where('personas.removedAt', 'is', null)
              .orderBy('sharePersonas.shareId')
              .orderBy('sharePersonas.position')
              .execute()
          ).map((row) => ({ ...row, shareId: Number(row.shareId), personaId: Number(row.personaId) })),
    /** False where it was revoked before. */
    revoke: async (id: number, by: number | null, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('shares')
          .set({ revokedAt: at, revokedBy: by })
          .where('id', '=', id)
          .where('revokedAt', 'is', null)
          .executeTakeFirst()
      ).numUpdatedRows === 1n,

    /** Counts one more of a day, and says how many that makes. */
    count: async (shareId: number, personaId: number, day: string, what: 'opened' | 'played'): Promise<number> => {
      const counted = await db
        .insertInto('shareVisits')
        .values({ shareId, personaId, day, [what]: 1 })
        .onConflict((conflict) =>
          conflict
            .columns(['shareId', 'personaId', 'day'])
            .doUpdateSet((eb) => ({ [what]: eb(`shareVisits.${what}`, '+', 1) })),
        )
        .returning(what)
        .executeTakeFirstOrThrow();
      return Number(counted[what]);
    },
    /** How often each link was followed, by its number. */
    visitsOf: async (studyId: number): Promise<Map<number, Visits>> => {
      const rows = await db
        .selectFrom('shareVisits')
        .innerJoin('shares', 'shares.id', 'shareVisits.shareId')
        .select(({ fn }) => [
          'shareVisits.shareId',
          fn.sum<number>('shareVisits.opened').as('opened'),
          fn.sum<number>('shareVisits.played').as('played'),
        ])
        .where('shares.studyId', '=', studyId)
        .groupBy('shareVisits.shareId')
        .execute();
      return new Map(
        rows.map(({ shareId, opened, played }) => [
          Number(shareId),
          { opened: Number(opened), played: Number(played) },
        ]),
      );
    },
  };
}

/** PostgreSQL gives its large numbers as text. */
const asShare = (row: Share): Share => ({ ...row, id: Number(row.id), studyId: Number(row.studyId) });
