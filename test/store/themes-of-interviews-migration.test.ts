import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { up as earlierChecks } from '../../src/store/migrations/0021-theme-checks.ts';
import { up } from '../../src/store/migrations/0023-themes-of-interviews.ts';
import { openStore } from '../../src/store/store.ts';
import { interviewsOf } from '../../src/themes/question.ts';
import { temporaryFolder } from '../support/house.ts';

const AT = '2026-01-01T00:00:00.000Z';

test.each([
  ['SQLite', (folder: string) => kyselyOver('sqlite', openSqlite(path.join(folder, 'old.db'), { mayCreate: true }))],
  ['PostgreSQL', () => kyselyOver('postgres', new PGliteDialect({ pglite: new PGlite() }))],
] as const)('corrections and checks of questions stay, and interviews have their own, on %s', async (engine, open) => {
  using place = temporaryFolder();
  const database = open(place.folder);
  const { kysely } = database;
  const run = (text: string) => sql.raw(text).execute(kysely);
  try {
    await migrate(database, () => new Date(AT));
    // As the schema before left it.
    for (const table of [
      'check_readers',
      'check_codes',
      'check_answers',
      'checks',
      'overrides',
      'codes',
      'corrections',
    ])
      await run(`drop table theme_${table}`);
    await earlierChecks(kysely as never, database.engine);
    const id = engine === 'SQLite' ? 'integer primary key autoincrement' : 'bigserial primary key';
    const ref = engine === 'SQLite' ? 'integer' : 'bigint';
    await run(`create table theme_corrections (id ${id}, study_id ${ref} not null references studies (id),
      survey_id ${ref} not null references surveys (id), item text not null, number integer not null, action text not null,
      made_by ${ref} references users (id), made_at text not null,
      constraint theme_corrections_number unique (survey_id, item, number))`);
    await run('create index theme_corrections_study on theme_corrections (study_id)');
    await run(`insert into workspaces (public_id, name, created_at) values ('w', 'One', '${AT}')`);
    await run(
      `insert into studies (workspace_id, public_id, name, is_closed, created_at) values (1, 's', 'S', 0, '${AT}')`,
    );
    await run(`insert into users (public_id, email, name, password_hash, is_admin, created_at)
               values ('u', 'a@example.org', 'Ada', 'h', 0, '${AT}')`);
    await run(`insert into surveys (study_id, public_id, slug, draft, draft_revision, state, created_at)
               values (1, 'v', 'v', '{}', 1, 'open', '${AT}')`);
    await run(`insert into runs (study_id, public_id, kind, survey_id, subject, engine_version, seed, settings, input_cut, state, step, progress, created_at)
               values (1, 'r', 'themes', 1, 'why', '2', 1, '{}', '{}', 'done', '', 1, '${AT}')`);
    await run(`insert into theme_corrections (study_id, survey_id, item, number, action, made_by, made_at)
               values (1, 1, 'why', 1, '{"kind":"lock","theme":"t"}', 1, '${AT}')`);
    await run(`insert into theme_checks (study_id, survey_id, item, run_id, public_id, themes, strata, seed, created_at)
               values (1, 1, 'why', 1, 'c', '[]', '[]', 1, '${AT}')`);
    await run(`insert into theme_check_answers (check_id, position, source_id, source_version, stratum, machine)
               values (1, 1, 'x', 1, 0, '[]')`);
    await run(
      `insert into theme_check_codes (check_id, position, user_id, themes, coded_at) values (1, 1, 1, '[]', '${AT}')`,
    );

    await kysely.transaction().execute((trx) => up(trx as never, database.engine));

    const { themes, themeChecks } = openStore(database);
    const why = { studyId: 1, surveyId: 1, item: 'why' };
    expect(await themes.journal(why)).toEqual([
      { number: 1, action: { kind: 'lock', theme: 't' }, madeBy: 'Ada', madeAt: AT },
    ]);
    const [check] = await themeChecks.list(why);
    expect(check?.publicId).toBe('c');
    expect(await themeChecks.answers(1)).toHaveLength(1);
    expect(await themeChecks.codes(1)).toHaveLength(1);
    const by = { userId: null, at: AT };
    const lock = [{ kind: 'lock', theme: 'i' }] as const;
    expect(await themes.append(interviewsOf(1), lock, by)).toEqual([1]);
    expect(await themes.append(interviewsOf(1), lock, by)).toEqual([2]);
    expect(await themes.journal(interviewsOf(1))).toHaveLength(2);
    expect(await themes.journal(why)).toHaveLength(1);
    await expect(
      run(`insert into theme_corrections (study_id, survey_id, item, number, action, made_at)
           values (1, null, 'interviews', 2, '{}', '${AT}')`),
    ).rejects.toThrow();
  } finally {
    await kysely.destroy();
  }
});
