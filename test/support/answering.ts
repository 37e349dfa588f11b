import { cpus, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type Client, headerOf, openClients, postRequest } from '../../bench/support/client.ts';
import { databaseFile, initFolder } from '../../src/store/data-folder.ts';
import { openSqlite } from '../../src/store/database.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { plantStudy } from './house.ts';
import { testLimits } from './limits.ts';

/** One machine stands for all respondents here. */
export const MANY_FROM_ONE = { VERBATIM_RESPONDENT_POSTS_PER_MINUTE: '1000000', VERBATIM_LOG_LEVEL: 'error' };

/** An installation with the small survey in it. */
export async function plantHouse(folder: string): Promise<{ slug: string }> {
  await initFolder(folder, () => new Date());
  const verbatim = await openVerbatim({ folder, limits: testLimits });
  const { survey } = await plantStudy(verbatim);
  await verbatim.close();
  return { slug: survey.slug };
}

/** What respondents who answer without a pause were told. */
export type Answering = {
  /** `response revision` of each record that was acknowledged. */
  acknowledged: string[];
  /** How many acknowledgements took how long. */
  tookMs: number[];
  /** How often each other status came. */
  refused: Map<number, number>;
  /** Statuses whose answer did not say when to come again. */
  unsaid: number[];
  /** How many had their connection broken, which ends them. */
  broken: () => number;
  /** Lets what is under way come to its end. */
  stop(): Promise<void>;
};

const START = 'consent=analysis&language=en';

/** Lets respondents begin responses and answer their first page, one after the other, until they are stopped or the server is gone. */
export async function letAnswer(port: number, slug: string, respondents = 8): Promise<Answering> {
  const clients = await openClients(port, respondents);
  const acknowledged: string[] = [];
  const tookMs: number[] = [];
  const refused = new Map<number, number>();
  const unsaid: number[] = [];
  let isOver = false;
  let broken = 0;
  /** Gives the address that follows; null when the page was not taken. */
  const send = async (client: Client, at: string, body: string): Promise<string | null> => {
    const began = performance.now();
    const reply = await client.send(postRequest(at, body));
    if (reply.status === 303) {
      tookMs.push(performance.now() - began);
      return headerOf(reply, 'Location');
    }
    refused.set(reply.status, (refused.get(reply.status) ?? 0) + 1);
    if (headerOf(reply, 'Retry-After') === null) unsaid.push(reply.status);
    await wait(20);
    return null;
  };
  const answer = async (client: Client): Promise<void> => {
    while (!isOver) {
      const page = await send(client, `/s/${slug}`, START);
      if (page === null) continue;
      const id = publicHalf(page.split('/')[2] ?? '');
      acknowledged.push(`${id} 0`);
      if ((await send(client, page, 'city=city&topics=news')) !== null) acknowledged.push(`${id} 1`);
    }
  };
  const all = Promise.all(
    clients.map((client) =>
      answer(client).catch(() => {
        broken += 1;
      }),
    ),
  );
  return {
    acknowledged,
    tookMs,
    refused,
    unsaid,
    broken: () => broken,
    stop: async () => {
      isOver = true;
      await all;
      for (const client of clients) client.close();
    },
  };
}

/** Waits until somebody has been told so many times more that an answer is kept. */
export async function moreOf(answering: Answering, count: number, mostMs = 180_000): Promise<void> {
  const { acknowledged, refused, broken } = answering;
  const wanted = acknowledged.length + count;
  for (const until = performance.now() + mostMs; acknowledged.length < wanted; await wait(5))
    if (performance.now() > until)
      throw new Error(
        `Nobody was answered for ${mostMs / 1000} s: ${acknowledged.length} acknowledged, ${broken()} connections broken, refused ${JSON.stringify([...refused])}`,
      );
}

/** How often a loop goes round: its full length, or as often as PROVE_CYCLES says where that is less. */
export const rounds = (full: number): number => Math.min(full, Number(process.env['PROVE_CYCLES'] ?? full));

/** How a database compares with what people were told of it, looked at while nobody has it open. */
export function compareWithTold(folder: string, acknowledged: readonly string[]) {
  const database = openSqlite(databaseFile(folder));
  const kept = database
    .prepare("select response_id || ' ' || revision as name, count(*) as n from response_records group by 1")
    .all() as { name: string; n: number }[];
  const twice = database.prepare('select count(*) - count(distinct public_id) from responses').pluck().get() as number;
  const found = {
    integrity: database.pragma('integrity_check', { simple: true }) as string,
    brokenReferences: (database.pragma('foreign_key_check') as unknown[]).length,
    doubled: kept.filter(({ n }) => n > 1).length + twice,
    kept: kept.length,
  };
  database.close();
  const there = new Set(kept.map(({ name }) => name));
  return { ...found, lost: acknowledged.filter((name) => !there.has(name)).length };
}

/** The value that so many of a hundred do not exceed; NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** One line of a proof: what it reached, and how busy the machine was meanwhile, which times depend on. */
export function sayFigure(figure: string): void {
  process.stdout.write(`PROVED ${figure} (load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors)\n`);
}
