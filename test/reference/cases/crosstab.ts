import { adjustP } from '../../../src/stats/adjust-p.ts';
import { association } from '../../../src/stats/association.ts';
import { shareContrast } from '../../../src/stats/share-contrast.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';

type Expected = {
  rows: string[];
  cols: string[];
  counts: number[][];
  n: number;
  chi2: number;
  df: number;
  p: number;
  G2: number;
  cramers_v: number;
  cramers_v_bias_corrected: number;
  contingency_C: number;
  mutual_information_nats: number;
  theil_U_rows_given_cols: number;
  theil_U_cols_given_rows: number;
  lambda_rows_given_cols: number;
  expected: number[][];
  pearson_resid: number[][];
  adjusted_std_resid: number[][];
  cell_vs_rest_p: number[][];
  cell_vs_rest_p_BH: number[][];
  cell_vs_rest_p_holm: number[][];
  index_vs_total: number[][];
  column_pct: number[][];
  pairwise_column_z: { row: string; col_a: string; col_b: string; z: number; p: number; p_bonf_within_row: number }[];
};

/** A table of hair by eyes: chi-square, its size, its cells and its pairs of columns, against R's. */
export const referenceCase: ReferenceCase = {
  id: 'crosstab',
  run(folder, figures) {
    for (const wanted of readJson<Expected[]>(folder, 'expected/crosstab.json')) {
      const found = association(wanted.counts);
      figures.near('n', found?.n, wanted.n);
      figures.near('chi-square', found?.chiSquare, wanted.chi2);
      figures.near('df', found?.df, wanted.df);
      figures.near('p', found?.p, wanted.p, 1e-12);
      figures.near('G2', found?.g2, wanted.G2);
      figures.near('V', found?.cramersV, wanted.cramers_v);
      figures.near('V corrected', found?.cramersVCorrected, wanted.cramers_v_bias_corrected);
      figures.near('C', found?.contingencyC, wanted.contingency_C);
      figures.near('mutual information', found?.mutualInformation, wanted.mutual_information_nats);
      figures.near('U of rows', found?.uRowsGivenColumns, wanted.theil_U_rows_given_cols);
      figures.near('U of columns', found?.uColumnsGivenRows, wanted.theil_U_cols_given_rows);
      figures.near('lambda of rows', found?.lambdaRowsGivenColumns, wanted.lambda_rows_given_cols);

      const cells = found?.cells.flat() ?? [];
      const each = (name: string, actual: readonly (number | null | undefined)[], expected: readonly number[][]) =>
        expected.flat().forEach((value, i) => figures.near(`${name} ${i + 1}`, actual[i], value));
      const ps = cells.map(({ p }) => p);
      each(
        'expected',
        cells.map(({ expected }) => expected),
        wanted.expected,
      );
      each(
        'residual',
        cells.map(({ pearsonResidual }) => pearsonResidual),
        wanted.pearson_resid,
      );
      each(
        'adjusted residual',
        cells.map(({ adjustedResidual }) => adjustedResidual),
        wanted.adjusted_std_resid,
      );
      each('p of cell', ps, wanted.cell_vs_rest_p);
      each('p of cell, Benjamini-Hochberg', adjustP(ps, 'benjamini-hochberg'), wanted.cell_vs_rest_p_BH);
      each('p of cell, Holm', adjustP(ps, 'holm'), wanted.cell_vs_rest_p_holm);
      const columns = wanted.cols.map((_, j) => wanted.counts.reduce((sum, row) => sum + row[j]!, 0));
      const rows = wanted.counts.map((row) => row.reduce((sum, count) => sum + count, 0));
      const share = (i: number, j: number) => wanted.counts[i]![j]! / columns[j]!;
      const flat = <Value>(value: (i: number, j: number) => Value) =>
        wanted.rows.flatMap((_, i) => wanted.cols.map((_, j) => value(i, j)));
      each(
        'column share',
        flat((i, j) => 100 * share(i, j)),
        wanted.column_pct,
      );
      each(
        'index',
        flat((i, j) => (100 * share(i, j)) / (rows[i]! / wanted.n)),
        wanted.index_vs_total,
      );

      for (const row of wanted.rows) {
        const pairs = wanted.pairwise_column_z.filter((pair) => pair.row === row);
        const contrasts = pairs.map((pair) => {
          const at = (column: string) => ({
            count: wanted.counts[wanted.rows.indexOf(row)]![wanted.cols.indexOf(column)]!,
            total: columns[wanted.cols.indexOf(column)]!,
          });
          return shareContrast(at(pair.col_a), at(pair.col_b));
        });
        const adjusted = adjustP(
          contrasts.map((one) => one?.p ?? null),
          'bonferroni',
        );
        for (const [i, pair] of pairs.entries()) {
          const name = `${row}, ${pair.col_a} and ${pair.col_b}`;
          figures.near(`z of ${name}`, contrasts[i]?.z, pair.z);
          figures.near(`p of ${name}`, contrasts[i]?.p, pair.p);
          figures.near(`Bonferroni p of ${name}`, adjusted[i], pair.p_bonf_within_row);
        }
      }
    }
  },
};
