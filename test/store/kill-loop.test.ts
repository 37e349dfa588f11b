import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseFile, initFolder } from '../../src/store/data-folder.ts';
import { openSqlite } from '../../src/store/database.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { plantStudy, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

const CYCLES = process.env['PROVE'] === '1' ? 50 : 5;
const child = path.resolve(import.meta.dirname, '../support/kill-loop-child.ts');

/** Lets eight writers write for a moment, kills them without a word, and gives what they said was acknowledged. */
async function writeAndKill(
  args: readonly string[],
  afterMs: number,
): Promise<{ acknowledged: string[]; firstMs: number }> {
  const started = performance.now();
  const writers = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  let firstMs = 0;
  writers.stderr.on('data', (part: Buffer) => {
    complaint += part.toString();
  });
  await new Promise<void>((resolve, reject) => {
    writers.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      if (firstMs === 0 && said.split('\n').length > 2) {
        firstMs = performance.now() - started;
        wait(afterMs).then(() => writers.kill('SIGKILL'));
      }
    });
    writers.on('error', reject);
    writers.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`The writers ended by themselves: ${complaint}`)),
    );
  });
  // A last line that was cut off says nothing.
  const lines = said.slice(0, said.lastIndexOf('\n')).split('\n');
  return { acknowledged: lines.filter((line) => line !== 'open' && line !== ''), firstMs };
}

test(
  'whatever was acknowledged before the process was killed is there, once',
  async () => {
    using made = temporaryFolder();
    await initFolder(made.folder, () => new Date());
    const first = await openVerbatim({ folder: made.folder, limits: testLimits });
    const { study, survey } = await plantStudy(first);
    await first.close();

    const acknowledged: string[] = [];
    const waits: number[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const round = await writeAndKill(
        [made.folder, ...[study.id, survey.id, survey.publishedVersionId].map(String)],
        100 + Math.random() * 300,
      );
      acknowledged.push(...round.acknowledged);
      waits.push(round.firstMs);
      const checked = openSqlite(databaseFile(made.folder));
      expect(checked.pragma('integrity_check', { simple: true })).toBe('ok');
      checked.close();
    }

    const after = await openVerbatim({ folder: made.folder, limits: testLimits });
    const kept = after.connection
      .prepare("select response_id || ' ' || revision from response_records")
      .pluck()
      .all() as string[];
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(new Set(kept).size).toBe(kept.length);
    const there = new Set(kept);
    expect(acknowledged.filter((one) => !there.has(one))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(CYCLES * 20);

    await after.logs.settle();
    const count = (sql: string) => after.connection.prepare(sql).pluck().get() as number;
    expect(count('select count(*) from responses')).toBe(
      count('select count(distinct response_id) from response_records'),
    );
    expect(count("select seq from watermarks where name = 'responses'")).toBe(
      count('select max(seq) from response_records'),
    );
    expect(after.connection.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(after.connection.pragma('foreign_key_check')).toEqual([]);
    await after.close();
    waits.sort((a, b) => a - b);
    console.log(
      `kill loop: ${CYCLES} kills, ${acknowledged.length} acknowledged, ${kept.length} kept, 0 lost, 0 doubled; first acknowledgement after a median of ${Math.round(waits[Math.floor(waits.length / 2)] ?? 0)} ms, at most ${Math.round(waits.at(-1) ?? 0)} ms`,
    );
  },
  CYCLES * 10_000 + 60_000,
);
