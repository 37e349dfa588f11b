import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What people are told before the first question: written for the installation, a workspace or a study, and its texts as they
 * were published with a survey.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const ref = refType(engine);
  const statements = [
    `create table privacy_notices (
       id ${id},
       workspace_id ${ref} references workspaces(id) on delete cascade,
       study_id ${ref} references studies(id) on delete cascade,
       notice text not null,
       revision ${ref} not null,
       saved_at text not null,
       saved_by ${ref} references users(id),
       check (workspace_id is null or study_id is null))`,
    `create unique index privacy_notices_of_workspace on privacy_notices (workspace_id) where workspace_id is not null`,
    `create unique index privacy_notices_of_study on privacy_notices (study_id) where study_id is not null`,
    `create unique index privacy_notices_of_all on privacy_notices ((1)) where workspace_id is null and study_id is null`,
    `create table notice_texts (
       id ${id},
       survey_id ${ref} not null references surveys(id) on delete cascade,
       notice_set text not null,
       language text not null,
       country text not null,
       hash text not null,
       text text not null,
       published_at text not null,
       unique (survey_id, notice_set, language, country))`,
    `create index notice_texts_hash on notice_texts (survey_id, hash)`,
    `alter table surveys add column notice_set text`,
    `alter table consents add column notice_hash text`,
    `alter table consents add column notice_country text`,
    `alter table consents add column stated_age ${ref}`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
