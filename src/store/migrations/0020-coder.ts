import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * The coder that learns from what people coded: its runs, what it proposed, and what people made of that; without a run,
 * what people read for one code of their own accord. Codes that stand for human values say so, and a coding can say
 * whether the words speak for a thing or against it.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `alter table codes add column human_value text`,
    `create unique index codes_human_value on codes (study_id, human_value)`,
    `alter table codings add column direction text check (direction in ('for', 'against'))`,
    `create table coder_runs (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       settings text not null,
       engine_version text not null,
       seed integer not null,
       input_hash text,
       state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
       step text not null,
       progress double precision not null,
       result text,
       error text,
       created_by ${ref} references users(id),
       created_at text not null,
       finished_at text)`,
    `create index coder_runs_study on coder_runs (study_id, id)`,
    `create table coder_proposals (
       id ${id},
       study_id ${ref} not null references studies(id),
       run_id ${ref} references coder_runs(id),
       code_id ${ref} not null references codes(id),
       public_id text not null unique,
       source_id text not null,
       source_version integer not null,
       probability double precision,
       is_yes integer not null,
       position integer not null,
       verdict text check (verdict in ('accepted', 'rejected', 'skipped')),
       decided_by ${ref} references users(id),
       decided_at text,
       coding_id ${ref} references codings(id))`,
    `create index coder_proposals_queue on coder_proposals (run_id, code_id, position)`,
    `create index coder_proposals_source on coder_proposals (source_id, source_version)`,
    `create index coder_proposals_coding on coder_proposals (coding_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
