import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Typing tools: of a version of a segmentation, or brought from elsewhere; a draft until somebody publishes it. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table typing_tools (
       id ${id},
       segmentation_id ${ref} not null references segmentations(id),
       public_id text not null unique,
       version integer not null,
       run_id ${ref} references runs(id),
       name text not null,
       tool text not null,
       seed integer,
       created_by ${ref} references users(id),
       created_at text not null,
       published_by ${ref} references users(id),
       published_at text)`,
    `create index typing_tools_segmentation on typing_tools (segmentation_id)`,
    `create index typing_tools_run on typing_tools (run_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
