import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** When surveys are offered to people who are there just now, how often anybody may be asked, and what was offered. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table survey_moments (
       survey_id ${ref} primary key references surveys(id) on delete cascade,
       moment text not null,
       updated_at text not null)`,
    `create table contact_limits (
       workspace_id ${ref} primary key references workspaces(id),
       limits text not null)`,
    // Sites whose pages may hold a survey of the study in a frame.
    `create table site_origins (
       study_id ${ref} not null references studies(id),
       origin text not null,
       primary key (study_id, origin))`,
    `create table offers (
       id ${id},
       workspace_id ${ref} not null references workspaces(id),
       survey_id ${ref} not null references surveys(id),
       person_id ${ref} not null references people(id),
       shape text not null,
       page text not null,
       made_at text not null,
       dismissed_at text)`,
    `create index offers_person on offers (person_id, made_at)`,
    `create index offers_survey on offers (survey_id, made_at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
