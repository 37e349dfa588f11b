import type { Insertable, Kysely, Selectable } from 'kysely';
import { isUniqueViolation } from './dialect.ts';
import type { Tables } from './tables.ts';

export type GuideRow = Selectable<Tables['guides']>;
export type NewGuide = Omit<Insertable<Tables['guides']>, 'id' | 'retiredAt'>;

/** Interview guides of studies, version by version; a version is never changed. */
export function guideStore(db: Kysely<Tables>) {
  return {
    add: async (guide: NewGuide): Promise<GuideRow> =>
      asNumbers(
        await db
          .insertInto('guides')
          .values({ ...guide, retiredAt: null })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    /** Null where that version is there already: somebody else was faster. */
    addVersion: async (guide: NewGuide): Promise<GuideRow | null> => {
      try {
        const row = await db
          .insertInto('guides')
          .values({ ...guide, retiredAt: null })
          .returningAll()
          .executeTakeFirstOrThrow();
        return asNumbers(row);
      } catch (error) {
        if (isUniqueViolation(error)) return null;
        throw error;
      }
    },
    /** The newest version of each guide that is in use, by title, with how many interviews follow any of its versions. */
    list: async (studyId: number): Promise<(GuideRow & { uses: number })[]> => {
      const rows = await db
        .selectFrom('guides')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('retiredAt', 'is', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('guides as later')
                .select('later.id')
                .whereRef('later.publicId', '=', 'guides.publicId')
                .whereRef('later.version', '>', 'guides.version'),
            ),
          ),
        )
        .orderBy('title')
        .orderBy('id')
        .execute();
      const uses = await db
        .selectFrom('interviews')
        .innerJoin('guides', 'guides.id', 'interviews.guideId')
        .select(['guides.publicId', ({ fn }) => fn.countAll().as('n')])
        .where('guides.studyId', '=', studyId)
        .groupBy('guides.publicId')
        .execute();
      const count = new Map(uses.map(({ publicId, n }) => [publicId, Number(n)]));
      return rows.map((row) => ({ ...asNumbers(row), uses: count.get(row.publicId) ?? 0 }));
    },
    /** One version, or the newest. */
    find: async (studyId: number, publicId: string, version: number | null = null): Promise<GuideRow | null> => {
      let query = db.selectFrom('guides').selectAll().where('studyId', '=', studyId).where('publicId', '=', publicId);
      if (version !== null) query = query.where('version', '=', version);
      const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst();
      return row ? asNumbers(row) : null;
    },
    findById: async (id: number): Promise<GuideRow | null> => {
      const row = await db.selectFrom('guides').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? asNumbers(row) : null;
    },
    /** Every version, the newest first, with who made it and how many interviews follow it. */
    versions: async (studyId: number, publicId: string) =>
      (
        await db
          .selectFrom('guides')
          .leftJoin('users', 'users.id', 'guides.createdBy')
          .leftJoin('interviews', 'interviews.guideId', 'guides.id')
          .select(['guides.version', 'guides.title', 'guides.createdAt', 'users.name as by'])
          .select(({ fn }) => fn.count('interviews.id').as('uses'))
          .where('guides.studyId', '=', studyId)
          .where('guides.publicId', '=', publicId)
          .groupBy(['guides.id', 'users.name'])
          .orderBy('guides.version', 'desc')
          .execute()
      ).map((row) => ({ ...row, uses: Number(row.uses) })),
    /** Takes a guide out of use, or back into it; interviews that followed it keep their version. */
    retire: async (studyId: number, publicId: string, at: string | null): Promise<void> => {
      await db
        .updateTable('guides')
        .set({ retiredAt: at })
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .execute();
    },
  };
}

/** PostgreSQL gives its large numbers as text. */
const asNumbers = (row: GuideRow): GuideRow => ({ ...row, id: Number(row.id), studyId: Number(row.studyId) });
