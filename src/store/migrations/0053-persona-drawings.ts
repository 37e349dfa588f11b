import { type Kysely, sql } from 'kysely';

/** Drawing a persona is a run like any other long work. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `alter table runs drop constraint runs_kind`,
    `alter table runs add constraint runs_kind check (kind in ('themes', 'scores', 'segments', 'weighting', 'tables', 'personas'))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
