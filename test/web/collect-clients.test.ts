import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { initFolder } from '../../src/store/data-folder.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { type RunningServer, startServer } from '../cli/run-cli.ts';
import { temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

const COUNT = 400;
const SIX_HOURS_MS = 6 * 3_600_000;
const clients = path.resolve(import.meta.dirname, '../support/event-clients-child.ts');

/** A folder with a study and one source. */
async function plantSource(folder: string): Promise<{ writeKey: string; workspaceId: number }> {
  await initFolder(folder, () => new Date());
  const verbatim = await openVerbatim({ folder, limits: testLimits });
  const { workspaceId } = await verbatim.studies.addTo('A study', null, null, null);
  const { writeKey } = await verbatim.sources.add(workspaceId, 'Shop', null);
  await verbatim.close();
  return { writeKey, workspaceId };
}

test('the official node clients of Segment and RudderStack, their clock six hours off, a restart and a kill between: every event exactly once', {
  timeout: 180_000,
}, async () => {
  using place = temporaryFolder();
  const { writeKey, workspaceId } = await plantSource(place.folder);
  const began = Date.now();
  const serve = (env: Record<string, string> = {}): Promise<RunningServer> =>
    startServer(['serve', '--data', place.folder], { env });
  let server = await serve();
  const { port } = new URL(server.url);
  try {
    const child = spawn(process.execPath, [clients, server.url, writeKey, String(SIX_HOURS_MS), String(COUNT)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const until = async (words: RegExp) => {
      for (const end = Date.now() + 90_000; !words.test(said); await wait(20)) {
        if (Date.now() > end || child.exitCode !== null)
          throw new Error(`The clients said only: ${said.slice(-200)}${complaint}`);
      }
    };
    await until(/^at 100$/m);
    await server.stop();
    server = await serve({ PORT: port });
    await until(/^at 250$/m);
    server.child.kill('SIGKILL');
    await server.ended;
    server = await serve({ PORT: port });
    await until(/^done /m);
    expect(/^done (.*)$/m.exec(said)?.[1]).toBe('[]');
  } finally {
    await server.stop();
  }

  const verbatim = await openVerbatim({ folder: place.folder, limits: testLimits });
  try {
    await verbatim.logs.settle();
    const rows = verbatim.connection
      .prepare(
        "select name, occurred_at as occurredAt, properties ->> 'n' as n, person_id as personId from events where kind = 'track'",
      )
      .all() as { name: string; occurredAt: string; n: number; personId: number }[];
    for (const name of ['Segment Event', 'Rudder Event']) {
      const numbers = rows.filter((row) => row.name === name).map(({ n }) => n);
      expect([name, numbers.toSorted((a, b) => a - b)]).toEqual([name, Array.from({ length: COUNT }, (_, n) => n)]);
    }
    const wrong = rows.filter(({ name, occurredAt }) => {
      const at = Date.parse(occurredAt);
      return name !== 'History' && (at < began || at > Date.now());
    });
    expect(wrong).toEqual([]);
    // Told with the sender's own time beside it, or moved with the clock by at most what the clock is off.
    for (const { occurredAt } of rows.filter(({ name }) => name === 'History'))
      expect(Math.abs(Date.parse(occurredAt) - Date.parse('2020-02-03T04:05:06.000Z'))).toBeLessThanOrEqual(
        SIX_HOURS_MS + 60_000,
      );

    const { people } = verbatim.store;
    const ids = await people.byExternalIds(workspaceId, ['segment-0', 'rudder-0', 'rudder-old']);
    const known = async (id: string) =>
      Object.fromEntries([...(await people.attributesOf(ids.get(id) ?? 0))].map(([name, { value }]) => [name, value]));
    expect(await known('segment-0')).toMatchObject({ plan: 'Pro', 'address.city': 'Ulm' });
    expect(await known('rudder-0')).toMatchObject({ plan: 'Free' });
    expect(await people.sameAs(ids.get('rudder-old') ?? 0)).toContain(ids.get('rudder-0'));
    const one = (text: string) => verbatim.connection.prepare(text).pluck().get();
    expect(one("select name from companies where external_id = 'segment-company'")).toBe('Acme');
    // The page was told of a device that its person was met on.
    expect(await people.sameAs(Number(one("select person_id from events where kind = 'page'")))).toContain(
      ids.get('segment-0'),
    );
    expect(one('select count(*) from dead_letters')).toBe(0);
  } finally {
    await verbatim.close();
  }
});

test('batches that were acknowledged before the process was killed are there, once, and counted once', {
  timeout: 180_000,
}, async () => {
  using place = temporaryFolder();
  const { writeKey } = await plantSource(place.folder);
  const acknowledged: string[] = [];
  const cycles = process.env['PROVE'] === '1' ? 30 : 3;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const server = await startServer(['serve', '--data', place.folder], {
      env: { VERBATIM_EVENT_REQUESTS_PER_MINUTE: '1000000' },
    });
    let isOver = false;
    const send = async (writer: number) => {
      for (let round = 0; !isOver; round += 1) {
        const ids = Array.from({ length: 50 }, (_, index) => `${cycle}-${writer}-${round}-${index}`);
        const batch = ids.map((messageId, index) => ({
          type: 'track',
          messageId,
          event: 'Counted',
          ...(index % 2 === 0 ? { userId: `u-${index}` } : { anonymousId: `a-${index}` }),
        }));
        const answer = await fetch(`${server.url}/v1/batch`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-write-key': writeKey },
          body: JSON.stringify({ batch }),
        });
        if (answer.status === 200) acknowledged.push(...ids);
      }
    };
    const writers = Array.from({ length: 4 }, (_, writer) => send(writer).catch(() => undefined));
    const before = acknowledged.length;
    for (const end = Date.now() + 10_000; acknowledged.length < before + 400 && Date.now() < end; ) await wait(5);
    await wait(100 + Math.random() * 300);
    server.child.kill('SIGKILL');
    isOver = true;
    await Promise.all([...writers, server.ended]);
  }

  const verbatim = await openVerbatim({ folder: place.folder, limits: testLimits });
  try {
    await verbatim.logs.settle();
    expect(verbatim.connection.pragma('integrity_check', { simple: true })).toBe('ok');
    const kept = verbatim.connection.prepare('select message_id from intake_records').pluck().all() as string[];
    const there = new Set(kept);
    expect(acknowledged.length).toBeGreaterThan(cycles * 400);
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    expect(there.size).toBe(kept.length);
    expect(verbatim.connection.prepare('select count(*) from events').pluck().get()).toBe(kept.length);
  } finally {
    await verbatim.close();
  }
});
