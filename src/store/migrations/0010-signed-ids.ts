import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What a source believes: whether ids must be signed, with what, and a key that only servers hold; how each message
 * proved whom it speaks for; and the files that a source was given. Imports of people can be taken back.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `alter table sources add column signing text not null default 'off' check (signing in ('off', 'required'))`,
    // Both are sealed with the installation's key; the hash finds the source that a server key belongs to.
    `alter table sources add column signing_secret text`,
    `alter table sources add column server_key text`,
    `alter table sources add column server_key_hash text`,
    `create unique index sources_server_key on sources (server_key_hash)`,
    `alter table sources add column inbox text`,

    `alter table intake_records add column proof text`,
    `create table source_files (
       id ${id},
       source_id ${ref} not null references sources(id),
       public_id text not null unique,
       name text not null,
       sha256 text not null,
       bytes integer not null,
       origin text not null check (origin in ('folder', 'upload')),
       state text not null check (state in ('waiting', 'reading', 'done', 'failed')),
       lines integer not null,
       kept integer not null,
       known integer not null,
       refused integer not null,
       faults text not null,
       reason text,
       created_at text not null,
       ended_at text)`,
    `create index source_files_source on source_files (source_id, id)`,
    `create index source_files_content on source_files (source_id, sha256)`,

    // An import of people that is taken back: when it was, and when nothing of it was left.
    `alter table people_imports add column undone_at text`,
    `alter table people_imports add column cleared_at text`,
    // What was said of somebody, found without reading the whole log.
    `create index intake_records_said on intake_records (workspace_id, coalesce(user_id, anonymous_id))
       where kind in ('identify', 'group')`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
