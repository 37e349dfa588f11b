import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { FolderError, openFolder, restoreFolder } from '../../src/store/data-folder.ts';
import { keptCopies } from '../../src/store/kept-copies.ts';
import { SCHEMA_VERSION } from '../../src/store/migrate.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { compareWithTold, rounds, sayFigure } from '../support/answering.ts';
import { temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { plantOlderInstallation } from '../support/older-installation.ts';
import { startServer } from './run-cli.ts';

const KILLS = rounds(40);
const OLD_SCHEMA = 14;
const now = () => new Date();

/** Every export of the one survey of the old installation. */
async function exportsOf(folder: string): Promise<Record<string, string>> {
  const verbatim = await openVerbatim({ folder, limits: testLimits });
  const [study] = await verbatim.store.studies.all();
  const [row] = study ? await verbatim.store.surveys.list(study.id) : [];
  const survey = study && row ? await verbatim.store.surveys.find(study.id, row.publicId) : null;
  if (!survey) throw new Error('The old survey is not there');
  const text = async (parts: AsyncGenerator<string>): Promise<string> => (await Array.fromAsync(parts)).join('');
  const told = { csv: await text(verbatim.exports.csv(survey)), jsonl: await text(verbatim.exports.jsonl(survey)) };
  await verbatim.close();
  return told;
}

const schemaOf = (file: string): number => {
  const database = new Sqlite(file, { readonly: true });
  const number = database.prepare('select max(number) from schema_migrations').pluck().get() as number;
  database.close();
  return number;
};

test(`${KILLS} times killed in the middle of an upgrade, an installation comes through the next start with every answer`, async () => {
  using place = temporaryFolder();
  const whole = path.join(place.folder, 'whole');
  plantOlderInstallation(whole);
  const wanted = await exportsOf(whole);
  expect(wanted['csv']?.trim().split('\n')).toHaveLength(4);

  const stopped = new Map<number, number>();
  let upgradeMs = 1_500;
  for (let cycle = 0; cycle < KILLS; cycle += 1) {
    const folder = path.join(place.folder, `cycle-${cycle}`);
    plantOlderInstallation(folder);
    const file = path.join(folder, 'verbatim.db');
    const backups = path.join(folder, 'backups');
    let killedAt: number | null = null;
    let beganAt: number | null = null;
    const server = await startServer(['serve', '--data', folder], {
      whileStarting: async (child) => {
        while (!existsSync(backups) || readdirSync(backups).length === 0) {
          if (child.exitCode !== null) return;
          await wait(1);
        }
        beganAt = performance.now();
        // From the middle of the copy to the end of the last step.
        await wait(Math.random() * upgradeMs);
        if (child.kill('SIGKILL')) killedAt = performance.now();
      },
    }).catch(() => null);
    if (server) {
      upgradeMs = Math.max(200, performance.now() - (beganAt ?? 0));
      await server.kill();
    }
    expect(killedAt === null && server === null, 'a start that ended by itself').toBe(false);
    const reached = schemaOf(file);
    stopped.set(reached, (stopped.get(reached) ?? 0) + 1);

    expect(await exportsOf(folder), `kill ${cycle + 1}, at step ${reached}`).toEqual(wanted);
    expect(compareWithTold(folder, [])).toMatchObject({ integrity: 'ok', brokenReferences: 0, doubled: 0 });
    expect(schemaOf(file)).toBe(SCHEMA_VERSION);
    const copy = keptCopies(folder)
      .filter(({ kind }) => kind === 'before-upgrade')
      .at(-1);
    expect(copy && schemaOf(copy.file), 'the copy from before').toBe(OLD_SCHEMA);

    // The copy is whole, and this version makes the same of it.
    if (cycle % 10 === 0) {
      const back = path.join(place.folder, `back-${cycle}`);
      await restoreFolder(back, copy?.file ?? '', now);
      expect(await exportsOf(back)).toEqual(wanted);
    }
    // To an older version the upgraded one is a newer one's.
    const database = new Sqlite(file);
    database.exec(`insert into schema_migrations values (${SCHEMA_VERSION + 1}, 'from-the-future', '', null)`);
    database.close();
    const refusal = await openFolder(folder, { isOwner: true, now }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(FolderError);
    expect((refusal as FolderError).message).toContain(`npx verbatim restore ${keptCopies(folder)[0]?.file}`);
  }
  const steps = [...stopped].sort(([a], [b]) => a - b).map(([schema, n]) => `${n} at ${schema}`);
  sayFigure(
    `killed upgrade: ${KILLS} kills from schema ${OLD_SCHEMA} to ${SCHEMA_VERSION} (${steps.join(', ')}), 0 different exports, copy from before present each time, older version refused each time`,
  );
  // Not all in one place.
  expect(stopped.size).toBeGreaterThan(Math.min(5, KILLS / 4));
});
