import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Themes of interviews: their corrections and checks belong to a study, and to no survey. SQLite cannot make a column
 * nullable, so the journal, which nothing points to, is written anew; checks are pointed to, and get another column.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    ...(engine === 'sqlite'
      ? [
          `create table journal_of_themes (
             id integer primary key autoincrement,
             study_id ${ref} not null references studies (id),
             survey_id ${ref} references surveys (id),
             item text not null,
             number integer not null,
             action text not null,
             made_by ${ref} references users (id),
             made_at text not null)`,
          `insert into journal_of_themes (id, study_id, survey_id, item, number, action, made_by, made_at)
             select id, study_id, survey_id, item, number, action, made_by, made_at from theme_corrections`,
          `drop table theme_corrections`,
          `alter table journal_of_themes rename to theme_corrections`,
          `create index theme_corrections_study on theme_corrections (study_id)`,
          `drop index theme_checks_question`,
          `alter table theme_checks add column asked_in ${ref} references surveys (id)`,
          `update theme_checks set asked_in = survey_id`,
          `alter table theme_checks drop column survey_id`,
          `alter table theme_checks rename column asked_in to survey_id`,
        ]
      : [
          `alter table theme_corrections drop constraint theme_corrections_number`,
          `alter table theme_corrections alter column survey_id drop not null`,
          `drop index theme_checks_question`,
          `alter table theme_checks alter column survey_id drop not null`,
        ]),
    // Where there is no survey, two rows would never be equal.
    `create unique index theme_corrections_number on theme_corrections (study_id, coalesce(survey_id, 0), item, number)`,
    `create index theme_checks_question on theme_checks (study_id, survey_id, item, id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
