import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/cli/database-checks.ts';
import { examineFolder } from '../../src/cli/examine-folder.ts';
import { SCHEMA_VERSION } from '../../src/store/migrate.ts';
import { initOnPostgres } from '../../src/store/open-installation.ts';
import { connectAlone } from '../../src/store/postgres.ts';
import { temporaryFolder } from '../support/house.ts';
import { postgresPrograms } from '../support/postgres-programs.ts';
import { makePostgres } from '../support/real-postgres.ts';
import { runCli } from './run-cli.ts';

const now = () => new Date();
const stateOf = (checks: readonly Check[], name: string) => {
  const { state, detail } = checks.find((one) => one.name === name) ?? {};
  return `${state}: ${detail}`;
};

describe.skipIf(postgresPrograms === null)('the doctor on a PostgreSQL', () => {
  test('says what it found well, what it cannot see, and each thing that is wrong with what to do', async () => {
    await using made = await makePostgres();
    await using foreign = await makePostgres({ isEmpty: true });
    using place = temporaryFolder();
    const folder = path.join(place.folder, 'data');
    await initOnPostgres(folder, made.url, now);
    const look = (url: string | null = made.url, at = now) => examineFolder(folder, url, at);

    const well = await look();
    expect(well.filter(({ state }) => state === 'wrong')).toEqual([]);
    expect(stateOf(well, 'database')).toMatch(/PostgreSQL \d+.*collation C, synchronous_commit=on, fsync=/);
    expect(stateOf(well, 'belonging together')).toMatch(/^good/);
    expect(stateOf(well, 'schema')).toBe(`good: ${SCHEMA_VERSION}`);
    expect(stateOf(well, 'references')).toMatch(/^good: all \d{3} are kept by PostgreSQL/);
    expect(stateOf(well, 'projections')).toMatch(/^good/);
    expect(stateOf(well, 'copies')).toMatch(/^note: .*age cannot be seen from here/);

    expect(stateOf(await look(null), 'database')).toMatch(/^wrong: .*name that in DATABASE_URL/);
    expect(stateOf(await look('postgres://nobody@127.0.0.1:1/none'), 'database')).toMatch(
      /^wrong: .*cannot be reached/,
    );
    expect(stateOf(await look(foreign.url), 'belonging together')).toMatch(/^wrong: the database is empty/);
    expect(stateOf(await look(made.url, () => new Date(Date.now() + 60_000)), 'clock of the database')).toMatch(
      /^wrong: 60 seconds/,
    );

    const client = await connectAlone(made.url);
    await client.query(
      `alter table settings add column points bigint;
       alter table settings add constraint points_nowhere foreign key (points) references studies (id) not valid`,
    );
    await client.query(`update schema_migrations set name = '0003-of-somebody-else' where number = 3`);
    const harmed = await look();
    expect(stateOf(harmed, 'references')).toMatch(/^wrong: 1 of \d{3} are not kept/);
    expect(stateOf(harmed, 'steps of the schema')).toMatch(/^wrong: step 3 of this database was 0003-of-somebody-else/);
    await client.query(`insert into schema_migrations values (${SCHEMA_VERSION + 1}, 'from-the-future', '', null)`);
    expect(stateOf(await look(), 'schema')).toMatch(/^wrong: .*made by a newer Verbatim/);
    await client.query("update installation set id = 'another'");
    await client.end();
    expect(stateOf(await look(), 'belonging together')).toMatch(/^wrong: the database is another installation’s/);

    const said = await runCli(['doctor', '--data', folder], { env: { DATABASE_URL: made.url, VERBATIM_UNKNOWN: '1' } });
    expect(said.code).toBe(1);
    expect(said.stdout).toMatch(/WRONG +configuration: VERBATIM_UNKNOWN/);
    expect(said.stdout).toMatch(/WRONG +belonging together/);
    expect(said.stdout + said.stderr).not.toContain(made.url);
  });

  test('notices a PostgreSQL that is named beside a folder with data of its own', async () => {
    using place = temporaryFolder();
    const folder = path.join(place.folder, 'data');
    expect((await runCli(['init', '--data', folder])).code).toBe(0);
    const checks = await examineFolder(folder, 'postgres://db.example/verbatim', now);
    expect(stateOf(checks, 'DATABASE_URL')).toMatch(/^wrong: .*verbatim move/);
    expect(stateOf(checks, 'integrity')).toMatch(/^good/);
  });
});
