import { globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { getRequest, headerOf, openClient, postRequest } from '../../bench/support/client.ts';
import { databaseFile } from '../../src/store/data-folder.ts';
import { openSqlite } from '../../src/store/database.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { compareWithTold, letAnswer, MANY_FROM_ONE, moreOf, plantHouse, sayFigure } from '../support/answering.ts';
import { temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { runCli, startServer } from './run-cli.ts';

/** What tells processes another time, as Debian packages it. */
const library = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];
const PASSWORD = 'quick brown numbers in a row';

/** One after the other; a response is under way over each. */
const CLOCKS: Readonly<Record<string, string>> = {
  'an hour before summer time': '@2026-03-29 00:59:50',
  'a day on': '@2026-03-30 01:00:00',
  'a day back': '@2026-03-29 01:00:00',
  'the end of summer time': '@2026-10-25 00:59:55',
  'the end of 32 bits': '@2038-01-19 03:14:05',
  'the beginning of time': '@1970-01-01 00:00:05',
  'now again': '@2026-03-29 12:00:00',
};

test.skipIf(library === undefined)(
  'a clock that jumps harms no answer, lets sessions end, and makes no duration negative',
  async () => {
    using place = temporaryFolder();
    const folder = path.join(place.folder, 'data');
    const clock = path.join(place.folder, 'clock');
    const { slug } = await plantHouse(folder);
    const account = ['user', 'add', '--email', 'ada@example.org', '--admin', '--password-stdin', '--data', folder];
    expect((await runCli(account, { stdin: `${PASSWORD}\n` })).code).toBe(0);
    const set = (at: string) => writeFileSync(clock, at);
    const [first = ''] = Object.values(CLOCKS);
    set(first);
    await using server = await startServer(['serve', '--data', folder], {
      env: {
        ...MANY_FROM_ONE,
        LD_PRELOAD: library ?? '',
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        TZ: 'Europe/Berlin',
      },
    });
    const person = await openClient(server.port);
    const credentials = new URLSearchParams({ email: 'ada@example.org', password: PASSWORD }).toString();
    const signIn = async (): Promise<string> => {
      const reply = await person.send(postRequest('/sign-in', credentials));
      expect(reply.status).toBe(303);
      return headerOf(reply, 'Set-Cookie')?.split(';')[0] ?? '';
    };
    const mayEnter = async (cookie: string): Promise<boolean> => {
      const { status } = await person.send(getRequest('/studio', `Cookie: ${cookie}\r\n`));
      expect([200, 303]).toContain(status);
      return status === 200;
    };
    const begin = async (): Promise<string> =>
      headerOf(await person.send(postRequest(`/s/${slug}`, 'consent=analysis&language=en')), 'Location') ?? '';

    /** Sends the pages that are left, without answers, and the whole. */
    const finish = async (from: string): Promise<void> => {
      let at = from;
      for (let pages = 0; pages < 6 && !at.endsWith('/done'); pages += 1)
        at = headerOf(await person.send(postRequest(at, '')), 'Location') ?? '';
      expect(at).toMatch(/\/done$/);
    };

    let cookie = await signIn();
    let underWay = await begin();
    const acknowledged: string[] = [];
    const sessions: string[] = [];
    for (const [name, at] of Object.entries(CLOCKS)) {
      set(at);
      await wait(300);
      const answering = await letAnswer(server.port, slug, 4);
      await moreOf(answering, 40);
      await answering.stop();
      expect([...answering.refused], name).toEqual([]);
      acknowledged.push(...answering.acknowledged);
      // A page of a response that began before the jump.
      const sent = await person.send(postRequest(underWay, 'city=city&topics=news'));
      expect(sent.status, name).toBe(303);
      acknowledged.push(`${publicHalf(underWay.split('/')[2] ?? '')} 1`);
      await finish(headerOf(sent, 'Location') ?? '');
      sessions.push(`${name}: ${(await mayEnter(cookie)) ? 'goes on' : 'ended'}`);
      cookie = await signIn();
      expect(await mayEnter(cookie), name).toBe(true);
      underWay = await begin();
      expect((await fetch(`${server.url}/readyz`)).status, name).toBe(200);
    }
    person.close();
    const { code, stderr } = await server.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(compareWithTold(folder, acknowledged)).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0 });

    // What comes later has the larger number, whatever the clock said.
    const database = openSqlite(databaseFile(folder));
    const names = database
      .prepare("select response_id || ' ' || revision from response_records order by seq")
      .pluck()
      .all() as string[];
    database.close();
    const placeOf = new Map(names.map((name, at) => [name, at]));
    const pages = acknowledged.filter((name) => name.endsWith(' 1'));
    for (const name of pages) expect(placeOf.get(name.replace(/ 1$/, ' 0'))).toBeLessThan(placeOf.get(name) as number);

    const verbatim = await openVerbatim({ folder, limits: testLimits });
    await verbatim.logs.settle();
    const [study] = await verbatim.store.studies.all();
    const [row] = study ? await verbatim.store.surveys.list(study.id) : [];
    const survey = study && row ? await verbatim.store.surveys.find(study.id, row.publicId) : null;
    if (!survey) throw new Error('The survey is not there');
    const csv = (await Array.fromAsync(verbatim.exports.csv(survey))).join('');
    await verbatim.close();
    const [head = '', ...rows] = csv.trim().split(/\r?\n/);
    const timed = head.split(',').flatMap((column, at) => (/second|duration|minutes/i.test(column) ? [at] : []));
    expect(timed.length).toBeGreaterThan(0);
    const negative = rows.filter((line) => timed.some((at) => Number(line.split(',')[at]) < 0));
    expect(negative).toEqual([]);
    expect(rows.length).toBe(Object.keys(CLOCKS).length);
    sayFigure(
      `clock jumps: ${Object.keys(CLOCKS).length} clocks, ${acknowledged.length} acknowledged, 0 lost, 0 refused, 0 negative durations over ${rows.length} responses that a jump fell into, order kept; sessions: ${sessions.join('; ')}`,
    );
    const isOver = (name: string) => sessions.includes(`${name}: ended`);
    expect(['a day on', 'the end of summer time', 'the end of 32 bits'].map(isOver)).toEqual([true, true, true]);
  },
);
