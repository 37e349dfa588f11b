import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Interviews that are planned before they are held, the guides they follow, what is written while they last, and the
 * ladders heard in them.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table guides (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null,
       version integer not null,
       code text,
       title text not null,
       content text not null,
       created_by ${ref} references users(id),
       created_at text not null,
       retired_at text,
       constraint guides_version unique (public_id, version))`,
    `create index guides_study on guides (study_id)`,
    `alter table interviews add column state text not null default 'held'
       check (state in ('invited', 'scheduled', 'held', 'thanked', 'no-show', 'cancelled'))`,
    `alter table interviews add column scheduled_at text`,
    `alter table interviews add column zone text`,
    `alter table interviews add column length_minutes integer`,
    `alter table interviews add column place text not null default ''`,
    `alter table interviews add column guide_id ${ref} references guides(id)`,
    `alter table interviews add column talk_started_at text`,
    `alter table interviews add column talk_ended_at text`,
    `alter table interviews add column notes_revision integer not null default 0`,
    `create table interview_states (
       id ${id},
       interview_id ${ref} not null references interviews(id),
       state text not null,
       note text not null default '',
       made_by ${ref} references users(id),
       made_at text not null)`,
    `create index interview_states_interview on interview_states (interview_id)`,
    `create table interview_team (
       interview_id ${ref} not null references interviews(id),
       user_id ${ref} not null references users(id),
       role text not null check (role in ('researcher', 'observer')),
       primary key (interview_id, user_id))`,
    `create index interview_team_user on interview_team (user_id)`,
    `create table guide_marks (
       interview_id ${ref} not null references interviews(id),
       question text not null,
       at_ms ${ref},
       made_by ${ref} references users(id),
       made_at text not null,
       primary key (interview_id, question))`,
    `create table interview_notes (
       id ${id},
       interview_id ${ref} not null references interviews(id),
       source_id text not null unique,
       entry text not null,
       written_by ${ref} references users(id),
       written_at text not null,
       changed_at text not null,
       revision integer not null,
       removed_at text,
       constraint interview_notes_entry unique (interview_id, entry))`,
    `create table ladder_rungs (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       subject_kind text not null check (subject_kind in ('interview', 'response')),
       subject_id text not null,
       ladder integer not null,
       position integer not null,
       kind text not null check (kind in ('attribute', 'consequence', 'value')),
       code_id ${ref} references codes(id),
       text text not null default '',
       source_id text,
       source_version integer,
       span_start integer,
       span_end integer,
       mode text not null check (mode in ('hard', 'soft')),
       created_by ${ref} references users(id),
       created_at text not null,
       removed_at text)`,
    `create index ladder_rungs_subject on ladder_rungs (study_id, subject_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
