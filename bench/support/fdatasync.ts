import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quantileOf } from './figures.ts';

/**
 * How long the disk takes to promise 4 KiB: it explains the speed of one connection and half of what differs between
 * two runs.
 */
export function measureFdatasync(times = 200): { p50Ms: number; p99Ms: number } {
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-bench-disk-'));
  const file = openSync(path.join(folder, 'appended'), 'a');
  const block = Buffer.alloc(4096, 7);
  const took = Array.from({ length: times }, () => {
    writeSync(file, block);
    const began = performance.now();
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return { p50Ms: quantileOf(took, 0.5), p99Ms: quantileOf(took, 0.99) };
}
