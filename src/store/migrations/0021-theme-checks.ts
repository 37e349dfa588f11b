import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Blind checks of themes: what was drawn with where the machine had put it, what people said of it without knowing, and
 * themes that are used although people and machine do not agree on them. And themes that became codes.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table theme_checks (
       id ${id},
       study_id ${ref} not null references studies(id),
       survey_id ${ref} not null references surveys(id),
       item text not null,
       run_id ${ref} not null references runs(id),
       public_id text not null unique,
       themes text not null,
       strata text not null,
       seed integer not null,
       created_by ${ref} references users(id),
       created_at text not null,
       ended_at text)`,
    `create index theme_checks_question on theme_checks (survey_id, item, id)`,
    `create index theme_checks_study on theme_checks (study_id, id)`,
    `create table theme_check_answers (
       check_id ${ref} not null references theme_checks(id) on delete cascade,
       position integer not null,
       source_id text not null,
       source_version integer not null,
       stratum integer not null,
       machine text not null,
       constraint theme_check_answers_key primary key (check_id, position))`,
    `create table theme_check_codes (
       check_id ${ref} not null references theme_checks(id) on delete cascade,
       position integer not null,
       user_id ${ref} not null references users(id),
       themes text not null,
       coded_at text not null,
       constraint theme_check_codes_key primary key (check_id, position, user_id))`,
    `create table theme_overrides (
       study_id ${ref} not null references studies(id),
       theme text not null,
       reason text not null,
       made_by ${ref} references users(id),
       made_at text not null,
       constraint theme_overrides_key primary key (study_id, theme))`,
    `create table theme_codes (
       study_id ${ref} not null references studies(id),
       theme text not null,
       code_id ${ref} not null references codes(id),
       run_id ${ref} not null references runs(id),
       answers integer not null,
       accepted_by ${ref} references users(id),
       accepted_at text not null,
       constraint theme_codes_key primary key (study_id, theme))`,
    `create index theme_codes_code on theme_codes (code_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
