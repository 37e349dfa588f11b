import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Instruments of a workspace as versions of their own, norms that an operator brought for them, and how far the scores of
 * each survey have been told of people as attributes.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `create table instrument_versions (
       workspace_id ${ref} not null references workspaces(id),
       code text not null,
       number integer not null,
       definition text not null,
       key_hash text not null,
       created_by ${ref} references users(id),
       created_at text not null,
       constraint instrument_versions_key primary key (workspace_id, code, number))`,
    `create table instrument_norms (
       workspace_id ${ref} not null references workspaces(id),
       code text not null,
       norms text not null,
       source text not null,
       licence text not null,
       loaded_by ${ref} references users(id),
       loaded_at text not null,
       constraint instrument_norms_key primary key (workspace_id, code))`,
    `create table told_scores (
       survey_id ${ref} primary key references surveys(id),
       state text not null,
       people integer not null,
       told_at text not null)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
