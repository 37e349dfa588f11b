import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** What researchers say and decide of segments that they looked at for drift. It only grows. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table drift_notes (
       id ${id},
       segmentation_id ${ref} not null references segmentations(id),
       version integer not null,
       run_id ${ref} not null references runs(id),
       verdict text not null check (verdict in ('shares', 'tool', 'both', 'steady', 'too-few')),
       decision text not null check (decision in ('keep', 'watch', 'redo')),
       note text not null,
       said_by ${ref} references users(id),
       said_at text not null)`,
    `create index drift_notes_segmentation on drift_notes (segmentation_id)`,
    `create index drift_notes_run on drift_notes (run_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
