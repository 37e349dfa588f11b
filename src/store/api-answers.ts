import type { Kysely, Selectable } from 'kysely';
import { isUniqueViolation } from './dialect.ts';
import type { Tables } from './tables.ts';

export type ApiAnswer = Selectable<Tables['apiAnswers']>;

/** What was answered to requests that carry a name of their own, so that they may be sent again. */
export function apiAnswerStore(db: Kysely<Tables>) {
  const find = async (keyId: number, name: string): Promise<ApiAnswer | null> =>
    (await db
      .selectFrom('apiAnswers')
      .selectAll()
      .where('keyId', '=', keyId)
      .where('name', '=', name)
      .executeTakeFirst()) ?? null;
  return {
    find,
    /** Takes a name for a request; what stands under it where somebody was faster. */
    begin: async (keyId: number, name: string, requestHash: string, at: string): Promise<ApiAnswer | 'begun'> => {
      try {
        await db
          .insertInto('apiAnswers')
          .values({ keyId, name, requestHash, status: null, headers: null, body: null, createdAt: at })
          .execute();
        return 'begun';
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const found = await find(keyId, name);
        if (!found) throw error;
        return found;
      }
    },
    end: async (
      keyId: number,
      name: string,
      answer: { status: number; headers: string; body: string },
    ): Promise<void> => {
      await db.updateTable('apiAnswers').set(answer).where('keyId', '=', keyId).where('name', '=', name).execute();
    },
    /** Gives a name back, for a request that came to nothing. */
    release: async (keyId: number, name: string): Promise<void> => {
      await db.deleteFrom('apiAnswers').where('keyId', '=', keyId).where('name', '=', name).execute();
    },
    forgetBefore: async (at: string): Promise<void> => {
      await db.deleteFrom('apiAnswers').where('createdAt', '<', at).execute();
    },
  };
}
