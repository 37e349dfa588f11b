import { expect, test } from 'vitest';
import { type Job, workQueue } from '../../src/services/work-queue.ts';
import { Refusal } from '../../src/workers/thread.ts';

const context = { logs: { settle: async () => {} }, keys: { text: new Uint8Array(32) } } as unknown as Parameters<
  typeof workQueue
>[0];
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** A piece of work that keeps what became of it. */
function jobNamed(name: string, told: string[], perform: Job['perform'], isCancelled = () => false): Job {
  return {
    name,
    begin: async () => !isCancelled() && told.push(`${name} begins`) > 0,
    perform: async (...args) => {
      await perform(...args);
      told.push(`${name} is done`);
    },
    progress: async () => {},
    isCancelled: async () => isCancelled(),
    fail: async (reason) => void told.push(`${name} fails: ${reason}`),
    report: (error) => void told.push(`${name} reports: ${(error as Error).message}`),
  };
}

test('whoever asks, one piece is done after the other, and one that was cancelled meanwhile is passed over', async () => {
  const queue = workQueue(context, 'nowhere');
  const told: string[] = [];
  let isCancelled = false;
  queue.add(jobNamed('run 1', told, tick));
  queue.add(jobNamed('comparison 1', told, tick, () => isCancelled));
  queue.add(jobNamed('comparison 2', told, tick));
  expect(queue.waiting()).toBe(2);
  isCancelled = true;
  await queue.idle();
  expect(told).toEqual(['run 1 begins', 'run 1 is done', 'comparison 2 begins', 'comparison 2 is done']);
});

test('a refusal is told in its own words, anything else is reported and apologised for, and the next goes on', async () => {
  const queue = workQueue(context, 'nowhere');
  const told: string[] = [];
  queue.add(
    jobNamed('a', told, async () => {
      throw new Refusal('Too few people');
    }),
  );
  queue.add(
    jobNamed('b', told, async () => {
      throw new Error('a bug');
    }),
  );
  queue.add(jobNamed('c', told, tick));
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
  const queue = workQueue(context, 'nowhere');
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
  queue.add(jobNamed('a', told, endless, () => isCancelled));
  await tick();
  await queue.interrupt('b');
  expect(told).toEqual(['a begins']);
  isCancelled = true;
  await queue.interrupt('a');
  await queue.idle();
  expect(told).toEqual(['a begins']);

  queue.add(jobNamed('c', told, endless));
  queue.add(jobNamed('d', told, tick));
  await tick();
  await queue.stop();
  expect(told).toEqual(['a begins', 'c begins']);
});

test('what is interrupted, or going when the queue stops, hears of it', async () => {
  for (const end of ['interrupt', 'stop'] as const) {
    const queue = workQueue(context, 'nowhere');
    const told: string[] = [];
    queue.add(
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
    await (end === 'interrupt' ? queue.interrupt('run 1') : queue.stop());
    await queue.idle();
    expect(told).toEqual(['run 1 begins']);
  }
});
