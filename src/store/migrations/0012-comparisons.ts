import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** What groups of people are held against: segments against each other and the rest, doers against those who did not. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table comparisons (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       kind text not null check (kind in ('overlap', 'contrast', 'before', 'change')),
       segment_id ${ref} references segments(id),
       settings text not null,
       seed integer not null,
       state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
       step text not null,
       progress double precision not null,
       day text not null,
       result text,
       error text,
       created_by ${ref} references users(id),
       created_at text not null,
       finished_at text)`,
    `create index comparisons_study on comparisons (study_id, kind, id)`,
    `create index comparisons_segment on comparisons (segment_id, kind, id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
