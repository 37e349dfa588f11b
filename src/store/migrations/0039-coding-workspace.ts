import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What several researchers need who code at once: a count of what was done in a study, so that a page can ask for what
 * is new; and what each of them keeps for themselves: keys, pinned codes, what they have read, a bookmark.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `create table coding_marks (
       study_id ${ref} primary key references studies(id),
       sequence ${ref} not null)`,
    `alter table coding_steps add column sequence ${ref} not null default 0`,
    `create index coding_steps_sequence on coding_steps (study_id, sequence)`,
    `create table key_maps (
       user_id ${ref} primary key references users(id),
       keys text not null,
       changed_at text not null)`,
    `create table pinned_codes (
       user_id ${ref} not null references users(id),
       study_id ${ref} not null references studies(id),
       codes text not null,
       changed_at text not null,
       primary key (user_id, study_id))`,
    `create table turns_read (
       user_id ${ref} not null references users(id),
       source_id text not null,
       read_at text not null,
       primary key (user_id, source_id))`,
    `create table bookmarks (
       user_id ${ref} not null references users(id),
       subject_id text not null,
       source_id text not null,
       point integer not null,
       changed_at text not null,
       primary key (user_id, subject_id))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
