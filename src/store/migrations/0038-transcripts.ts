import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Transcripts that were read and not yet brought in, recordings beside interviews, and those a transcription server is
 * asked to write down. `is_draft` marks words that a machine wrote down and nobody has corrected.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `alter table source_texts add column is_draft integer not null default 0`,
    `create table transcript_drafts (
       id ${id},
       study_id ${ref} not null references studies(id),
       interview_id ${ref} references interviews(id),
       public_id text not null unique,
       file_name text not null,
       parsed text not null,
       choices text not null,
       is_machine integer not null default 0,
       created_by ${ref} references users(id),
       created_at text not null,
       expires_at text not null)`,
    `create index transcript_drafts_study on transcript_drafts (study_id, interview_id)`,
    `create table media_files (
       id ${id},
       study_id ${ref} not null references studies(id),
       interview_id ${ref} not null references interviews(id),
       public_id text not null unique,
       name text not null,
       media_type text not null,
       bytes ${ref} not null,
       sha256 text not null,
       created_by ${ref} references users(id),
       created_at text not null,
       erased_at text)`,
    `create index media_files_interview on media_files (interview_id)`,
    `create table transcriptions (
       id ${id},
       study_id ${ref} not null references studies(id),
       interview_id ${ref} not null references interviews(id),
       media_id ${ref} not null references media_files(id),
       public_id text not null unique,
       state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
       step text not null default '',
       progress double precision not null default 0,
       failure text,
       server text not null,
       model text not null,
       language text not null default '',
       created_by ${ref} references users(id),
       created_at text not null,
       ended_at text)`,
    `create index transcriptions_interview on transcriptions (interview_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
