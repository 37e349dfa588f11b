import { type Kysely, sql } from 'kysely';

/** Where a code has its place in the story of a decision: in a ring of buying insight, at a stage of a switch, as a force. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `alter table codes add column story_ring text
       check (story_ring in ('priority', 'success', 'barrier', 'journey', 'criteria'))`,
    `alter table codes add column story_stage text
       check (story_stage in ('first-thought', 'passive-looking', 'active-looking', 'deciding', 'consuming'))`,
    `alter table codes add column story_force text check (story_force in ('push', 'pull', 'anxiety', 'habit'))`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
