/**
 * How long Verbatim takes from its start to its first page on an empty database, against a process that only imports
 * express, zod, handlebars, better-sqlite3 and kysely:
 *
 *   node bench/start.ts [--rounds 5]
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { getRequest, openClient } from './support/client.ts';
import { atMost, invalid, medianOf, printGoals, printTable, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const IMPORTS = "import 'express'; import 'zod'; import 'handlebars'; import 'better-sqlite3'; import 'kysely';";

const house = makeHouse();
const ours: number[] = [];
const theirs: number[] = [];
let rssMb = 0;
for (let round = 0; round < rounds; round += 1) {
  const one = async () => ours.push(await firstPage());
  const other = () => theirs.push(onlyImports());
  if (round % 2 === 0) {
    other();
    await one();
  } else {
    await one();
    other();
  }
}
house.remove();

const ratio = medianOf(ours.map((took, round) => took / (theirs[round] ?? Number.NaN)));
printTable([
  ['what', 'ms, median', 'ms, best'],
  ['Verbatim, to its first 200', show(medianOf(ours)), show(Math.min(...ours))],
  ['a process that only imports', show(medianOf(theirs)), show(Math.min(...theirs))],
]);
printGoals('start', [atMost('start to first 200 ÷ only importing', ratio, 2)], { rounds, ours, theirs, rssMb });

async function firstPage(): Promise<number> {
  const began = performance.now();
  const server = await house.serve();
  const client = await openClient(server.port);
  const reply = await client.send(getRequest('/sign-in'));
  const took = performance.now() - began;
  if (reply.status !== 200) invalid(`the first page answered ${reply.status}`);
  rssMb = server.rssMb();
  client.close();
  await server.stop();
  return took;
}

function onlyImports(): number {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', IMPORTS], {
    cwd: path.resolve(import.meta.dirname, '..'),
  });
  if (status !== 0) invalid('the packages could not be imported');
  return performance.now() - began;
}
