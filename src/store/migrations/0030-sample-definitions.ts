import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What researchers say of a survey's sample: who counts (bases), and how much each counts (weightings), by version. Weights
 * are worked out of the answers, so the table that was to hold them goes.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table sample_definitions (
       id ${id},
       study_id ${ref} not null references studies(id),
       survey_id ${ref} not null references surveys(id),
       public_id text not null unique,
       kind text not null check (kind in ('base', 'weighting')),
       version integer not null,
       created_by ${ref} references users(id),
       created_at text not null,
       removed_at text)`,
    `create index sample_definitions_survey on sample_definitions (survey_id)`,
    `create index sample_definitions_study on sample_definitions (study_id)`,
    `create table sample_definition_versions (
       sample_id ${ref} not null references sample_definitions(id),
       number integer not null,
       name text not null,
       definition text not null,
       made_by ${ref} references users(id),
       made_at text not null,
       primary key (sample_id, number))`,
    `drop table weights`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
