import { type Kysely, sql } from 'kysely';
import type { Engine } from './dialect.ts';
import type { Tables } from './tables.ts';

/** What an administrator sees of an installation: how much there is, never what. */
export function instanceFigureStore(db: Kysely<Tables>, engine: Engine) {
  const countOf = async (query: { execute: () => Promise<{ n: unknown }[]> }): Promise<number> =>
    Number((await query.execute())[0]?.n ?? 0);
  return {
    /** Accounts that are open, and those among them that no second factor guards. */
    accounts: async (): Promise<{ open: number; withoutSecondFactor: number }> => {
      const open = db
        .selectFrom('users')
        .where('disabledAt', 'is', null)
        .select(({ fn }) => fn.countAll().as('n'));
      return {
        open: await countOf(open),
        withoutSecondFactor: await countOf(
          open
            .where('id', 'not in', db.selectFrom('passkeys').select('userId'))
            .where('id', 'not in', db.selectFrom('codeApps').select('userId').where('confirmedAt', 'is not', null)),
        ),
      };
    },
    studies: () => countOf(db.selectFrom('studies').select(({ fn }) => fn.countAll().as('n'))),
    /** Runs of analyses by their state. */
    runs: async (): Promise<Map<string, number>> => {
      const rows = await db
        .selectFrom('runs')
        .select(['state', ({ fn }) => fn.countAll().as('n')])
        .groupBy('state')
        .execute();
      return new Map(rows.map(({ state, n }) => [state, Number(n)]));
    },
    engineVersion: async (): Promise<string> => {
      if (engine === 'sqlite') {
        const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(db);
        return `SQLite ${rows[0]?.version ?? ''}`;
      }
      const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db);
      return `PostgreSQL ${rows[0]?.version ?? ''}`;
    },
  };
}
