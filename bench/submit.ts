/**
 * How fast answers become durable, against the limits of the same disk:
 *
 *   node bench/submit.ts [--rounds 5] [--ms 1000] [--at 1,16,64] [--latency-rounds 7] [--profile FOLDER]
 *
 * A submission is the POST of a page of ten questions (18 items and a text) of a response that has been started: read,
 * checked against the survey, one record committed with synchronous = FULL, then answered with 303. Responses are
 * started, and everything about them projected, between the slices and outside the figures. Against it stand node:http
 * and node:sqlite with one row of JSON and no validation, in group commit and with one transaction per request. «CPU»
 * counts the slice alone, «and projecting» also what the server does afterwards with the records of the slice.
 *
 * Last, the first page of the survey is opened 300 times a second, with and without 300 submissions a second beside it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { openSqlite } from '../src/store/database.ts';
import { getRequest, openClients, postRequest } from './support/client.ts';
import { measureFdatasync } from './support/fdatasync.ts';
import {
  atLeast,
  atMost,
  type Goal,
  invalid,
  medianOf,
  printGoals,
  printTable,
  quantileOf,
  show,
} from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { projected, startResponses } from './support/respondents.ts';
import { type Server, startServer } from './support/server.ts';
import { closedSlice, openSlice, type Slice } from './support/slices.ts';
import { tenAnswers, tenQuestions } from './support/surveys.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1000' },
    at: { type: 'string', default: '1,16,64' },
    'latency-rounds': { type: 'string', default: '7' },
    profile: { type: 'string' },
  },
});
const [rounds, ms, latencyRounds] = [Number(values.rounds), Number(values.ms), Number(values['latency-rounds'])];
const OPEN_RATE = 300;
const FEWEST_READY = 400;
/** A server goes on becoming faster over its first ten thousand requests; capacity is what it then has. */
const WARM_SLICES = 4;

type Variant = { name: string; server: Server; acknowledged: number; rate: number };
type Measured = Slice & { cpuMs: number; cpuAllMs: number };

const disk = measureFdatasync();
const house = makeHouse();
const slug = house.publish(tenQuestions);
const rawFolder = mkdtempSync(path.join(tmpdir(), 'verbatim-bench-raw-'));
const rawFile = (mode: string) => path.join(rawFolder, `${mode}.db`);
const startRaw = (mode: string) =>
  startServer([path.join(import.meta.dirname, 'support/raw-submit.ts'), rawFile(mode), mode]);
const variant = (name: string, server: Server): Variant => ({ name, server, acknowledged: 0, rate: 0 });
const product = variant(
  'Verbatim',
  await house.serve(values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []),
);
const group = variant('group commit', await startRaw('group'));
const one = variant('one by one', await startRaw('one'));
const variants = [product, group, one];

const starters = await openClients(product.server.port, 32);
let pages: string[] = [];
let posted = 0;
const nextPost = (of: Variant): Buffer | null => {
  const page = of === product ? pages.pop() : `/r/key-${posted}/1/1`;
  if (page === undefined) return null;
  posted += 1;
  return postRequest(page, tenAnswers(posted));
};
/** Enough responses that the next slice will hardly run out; if it does, it ends early and its rate still holds. */
const makeReady = async (count: number) => {
  if (pages.length < count) pages = [...pages, ...(await startResponses(house, slug, starters, count - pages.length))];
};

async function slice(of: Variant, connections: number, sliceMs: number): Promise<Measured> {
  if (of === product) await makeReady(Math.max(FEWEST_READY, Math.ceil((of.rate * 1.4 * sliceMs) / 1000)));
  // Opened for each slice: while another server has its turn, an idle connection would be closed.
  const clients = await openClients(of.server.port, connections);
  const before = of.server.cpuMs();
  const seen = await closedSlice({ clients, next: () => nextPost(of), status: 303 }, sliceMs);
  const cpuMs = of.server.cpuMs() - before;
  for (const client of clients) client.close();
  if (seen.wrong > 0) invalid(`${seen.wrong} submissions to ${of.name} were not taken`);
  of.acknowledged += seen.count;
  of.rate = seen.count / seen.seconds;
  if (of === product) await projected(house);
  return { ...seen, cpuMs, cpuAllMs: of.server.cpuMs() - before };
}

const rows = [
  ['connections', 'server', 'submits/s', 'Verbatim ÷ it', 'CPU µs', 'and projecting', 'CPU ratio', 'p50 ms', 'p99 ms'],
];
const measured: Record<string, Record<string, number>> = {};
const goals: Goal[] = [];
for (const connections of values.at.split(',').map(Number)) {
  const run = (of: Variant, sliceMs: number) => slice(of, connections, sliceMs);
  for (let slices = 0; slices < WARM_SLICES; slices += 1) for (const each of variants) await run(each, ms);
  const seen = new Map<Variant, Measured[]>(variants.map((each) => [each, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const each of round % 2 === 0 ? variants.toReversed() : variants) seen.get(each)?.push(await run(each, ms));
  }
  const of = (each: Variant) => {
    const slices = seen.get(each) ?? [];
    const sum = (pick: (one: Measured) => number) => slices.reduce((total, slice) => total + pick(slice), 0);
    const latencies = slices.flatMap(({ latenciesMs }) => latenciesMs);
    const count = sum((slice) => slice.count);
    return {
      rates: slices.map((slice) => slice.count / slice.seconds),
      cpuUs: (sum(({ cpuMs }) => cpuMs) * 1000) / count,
      cpuAllUs: (sum(({ cpuAllMs }) => cpuAllMs) * 1000) / count,
      p50Ms: quantileOf(latencies, 0.5),
      p99Ms: quantileOf(latencies, 0.99),
    };
  };
  const ours = of(product);
  const ratioTo = (rates: readonly number[]) =>
    medianOf(ours.rates.map((rate, round) => rate / (rates[round] ?? Number.NaN)));
  for (const each of variants) {
    const its = of(each);
    rows.push([
      String(connections),
      each.name,
      show(medianOf(its.rates)),
      each === product ? '' : show(ratioTo(its.rates)),
      show(its.cpuUs),
      each === product ? show(its.cpuAllUs) : '',
      each === product ? '' : show(its.cpuUs / ours.cpuUs),
      show(its.p50Ms),
      show(its.p99Ms),
    ]);
  }
  const [groups, ones] = [of(group), of(one)];
  const limitToOne = medianOf(groups.rates.map((rate, round) => rate / (ones.rates[round] ?? Number.NaN)));
  measured[`c${connections}`] = {
    limitToOne,
    rate: medianOf(ours.rates),
    toGroup: ratioTo(groups.rates),
    toOne: ratioTo(ones.rates),
    cpuToGroup: groups.cpuUs / ours.cpuUs,
    p50ToOne: ours.p50Ms / ones.p50Ms,
  };
  if (connections === 1) goals.push(atMost('p50 ÷ p50 of one by one, c1', ours.p50Ms / ones.p50Ms, 2));
  else {
    const many = connections >= 64;
    goals.push(
      atLeast(`submits/s ÷ group commit, c${connections}`, ratioTo(groups.rates), many ? 0.3 : 0.45),
      atLeast(`CPU of group commit ÷ ours, c${connections}`, groups.cpuUs / ours.cpuUs, 0.2),
    );
    // On a quick disk one transaction per request costs so little that not even the limit is that much quicker.
    const fold = many ? 8 : 5;
    if (limitToOne >= fold) goals.push(atLeast(`submits/s ÷ one by one, c${connections}`, ratioTo(ones.rates), fold));
  }
}

/** The 99th percentile of opening the first page 300 times a second, while so many submissions arrive beside it. */
async function pageP99(submitsPerSecond: number): Promise<number> {
  const sliceMs = Math.max(ms, 1500);
  await makeReady(Math.ceil((submitsPerSecond * sliceMs) / 1000) + 1);
  const [readers, writers] = [await openClients(product.server.port, 32), await openClients(product.server.port, 32)];
  const [opened, submitted] = await Promise.all([
    openSlice({ clients: readers, next: () => getRequest(`/s/${slug}`), status: 200 }, OPEN_RATE, sliceMs),
    openSlice({ clients: writers, next: () => nextPost(product), status: 303 }, submitsPerSecond, sliceMs),
  ]);
  if (opened.wrong + submitted.wrong > 0) invalid(`${opened.wrong} pages and ${submitted.wrong} submissions failed`);
  product.acknowledged += submitted.count;
  for (const client of [...readers, ...writers]) client.close();
  await projected(house);
  return quantileOf(opened.latenciesMs, 0.99);
}
const p99s: { idle: number; busy: number }[] = [];
for (let round = 0; round < latencyRounds; round += 1) {
  const busyFirst = round % 2 === 0 ? await pageP99(OPEN_RATE) : null;
  const idle = await pageP99(0);
  p99s.push({ idle, busy: busyFirst ?? (await pageP99(OPEN_RATE)) });
}
if (p99s.length > 0) {
  goals.push(
    atMost('page p99 with 300 submits/s ÷ without', medianOf(p99s.map(({ idle, busy }) => busy / idle)), 4),
    atMost('page p99 with 300 submits/s, ms', medianOf(p99s.map(({ busy }) => busy)), 25),
  );
}

for (const { server } of variants) await server.stop();
const kept = countOf(house.database, "select count(*) as n from response_records where kind = 'page'");
if (kept !== product.acknowledged) invalid(`${product.acknowledged} pages were acknowledged and ${kept} are there`);
for (const [each, mode] of [
  [group, 'group'],
  [one, 'one'],
] as const) {
  const rows = countOf(rawFile(mode), 'select count(*) as n from rows');
  if (rows !== each.acknowledged)
    invalid(`${each.acknowledged} rows were acknowledged by ${mode} and ${rows} are there`);
}
const reopened = openSqlite(house.database);
if (reopened.pragma('synchronous', { simple: true }) !== 2) invalid('the writer is not opened with synchronous = FULL');
reopened.close();
house.remove();
rmSync(rawFolder, { recursive: true });

console.log(
  `Submissions of a page of ten questions, ${rounds} rounds of ${ms} ms; ${kept} acknowledged, ${kept} kept. fdatasync p50 ${show(disk.p50Ms)} ms, p99 ${show(disk.p99Ms)} ms.`,
);
printTable(rows);
printGoals('submit', goals, { rounds, ms, disk, measured, p99s, acknowledged: kept });

function countOf(file: string, sql: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const count = Number(database.prepare(sql).get()?.['n']);
  database.close();
  return count;
}
