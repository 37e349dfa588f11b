import { type Kysely, sql } from 'kysely';
import type { Engine } from '../dialect.ts';

/** Who was said to be somebody else by a page only, so that a page is not told of the one by a signature of the other. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const previous = engine === 'sqlite' ? `json_extract(said.body, '$.previousId')` : `said.body::json ->> 'previousId'`;
  const statements = [
    `alter table people add column is_said_same integer not null default 0`,
    `update people set is_said_same = 1 where id in (
       select one.person_id from intake_records as said
       inner join person_identities as one
         on one.workspace_id = said.workspace_id and one.kind = 'external' and one.value = said.user_id
       inner join person_identities as other
         on other.workspace_id = said.workspace_id and other.kind = 'external' and other.value = ${previous}
       where said.kind = 'alias' and said.source_id is not null and coalesce(said.proof, '') <> 'server'
         and one.value <> other.value and said.body not like '%"previousIs":"anonymous"%')`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
