import { type Kysely, sql } from 'kysely';
import type { Engine } from '../dialect.ts';

/**
 * Whether a survey is anonymous, decided before its first publishing. The database itself refuses to change it after that,
 * and to make a survey that was answered anonymously look as if it had never been published.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const statements = [
    `alter table surveys add column is_anonymous integer not null default 0 check (is_anonymous in (0, 1))`,
    ...(engine === 'sqlite' ? SQLITE_GUARDS : POSTGRES_GUARDS),
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const SQLITE_GUARDS = [
  `create trigger surveys_anonymous_for_good before update of is_anonymous on surveys
     when old.published_version_id is not null and new.is_anonymous <> old.is_anonymous
     begin select raise(abort, 'whether a published survey is anonymous is never changed'); end`,
  `create trigger surveys_anonymous_stays_published before update of published_version_id on surveys
     when old.is_anonymous = 1 and old.published_version_id is not null and new.published_version_id is null
       and exists (select 1 from response_records where survey_id = old.id)
     begin select raise(abort, 'an anonymous survey that was answered stays published'); end`,
];

const POSTGRES_GUARDS = [
  `create function surveys_anonymous_refuse() returns trigger language plpgsql as $$ begin
     if old.published_version_id is not null and new.is_anonymous <> old.is_anonymous then
       raise exception 'whether a published survey is anonymous is never changed';
     end if;
     if old.is_anonymous = 1 and old.published_version_id is not null and new.published_version_id is null
        and exists (select 1 from response_records where survey_id = old.id) then
       raise exception 'an anonymous survey that was answered stays published';
     end if;
     return new;
   end $$`,
  `create trigger surveys_anonymous_for_good before update on surveys
     for each row execute function surveys_anonymous_refuse()`,
];
