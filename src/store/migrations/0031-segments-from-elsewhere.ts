import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * People, beside responses, as members of segments; files that say who is in which segment; and in which segment somebody
 * interviewed is whom nobody knows by an id.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const real = engine === 'sqlite' ? 'real' : 'double precision';
  const statements = [
    `create table segment_people (
       segment_id ${ref} not null references segments(id),
       person_id ${ref} not null references people(id),
       probability ${real},
       said_at text,
       primary key (segment_id, person_id))`,
    `create index segment_people_person on segment_people (person_id)`,
    `create table segment_imports (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       segmentation_id ${ref} references segmentations(id),
       file_name text not null,
       plan text not null,
       row_count integer not null,
       state text not null check (state in ('staged', 'complete')),
       run_id ${ref} references runs(id),
       counts text,
       created_by ${ref} references users(id),
       created_at text not null,
       ended_at text)`,
    `create table interview_segments (
       id ${id},
       interview_id ${ref} not null references interviews(id),
       segmentation_id ${ref} not null references segmentations(id),
       version integer not null,
       segment text,
       note text not null,
       placed_by ${ref} references users(id),
       placed_at text not null)`,
    `create index interview_segments_interview on interview_segments (interview_id)`,
    `create index segment_imports_study on segment_imports (study_id)`,
    `create index segment_imports_run on segment_imports (run_id)`,
    `create index segment_imports_segmentation on segment_imports (segmentation_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
