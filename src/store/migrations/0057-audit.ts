import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Who did what, when and to which thing. Rows are added at the end and never changed or taken away; each is sealed
 * together with the one before it. Nothing points to other tables, since what a row tells of may be gone.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const statements = [
    `create table audit_log (
       number ${engine === 'sqlite' ? 'integer' : 'bigint'} primary key,
       at text not null,
       actor_kind text not null check (actor_kind in ('user', 'key', 'nobody', 'operator', 'system')),
       actor_id ${ref},
       study_id ${ref},
       action text not null,
       object text not null,
       outcome text not null check (outcome in ('done', 'refused', 'failed', 'broken-off')),
       status integer,
       detail text not null,
       hash text not null)`,
    `create index audit_log_study on audit_log (study_id, number)`,
    `create index audit_log_at on audit_log (at)`,
    ...(engine === 'sqlite' ? SQLITE_GUARDS : POSTGRES_GUARDS),
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const SQLITE_GUARDS = [
  `create trigger audit_log_no_update before update on audit_log
     begin select raise(abort, 'audit_log is added to and never changed'); end`,
  `create trigger audit_log_no_delete before delete on audit_log
     begin select raise(abort, 'audit_log is added to and never changed'); end`,
  // INSERT OR REPLACE takes the old row away without asking the trigger above.
  `create trigger audit_log_at_end before insert on audit_log
     when new.number <> (select coalesce(max(number), 0) + 1 from audit_log)
     begin select raise(abort, 'audit_log is added to at its end'); end`,
];

const POSTGRES_GUARDS = [
  `create function audit_log_refuse() returns trigger language plpgsql as
     $$ begin raise exception 'audit_log is added to and never changed'; end $$`,
  `create trigger audit_log_no_change before update or delete on audit_log
     for each row execute function audit_log_refuse()`,
  `create trigger audit_log_no_truncate before truncate on audit_log
     for each statement execute function audit_log_refuse()`,
];
