/**
 * How fast a warm report is: the results page of a survey of 19 counted items, over HTTP, against 19 SQL statements that
 * group the same answers out of a table of JSON:
 *
 *   node bench/report.ts [--responses 100000] [--times 15]
 *
 * «First» is the page that has to build the columns; «after more» the first page after further answers came in. Last, how
 * long a scan of plain typed arrays takes that does nothing but count.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { newPublicId } from '../src/store/identifiers.ts';
import type { NewRecord } from '../src/store/record-log.ts';
import { openVerbatim } from '../src/verbatim.ts';
import { getRequest, headerOf, openClient, postRequest } from './support/client.ts';
import { atLeast, atMost, invalid, medianOf, printGoals, printTable, quantileOf, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { nineteenAddresses, nineteenItems } from './support/surveys.ts';

const { values } = parseArgs({
  options: { responses: { type: 'string', default: '100000' }, times: { type: 'string', default: '15' } },
});
const [responses, times] = [Number(values.responses), Number(values.times)];
const PART = 500;
const PASSWORD = 'quick brown numbers in a row';

const house = makeHouse();
const slug = house.publish(nineteenItems);
house.run(['user', 'add', '--email', 'bench@example.org', '--admin', '--password-stdin'], `${PASSWORD}\n`);

const filled = performance.now();
const verbatim = await openVerbatim({ folder: house.folder, limits: readConfig({}).limits });
const survey = await verbatim.store.surveys.findBySlug(slug);
if (!survey || survey.publishedVersionId === null) invalid('the survey is not there');
const place = {
  studyId: survey.studyId,
  surveyId: survey.id,
  surveyVersionId: survey.publishedVersionId,
  participationId: null,
  batchId: null,
};
const { publicId: studyId } = (await verbatim.store.studies.all())[0] ?? invalid('the study is not there');
for (let from = 0; from < responses; from += PART)
  await verbatim.logs.responses.append(
    Array.from({ length: Math.min(PART, responses - from) }, (_, index) => recordsOf(from + index)).flat(),
  );
const appended = performance.now();
await verbatim.logs.settle();
const projected = performance.now();
await verbatim.close();

const server = await house.serve();
const client = await openClient(server.port);
const signedIn = await client.send(
  postRequest('/sign-in', new URLSearchParams({ email: 'bench@example.org', password: PASSWORD }).toString()),
);
const cookie = headerOf(signedIn, 'Set-Cookie')?.split(';')[0] ?? invalid(`signing in answered ${signedIn.status}`);
const request = getRequest(`/studio/${studyId}/surveys/${survey.publicId}/results`, `Cookie: ${cookie}\r\n`);
const open = async (): Promise<number> => {
  const began = performance.now();
  const reply = await client.send(request);
  if (reply.status !== 200) invalid(`the report answered ${reply.status}`);
  return performance.now() - began;
};
const firstMs = await open();
for (let warm = 0; warm < 3; warm += 1) await open();
const took: number[] = [];
for (let time = 0; time < times; time += 1) took.push(await open());
const started = await client.send(postRequest(`/s/${slug}`, 'consent=analysis&language=en'));
if (started.status !== 303) invalid(`a start answered ${started.status}`);
const afterMoreMs = await open();
const rssMb = server.rssMb();
client.close();
await server.stop();

const sqlMs = sqlOverJson();
const scanMs = plainScan();
house.remove();

const warmMs = medianOf(took);
console.log(
  `${responses.toLocaleString('en-GB')} responses of 19 items: appended in ${show((appended - filled) / 1000)} s, projected in further ${show((projected - appended) / 1000)} s (${show((responses * 1000) / (projected - filled))} responses/s in all).`,
);
printTable([
  ['what', 'ms'],
  ['the page, first', show(firstMs)],
  ['the page, warm, median', show(warmMs)],
  ['the page, warm, p99', show(quantileOf(took, 0.99))],
  ['the page, after more', show(afterMoreMs)],
  ['19 SQL statements over JSON', show(sqlMs)],
  ['plain scan of typed arrays', show(scanMs)],
]);
printGoals(
  'report',
  [
    atLeast('SQL over JSON ÷ the warm page over HTTP', sqlMs / warmMs, 50),
    atMost('the warm page over HTTP ÷ plain scan', warmMs / scanMs, 8),
  ],
  { responses, firstMs, warmMs, afterMoreMs, sqlMs, scanMs, rssMb },
);

/** What respondent `index` chose: the same on both sides. */
function answersOf(index: number): Record<string, string | number> {
  return Object.fromEntries(
    nineteenAddresses.map((item, at) => {
      const drawn = Math.imul(index + 1, 2_654_435_761 + at * 97) >>> 8;
      if (item === 'age') return [item, 16 + (drawn % 70)];
      return [item, at < 8 ? (['one', 'two', 'three', 'four', 'five'][drawn % 5] ?? 'one') : 1 + (drawn % 5)];
    }),
  );
}

function recordsOf(index: number): NewRecord[] {
  const responseId = newPublicId();
  const receivedAt = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
  const envelope = {
    schema: 1 as const,
    surveyVersion: 1,
    language: 'en',
    order: null,
    timings: { receivedAt },
    attributes: null,
    asked: { how: 'open' as const },
    batch: null,
    isTest: false,
    consent: { textVersion: 'v1', language: 'en', purposes: ['analysis' as const], givenAt: receivedAt },
  };
  const answers = Object.fromEntries(
    Object.entries(answersOf(index)).map(([item, value]) => [item, { state: 'answered' as const, value }]),
  );
  const base = { ...place, responseId, envelope };
  return [
    { ...base, revision: 0, kind: 'start', content: { page: null, answers: {} } },
    { ...base, revision: 1, kind: 'completion', content: { page: 1, answers } },
  ];
}

/** The best of three runs of one statement per item. */
function sqlOverJson(): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-bench-sql-'));
  const database = new DatabaseSync(path.join(folder, 'json.db'));
  database.exec('pragma journal_mode = wal; create table rows (id integer primary key, body text not null); begin');
  const insert = database.prepare('insert into rows (body) values (?)');
  for (let index = 0; index < responses; index += 1) insert.run(JSON.stringify(answersOf(index)));
  database.exec('commit');
  const statements = nineteenAddresses.map((item) =>
    database.prepare(`select json_extract(body, '$."${item}"') as value, count(*) as n from rows group by 1`),
  );
  const runs = Array.from({ length: 3 }, () => {
    const began = performance.now();
    for (const statement of statements) statement.all();
    return performance.now() - began;
  });
  database.close();
  rmSync(folder, { recursive: true });
  return Math.min(...runs);
}

/** The best of nine scans of 19 columns of bytes. */
function plainScan(): number {
  const columns = nineteenAddresses.map((_, at) =>
    Uint8Array.from({ length: responses }, (_, row) => (row * (at + 3)) % 90),
  );
  const runs = Array.from({ length: 9 }, () => {
    const began = performance.now();
    for (const column of columns) {
      const counts = new Uint32Array(256);
      for (let row = 0; row < column.length; row += 1) counts[column[row] as number]! += 1;
    }
    return performance.now() - began;
  });
  return Math.min(...runs);
}
