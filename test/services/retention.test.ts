import { spawn } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { backupFolder, databaseFile } from '../../src/store/data-folder.ts';
import { openSqlite } from '../../src/store/database.ts';
import { PLACES } from '../../src/store/personal-places.ts';
import { RETAINED } from '../../src/store/retained-places.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { runCli } from '../cli/run-cli.ts';
import { fieldSurvey } from '../support/field-house.ts';
import { newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { MARKS, marksIn, plantMarkedPerson } from '../support/marked-person.ts';

const DAY_MS = 86_400_000;
const child = path.resolve(import.meta.dirname, '../support/retention-child.ts');
/** Words of the response, the interview and the feedback; the persona's remark quotes the answer. */
const WORDS = [MARKS.answer, MARKS.turn, MARKS.memo, MARKS.note, 'kept-answer'];
/** What leads from the response to somebody. */
const LEADS = [MARKS.supplier, MARKS.file, 'kept-supplier'];

/** A house whose clock is set by hand, with a person of whom everything is kept. */
async function plant(folder: string) {
  // When the planted response and interview are of.
  const clock = { now: new Date('2026-03-02T09:00:00.000Z') };
  const now = () => clock.now;
  await newFolder(folder, now);
  const open = () => openVerbatim({ folder, limits: testLimits, now });
  const verbatim = await open();
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  const planted = await plantMarkedPerson(verbatim, study, survey);
  const pass = (days: number) => {
    clock.now = new Date(clock.now.getTime() + days * DAY_MS);
  };
  return { verbatim, study, survey, pass, now, open, ...planted };
}

test('every place of somebody has a decision about what becomes of it in time', () => {
  expect([...new Set(PLACES.map(({ table }) => table))].filter((table) => !RETAINED[table])).toEqual([]);
  expect(Object.keys(RETAINED).filter((table) => !PLACES.some((place) => place.table === table))).toEqual([]);
});

test('what leads to somebody goes on its day, words on theirs to the last byte, and twice is once', async () => {
  using place = temporaryFolder();
  const { folder } = place;
  const { verbatim, study, responseId, pass } = await plant(folder);
  await verbatim.retention.change(study, { identifiersDays: '30', wordsDays: '60' }, null);
  pass(29);
  expect(await verbatim.retention.perform()).toBe(0);
  expect(marksIn(folder, LEADS)).not.toEqual([]);
  expect((await verbatim.retention.preview(study)).lines).toContainEqual(
    expect.objectContaining({
      kind: 'response',
      now: { identifiers: 0, words: 0 },
      soon: { identifiers: 2, words: 0 },
    }),
  );

  pass(2);
  expect(await verbatim.retention.perform()).toBe(1);
  expect(marksIn(folder, LEADS)).toEqual([]);
  const response = await verbatim.store.responses.find(study.id, responseId);
  expect(response).toMatchObject({ state: 'completed', participationId: null });
  expect(verbatim.connection.prepare('select count(*) from participations').pluck().get()).toBe(0);
  expect(marksIn(folder, WORDS).flatMap(([, found]) => found)).toEqual(expect.arrayContaining(WORDS));
  expect(await verbatim.retention.perform()).toBe(0);

  const answers = () => verbatim.connection.prepare('select item, state from answers order by item').all();
  const before = answers();
  const coded = async () => (await verbatim.store.codedPassages.list(study.id)).length;
  expect([before.length > 0, await coded()]).toEqual([true, 1]);
  pass(30);
  expect(await verbatim.retention.perform()).toBe(1);
  expect(marksIn(folder, [...WORDS, ...LEADS])).toEqual([]);
  const { counts, doneAt } = (await verbatim.retention.runs(study))[0] ?? {};
  expect(doneAt).not.toBeNull();
  expect(Object.values(counts?.words ?? {}).reduce((sum, n) => sum + n, 0)).toBe(4);
  expect(await verbatim.retention.perform()).toBe(0);

  // Projections that are made anew bring nothing back, and count as before.
  await verbatim.database.kysely.updateTable('watermarks').set({ seq: 0 }).execute();
  await verbatim.logs.settle();
  expect([answers(), await coded()]).toEqual([before, 1]);
  expect(await verbatim.retention.perform()).toBe(0);
  await verbatim.close();
  expect(marksIn(folder, [...WORDS, ...LEADS])).toEqual([]);
});

test('a legal hold lets nothing go, and a lifted one lets it go', async () => {
  using place = temporaryFolder();
  const { folder } = place;
  const { verbatim, study, pass } = await plant(folder);
  await verbatim.retention.change(study, { identifiersDays: '1', wordsDays: '1' }, null);
  await verbatim.retention.hold(study, 'A case at court', null);
  pass(10);
  expect(await verbatim.retention.perform()).toBe(0);
  expect(marksIn(folder, WORDS)).not.toEqual([]);
  await expect(verbatim.retention.hold(study, 'Another', null)).rejects.toThrow('stands already');
  await verbatim.retention.lift(study);
  expect(await verbatim.retention.perform()).toBe(1);
  expect(marksIn(folder, [...WORDS, ...LEADS])).toEqual([]);
  await verbatim.close();
});

test('a copy from before is cleaned when it is put back, though it knows of no limit', {
  timeout: 120_000,
}, async () => {
  using place = temporaryFolder();
  using elsewhere = temporaryFolder();
  const { folder } = place;
  const { verbatim, study, pass, now } = await plant(folder);
  const copy = path.join(elsewhere.folder, 'copy.db');
  await backupFolder(folder, copy, now);
  await verbatim.retention.change(study, { identifiersDays: '1', wordsDays: '1' }, null);
  pass(3);
  await verbatim.retention.perform();
  await verbatim.close();
  rmSync(databaseFile(folder));
  const restored = await runCli(['restore', copy, '--data', folder, '--json']);
  expect(restored.code, restored.stderr).toBe(0);
  expect(marksIn(folder, [...WORDS, ...LEADS])).toEqual([]);
});

test('a copy from before is not served while what had gone cannot go again', { timeout: 120_000 }, async () => {
  using place = temporaryFolder();
  using elsewhere = temporaryFolder();
  const { folder } = place;
  const { verbatim, study, pass, now, open } = await plant(folder);
  const copy = path.join(elsewhere.folder, 'copy.db');
  await backupFolder(folder, copy, now);
  await verbatim.retention.change(study, { identifiersDays: '1', wordsDays: '1' }, null);
  pass(3);
  await verbatim.retention.perform();
  await verbatim.close();
  for (const ending of ['', '-wal', '-shm']) rmSync(`${databaseFile(folder)}${ending}`, { force: true });
  copyFileSync(copy, databaseFile(folder));
  const database = openSqlite(databaseFile(folder));
  database.exec("create trigger stuck before insert on retention_runs begin select raise(abort, 'stuck'); end");
  database.close();
  const refused = await runCli(['serve', '--data', folder]);
  expect([refused.code, refused.stdout]).toEqual([70, '']);
  expect(refused.stderr).toContain('stuck');
  const mended = openSqlite(databaseFile(folder));
  mended.exec('drop trigger stuck');
  mended.close();
  const again = await open();
  expect(marksIn(folder, [...WORDS, ...LEADS])).toEqual([]);
  await again.close();
});

test.each(['identifiers', 'words'])(
  'killed amid what it takes (%s), it goes on at the next start, to the last byte',
  { timeout: 120_000 },
  async (part) => {
    using place = temporaryFolder();
    const { verbatim, study, pass, open } = await plant(place.folder);
    await verbatim.retention.change(study, { identifiersDays: '1', wordsDays: '1' }, null);
    await verbatim.close();
    const dying = spawn(process.execPath, [child, place.folder, part], { stdio: 'ignore' });
    const signal = await new Promise((resolve) => dying.on('exit', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGKILL');
    pass(3);
    const again = await open();
    expect(marksIn(place.folder, [...WORDS, ...LEADS])).toEqual([]);
    const runs = await again.retention.runs(study);
    expect(runs.map(({ state }) => state)).toEqual(['done']);
    await again.close();
  },
);
