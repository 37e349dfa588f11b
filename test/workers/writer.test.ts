import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/model/problem.ts';
import type { RecordPlace } from '../../src/model/record.ts';
import { databaseFile } from '../../src/store/data-folder.ts';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { packRecord } from '../../src/store/record-log.ts';
import { recordWriter } from '../../src/store/record-writer.ts';
import { startWriter } from '../../src/workers/writer.ts';
import { openHouse, plantStudy } from '../support/house.ts';
import { recordOf } from '../support/records.ts';

async function openPlanted(limits: Parameters<typeof openHouse>[0] = {}) {
  const house = await openHouse(limits);
  const { study, survey } = await plantStudy(house.verbatim);
  const place: RecordPlace = {
    studyId: study.id,
    surveyId: survey.id,
    surveyVersionId: survey.publishedVersionId ?? 0,
    participationId: null,
    batchId: null,
  };
  return { house, place, survey, study };
}

describe('the writer', () => {
  test('answers a thousand at once, each with a number of its own, and projects them all', async () => {
    const { house, place } = await openPlanted();
    await using _ = house;
    const { responses, settle } = house.verbatim.logs;
    const before = performance.now();
    const appended = await Promise.all(
      Array.from({ length: 1000 }, () => responses.append([recordOf(newPublicId(), 0, { place })])),
    );
    const seconds = (performance.now() - before) / 1000;
    expect(new Set(appended.flat().map((one) => ('seq' in one ? one.seq : 0))).size).toBe(1000);
    expect(await responses.count()).toBe(1000);
    console.log(`group commit: ${Math.round(1000 / seconds)} records a second`);
    await settle();
    const { n } = (await house.verbatim.connection.prepare('select count(*) as n from responses').get()) as {
      n: number;
    };
    expect(n).toBe(1000);
  });

  test('says busy when more waits than it may hold, and takes all that it took', async () => {
    const { house, place } = await openPlanted({ limits: { queue: 10 } });
    await using _ = house;
    const { responses } = house.verbatim.logs;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, () => responses.append([recordOf(newPublicId(), 0, { place })])),
    );
    const refused = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map((outcome) => outcome.reason as Problem);
    expect(refused).toHaveLength(30);
    expect(
      refused.every(
        (problem) => problem instanceof Problem && problem.kind === 'busy' && (problem.retryAfterSeconds ?? 0) > 0,
      ),
    ).toBe(true);
    expect(await responses.count()).toBe(10);
    expect((await responses.append([recordOf(newPublicId(), 0, { place })]))[0]?.outcome).toBe('saved');
  });

  test('says busy while somebody else holds the database, and goes on when they let it go', async () => {
    const { house, place } = await openPlanted();
    await using _ = house;
    const { responses } = house.verbatim.logs;
    const other = new Sqlite(databaseFile(house.folder));
    other.exec('begin immediate');
    const refused = await responses.append([recordOf(newPublicId(), 0, { place })]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'Problem', kind: 'busy' });
    other.exec('rollback');
    other.close();
    expect((await responses.append([recordOf(newPublicId(), 0, { place })]))[0]?.outcome).toBe('saved');
  });

  test('says that projections have caught up only once they have, however long the database was held', async () => {
    const { house, place } = await openPlanted();
    await using _ = house;
    const { logs, connection } = house.verbatim;
    await logs.settle();
    const other = new Sqlite(databaseFile(house.folder));
    // A record that came by another way, in the same breath as the database was taken.
    const id = newPublicId();
    await logs.responses.append([recordOf(id, 0, { place })]);
    other.exec('begin immediate');
    connection.pragma('busy_timeout = 0');
    let isSettled = false;
    const settled = logs.settle().then(() => {
      isSettled = true;
    });
    await wait(2500);
    const projected = () =>
      connection.prepare('select count(*) from responses where public_id = ?').pluck().get(id) as number;
    expect(isSettled && projected() === 0).toBe(false);
    other.exec('rollback');
    other.close();
    await settled;
    expect(projected()).toBe(1);
  });

  test('a flood of events keeps nobody from answering, and whoever waits for the projections is told', async () => {
    const { house, place, study } = await openPlanted({ limits: { queue: 40 } });
    await using _ = house;
    const { logs } = house.verbatim;
    let isOver = false;
    let refused = 0;
    const receivedAt = new Date().toISOString();
    const flood = async () => {
      while (!isOver) {
        const messages = Array.from(
          { length: 20 },
          () =>
            [newPublicId(), 'track', 'Flood', `u-${refused % 9}`, null, '{"properties":{}}', receivedAt, null] as const,
        );
        await logs.intake
          .append({ workspaceId: study.workspaceId, sourceId: null, receivedAt, messages })
          .catch((error) => {
            if (!(error instanceof Problem && error.kind === 'busy')) throw error;
            refused += 1;
            return wait(5);
          });
      }
    };
    // More than half of the places: the rest is for respondents.
    const floods = Array.from({ length: 25 }, flood);
    await wait(200);
    const [appended] = await logs.responses.append([recordOf(newPublicId(), 0, { place })]);
    expect(appended?.outcome).toBe('saved');
    await logs.settle();
    expect(house.verbatim.connection.prepare('select count(*) from responses').pluck().get()).toBe(1);
    isOver = true;
    await Promise.all(floods);
    expect(refused).toBeGreaterThan(0);
    await logs.settle();
    expect(house.verbatim.connection.prepare('select count(*) from events').pluck().get()).toBe(
      await logs.intake.count(),
    );
    expect(house.reported).toEqual([]);
  });

  test('says that the disk is full, keeps nothing half, and goes on when there is room again', async () => {
    const { house, place } = await openPlanted();
    await using _ = house;
    const connection = openSqlite(databaseFile(house.folder));
    const commitItems = recordWriter(connection);
    const pages = connection.pragma('page_count', { simple: true }) as number;
    connection.pragma(`max_page_count = ${pages + 3}`);
    const big = { story: { state: 'answered' as const, value: 'x'.repeat(9_000) } };
    const items = () =>
      Array.from({ length: 20 }, () => ({
        log: 'responses' as const,
        rows: [packRecord(recordOf(newPublicId(), 1, { place, answers: big }))],
      }));
    const results = commitItems(items());
    const failed = results.filter((result) => !result.ok);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.map((result) => (result.ok ? '' : result.code))).toEqual(failed.map(() => 'SQLITE_FULL'));
    expect(connection.inTransaction).toBe(false);
    const kept = () => connection.prepare('select count(*) from response_records').pluck().get();
    expect(kept()).toBe(results.length - failed.length);
    connection.pragma('max_page_count = 1000000');
    expect(commitItems(items()).every((result) => result.ok)).toBe(true);
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
    connection.close();
  });

  test('finishes what waits before it closes, and refuses afterwards', async () => {
    const { house, place } = await openPlanted();
    const { logs } = house.verbatim;
    const last = Array.from({ length: 50 }, () => logs.responses.append([recordOf(newPublicId(), 0, { place })]));
    const closed = house[Symbol.asyncDispose]();
    expect((await Promise.all(last)).flat().every(({ outcome }) => outcome === 'saved')).toBe(true);
    await closed;
    expect(logs.isAlive()).toBe(false);
    await expect(logs.responses.append([recordOf(newPublicId(), 0, { place })])).rejects.toThrow('stopped');
  });

  test('makes up for what others wrote: when somebody waits for it, and by itself soon after the start', async () => {
    const { house, place } = await openPlanted();
    await using _ = house;
    const { logs, connection } = house.verbatim;
    await logs.settle();
    const other = openSqlite(databaseFile(house.folder));
    const writeBeside = () =>
      recordWriter(other)([{ log: 'responses', rows: [packRecord(recordOf(newPublicId(), 0, { place }))] }]);
    const projected = () => connection.prepare('select count(*) from responses').pluck().get();
    writeBeside();
    await logs.settle();
    expect(projected()).toBe(1);
    await logs.close();
    writeBeside();
    const next = startWriter(
      kyselyOver('sqlite', other),
      { file: databaseFile(house.folder), textKey: Buffer.alloc(32, 7) },
      { queueMax: 10, startWithinMs: 0 },
    );
    await expect.poll(projected, { timeout: 10_000 }).toBe(2);
    await next.close();
    other.close();
  });

  test('that was never needed is alive, has nothing to wait for, and closes', async () => {
    const house = await openHouse();
    const { logs } = house.verbatim;
    await logs.settle();
    expect(logs.isAlive()).toBe(true);
    await house[Symbol.asyncDispose]();
    expect(logs.isAlive()).toBe(false);
    await expect(logs.settle()).rejects.toThrow('stopped');
  });
});
