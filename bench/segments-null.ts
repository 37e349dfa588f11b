/**
 * How often the test of segments says "segments" where there are none, and where some were planted:
 *
 *   node bench/segments-null.ts [--parts plain-300,plain-2000,binary,bent,planted] [--seeds 10]
 *
 * Seeds are 1 to 10 (1 to 20 for yes-or-no answers), fixed before anything was measured. Each part takes one to three
 * minutes, all of them about ten. For planted segments the adjusted Rand index between them and three groups by k-means
 * stands beside.
 */
import { parseArgs } from 'node:util';
import { buildInputTable } from '../src/segments/input-table.ts';
import { type SegmentTest, testForSegments } from '../src/segments/segment-test.ts';
import { adjustedRandIndex } from '../src/stats/adjusted-rand-index.ts';
import { foldRows } from '../src/stats/distinct-rows.ts';
import { bestPartition } from '../src/stats/k-means.ts';
import { mulberry32 } from '../src/stats/random.ts';
import { CLOUDS, type Cloud, plantAnswers } from '../test/support/plant-answers.ts';
import { atMost, type Goal, medianOf, printGoals, printTable, show } from './support/figures.ts';

const PARTS = ['plain-300', 'plain-2000', 'binary', 'bent', 'planted'];
const { values } = parseArgs({
  options: { parts: { type: 'string', default: PARTS.join() }, seeds: { type: 'string', default: '10' } },
});
const parts = values.parts.split(',');
const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown !== undefined) throw new Error(`There is no part ${unknown}; parts are ${PARTS.join(', ')}`);
const seeds = Number(values.seeds);

const ITEMS = 12;
const PLAIN = CLOUDS.filter((kind) => kind !== 'a bent line');
const FALSE_MOST = 3;
const rows: string[][] = [
  ['answers', 'n', 'seeds', 'segments', 'weak', 'none', 'k=3', 'z, middle', 'z, highest', 'ARI, middle'],
];

type Of = { n: number; isBinary?: boolean; separation?: number };

function tested(kind: Cloud | 'planted', of: Of & { seed: number }): { test: SegmentTest; ari: number } {
  const { columns, segments } = plantAnswers(kind, { p: ITEMS, ...of });
  const table = buildInputTable(
    [{ id: 'items', name: 'Items', centring: of.isBinary ? 'none' : 'person-mean', weight: 1, columns }],
    { missing: 'fill', isBalanced: true },
  );
  const test = testForSegments(table, { random: mulberry32(of.seed) });
  if (kind !== 'planted') return { test, ari: Number.NaN };
  const points = foldRows(table.rows, table.p);
  const found = bestPartition(points, {
    k: 3,
    random: mulberry32(of.seed),
    starts: 20,
    settlingMax: 3,
    movingMax: 100,
  });
  const labels = Array.from(points.distinctOf, (distinct) => found.labels[distinct]!);
  return {
    test,
    ari:
      adjustedRandIndex(
        labels,
        table.kept.map((i) => segments[i]!),
      ) ?? 0,
  };
}

/** One line of the table; gives back how many were called segments. */
function row(kind: Cloud | 'planted', runs: number, of: Of): number {
  const found = Array.from({ length: runs }, (_, index) => tested(kind, { ...of, seed: index + 1 }));
  const count = (verdict: SegmentTest['verdict']) => found.filter(({ test }) => test.verdict === verdict).length;
  const name = [
    kind,
    of.isBinary ? 'yes or no' : 'five steps',
    ...(of.separation === undefined ? [] : [`${of.separation} SD`]),
  ].join(', ');
  const zs = found.map(({ test }) => test.maxZ);
  rows.push([
    name,
    String(of.n),
    String(runs),
    String(count('segments')),
    String(count('weak')),
    String(count('none')),
    String(found.filter(({ test }) => test.k === 3).length),
    show(medianOf(zs)),
    show(Math.max(...zs)),
    show(medianOf(found.map(({ ari }) => ari))),
  ]);
  return count('segments');
}

const started = performance.now();
const goals: Goal[] = [];
const plainAt = (n: number) => PLAIN.reduce((sum, kind) => sum + row(kind, seeds, { n }), 0);
let plain = 0;
for (const n of [300, 2000]) if (parts.includes(`plain-${n}`)) plain += plainAt(n);
if (parts.some((part) => part.startsWith('plain')))
  goals.push(atMost('called segments, five steps, without any', plain, FALSE_MOST));
let odd = 0;
if (parts.includes('binary'))
  for (const kind of ['one factor', 'two factors'] as const) odd += row(kind, 2 * seeds, { n: 300, isBinary: true });
if (parts.includes('bent')) for (const n of [300, 2000]) odd += row('a bent line', seeds, { n });
if (parts.includes('binary') || parts.includes('bent'))
  goals.push(atMost('called segments, yes-or-no and bent, without any', odd, FALSE_MOST));
if (parts.includes('planted'))
  for (const n of [80, 300, 2000]) for (const separation of [1, 1.5, 2]) row('planted', seeds, { n, separation });

printTable(rows);
printGoals('segments-null', goals, { parts, seeds, seconds: Math.round((performance.now() - started) / 1000) });
if (goals.some(({ isReached }) => !isReached)) process.exitCode = 1;
