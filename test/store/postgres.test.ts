import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { initFolder } from '../../src/store/data-folder.ts';
import { isBusy, isLostConnection } from '../../src/store/dialect.ts';
import { dutyLock } from '../../src/store/duty-lock.ts';
import { initOnPostgres } from '../../src/store/open-installation.ts';
import { checkPostgres, connectAlone, LOCK, openPostgres } from '../../src/store/postgres.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { openHouse, plantStudy, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { postgresPrograms } from '../support/postgres-programs.ts';
import { makePostgres } from '../support/real-postgres.ts';

const now = () => new Date();

describe.skipIf(postgresPrograms === null)('an installation on a PostgreSQL', () => {
  test('is made in an empty database, opened again, and belongs to its folder', async () => {
    await using made = await makePostgres({ isEmpty: true });
    using place = temporaryFolder();
    const folder = path.join(place.folder, 'data');
    await expect(openVerbatim({ folder, databaseUrl: made.url, limits: testLimits })).rejects.toThrow(/verbatim init/);
    await initOnPostgres(folder, made.url, now);
    const first = await openVerbatim({ folder, databaseUrl: made.url, limits: testLimits });
    const { study } = await plantStudy(first);
    expect(await first.probe()).toEqual([]);
    await first.close();
    const again = await openVerbatim({ folder, databaseUrl: made.url, limits: testLimits });
    expect((await again.store.studies.find(study.id))?.name).toBe('A study');
    await again.close();

    // Without its address the folder does not begin anew.
    await expect(openVerbatim({ folder, limits: testLimits })).rejects.toThrow(/Name it in DATABASE_URL/);
    using other = temporaryFolder();
    const elsewhere = path.join(other.folder, 'data');
    await expect(initOnPostgres(elsewhere, made.url, now)).rejects.toThrow(/holds an installation already/);
    await initFolder(elsewhere, now);
    await expect(openVerbatim({ folder: elsewhere, databaseUrl: made.url, limits: testLimits })).rejects.toThrow(
      /npx verbatim move/,
    );
    const identity = path.join(folder, 'identity.json');
    writeFileSync(identity, readFileSync(identity, 'utf8').replace(/"id":"[^"]+"/, '"id":"AAAAAAAAAAAAAAAAAAAAAA"'));
    await expect(openVerbatim({ folder, databaseUrl: made.url, limits: testLimits })).rejects.toThrow(
      /belongs to another installation/,
    );
  });

  test('is refused where text is not compared by its code points, and where nobody answers', async () => {
    await using made = await makePostgres({ isEmpty: true });
    const admin = await connectAlone(made.url);
    await admin.query("create database latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
    await expect(checkPostgres(made.url.replace(/\/\/\/\w+/, '///latin'))).rejects.toThrow(/encoding is LATIN1/);
    await admin.query('drop database latin');
    await admin.end();
    await expect(checkPostgres('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(/cannot be reached/);
  });

  test('transactions take turns over all processes, so that what one has read stays so until it has written', async () => {
    await using made = await makePostgres();
    const [one, other] = await Promise.all([openPostgres(made.url, 'desk'), openPostgres(made.url, 'desk')]);
    const count = (by: typeof one) =>
      by.kysely.transaction().execute(async (trx) => {
        const row = await trx.selectFrom('settings').select('value').where('name', '=', 'count').executeTakeFirst();
        await wait(2);
        const value = String(Number(row?.value ?? 0) + 1);
        await trx
          .insertInto('settings')
          .values({ name: 'count', value })
          .onConflict((on) => on.column('name').doUpdateSet({ value }))
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, (_, at) => count(at % 2 === 0 ? one : other)));
    const { value } = await one.kysely
      .selectFrom('settings')
      .select('value')
      .where('name', '=', 'count')
      .executeTakeFirstOrThrow();
    expect(value).toBe('20');
    await one.kysely.destroy();
    await other.kysely.destroy();
  });

  test('a connection that broke is told from a fault, and the next statement has another', async () => {
    await using made = await makePostgres();
    const database = await openPostgres(made.url, 'desk');
    const admin = await connectAlone(made.url);
    const broken = database.kysely
      .transaction()
      .execute(async (trx) => {
        await trx.selectFrom('settings').selectAll().execute();
        await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where state = $1', [
          'idle in transaction',
        ]);
        await wait(50);
        await trx.selectFrom('settings').selectAll().execute();
      })
      .catch((error: unknown) => error);
    expect(isLostConnection(await broken)).toBe(true);
    expect(isBusy(await broken)).toBe(true);
    expect(await database.kysely.selectFrom('settings').selectAll().execute()).toEqual([]);
    await database.kysely.destroy();
    await admin.end();
  });

  test('the duties are one process’s at a time, and another has them soon after that one is gone', async () => {
    await using made = await makePostgres();
    const told: string[] = [];
    const standing = async (name: string) => {
      const lock = dutyLock(
        made.url,
        () => {},
        () => void told.push(`${name} is invited`),
      );
      await lock.stand(
        async () => void told.push(`${name} begins`),
        async () => void told.push(`${name} ends`),
      );
      return lock;
    };
    const first = await standing('first');
    const second = await standing('second');
    expect(told).toEqual(['first begins']);
    expect([first.isMine(), second.isMine()]).toEqual([true, false]);
    // Whoever does not have them says when there is something to do.
    second.invite();
    for (const until = performance.now() + 5_000; told.length < 2 && performance.now() < until; ) await wait(10);
    expect(told.splice(1)).toEqual(['first is invited']);
    // As if its machine had gone: the server ends its connection.
    const admin = await connectAlone(made.url);
    await admin.query(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and objid = $1",
      [LOCK.duty],
    );
    await admin.end();
    for (const until = performance.now() + 10_000; told.length < 3 && performance.now() < until; ) await wait(50);
    expect(told.slice(0, 2)).toEqual(['first begins', 'first ends']);
    expect(told[2]).toMatch(/^(first|second) begins$/);
    expect(Number(first.isMine()) + Number(second.isMine())).toBe(1);
    await first.leave();
    await second.leave();
    expect(told.filter((line) => line.endsWith('begins')).length).toBe(
      told.filter((line) => line.endsWith('ends')).length,
    );
  });

  test('what a process had begun to import is interrupted once that process is silent, and not before', async () => {
    await using made = await makePostgres();
    await using house = await openHouse({ databaseUrl: made.url });
    const { store, database } = house.verbatim;
    const { study, survey } = await plantStudy(house.verbatim);
    const at = now().toISOString();
    const batch = await store.responses.addBatch(
      { studyId: study.id, surveyId: survey.id, fileName: 'a.csv', mapping: {}, rowCount: 1, createdBy: null },
      at,
    );
    await store.responses.beginBatch(batch.id);
    const job = { kind: 'import', subjectId: batch.id, claimedBy: 'a process that is gone', claims: 1, addedAt: at };
    const state = async () => (await store.responses.findBatch(study.id, batch.publicId))?.state;
    await database.kysely
      .insertInto('jobs')
      .values({ ...job, seenAliveAt: Date.now() })
      .execute();
    await wait(2_500);
    expect(await state()).toBe('loading');
    await database.kysely
      .updateTable('jobs')
      .set({ seenAliveAt: Date.now() - 60_000 })
      .execute();
    for (const until = performance.now() + 10_000; (await state()) === 'loading' && performance.now() < until; )
      await wait(50);
    expect(await state()).toBe('interrupted');
  });
});
