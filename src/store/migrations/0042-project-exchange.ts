import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Projects brought in from other programs, and what of them this one has no place for and gives back. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table project_imports (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       file_name text not null,
       format text not null check (format in ('qdpx', 'qdc')),
       origin text not null,
       state text not null check (state in ('staged', 'complete', 'taken back')),
       report text,
       step_id ${ref},
       created_by ${ref} references users(id),
       created_at text not null,
       expires_at text not null,
       finished_at text)`,
    `create index project_imports_study on project_imports (study_id)`,
    `create table kept_elements (
       id ${id},
       study_id ${ref} not null references studies(id),
       import_id ${ref} not null references project_imports(id),
       kind text not null,
       guid text not null,
       subject_id text not null,
       body text not null,
       constraint kept_elements_once unique (study_id, kind, guid, subject_id))`,
    `create index kept_elements_import on kept_elements (import_id)`,
    `create index kept_elements_subject on kept_elements (subject_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
