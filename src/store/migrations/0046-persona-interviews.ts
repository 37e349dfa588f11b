import { type Kysely, sql } from 'kysely';

/** Of a persona that stands for interviews, which: those with a code, of a segment, or chosen one by one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table personas add column interviews text').execute(db);
}
