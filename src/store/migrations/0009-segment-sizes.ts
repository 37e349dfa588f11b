import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** How many people were in a segment on each day, and who was in it the last time it was counted. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `create table segment_sizes (
       segment_id ${ref} not null references segments(id),
       day text not null,
       admitted integer not null,
       unknown integer not null,
       everybody integer not null,
       entered integer not null,
       gone integer not null,
       primary key (segment_id, day))`,
    `create table segment_counts (
       segment_id ${ref} primary key references segments(id),
       number integer not null,
       counted_at text not null,
       people text not null)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
