import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Links by which readers without an account see personas, how often they were followed, and what readers ask. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table shares (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       token_hash text not null unique,
       name text not null,
       audience text not null check (audience in ('client', 'public')),
       is_playing integer not null default 0,
       created_by ${ref} references users(id),
       created_at text not null,
       expires_at text not null,
       revoked_by ${ref} references users(id),
       revoked_at text)`,
    `create index shares_study on shares (study_id)`,
    `create table share_personas (
       share_id ${ref} not null references shares(id),
       persona_id ${ref} not null references personas(id),
       position integer not null,
       primary key (share_id, persona_id))`,
    `create index share_personas_persona on share_personas (persona_id)`,
    `create table share_visits (
       share_id ${ref} not null references shares(id),
       persona_id ${ref} not null references personas(id),
       day text not null,
       opened integer not null default 0,
       played integer not null default 0,
       primary key (share_id, persona_id, day))`,
    `create table reader_questions (
       id ${id},
       study_id ${ref} not null references studies(id),
       share_id ${ref} not null references shares(id),
       persona_id ${ref} not null references personas(id),
       public_id text not null unique,
       words text not null,
       asked_at text not null,
       answer text,
       answered_by ${ref} references users(id),
       answered_at text,
       removed_by ${ref} references users(id),
       removed_at text)`,
    `create index reader_questions_study on reader_questions (study_id, asked_at)`,
    `create index reader_questions_share on reader_questions (share_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
