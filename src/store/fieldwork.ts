import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import { recentReads } from './recent.ts';
import type { Tables } from './tables.ts';

export type QuotaCell = Selectable<Tables['quotaCells']>;
export type Supplier = Selectable<Tables['suppliers']>;
export type Wave = Selectable<Tables['waves']>;
export type KeptFile = Selectable<Tables['files']>;

/** What runs beside the answers: quota cells, waves, suppliers, single-use links, kept files and the prize draw. */
export function fieldworkStore(db: Kysely<Tables>) {
  /** Asked for by every response that begins. */
  const recent = recentReads<Wave[]>(1_000);
  const readWaves = (surveyId: number): Promise<Wave[]> =>
    db.selectFrom('waves').selectAll().where('surveyId', '=', surveyId).orderBy('number').execute();

  return {
    quotas: (surveyId: number): Promise<QuotaCell[]> =>
      db.selectFrom('quotaCells').selectAll().where('surveyId', '=', surveyId).orderBy('code').execute(),
    /** Replaces the cells of a survey by these; what is filled is counted anew by the caller. */
    setQuotas: (surveyId: number, cells: readonly Omit<QuotaCell, 'surveyId'>[]): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('quotaCells').where('surveyId', '=', surveyId).execute();
        if (cells.length > 0)
          await trx
            .insertInto('quotaCells')
            .values(cells.map((cell) => ({ ...cell, surveyId })))
            .execute();
      }),

    waves: readWaves,
    /** The wave that is being asked at this moment; the latest begun where several are. */
    waveAt: async (surveyId: number, at: string): Promise<Wave | null> =>
      (await recent.read(String(surveyId), () => readWaves(surveyId))).findLast(
        (wave) => wave.startsAt <= at && (wave.endsAt === null || wave.endsAt > at),
      ) ?? null,
    /** The public id of the wave with a number; null when the survey has no such wave, and is then taken as a whole. */
    waveNumbered: async (surveyId: number, number: number): Promise<string | null> =>
      (
        await db
          .selectFrom('waves')
          .select('publicId')
          .where('surveyId', '=', surveyId)
          .where('number', '=', number)
          .executeTakeFirst()
      )?.publicId ?? null,
    addWave: (wave: Omit<Wave, 'id' | 'publicId' | 'number'>): Promise<Wave> =>
      recent.after(() =>
        db.transaction().execute(async (trx) => {
          const last = await trx
            .selectFrom('waves')
            .select(({ fn }) => fn.max('number').as('number'))
            .where('surveyId', '=', wave.surveyId)
            .executeTakeFirst();
          return trx
            .insertInto('waves')
            .values({ ...wave, publicId: newPublicId(), number: Number(last?.number ?? 0) + 1 })
            .returningAll()
            .executeTakeFirstOrThrow();
        }),
      ),
    changeWave: async (
      id: number,
      change: Partial<Pick<Wave, 'name' | 'startsAt' | 'endsAt' | 'target' | 'cost' | 'invited'>>,
    ): Promise<void> => {
      await recent.after(() => db.updateTable('waves').set(change).where('id', '=', id).execute());
    },

    suppliers: (surveyId: number): Promise<Supplier[]> =>
      db.selectFrom('suppliers').selectAll().where('surveyId', '=', surveyId).orderBy('id').execute(),
    findSupplier: async (surveyId: number, publicId: string): Promise<Supplier | null> =>
      (await db
        .selectFrom('suppliers')
        .selectAll()
        .where('surveyId', '=', surveyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    addSupplier: (supplier: Omit<Supplier, 'id' | 'publicId' | 'endedAt'>): Promise<Supplier> =>
      db
        .insertInto('suppliers')
        .values({ ...supplier, publicId: newPublicId(), endedAt: null })
        .returningAll()
        .executeTakeFirstOrThrow(),
    endSupplier: async (id: number, at: string): Promise<void> => {
      await db.updateTable('suppliers').set({ endedAt: at }).where('id', '=', id).execute();
    },

    addSingleLinks: async (surveyId: number, tokenHashes: readonly string[], at: string): Promise<void> => {
      for (let from = 0; from < tokenHashes.length; from += 500)
        await db
          .insertInto('singleLinks')
          .values(tokenHashes.slice(from, from + 500).map((tokenHash) => ({ surveyId, tokenHash, createdAt: at })))
          .execute();
    },
    hasSingleLink: async (surveyId: number, tokenHash: string): Promise<boolean> =>
      (await db
        .selectFrom('singleLinks')
        .select('id')
        .where('surveyId', '=', surveyId)
        .where('tokenHash', '=', tokenHash)
        .executeTakeFirst()) !== undefined,
    countSingleLinks: async (surveyId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('singleLinks')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('surveyId', '=', surveyId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),

    addFile: (file: Omit<KeptFile, 'id' | 'erasedAt'>): Promise<KeptFile> =>
      db
        .insertInto('files')
        .values({ ...file, erasedAt: null })
        .returningAll()
        .executeTakeFirstOrThrow(),
    findFile: async (publicId: string): Promise<KeptFile | null> =>
      (await db.selectFrom('files').selectAll().where('publicId', '=', publicId).executeTakeFirst()) ?? null,
    filesOf: (responseId: string): Promise<KeptFile[]> =>
      db.selectFrom('files').selectAll().where('responseId', '=', responseId).where('erasedAt', 'is', null).execute(),
    markFileErased: async (id: number, at: string): Promise<void> => {
      await db.updateTable('files').set({ erasedAt: at, name: '' }).where('id', '=', id).execute();
    },

    /** False when the response has entered before; the entry itself does not say whose it is. */
    enterDraw: (surveyId: number, contact: string, claim: string, responseId: string, at: string): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('claims')
          // The day alone, so that the two cannot be joined by their times.
          .values({ name: claim, responseId, madeAt: at.slice(0, 10) })
          .onConflict((on) => on.column('name').doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) return false;
        await trx
          .insertInto('drawEntries')
          .values({ surveyId, contact, enteredOn: at.slice(0, 10) })
          .execute();
        return true;
      }),
    /** Whether an entry was made under a claim; which one it is, nobody can tell. */
    isInDraw: async (claim: string): Promise<boolean> =>
      (await db.selectFrom('claims').select('name').where('name', '=', claim).executeTakeFirst()) !== undefined,
    drawEntries: (surveyId: number) =>
      db
        .selectFrom('drawEntries')
        .select(['contact', 'enteredOn'])
        .where('surveyId', '=', surveyId)
        // By what was written, not by when: the order of arrival would lead back to the responses.
        .orderBy('contact')
        .execute(),
  };
}
