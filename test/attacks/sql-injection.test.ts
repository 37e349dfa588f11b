import { afterAll, beforeAll, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { ALL_SCOPES, type ApiHouse } from '../web/api/open-api.ts';
import { addressOf, queryNames } from './addresses.ts';
import { openAttackedHouse, type Planted } from './attacked-house.ts';
import { crawl, formsIn, kindOf } from './crawl.ts';
import { leaksIn } from './leaks.ts';
import { tagsIn } from './read-html.ts';

/*
 * Every name that a page or an operation reads from its address is given sentences of SQL and of the full-text search. What
 * is asked so finds what any other word finds that nobody wrote, and nothing is written.
 */

const IS_FULL = process.env['PROVE'] !== undefined;
/** One in so many pairs of a page and a name. */
const EVERY = IS_FULL ? 1 : 25;

/** A word that stands nowhere, and sentences that would find all or nothing of a table if they were read as SQL. */
const NOTHING = 'zqxnothing';
const INJECTED: readonly string[] = [
  "zqxnothing' OR '1'='1",
  `zqxnothing'"`,
  "zqxnothing' OR 1=1 -- ",
  'zqxnothing" OR "1"="1',
  "zqxnothing') OR ('1'='1",
  "zqxnothing' UNION SELECT sql FROM sqlite_master -- ",
  "zqxnothing'; DROP TABLE surveys; -- ",
  "zqxnothing' AND randomblob(100000000) IS NOT NULL OR '1'='1",
  "zqxnothing%' OR name LIKE '%",
  'zqxnothing" OR why*',
  '"*',
  'NEAR(',
  'zqxnothing NEAR(a b, 2) OR *',
  'zqxnothing AND NOT {',
  'text:zqxnothing',
  '^zqxnothing',
  'zqxnothing)',
];
const ORDERS: readonly string[] = [
  '(case when 1=1 then id else name end)',
  'id desc; select 1',
  '1',
  'password_hash',
  'name collate nocase, (select sql from sqlite_master)',
];

let api: ApiHouse & { planted: Planted; studio: string };
let places: { at: string; names: string[] }[];

beforeAll(async () => {
  api = await openAttackedHouse();
  const pages = await crawl(api.owner, api.studio, { most: 500, ofAKind: IS_FULL ? 3 : 1 });
  const known = new Map<string, { at: string; names: Set<string> }>();
  const note = (address: string, names: Iterable<string>) => {
    const [at = ''] = address.split('?');
    const place = known.get(kindOf(at)) ?? { at, names: new Set() };
    for (const name of names) place.names.add(name);
    known.set(kindOf(at), place);
  };
  for (const [address, { text, status }] of pages) {
    if (status !== 200) continue;
    note(address, new URLSearchParams(address.split('?')[1] ?? '').keys());
    // A form whose address is that of a page that opened is one that asks.
    for (const { action, fields } of formsIn(text))
      if (pages.has(action))
        note(
          action,
          fields.map(({ name }) => name),
        );
  }
  places = [...known.values()].map(({ at, names }) => ({ at, names: [...names] }));
});
afterAll(() => api.close());

/** How a page is built, without its words. */
const builtOf = (html: string): string =>
  tagsIn(html)
    .map(({ name }) => name)
    .join(' ');

/** All rows of the tables in which people's words and names stand. */
function rowsOf(): Record<string, number> {
  const { connection } = api.house.verbatim;
  const tables = connection.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[];
  const kept = [
    'responses',
    'answers',
    'people',
    'surveys',
    'codes',
    'accounts',
    'users',
    'studies',
    'insights',
    'personas',
    'interviews',
    'source_texts',
  ];
  return Object.fromEntries(
    tables
      .filter(({ name }) => kept.includes(name))
      .map(({ name }) => [name, (connection.prepare(`select count(*) as n from "${name}"`).get() as { n: number }).n]),
  );
}
const schemaOf = () => api.house.verbatim.connection.prepare('select name, sql from sqlite_master order by name').all();

test('what is asked in SQL finds what a word finds that nobody wrote', { timeout: 1_200_000 }, async () => {
  const before = [rowsOf(), schemaOf()];
  const wrong: string[] = [];
  let asked = 0;
  let pairs = 0;
  for (const { at, names } of places)
    for (const name of names) {
      pairs += 1;
      if (pairs % EVERY !== 0) continue;
      const ask = async (value: string) => {
        asked += 1;
        const page = await api.owner.get(`${at}?${new URLSearchParams({ [name]: value })}`);
        if (![200, 303, 400, 404, 409, 422].includes(page.status)) wrong.push(`${page.status} ${at}?${name}=${value}`);
        if (leaksIn(page.text).length > 0) wrong.push(`${at}?${name}=${value} tells ${leaksIn(page.text).join()}`);
        return `${page.status} ${builtOf(page.text)}`;
      };
      const nothing = await ask(NOTHING);
      for (const value of IS_FULL ? INJECTED : INJECTED.filter((_, n) => (n + pairs) % 4 === 0)) {
        const found = await ask(value);
        if (found !== nothing) wrong.push(`${at}?${name}=${value} differs from nothing found: ${found.slice(0, 80)}…`);
      }
      for (const value of IS_FULL ? ORDERS : ORDERS.slice(0, 1)) await ask(value);
    }
  expect(wrong).toEqual([]);
  expect([rowsOf(), schemaOf()]).toEqual(before);
  if (IS_FULL) process.stdout.write(`${JSON.stringify({ pages: places.length, pairs, asked })}\n`);
  expect(pairs).toBeGreaterThan(40);
});

test('a quotation mark in any name, or all of them, makes no page and no operation read SQL', {
  timeout: 600_000,
}, async () => {
  const before = [rowsOf(), schemaOf()];
  const wrong: string[] = [];
  const names = queryNames();
  const key = await api.keyFor(ALL_SCOPES);
  const outside = visitor(api.house.url);
  const values = IS_FULL ? [...INJECTED, ...ORDERS] : [`zqxnothing'"*`];
  const operations = new Map(
    Object.values(api.operations).map((one) => [`${one.method} /api/v1${one.path}`, Object.keys(one.query.shape)]),
  );
  let turn = 0;
  for (const route of api.house.routes) {
    if (route.method !== 'GET') continue;
    // A short run asks the pages that search, and one in three of the others.
    turn += 1;
    if (!IS_FULL && turn % 3 !== 0 && !/search|\/(people|quotes|feedback|responses|memos)$/.test(route.path)) continue;
    const isKey = route.access.startsWith('key');
    const at = addressOf(
      route,
      api.planted,
      places.map((place) => place.at),
    );
    const own = operations.get(`GET ${route.path}`) ?? names;
    for (const value of values) {
      const query = new URLSearchParams(Object.fromEntries(own.map((name) => [name, value])));
      const who = route.path.startsWith('/studio') ? api.owner : outside;
      const answer = await who.send(`${at}?${query}`, isKey ? { headers: { authorization: `Bearer ${key}` } } : {});
      const text = await answer.text();
      if (answer.status >= 500 || leaksIn(text).length > 0)
        wrong.push(`${answer.status} ${at}: ${value} ${leaksIn(text).join()}`);
      const inPath = at
        .split('/')
        .map((part, n) => (route.path.split('/')[n]?.startsWith(':') && n > 2 ? encodeURIComponent(value) : part))
        .join('/');
      if (inPath === at) continue;
      const other = await who.send(inPath, isKey ? { headers: { authorization: `Bearer ${key}` } } : {});
      const said = await other.text();
      if (
        other.status >= 500 ||
        (other.status === 200 && /sqlite_master|password_hash/.test(said.replaceAll(value, ''))) ||
        leaksIn(said).length > 0
      )
        wrong.push(`${other.status} ${inPath} ${leaksIn(said).join()}`);
    }
  }
  expect(wrong).toEqual([]);
  expect([rowsOf(), schemaOf()]).toEqual(before);
});
