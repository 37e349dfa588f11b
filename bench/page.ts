/**
 * How fast the first page of a survey is, against node:http that sends the same bytes:
 *
 *   node bench/page.ts [--rounds 5] [--ms 1000] [--at 1,16,64] [--profile FOLDER]
 *
 * Both servers are up all the time and slices of time alternate between them; the figures are the median of the ratios
 * of each round, and the ratio of the processor time per request.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { getRequest, openClient, openClients, type Reply } from './support/client.ts';
import { atLeast, invalid, medianOf, printGoals, printTable, quantileOf, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { type Server, startServer } from './support/server.ts';
import { closedSlice } from './support/slices.ts';
import { tenQuestions } from './support/surveys.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1000' },
    at: { type: 'string', default: '1,16,64' },
    profile: { type: 'string' },
  },
});
const [rounds, ms] = [Number(values.rounds), Number(values.ms)];

const house = makeHouse();
const slug = house.publish(tenQuestions);
const product = await house.serve(values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []);
const request = getRequest(`/s/${slug}`);
const first = await openClient(product.port);
const page = await first.send(request);
first.close();
if (page.status !== 200) invalid(`the page answered ${page.status}`);
const raw = await startServer([path.join(import.meta.dirname, 'support/raw-page.ts'), ...copyOf(page)]);

const bothWays: [Server, Server][] = [
  [raw, product],
  [product, raw],
];
const rows = [
  ['connections', 'pages/s', 'node:http', 'ratio', 'CPU µs', 'node:http', 'CPU ratio', 'p99 ms', 'node:http'],
];
const measured: Record<string, { ratio: number; cpuRatio: number }> = {};
for (const connections of values.at.split(',').map(Number)) {
  const clients = new Map([
    [product, await openClients(product.port, connections)],
    [raw, await openClients(raw.port, connections)],
  ]);
  const slice = async (server: Server, sliceMs: number) => {
    const cpuMs = server.cpuMs();
    const seen = await closedSlice({ clients: clients.get(server) ?? [], next: () => request, status: 200 }, sliceMs);
    if (seen.wrong > 0) invalid(`${seen.wrong} replies were no pages`);
    return { ...seen, cpuMs: server.cpuMs() - cpuMs };
  };
  for (const server of [product, raw]) await slice(server, ms);
  const seen = new Map<Server, Awaited<ReturnType<typeof slice>>[]>([
    [product, []],
    [raw, []],
  ]);
  for (let round = 0; round < rounds; round += 1) {
    for (const server of bothWays[round % 2] ?? []) seen.get(server)?.push(await slice(server, ms));
  }
  const of = (server: Server) => {
    const slices = seen.get(server) ?? [];
    const sum = (pick: (one: (typeof slices)[number]) => number) => slices.reduce((total, one) => total + pick(one), 0);
    return {
      rates: slices.map(({ count, seconds }) => count / seconds),
      cpuUs: (sum(({ cpuMs }) => cpuMs) * 1000) / sum(({ count }) => count),
      p99Ms: quantileOf(
        slices.flatMap(({ latenciesMs }) => latenciesMs),
        0.99,
      ),
    };
  };
  const [ours, theirs] = [of(product), of(raw)];
  const ratio = medianOf(ours.rates.map((rate, round) => rate / (theirs.rates[round] ?? Number.NaN)));
  const cpuRatio = theirs.cpuUs / ours.cpuUs;
  measured[`c${connections}`] = { ratio, cpuRatio };
  rows.push([
    String(connections),
    ...[
      medianOf(ours.rates),
      medianOf(theirs.rates),
      ratio,
      ours.cpuUs,
      theirs.cpuUs,
      cpuRatio,
      ours.p99Ms,
      theirs.p99Ms,
    ].map(show),
  ]);
  for (const each of clients.values()) for (const client of each) client.close();
}
await product.stop();
await raw.stop();
house.remove();

console.log(`The first page of a survey: ${page.body.length} bytes over the wire, ${rounds} rounds of ${ms} ms.`);
printTable(rows);
const gated = Object.entries(measured).filter(([name]) => name !== 'c1');
printGoals(
  'page',
  gated.flatMap(([name, { ratio, cpuRatio }]) => [
    atLeast(`pages/s ÷ node:http, ${name}`, ratio, 0.45),
    atLeast(`CPU of node:http ÷ ours, ${name}`, cpuRatio, 0.4),
  ]),
  { bytes: page.body.length, rounds, ms, measured },
);

/** The reply in two files, as the raw server reads it: the same headers but for those that every server makes itself. */
function copyOf({ head, body }: Reply): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-bench-page-'));
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
    .filter(([name]) => !/^(date|connection|keep-alive|transfer-encoding|content-length)$/i.test(name));
  const files = [path.join(folder, 'head.json'), path.join(folder, 'body')] as const;
  writeFileSync(files[0], JSON.stringify([...headers, ['Content-Length', String(body.length)]]));
  writeFileSync(files[1], body);
  return [...files];
}
