import { parentPort, workerData } from 'node:worker_threads';
import { kyselyOver, openSqlite } from '../store/database.ts';
import { isBusy } from '../store/dialect.ts';
import { projector } from '../store/projections.ts';
import { recordWriter, type WriteItem, type WriteResult } from '../store/record-writer.ts';

/*
 * The one writer of records on SQLite. It commits whatever has gathered, answers, and between commits brings the
 * projections up to date.
 */

export type WriterData = { file: string; textKey: Uint8Array };
export type ToWriter =
  | { kind: 'write'; id: number; item: WriteItem }
  | { kind: 'settle'; id: number }
  | { kind: 'close' };
export type FromWriter =
  | { kind: 'written'; id: number; result: WriteResult }
  | { kind: 'settled'; id: number }
  | { kind: 'trouble'; message: string }
  | { kind: 'closed' };

const BATCH_ITEMS_MAX = 512;
/** Few enough that a commit waiting behind it hardly notices. */
const PROJECTION_BATCH = 20;
/** Other processes (a command line beside the server) may append too. */
const LOOK_AROUND_MS = 1000;

const { file, textKey } = workerData as WriterData;
const port = parentPort;
if (!port) throw new Error('The writer runs as a thread');

const connection = openSqlite(file);
connection.pragma('wal_autocheckpoint = 4000');
const commitItems = recordWriter(connection);
const { projectBatch } = projector(kyselyOver('sqlite', connection), textKey, () => new Date());

const waiting: { id: number; item: WriteItem }[] = [];
const settling: number[] = [];
let isClosing = false;
let wake: () => void = () => {};

port.on('message', (message: ToWriter) => {
  if (message.kind === 'write') waiting.push(message);
  else if (message.kind === 'settle') settling.push(message.id);
  else isClosing = true;
  wake();
});

const say = (message: FromWriter) => port.postMessage(message);
const rest = () =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LOOK_AROUND_MS);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
/** Lets messages in before the next round. */
const listen = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Null while somebody else holds the database: the records are safe, and the next round tries again. */
/** The lock is free for a moment, so that others who write need not wait until everything is projected. */
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

async function project(): Promise<number | null> {
  try {
    return await projectBatch(PROJECTION_BATCH);
  } catch (error) {
    if (isBusy(error)) return null;
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_')) throw error;
    // The records are safe, and the next round tries again; but somebody must hear of it.
    say({ kind: 'trouble', message: `Projections stand still: ${(error as Error).message}` });
    return 0;
  }
}

for (;;) {
  await listen();
  if (waiting.length > 0) {
    const batch = waiting.splice(0, BATCH_ITEMS_MAX);
    const results = commitItems(batch.map(({ item }) => item));
    for (const [index, { id }] of batch.entries()) say({ kind: 'written', id, result: results[index] as WriteResult });
    continue;
  }
  const projected = await project();
  if ((projected ?? 0) > 0) await breathe();
  if (waiting.length > 0 || (projected ?? 0) > 0) continue;
  if (projected === null && !isClosing) {
    await rest();
    continue;
  }
  for (const id of settling.splice(0)) say({ kind: 'settled', id });
  if (isClosing) break;
  await rest();
}
connection.pragma('wal_checkpoint(TRUNCATE)');
connection.close();
say({ kind: 'closed' });
port.close();
