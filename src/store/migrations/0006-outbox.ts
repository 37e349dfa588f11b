import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Hooks, which say what is told to whom, and deliveries, which are all that was told or is still to be. What came about
 * before today is told to nobody: the watermarks begin at the end.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table hooks (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       kind text not null check (kind in ('webhook', 'hubspot', 'slack', 'teams', 'jira', 'asana', 'trello')),
       name text not null,
       settings text not null,
       secret text not null,
       events text not null,
       survey_id ${ref} references surveys(id) on delete cascade,
       paused_at text,
       paused_reason text,
       made_by ${ref} references users(id),
       made_at text not null)`,
    `create index hooks_study on hooks (study_id)`,

    // The subject is the response that a delivery is about: when it is withdrawn, the payload goes.
    `create table deliveries (
       id ${id},
       hook_id ${ref} not null references hooks(id) on delete cascade,
       public_id text not null unique,
       origin text not null,
       event text not null,
       subject text,
       survey_id ${ref} references surveys(id) on delete cascade,
       person_id ${ref} references people(id),
       payload text not null,
       state text not null check (state in
         ('waiting', 'claimed', 'delivered', 'failed', 'given-up', 'held-back', 'skipped')),
       attempts integer not null,
       due_at text not null,
       last_status integer,
       last_answer text,
       reason text,
       made text not null,
       happened_at text not null,
       created_at text not null,
       claimed_at text,
       settled_at text,
       unique (hook_id, origin))`,
    `create index deliveries_due on deliveries (state, due_at)`,
    `create index deliveries_hook on deliveries (hook_id, state)`,
    `create index deliveries_subject on deliveries (subject) where subject is not null`,
    `create index deliveries_settled on deliveries (settled_at) where settled_at is not null`,

    `insert into watermarks (name, seq) select 'outbox', coalesce(max(seq), 0) from response_records`,
    `insert into watermarks (name, seq) select 'outbox personas', coalesce(max(id), 0) from persona_versions`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
