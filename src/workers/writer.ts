import { Worker } from 'node:worker_threads';
import { Problem } from '../model/problem.ts';
import type { Database } from '../store/database.ts';
import { isBusy, isStorageFull } from '../store/dialect.ts';
import { type Intake, type IntakeLog, intakeReaders } from '../store/intake-log.ts';
import { isBehind } from '../store/projections.ts';
import { type Appended, logReaders, packRecord, type ResponseLog } from '../store/record-log.ts';
import type { WriteItem, WriteResult } from '../store/record-writer.ts';
import type { FromWriter, ToWriter, WriterData } from './writer-thread.ts';

export type Logs = {
  responses: ResponseLog;
  intake: IntakeLog;
  /**
   * Resolves once the projections have caught up with every record that was there when it was asked, or after `mostMs`:
   * a page would rather show what was true a moment ago than wait for a large import.
   */
  settle(mostMs?: number): Promise<void>;
  close(): Promise<void>;
  isAlive(): boolean;
  /** How many writes wait for their turn. */
  waiting(): number;
};

/** Eight records, each with its id. */
const HAND_OVER_VALUES = 96;
/** Letters of messages that may wait to be written, so that a flood of large ones is held off before memory is full. */
export const INTAKE_WAITING_MAX = 64 * 1024 * 1024;

/** An answer from the thread: what became of a write, or that everything is settled. */
type Answer = { appended: Appended[]; isNew: boolean[] };

/**
 * Gives the logs that go through the writer thread. The thread starts when there is something for it to do.
 *
 * @param report hears when projections cannot be made, which nobody waits for
 * @param queueMax how many writes may wait; beyond it the answer is `busy`, which a sender can repeat
 * @param startWithinMs when the thread starts at the latest, so that it also looks after what others write and erase;
 *   null when another process does that
 */
export function startWriter(
  database: Database,
  data: WriterData,
  {
    queueMax,
    startWithinMs = null,
    report = () => {},
  }: { queueMax: number; startWithinMs?: number | null; report?: (message: string) => void },
): Logs {
  let worker: Worker | null = null;
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: unknown) => void }>();
  let lastId = 0;
  let intakeWaiting = 0;
  let isAlive = true;
  let onClosed: () => void = () => {};

  const failAll = (error: unknown) => {
    isAlive = false;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    onClosed();
  };
  const answer = (id: number, result: WriteResult) => {
    const entry = waiting.get(id);
    waiting.delete(id);
    if (!result.ok) entry?.reject(asProblem(result));
    else if (result.log === 'intake') entry?.resolve({ appended: [], isNew: result.isNew });
    else entry?.resolve({ appended: result.appended, isNew: [] });
  };
  const hear = (message: FromWriter) => {
    if (message.kind === 'trouble') return report(message.message);
    if (message.kind === 'closed') return failAll(new Error('The writer has stopped'));
    if (message.kind === 'settled') return answer(message.id, { ok: true, log: 'responses', appended: [] });
    for (let at = 0; at < message.saved.length; at += 2) {
      const id = message.saved[at] as number;
      const entry = waiting.get(id);
      waiting.delete(id);
      entry?.resolve({ appended: [{ outcome: 'saved', seq: message.saved[at + 1] as number }], isNew: [] });
    }
    for (const { id, result } of message.results) answer(id, result);
  };
  const started = (): Worker => {
    if (worker) return worker;
    clearTimeout(starting);
    worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: data });
    worker.on('message', hear);
    worker.on('error', failAll);
    worker.on('exit', () => failAll(new Error('The writer has stopped')));
    return worker;
  };
  const starting = startWithinMs === null ? undefined : setTimeout(started, startWithinMs).unref();

  type Gathered = Extract<ToWriter, { kind: 'write' }>;
  const nothing = (): Gathered => ({ kind: 'write', records: [], items: [] });
  let gathered = nothing();
  const isNothing = () => gathered.items.length === 0 && gathered.records.length === 0;
  /** Whatever was asked to be written since the last turn of the event loop goes over as one message. */
  const handOver = () => {
    if (isNothing()) return;
    tell(gathered);
    gathered = nothing();
  };
  const tell = (message: ToWriter) => started().postMessage(message);
  const ask = (send: (id: number) => void) =>
    new Promise<Answer>((resolve, reject) => {
      if (!isAlive) return reject(new Error('The writer has stopped'));
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      send(lastId);
    });
  const write = async (item: WriteItem): Promise<Answer> => {
    if (waiting.size >= queueMax) throw tooMany('answers');
    return ask((id) => {
      if (isNothing()) setImmediate(handOver);
      const [only, more] = item.log === 'responses' && item.conditions === undefined ? item.rows : [];
      if (only !== undefined && more === undefined) gathered.records.push(id, ...only);
      else gathered.items.push({ id, item });
      // A turn in which many arrive is long, and the disk need not wait for its end.
      if (gathered.records.length >= HAND_OVER_VALUES) handOver();
    });
  };
  const writeIntake = async (intake: Intake): Promise<boolean[]> => {
    // Half of the places stay free for respondents.
    if (waiting.size >= queueMax / 2 || intakeWaiting >= INTAKE_WAITING_MAX) throw tooMany('events');
    const letters = intake.messages.reduce((sum, [, , , , , body]) => sum + body.length, 0);
    intakeWaiting += letters;
    try {
      return (await write({ log: 'intake', intake })).isNew;
    } finally {
      intakeWaiting -= letters;
    }
  };
  return {
    responses: {
      ...logReaders(database),
      append: async (records, conditions) =>
        (await write({ log: 'responses', rows: records.map(packRecord), ...(conditions ? { conditions } : {}) }))
          .appended,
    },
    intake: { ...intakeReaders(database), append: writeIntake },
    settle: async (mostMs) => {
      if (isAlive && worker === null && isNothing() && !(await isBehind(database))) return;
      const settled = ask((id) => {
        handOver();
        tell({ kind: 'settle', id });
      });
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
        handOver();
        if (worker) return tell({ kind: 'close' });
        clearTimeout(starting);
        failAll(new Error('The writer has stopped'));
      }),
    isAlive: () => isAlive,
    waiting: () => waiting.size,
  };
}

export const tooMany = (what: string): Problem =>
  new Problem('busy', `Too many ${what} are arriving at once`, {
    detail: 'Nothing was lost: send it again in a few seconds',
    retryAfterSeconds: 2,
  });

/** What became of a write, in words for whoever sent it. */
export function asProblem(result: { code: string; message: string }): Error {
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
