import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type KeptTable = Selectable<Tables['bannerTables']>;

/** Tables of many columns as researchers set them up. */
export function bannerTableStore(db: Kysely<Tables>) {
  return {
    /** The newest first. */
    list: (surveyId: number): Promise<KeptTable[]> =>
      db
        .selectFrom('bannerTables')
        .selectAll()
        .where('surveyId', '=', surveyId)
        .where('removedAt', 'is', null)
        .orderBy('id', 'desc')
        .execute(),
    find: async (surveyId: number, publicId: string): Promise<KeptTable | null> =>
      (await db
        .selectFrom('bannerTables')
        .selectAll()
        .where('surveyId', '=', surveyId)
        .where('publicId', '=', publicId)
        .where('removedAt', 'is', null)
        .executeTakeFirst()) ?? null,
    add: (
      table: Pick<KeptTable, 'studyId' | 'surveyId' | 'name' | 'settings' | 'createdBy'>,
      at: string,
    ): Promise<KeptTable> =>
      db
        .insertInto('bannerTables')
        .values({
          ...table,
          publicId: newPublicId(),
          version: 1,
          createdAt: at,
          changedBy: table.createdBy,
          changedAt: at,
          removedAt: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    /** False when somebody else has changed or removed it since that version. */
    change: async (
      { id, version }: Pick<KeptTable, 'id' | 'version'>,
      to: Pick<KeptTable, 'name' | 'settings' | 'changedBy'>,
      at: string,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('bannerTables')
        .set({ ...to, version: version + 1, changedAt: at })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('removedAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    remove: async (id: number, at: string): Promise<void> => {
      await db
        .updateTable('bannerTables')
        .set({ removedAt: at })
        .where('id', '=', id)
        .where('removedAt', 'is', null)
        .execute();
    },
  };
}
