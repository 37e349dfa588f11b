import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What researchers write beside responses: labels, notes, views to come back to, and the signs that checks of quality
 * found. Responses are named by their public id, since the projection they stand in may be made again.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table labels (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       name text not null,
       created_at text not null,
       unique (study_id, name))`,
    `create table response_labels (
       label_id ${ref} not null references labels(id) on delete cascade,
       response_id text not null,
       made_by ${ref} references users(id),
       made_at text not null,
       primary key (label_id, response_id))`,
    `create index response_labels_response on response_labels (response_id)`,
    `create table response_notes (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       response_id text not null,
       body text not null,
       made_by ${ref} references users(id),
       made_at text not null)`,
    `create index response_notes_response on response_notes (response_id)`,
    `create table saved_views (
       id ${id},
       study_id ${ref} not null references studies(id),
       survey_id ${ref} not null references surveys(id) on delete cascade,
       public_id text not null unique,
       name text not null,
       query text not null,
       made_by ${ref} references users(id),
       made_at text not null,
       unique (survey_id, name))`,

    // One row for each survey that was looked over, and the signs found then.
    `create table quality_runs (
       survey_id ${ref} primary key references surveys(id) on delete cascade,
       thresholds text not null,
       assessed integer not null,
       unjudged text not null,
       watermark ${ref} not null,
       computed_at text not null)`,
    `create table quality_flags (
       survey_id ${ref} not null references surveys(id) on delete cascade,
       response_id text not null,
       position integer not null,
       sign text not null,
       item text,
       reason text not null,
       primary key (response_id, position))`,
    `create index quality_flags_survey on quality_flags (survey_id, sign)`,

    // The desk turns pages from the newest to the oldest. Whatever most filters ask of every response stands in the
    // index, so that those passed over are not read.
    `create index responses_desk on responses (survey_id, id, batch_id, state, is_test)`,
    `create index responses_started on responses (survey_id, started_at)`,
    `create index responses_facts on responses (survey_id, language, device, browser, country, source)`,
    `create index responses_tests on responses (survey_id) where is_test = 1`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
