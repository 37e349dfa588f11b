import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** What was read out of answers: how they feel, what of a person stands in them, and what researchers decided of that. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table text_looks (
       id ${id},
       survey_id ${ref} not null references surveys(id),
       engine_version text not null,
       watermark ${ref} not null,
       texts integer not null,
       computed_at text not null,
       is_done integer not null)`,
    `create index text_looks_survey on text_looks (survey_id, id)`,
    `create table text_readings (
       look_id ${ref} not null references text_looks(id),
       source_id text not null,
       source_version ${ref} not null,
       response_id text not null,
       item text not null,
       language text not null,
       sentiment text check (sentiment in ('negative', 'neutral', 'positive')),
       score ${ref},
       primary key (look_id, source_id, source_version))`,
    `create index text_readings_item on text_readings (look_id, item)`,
    `create table text_findings (
       look_id ${ref} not null references text_looks(id),
       response_id text not null,
       item text not null,
       source_id text not null,
       source_version ${ref} not null,
       kind text not null,
       span_start ${ref} not null,
       span_end ${ref} not null)`,
    `create index text_findings_response on text_findings (look_id, response_id)`,
    `create table mask_decisions (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       source_id text not null,
       source_version ${ref} not null,
       span_start ${ref} not null,
       span_end ${ref} not null,
       verdict text not null check (verdict in ('open', 'masked')),
       decided_by ${ref} references users(id),
       decided_at text not null,
       undone_by ${ref} references users(id),
       undone_at text)`,
    `create index mask_decisions_source on mask_decisions (source_id)`,
    `create table disclosures (
       id ${id},
       study_id ${ref} not null references studies(id),
       survey_id ${ref} references surveys(id),
       kind text not null check (kind in ('view', 'export')),
       subject text not null,
       reason text not null,
       user_id ${ref} references users(id),
       day text not null,
       made_at text not null)`,
    `create index disclosures_study on disclosures (study_id, id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
