import type { Kysely, Selectable } from 'kysely';
import type { ApiScope } from '../model/api-scope.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type ApiKey = Omit<Selectable<Tables['apiKeys']>, 'scopes'> & { scopes: readonly ApiScope[] };
export type ApiKeyOfMaker = ApiKey & { maker: string; makerDisabledAt: string | null };

const read = <Row extends { scopes: string }>(row: Row) => ({
  ...row,
  scopes: JSON.parse(row.scopes) as readonly ApiScope[],
});

/** Keys of programs, known by their hash alone. */
export function apiKeyStore(db: Kysely<Tables>) {
  const withMaker = () =>
    db
      .selectFrom('apiKeys')
      .innerJoin('users', 'users.id', 'apiKeys.madeBy')
      .selectAll('apiKeys')
      .select(['users.name as maker', 'users.disabledAt as makerDisabledAt']);
  return {
    list: async (studyId: number): Promise<ApiKeyOfMaker[]> =>
      (await withMaker().where('apiKeys.studyId', '=', studyId).orderBy('apiKeys.id', 'desc').execute()).map(read),
    /** One that was ended or has run out is found as well: whoever asks has to look. */
    findByHash: async (keyHash: string): Promise<ApiKeyOfMaker | null> => {
      const row = await withMaker().where('apiKeys.keyHash', '=', keyHash).executeTakeFirst();
      return row ? read(row) : null;
    },
    add: async (
      key: Omit<Tables['apiKeys'], 'id' | 'publicId' | 'scopes' | 'usedAt' | 'endedAt'> & {
        scopes: readonly ApiScope[];
      },
    ): Promise<ApiKey> =>
      read(
        await db
          .insertInto('apiKeys')
          .values({
            ...key,
            publicId: newPublicId(),
            scopes: JSON.stringify(key.scopes),
            usedAt: null,
            endedAt: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    /** True for whoever is the first to use it. */
    firstUsed: async (id: number, at: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('apiKeys')
        .set({ usedAt: at })
        .where('id', '=', id)
        .where('usedAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    used: async (id: number, at: string): Promise<void> => {
      await db.updateTable('apiKeys').set({ usedAt: at }).where('id', '=', id).execute();
    },
    /** False when the study has no such key that still opens. */
    end: async (studyId: number, publicId: string, at: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('apiKeys')
        .set({ endedAt: at })
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .where('endedAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
