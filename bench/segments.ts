/**
 * How long segments take from answers to a solution, and how much memory:
 *
 *   node bench/segments.ts [--sizes 1000,10000,100000]
 *
 * Twenty items of five steps, with three planted segments and with two factors and none. Whether there are segments, the
 * best ones, how far they come back, what the test could have found where it found none, what the segments are like in the
 * twenty items and twenty other things, and a typing tool of the items. Each size runs in a process of its own. Processor
 * time is told as a multiple of one start of k-means over the same rows in the same process. Two minutes or so.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { choiceColumn, numberColumn } from '../src/model/table-column.ts';
import { fitSegments } from '../src/segments/fit-segments.ts';
import { buildInputTable, type InputColumn } from '../src/segments/input-table.ts';
import { type ProfiledColumn, profileSegments } from '../src/segments/profile.ts';
import { powerToFind } from '../src/segments/segment-power.ts';
import { testForSegments } from '../src/segments/segment-test.ts';
import { buildTypingTool } from '../src/segments/typing/build-typing-tool.ts';
import { adjustedRandIndex } from '../src/stats/adjusted-rand-index.ts';
import { foldRows } from '../src/stats/distinct-rows.ts';
import { bestPartition } from '../src/stats/k-means.ts';
import { mulberry32, normalDeviate, type Random } from '../src/stats/random.ts';
import { plantAnswers } from '../test/support/plant-answers.ts';
import { atMost, type Goal, printGoals, printTable, show } from './support/figures.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000' },
    child: { type: 'string' },
    kind: { type: 'string', default: 'planted' },
  },
});
const ITEMS = 20;
/** Choices and numbers that segments are described by, so many of each. */
const OTHERS = 10;
const MEGABYTES_MOST = 1024;
const KINDS = ['planted', 'two factors'] as const;
type Kind = (typeof KINDS)[number];
/** Seconds of processor time for each part, and megabytes at the most. */
type Measured = {
  kind: Kind;
  n: number;
  verdict: string;
  k: number;
  ari: number | null;
  table: number;
  test: number;
  fit: number;
  power: number;
  profile: number;
  typing: number;
  oneStart: number;
  before: number;
  peak: number;
};

if (values.child === undefined) main(values.sizes.split(',').map(Number));
else console.log(JSON.stringify(measure(values.kind as Kind, Number(values.child))));

function measure(kind: Kind, n: number): Measured {
  const { columns, segments } = plantAnswers(kind, { n, p: ITEMS, seed: 1, separation: 1 });
  const before = process.resourceUsage().maxRSS / 1024;
  const timed = <Result>(run: () => Result): [Result, number] => {
    const { user, system } = process.cpuUsage();
    const result = run();
    const now = process.cpuUsage();
    return [result, (now.user - user + now.system - system) / 1e6];
  };
  const [table, tableSeconds] = timed(() =>
    buildInputTable([{ id: 'items', name: 'Items', centring: 'person-mean', weight: 1, columns }], {
      missing: 'fill',
      isBalanced: true,
    }),
  );
  const [test, testSeconds] = timed(() => testForSegments(table, { random: mulberry32(1) }));
  const [fit, fitSeconds] = timed(() => fitSegments(table, { k: test.k, test, random: mulberry32(1) }));
  const [, powerSeconds] = timed(() =>
    test.verdict === 'segments' ? [] : powerToFind(table, { random: mulberry32(1) }),
  );
  const labels = new Array<number | null>(n).fill(null);
  for (const [row, person] of table.kept.entries()) labels[person] = fit.labels[row]!;
  const segmentsOf = fit.sizes.map((_, segment) => ({ id: String(segment), name: `Segment ${segment + 1}` }));
  const described = [...columns.map(asProfiled), ...otherColumns(n, mulberry32(3))];
  const [, profileSeconds] = timed(() =>
    profileSegments(labels, { names: segmentsOf.map(({ name }) => name), columns: described }),
  );
  const [, typingSeconds] = timed(() =>
    buildTypingTool({
      questions: columns,
      segments: segmentsOf,
      labels,
      priors: 'equal',
      random: mulberry32(4),
    }),
  );
  const peak = process.resourceUsage().maxRSS / 1024;

  const points = foldRows(table.rows, ITEMS);
  const starts = n < 10_000 ? 20 : 3;
  const [, startSeconds] = timed(() =>
    bestPartition(points, { k: test.k, random: mulberry32(2), starts, settlingMax: 3, movingMax: 100 }),
  );
  const truth = table.kept.map((i) => segments[i]!);
  return {
    kind,
    n,
    verdict: test.verdict,
    k: test.k,
    ari: kind === 'planted' ? adjustedRandIndex(Array.from(fit.labels), truth) : null,
    table: tableSeconds,
    test: testSeconds,
    fit: fitSeconds,
    power: powerSeconds,
    profile: profileSeconds,
    typing: typingSeconds,
    oneStart: startSeconds / starts,
    before,
    peak,
  };
}

function asProfiled({ id, name, values }: InputColumn): ProfiledColumn {
  return { column: numberColumn({ id, name, isOrdinal: true, min: 1, max: 5 }, values), isInput: true };
}

function otherColumns(n: number, random: Random): ProfiledColumn[] {
  const options = ['a', 'b', 'c', 'd'].map((code) => ({ code, label: code }));
  return Array.from({ length: OTHERS }, (_, index) => [
    {
      column: choiceColumn(
        { id: `choice ${index}`, name: `Choice ${index}`, options },
        Array.from({ length: n }, () => options[Math.floor(random() * options.length)]!.code),
      ),
    },
    {
      column: numberColumn(
        { id: `number ${index}`, name: `Number ${index}` },
        Array.from({ length: n }, () => normalDeviate(random)),
      ),
    },
  ]).flat();
}

function wholeOf({ table, test, fit, profile, typing }: Measured): number {
  return table + test + fit + profile + typing;
}

function main(sizes: number[]): void {
  const found = KINDS.flatMap((kind) =>
    sizes.map((n): Measured => {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), '--child', String(n), '--kind', kind],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as Measured;
    }),
  );
  printTable([
    [
      'answers',
      'n',
      'verdict',
      'k',
      'ARI',
      'table s',
      'test s',
      'fit s',
      'profile s',
      'typing s',
      'whole s',
      '× one start',
      'power s',
      'MB',
      'of it data',
    ],
    ...found.map((one) => [
      one.kind,
      one.n.toLocaleString('en-GB'),
      one.verdict,
      String(one.k),
      show(one.ari ?? Number.NaN),
      show(one.table),
      show(one.test),
      show(one.fit),
      show(one.profile),
      show(one.typing),
      show(wholeOf(one)),
      show(wholeOf(one) / one.oneStart),
      show(one.power),
      show(one.peak),
      show(one.before),
    ]),
  ]);
  const goals: Goal[] = [atMost('megabytes at the most', Math.max(...found.map(({ peak }) => peak)), MEGABYTES_MOST)];
  for (const kind of KINDS) {
    const own = found.filter((one) => one.kind === kind);
    for (const [index, larger] of own.entries()) {
      const smaller = own[index - 1];
      if (!smaller) continue;
      goals.push(
        atMost(
          `${kind}: times as long for ${larger.n / smaller.n} times as many people (${larger.n.toLocaleString('en-GB')})`,
          wholeOf(larger) / wholeOf(smaller),
          (1.2 * larger.n) / smaller.n,
        ),
      );
    }
  }
  printGoals('segments', goals, { found });
  if (goals.some(({ isReached }) => !isReached)) process.exitCode = 1;
}
