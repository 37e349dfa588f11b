import { type Kysely, sql } from 'kysely';

/** The way through a study that a newcomer is led, step by step; few studies have one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table studies add column tour text').execute(db);
}
