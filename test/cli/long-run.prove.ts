import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseFile, initFolder } from '../../src/store/data-folder.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { compareWithTold, letAnswer, MANY_FROM_ONE, percentile, plantHouse, sayFigure } from '../support/answering.ts';
import { plantStudy } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { type RunningServer, startServer } from './run-cli.ts';

const SUBMITS_LEAST = 300;
const SUBMIT_MS_MOST = 200;
const CONNECTIONS = 64;
const RUSH_MS = 20_000;
const MINUTES = Number(process.env['PROVE_MINUTES'] ?? 10);
const GROWTH_MOST = 0.1;
const JOURNAL_BYTES_MOST = 64 * 1024 * 1024;
const RESPONSES = 50_000;
const START_MS_MOST = 2_000;

/** A folder on a real disk: the tests' own lies in memory, where a commit waits for nothing. */
function folderOnDisk(): { folder: string } & Disposable {
  const folder = mkdtempSync('/var/tmp/verbatim-prove-');
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const rssMb = (server: RunningServer): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1]) / 1024;
const openFiles = (server: RunningServer): number => readdirSync(`/proc/${server.child.pid}/fd`).length;

test(`${CONNECTIONS} respondents at once are acknowledged ${SUBMITS_LEAST} times a second and more, each on disk`, async () => {
  using place = folderOnDisk();
  const folder = path.join(place.folder, 'data');
  const { slug } = await plantHouse(folder);
  await using server = await startServer(['serve', '--data', folder], { env: MANY_FROM_ONE });
  const warm = await letAnswer(server.port, slug, CONNECTIONS);
  await wait(5_000);
  await warm.stop();
  const began = performance.now();
  const answering = await letAnswer(server.port, slug, CONNECTIONS);
  await wait(RUSH_MS);
  await answering.stop();
  const seconds = (performance.now() - began) / 1000;
  expect([...answering.refused]).toEqual([]);
  expect((await server.stop()).code).toBe(0);
  expect(compareWithTold(folder, answering.acknowledged)).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0 });
  const rate = answering.acknowledged.length / seconds;
  const p99 = percentile(answering.tookMs, 99);
  sayFigure(
    `throughput: ${rate.toFixed(0)} submits a second on disk over ${seconds.toFixed(0)} s at ${CONNECTIONS} connections, p50 ${percentile(answering.tookMs, 50).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, 0 refused, 0 lost`,
  );
  expect(rate).toBeGreaterThanOrEqual(SUBMITS_LEAST);
  expect(p99).toBeLessThanOrEqual(SUBMIT_MS_MOST);
});

test(`${MINUTES} minutes of answers and files leave memory, open files and the write-ahead log as they were`, async () => {
  using place = folderOnDisk();
  const folder = path.join(place.folder, 'data');
  const { slug } = await plantHouse(folder);
  await using server = await startServer(['serve', '--data', folder], { env: MANY_FROM_ONE });
  const acknowledged: string[] = [];
  const samples: { rss: number; files: number }[] = [];
  let journal = 0;
  const watch = setInterval(() => {
    journal = Math.max(journal, statSync(`${databaseFile(folder)}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  }, 50);
  const pages = [`/s/${slug}`, '/sign-in', '/livez', '/readyz', '/s/none'];
  // A minute to come to its stride, which everything is compared with.
  for (let minute = 0; minute <= MINUTES; minute += 1) {
    const answering = await letAnswer(server.port, slug, 8);
    for (const until = performance.now() + 60_000; performance.now() < until; await wait(100))
      for (const page of pages) await (await fetch(server.url + page)).arrayBuffer();
    await answering.stop();
    expect([...answering.refused]).toEqual([]);
    acknowledged.push(...answering.acknowledged);
    await wait(1_000);
    samples.push({ rss: rssMb(server), files: openFiles(server) });
  }
  clearInterval(watch);
  expect((await server.stop()).code).toBe(0);
  expect(compareWithTold(folder, acknowledged)).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0 });
  // The first minutes fill what is remembered; what leaks goes on.
  const half = samples.slice(Math.floor(samples.length / 2));
  const [before, after] = [half[0]?.rss ?? 0, half.at(-1)?.rss ?? 0];
  sayFigure(
    `long run: ${MINUTES} minutes, ${acknowledged.length} acknowledged, 0 lost; memory ${samples.map(({ rss }) => rss.toFixed(0)).join(' ')} MB, over the second half ${((after / before - 1) * 100).toFixed(1)} %; open files ${samples.map(({ files }) => files).join(' ')}; write-ahead log at most ${(journal / 2 ** 20).toFixed(1)} MiB`,
  );
  expect(after / before - 1).toBeLessThanOrEqual(GROWTH_MOST);
  expect(samples.at(-1)?.files).toBeLessThanOrEqual((samples[0]?.files ?? 0) + 5);
  expect(journal).toBeLessThanOrEqual(JOURNAL_BYTES_MOST);
});

test('a million answers are no reason to start later', async () => {
  using place = folderOnDisk();
  const folders = ['empty', 'full'].map((name) => path.join(place.folder, name)) as [string, string];
  for (const folder of folders) await initFolder(folder, () => new Date());
  const verbatim = await openVerbatim({ folder: folders[1], limits: testLimits });
  const { study, survey } = await plantStudy(verbatim);
  const answers = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`q${at}`, said(1 + (at % 5))]));
  for (let from = 0; from < RESPONSES; from += 5_000)
    await plantResponses(
      verbatim,
      { study, survey },
      Array.from({ length: 5_000 }, () => ({ answers })),
    );
  const count = verbatim.connection.prepare('select count(*) from answers').pluck().get() as number;
  await verbatim.close();
  expect(count).toBeGreaterThanOrEqual(1_000_000);
  const startsMs: [number[], number[]] = [[], []];
  for (let round = 0; round < 7; round += 1)
    for (const at of [0, 1] as const) {
      const server = await startServer(['serve', '--data', folders[at]]);
      startsMs[at].push(server.readyMs);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      await server.stop();
    }
  const [empty, full] = startsMs.map((some) => percentile(some, 50)) as [number, number];
  sayFigure(
    `start: ${full.toFixed(0)} ms with ${count} answers, ${empty.toFixed(0)} ms with none (best ${Math.min(...startsMs[1]).toFixed(0)} and ${Math.min(...startsMs[0]).toFixed(0)})`,
  );
  expect(full).toBeLessThanOrEqual(Math.max(START_MS_MOST, 1.2 * empty));
});
