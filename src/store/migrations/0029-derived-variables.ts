import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Variables that researchers make of others, with every version they had; tables with a banner that are kept to be made
 * again; and runs that make tables.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table derived_variables (
       id ${id},
       study_id ${ref} not null references studies(id),
       survey_id ${ref} not null references surveys(id),
       public_id text not null unique,
       version integer not null,
       created_by ${ref} references users(id),
       created_at text not null,
       removed_by ${ref} references users(id),
       removed_at text)`,
    `create index derived_variables_survey on derived_variables (survey_id)`,
    `create index derived_variables_study on derived_variables (study_id)`,
    `create table derived_variable_versions (
       variable_id ${ref} not null references derived_variables(id),
       number integer not null,
       name text not null,
       definition text not null,
       note text not null,
       made_by ${ref} references users(id),
       made_at text not null,
       primary key (variable_id, number))`,
    `create table banner_tables (
       id ${id},
       study_id ${ref} not null references studies(id),
       survey_id ${ref} not null references surveys(id),
       public_id text not null unique,
       name text not null,
       settings text not null,
       version integer not null,
       created_by ${ref} references users(id),
       created_at text not null,
       changed_by ${ref} references users(id),
       changed_at text not null,
       removed_at text)`,
    `create index banner_tables_survey on banner_tables (survey_id)`,
    `create index banner_tables_study on banner_tables (study_id)`,
    `alter table runs drop constraint runs_kind`,
    `alter table runs add constraint runs_kind check (kind in ('themes', 'scores', 'segments', 'weighting', 'tables'))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
