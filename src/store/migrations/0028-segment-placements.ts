import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * How people came to be in segments: a journal that only grows, and is emptied where somebody withdraws. Which surveys
 * type those who answer them, with which tool, and how far their responses were looked at.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const real = engine === 'sqlite' ? 'real' : 'double precision';
  const statements = [
    `create table segment_placements (
       id ${id},
       workspace_id ${ref} not null references workspaces(id),
       person_id ${ref} references people(id),
       segmentation_id ${ref} not null references segmentations(id),
       version integer not null,
       segment text,
       probability ${real},
       probabilities text,
       reason text,
       way text not null check (way in ('tool', 'import', 'definition', 'attributes', 'screener')),
       tool_id ${ref} references typing_tools(id),
       response_id ${ref} references responses(id),
       inputs text not null,
       placed_at text not null,
       withdrawn_at text)`,
    `create index segment_placements_segmentation on segment_placements (segmentation_id, person_id)`,
    `create index segment_placements_person on segment_placements (person_id)`,
    `create index segment_placements_response on segment_placements (response_id)`,
    `create index segment_placements_tool on segment_placements (tool_id)`,
    `create table typed_surveys (
       id ${id},
       survey_id ${ref} not null references surveys(id),
       tool_id ${ref} not null references typing_tools(id),
       items text not null,
       seq ${ref} not null,
       started_by ${ref} references users(id),
       started_at text not null,
       ended_by ${ref} references users(id),
       ended_at text)`,
    `create index typed_surveys_survey on typed_surveys (survey_id)`,
    `create index typed_surveys_tool on typed_surveys (tool_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
