import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What was decided because of an insight and where that is carried on, how sure its researchers are of it, every change of
 * it, and who follows it. A follower's row is also the letter that tells them: it waits, is sent, and waits again.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `alter table insights add column confidence text check (confidence in ('low', 'middle', 'high'))`,
    `alter table insights add column decision text not null default ''`,
    `alter table insights add column decided_on text`,
    `alter table insights add column ticket text not null default ''`,
    `create table insight_changes (
       id ${id},
       study_id ${ref} not null references studies(id),
       insight_id ${ref} not null references insights(id),
       what text not null,
       before text not null default '',
       after text not null default '',
       changed_by ${ref} references users(id),
       changed_at text not null)`,
    `create index insight_changes_insight on insight_changes (insight_id, id)`,
    `create table insight_followers (
       id ${id},
       study_id ${ref} not null references studies(id),
       insight_id ${ref} not null references insights(id),
       user_id ${ref} not null references users(id),
       followed_at text not null,
       seen_change ${ref} not null default 0,
       told_change ${ref} not null default 0,
       claimed_change ${ref},
       state text not null default 'quiet' check (state in ('quiet', 'waiting', 'sending')),
       due_at text,
       attempts integer not null default 0,
       reason text,
       constraint insight_followers_once unique (insight_id, user_id))`,
    `create index insight_followers_user on insight_followers (user_id)`,
    `create index insight_followers_due on insight_followers (state, due_at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
