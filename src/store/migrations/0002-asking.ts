import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What asking needs: drafts that can be stepped back through, fieldwork settings, waves, quotas, suppliers, files, and
 * claims, which let the database itself say that something happens once.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `alter table surveys add column settings text not null default '{}'`,
    `create table survey_drafts (
       survey_id ${ref} not null references surveys(id),
       revision integer not null,
       draft text not null,
       saved_at text not null,
       saved_by ${ref} references users(id),
       primary key (survey_id, revision))`,

    `alter table responses add column end_code text`,
    `alter table responses add column device text`,
    `alter table responses add column browser text`,
    `alter table responses add column country text`,
    `alter table responses add column source text`,
    `alter table responses add column wave text`,
    // Kept apart from the projection, which may be thrown away and made again.
    `create table left_out (
       response_id text primary key,
       study_id ${ref} not null references studies(id),
       survey_id ${ref} not null references surveys(id),
       reason text not null,
       made_by ${ref} references users(id),
       made_at text not null)`,
    `create index left_out_survey on left_out (survey_id)`,

    `create table waves (
       id ${id},
       survey_id ${ref} not null references surveys(id),
       public_id text not null unique,
       number integer not null,
       name text not null,
       starts_at text not null,
       ends_at text,
       target integer,
       cost double precision,
       invited integer,
       unique (survey_id, number))`,

    `create table quota_cells (
       survey_id ${ref} not null references surveys(id),
       code text not null,
       name text not null,
       most integer not null check (most >= 0),
       filled integer not null check (filled >= 0),
       primary key (survey_id, code))`,
    // One row for everything that may happen once: a supplier's id, a single-use link, a place in a quota.
    `create table claims (
       name text primary key,
       response_id text not null,
       made_at text not null)`,
    `create index claims_response on claims (response_id)`,
    `create table suppliers (
       id ${id},
       survey_id ${ref} not null references surveys(id),
       public_id text not null unique,
       name text not null,
       id_parameter text not null,
       complete_link text not null,
       screened_out_link text not null,
       quota_full_link text not null,
       duplicate_link text not null,
       created_at text not null,
       ended_at text)`,
    `create table single_links (
       id ${id},
       survey_id ${ref} not null references surveys(id),
       token_hash text not null unique,
       created_at text not null)`,

    `create table files (
       id ${id},
       public_id text not null unique,
       study_id ${ref} not null references studies(id),
       survey_id ${ref} references surveys(id),
       response_id text,
       item text,
       name text not null,
       media_type text not null,
       bytes integer not null,
       sha256 text not null,
       created_at text not null,
       erased_at text)`,
    `create index files_response on files (response_id)`,
    // Nothing here leads to a response, nor to the time of one.
    `create table draw_entries (
       id ${id},
       survey_id ${ref} not null references surveys(id),
       contact text not null,
       entered_on text not null)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
