import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openOutgoingHouse, settledLog } from '../support/outgoing-house.ts';
import { startStub } from '../support/stub-server.ts';

const child = path.resolve(import.meta.dirname, '../support/outbox-child.ts');
const CYCLES = 3;

/** Lets responses come in and go out for a while, and kills the process in the midst of it. */
async function answerAndKill(folder: string, slug: string, afterMs: number): Promise<string[]> {
  const answering = spawn(process.execPath, [child, folder, slug], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let isDoomed = false;
  await new Promise<void>((resolve, reject) => {
    answering.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      if (isDoomed) return;
      isDoomed = true;
      setTimeout(() => answering.kill('SIGKILL'), afterMs);
    });
    answering.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error('The process ended by itself')),
    );
  });
  return said.slice(0, said.lastIndexOf('\n')).split('\n');
}

test('whatever was completed before the process was killed is told of, under one id each', {
  timeout: 120_000,
}, async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(`${stub.url}/in`, { events: ['response.completed'] });
  const acknowledged: string[] = [];
  await house.reopen(async () => {
    for (let cycle = 0; cycle < CYCLES; cycle += 1)
      acknowledged.push(...(await answerAndKill(house.folder, house.survey.slug, 200 + 150 * cycle)));
  });
  await house.verbatim.logs.settle();
  const log = await settledLog(house, hook, acknowledged.length);
  expect(acknowledged.length).toBeGreaterThan(CYCLES);
  expect(log.every(({ state }) => state === 'delivered')).toBe(true);
  const ids = new Map<string, Set<string>>();
  for (const { headers, body } of stub.taken) {
    const { response } = JSON.parse(body).data as { response: { id: string } };
    ids.set(response.id, (ids.get(response.id) ?? new Set()).add(String(headers['webhook-id'])));
  }
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  expect([...ids.values()].filter((own) => own.size !== 1)).toEqual([]);
});
