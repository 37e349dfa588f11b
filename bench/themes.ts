/** How well, how fast and in how much memory themes are found. See --help. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { mulberry32, shuffled } from '../src/stats/random.ts';
import { findThemes } from '../src/text/find-themes.ts';
import type { ThemesResult } from '../src/text/themes-result.ts';
import { printTable } from './support/figures.ts';
import { type Scores, scoresOf } from './support/label-accuracy.ts';
import {
  joinedAcross,
  joinedWithin,
  type LabelledTexts,
  misspelt,
  mixedTexts,
  readLabelled,
  sampleOf,
} from './support/labelled-texts.ts';
import { baselines, runBaseline } from './support/theme-baselines.ts';

const help = `How well and how fast themes are found on labelled texts, \`label TAB text\` a line, a set a file:

  node bench/themes.ts --texts FOLDER [--parts truth,auto] [--sets a,b] [--seeds 1,2,3,4,5] [--prototype FOLDER] [--show]

Parts, and about how long each takes with four sets of 37,000 answers on one core at rest:
  truth      at the true number of themes, full size             2 min
  auto       the number of themes found too                      2 min
  small      100, 300 and 1,000 answers, three samples of each   1 min
  baselines  other methods on the same words                     4 min
  joined     long answers: three of one group in each, and       1 min
             two of any groups in each, scored by the piece
  misspelt   a tenth of the words with a slip of the pen         2 min
  large      20,000, 36,000 and 200,000 answers of all sets, 20 themes   1 min
  speed      5,000 to 200,000 answers, a process each: time and memory,   3 min
             with --prototype FOLDER beside the program there
  same       twice, and with the rows in another order           1 min
Without --parts all of them. ACC matches themes and labels one to one; answers without a theme count as one more theme.
Figures are in per cent, the mean over seeds and after ± the standard deviation.`;

const { values } = parseArgs({
  options: {
    texts: { type: 'string' },
    parts: { type: 'string' },
    sets: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    prototype: { type: 'string' },
    show: { type: 'boolean', default: false },
    child: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function readSets(): LabelledTexts[] {
  const names =
    values.sets?.split(',') ?? readdirSync(values.texts!).flatMap((file) => /^(.+)\.tsv$/.exec(file)?.[1] ?? []);
  return names.sort().map((name) => readLabelled(values.texts!, name));
}

const documentsOf = (texts: readonly string[]) => texts.map((text, i) => ({ id: String(i).padStart(7, '0'), text }));
const trueNumber = ({ labels }: LabelledTexts): number => new Set(labels).size;
const foundIn = ({ documents }: ThemesResult): string[] => documents.map(({ theme }) => theme ?? 'none');

function run(set: LabelledTexts, themes: number | 'auto', seed: number): Scores & { found: number; seconds: number } {
  const before = process.cpuUsage();
  const result = findThemes(documentsOf(set.texts), { themes, seed });
  const { user, system } = process.cpuUsage(before);
  if (values.show) show(result);
  return { ...scoresOf(set.labels, foundIn(result)), found: result.themesFound, seconds: (user + system) / 1e6 };
}

const head = ['set', 'n', 'true', 'found', 'ACC', 'NMI', 'ARI', 'CPU s'];

function row(set: LabelledTexts, runs: readonly (Scores & { found: number; seconds: number })[]): string[] {
  const column = (name: 'acc' | 'nmi' | 'ari' | 'found' | 'seconds') => runs.map((one) => one[name]);
  return [
    set.name,
    String(set.texts.length),
    String(trueNumber(set)),
    spread(column('found'), 0),
    spread(column('acc')),
    spread(column('nmi')),
    spread(column('ari')),
    spread(column('seconds')),
  ];
}

function spread(values: readonly number[], digits = 1): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return values.length > 1 ? `${mean.toFixed(digits)} ±${Math.sqrt(variance).toFixed(digits)}` : mean.toFixed(digits);
}

function truth(): void {
  printTable([
    head,
    ...readSets().map((set) =>
      row(
        set,
        seeds.map((seed) => run(set, trueNumber(set), seed)),
      ),
    ),
  ]);
}

function auto(): void {
  printTable([
    head,
    ...readSets().map((set) =>
      row(
        set,
        seeds.map((seed) => run(set, 'auto', seed)),
      ),
    ),
  ]);
}

function small(): void {
  const rows = readSets().flatMap((set) =>
    [100, 300, 1000].flatMap((n) => {
      const samples = [1, 2, 3].map((sample) => sampleOf(set, n, sample));
      const known = samples.map((sample, q) => run(sample, trueNumber(sample), q + 1));
      const free = samples.map((sample, q) => run(sample, 'auto', q + 1));
      const [named, alone] = [row(samples[0]!, known), row(samples[0]!, free)];
      return [named, [`${alone[0]} auto`, ...alone.slice(1)]];
    }),
  );
  printTable([head, ...rows]);
}

function compare(): void {
  const rows = readSets().flatMap((set) =>
    Object.keys(baselines).map((name) => {
      const runs = seeds.slice(0, 2).map((seed) => {
        const before = process.cpuUsage().user;
        const found = runBaseline(name, set.texts, trueNumber(set), seed);
        return {
          ...scoresOf(set.labels, found),
          found: new Set(found).size,
          seconds: (process.cpuUsage().user - before) / 1e6,
        };
      });
      return [`${set.name} ${name}`, ...row(set, runs).slice(1)];
    }),
  );
  printTable([head, ...rows]);
}

function joined(): void {
  const sets = readSets();
  const within = sets.map((set) => joinedWithin(set, 3, 3)).filter(({ texts }) => texts.length > 100);
  printTable([
    head,
    ...within.map((set) =>
      row(
        set,
        seeds.slice(0, 2).map((seed) => run(set, 'auto', seed)),
      ),
    ),
  ]);
  console.log('\nTwo of any groups in each, by the piece:');
  const rows = sets.map((set) => {
    const long = joinedAcross(set, 2, 5).slice(0, 3000);
    const labels = long.flatMap((one) => one.labels);
    const result = findThemes(documentsOf(long.map(({ text }) => text)), { themes: trueNumber(set), seed: 1 });
    const { acc, nmi, ari } = scoresOf(labels, themesOfParts(long, result));
    const held = result.documents.reduce((sum, { themes }) => sum + themes.length, 0) / long.length;
    return [set.name, String(long.length), ...[acc, nmi, ari].map((score) => score.toFixed(1)), held.toFixed(2)];
  });
  printTable([['set', 'n', 'ACC', 'NMI', 'ARI', 'themes each'], ...rows]);
}

/** The theme of the piece in which the middle of each part of each long answer lies. */
function themesOfParts(long: readonly { parts: string[] }[], { pieces }: ThemesResult): string[] {
  const byDocument = Map.groupBy(pieces, ({ documentId }) => documentId);
  return long.flatMap(({ parts: own }, i) => {
    const here = byDocument.get(String(i).padStart(7, '0')) ?? [];
    let begun = 0;
    return own.map((part) => {
      const length = Array.from(part).length;
      const middle = begun + length / 2;
      begun += length + 2;
      return here.find(({ start, end }) => start <= middle && middle < end)?.theme ?? 'none';
    });
  });
}

function slips(): void {
  const rows = readSets().map((set) => {
    const wrong = misspelt(set, 0.1, 7);
    return row(
      wrong,
      seeds.slice(0, 2).map((seed) => run(wrong, trueNumber(set), seed)),
    );
  });
  printTable([head, ...rows]);
}

function large(): void {
  const sets = readSets();
  const rows = [20_000, 36_000, 200_000].map((n) => {
    const set = mixedTexts(sets, n, 1);
    return row(set, [run(set, 20, 1)]);
  });
  printTable([head, ...rows]);
}

type ChildFigures = { seconds: number; cpu: number; mb: number; themes: number };

function speed(): void {
  const child = (kind: string, n: number): ChildFigures | null => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [import.meta.filename, '--texts', values.texts!, '--child', `${kind} ${n}`].concat(
        values.sets ? ['--sets', values.sets] : [],
        values.prototype ? ['--prototype', values.prototype] : [],
      ),
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    return status === 0 ? (JSON.parse(stdout.trim().split('\n').at(-1)!) as ChildFigures) : null;
  };
  const rows = [5_000, 20_000, 50_000, 100_000, 200_000].map((n) => {
    const ours = child('engine', n);
    const automatic = child('auto', n);
    const theirs = values.prototype ? child('prototype', n) : null;
    const ratio = ours && theirs ? (ours.cpu / theirs.cpu).toFixed(2) : '–';
    const shown = (figures: ChildFigures | null) =>
      figures ? [figures.seconds.toFixed(1), figures.cpu.toFixed(1), figures.mb.toFixed(0)] : ['–', '–', '–'];
    return [String(n), ...shown(ours), ...shown(automatic), ...shown(theirs), ratio];
  });
  const columns = ['s', 'CPU s', 'MB above idle'];
  printTable([
    [
      'n, 20 themes',
      ...columns,
      ...columns.map((name) => `auto ${name}`),
      ...columns.map((name) => `prototype ${name}`),
      'CPU ratio',
    ],
    ...rows,
  ]);
}

/** One size in a process of its own, so that memory is that of the run. */
async function runChild(what: string): Promise<void> {
  const [kind, size] = what.split(' ');
  const { texts } = mixedTexts(readSets(), Number(size), 1);
  const documents = documentsOf(texts);
  const prototype =
    kind === 'prototype'
      ? ((await import(pathToFileURL(path.resolve(values.prototype!, 'themes.mjs')).href)) as {
          themes(texts: string[], options: { k: number; seed: number }): { k: number };
        })
      : null;
  const idle = process.memoryUsage.rss();
  const began = performance.now();
  const before = process.cpuUsage();
  const themes = prototype
    ? prototype.themes(texts, { k: 20, seed: 1 }).k
    : findThemes(documents, { themes: kind === 'auto' ? 'auto' : 20, seed: 1 }).themesFound;
  const { user, system } = process.cpuUsage(before);
  const figures: ChildFigures = {
    seconds: (performance.now() - began) / 1000,
    cpu: (user + system) / 1e6,
    mb: process.resourceUsage().maxRSS / 1024 - idle / 2 ** 20,
    themes,
  };
  console.log(JSON.stringify(figures));
}

function same(): void {
  const hashOf = (result: ThemesResult) =>
    createHash('sha256')
      .update(JSON.stringify([result.themes, result.documents, result.pieces]))
      .digest('hex')
      .slice(0, 12);
  const rows = readSets().map((set) => {
    const documents = documentsOf(set.texts);
    const hashes = [documents, documents, shuffled(documents, mulberry32(9))].map((own) =>
      hashOf(findThemes(own, { themes: 'auto', seed: 1 })),
    );
    return [set.name, ...hashes, new Set(hashes).size === 1 ? 'the same' : 'DIFFERS'];
  });
  printTable([['set', 'once', 'again', 'rows shuffled', ''], ...rows]);
}

function show(result: ThemesResult): void {
  for (const { label, size, repeatability, band } of result.themes) {
    console.log(`    ${String(size).padStart(6)}  ${repeatability.toFixed(2)} ${band.padEnd(7)} ${label}`);
  }
  console.log(`    candidates ${JSON.stringify(result.candidates)}, uncoded ${result.uncoded}`);
  for (const warning of result.warnings) console.log(`    ${warning}`);
}

const parts: Record<string, () => void> = {
  truth,
  auto,
  small,
  baselines: compare,
  joined,
  misspelt: slips,
  large,
  speed,
  same,
};
const seeds = values.seeds.split(',').map(Number);
const wanted = values.parts?.split(',') ?? Object.keys(parts);
const unknown = wanted.filter((part) => !(part in parts));

if (values.help) console.log(help);
else if (!values.texts || unknown.length > 0) {
  console.error(values.texts ? `There is no part ${unknown.join(', ')}.` : '--texts FOLDER is missing.');
  console.error(help);
  process.exitCode = 2;
} else if (values.child) await runChild(values.child);
else {
  for (const part of wanted) {
    console.log(`\n== ${part}`);
    parts[part]!();
  }
}
