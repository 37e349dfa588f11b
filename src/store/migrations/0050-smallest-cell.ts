import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** How few people a figure may rest on for others than the study's researchers, and of whom figures were told to them. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `alter table studies add column least_cell integer not null default 10 check (least_cell between 5 and 100)`,
    `create table told_groups (
       id ${id},
       survey_id ${ref} not null references surveys(id) on delete cascade,
       digest text not null,
       members text not null,
       told_at text not null,
       unique (survey_id, digest))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
