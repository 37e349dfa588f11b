import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseFile } from '../../src/store/data-folder.ts';
import { compareWithTold, letAnswer, MANY_FROM_ONE, moreOf, plantHouse, sayFigure } from '../support/answering.ts';
import { temporaryFolder } from '../support/house.ts';
import { startServer } from './run-cli.ts';

const HELD_MS = 10_000;
const BLOCKED_MS_MOST = 1_000;

test('while another process holds the database for ten seconds, respondents are asked to come again and nothing stands still', async () => {
  using place = temporaryFolder();
  const { slug } = await plantHouse(place.folder);
  await using server = await startServer(['serve', '--data', place.folder], { env: MANY_FROM_ONE });
  const answering = await letAnswer(server.port, slug);
  await moreOf(answering, 100);
  const gaps: number[] = [];
  let isOver = false;
  /** How long the process takes for what needs no database. */
  const watch = (async () => {
    for (; !isOver; await wait(20)) {
      const began = performance.now();
      expect((await fetch(`${server.url}/livez`)).status).toBe(200);
      gaps.push(performance.now() - began);
    }
  })();
  await wait(5_000);
  const quietMs = Math.max(...gaps.splice(0));
  expect([...answering.refused]).toEqual([]);
  const holder = new Sqlite(databaseFile(place.folder));
  holder.pragma('busy_timeout = 10000');
  holder.exec('begin immediate');
  const began = performance.now();
  await wait(HELD_MS / 2);
  const ready = (await fetch(`${server.url}/readyz`)).status;
  await wait(Math.max(0, HELD_MS - (performance.now() - began)));
  holder.exec('rollback');
  holder.close();
  const heldMs = Math.max(...gaps.splice(0));
  await moreOf(answering, 50);
  isOver = true;
  await watch;
  await answering.stop();
  expect(ready).toBe(503);
  expect([...answering.refused.keys()]).toEqual([503]);
  expect(answering.unsaid).toEqual([]);
  expect((await server.stop()).code).toBe(0);
  expect(compareWithTold(place.folder, answering.acknowledged)).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0 });
  sayFigure(
    `held database: ${HELD_MS / 1000} s, ${answering.refused.get(503)} × 503 with Retry-After, longest wait for a page without database ${heldMs.toFixed(0)} ms (before ${quietMs.toFixed(0)} ms), ${answering.acknowledged.length} acknowledged, 0 lost`,
  );
  expect(heldMs).toBeLessThanOrEqual(BLOCKED_MS_MOST + quietMs);
});
