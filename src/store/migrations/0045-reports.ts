import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Reports that were built, and everything that was handed on, with who was to read it. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table reports (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       kind text not null,
       format text not null,
       audience text not null check (audience in ('internal', 'client', 'public')),
       settings text not null,
       state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
       step text not null default '',
       done double precision not null default 0,
       error text,
       file_name text,
       media_type text,
       bytes ${ref},
       hash text,
       notices text not null default '[]',
       created_by ${ref} references users(id),
       created_at text not null,
       finished_at text,
       gone_at text)`,
    `create index reports_study on reports (study_id)`,
    `create table handed_on (
       id ${id},
       study_id ${ref} not null references studies(id),
       what text not null,
       subject text,
       format text not null,
       audience text not null check (audience in ('internal', 'client', 'public')),
       rows_out ${ref},
       reason text not null default '',
       by_user ${ref} references users(id),
       by_link text,
       at text not null)`,
    `create index handed_on_study on handed_on (study_id, at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
