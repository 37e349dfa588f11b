import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { kyselyOver, openSqlite } from '../store/database.ts';
import { isBusy } from '../store/dialect.ts';
import { intakeProjector } from '../store/intake-projection.ts';
import { projector } from '../store/projections.ts';
import type { PackedRecord } from '../store/record-log.ts';
import { recordWriter, type WriteItem, type WriteResult } from '../store/record-writer.ts';

/*
 * The one writer of records on SQLite. It commits whatever has gathered, answers, and between commits brings the
 * projections up to date.
 */

export type WriterData = { file: string; textKey: Uint8Array };
/**
 * What came in together goes over together: a message costs more than what is in it. Most of it is single records that
 * are saved, so these lie flat in both directions, which costs a third of what objects with names do.
 */
export type ToWriter =
  | {
      kind: 'write';
      /** An id and then the values of its record, again and again. */
      records: (number | string | null)[];
      items: { id: number; item: WriteItem }[];
    }
  | { kind: 'settle'; id: number }
  | { kind: 'close' };
export type FromWriter =
  | {
      kind: 'written';
      /** An id and then the place in the log of the one record it stands for, again and again. */
      saved: number[];
      results: { id: number; result: WriteResult }[];
    }
  | { kind: 'settled'; id: number }
  | { kind: 'trouble'; message: string }
  | { kind: 'closed' };

const BATCH_ITEMS_MAX = 512;
/** Messages of one commit: few enough that an answer behind it hardly waits. */
const BATCH_MESSAGES_MAX = 2500;
/** How many records a round of projecting begins with, and how many it may grow to. */
const PROJECTION_BATCH = { min: 20, max: 500 } as const;
/** Short enough that a commit waiting behind a round hardly notices. */
const PROJECTION_MS = 12;
/** Projections wait while answers keep coming in, so that nobody's answer waits for them, but never longer than so. */
const QUIET_MS = 20;
const BEHIND_MS_MAX = 1000;
/** Of 4 KiB each: so many in the journal, and they go over into the database; twice as many still stay below 64 MiB. */
const JOURNAL_PAGES = 7000;
/** Other processes (a command line beside the server) may append too. */
const LOOK_AROUND_MS = 1000;
/** Once nobody has written for so long, what was written lies in the database alone. */
const JOURNAL_QUIET_MS = 2000;

const { file, textKey } = workerData as WriterData;
const port = parentPort;
if (!port) throw new Error('The writer runs as a thread');

const connection = openSqlite(file);
connection.pragma(`wal_autocheckpoint = ${JOURNAL_PAGES}`);
const commitItems = recordWriter(connection);
const database = kyselyOver('sqlite', connection);
/** Answers first: somebody may be waiting for a page that shows them. */
const projections = [projector(database, textKey, () => new Date()), intakeProjector(database)].map(
  ({ projectBatch }) => ({ projectBatch, batchSize: PROJECTION_BATCH.min as number }),
);

type Waiting = { id: number; item: WriteItem };
const waiting: Waiting[] = [];
/** Events stand behind answers, which people wait for. */
const waitingIntake: Waiting[] = [];
/** Who waits for the projections, and the newest records that were there when they asked. */
const settling: { id: number; responses: number; intake: number }[] = [];
/** When the last commit was, and when the first of those was that have not been projected; null when none waits. */
let committedAt = Number.NEGATIVE_INFINITY;
let commitMs = 0;
let behindSince: number | null = null;
let projectedAt = Number.NEGATIVE_INFINITY;
let isClosing = false;
let wake: () => void = () => {};

port.on('message', (message: ToWriter) => {
  if (message.kind === 'write') {
    for (const one of message.items) (one.item.log === 'intake' ? waitingIntake : waiting).push(one);
    waiting.push(...singleRecords(message.records));
  } else if (message.kind === 'settle') {
    settling.push({ id: message.id, ...newest() });
    // Mostly everything is projected already; within a round it is not yet known to be kept.
    if (!connection.inTransaction) settleReached();
  } else isClosing = true;
  wake();
});

const RECORD_LENGTH = 11;
function* singleRecords(flat: readonly (number | string | null)[]): Generator<Waiting> {
  for (let at = 0; at < flat.length; at += RECORD_LENGTH + 1) {
    const row = flat.slice(at + 1, at + 1 + RECORD_LENGTH) as unknown as PackedRecord;
    yield { id: flat[at] as number, item: { log: 'responses', rows: [row] } };
  }
}

const findNewest = connection.prepare(
  `select coalesce((select max(seq) from response_records), 0) as responses,
          coalesce((select max(seq) from intake_records), 0) as intake`,
);
const findReached = connection.prepare(
  `select coalesce((select seq from watermarks where name = 'responses'), 0) as responses,
          coalesce((select seq from watermarks where name = 'intake'), 0) as intake`,
);
type Marks = { responses: number; intake: number };
function newest(): Marks {
  try {
    return findNewest.get() as Marks;
  } catch {
    // Then they wait until nothing is left to project.
    return { responses: Number.POSITIVE_INFINITY, intake: Number.POSITIVE_INFINITY };
  }
}
/** Lets those go on whose records have been projected, though more keep coming. */
function settleReached(): void {
  if (settling.length === 0) return;
  const reached = findReached.get() as Marks;
  for (const one of settling.splice(0)) {
    if (one.responses <= reached.responses && one.intake <= reached.intake) say({ kind: 'settled', id: one.id });
    else settling.push(one);
  }
}

function tellResults(batch: readonly Waiting[], made: readonly WriteResult[]): void {
  const saved: number[] = [];
  const results: { id: number; result: WriteResult }[] = [];
  for (const [index, { id }] of batch.entries()) {
    const result = made[index] as WriteResult;
    const [only, more] = result.ok && result.log === 'responses' ? result.appended : [];
    if (only?.outcome === 'saved' && more === undefined) saved.push(id, only.seq);
    else results.push({ id, result });
  }
  say({ kind: 'written', saved, results });
}

const say = (message: FromWriter) => port.postMessage(message);
const rest = (mostMs: number) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, mostMs);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
/** Lets messages in before the next round. */
const listen = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The lock is free for a moment, so that others who write need not wait until everything is projected. */
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

/** Null while somebody else holds the database: the records are safe, and the next round tries again. */
async function project(): Promise<number | null> {
  try {
    for (const projection of projections) {
      const began = performance.now();
      const projected = await projection.projectBatch(projection.batchSize);
      const isQuick = performance.now() - began < PROJECTION_MS;
      projection.batchSize = isQuick
        ? Math.min(PROJECTION_BATCH.max, projection.batchSize * 2)
        : Math.max(PROJECTION_BATCH.min, Math.trunc(projection.batchSize / 2));
      if (projected > 0) return projected;
    }
    return 0;
  } catch (error) {
    if (isBusy(error)) return null;
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_')) throw error;
    // The records are safe, and the next round tries again; but somebody must hear of it.
    say({ kind: 'trouble', message: `Projections stand still: ${(error as Error).message}` });
    return 0;
  }
}

/** What the next commit takes: answers first, then as many messages as fit. */
function nextBatch(): Waiting[] {
  const batch = waiting.splice(0, BATCH_ITEMS_MAX);
  let messages = 0;
  let count = 0;
  for (const { item } of waitingIntake) {
    messages += item.log === 'intake' ? item.intake.messages.length : 0;
    if (batch.length + count >= BATCH_ITEMS_MAX || (count > 0 && messages > BATCH_MESSAGES_MAX)) break;
    count += 1;
  }
  return [...batch, ...waitingIntake.splice(0, count)];
}
const isWaiting = (): boolean => waiting.length > 0 || waitingIntake.length > 0;

/** How long projecting may wait yet; 0 when somebody waits for it. */
function patienceMs(): number {
  if (isClosing || settling.length > 0 || behindSince === null) return 0;
  const now = performance.now();
  // On a slow disk those who write take longer to come back, and a projection's own commit costs as much.
  const quietMs = Math.max(QUIET_MS, 3 * commitMs);
  return Math.max(0, Math.min(committedAt + quietMs, behindSince + BEHIND_MS_MAX) - now);
}

/** True when events never stop coming and projections must have a turn between two commits all the same. */
function isOverdue(): boolean {
  if (waitingIntake.length === 0 || behindSince === null) return false;
  if (settling.length > 0) return committedAt > projectedAt;
  return performance.now() - Math.max(behindSince, projectedAt) > BEHIND_MS_MAX;
}

/**
 * Empties the journal, which otherwise holds what was erased from the database until as much again has been written. It
 * waits for nobody: while somebody reads, the next round tries again.
 */
function emptyJournal(): void {
  const journal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (!journal || journal.size === 0 || Date.now() - journal.mtimeMs < JOURNAL_QUIET_MS) return;
  const patience = connection.pragma('busy_timeout', { simple: true });
  connection.pragma('busy_timeout = 0');
  try {
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_')) throw error;
  } finally {
    connection.pragma(`busy_timeout = ${patience}`);
  }
}

for (;;) {
  await listen();
  if (isWaiting() && !isOverdue()) {
    const batch = nextBatch();
    const began = performance.now();
    tellResults(batch, commitItems(batch.map(({ item }) => item)));
    committedAt = performance.now();
    commitMs = committedAt - began;
    behindSince ??= committedAt;
    continue;
  }
  const patience = isWaiting() ? 0 : patienceMs();
  if (patience > 0) {
    await rest(patience);
    continue;
  }
  const began = performance.now();
  let projected = await project();
  // Whoever waits gets as much time as the commits of those who keep sending.
  while (isWaiting() && settling.length > 0 && (projected ?? 0) > 0 && performance.now() - began < commitMs)
    projected = await project();
  projectedAt = performance.now();
  if ((projected ?? 0) > 0) {
    settleReached();
    await breathe();
  }
  if (isWaiting() || (projected ?? 0) > 0) continue;
  if (projected === null && !isClosing) {
    await rest(LOOK_AROUND_MS);
    continue;
  }
  behindSince = null;
  for (const { id } of settling.splice(0)) say({ kind: 'settled', id });
  if (isClosing) break;
  emptyJournal();
  await rest(LOOK_AROUND_MS);
}
connection.pragma('wal_checkpoint(TRUNCATE)');
connection.close();
say({ kind: 'closed' });
port.close();
