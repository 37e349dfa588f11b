import { Worker } from 'node:worker_threads';
import type { FromThread, TaskName, Tasks, ThreadData, ToThread } from './analysis-thread.ts';

export type Progress = (step: string, done: number) => void;
export type Thread = {
  /** Runs one task; tasks of one thread run one after the other. */
  ask<Name extends TaskName>(
    task: Name,
    args: Parameters<Tasks[Name]>[1],
    onProgress?: Progress,
  ): Promise<Awaited<ReturnType<Tasks[Name]>>>;
  /** Ends the thread at once, whatever it is doing. */
  stop(): Promise<void>;
};

/** A refusal by a task in words for a person: the data cannot give what was asked. */
export class Refusal extends Error {}

/**
 * Starts a thread that reads and computes beside the server, so that pages stay quick.
 *
 * @param memoryMb what it may hold; a task that needs more fails alone. As much as the server's own without it
 */
export function startThread(data: ThreadData, memoryMb?: number): Thread {
  let worker: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: unknown) => void; onProgress: Progress | undefined }
  >();

  /** A thread that has been followed by another has nothing left to fail. */
  const failAll = (ended: Worker, error: unknown) => {
    if (worker !== ended) return;
    worker = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const started = (): Worker => {
    if (worker) return worker;
    const own = new Worker(new URL('./analysis-thread.ts', import.meta.url), {
      workerData: data,
      ...(memoryMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
    worker = own;
    own.unref();
    own.on('message', (message: FromThread) => {
      const entry = waiting.get(message.id);
      if (message.kind === 'progress') return entry?.onProgress?.(message.step, message.done);
      waiting.delete(message.id);
      if (waiting.size === 0) own.unref();
      if (message.kind === 'done') entry?.resolve(message.result);
      else
        entry?.reject(
          message.isRefusal
            ? new Refusal(message.message)
            : Object.assign(new Error(message.message), { stack: message.stack }),
        );
    });
    own.on('error', (error) => failAll(own, error));
    own.on('exit', () => failAll(own, new Error('The analysis was stopped')));
    return own;
  };

  return {
    ask: (task, args, onProgress) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve: resolve as (value: unknown) => void, reject, onProgress });
        const thread = started();
        thread.ref();
        thread.postMessage({ id: lastId, task, args } satisfies ToThread);
      }),
    stop: async () => {
      await worker?.terminate();
    },
  };
}
