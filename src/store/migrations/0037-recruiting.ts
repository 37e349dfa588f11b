import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';

/**
 * Finding people to interview: rounds, who was invited in them, the times there are, who booked which, what they are
 * owed for it, and the letters about it.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const statements = [
    `create table recruiting_rounds (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       settings text not null,
       state text not null default 'open' check (state in ('open', 'closed')),
       created_by ${ref} references users(id),
       created_at text not null)`,
    `create index recruiting_rounds_study on recruiting_rounds (study_id)`,
    `create table recruiting_people (
       id ${id},
       round_id ${ref} not null references recruiting_rounds(id),
       public_id text not null unique,
       number integer not null,
       token_hash text not null unique,
       person_id ${ref} references people(id),
       response_id text,
       how text not null check (how in ('mail', 'link', 'screener')),
       cell text,
       invited_at text not null,
       email text,
       payout text,
       language text,
       purged_at text,
       constraint recruiting_people_number unique (round_id, number),
       constraint recruiting_people_person unique (round_id, person_id),
       constraint recruiting_people_response unique (round_id, response_id))`,
    `create index recruiting_people_contact on recruiting_people (person_id, invited_at)`,
    `create table recruiting_slots (
       id ${id},
       round_id ${ref} not null references recruiting_rounds(id),
       public_id text not null unique,
       starts_at text not null,
       ends_at text not null,
       created_at text not null,
       removed_at text)`,
    `create unique index recruiting_slots_start on recruiting_slots (round_id, starts_at) where removed_at is null`,
    `create table recruiting_bookings (
       id ${id},
       round_id ${ref} not null references recruiting_rounds(id),
       slot_id ${ref} not null references recruiting_slots(id),
       participant_id ${ref} not null references recruiting_people(id),
       interview_id ${ref} references interviews(id),
       public_id text not null unique,
       sequence integer not null default 0,
       told text not null default '',
       consent_text text not null,
       zone text not null,
       booked_at text not null,
       changed_at text not null,
       cancelled_at text,
       amount_cents integer not null,
       currency text not null,
       form text not null,
       paid_at text,
       returned_at text,
       reference text not null default '')`,
    // Capacity is one: whoever comes second breaks one of these.
    `create unique index recruiting_bookings_slot on recruiting_bookings (slot_id) where cancelled_at is null`,
    `create unique index recruiting_bookings_one on recruiting_bookings (participant_id) where cancelled_at is null`,
    `create index recruiting_bookings_interview on recruiting_bookings (interview_id)`,
    `create table recruiting_letters (
       id ${id},
       public_id text not null unique,
       participant_id ${ref} not null references recruiting_people(id),
       booking_id ${ref} references recruiting_bookings(id),
       kind text not null check (kind in ('invitation', 'booked', 'changed', 'cancelled', 'reminder')),
       mark text not null,
       state text not null
         check (state in ('waiting', 'sending', 'sent', 'refused', 'unsure', 'failed', 'skipped')),
       due_at text not null,
       attempts integer not null default 0,
       claimed_at text,
       settled_at text,
       reason text,
       address_seal text not null default '',
       constraint recruiting_letters_once unique (participant_id, mark))`,
    `create index recruiting_letters_due on recruiting_letters (state, due_at)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
