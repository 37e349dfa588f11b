import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Rounds in which several researchers code the same words without seeing each other's codes, what is decided where they
 * disagree, and when a study went over to another method.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table coding_rounds (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       name text not null,
       kind text not null check (kind in ('interviews', 'answers')),
       unit text not null check (unit in ('turn', 'answer', 'characters')),
       codes text not null,
       drawn text,
       minimum double precision not null,
       is_blind integer not null,
       created_by ${ref} references users(id),
       created_at text not null,
       opened_at text,
       taken text,
       measured text)`,
    `create index coding_rounds_study on coding_rounds (study_id)`,
    `create table coding_round_texts (
       round_id ${ref} not null references coding_rounds(id),
       position integer not null,
       source_id text not null,
       subject_id text not null,
       primary key (round_id, position))`,
    `create index coding_round_texts_subject on coding_round_texts (subject_id)`,
    `create table coding_round_coders (
       round_id ${ref} not null references coding_rounds(id),
       position integer not null,
       user_id ${ref} not null references users(id),
       done_at text,
       primary key (round_id, user_id))`,
    `create table coding_round_reads (
       round_id ${ref} not null references coding_rounds(id),
       user_id ${ref} not null references users(id),
       source_id text not null,
       read_at text not null,
       primary key (round_id, user_id, source_id))`,
    `create table coding_decisions (
       id ${id},
       study_id ${ref} not null references studies(id),
       round_id ${ref} not null references coding_rounds(id),
       source_id text not null,
       code_id ${ref} not null references codes(id),
       choice text not null check (choice in ('alike', 'coder', 'all', 'none', 'other')),
       coder_id ${ref} references users(id),
       codings text not null,
       decided_by ${ref} references users(id),
       decided_at text not null,
       removed_at text)`,
    `create index coding_decisions_round on coding_decisions (round_id)`,
    `create table method_changes (
       id ${id},
       study_id ${ref} not null references studies(id),
       method text not null,
       reason text not null,
       changed_by ${ref} references users(id),
       changed_at text not null)`,
    `create index method_changes_study on method_changes (study_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
