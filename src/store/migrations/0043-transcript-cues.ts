import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * The captions that a turn was joined of: where each begins in the turn, in code points, and when it was said. A turn that
 * was one caption has none, since its own times say it all.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `create table transcript_cues (
       study_id ${ref} not null references studies(id),
       source_id text not null,
       source_version integer not null,
       start_point integer not null,
       start_ms ${ref} not null,
       end_ms ${ref},
       primary key (source_id, source_version, start_point))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
