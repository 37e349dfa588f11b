import { chiSquareUpperP, normalTwoSidedP } from './distributions.ts';
import { chiSquareNoncentrality } from './noncentrality.ts';

/** One cell of a table against what independence would give. */
export type AssociationCell = {
  expected: number;
  /** (observed − expected) / √expected. */
  pearsonResidual: number;
  /** Standard normal under independence: the z of the cell's row share against the rest of the table. Null when a row or column is everything. */
  adjustedResidual: number | null;
  /** Two-sided, of the adjusted residual. */
  p: number | null;
};

/** How two classifications of the same people hang together. */
export type Association = {
  n: number;
  chiSquare: number;
  df: number;
  p: number;
  /** The likelihood ratio, chi-square as well. */
  g2: number;
  /** Cramér's V, 0 to 1. */
  cramersV: number;
  /** Without its lean upwards in small samples and large tables; 0 where nothing is left. */
  cramersVCorrected: number;
  /** Of V, from the noncentralities of chi-square that fit. */
  cramersVLow: number;
  cramersVHigh: number;
  contingencyC: number;
  /** In nats. */
  mutualInformation: number;
  /** Theil's U: the part of the uncertainty about the rows that knowing the column takes away, and the other way round, 0 to 1; null when there was none. */
  uRowsGivenColumns: number | null;
  uColumnsGivenRows: number | null;
  /** Goodman and Kruskal's lambda: by how much fewer guesses go wrong, 0 to 1; null when none went wrong. */
  lambdaRowsGivenColumns: number | null;
  lambdaColumnsGivenRows: number | null;
  /** As the table was given; rows and columns of nobody have expected 0 and no residual. */
  cells: AssociationCell[][];
};

/**
 * Everything that is said of a table of counts: chi-square (without correction for continuity) and its size.
 *
 *   V² corrected = max(0, chi²/n − (r − 1)(c − 1)/(n − 1)) / (min(r', c') − 1),  r' = r − (r − 1)² / (n − 1), c' alike
 *
 * @param counts rows × columns, at least 0; they need not be whole, so that weighted tables can be brought to their
 *   effective base before
 * @param options.designEffect what chi-square and G² are divided by, 1 unless told; `raoScottDesignEffect` gives it
 * @param options.level how sure the interval of V is, 0.95 unless told
 * @returns null when fewer than two rows or two columns have anybody in them
 * @throws {RangeError} when the rows are ragged, a count is negative or not finite, or the design effect not above 0
 * @see Agresti (2013), Categorical Data Analysis, chapters 2 and 3; Bergsma (2013), Journal of the Korean Statistical
 *   Society 42(3), 323–328; Theil (1970), American Journal of Sociology 76(1), 103–154
 *
 * @example
 * association([[30, 10], [20, 40]])?.chiSquare // => 16.66667
 */
export function association(
  counts: readonly (readonly number[])[],
  options: { designEffect?: number; level?: number } = {},
): Association | null {
  const { designEffect = 1, level = 0.95 } = options;
  if (!(designEffect > 0 && Number.isFinite(designEffect)))
    throw new RangeError('association requires a design effect above 0');
  const width = counts[0]?.length ?? 0;
  for (const row of counts) {
    if (row.length !== width) throw new RangeError('association requires rows of one length');
    for (const count of row)
      if (!(count >= 0 && Number.isFinite(count))) throw new RangeError('association requires counts of at least 0');
  }
  const rows = counts.map(sum);
  const columns = Array.from({ length: width }, (_, j) => sum(counts.map((row) => row[j]!)));
  const n = sum(rows);
  const r = rows.filter((total) => total > 0).length;
  const c = columns.filter((total) => total > 0).length;
  if (r < 2 || c < 2) return null;

  let [chiSquare, g2] = [0, 0];
  const cells = counts.map((row, i) =>
    row.map((count, j): AssociationCell => {
      const expected = (rows[i]! * columns[j]!) / n;
      if (expected === 0) return { expected, pearsonResidual: 0, adjustedResidual: null, p: null };
      const pearsonResidual = (count - expected) / Math.sqrt(expected);
      chiSquare += pearsonResidual ** 2;
      if (count > 0) g2 += 2 * count * Math.log(count / expected);
      const left = (1 - rows[i]! / n) * (1 - columns[j]! / n);
      const adjustedResidual = left > 0 ? pearsonResidual / Math.sqrt(left * designEffect) : null;
      return {
        expected,
        pearsonResidual,
        adjustedResidual,
        p: adjustedResidual === null ? null : normalTwoSidedP(adjustedResidual),
      };
    }),
  );
  g2 = Math.max(0, g2);
  const phi2 = chiSquare / n;
  const df = (r - 1) * (c - 1);
  const least = Math.min(r, c) - 1;
  const tested = chiSquare / designEffect;
  const interval = chiSquareNoncentrality(tested, df, level);
  const effective = n / designEffect;
  const ofV = (noncentrality: number) => Math.min(1, Math.sqrt(noncentrality / effective / least));
  const mutual = g2 / (2 * n);
  return {
    n,
    chiSquare: tested,
    df,
    p: chiSquareUpperP(tested, df),
    g2: g2 / designEffect,
    cramersV: Math.min(1, Math.sqrt(phi2 / least)),
    cramersVCorrected: correctedV(phi2, effective, r, c),
    cramersVLow: ofV(interval.low),
    cramersVHigh: ofV(interval.high),
    contingencyC: Math.sqrt(phi2 / (phi2 + 1)),
    mutualInformation: mutual,
    uRowsGivenColumns: shareOf(mutual, entropy(rows, n)),
    uColumnsGivenRows: shareOf(mutual, entropy(columns, n)),
    lambdaRowsGivenColumns: fewerErrors(sum(largestByColumn(counts, width)), Math.max(...rows), n),
    lambdaColumnsGivenRows: fewerErrors(sum(counts.map((row) => Math.max(...row))), Math.max(...columns), n),
    cells,
  };
}

/**
 * By how much weights widen what a chi-square test of independence looks at: the mean of the generalised design effects
 * (first-order correction), for people who were drawn one by one.
 *
 * @param weights rows × columns, the sum of the weights in each cell
 * @param squares rows × columns, the sum of the squared weights in each cell
 * @param n how many people are in the table
 * @returns 1 for equal weights; divide the chi-square of a table that was scaled to `n` by it. Null when fewer than two
 *   rows or two columns have anybody in them
 * @see Rao and Scott (1984), Annals of Statistics 12(1), 46–60, section 3.2
 *
 * @example
 * raoScottDesignEffect([[30, 10], [20, 40]], [[30, 10], [20, 40]], 100) // => 1
 */
export function raoScottDesignEffect(
  weights: readonly (readonly number[])[],
  squares: readonly (readonly number[])[],
  n: number,
): number | null {
  const total = sum(weights.map(sum));
  const totalSquares = sum(squares.map(sum));
  if (total === 0) return null;
  // (1 − p) × the design effect of p, by linearisation of the weighted share.
  const part = (weight: number, square: number): number => {
    const p = weight / total;
    if (p <= 0 || p >= 1) return 0;
    const variance = ((1 - p) ** 2 * square + p ** 2 * (totalSquares - square)) / total ** 2;
    return (variance * n) / p;
  };
  const rows = weights.map((row, i) => [sum(row), sum(squares[i]!)] as const).filter(([weight]) => weight > 0);
  const columns = (weights[0] ?? [])
    .map((_, j) => [sum(weights.map((row) => row[j]!)), sum(squares.map((row) => row[j]!))] as const)
    .filter(([weight]) => weight > 0);
  const df = (rows.length - 1) * (columns.length - 1);
  if (df < 1) return null;
  const inner = sum(weights.flatMap((row, i) => row.map((weight, j) => part(weight, squares[i]![j]!))));
  const outer = sum([...rows, ...columns].map(([weight, square]) => part(weight, square)));
  const mean = (inner - outer) / df;
  // Cells of nobody can push the estimate out of sense; Kish's is then the better guess.
  return mean > 0 ? mean : (n * totalSquares) / total ** 2;
}

function correctedV(phi2: number, n: number, r: number, c: number): number {
  if (n <= 1) return 0;
  const rows = r - (r - 1) ** 2 / (n - 1);
  const columns = c - (c - 1) ** 2 / (n - 1);
  const least = Math.min(rows, columns) - 1;
  const left = Math.max(0, phi2 - ((r - 1) * (c - 1)) / (n - 1));
  return least > 0 ? Math.min(1, Math.sqrt(left / least)) : 0;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const entropy = (counts: readonly number[], n: number): number =>
  counts.reduce((all, count) => (count > 0 ? all - (count / n) * Math.log(count / n) : all), 0);
const shareOf = (part: number, whole: number): number | null => (whole > 0 ? Math.min(1, part / whole) : null);
const fewerErrors = (right: number, blind: number, n: number): number | null =>
  n - blind > 0 ? Math.max(0, (right - blind) / (n - blind)) : null;
const largestByColumn = (counts: readonly (readonly number[])[], width: number): number[] =>
  Array.from({ length: width }, (_, j) => Math.max(...counts.map((row) => row[j]!)));
