import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * What programs tell of people. `intake_records` is the log of what came, kept as it came; who did it, what it says of
 * them and the events themselves are projections of it.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const run = async (...statements: string[]) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  await run(
    // A write key stands in the pages of a site for everybody to read: it says where a message belongs, no more.
    `create table sources (
       id ${id},
       workspace_id ${ref} not null references workspaces(id),
       public_id text not null unique,
       name text not null,
       write_key text not null unique,
       created_by ${ref} references users(id),
       created_at text not null,
       ended_at text)`,
    `create index sources_workspace on sources (workspace_id)`,
    `create table intake_records (
       seq ${id},
       workspace_id ${ref} not null references workspaces(id),
       source_id ${ref} references sources(id),
       message_id text not null,
       kind text not null check (kind in ('identify', 'track', 'page', 'screen', 'group', 'alias')),
       name text not null,
       user_id text,
       anonymous_id text,
       body text not null,
       occurred_at text not null,
       received_at text not null,
       unique (workspace_id, message_id))`,
    `create index intake_records_source on intake_records (source_id, received_at)`,
    `create table events (
       seq ${ref} primary key,
       workspace_id ${ref} not null references workspaces(id),
       person_id ${ref} not null references people(id),
       kind text not null,
       name text not null,
       properties text not null,
       context text not null,
       occurred_at text not null)`,
    `create index events_person on events (person_id, occurred_at)`,
    `create index events_name on events (workspace_id, name, occurred_at)`,
    `create table dead_letters (
       id ${id},
       workspace_id ${ref} not null references workspaces(id),
       source_id ${ref} not null references sources(id),
       received_at text not null,
       reason text not null,
       body text not null)`,
    `create index dead_letters_source on dead_letters (source_id, id)`,
    `create table attribute_types (
       workspace_id ${ref} not null references workspaces(id),
       subject text not null check (subject in ('person', 'company')),
       name text not null,
       type text not null check (type in ('text', 'number', 'date', 'yes-no', 'list')),
       family text not null,
       is_set integer not null,
       primary key (workspace_id, subject, name))`,
    `create table company_attributes (
       id ${id},
       workspace_id ${ref} not null references workspaces(id),
       company_id ${ref} not null references companies(id),
       name text not null,
       family text not null,
       value text not null,
       source text not null,
       recorded_at text not null,
       seq ${ref})`,
    `create index company_attributes_company on company_attributes (company_id, name)`,
    // The record that an attribute was read from, so that it can be made again; null for what came by other roads.
    `alter table attributes add column seq ${ref}`,
    `create index attributes_seq on attributes (seq) where seq is not null`,
    `create index person_links_canonical on person_links (canonical_id)`,
    `create index company_members_person on company_members (person_id)`,

    // Events were kept by person; the log names people by the id they came with.
    `insert into person_identities (workspace_id, kind, value, person_id)
       select distinct people.workspace_id, 'external', people.public_id, people.id
       from event_records join people on people.id = event_records.person_id
       where not exists (select 1 from person_identities as known
                         where known.person_id = people.id and known.kind = 'external')`,
    `insert into intake_records
       (seq, workspace_id, source_id, message_id, kind, name, user_id, anonymous_id, body, occurred_at, received_at)
       select seq, workspace_id, null, message_id, 'track', name,
              (select min(value) from person_identities as known
               where known.person_id = event_records.person_id and known.kind = 'external'),
              null, body, occurred_at, received_at
       from event_records order by seq`,
    `drop table event_records`,
    `insert into attribute_types (workspace_id, subject, name, type, family, is_set)
       select workspace_id, 'person', name,
              case when min(kind) <> max(kind) then 'text' else min(kind) end, min(family), 0
       from (select workspace_id, name, family,
                    case substr(value, 1, 1) when '"' then 'text' when '[' then 'list'
                         when 't' then 'yes-no' when 'f' then 'yes-no' else 'number' end as kind
             from attributes) as known
       group by workspace_id, name`,
  );
  if (engine === 'postgres')
    await run(`select setval('intake_records_seq_seq', (select coalesce(max(seq), 0) + 1 from intake_records), false)`);
}
