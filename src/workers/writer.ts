import { Worker } from 'node:worker_threads';
import { Problem } from '../model/problem.ts';
import type { Database } from '../store/database.ts';
import { isBusy, isStorageFull } from '../store/dialect.ts';
import {
  type Appended,
  type EventLog,
  logReaders,
  type ResponseLog,
  toEventRow,
  toRecordRow,
} from '../store/record-log.ts';
import type { WriteItem } from '../store/record-writer.ts';
import type { FromWriter, ToWriter, WriterData } from './writer-thread.ts';

export type Logs = {
  responses: ResponseLog;
  events: EventLog;
  /**
   * Resolves once the projections have caught up with every record that was there when it was asked, or after `mostMs`:
   * a page would rather show what was true a moment ago than wait for a large import.
   */
  settle(mostMs?: number): Promise<void>;
  close(): Promise<void>;
  isAlive(): boolean;
};

/**
 * Starts the writer thread and gives the logs that go through it.
 *
 * @param report hears when projections cannot be made, which nobody waits for
 * @param queueMax how many writes may wait; beyond it the answer is `busy`, which a sender can repeat
 */
export function startWriter(
  database: Database,
  data: WriterData,
  { queueMax, report = () => {} }: { queueMax: number; report?: (message: string) => void },
): Logs {
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: data });
  const waiting = new Map<number, { resolve: (appended: Appended[]) => void; reject: (error: unknown) => void }>();
  let lastId = 0;
  let isAlive = true;
  let onClosed: () => void = () => {};

  const failAll = (error: unknown) => {
    isAlive = false;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    onClosed();
  };
  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'trouble') return report(message.message);
    if (message.kind === 'closed') return failAll(new Error('The writer has stopped'));
    const entry = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'settled') entry?.resolve([]);
    else if (message.result.ok) entry?.resolve(message.result.appended);
    else entry?.reject(asProblem(message.result));
  });
  worker.on('error', failAll);
  worker.on('exit', () => failAll(new Error('The writer has stopped')));

  const ask = (message: ToWriter & { id: number }) =>
    new Promise<Appended[]>((resolve, reject) => {
      if (!isAlive) return reject(new Error('The writer has stopped'));
      waiting.set(message.id, { resolve, reject });
      worker.postMessage(message);
    });
  const write = async (item: WriteItem): Promise<Appended[]> => {
    if (waiting.size >= queueMax) {
      throw new Problem('busy', 'Too many answers are arriving at once', {
        detail: 'Nothing was lost: send it again in a few seconds',
        retryAfterSeconds: 2,
      });
    }
    lastId += 1;
    return ask({ kind: 'write', id: lastId, item });
  };
  const { events, ...responses } = logReaders(database);
  return {
    responses: {
      ...responses,
      append: (records, conditions = {}) => write({ log: 'responses', rows: records.map(toRecordRow), conditions }),
    },
    events: {
      ...events,
      append: async (list) =>
        (await write({ log: 'events', rows: list.map(toEventRow) })).map(({ outcome }) => ({
          outcome: outcome === 'saved' ? 'saved' : 'repeated',
        })),
    },
    settle: async (mostMs) => {
      lastId += 1;
      const settled = ask({ kind: 'settle', id: lastId });
      if (mostMs === undefined) {
        await settled;
        return;
      }
      settled.catch(() => {});
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise((resolve) => {
        timer = setTimeout(resolve, mostMs);
      });
      await Promise.race([settled, enough]).finally(() => clearTimeout(timer));
    },
    close: () =>
      new Promise((resolve) => {
        if (!isAlive) return resolve();
        onClosed = resolve;
        worker.postMessage({ kind: 'close' } satisfies ToWriter);
      }),
    isAlive: () => isAlive,
  };
}

function asProblem(result: { code: string; message: string }): Error {
  if (isStorageFull(result)) {
    return new Problem('storage-full', 'The disk is full, so nothing more can be kept', {
      detail: 'What was saved before is safe. Free some space, then send this again',
      retryAfterSeconds: 60,
    });
  }
  if (isBusy(result)) {
    return new Problem('busy', 'The database is busy', { detail: 'Send this again in a moment', retryAfterSeconds: 2 });
  }
  return Object.assign(new Error(result.message), { code: result.code });
}
