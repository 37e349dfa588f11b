import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * From whom each portrait was drawn, and which of its figures were told to others than researchers. Of versions that are
 * there already nobody knows whom they were drawn from.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table persona_groups (
       id ${id},
       survey_id ${ref} not null references surveys(id) on delete cascade,
       members text not null,
       told text,
       told_at text)`,
    `create index persona_groups_survey on persona_groups (survey_id)`,
    `alter table persona_versions add column group_id ${ref} references persona_groups(id) on delete set null`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
