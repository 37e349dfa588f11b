import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { initFolder } from '../../src/store/data-folder.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { sayFigure } from '../support/answering.ts';
import { plantStudy, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

const COUNT = 50;
const child = path.resolve(import.meta.dirname, '../support/fsync-child.ts');

/** Whether the calls of a process can be watched here: strace is there and may trace. */
function mayTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const isWatched = mayTrace();
if (!isWatched && process.env['REQUIRE_STRACE'] === '1') throw new Error('strace is missing, or may not trace');

test.skipIf(!isWatched)(
  'nothing is acknowledged before the disk was told to keep it',
  async () => {
    using made = temporaryFolder();
    await initFolder(made.folder, () => new Date());
    const first = await openVerbatim({ folder: made.folder, limits: testLimits });
    const { study, survey } = await plantStudy(first);
    await first.close();

    const trace = path.join(made.folder, 'trace');
    const place = [study.id, survey.id, survey.publishedVersionId].map(String);
    await promisify(execFile)('strace', [
      ...['-f', '-y', '-s', '40', '-o', trace, '-e', 'trace=pwrite64,fdatasync,fsync,write'],
      ...[process.execPath, child, made.folder, ...place, String(COUNT)],
    ]);

    let written = 0;
    let synced = 0;
    let acknowledged = 0;
    const early: string[] = [];
    for (const line of readFileSync(trace, 'utf8').split('\n')) {
      // A call that another thread interrupts ends on a line of its own; it counts once it has begun, a sync once it ended.
      if (/pwrite64\(\d+<[^>]*verbatim\.db-wal>/.test(line)) written += 1;
      else if (/(fdatasync|fsync)\(\d+<[^>]*verbatim\.db-wal>\)\s+= 0/.test(line)) synced = written;
      else if (/<\.\.\. (fdatasync|fsync) resumed>.*= 0/.test(line)) synced = written;
      else if (/write\(1<.*"acknowledged/.test(line)) {
        acknowledged += 1;
        if (written > synced || written === 0) early.push(line);
      }
    }
    expect(acknowledged).toBe(COUNT);
    expect(early).toEqual([]);
    sayFigure(`disk told first: ${acknowledged} acknowledgements, 0 with bytes that were not synced`);
  },
  120_000,
);
