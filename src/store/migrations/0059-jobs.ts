import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Long work that waits for a process, or has one: which, and when it last said that it is alive. `claims` counts how often
 * it was taken up.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  await sql
    .raw(
      `create table jobs (
         id ${id},
         kind text not null,
         subject_id ${ref} not null,
         claimed_by text,
         claims ${ref} not null default 0,
         seen_alive_at ${ref},
         added_at text not null,
         unique (kind, subject_id))`,
    )
    .execute(db);
}
