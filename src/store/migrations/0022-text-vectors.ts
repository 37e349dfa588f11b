import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Where an owner lets an embeddings server read a study's answers, and what it made of them. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const bytes = engine === 'sqlite' ? 'blob' : 'bytea';
  const statements = [
    `create table embedding_switches (
       study_id ${ref} primary key references studies(id),
       maker text not null,
       switched_by ${ref} references users(id),
       switched_at text not null)`,
    `create table text_vectors (
       study_id ${ref} not null references studies(id),
       maker text not null,
       text_hash text not null,
       sent_hash text not null,
       vector ${bytes} not null,
       primary key (study_id, maker, text_hash))`,
    `create index text_vectors_text on text_vectors (text_hash)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
