import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { headerOf, openClients, postRequest } from '../../bench/support/client.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import {
  compareWithTold,
  letAnswer,
  MANY_FROM_ONE,
  moreOf,
  percentile,
  plantHouse,
  rounds,
  sayFigure,
} from '../support/answering.ts';
import { temporaryFolder } from '../support/house.ts';
import { startServer } from './run-cli.ts';

const KILLS = rounds(200);
const STOPS = rounds(50);
/** 5,000 over all 200 kills. */
const ACKNOWLEDGED_LEAST = 25 * KILLS;
const FINISH_MS_MOST = 10_000;
const KEYS = rounds(50);
const AT_ONCE = 20;

const serve = (folder: string) => startServer(['serve', '--data', folder], { env: MANY_FROM_ONE });

test(`${KILLS} times killed without a word under eight respondents, a server loses nothing that it acknowledged`, async () => {
  using place = temporaryFolder();
  const { slug } = await plantHouse(place.folder);
  const acknowledged: string[] = [];
  const startsMs: number[] = [];
  for (let cycle = 0; cycle < KILLS; cycle += 1) {
    const server = await serve(place.folder);
    startsMs.push(server.readyMs);
    const answering = await letAnswer(server.port, slug);
    // One that has just started is slow at first: it is killed when it is well under way.
    await moreOf(answering, 16);
    await wait(20 + Math.random() * 250);
    await server.kill();
    await answering.stop();
    expect([...answering.refused]).toEqual([]);
    acknowledged.push(...answering.acknowledged);
    const { integrity, lost, doubled } = compareWithTold(place.folder, answering.acknowledged);
    expect({ integrity, lost, doubled }, `kill ${cycle + 1}`).toEqual({ integrity: 'ok', lost: 0, doubled: 0 });
  }
  // A last start takes up what was left; all that was ever told is there.
  expect((await (await serve(place.folder)).stop()).code).toBe(0);
  const end = compareWithTold(place.folder, acknowledged);
  expect(end).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0, brokenReferences: 0 });
  sayFigure(
    `killed server: ${KILLS} kills, ${acknowledged.length} acknowledged, ${end.kept} kept, 0 lost, 0 doubled, integrity ok each time, start p50 ${percentile(startsMs, 50).toFixed(0)} ms, p95 ${percentile(startsMs, 95).toFixed(0)} ms`,
  );
  expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED_LEAST);
});

test(`${STOPS} times asked to stop under eight respondents, a server ends well and soon, and loses nothing`, async () => {
  using place = temporaryFolder();
  const { slug } = await plantHouse(place.folder);
  const acknowledged: string[] = [];
  const endsMs: number[] = [];
  for (let cycle = 0; cycle < STOPS; cycle += 1) {
    const server = await serve(place.folder);
    const answering = await letAnswer(server.port, slug);
    await moreOf(answering, 16);
    await wait(20 + Math.random() * 250);
    const began = performance.now();
    const { code, stderr } = await server.stop();
    endsMs.push(performance.now() - began);
    await answering.stop();
    expect({ code, stderr }, `stop ${cycle + 1}`).toEqual({ code: 0, stderr: '' });
    acknowledged.push(...answering.acknowledged);
    const { integrity, lost, doubled } = compareWithTold(place.folder, answering.acknowledged);
    expect({ integrity, lost, doubled }, `stop ${cycle + 1}`).toEqual({ integrity: 'ok', lost: 0, doubled: 0 });
  }
  expect(compareWithTold(place.folder, acknowledged)).toMatchObject({ lost: 0, doubled: 0, brokenReferences: 0 });
  sayFigure(
    `stopped server: ${STOPS} stops, ${acknowledged.length} acknowledged, 0 lost, 0 doubled, exit code 0 each time, end p50 ${percentile(endsMs, 50).toFixed(0)} ms, at most ${Math.max(...endsMs).toFixed(0)} ms`,
  );
  expect(Math.max(...endsMs)).toBeLessThanOrEqual(FINISH_MS_MOST);
});

test(`${KEYS} pages sent ${AT_ONCE} times each at once are ${KEYS} records, and other answers afterwards are refused`, async () => {
  using place = temporaryFolder();
  const { slug } = await plantHouse(place.folder);
  await using server = await serve(place.folder);
  const clients = await openClients(server.port, AT_ONCE);
  const pages: string[] = [];
  const statuses = new Map<number, number>();
  const others: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    const begun = await clients[0]?.send(postRequest(`/s/${slug}`, 'consent=analysis&language=en'));
    const page = (begun && headerOf(begun, 'Location')) ?? '';
    pages.push(page);
    const same = postRequest(page, 'city=city&topics=news');
    for (const { status } of await Promise.all(clients.map((client) => client.send(same))))
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const other = await clients[key % AT_ONCE]?.send(postRequest(page, 'city=village&topics=sport'));
    others.push(other?.status ?? 0);
  }
  for (const client of clients) client.close();
  expect((await server.stop()).code).toBe(0);
  const names = pages.map((page) => publicHalf(page.split('/')[2] ?? ''));
  const found = compareWithTold(
    place.folder,
    names.flatMap((id) => [`${id} 0`, `${id} 1`]),
  );
  expect(found).toMatchObject({ kept: KEYS * 2, lost: 0, doubled: 0 });
  expect([...statuses]).toEqual([[303, KEYS * AT_ONCE]]);
  expect(others).toEqual(Array.from({ length: KEYS }, () => 409));
  sayFigure(`sent again: ${KEYS} pages × ${AT_ONCE} at once → ${KEYS} records; ${others.length} other answers → 409`);
});
