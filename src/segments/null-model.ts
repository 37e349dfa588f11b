import { choleskyFactor } from '../stats/cholesky.ts';
import { normalQuantile } from '../stats/distributions.ts';
import { eigenSymmetric } from '../stats/eigen-symmetric.ts';
import { normalDeviate, type Random } from '../stats/random.ts';
import type { InputTable } from './input-table.ts';
import { filled } from './prepare-answers.ts';

/** Answers without segments that look like the ones given: the same margins, correlations and gaps. */
export type NullModel = {
  n: number;
  p: number;
  /**
   * Draws such answers, laid out like the table's: NaN where an answer was missing; with segments planted into them where
   * that is asked for.
   */
  draw: (random: Random, planted?: Planted) => Float64Array;
};
/** Segments of these shares of people, each higher by `separation` standard deviations on its own part of the columns. */
export type Planted = { shares: readonly number[]; separation: number };

type Layout = Pick<InputTable, 'p' | 'blocks'>;
/** A column's answers in ascending order, without gaps, and where each distinct one ends in it. */
type Margin = { sorted: Float64Array; distinct: number[]; ends: number[] };

/** Rounds in which the correlations are corrected until simulated answers have the spectrum of those given. */
const ROUNDS = 4;
/** Simulated answers that a round looks at, at least; a few tables of many people or many of few. */
const ROWS_A_ROUND = 4000;
const TABLES_LEAST = 4;
const TABLES_MOST = 20;
const EIGENVALUE_LEAST = 1e-3;
/** Terms of the series that says what cutting normal variables into answers leaves of their correlation. */
const TERMS = 24;
const CORRELATION_MOST = 0.995;
/** A column with more distinct answers than this is cut where its answers lie, every so many of them. */
const CUTS_MOST = 400;
/** Up to so many distinct answers it is quicker to look for the right one than to sort people. */
const LEVELS_FEW = 30;

/**
 * Fits what answers would look like without segments: one cloud, however stretched.
 *
 * Normal variables are correlated, and each is mapped to its column's own answers by rank, which keeps the margin to the
 * last answer. The correlations are first those that leave the observed ones after mapping; then their eigenvalues are
 * corrected until simulated answers, with the same gaps filled in the same way, have the observed correlation spectrum. A
 * null without that correction takes any common factor for segments, since cutting weakens correlations a second time.
 *
 * @param answers n × p in the order of `layout`, NaN where missing
 * @param random draws what the rounds look at
 */
export function fitNullModel(answers: Float64Array, layout: Layout, random: Random): NullModel {
  const { p } = layout;
  const n = answers.length / p;
  const margins = Array.from({ length: p }, (_, column) => marginOf(answers, n, p, column));
  const gaps = gapsOf(answers);
  const observed = correlations(filled(answers, layout), n, p);
  const target = eigenSymmetric(observed, p).eigenvalues;

  const latent = eigenSymmetric(latentCorrelations(observed, margins, p), p);
  const spectrum = latent.eigenvalues.map((value) => Math.max(value, EIGENVALUE_LEAST));
  let factor = factorFrom(latent.eigenvectors, spectrum, p);
  const drawWith = (chance: Random, planted?: Planted) => {
    const normal = correlated(factor, n, p, chance);
    if (planted) plant(normal, p, planted, chance);
    return withGaps(mapped(normal, n, p, margins), gaps);
  };
  const tables = Math.max(TABLES_LEAST, Math.min(TABLES_MOST, Math.ceil(ROWS_A_ROUND / n)));
  for (let round = 0; round < ROUNDS && p > 1; round++) {
    const simulated = new Float64Array(p);
    for (let table = 0; table < tables; table++) {
      const drawn = filled(drawWith(random), layout);
      const { eigenvalues } = eigenSymmetric(correlations(drawn, n, p), p);
      for (let i = 0; i < p; i++) simulated[i]! += eigenvalues[i]! / tables;
    }
    let total = 0;
    for (let i = 0; i < p; i++) {
      const ratio = Math.max(target[i]!, EIGENVALUE_LEAST) / Math.max(simulated[i]!, EIGENVALUE_LEAST);
      spectrum[i] = Math.max(EIGENVALUE_LEAST, spectrum[i]! * ratio);
      total += spectrum[i]!;
    }
    for (let i = 0; i < p; i++) spectrum[i]! *= p / total;
    factor = factorFrom(latent.eigenvectors, spectrum, p);
  }
  return { n, p, draw: drawWith };
}

function marginOf(answers: Float64Array, n: number, p: number, column: number): Margin {
  const given: number[] = [];
  for (let row = 0; row < n; row++) {
    const value = answers[row * p + column]!;
    if (!Number.isNaN(value)) given.push(value);
  }
  const sorted = Float64Array.from(given).sort();
  const distinct: number[] = [];
  const ends: number[] = [];
  for (const [index, value] of sorted.entries())
    if (index + 1 === sorted.length || sorted[index + 1] !== value) {
      distinct.push(value);
      ends.push(index + 1);
    }
  return { sorted, distinct, ends };
}

function gapsOf(answers: Float64Array): Int32Array {
  const gaps: number[] = [];
  for (let at = 0; at < answers.length; at++) if (Number.isNaN(answers[at]!)) gaps.push(at);
  return Int32Array.from(gaps);
}

function withGaps(answers: Float64Array, gaps: Int32Array): Float64Array {
  for (const at of gaps) answers[at] = Number.NaN;
  return answers;
}

/** Pearson's r of every two columns; 0 where one does not vary. */
export function correlations(rows: Float64Array, n: number, p: number): Float64Array {
  const means = new Float64Array(p);
  for (let at = 0; at < rows.length; at++) means[at % p]! += rows[at]! / n;
  const products = new Float64Array(p * p);
  const centred = new Float64Array(p);
  for (let row = 0; row < n; row++) {
    for (let a = 0; a < p; a++) {
      centred[a] = rows[row * p + a]! - means[a]!;
      for (let b = 0; b <= a; b++) products[a * p + b]! += centred[a]! * centred[b]!;
    }
  }
  const found = new Float64Array(p * p);
  for (let a = 0; a < p; a++) {
    found[a * p + a] = 1;
    for (let b = 0; b < a; b++) {
      const spread = Math.sqrt(products[a * p + a]! * products[b * p + b]!);
      const r = spread > 0 ? products[a * p + b]! / spread : 0;
      found[a * p + b] = r;
      found[b * p + a] = r;
    }
  }
  return found;
}

/**
 * The correlation that two normal variables have when cutting them into the columns' answers leaves the observed one. Cut
 * variables correlate by Σ aₘ bₘ ρᵐ over Hermite's polynomials, which rises with ρ, so that halving finds it.
 */
function latentCorrelations(observed: Float64Array, margins: readonly Margin[], p: number): Float64Array {
  const series = margins.map(hermiteSeries);
  const latent = new Float64Array(p * p);
  for (let a = 0; a < p; a++) {
    latent[a * p + a] = 1;
    for (let b = 0; b < a; b++) {
      const wanted = observed[a * p + b]!;
      let low = -CORRELATION_MOST;
      let high = CORRELATION_MOST;
      for (let step = 0; step < 40; step++) {
        const middle = (low + high) / 2;
        let power = 1;
        let left = 0;
        for (let term = 1; term <= TERMS; term++) {
          power *= middle;
          left += series[a]![term]! * series[b]![term]! * power;
        }
        if (left < wanted) low = middle;
        else high = middle;
      }
      latent[a * p + b] = (low + high) / 2;
      latent[b * p + a] = (low + high) / 2;
    }
  }
  return latent;
}

/** What a standardised column, as a step function of a normal variable, has of each Hermite polynomial up to `TERMS`. */
function hermiteSeries({ sorted, distinct, ends }: Margin): Float64Array {
  const n = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n) || 1;
  const found = new Float64Array(TERMS + 1);
  const every = Math.max(1, Math.floor(distinct.length / CUTS_MOST));
  for (let level = 0; level < distinct.length - 1; level += every) {
    const next = Math.min(distinct.length - 1, level + every);
    const cut = normalQuantile(ends[level]! / n);
    const step =
      ((distinct[next]! - distinct[level]!) / spread) * (Math.exp(-cut * cut * 0.5) / Math.sqrt(2 * Math.PI));
    // The coefficient of Heₘ/√m! is the step times Heₘ₋₁(cut)/√m!.
    let before = 0;
    let hermite = 1;
    let root = 1;
    for (let term = 1; term <= TERMS; term++) {
      root *= Math.sqrt(term);
      found[term]! += (step * hermite) / root;
      const after = cut * hermite - (term - 1) * before;
      before = hermite;
      hermite = after;
    }
  }
  return found;
}

/** The Cholesky factor of the correlations with these eigenvalues; V diag(λ) Vᵀ brought back to a diagonal of ones. */
function factorFrom(vectors: Float64Array, spectrum: Float64Array, p: number): Float64Array {
  const matrix = new Float64Array(p * p);
  for (let a = 0; a < p; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < p; i++) sum += vectors[a * p + i]! * spectrum[i]! * vectors[b * p + i]!;
      matrix[a * p + b] = sum;
    }
  const scales = Array.from({ length: p }, (_, a) => Math.sqrt(matrix[a * p + a]!));
  for (let a = 0; a < p; a++) for (let b = 0; b <= a; b++) matrix[a * p + b]! /= scales[a]! * scales[b]!;
  const factor = choleskyFactor(matrix, p, new Float64Array(p * p));
  if (factor === null) throw new Error('Correlations with positive eigenvalues have no factor');
  return factor;
}

function correlated(factor: Float64Array, n: number, p: number, random: Random): Float64Array {
  const drawn = new Float64Array(n * p);
  const own = new Float64Array(p);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < p; j++) own[j] = normalDeviate(random);
    for (let a = 0; a < p; a++) {
      let sum = 0;
      for (let b = 0; b <= a; b++) sum += factor[a * p + b]! * own[b]!;
      drawn[row * p + a] = sum;
    }
  }
  return drawn;
}

function plant(normal: Float64Array, p: number, { shares, separation }: Planted, random: Random): void {
  for (let from = 0; from < normal.length; from += p) {
    let rest = random();
    const own = Math.max(
      0,
      shares.findIndex((share) => {
        rest -= share;
        return rest < 0;
      }),
    );
    for (let j = 0; j < p; j++) if (Math.floor((j * shares.length) / p) === own) normal[from + j]! += separation;
  }
}

/** Each normal variable replaced by its column's answers, the smallest by the smallest. */
function mapped(normal: Float64Array, n: number, p: number, margins: readonly Margin[]): Float64Array {
  const answers = new Float64Array(n * p);
  const column = new Float64Array(n);
  for (const [j, margin] of margins.entries()) {
    for (let row = 0; row < n; row++) column[row] = normal[row * p + j]!;
    const given = margin.distinct.length <= LEVELS_FEW ? byThreshold(column, margin) : byRank(column, margin);
    for (let row = 0; row < n; row++) answers[row * p + j] = given[row]!;
  }
  return answers;
}

/** For each rank its answer: where some are missing there are fewer than rows, and each stands for a little more than one. */
function byRank(column: Float64Array, { sorted }: Margin): Float64Array {
  const n = column.length;
  const order = Int32Array.from({ length: n }, (_, row) => row).sort((a, b) => column[a]! - column[b]!);
  const given = new Float64Array(n);
  for (let rank = 0; rank < n; rank++) given[order[rank]!] = sorted[Math.floor(((rank + 0.5) * sorted.length) / n)]!;
  return given;
}

/** The same where there are few distinct answers: by the normal variable at which each of them begins. */
function byThreshold(column: Float64Array, { sorted, distinct, ends }: Margin): Float64Array {
  const n = column.length;
  const ascending = Float64Array.from(column).sort();
  const begins = ends.slice(0, -1).map((end) => {
    const rank = Math.ceil((end * n) / sorted.length - 0.5);
    return rank < n ? ascending[rank]! : Number.POSITIVE_INFINITY;
  });
  return column.map((value) => {
    let level = 0;
    while (level < begins.length && value >= begins[level]!) level++;
    return distinct[level]!;
  });
}
