import type { LoadedNorm } from '../scales/loaded-norms.ts';
import { type DelimitedTable, decodeText, guessFormat, readDelimited } from './delimited.ts';

/** A table's rows by the names of its columns, in small letters; a fault where it is no table. */
function rowsByName(bytes: Uint8Array): { names: string[]; rows: Record<string, string>[] } | { fault: string } {
  const text = decodeText(bytes);
  let table: DelimitedTable;
  try {
    table = readDelimited(text, { ...guessFormat(text), hasHeader: true });
  } catch (error) {
    return { fault: `This file is no table: ${(error as Error).message.replace(/, value is .*/s, '')}` };
  }
  const { header, rows } = table;
  const names = (header ?? []).map((name) => name.trim().toLowerCase());
  return {
    names,
    rows: rows
      .filter((row) => row.some((cell) => cell.trim() !== ''))
      .map((row) => Object.fromEntries(names.map((name, index) => [name, (row[index] ?? '').trim()]))),
  };
}

const YES = /^(1|r|x|y|yes|true|reversed|-)$/i;

/**
 * Statements and a key from a table: one row for each item, with `item` (or `text`), `scale` and `reversed`. An item that
 * counts in several scales stands in several rows.
 *
 * @returns statements in the order in which they first stand, and the key as lines of text for a form
 */
export function readInstrumentCsv(bytes: Uint8Array): { statements: string[]; key: string } | { error: string } {
  const table = rowsByName(bytes);
  if ('fault' in table) return { error: table.fault };
  const { names, rows } = table;
  const [worded] = ['text', 'item', 'statement'].filter((name) => names.includes(name));
  if (worded === undefined || !names.includes('scale'))
    return {
      error:
        'The first line has to name the columns: item, scale and reversed. A column text may hold the words of each item',
    };
  const statements: string[] = [];
  const scales = new Map<string, string[]>();
  for (const row of rows) {
    const text = (row[worded] ?? '').replaceAll(/\s+/g, ' ');
    if (text === '') continue;
    let number = statements.indexOf(text) + 1;
    if (number === 0) number = statements.push(text);
    const scale = (row['scale'] ?? '').replaceAll(/[:;]/g, ' ').trim();
    if (scale !== '')
      scales.set(scale, [...(scales.get(scale) ?? []), `${number}${YES.test(row['reversed'] ?? '') ? 'R' : ''}`]);
  }
  if (statements.length === 0) return { error: 'There is no item in this file' };
  return { statements, key: [...scales].map(([scale, items]) => `${scale}: ${items.join(', ')}`).join('\n') };
}

const NORMS_MAX = 20_000;

/**
 * Norms from a table: `scale`, `mean` and `sd`, or `scale`, `score` and `percentile`; `n` where it is known.
 *
 * @param known codes of the instrument's scales
 */
export function readNormsCsv(
  bytes: Uint8Array,
  known: readonly string[],
): { norms: LoadedNorm[] } | { errors: string[] } {
  const table = rowsByName(bytes);
  if ('fault' in table) return { errors: [table.fault] };
  const { names, rows } = table;
  const isNormal = names.includes('mean') && names.includes('sd');
  if (!names.includes('scale') || !(isNormal || (names.includes('score') && names.includes('percentile'))))
    return { errors: ['The first line has to name the columns: scale, mean and sd, or scale, score and percentile'] };
  if (rows.length > NORMS_MAX) return { errors: [`A file of norms has ${NORMS_MAX} rows at most`] };
  const errors: string[] = [];
  const number = (row: Record<string, string>, name: string): number => {
    const text = row[name] ?? '';
    return /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
  };
  const norms: LoadedNorm[] = [];
  for (const [scale, own] of Map.groupBy(rows, (row) => row['scale'] ?? '')) {
    const fault = (what: string) => errors.push(`${scale || 'A row'}: ${what}`);
    const n = names.includes('n') && own[0] ? number(own[0], 'n') : Number.NaN;
    const people = Number.isFinite(n) ? n : null;
    if (!known.includes(scale))
      fault(`is none of the scales; they are called ${known.slice(0, 12).join(', ')}${known.length > 12 ? ' …' : ''}`);
    else if (isNormal) {
      const [mean, standardDeviation] = [number(own[0]!, 'mean'), number(own[0]!, 'sd')];
      if (own.length > 1) fault('stands in more than one row');
      else if (!(Number.isFinite(mean) && standardDeviation > 0))
        fault('mean and sd have to be numbers, and sd above 0');
      else norms.push({ scale, kind: 'normal', mean, standardDeviation, n: people });
    } else {
      const points = own
        .map((row) => ({ score: number(row, 'score'), percentile: number(row, 'percentile') }))
        .sort((a, b) => a.score - b.score);
      const isRising = points.every(
        ({ score, percentile }, i) =>
          percentile >= 0 &&
          percentile <= 100 &&
          (i === 0 || (score > points[i - 1]!.score && percentile >= points[i - 1]!.percentile)),
      );
      if (points.length < 2 || !isRising)
        fault('needs at least two scores with percentiles from 0 to 100 that rise with them');
      else norms.push({ scale, kind: 'percentiles', points, n: people });
    }
  }
  if (norms.length === 0 && errors.length === 0) errors.push('There is no scale in this file');
  return errors.length > 0 ? { errors } : { norms };
}
