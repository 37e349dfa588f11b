import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseFile } from '../../src/store/data-folder.ts';
import {
  type Answering,
  compareWithTold,
  letAnswer,
  MANY_FROM_ONE,
  moreOf,
  plantHouse,
  sayFigure,
} from '../support/answering.ts';
import { temporaryFolder } from '../support/house.ts';
import { type RunningServer, startServer } from './run-cli.ts';

const FULL_MS = 8_000;
const RECOVERED_MS_MOST = 15_000;
const DISK_MIB = 32;

/** Whether this machine lets us have a small disk in memory. */
function mountSmallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=0700`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const statusOf = async (server: RunningServer, at: string): Promise<number> => (await fetch(server.url + at)).status;

/** Lets a disk be full for a while under respondents, gives it space again, and says what they met meanwhile. */
async function beFull(server: RunningServer, answering: Answering, fill: () => void, free: () => void) {
  await moreOf(answering, 200);
  fill();
  for (const until = performance.now() + 120_000; answering.refused.size === 0; await wait(20))
    if (performance.now() > until) throw new Error('The disk never became full');
  await wait(FULL_MS);
  const live = await statusOf(server, '/livez');
  const ready = await statusOf(server, '/readyz');
  const page = await statusOf(server, '/sign-in');
  free();
  const began = performance.now();
  await moreOf(answering, 100);
  const recoveredMs = performance.now() - began;
  const readyAgain = await statusOf(server, '/readyz');
  return { live, ready, page, readyAgain, recoveredMs };
}

async function proveFull(
  mode: string,
  folder: string,
  {
    under = [],
    fill,
    free,
  }: { under?: readonly string[]; fill: (server: RunningServer) => void; free: (server: RunningServer) => void },
): Promise<void> {
  const { slug } = await plantHouse(folder);
  await using server = await startServer(['serve', '--data', folder], { env: MANY_FROM_ONE, under });
  const answering = await letAnswer(server.port, slug);
  const { recoveredMs, ...statuses } = await beFull(
    server,
    answering,
    () => fill(server),
    () => free(server),
  );
  await answering.stop();
  const refused = [...answering.refused].sort();
  expect(statuses).toEqual({ live: 200, ready: 503, page: 200, readyAgain: 200 });
  expect(answering.broken()).toBe(0);
  expect(refused.filter(([status]) => status !== 503 && status !== 507)).toEqual([]);
  expect(answering.unsaid).toEqual([]);
  expect((await server.stop()).code).toBe(0);
  const found = compareWithTold(folder, answering.acknowledged);
  expect(found).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0, brokenReferences: 0 });
  sayFigure(
    `full disk, ${mode}: ${answering.acknowledged.length} acknowledged, ${refused.map(([status, n]) => `${n} × ${status}`).join(', ')}, 0 lost, answers taken again ${(recoveredMs / 1000).toFixed(1)} s after space came back`,
  );
  expect(recoveredMs).toBeLessThanOrEqual(RECOVERED_MS_MOST);
}

test('files that may not grow stop no server: it refuses, says when to come again, and goes on once they may', async () => {
  using place = temporaryFolder();
  const limit = (server: RunningServer, bytes: string) =>
    execFileSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:unlimited`]);
  await proveFull('files that may not grow', place.folder, {
    // What is there already may stay; nothing may become longer than the longest file is by now, and a little.
    fill: (server) => {
      const sizes = ['', '-wal'].map(
        (end) => statSync(databaseFile(place.folder) + end, { throwIfNoEntry: false })?.size,
      );
      limit(server, String(Math.max(...sizes.map((size) => size ?? 0)) + 64 * 1024));
    },
    free: (server) => limit(server, 'unlimited'),
  });
});

test('a disk without space stops no server: it refuses, says when to come again, and goes on once there is some', async ({
  skip,
}) => {
  using place = temporaryFolder();
  if (!mountSmallDisk(place.folder)) skip('no small disk may be mounted here; root may');
  try {
    const folder = path.join(place.folder, 'data');
    const filler = path.join(place.folder, 'filler');
    await proveFull(`a disk of ${DISK_MIB} MiB`, folder, {
      fill: () => {
        const { bavail, bsize } = statfsSync(place.folder);
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 256 * 1024)));
      },
      free: () => rmSync(filler),
    });
  } finally {
    execFileSync('umount', [place.folder]);
  }
});
