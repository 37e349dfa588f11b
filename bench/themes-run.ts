/**
 * What a run of themes does to the server that it runs in, beside answering pages:
 *
 *   node bench/themes-run.ts [--texts FOLDER] [--answers 20000] [--rounds 1]
 *
 * With --texts the answers are lines of its labelled files (`label TAB text`), drawn in turn from all of them; without, they
 * are put together from invented words. A client asks for a survey's first page every 10 ms, for some seconds before and
 * all through the run: how long it waits at most is how long the event loop stood still. A second run is cancelled.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { openVerbatim } from '../src/verbatim.ts';
import { visitor } from '../test/journeys/visitor.ts';
import { plantResponses, said } from '../test/support/plant-responses.ts';
import { getRequest, openClient } from './support/client.ts';
import { atMost, type Goal, invalid, printGoals, printTable, quantileOf, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { tenQuestions } from './support/surveys.ts';

const { values } = parseArgs({
  options: { texts: { type: 'string' }, answers: { type: 'string', default: '20000' } },
});
const wanted = Number(values.answers);
const OWNER = { email: 'bench@example.org', password: 'three words together' };
const OPEN = 'why';

/** Lines of all files in turn, so that every file has its share. */
function lines(): string[] {
  if (values.texts === undefined) return invented();
  const folder = values.texts;
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.tsv'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n'));
  const all: string[] = [];
  for (let row = 0; all.length < wanted; row += 1) {
    const before = all.length;
    for (const file of files) {
      const line = file[row];
      if (line !== undefined && all.length < wanted) all.push(line.slice(line.indexOf('\t') + 1));
    }
    if (all.length === before) break;
  }
  return all;
}

/** Answers of eight invented words each, out of twenty topics of sixty words. */
function invented(): string[] {
  let state = 1;
  const random = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % most;
  };
  const word = (n: number): string => {
    const syllables = ['ba', 'ke', 'lo', 'mi', 'nu', 'ra', 'se', 'to', 'vi', 'zu'];
    return [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10, 3].map((at) => syllables[at]).join('');
  };
  return Array.from({ length: wanted }, () => {
    const topic = random(20);
    return Array.from({ length: 8 }, () => word(random(4) === 0 ? random(1_000) : topic * 50 + random(60))).join(' ');
  });
}

const house = makeHouse();
const slug = house.publish({
  ...tenQuestions,
  pages: [{ code: 'p', questions: [{ kind: 'text', code: OPEN, text: { en: 'Why?' } }] }],
});
const texts = lines();
const study = await furnish();

async function furnish(): Promise<string> {
  const verbatim = await openVerbatim({ folder: house.folder, limits: readConfig({}).limits });
  await verbatim.accounts.add({ ...OWNER, name: 'Bench' }, { isAdmin: true, role: 'owner', studyId: null });
  const bench = await verbatim.store.studies.findByIdOrName('Bench');
  const survey = bench && (await verbatim.store.surveys.list(bench.id))[0];
  if (!bench || !survey) throw new Error('The survey is not there');
  await plantResponses(
    verbatim,
    { study: bench, survey },
    texts.map((text) => ({ answers: { [OPEN]: said(text) } })),
  );
  await verbatim.logs.settle();
  await verbatim.close();
  return `/studio/${bench.publicId}`;
}

const server = await house.serve();
const url = `http://127.0.0.1:${server.port}`;
const researcher = visitor(url);
await researcher.post('/sign-in', OWNER);
const form = await researcher.get(`${study}/themes/find`);
const item = /<option value="([^"]+)"/.exec(form.text)?.[1] ?? invalid('The question is not there');

const client = await openClient(server.port);
const request = getRequest(`/s/${slug}`);
/** Asks every 10 ms until told to stop; gives how long each answer took, in ms. */
function watch() {
  const tookMs: number[] = [];
  let isWatching = true;
  let rssMb = server.rssMb();
  const done = (async () => {
    while (isWatching) {
      const began = performance.now();
      const { status } = await client.send(request);
      if (status !== 200) invalid(`A page was answered with ${status}`);
      tookMs.push(performance.now() - began);
      rssMb = Math.max(rssMb, server.rssMb());
      await wait(10);
    }
  })();
  return {
    stop: async () => {
      isWatching = false;
      await done;
      return { tookMs, rssMb };
    },
  };
}
const begin = async (seed: number): Promise<string> => {
  const { location } = await researcher.post(`${study}/themes/find`, { item, themes: '', seed: String(seed) });
  return location || invalid('The run did not begin');
};
type Progress = { state: string; percent: number; step: string };
const progressOf = async (run: string): Promise<Progress> =>
  JSON.parse((await researcher.get(`${run}/progress`)).text) as Progress;

for (let warm = 0; warm < 200; warm += 1) await client.send(request);
const quiet = watch();
await wait(3_000);
const before = await quiet.stop();

const busy = watch();
const began = performance.now();
const run = await begin(1);
const steps = new Set<string>();
let state: Progress;
do {
  await wait(100);
  state = await progressOf(run);
  steps.add(state.step);
} while (state.state === 'running' || state.state === 'waiting');
const seconds = (performance.now() - began) / 1000;
if (state.state !== 'done') invalid(`The run is ${state.state}`);
const during = await busy.stop();

const second = await begin(2);
while ((await progressOf(second)).percent < 20) await wait(20);
const cancelledAt = performance.now();
await researcher.post(`${second}/cancel`);
while ((await progressOf(second)).state !== 'cancelled') await wait(5);
const cancelMs = performance.now() - cancelledAt;
// A thread that went on would use the processor.
await wait(1_000);
const cpu = server.cpuMs();
await wait(1_000);
const cpuAfterMs = server.cpuMs() - cpu;

client.close();
await server.stop();
house.remove();

const row = (name: string, { tookMs, rssMb }: { tookMs: number[]; rssMb: number }) => [
  name,
  String(tookMs.length),
  ...[0.5, 0.99, 1].map((share) => show(quantileOf(tookMs, share))),
  show(rssMb),
];
console.log(
  `Themes of ${texts.length.toLocaleString('en-GB')} answers in ${show(seconds)} s; steps: ${[...steps].join(', ')}.`,
);
printTable([['', 'pages', 'p50 ms', 'p99 ms', 'most ms', 'RSS MB'], row('before', before), row('during', during)]);
const goals: Goal[] = [
  atMost('longest wait for a page during the run, ms', quantileOf(during.tookMs, 1), 100),
  atMost('cancelled after, ms', cancelMs, 1_000),
  atMost('processor in the second after that, ms', cpuAfterMs, 200),
  atMost('memory above idle, MB', during.rssMb - before.rssMb, 600),
];
printGoals('themes-run', goals, { answers: texts.length, seconds });
