import { expect, test } from 'vitest';
import { buildInputTable, type InputColumn, type InputTable } from '../../src/segments/input-table.ts';
import { correlations, fitNullModel } from '../../src/segments/null-model.ts';
import { filled } from '../../src/segments/prepare-answers.ts';
import { eigenSymmetric } from '../../src/stats/eigen-symmetric.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { plantAnswers } from '../support/plant-answers.ts';

const tableOf = (columns: readonly InputColumn[]): InputTable =>
  buildInputTable([{ id: 'items', name: 'Items', centring: 'person-mean', weight: 1, columns }], {
    missing: 'fill',
    isBalanced: true,
  });
const withGaps = (columns: readonly InputColumn[], share: number): InputColumn[] => {
  const random = mulberry32(7);
  return columns.map((column) => ({ ...column, values: column.values.map((v) => (random() < share ? null : v)) }));
};
const column = (rows: Float64Array, p: number, j: number) =>
  Array.from({ length: rows.length / p }, (_, row) => rows[row * p + j]!);
const spectrumOf = (rows: Float64Array, { n, p }: InputTable) =>
  Array.from(eigenSymmetric(correlations(rows, n, p), p).eigenvalues);
/** The spectrum of answers without segments, on average over some draws. */
function drawnSpectrum(table: InputTable, draws = 12): number[] {
  const model = fitNullModel(table.answers, table, mulberry32(1));
  const random = mulberry32(2);
  const sums = new Array<number>(table.p).fill(0);
  for (let draw = 0; draw < draws; draw++)
    for (const [i, value] of spectrumOf(filled(model.draw(random), table), table).entries()) sums[i]! += value / draws;
  return sums;
}

/** The largest difference of two spectra, as a share. */
const farthest = (found: readonly number[], wanted: readonly number[]) =>
  Math.max(...found.map((value, i) => Math.abs(value / wanted[i]! - 1)));

test('each column keeps its answers to the last one', () => {
  const table = tableOf(plantAnswers('skewed, heavy tails', { n: 200, p: 8, seed: 1 }).columns);
  const drawn = fitNullModel(table.answers, table, mulberry32(1)).draw(mulberry32(2));
  for (let j = 0; j < table.p; j++) {
    expect(column(drawn, table.p, j).sort()).toEqual(column(table.answers, table.p, j).sort());
  }
  expect(drawn).not.toEqual(table.answers);
});

test.each(['two factors', 'extreme answering', 'planted'] as const)(
  'answers drawn (%s) have the correlation spectrum of those given, which cutting into steps would have weakened',
  (kind) => {
    const table = tableOf(plantAnswers(kind, { n: 2000, p: 10, seed: 2, separation: 1.5 }).columns);
    const given = spectrumOf(table.answers, table);
    expect(farthest(drawnSpectrum(table), given)).toBeLessThan(0.05);
  },
);

test('two answers only keep their spectrum too', () => {
  const table = tableOf(plantAnswers('two factors', { n: 2000, p: 10, seed: 3, isBinary: true }).columns);
  const given = spectrumOf(table.answers, table);
  expect(farthest(drawnSpectrum(table), given)).toBeLessThan(0.05);
});

test('gaps stay where they were, and the spectrum is that of the answers with gaps filled', () => {
  const table = tableOf(withGaps(plantAnswers('two factors', { n: 2000, p: 10, seed: 4 }).columns, 0.15));
  const drawn = fitNullModel(table.answers, table, mulberry32(1)).draw(mulberry32(2));
  expect(Array.from(drawn, Number.isNaN)).toEqual(Array.from(table.answers, Number.isNaN));
  const given = spectrumOf(filled(table.answers, table), table);
  expect(farthest(drawnSpectrum(table), given)).toBeLessThan(0.05);
});

test('many different answers are kept by rank', () => {
  const random = mulberry32(5);
  const columns = plantAnswers('one factor', { n: 120, p: 6, seed: 5 }).columns.map((own) => ({
    ...own,
    kind: 'numeric' as const,
    values: own.values.map((value) => value! + random()),
  }));
  const table = tableOf(columns);
  const drawn = fitNullModel(table.answers, table, mulberry32(1)).draw(mulberry32(2));
  for (let j = 0; j < table.p; j++)
    expect(Float64Array.from(column(drawn, table.p, j)).sort()).toEqual(
      Float64Array.from(column(table.answers, table.p, j)).sort(),
    );
});

test('columns that follow from each other can be drawn', () => {
  const { columns } = plantAnswers('one factor', { n: 100, p: 6, seed: 6 });
  const opposite = { ...columns[0]!, id: 'x', name: 'Opposite', values: columns[0]!.values.map((v) => 6 - v!) };
  const table = tableOf([...columns, opposite]);
  const drawn = fitNullModel(table.answers, table, mulberry32(1)).draw(mulberry32(2));
  expect(drawn.every(Number.isFinite)).toBe(true);
});
