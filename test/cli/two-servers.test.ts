import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { type Server, startServer } from '../../bench/support/server.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import { jobStore } from '../../src/store/jobs.ts';
import { initOnPostgres } from '../../src/store/open-installation.ts';
import { connectAlone } from '../../src/store/postgres.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { plantStudy, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { recordsOf, said } from '../support/plant-responses.ts';
import { postgresPrograms } from '../support/postgres-programs.ts';
import { makePostgres } from '../support/real-postgres.ts';

const CYCLES = process.env['PROVE'] === '1' ? 50 : 4;
const WRITERS = 8;
const PROGRAM = path.resolve(import.meta.dirname, '../../bin/verbatim.js');
const FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  'sec-fetch-site': 'same-origin',
  accept: 'text/html',
};

test.skipIf(postgresPrograms === null)(
  'two servers on one PostgreSQL take turns being killed: nothing acknowledged is lost or doubled, and no work is lost or done twice',
  async () => {
    await using made = await makePostgres();
    using place = temporaryFolder();
    const folder = path.join(place.folder, 'data');
    await initOnPostgres(folder, made.url, () => new Date());
    const guest = await openVerbatim({ folder, databaseUrl: made.url, limits: testLimits, isOwner: false });
    const { study, survey } = await plantStudy(guest);
    for (let index = 0; index < 40; index += 1)
      await guest.logs.responses.append(
        recordsOf(
          { study, survey },
          {
            answers: {
              'holds.outdoors': said(1 + (index % 5)),
              'holds.company': said(1 + ((index * 3) % 5)),
              'holds.quiet': said(1 + ((index * 2) % 5)),
              mood: said(index % 11),
            },
          },
        ),
      );
    const list = jobStore(guest.database, 'nobody');

    // Servers refuse what they do not know.
    vi.stubEnv('VERBATIM_TEST_EMPTY', undefined);
    const env = {
      DATABASE_URL: made.url,
      VERBATIM_DATA: folder,
      PORT: '0',
      VERBATIM_LOG_LEVEL: 'error',
      VERBATIM_RESPONDENT_POSTS_PER_MINUTE: '1000000',
    };
    const serve = () => startServer([PROGRAM, 'serve'], { env, readyMsMax: 90_000 });
    await guest.logs.settle();
    const servers: (Server | null)[] = await Promise.all([serve(), serve()]);

    let isOver = false;
    const acknowledged: string[] = [];
    let movedOver = 0;
    /** Sends a form to one server, and to the other when that one is gone, until somebody says that it is kept. */
    async function send(first: number, at: string, body: string): Promise<string> {
      for (let tries = 0; ; tries += 1) {
        const port = servers[(first + tries) % 2]?.port;
        const reply =
          port === undefined
            ? null
            : await fetch(`http://127.0.0.1:${port}${at}`, {
                method: 'POST',
                headers: FORM,
                body,
                redirect: 'manual',
              }).catch(() => null);
        if (reply?.status === 303) {
          if (tries > 0) movedOver += 1;
          return reply.headers.get('location') ?? '';
        }
        if (reply && reply.status !== 503) throw new Error(`${at} answered ${reply.status}: ${await reply.text()}`);
        if (isOver && tries > 200) throw new Error(`${at} was never answered`);
        await wait(50);
      }
    }
    async function write(writer: number): Promise<void> {
      for (let round = 0; !isOver; round += 1) {
        const page = await send(writer, `/s/${survey.slug}`, 'consent=analysis&language=en');
        const id = publicHalf(page.split('/')[2] ?? '');
        acknowledged.push(`${id} 0`);
        // The next page goes to the other server, which has never heard of this response.
        await send(writer + 1 + round, page, 'city=city&topics=news');
        acknowledged.push(`${id} 1`);
      }
    }
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));

    const runs: number[] = [];
    const takeUpMs: number[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const before = acknowledged.length;
      while (acknowledged.length < before + WRITERS) await wait(20);
      const at = new Date().toISOString();
      const run = await guest.store.analyses.addRun(
        {
          studyId: study.id,
          kind: 'scores',
          surveyId: survey.id,
          subject: 'scales',
          seed: 1,
          settings: {},
          inputCut: {},
          engineVersion: '2',
          createdBy: null,
        },
        at,
      );
      await list.put('run', run.id, at);
      runs.push(run.id);
      await wait(100 + Math.random() * 900);
      const victim = cycle % 2;
      const server = servers[victim];
      servers[victim] = null;
      await server?.kill();
      const gone = performance.now();
      const since = acknowledged.length;
      while (acknowledged.length === since) await wait(5);
      takeUpMs.push(performance.now() - gone);
      servers[victim] = await serve();
    }
    isOver = true;
    await writing;
    for (const until = performance.now() + 120_000; performance.now() < until; await wait(200)) {
      const left = await Promise.all(runs.map((id) => list.isThere('run', id)));
      if (!left.includes(true)) break;
    }
    await guest.logs.settle();
    await Promise.all(servers.map((server) => server?.stop()));

    const client = await connectAlone(made.url);
    const rows = async <Row extends object>(text: string): Promise<Row[]> => (await client.query<Row>(text)).rows;
    const kept = (
      await rows<{ name: string }>(`select response_id || ' ' || revision as name from response_records`)
    ).map(({ name }) => name);
    const there = new Set(kept);
    expect(there.size).toBe(kept.length);
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(acknowledged.filter((name) => !there.has(name))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(CYCLES * WRITERS);
    const [counted] = await rows<{ records: number; responses: number; newest: number; reached: number }>(
      `select (select count(distinct response_id) from response_records) as records, (select count(*) from responses) as responses,
              (select max(seq) from response_records) as newest, (select seq from watermarks where name = 'responses') as reached`,
    );
    expect(counted?.responses).toBe(counted?.records);
    expect(counted?.reached).toBe(counted?.newest);

    const ended = await rows<{ id: number; state: string; error: string | null }>(
      'select id, state, error from runs order by id',
    );
    expect(ended.map(({ id }) => id)).toEqual(runs);
    // Work that two servers were killed over says so; all other is done.
    const unfinished = ended.filter(({ state, error }) => state !== 'done' && !/stopped twice/.test(error ?? ''));
    expect(unfinished).toEqual([]);
    expect(ended.filter(({ state }) => state === 'done').length).toBeGreaterThan(CYCLES / 2);
    expect(
      await rows('select run_id, response_id, scale from scores group by 1, 2, 3 having count(*) > 1'),
      'a result that was kept twice',
    ).toEqual([]);
    expect(await rows('select id from jobs')).toEqual([]);
    await client.end();
    await guest.close();
    takeUpMs.sort((a, b) => a - b);
    console.log(
      `two servers: ${CYCLES} kills, ${acknowledged.length} acknowledged, ${kept.length} kept, 0 lost, 0 doubled, ${movedOver} sent again to the other; ${runs.length} runs, ${ended.filter(({ state }) => state === 'done').length} done; next acknowledgement after a kill: median ${Math.round(takeUpMs[Math.floor(takeUpMs.length / 2)] ?? 0)} ms, at most ${Math.round(takeUpMs.at(-1) ?? 0)} ms`,
    );
  },
  CYCLES * 30_000 + 240_000,
);
