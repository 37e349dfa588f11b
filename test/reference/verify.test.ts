import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Two partitions of four things, with numbers worked by hand. */
const partitions = {
  a: [1, 1, 2, 2],
  b: [1, 1, 2, 3],
  pair: { RI: 5 / 6, ARI: 4 / 7, pairJaccard: 0.5 },
  info: { MI: Math.LN2, NMI_arith: 0.8, VI: Math.LN2 / 2 },
  max_jaccard_per_a_cluster: [1, 0.5],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verbatim-reference-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fill(expected: unknown): void {
  const cases = [{ id: 'partition-agreement' }, { id: 'something-new' }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ cases }));
  mkdirSync(join(folder, 'expected'));
  writeFileSync(join(folder, 'expected', 'partition_agreement.json'), JSON.stringify(expected));
}

function verify(...reference: string[]): Promise<{ code: number; output: string }> {
  const script = join(import.meta.dirname, 'verify.ts');
  return new Promise((done) => {
    execFile(process.execPath, [script, ...reference], (error, output) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output });
    });
  });
}

test('numbers that agree pass, and the rest is named for what it is', async () => {
  fill(partitions);
  const { code, output } = await verify('--reference', folder);
  expect(output).toMatch(/^partition-agreement +passed +9 figures/m);
  expect(output).toMatch(/^something-new +not built yet$/m);
  expect(output).toMatch(/^kmeans +not run: expected\/clustering.json is missing$/m);
  expect(output).toContain('1 passed (9 figures compared), 0 failed');
  expect(code).toBe(0);
});

test('one number that does not agree fails the run and is shown', async () => {
  fill({ ...partitions, pair: { ...partitions.pair, ARI: 0.58 } });
  const { code, output } = await verify('--reference', folder);
  expect(output).toMatch(/^partition-agreement +failed +1 of 9 figures/m);
  expect(output).toContain('adjusted Rand: 0.571');
  expect(code).toBe(1);
});

test('without the folder nothing is verified, which is said and is no failure', async () => {
  const missing = await verify('--reference', join(folder, 'nowhere'));
  expect(missing.output).toMatch(/^kmeans +not run: folder missing$/m);
  expect(missing.output).toContain('Nothing was verified');
  expect(missing.code).toBe(0);
  expect((await verify()).output).toContain('Nothing was verified');
});
