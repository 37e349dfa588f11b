import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Who has seen what came of a blind check of themes, and so codes it no more; and of codings that were taken away whether
 * somebody did so, and not a theme that was brought up to date.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `create table theme_check_readers (
       check_id ${ref} not null references theme_checks(id) on delete cascade,
       user_id ${ref} not null references users(id),
       seen_at text not null,
       constraint theme_check_readers_key primary key (check_id, user_id))`,
    `alter table codings add column removed_by_hand integer`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
