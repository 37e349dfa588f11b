/**
 * How well and how fast themes are found on labelled texts, `label TAB text` a line:
 *
 *   node bench/themes.ts --texts FOLDER [--sets anes4,tweet] [--auto] [--seeds 1,2] [--limit N] [--show] [--once]
 *
 * Every run is done twice and the documents' themes are compared, unless --once. --show lists the themes.
 * ACC matches themes and labels one to one (Hungarian method); documents without a theme count as one more theme.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/stats/adjusted-rand-index.ts';
import { contingency } from '../src/stats/contingency.ts';
import { normalisedMutualInformation } from '../src/stats/mutual-information.ts';
import { findThemes } from '../src/text/find-themes.ts';
import type { ThemesResult } from '../src/text/themes-result.ts';

const { values } = parseArgs({
  options: {
    texts: { type: 'string' },
    sets: { type: 'string' },
    auto: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '1' },
    limit: { type: 'string' },
    show: { type: 'boolean', default: false },
    once: { type: 'boolean', default: false },
  },
});
if (!values.texts) throw new Error('--texts FOLDER is missing');

const sets = values.sets?.split(',') ?? readdirSync(values.texts).map((file) => file.replace(/\.tsv$/, ''));
console.log('set             seed     n  true  found    ACC   NMI   ARI  seconds  RSS MB  hash');
for (const set of sets) {
  const { labels, documents } = read(
    join(values.texts, `${set}.tsv`),
    Number(values.limit ?? Number.POSITIVE_INFINITY),
  );
  const trueNumber = new Set(labels).size;
  for (const seed of values.seeds.split(',').map(Number)) {
    const began = performance.now();
    const result = findThemes(documents, { themes: values.auto ? 'auto' : trueNumber, seed });
    const seconds = (performance.now() - began) / 1000;
    const again = values.once ? result : findThemes(documents, { themes: values.auto ? 'auto' : trueNumber, seed });
    const found = labelsOf(result, documents);
    const scores = [
      accuracy(labels, found),
      normalisedMutualInformation(labels, found),
      adjustedRandIndex(labels, found),
    ];
    const columns = [
      set.padEnd(15),
      String(seed).padStart(4),
      String(documents.length).padStart(6),
      String(trueNumber).padStart(5),
      String(result.themesFound).padStart(5),
      ...scores.map((score) => ((score ?? 0) * 100).toFixed(1).padStart(5)),
      seconds.toFixed(2).padStart(8),
      (process.resourceUsage().maxRSS / 1024).toFixed(0).padStart(7),
      hashOf(result),
      hashOf(again) === hashOf(result) ? 'same again' : 'DIFFERS',
    ];
    console.log(columns.join('  '));
    if (values.show) show(result);
  }
}

function read(file: string, limit: number) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, limit);
  const labels = lines.map((line) => line.slice(0, line.indexOf('\t')));
  const documents = lines.map((line, i) => ({
    id: String(i).padStart(7, '0'),
    text: line.slice(line.indexOf('\t') + 1),
  }));
  return { labels, documents };
}

function labelsOf(result: ThemesResult, documents: { id: string }[]): string[] {
  const themeOf = new Map(result.documents.map(({ id, theme }) => [id, theme ?? 'none']));
  return documents.map(({ id }) => themeOf.get(id)!);
}

function hashOf({ documents }: ThemesResult): string {
  return createHash('sha256').update(JSON.stringify(documents)).digest('hex').slice(0, 12);
}

function show(result: ThemesResult): void {
  for (const { label, size, repeatability, band } of result.themes) {
    console.log(`    ${String(size).padStart(6)}  ${repeatability.toFixed(2)} ${band.padEnd(7)} ${label}`);
  }
  console.log(`    candidates ${JSON.stringify(result.candidates)}, uncoded ${result.uncoded}`);
}

function accuracy(labels: string[], found: string[]): number {
  const table = contingency(labels, found);
  const rows = [...table.rows.keys()];
  const columns = [...table.columns.keys()];
  const size = Math.max(rows.length, columns.length);
  const cost = Array.from({ length: size }, () => new Float64Array(size));
  for (const { row, column, count } of table.cells) cost[rows.indexOf(row)]![columns.indexOf(column)] = -count;
  return -cheapestMatching(cost) / table.total;
}

/** The cost of the cheapest one-to-one matching of rows and columns (Kuhn's method with potentials, O(n³)). */
function cheapestMatching(cost: Float64Array[]): number {
  const size = cost.length;
  const ofRow = new Float64Array(size + 1);
  const ofColumn = new Float64Array(size + 1);
  const rowAt = new Int32Array(size + 1);
  for (let row = 1; row <= size; row++) {
    const cameFrom = new Int32Array(size + 1);
    const slack = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const isUsed = new Uint8Array(size + 1);
    let column = 0;
    rowAt[0] = row;
    while (rowAt[column] !== 0) {
      isUsed[column] = 1;
      let next = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 1; j <= size; j++) {
        if (isUsed[j]) continue;
        const reduced = cost[rowAt[column]! - 1]![j - 1]! - ofRow[rowAt[column]!]! - ofColumn[j]!;
        if (reduced < slack[j]!) {
          slack[j] = reduced;
          cameFrom[j] = column;
        }
        if (slack[j]! < least) {
          least = slack[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= size; j++) {
        if (isUsed[j]) {
          ofRow[rowAt[j]!]! += least;
          ofColumn[j]! -= least;
        } else slack[j]! -= least;
      }
      column = next;
    }
    while (column !== 0) {
      rowAt[column] = rowAt[cameFrom[column]!]!;
      column = cameFrom[column]!;
    }
  }
  let total = 0;
  for (let j = 1; j <= size; j++) total += cost[rowAt[j]! - 1]![j - 1]!;
  return total;
}
