import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { leftoverSweep } from '../../src/services/leftover-sweep.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what was left over is swept at the start and every hour, also after a sweep that failed', async () => {
  let sweeps = 0;
  const faults: unknown[] = [];
  const sweep = leftoverSweep(
    async () => {
      sweeps += 1;
      if (sweeps === 2) throw new Error('The disk is full');
    },
    (error) => faults.push(error),
  );
  await sweep.open();
  expect(sweeps).toBe(1);
  await vi.advanceTimersByTimeAsync(3 * 3_600_000);
  expect(sweeps).toBe(4);
  expect(faults).toEqual([new Error('The disk is full')]);
  await sweep.close();
  await vi.advanceTimersByTimeAsync(3 * 3_600_000);
  expect(sweeps).toBe(4);
});
