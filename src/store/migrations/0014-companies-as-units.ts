import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';
import { createFold } from '../fold.ts';

/**
 * Segments may be of companies, memberships know who said the role and when, computed attributes can be changed and
 * ended, and people are found by names in any spelling.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `alter table segments add column unit text not null default 'person' check (unit in ('person', 'company'))`,
    // Of a segment of people the companies they are of, of one of companies their people; null before it was counted so.
    `alter table segment_sizes add column counterpart integer`,
    // Companies of which too little is known are told from those that are not in it, also where only the count is looked at.
    `alter table segment_counts add column unknown text not null default '[]'`,
    `alter table company_members add column role_source text`,
    `alter table company_members add column role_at text`,
    `alter table computed_attributes add column version integer not null default 1`,
    `alter table computed_attributes add column ended_at text`,
    `alter table computed_attributes add column ended_by ${ref} references users(id)`,
    `create table computed_attribute_versions (
       computed_id ${ref} not null references computed_attributes(id) on delete cascade,
       version integer not null,
       definition text not null,
       set_by ${ref} references users(id),
       set_at text not null,
       primary key (computed_id, version))`,
    `insert into computed_attribute_versions (computed_id, version, definition, set_by, set_at)
       select id, 1, definition, created_by, created_at from computed_attributes`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
  await createFold(db, engine);
}
