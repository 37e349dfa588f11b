import { expect, test } from 'vitest';
import { type Job, workQueue } from '../../src/services/work-queue.ts';
import { Refusal } from '../../src/workers/thread.ts';

const context = {
  logs: { settle: async () => {} },
  keys: { text: new Uint8Array(32) },
  now: () => new Date(),
} as unknown as Parameters<typeof workQueue>[0];

/** A queue of a file's one process, and how a piece of work is put into it. */
function openQueue() {
  const queue = workQueue(context, { engine: 'sqlite', file: 'nowhere' });
  const jobs: Job[] = [];
  queue.handles('test', async (id) => jobs[id] ?? null);
  return { queue, add: (job: Job) => queue.add('test', jobs.push(job) - 1) };
}
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** A piece of work that keeps what became of it. */
function jobNamed(name: string, told: string[], perform: Job['perform'], isCancelled = () => false): Job {
  return {
    begin: async () => !isCancelled() && told.push(`${name} begins`) > 0,
    perform: async (...args) => {
      await perform(...args);
      told.push(`${name} is done`);
    },
    again: async () => {},
    progress: async () => {},
    isCancelled: async () => isCancelled(),
    fail: async (reason) => void told.push(`${name} fails: ${reason}`),
    report: (error) => void told.push(`${name} reports: ${(error as Error).message}`),
  };
}

test('whoever asks, one piece is done after the other, and one that was cancelled meanwhile is passed over', async () => {
  const { queue, add } = openQueue();
  const told: string[] = [];
  let isCancelled = false;
  await add(jobNamed('run 1', told, tick));
  await add(jobNamed('comparison 1', told, tick, () => isCancelled));
  await add(jobNamed('comparison 2', told, tick));
  expect(await queue.waiting()).toBe(2);
  isCancelled = true;
  await queue.idle();
  expect(told).toEqual(['run 1 begins', 'run 1 is done', 'comparison 2 begins', 'comparison 2 is done']);
});

test('a refusal is told in its own words, anything else is reported and apologised for, and the next goes on', async () => {
  const { queue, add } = openQueue();
  const told: string[] = [];
  await add(
    jobNamed('a', told, async () => {
      throw new Refusal('Too few people');
    }),
  );
  await add(
    jobNamed('b', told, async () => {
      throw new Error('a bug');
    }),
  );
  await add(jobNamed('c', told, tick));
  await queue.idle();
  expect(told).toEqual([
    'a begins',
    'a fails: Too few people',
    'b begins',
    'b reports: a bug',
    expect.stringMatching(/^b fails: Something went wrong/),
    'c begins',
    'c is done',
  ]);
});

test('a piece that is cancelled while it goes ends at once and fails for nobody; what the end of the server interrupts neither', async () => {
  const { queue, add } = openQueue();
  const told: string[] = [];
  let isCancelled = false;
  // A thread that cannot open its database answers nothing; ending it rejects what was asked of it.
  const endless: Job['perform'] = (own) =>
    new Promise((_resolve, reject) => {
      const stop = own.stop;
      own.stop = async () => {
        await stop();
        reject(new Error('The analysis was stopped'));
      };
    });
  await add(jobNamed('a', told, endless, () => isCancelled));
  await tick();
  await queue.interrupt('test', 1);
  expect(told).toEqual(['a begins']);
  isCancelled = true;
  await queue.interrupt('test', 0);
  await queue.idle();
  expect(told).toEqual(['a begins']);

  await add(jobNamed('c', told, endless));
  await add(jobNamed('d', told, tick));
  await tick();
  await queue.stop();
  expect(told).toEqual(['a begins', 'c begins']);
});

test('what is interrupted, or going when the queue stops, hears of it', async () => {
  for (const end of ['interrupt', 'stop'] as const) {
    const { queue, add } = openQueue();
    const told: string[] = [];
    await add(
      jobNamed(
        'run 1',
        told,
        (_own, _onProgress, stopped) =>
          new Promise((_resolve, reject) => {
            stopped.addEventListener('abort', () => reject(stopped.reason), { once: true });
          }),
        () => told.length > 0,
      ),
    );
    await tick();
    await (end === 'interrupt' ? queue.interrupt('test', 0) : queue.stop());
    await queue.idle();
    expect(told).toEqual(['run 1 begins']);
  }
});
