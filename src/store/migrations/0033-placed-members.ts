import { type Kysely, sql } from 'kysely';

/** Members whom a solution placed by a part of the answers, since they lack too many to be grouped by them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`alter table segment_memberships add column is_partial integer not null default 0`).execute(db);
}
