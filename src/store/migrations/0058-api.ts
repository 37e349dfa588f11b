import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Keys by which programs work in one study, and the answers that a request sent twice gets twice. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table api_keys (
       id ${id},
       public_id text not null unique,
       study_id ${ref} not null references studies(id) on delete cascade,
       made_by ${ref} not null references users(id) on delete cascade,
       name text not null,
       key_hash text not null unique,
       ending text not null,
       scopes text not null,
       created_at text not null,
       expires_at text not null,
       used_at text,
       ended_at text)`,
    `create index api_keys_study on api_keys (study_id)`,
    `create index api_keys_maker on api_keys (made_by)`,
    `create table api_answers (
       id ${id},
       key_id ${ref} not null references api_keys(id) on delete cascade,
       name text not null,
       request_hash text not null,
       status integer,
       headers text,
       body text,
       created_at text not null,
       unique (key_id, name))`,
    `create index api_answers_created on api_answers (created_at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
