import { type Kysely, sql } from 'kysely';

/** What was taken back since a moment is found without looking at everything that was said: the few rows of it alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `create index responses_withdrawn on responses (study_id, updated_at) where state = 'withdrawn'`,
    `create index source_texts_erased on source_texts (study_id, erased_at) where erased_at is not null`,
    `create index consents_withdrawn on consents (study_id, withdrawn_at) where withdrawn_at is not null`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
