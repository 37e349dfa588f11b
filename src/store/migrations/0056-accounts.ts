import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What guards accounts: links that open once, second factors, identities at a provider, sign-ins that wait for their
 * second step, letters about all this, and counts of tries that every process shares.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const user = `${ref} not null references users(id) on delete cascade`;
  const statements = [
    `alter table sessions add column authenticated_at text`,
    `alter table sessions add column device text`,
    `create table account_links (
       id ${id},
       public_id text not null unique,
       token_hash text not null unique,
       kind text not null check (kind in ('invitation', 'password', 'address')),
       email text not null,
       user_id ${ref} references users(id) on delete cascade,
       role text,
       study_id ${ref} references studies(id) on delete cascade,
       workspace_id ${ref} references workspaces(id) on delete cascade,
       made_by ${ref} references users(id) on delete set null,
       created_at text not null,
       expires_at text not null,
       used_at text)`,
    `create index account_links_study on account_links (study_id)`,
    `create index account_links_workspace on account_links (workspace_id)`,
    `create index account_links_user on account_links (user_id)`,
    `create index account_links_maker on account_links (made_by)`,
    `create table account_letters (
       id ${id},
       kind text not null,
       to_address text not null,
       link_id ${ref} references account_links(id) on delete cascade,
       about text not null,
       state text not null,
       attempts integer not null default 0,
       due_at text not null,
       reason text,
       created_at text not null)`,
    `create index account_letters_due on account_letters (state, due_at)`,
    `create index account_letters_link on account_letters (link_id)`,
    `create table code_apps (
       user_id ${ref} primary key references users(id) on delete cascade,
       secret text not null,
       confirmed_at text,
       last_step integer,
       created_at text not null)`,
    `create table recovery_codes (
       code_hash text primary key,
       user_id ${user},
       used_at text)`,
    `create index recovery_codes_user on recovery_codes (user_id)`,
    `create table passkeys (
       id ${id},
       public_id text not null unique,
       user_id ${user},
       credential_id text not null unique,
       public_key text not null,
       counter ${engine === 'sqlite' ? 'integer' : 'bigint'} not null,
       transports text not null,
       name text not null,
       created_at text not null,
       used_at text)`,
    `create index passkeys_user on passkeys (user_id)`,
    `create table sign_in_steps (
       id_hash text primary key,
       user_id ${user},
       created_at text not null,
       expires_at text not null)`,
    `create index sign_in_steps_user on sign_in_steps (user_id)`,
    `create table outside_identities (
       issuer text not null,
       subject text not null,
       user_id ${user},
       created_at text not null,
       primary key (issuer, subject))`,
    `create index outside_identities_user on outside_identities (user_id)`,
    `create table rate_counts (
       name text primary key,
       times text not null,
       updated_at text not null)`,
    `create index rate_counts_updated on rate_counts (updated_at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
