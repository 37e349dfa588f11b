import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { databaseFile } from '../../src/store/data-folder.ts';
import { dropOldCopies, keptCopies } from '../../src/store/kept-copies.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { fixedClock, LIGHT_PASSWORDS, newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

const DAY = 86_400_000;

async function openKeeper(folder: string, clock: ReturnType<typeof fixedClock>, copyKey: Uint8Array | null, keep = 3) {
  const reported: string[] = [];
  const verbatim = await openVerbatim({
    folder,
    limits: testLimits,
    now: clock.now,
    passwordCost: LIGHT_PASSWORDS,
    upkeep: { copiesDaily: true, keep, copyKey },
    report: (error) => reported.push((error as Error).message),
  });
  return { verbatim, reported, [Symbol.asyncDispose]: () => verbatim.close() };
}

test('a copy is made when the newest is a day old, and the newest few stay', async () => {
  using made = temporaryFolder();
  const clock = fixedClock(new Date().toISOString());
  await newFolder(made.folder, clock.now);
  await using keeper = await openKeeper(made.folder, clock, null);
  const { upkeep } = keeper.verbatim;
  clock.forward(DAY / 2);
  await upkeep.look();
  expect(keptCopies(made.folder)).toEqual([]);
  clock.forward(DAY / 2 + 60_000);
  for (let day = 0; day < 5; day += 1) {
    await upkeep.look();
    // Looking again within the day makes none more.
    await upkeep.look();
    clock.forward(DAY);
  }
  const copies = keptCopies(made.folder);
  expect(copies.map(({ at }) => Math.round((clock.now().getTime() - at.getTime()) / DAY))).toEqual([1, 2, 3]);
  expect(readdirSync(path.join(made.folder, 'backups'))).toHaveLength(6);
  expect((await upkeep.figures()).lastCopy).toMatchObject({ isWell: true });
  expect(keeper.reported).toEqual([]);
});

test('with a key the daily copies are sealed', async () => {
  using made = temporaryFolder();
  const clock = fixedClock(new Date().toISOString());
  await newFolder(made.folder, clock.now);
  await using keeper = await openKeeper(made.folder, clock, new Uint8Array(randomBytes(32)));
  clock.forward(2 * DAY);
  await keeper.verbatim.upkeep.look();
  expect(keptCopies(made.folder).map(({ isSealed }) => isSealed)).toEqual([true]);
  expect(readdirSync(path.join(made.folder, 'backups'))).toHaveLength(1);
});

test('what is older than 35 days goes, whatever kind it is, but never the newest nor what somebody named', () => {
  using made = temporaryFolder();
  const backups = path.join(made.folder, 'backups');
  mkdirSync(backups);
  const put = (name: string) => writeFileSync(path.join(backups, name), '');
  const now = new Date('2026-06-01T00:00:00.000Z');
  for (const name of [
    'verbatim-2026-04-01T00-00-00-000Z.db',
    'verbatim-2026-04-01T00-00-00-000Z.db.json',
    'before-schema-50-2026-04-20T00-00-00-000Z.vbk',
    'before-schema-51-2026-05-20T00-00-00-000Z.db',
    'verbatim-2026-04-27T00-00-00-000Z.vbk',
    'monday.db',
  ])
    put(name);
  mkdirSync(path.join(backups, 'verbatim-2026-04-01T00-00-00-000Z.db.files'));
  dropOldCopies(made.folder, 10, now);
  expect(readdirSync(backups).sort()).toEqual([
    'before-schema-51-2026-05-20T00-00-00-000Z.db',
    'monday.db',
    'verbatim-2026-04-27T00-00-00-000Z.vbk',
  ]);
  dropOldCopies(made.folder, 10, new Date('2026-09-01T00:00:00.000Z'));
  expect(readdirSync(backups).sort()).toEqual(['before-schema-51-2026-05-20T00-00-00-000Z.db', 'monday.db']);
});

test('a copy that cannot be made is told loudly, and the last good one stays', async () => {
  using made = temporaryFolder();
  const clock = fixedClock(new Date().toISOString());
  await newFolder(made.folder, clock.now);
  await using keeper = await openKeeper(made.folder, clock, null, 1);
  clock.forward(2 * DAY);
  await keeper.verbatim.upkeep.look();
  const [good] = keptCopies(made.folder);
  clock.forward(2 * DAY);
  // A file stands where the next copy is to go.
  const stamp = clock.now().toISOString().replaceAll(/[:.]/g, '-');
  mkdirSync(path.join(made.folder, 'backups', `verbatim-${stamp}.db`));
  await keeper.verbatim.upkeep.copy();
  expect(keeper.reported.join()).toMatch(/No copy could be made/);
  expect((await keeper.verbatim.upkeep.figures()).lastCopy).toMatchObject({ isWell: false });
  expect(existsSync(good?.file ?? '')).toBe(true);
});

test('once a week the whole database is looked through, and damage is found while the server runs', async () => {
  using made = temporaryFolder();
  const clock = fixedClock(new Date().toISOString());
  await newFolder(made.folder, clock.now);
  {
    await using keeper = await openKeeper(made.folder, clock, null);
    const { upkeep } = keeper.verbatim;
    clock.forward(3 * DAY);
    await upkeep.look();
    expect((await upkeep.figures()).lastCheck).toBe(null);
    clock.forward(5 * DAY);
    await upkeep.look();
    expect((await upkeep.figures()).lastCheck).toMatchObject({ isWell: true, at: clock.now().toISOString() });
  }
  {
    await using keeper = await openKeeper(made.folder, clock, null);
    const { connection, upkeep } = keeper.verbatim;
    // An index that has lost what its table holds.
    connection.exec("insert into settings values ('one', '1')");
    connection.pragma('writable_schema = ON');
    connection.exec(
      'create table harmed (id integer primary key, word text); create index harmed_word on harmed (word)',
    );
    connection.exec("insert into harmed (word) values ('a'), ('b')");
    const root = connection
      .prepare("select rootpage from sqlite_schema where name = 'harmed_word'")
      .pluck()
      .get() as number;
    connection.pragma('wal_checkpoint(TRUNCATE)');
    const bytes = readFileSync(databaseFile(made.folder));
    const pageSize = connection.pragma('page_size', { simple: true }) as number;
    bytes.fill(0x41, (root - 1) * pageSize + 100, root * pageSize);
    writeFileSync(databaseFile(made.folder), bytes);
    await upkeep.check();
    expect((await upkeep.figures()).lastCheck).toMatchObject({ isWell: false });
    expect(keeper.reported.join()).toMatch(/The database is damaged: table harmed/);
  }
});
