import { Worker } from 'node:worker_threads';
import type { UpkeepResult, UpkeepTask } from './upkeep-thread.ts';

/**
 * Does one piece of upkeep in a thread of its own.
 *
 * @returns its result, and a way to end it before its time, after which the result never comes
 */
export function startUpkeep(task: UpkeepTask): { result: Promise<UpkeepResult>; stop: () => Promise<void> } {
  const worker = new Worker(new URL('./upkeep-thread.ts', import.meta.url), { workerData: task });
  const result = new Promise<UpkeepResult>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('The upkeep was stopped')));
  });
  worker.unref();
  return {
    result,
    stop: async () => {
      await worker.terminate();
    },
  };
}
