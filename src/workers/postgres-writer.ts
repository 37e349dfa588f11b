import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Database } from '../store/database.ts';
import { inviteProjections, openPostgres } from '../store/postgres.ts';
import { postgresLogs } from '../store/postgres-logs.ts';
import { projectionMarks } from '../store/projections.ts';
import type { FromProjections, ProjectionData, ToProjections } from './projection-thread.ts';
import { asProblem, INTAKE_WAITING_MAX, type Logs, tooMany } from './writer.ts';

/** How often whoever waits for the projections looks, at first and later. */
const LOOK_MS = { first: 5, most: 50 } as const;

/**
 * Gives the logs on PostgreSQL. Appends are grouped here; a thread asks for its turn at making the projections, and starts
 * when there is something to project.
 *
 * @param database the desk's, for reading
 * @param queueMax how many writes may wait; beyond it the answer is `busy`, which a sender can repeat
 * @param startWithinMs when the thread starts at the latest; null when another process makes the projections
 * @param report hears when projections cannot be made, which nobody waits for
 */
export async function startPostgresWriter(
  database: Database,
  data: ProjectionData,
  {
    queueMax,
    startWithinMs = null,
    report = () => {},
  }: { queueMax: number; startWithinMs?: number | null; report?: (message: string) => void },
): Promise<Logs> {
  const own = await openPostgres(data.url, 'logs');
  const logs = postgresLogs(own);
  let worker: Worker | null = null;
  let isAlive = true;
  let underWay = 0;
  let lettersUnderWay = 0;

  const start = (): void => {
    if (worker || !isAlive) return;
    clearTimeout(starting);
    worker = new Worker(new URL('./projection-thread.ts', import.meta.url), { workerData: data });
    worker.on('message', (message: FromProjections) => {
      if (message.kind === 'trouble') report(message.message);
    });
    worker.on('error', (error) => report(error.message));
    worker.on('exit', () => {
      worker = null;
    });
    worker.unref();
  };
  const starting = startWithinMs === null ? undefined : setTimeout(start, startWithinMs).unref();

  async function append<T>(most: number, what: string, work: () => Promise<T>): Promise<T> {
    if (!isAlive) throw new Error('The writer has stopped');
    if (underWay >= most) throw tooMany(what);
    underWay += 1;
    try {
      const appended = await work();
      start();
      return appended;
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown };
      throw asProblem({ code: String(code ?? 'UNKNOWN'), message: String(message) });
    } finally {
      underWay -= 1;
    }
  }

  return {
    responses: {
      ...logs.responses,
      append: (records, conditions) => append(queueMax, 'answers', () => logs.responses.append(records, conditions)),
    },
    intake: {
      ...logs.intake,
      append: async (intake) => {
        if (lettersUnderWay >= INTAKE_WAITING_MAX) throw tooMany('events');
        const letters = intake.messages.reduce((sum, [, , , , , body]) => sum + body.length, 0);
        lettersUnderWay += letters;
        try {
          // Half of the places stay free for respondents.
          return await append(queueMax / 2, 'events', () => logs.intake.append(intake));
        } finally {
          lettersUnderWay -= letters;
        }
      },
    },
    settle: async (mostMs = Number.POSITIVE_INFINITY) => {
      const until = performance.now() + mostMs;
      const { newest, reached: already } = await projectionMarks(database);
      const isReached = (reached: typeof already) =>
        reached.responses >= newest.responses && reached.intake >= newest.intake;
      if (isReached(already)) return;
      start();
      await inviteProjections(database);
      for (let pause: number = LOOK_MS.first; isAlive && performance.now() < until; ) {
        await wait(pause);
        if (isReached((await projectionMarks(database)).reached)) return;
        pause = Math.min(LOOK_MS.most, pause * 2);
      }
    },
    close: async () => {
      isAlive = false;
      clearTimeout(starting);
      await logs.idle();
      const thread = worker;
      if (thread) {
        const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
        thread.ref();
        thread.postMessage({ kind: 'close' } satisfies ToProjections);
        await ended;
      }
      await own.kysely.destroy();
    },
    isAlive: () => isAlive,
    waiting: () => underWay,
  };
}
