import { parentPort, workerData } from 'node:worker_threads';
import { isBusy } from '../store/dialect.ts';
import { intakeProjector } from '../store/intake-projection.ts';
import { connectAlone, LOCK, openPostgres, type PostgresUrl, RECORDS_CHANNEL } from '../store/postgres.ts';
import { projector } from '../store/projections.ts';

/*
 * Makes the projections of records on PostgreSQL. Of all processes that share one, whoever holds the lock does it, and
 * another takes over when the holder's connection ends. Should two of them work at once for a moment, the row of the
 * watermark keeps them apart.
 */

export type ProjectionData = { url: PostgresUrl; textKey: Uint8Array };
export type ToProjections = { kind: 'close' };
export type FromProjections = { kind: 'trouble'; message: string } | { kind: 'closed' };

const BATCH = { min: 20, max: 500 } as const;
/** A transaction of the desk waits behind a round. */
const ROUND_MS = 100;
/** How long records wait at most where nobody asks for what they come to. */
const LOOK_AROUND_MS = 250;
/** How long a process that does not hold the lock waits before it asks for it again. */
const ASK_AGAIN_MS = 1000;

const { url, textKey } = workerData as ProjectionData;
const port = parentPort;
if (!port) throw new Error('Projections are made in a thread');
const say = (message: FromProjections) => port.postMessage(message);

const trouble = (error: unknown) =>
  say({ kind: 'trouble', message: `Projections stand still: ${(error as Error).message}` });
const database = await openPostgres(url, 'desk');
/** Answers first: somebody may be waiting for a page that shows them. */
const projections = [projector(database, textKey, () => new Date()), intakeProjector(database)].map(
  ({ projectBatch }) => ({ projectBatch, size: BATCH.min as number }),
);

let isClosing = false;
let isInvited = false;
let wake: () => void = () => {};
port.on('message', () => {
  isClosing = true;
  wake();
});

const rest = (mostMs: number) =>
  new Promise<void>((resolve) => {
    if (isInvited || isClosing) {
      isInvited = false;
      return resolve();
    }
    const timer = setTimeout(resolve, mostMs);
    wake = () => {
      clearTimeout(timer);
      isInvited = false;
      resolve();
    };
  });

/** Projects until nothing waits, or somebody else has the lock. */
async function project(): Promise<void> {
  for (let isMore = true; isMore && !isClosing; ) {
    isMore = false;
    for (const projection of projections) {
      const began = performance.now();
      const projected = await projection.projectBatch(projection.size);
      projection.size =
        performance.now() - began < ROUND_MS
          ? Math.min(BATCH.max, projection.size * 2)
          : Math.max(BATCH.min, Math.trunc(projection.size / 2));
      if (projected > 0) {
        isMore = true;
        break;
      }
    }
  }
}

/** Until the connection that holds the lock ends. */
async function hold(): Promise<void> {
  const client = await connectAlone(url);
  let isHeld = true;
  client.on('end', () => {
    isHeld = false;
    wake();
  });
  client.on('notification', () => {
    isInvited = true;
    wake();
  });
  try {
    for (let isOwner = false; isHeld && !isClosing; ) {
      if (!isOwner) {
        const { rows } = await client.query<{ isOwner: boolean }>(
          `select pg_try_advisory_lock(${LOCK.projections}) as "isOwner"`,
        );
        isOwner = rows[0]?.isOwner === true;
        if (isOwner) await client.query(`listen ${RECORDS_CHANNEL}`);
      }
      if (isOwner)
        await project().catch((error: unknown) => {
          if (!isBusy(error)) trouble(error);
        });
      await rest(isOwner ? LOOK_AROUND_MS : ASK_AGAIN_MS);
    }
  } finally {
    await client.end().catch(() => {});
  }
}

while (!isClosing) {
  await hold().catch((error: unknown) => {
    if (!isBusy(error)) trouble(error);
  });
  if (!isClosing) await rest(ASK_AGAIN_MS);
}
await database.kysely.destroy();
say({ kind: 'closed' });
port.close();
