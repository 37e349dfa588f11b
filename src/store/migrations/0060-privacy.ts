import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/** Who and what was erased: random ids, when, and how far it came. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const ref = refType(engine);
  const statements = [
    `create table erasures (
       id ${id},
       public_id text not null unique,
       kind text not null check (kind in ('person', 'response')),
       subject text not null,
       state text not null check (state in ('begun', 'done')),
       reach text not null,
       counts text not null,
       begun_by ${ref} references users(id),
       begun_at text not null,
       done_at text)`,
    `create index erasures_begun on erasures (state) where state = 'begun'`,
    `create index erasures_subject on erasures (subject)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
