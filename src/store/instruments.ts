import type { Kysely, Selectable } from 'kysely';
import { InstrumentFile } from '../model/instrument.ts';
import type { LoadedNorm } from '../scales/loaded-norms.ts';
import { isUniqueViolation } from './dialect.ts';
import type { Tables } from './tables.ts';

export type InstrumentVersion = Omit<Selectable<Tables['instrumentVersions']>, 'definition'> & {
  definition: InstrumentFile;
};
export type InstrumentNorms = Omit<Selectable<Tables['instrumentNorms']>, 'norms'> & { norms: LoadedNorm[] };

const asVersion = (row: Selectable<Tables['instrumentVersions']>): InstrumentVersion => ({
  ...row,
  definition: InstrumentFile.parse(JSON.parse(row.definition)),
});

/** Instruments that a workspace entered or changed, version by version, and the norms it brought. */
export function instrumentStore(db: Kysely<Tables>) {
  return {
    /** The newest version of each, by code. */
    list: async (workspaceId: number): Promise<InstrumentVersion[]> =>
      (
        await db
          .selectFrom('instrumentVersions')
          .selectAll()
          .where('workspaceId', '=', workspaceId)
          .where(({ eb, selectFrom }) =>
            eb(
              'number',
              '=',
              selectFrom('instrumentVersions as newest')
                .select(({ fn }) => fn.max('newest.number').as('number'))
                .whereRef('newest.workspaceId', '=', 'instrumentVersions.workspaceId')
                .whereRef('newest.code', '=', 'instrumentVersions.code'),
            ),
          )
          .orderBy('code')
          .execute()
      ).map(asVersion),
    /** All versions of one, the newest first. */
    versions: async (workspaceId: number, code: string): Promise<InstrumentVersion[]> =>
      (
        await db
          .selectFrom('instrumentVersions')
          .selectAll()
          .where('workspaceId', '=', workspaceId)
          .where('code', '=', code)
          .orderBy('number', 'desc')
          .execute()
      ).map(asVersion),
    /** @returns false when somebody else has added this number meanwhile */
    add: async (row: InstrumentVersion): Promise<boolean> => {
      try {
        await db
          .insertInto('instrumentVersions')
          .values({ ...row, definition: JSON.stringify(row.definition) })
          .execute();
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
    /** Forgets every version, with the norms. Surveys keep what they were given. */
    remove: (workspaceId: number, code: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        for (const table of ['instrumentVersions', 'instrumentNorms'] as const)
          await trx.deleteFrom(table).where('workspaceId', '=', workspaceId).where('code', '=', code).execute();
      }),
    norms: async (workspaceId: number, code: string): Promise<InstrumentNorms | null> => {
      const row = await db
        .selectFrom('instrumentNorms')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where('code', '=', code)
        .executeTakeFirst();
      return row ? { ...row, norms: JSON.parse(row.norms) as LoadedNorm[] } : null;
    },
    /** In the place of those before. */
    setNorms: async ({ norms, ...row }: InstrumentNorms): Promise<void> => {
      const written = { ...row, norms: JSON.stringify(norms) };
      await db
        .insertInto('instrumentNorms')
        .values(written)
        .onConflict((on) => on.columns(['workspaceId', 'code']).doUpdateSet(written))
        .execute();
    },
    removeNorms: async (workspaceId: number, code: string): Promise<void> => {
      await db.deleteFrom('instrumentNorms').where('workspaceId', '=', workspaceId).where('code', '=', code).execute();
    },
  };
}
