import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** The feedback button of each source, what visitors said with it, and what researchers noted beside it. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table feedback_buttons (
       source_id ${ref} primary key references sources(id),
       study_id ${ref} not null references studies(id),
       settings text not null,
       updated_at text not null)`,
    `create table feedback (
       id ${id},
       study_id ${ref} not null references studies(id),
       source_id ${ref} not null references sources(id),
       public_id text not null unique,
       person_id ${ref} references people(id),
       fingerprint text not null,
       category text not null check (category in ('problem', 'idea', 'praise', 'translation', 'other')),
       rating integer check (rating between 1 and 5),
       words text not null,
       words_hash text not null,
       replaced integer not null,
       purposes text not null,
       language text not null,
       email text,
       page_url text,
       page_key text not null,
       page_title text not null,
       locale text not null,
       page_language text not null,
       device text,
       browser text,
       os text,
       viewport text,
       release text not null,
       replay_url text,
       selector text,
       mark text,
       state text not null default 'open' check (state in ('open', 'in-work', 'done', 'declined')),
       assignee_id ${ref} references users(id),
       duplicate_of ${ref} references feedback(id),
       created_at text not null,
       updated_at text not null,
       erased_at text)`,
    `create index feedback_study on feedback (study_id, id)`,
    `create index feedback_page on feedback (study_id, page_key, selector)`,
    `create index feedback_person on feedback (person_id, created_at)`,
    `create index feedback_fingerprint on feedback (source_id, fingerprint, created_at)`,
    `create index feedback_duplicate on feedback (duplicate_of)`,
    `create table feedback_notes (
       id ${id},
       feedback_id ${ref} not null references feedback(id) on delete cascade,
       public_id text not null unique,
       body text not null,
       made_by ${ref} references users(id),
       made_at text not null)`,
    `create index feedback_notes_feedback on feedback_notes (feedback_id, id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
