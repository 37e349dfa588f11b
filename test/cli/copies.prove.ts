import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  compareWithTold,
  letAnswer,
  MANY_FROM_ONE,
  moreOf,
  percentile,
  plantHouse,
  sayFigure,
} from '../support/answering.ts';
import { temporaryFolder } from '../support/house.ts';
import { runCli, startServer } from './run-cli.ts';

const ROUNDS = 3;
const ANSWERED_MS_MOST = 250;

test(`${ROUNDS} copies made while respondents answer hold all that was acknowledged before, and disturb nobody`, async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  const { slug } = await plantHouse(folder);
  const acknowledged: string[] = [];
  const tookMs: number[] = [];
  const isolatedMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const copy = path.join(place.folder, `round-${round}.db`);
    const server = await startServer(['serve', '--data', folder], { env: MANY_FROM_ONE });
    const answering = await letAnswer(server.port, slug);
    await moreOf(answering, 400);
    isolatedMs.push(...answering.tookMs);
    const fromTime = answering.tookMs.length;
    const before = [...acknowledged, ...answering.acknowledged];
    const { code, stderr } = await runCli(['backup', copy, '--data', folder]);
    tookMs.push(...answering.tookMs.slice(fromTime));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await moreOf(answering, 50);
    // The machine is gone, and its disk.
    await answering.stop();
    expect([...answering.refused]).toEqual([]);
    expect(answering.broken()).toBe(0);
    await server.kill();
    rmSync(folder, { recursive: true });
    expect((await runCli(['restore', copy, '--data', folder])).code).toBe(0);
    expect(compareWithTold(folder, before), `round ${round + 1}`).toMatchObject({
      integrity: 'ok',
      lost: 0,
      doubled: 0,
      brokenReferences: 0,
    });
    acknowledged.splice(0, acknowledged.length, ...before);
  }
  const p95 = percentile(tookMs, 95);
  sayFigure(
    `copies: ${ROUNDS} made under 8 respondents and restored, ${acknowledged.length} acknowledged before them, 0 lost, 0 failed, answers during a copy p95 ${p95.toFixed(0)} ms (without one ${percentile(isolatedMs, 95).toFixed(0)} ms)`,
  );
  expect(p95).toBeLessThanOrEqual(Math.max(ANSWERED_MS_MOST, 3 * percentile(isolatedMs, 95)));
});
