import type pg from 'pg';
import { connectAlone, DUTY_CHANNEL, LOCK, type PostgresUrl } from './postgres.ts';

/** How long a process that has no turn waits before it asks again. */
const ASK_AGAIN_MS = 1000;

/**
 * Stands in line for the duties among all processes on one PostgreSQL. The lock belongs to a connection: when its holder
 * ends, however it ends, the next process has its turn within a second.
 *
 * @param onInvited hears, in the process that has the duties, that another one has something to do for it
 */
export function dutyLock(url: PostgresUrl, report: (error: unknown) => void, onInvited: () => void = () => {}) {
  let client: pg.Client | null = null;
  let isLeaving = false;
  let isMine = false;
  let wake: () => void = () => {};
  let standing: Promise<void> = Promise.resolve();

  const rest = () =>
    new Promise<void>((resolve) => {
      if (isLeaving) return resolve();
      const timer = setTimeout(resolve, ASK_AGAIN_MS);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function line(begin: () => Promise<void>, end: () => Promise<void>): Promise<void> {
    const own = await connectAlone(url);
    client = own;
    let isThere = true;
    own.on('notification', onInvited);
    own.on('end', () => {
      isThere = false;
      wake();
    });
    try {
      while (isThere && !isLeaving) {
        if (!isMine) {
          const { rows } = await own.query<{ isMine: boolean }>(
            `select pg_try_advisory_lock(${LOCK.duty}) as "isMine"`,
          );
          isMine = rows[0]?.isMine === true;
          if (isMine) {
            await own.query(`listen ${DUTY_CHANNEL}`);
            await begin();
          }
        }
        await rest();
      }
    } finally {
      if (isMine) await end();
      isMine = false;
      client = null;
      await own.end().catch(() => {});
    }
  }

  return {
    stand: async (begin: () => Promise<void>, end: () => Promise<void>): Promise<void> => {
      let hasStood: () => void = () => {};
      const stood = new Promise<void>((resolve) => {
        hasStood = resolve;
      });
      standing = (async () => {
        while (!isLeaving) {
          await line(async () => {
            await begin();
            hasStood();
          }, end).catch(report);
          hasStood();
          await rest();
        }
      })();
      // Whoever is first does its duties before it answers anybody; nobody waits for a turn.
      const timer = setTimeout(hasStood, ASK_AGAIN_MS);
      await stood;
      clearTimeout(timer);
    },
    leave: async (): Promise<void> => {
      isLeaving = true;
      wake();
      await standing;
    },
    /** Tells whoever has the duties that there is something to do, in this process or another. */
    invite: (): void => {
      if (isMine) return onInvited();
      client?.query(`notify ${DUTY_CHANNEL}`).catch(report);
    },
    /** Whether the duties are this process's just now. */
    isMine: (): boolean => isMine && client !== null,
  };
}
