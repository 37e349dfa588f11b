import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * The researcher's hand over themes: a journal of corrections for each question, ids by which themes are known from run to
 * run, and answers that came after a run. Corrections were never written before, so their first table goes.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `drop table corrections`,
    `create table theme_corrections (
       id ${id},
       study_id ${ref} not null references studies (id),
       survey_id ${ref} not null references surveys (id),
       item text not null,
       number integer not null,
       action text not null,
       made_by ${ref} references users (id),
       made_at text not null,
       constraint theme_corrections_number unique (survey_id, item, number))`,
    `create index theme_corrections_study on theme_corrections (study_id)`,
    `alter table themes add column lineage text not null default ''`,
    `update themes set lineage = public_id`,
    `alter table themes add column language text`,
    `alter table themes add column sub_themes text not null default '[]'`,
    `alter table themes add column group_number integer`,
    `alter table themes add column place_x double precision`,
    `alter table themes add column place_y double precision`,
    `create index themes_lineage on themes (lineage)`,
    `alter table theme_documents add column sub_theme text`,
    `alter table theme_documents add column further text`,
    `create table theme_placements (
       run_id ${ref} not null references runs (id),
       source_id text not null,
       source_version integer not null,
       theme_id ${ref} references themes (id),
       confidence double precision not null,
       placed_at text not null,
       constraint theme_placements_key primary key (run_id, source_id, source_version))`,
    `create table theme_models (
       run_id ${ref} primary key references runs (id),
       engine_version text not null,
       model text not null)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
