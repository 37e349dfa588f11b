import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Personas that stand for several segments, for interviews, or for nothing yet; who answers for them, words of a
 * researcher's own beside what was computed, and what colleagues remark.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table persona_segments (
       persona_id ${ref} not null references personas(id),
       segment_id ${ref} not null references segments(id),
       position integer not null,
       primary key (persona_id, segment_id))`,
    `create index persona_segments_segment on persona_segments (segment_id)`,
    `insert into persona_segments (persona_id, segment_id, position) select id, segment_id, 0 from personas`,
    `alter table personas drop column segment_id`,
    `alter table personas add column kind text not null default 'quantified'
       check (kind in ('assumption', 'qualitative', 'quantified'))`,
    `alter table personas add column combine text not null default 'any' check (combine in ('any', 'all'))`,
    `alter table personas add column owner_id ${ref} references users(id)`,
    `alter table personas add column review_on text`,
    `alter table personas add column valid_for text not null default ''`,
    `alter table personas add column not_valid_for text not null default ''`,
    `alter table personas add column retire_when text not null default ''`,
    `alter table personas add column removed_at text`,
    `create index personas_study on personas (study_id)`,
    `alter table persona_versions add column words text not null default '{}'`,
    `alter table persona_versions add column note text not null default ''`,
    `create table persona_comments (
       id ${id},
       study_id ${ref} not null references studies(id),
       persona_id ${ref} not null references personas(id),
       public_id text not null unique,
       claim text,
       words text not null,
       created_by ${ref} references users(id),
       created_at text not null,
       resolved_by ${ref} references users(id),
       resolved_at text,
       removed_at text)`,
    `create index persona_comments_persona on persona_comments (persona_id)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
