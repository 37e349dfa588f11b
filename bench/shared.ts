/**
 * What PostgreSQL and further processes buy: how many records a second are acknowledged by one process with a file, and by
 * one, two and four processes with one PostgreSQL:
 *
 *   node bench/shared.ts [seconds, 5 unless said]
 *
 * DATABASE_URL names an empty database, whose tables are made and left behind.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { initFolder } from '../src/store/data-folder.ts';
import { newPublicId } from '../src/store/identifiers.ts';
import { initOnPostgres } from '../src/store/open-installation.ts';
import { openVerbatim } from '../src/verbatim.ts';
import { plantStudy } from '../test/support/house.ts';
import { testLimits } from '../test/support/limits.ts';
import { recordOf } from '../test/support/records.ts';
import { printTable } from './support/figures.ts';

type Work = { folder: string; databaseUrl: string | null; seconds: number; place: object };
type Done = { acknowledged: number; medianMs: number; p99Ms: number };

const WRITERS = 64;

if (process.send === undefined) await measure(Number(process.argv[2] ?? 5));
else process.once('message', (work: Work) => void write(work));

/** Writers that append a record each, wait for its acknowledgement, and go on. */
async function write({ folder, databaseUrl, seconds, place }: Work): Promise<void> {
  const { logs } = await openVerbatim({ folder, databaseUrl, limits: testLimits, isOwner: false });
  const took: number[] = [];
  let until = Number.POSITIVE_INFINITY;
  let isCounted = false;
  const writer = async (): Promise<void> => {
    for (let revision = 0, id = newPublicId(); performance.now() < until; revision += 1) {
      const began = performance.now();
      const kind = revision === 0 ? 'start' : 'page';
      const answers =
        kind === 'page' ? { story: { state: 'answered' as const, value: 'The rent went up again, and we left.' } } : {};
      await logs.responses.append([
        recordOf(id, revision, { kind, page: kind === 'page' ? revision : null, answers, place }),
      ]);
      if (isCounted) took.push(performance.now() - began);
      if (revision === 9) [revision, id] = [-1, newPublicId()];
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, writer));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  isCounted = true;
  until = performance.now() + seconds * 1000;
  await writing;
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)] ?? 0;
  process.send?.({ acknowledged: took.length, medianMs: at(0.5), p99Ms: at(0.99) } satisfies Done);
  process.exit(0);
}

async function measure(seconds: number): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (url === undefined) throw new Error('DATABASE_URL must name an empty database');
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-bench-shared-'));
  const rows: string[][] = [['with', 'processes', 'acknowledged a second', 'median ms', '99% within ms']];
  const places = [
    { name: 'a file', data: path.join(folder, 'file'), databaseUrl: null, counts: [1] },
    { name: 'PostgreSQL', data: path.join(folder, 'postgres'), databaseUrl: url, counts: [1, 2, 4] },
  ];
  for (const { name, data, databaseUrl, counts } of places) {
    const now = () => new Date();
    await (databaseUrl === null ? initFolder(data, now) : initOnPostgres(data, databaseUrl, now));
    const guest = await openVerbatim({ folder: data, databaseUrl, limits: testLimits, isOwner: false });
    const { study, survey } = await plantStudy(guest);
    await guest.close();
    const place = {
      studyId: study.id,
      surveyId: survey.id,
      surveyVersionId: survey.publishedVersionId,
      participationId: null,
      batchId: null,
    };
    for (const count of counts) {
      const done = await Promise.all(
        Array.from(
          { length: count },
          () =>
            new Promise<Done>((resolve, reject) => {
              const child = fork(import.meta.filename, { env: { ...process.env } });
              child.once('message', (message) => resolve(message as Done));
              child.once('exit', (code) => reject(new Error(`A process ended with ${code}`)));
              child.send({ folder: data, databaseUrl, seconds, place } satisfies Work);
            }),
        ),
      );
      const sum = done.reduce((all, { acknowledged }) => all + acknowledged, 0);
      const most = (read: (one: Done) => number) => Math.max(...done.map(read)).toFixed(1);
      rows.push([
        name,
        String(count),
        String(Math.round(sum / seconds)),
        most((one) => one.medianMs),
        most((one) => one.p99Ms),
      ]);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  printTable(rows);
}
