import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** How often the study's own members open a persona, and the survey by which readers judge personas. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `create table persona_openings (
       persona_id ${ref} not null references personas(id),
       day text not null,
       times integer not null default 0,
       primary key (persona_id, day))`,
    `create table perception_surveys (
       study_id ${ref} primary key references studies(id),
       survey_id ${ref} not null references surveys(id),
       created_by ${ref} references users(id),
       created_at text not null)`,
    `create index perception_surveys_survey on perception_surveys (survey_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
