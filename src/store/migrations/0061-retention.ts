import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * How long a study keeps what leads to somebody and what was said in words, whether a legal hold stops that, what went by
 * it, and each run with what it counted.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const ref = refType(engine);
  const statements = [
    `create table study_retention (
       study_id ${ref} primary key references studies(id) on delete cascade,
       identifiers_days integer check (identifiers_days > 0),
       words_days integer check (words_days > 0),
       changed_at text not null,
       changed_by ${ref} references users(id),
       hold_reason text,
       held_since text,
       held_by ${ref} references users(id),
       request text,
       requested_at text,
       requested_by ${ref} references users(id))`,
    `create table retention_runs (
       id ${id},
       public_id text not null unique,
       study_id ${ref} not null references studies(id) on delete cascade,
       state text not null check (state in ('begun', 'done')),
       identifiers_before text,
       words_before text,
       counts text not null,
       begun_at text not null,
       done_at text)`,
    `create index retention_runs_study on retention_runs (study_id, id)`,
    `create table retention_gone (
       study_id ${ref} not null references studies(id) on delete cascade,
       kind text not null check (kind in ('response', 'interview', 'feedback')),
       subject text not null,
       part text not null check (part in ('identifiers', 'words')),
       gone_at text not null,
       primary key (subject, part))`,
    `create index retention_gone_study on retention_gone (study_id, part)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
