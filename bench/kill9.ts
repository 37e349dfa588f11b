/**
 * Whether anything that was acknowledged is ever lost: eight respondents answer without a pause, and the server is killed
 * without a word in the middle of it, again and again:
 *
 *   node bench/kill9.ts [cycles, 200 unless said]
 *
 * After each kill the database must be whole, and every submission that was acknowledged must be there once. Last, one
 * page is sent 20 times at once, which must be one record, and then with other answers, which must be refused.
 */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { publicHalf } from '../src/store/identifiers.ts';
import { type Client, headerOf, openClients, postRequest } from './support/client.ts';
import { invalid, medianOf, printTable, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { tenAnswers, tenQuestions } from './support/surveys.ts';

const cycles = Number(process.argv[2] ?? 200);
const WRITERS = 8;
const SAME = 20;
const start = 'consent=analysis&language=en';

const house = makeHouse();
const slug = house.publish(tenQuestions);
/** `response revision` of each record that was acknowledged. */
const acknowledged: string[] = [];
const startsMs: number[] = [];
for (let cycle = 0; cycle < cycles; cycle += 1) {
  const server = await house.serve();
  startsMs.push(server.readyMs);
  const clients = await openClients(server.port, WRITERS);
  const writing = Promise.all(clients.map((client) => write(client).catch(() => undefined)));
  // A server that has just started is slow at first: it is killed when it is well under way.
  const before = acknowledged.length;
  for (const until = performance.now() + 5000; acknowledged.length < before + WRITERS && performance.now() < until; )
    await wait(5);
  await wait(20 + Math.random() * 250);
  await server.kill();
  await writing;
  const database = new DatabaseSync(house.database);
  const whole = database.prepare('pragma integrity_check').get()?.['integrity_check'];
  if (whole !== 'ok') invalid(`after kill ${cycle + 1} the database says: ${whole}`);
  database.close();
}

const server = await house.serve();
const clients = await openClients(server.port, SAME);
const page = headerOf(await clients[0]!.send(postRequest(`/s/${slug}`, start)), 'Location') ?? invalid('no start');
acknowledged.push(`${tokenOf(page)} 0`, `${tokenOf(page)} 1`);
const same = await Promise.all(clients.map((client) => client.send(postRequest(page, tenAnswers(1)))));
const [other] = await Promise.all([clients[0]!.send(postRequest(page, tenAnswers(2)))]);
for (const client of clients) client.close();
await server.stop();

const database = new DatabaseSync(house.database);
const kept = database
  .prepare("select response_id || ' ' || revision as name, count(*) as n from response_records group by 1")
  .all() as { name: string; n: number }[];
const there = new Map(kept.map(({ name, n }) => [name, n]));
const lost = acknowledged.filter((name) => !there.has(name)).length;
const doubled = kept.filter(({ n }) => n > 1).length;
const twiceProjected = Number(
  database.prepare('select count(*) - count(distinct public_id) as n from responses').get()?.['n'],
);
const sameRows = kept.filter(({ name }) => name === `${tokenOf(page)} 1`).length;
const broken = database.prepare('pragma foreign_key_check').all().length;
database.close();
house.remove();

const statuses = [...new Set(same.map(({ status }) => status))].join(', ');
printTable([
  ['what', 'found', 'wanted'],
  ['kills', String(cycles), String(cycles)],
  ['acknowledged', String(acknowledged.length), 'some'],
  ['kept (those in flight may be)', String(kept.length), 'as many or more'],
  ['lost', String(lost), '0'],
  ['doubled', String(doubled + twiceProjected), '0'],
  ['broken references', String(broken), '0'],
  [`records of a page sent ${SAME} times`, `${sameRows} (${statuses})`, '1 (303)'],
  ['the same page with other answers', String(other?.status), '409'],
  ['start after a kill, median ms', show(medianOf(startsMs)), ''],
]);
const isGood =
  lost + doubled + twiceProjected + broken === 0 &&
  sameRows === 1 &&
  statuses === '303' &&
  other?.status === 409 &&
  acknowledged.length > cycles * WRITERS;
console.log('');
console.log(
  JSON.stringify({
    bench: 'kill9',
    cycles,
    acknowledged: acknowledged.length,
    kept: kept.length,
    lost,
    doubled: doubled + twiceProjected,
    broken,
    sameRows,
    statuses,
    other: other?.status,
    isGood,
  }),
);
if (!isGood) process.exitCode = 1;

/** Starts responses and answers their page until the connection breaks. */
async function write(client: Client): Promise<never> {
  for (let index = 0; ; index += 1) {
    const begun = await client.send(postRequest(`/s/${slug}`, start));
    const at = headerOf(begun, 'Location');
    if (begun.status !== 303 || at === null) invalid(`a start answered ${begun.status}`);
    acknowledged.push(`${tokenOf(at)} 0`);
    const sent = await client.send(postRequest(at, tenAnswers(index)));
    if (sent.status !== 303) invalid(`a page answered ${sent.status}`);
    acknowledged.push(`${tokenOf(at)} 1`);
  }
}

/** The response's id: what the database keeps of the token in its address. */
function tokenOf(address: string): string {
  return publicHalf(address.split('/')[2] ?? '');
}
