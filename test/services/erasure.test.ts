import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupFolder, databaseFile, restoreFolder } from '../../src/store/data-folder.ts';
import { erasedLogFile, readErased, takeErased } from '../../src/store/erased-log.ts';
import { openVerbatim, type Verbatim } from '../../src/verbatim.ts';
import { runCli } from '../cli/run-cli.ts';
import { FIELD_OWNER, fieldSurvey } from '../support/field-house.ts';
import { newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { MARKS, marksIn, plantMarkedPerson } from '../support/marked-person.ts';

const ALL = [...Object.values(MARKS), MARKS.email.toUpperCase()];
const OTHERS = ['else@example.org', 'kept-answer', 'kept-property', 'kept-letter'];
const now = () => new Date();
const child = path.resolve(import.meta.dirname, '../support/erasure-child.ts');

/** A person of whom everything is kept, in a folder of its own, and their owner. */
async function plant(folder: string) {
  await newFolder(folder, now);
  const verbatim = await openVerbatim({ folder, limits: testLimits });
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  await verbatim.accounts.add({ ...FIELD_OWNER, name: 'Ada' }, { isAdmin: true, role: 'owner', studyId: null });
  const userId = verbatim.connection.prepare('select id from users').pluck().get() as number;
  return { verbatim, study, survey, userId, ...(await plantMarkedPerson(verbatim, study, survey)) };
}
const recordOf = async (verbatim: Verbatim, person: Parameters<Verbatim['personalRecords']['of']>[0], userId: number) =>
  verbatim.personalRecords.of(person, await verbatim.erasure.ownedBy(userId));

describe('everything kept about a person', () => {
  test('tells all that is theirs and nothing of anybody else', async () => {
    using place = temporaryFolder();
    const { verbatim, person, userId } = await plant(place.folder);
    const record = await recordOf(verbatim, person, userId);
    const text = JSON.stringify(record);
    expect(Object.values(MARKS).filter((mark) => !text.includes(mark))).toEqual([]);
    expect([...OTHERS, 'somebody-else', 'kept-supplier'].filter((mark) => text.includes(mark))).toEqual([]);
    expect(record.responses).toHaveLength(1);
    expect(record.responses[0]?.answers).toContainEqual(
      expect.objectContaining({ item: 'story', answer: `I said ${MARKS.answer} to them all` }),
    );
    expect(text).not.toMatch(/token_hash|address_seal|content_hash/);
    await verbatim.close();
  });

  test('leaves studies out that whoever asks does not own, and says how many', async () => {
    using place = temporaryFolder();
    const { verbatim, person } = await plant(place.folder);
    const record = await verbatim.personalRecords.of(person, new Set());
    expect(record.otherStudies).toBe(1);
    expect(JSON.stringify(record)).not.toContain(MARKS.answer);
    expect(JSON.stringify(record)).toContain(MARKS.email);
    await verbatim.close();
  });
});

describe('erasing a person', () => {
  test('leaves no byte of them in any file of the folder, and everybody else whole', async () => {
    using place = temporaryFolder();
    const { folder } = place;
    const { verbatim, study, person, otherId, otherResponse, responseId, interview, userId } = await plant(folder);
    for (const room of ['files/people-imports', 'inbox/source/done']) {
      mkdirSync(path.join(folder, room), { recursive: true });
      writeFileSync(path.join(folder, room, 'theirs.csv'), `id,plan\n${MARKS.externalId},${MARKS.trait}\n`);
      writeFileSync(path.join(folder, room, 'others.csv'), 'id,plan\nsomebody-else,free\n');
    }
    expect(marksIn(folder, ALL).flatMap(([, found]) => found)).toEqual(expect.arrayContaining(ALL));

    const { counts, isJournalEmpty } = await verbatim.erasure.erasePerson(person, { userId });
    expect(isJournalEmpty).toBe(true);
    expect(counts.rows).toMatchObject({
      person_identities: 2,
      events: 2,
      intake_records: 3,
      claims: 2,
      draw_entries: 1,
      dead_letters: 1,
    });
    expect(counts).toMatchObject({ memos: 1, comments: 1, written: [expect.objectContaining({ what: 'lede' })] });
    expect(marksIn(folder, ALL)).toEqual([]);
    expect(marksIn(folder, ['somebody-else,free'])).toHaveLength(2);

    // While it runs on, and after projections were made anew from the records.
    await verbatim.store.responses.projectedUpTo();
    await verbatim.database.kysely.updateTable('watermarks').set({ seq: 0 }).execute();
    await verbatim.logs.settle();
    const { store } = verbatim;
    expect((await store.people.find(study.workspaceId, person.publicId))?.erasedAt).not.toBeNull();
    expect((await store.responses.find(study.id, responseId))?.state).toBe('withdrawn');
    expect((await store.notes.findInterview(study.id, interview.publicId))?.participationId).toBeNull();
    expect((await store.responses.find(study.id, otherResponse))?.state).toBe('completed');
    expect((await store.people.attributesOf(otherId)).get('email')?.value).toBe('else@example.org');
    const again = await store.people.find(study.workspaceId, person.publicId);
    await expect(verbatim.erasure.erasePerson(again ?? person, { userId })).rejects.toThrow('erased before');
    await verbatim.close();
    expect(marksIn(folder, ALL)).toEqual([]);
    expect(marksIn(folder, OTHERS).flatMap(([, found]) => found)).toEqual(expect.arrayContaining(OTHERS));
  });

  test.each(['begin', 'takeAway', 'finish'])(
    'killed before “%s”, it is gone on with at the next start, to the last byte',
    { timeout: 120_000 },
    async (step) => {
      using place = temporaryFolder();
      const { verbatim, study, person, userId } = await plant(place.folder);
      await verbatim.close();
      const dying = spawn(
        process.execPath,
        [child, place.folder, String(study.workspaceId), person.publicId, String(userId), step],
        { stdio: 'ignore' },
      );
      const signal = await new Promise((resolve) => dying.on('exit', (_code, by) => resolve(by)));
      expect(signal).toBe('SIGKILL');
      const again = await openVerbatim({ folder: place.folder, limits: testLimits });
      expect(marksIn(place.folder, ALL)).toEqual([]);
      expect(await again.erasure.catchUp()).toBe(0);
      await again.close();
      expect(marksIn(place.folder, ALL)).toEqual([]);
    },
  );

  test('the ledger holds random ids and a day, and a copy from before is cleaned when it is restored', {
    timeout: 120_000,
  }, async () => {
    using place = temporaryFolder();
    using elsewhere = temporaryFolder();
    const { folder } = place;
    const { verbatim, person, userId } = await plant(folder);
    const copy = path.join(elsewhere.folder, 'copy.db');
    await backupFolder(folder, copy, now);
    await verbatim.erasure.erasePerson(person, { userId });
    await verbatim.close();
    const ledger = readFileSync(erasedLogFile(folder), 'utf8');
    expect(ALL.filter((mark) => ledger.includes(mark))).toEqual([]);
    expect(ledger.trim()).toMatch(/^\{"id":"[\w-]{22}","on":"\d{4}-\d\d-\d\d"(,"\w+":\[("[\w-]{22}",?)*\]){4}\}$/);

    rmSync(databaseFile(folder));
    const restored = await runCli(['restore', copy, '--data', folder, '--json']);
    expect(restored.code, restored.stderr).toBe(0);
    expect(JSON.parse(restored.stdout)).toMatchObject({ erased: 1 });
    expect(marksIn(folder, ALL)).toEqual([]);
    expect(marksIn(folder, OTHERS).flatMap(([, found]) => found)).toEqual(expect.arrayContaining(OTHERS));

    // By hand and on another machine, with the ledger carried along, it goes before anything else is done.
    const other = path.join(elsewhere.folder, 'other');
    await restoreFolder(other, copy, now);
    expect(marksIn(other, ALL)).not.toEqual([]);
    takeErased(other, erasedLogFile(folder));
    takeErased(other, erasedLogFile(folder));
    expect(readErased(other)).toHaveLength(1);
    const opened = await openVerbatim({ folder: other, limits: testLimits });
    expect(marksIn(other, ALL)).toEqual([]);
    await opened.close();
  });
});

test('erasing one response leaves no byte of it, and the person known', async () => {
  using place = temporaryFolder();
  const { verbatim, person, responseId, userId } = await plant(place.folder);
  await verbatim.erasure.eraseResponse(responseId, { userId });
  const theirs = [MARKS.answer, MARKS.supplier, MARKS.memo, MARKS.note, MARKS.file];
  expect(marksIn(place.folder, theirs)).toEqual([]);
  const text = JSON.stringify(await recordOf(verbatim, person, userId));
  for (const mark of [MARKS.externalId, MARKS.email, MARKS.turn, MARKS.feedback]) expect(text).toContain(mark);
  await verbatim.close();
});
