import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * A codebook with more to each code than a name, codings that may wait for a second coder, memos, the journal by which
 * everything done while coding can be undone, and texts that a correction has taken the place of.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `alter table studies add column method text not null default 'codebook'
       check (method in ('reliability', 'codebook', 'reflexive'))`,
    `alter table interviews add column guid text`,
    `alter table source_texts add column start_ms ${ref}`,
    `alter table source_texts add column end_ms ${ref}`,
    `alter table source_texts add column superseded_at text`,
    `alter table codes add column color text`,
    `alter table codes add column inclusion text not null default ''`,
    `alter table codes add column exclusion text not null default ''`,
    `alter table codes add column position integer not null default 0`,
    `alter table codes add column is_codable integer not null default 1`,
    `alter table codes add column guid text`,
    `alter table codings add column counts integer not null default 1`,
    `alter table codings add column passage text`,
    `alter table codings add column is_example integer not null default 0`,
    `alter table codings add column is_important integer not null default 0`,
    `alter table codings add column guid text`,
    `create table memos (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       subject_kind text not null
         check (subject_kind in ('study', 'code', 'coding', 'source', 'interview', 'response', 'insight', 'memo')),
       subject_id text not null,
       source_version integer,
       span_start integer,
       span_end integer,
       title text not null default '',
       text text not null,
       guid text,
       created_by ${ref} references users(id),
       created_at text not null,
       changed_at text not null,
       removed_at text)`,
    `create index memos_subject on memos (study_id, subject_kind, subject_id)`,
    `create table coding_steps (
       id ${id},
       study_id ${ref} not null references studies(id),
       actor_id ${ref} references users(id),
       kind text not null,
       label text not null,
       changes text not null,
       created_at text not null,
       undone_at text,
       dropped_at text)`,
    `create index coding_steps_study on coding_steps (study_id, actor_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
