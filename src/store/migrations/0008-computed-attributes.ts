import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Attributes that are worked out of events, people who come in a file, and finding people and what happened to them. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table computed_attributes (
       id ${id},
       workspace_id ${ref} not null references workspaces(id),
       public_id text not null unique,
       name text not null,
       definition text not null,
       created_by ${ref} references users(id),
       created_at text not null,
       -- The intake record up to which events were looked at, when that was, how long it took and what came of it.
       seq ${ref} not null,
       refreshed_at text,
       took_ms integer,
       refused text,
       summary text,
       unique (workspace_id, name))`,
    `create table people_imports (
       id ${id},
       workspace_id ${ref} not null references workspaces(id),
       public_id text not null unique,
       file_name text not null,
       plan text not null,
       row_count integer not null,
       state text not null check (state in ('staged', 'loading', 'complete', 'interrupted')),
       counts text,
       created_by ${ref} references users(id),
       created_at text not null,
       ended_at text)`,
    `create index people_imports_workspace on people_imports (workspace_id, id)`,
    // Of the many attributes only these are looked through for words, from the index alone.
    `create index attributes_contact on attributes (workspace_id, value, person_id, name) where lower(name) in
       ('email', 'e-mail', 'e_mail', 'mail', 'email_address', 'name', 'full_name', 'fullname', 'first_name', 'firstname',
        'given_name', 'last_name', 'lastname', 'family_name', 'surname')`,
    `create index letters_person on letters (person_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
