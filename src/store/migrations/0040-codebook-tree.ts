import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** A code that was merged into another says into which, so that whatever asks for it finds what it became. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const statements = [
    `alter table codes add column merged_into ${refType(engine)} references codes(id)`,
    `create index codes_merged on codes (merged_into)`,
    `create index codings_study on codings (study_id, code_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
