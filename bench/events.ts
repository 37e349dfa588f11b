/**
 * How fast events become durable, against a loop that does nothing else:
 *
 *   node bench/events.ts [--rounds 5] [--ms 1000] [--at 1,4] [--profile FOLDER]
 *
 * A batch is a POST of 500 tracks of about 300 bytes, as Segment’s clients write them: read, checked, every message
 * committed with synchronous = FULL under a key that keeps it from coming twice, then answered with 200. Against it
 * stands a loop in one process that commits 500 rows of JSON under a unique key with a prepared statement, with the same
 * durability: no network, no parsing, no checks. The batches of a slice are written before it begins, and everything is
 * projected between the slices and outside the figures; «projecting» says how fast that goes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { type Client, openClients } from './support/client.ts';
import { measureFdatasync } from './support/fdatasync.ts';
import { atLeast, type Goal, invalid, medianOf, printGoals, printTable, quantileOf, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { projected } from './support/respondents.ts';
import { closedSlice } from './support/slices.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1000' },
    at: { type: 'string', default: '1,4' },
    profile: { type: 'string' },
  },
});
const [rounds, ms] = [Number(values.rounds), Number(values.ms)];
const BATCH = 500;
const FEWEST_READY = 40;

const disk = measureFdatasync();
const house = makeHouse();
const { writeKey } = JSON.parse(house.run(['source', 'add', 'Bench', '--study', 'Bench', '--json'])) as {
  writeKey: string;
};
const server = await house.serve(values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []);
const rawFolder = mkdtempSync(path.join(tmpdir(), 'verbatim-bench-raw-'));
const rawFile = path.join(rawFolder, 'raw.db');
new DatabaseSync(rawFile).exec(
  'pragma journal_mode = wal; create table rows (id integer primary key, key text not null unique, body text not null)',
);
// Opened again, since only then does it show what a file that is in WAL mode already is opened with.
const raw = new DatabaseSync(rawFile);
raw.exec('pragma synchronous = full; pragma wal_autocheckpoint = 4000');
if (raw.prepare('pragma synchronous').get()?.['synchronous'] !== 2) throw new Error('synchronous is not FULL');
const insert = raw.prepare('insert into rows (key, body) values (?, ?) on conflict (key) do nothing');

let told = 0;
/** Messages of a shop, each with an id that sorts anywhere, as clients make them. */
function nextMessages(): { messageId: string; body: string }[] {
  return Array.from({ length: BATCH }, () => {
    told += 1;
    const messageId = `node-next-${(told * 7919) % 1_000_003}-${crypto.randomUUID()}`;
    const at = new Date(Date.now() - 1000).toISOString();
    const message = {
      type: 'track',
      event: ['Product Viewed', 'Product Added', 'Order Completed'][told % 3],
      userId: `user-${told % 5000}`,
      messageId,
      timestamp: at,
      properties: { sku: `sku-${told % 977}`, price: (told % 400) / 4, currency: 'EUR', position: told % 20 },
      context: { library: { name: '@segment/analytics-node', version: '3.1.0' }, locale: 'en-GB' },
      integrations: {},
    };
    return { messageId, body: JSON.stringify(message) };
  });
}

function nextRequest(): Buffer {
  const batch = nextMessages().map(({ body }) => body);
  const body = `{"batch":[${batch.join(',')}],"writeKey":"${writeKey}","sentAt":"${new Date().toISOString()}"}`;
  return Buffer.from(
    `POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

type Measured = { events: number; seconds: number; cpuMs: number; latenciesMs: number[]; projectingMs: number };
let acknowledged = 0;
let rate = 0;

async function ours(clients: readonly Client[]): Promise<Measured> {
  const ready = Array.from({ length: Math.max(FEWEST_READY, Math.ceil((rate * 1.4 * ms) / 1000)) }, nextRequest);
  const before = server.cpuMs();
  const seen = await closedSlice({ clients, next: () => ready.pop() ?? null, status: 200 }, ms);
  const cpuMs = server.cpuMs() - before;
  if (seen.wrong > 0) invalid(`${seen.wrong} batches were not taken`);
  acknowledged += seen.count * BATCH;
  rate = seen.count / seen.seconds;
  const began = performance.now();
  await projected(house, 600_000, 'intake');
  return {
    events: seen.count * BATCH,
    seconds: seen.seconds,
    cpuMs,
    latenciesMs: seen.latenciesMs,
    projectingMs: performance.now() - began,
  };
}

let rawRate = 0;
let rawRows = 0;
/** Events a second of the loop. */
function loop(): number {
  const ready = Array.from({ length: Math.max(FEWEST_READY, Math.ceil((rawRate * 1.4 * ms) / 1000)) }, nextMessages);
  const began = performance.now();
  let batches = 0;
  for (let batch = ready.pop(); batch && performance.now() < began + ms; batch = ready.pop()) {
    raw.exec('begin immediate');
    for (const { messageId, body } of batch) insert.run(messageId, body);
    raw.exec('commit');
    batches += 1;
  }
  const seconds = (performance.now() - began) / 1000;
  rawRate = batches / seconds;
  rawRows += batches * BATCH;
  return (batches * BATCH) / seconds;
}

const rows = [
  [
    'connections',
    'events/s',
    'raw loop, events/s',
    'Verbatim ÷ it',
    'CPU µs an event',
    'p50 ms',
    'p99 ms',
    'projecting, events/s',
  ],
];
const measured: Record<string, Record<string, number>> = {};
const goals: Goal[] = [];
for (const connections of values.at.split(',').map(Number)) {
  const clients = await openClients(server.port, connections);
  await ours(clients);
  loop();
  const seen: Measured[] = [];
  const loops: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) loops.push(loop());
    seen.push(await ours(clients));
    if (round % 2 === 1) loops.push(loop());
  }
  for (const client of clients) client.close();
  const rates = seen.map(({ events, seconds }) => events / seconds);
  const ratio = medianOf(rates.map((one, round) => one / (loops[round] ?? Number.NaN)));
  const events = seen.reduce((sum, one) => sum + one.events, 0);
  const cpuUs = (seen.reduce((sum, one) => sum + one.cpuMs, 0) * 1000) / events;
  const latencies = seen.flatMap(({ latenciesMs }) => latenciesMs);
  const projecting = medianOf(seen.map((one) => (one.events * 1000) / one.projectingMs));
  rows.push([
    String(connections),
    show(medianOf(rates)),
    show(medianOf(loops)),
    show(ratio),
    show(cpuUs),
    show(quantileOf(latencies, 0.5)),
    show(quantileOf(latencies, 0.99)),
    show(projecting),
  ]);
  measured[`c${connections}`] = { rate: medianOf(rates), raw: medianOf(loops), ratio, cpuUs, projecting };
  if (connections > 1) goals.push(atLeast(`events/s ÷ raw loop, c${connections}`, ratio, 0.3));
}
await server.stop();

const count = (file: string, sql: string): number => {
  const database = new DatabaseSync(file, { readOnly: true });
  const found = Number(database.prepare(sql).get()?.['n']);
  database.close();
  return found;
};
const kept = count(house.database, 'select count(*) as n from intake_records');
if (kept !== acknowledged) invalid(`${acknowledged} events were acknowledged and ${kept} are there`);
const made = count(house.database, 'select count(*) as n from events');
if (made !== acknowledged) invalid(`${acknowledged} events were acknowledged and ${made} were made of them`);
raw.close();
const rawKept = count(rawFile, 'select count(*) as n from rows');
if (rawKept !== rawRows) invalid(`the loop wrote ${rawRows} rows and ${rawKept} are there`);
house.remove();
rmSync(rawFolder, { recursive: true });

console.log(
  `Batches of ${BATCH} events, ${rounds} rounds of ${ms} ms; ${kept} acknowledged, ${kept} kept. fdatasync p50 ${show(disk.p50Ms)} ms, p99 ${show(disk.p99Ms)} ms.`,
);
printTable(rows);
printGoals('events', goals, { rounds, ms, disk, measured, acknowledged: kept });
