import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Plays: a segment with the survey or the guide its people are asked by. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table plays (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       code text not null,
       segment_id ${ref} not null references segments(id),
       survey_id ${ref} references surveys(id) on delete set null,
       guide text,
       created_by ${ref} references users(id),
       created_at text not null)`,
    `create index plays_study on plays (study_id, id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
