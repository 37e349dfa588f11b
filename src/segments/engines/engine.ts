import type { CovarianceFamily } from '../../stats/gaussian-mixture/covariance-families.ts';
import type { Random } from '../../stats/random.ts';

/** How people are put into groups. */
export const ENGINES = ['k-means', 'k-medoids', 'latent-class', 'gaussian-mixture', 'consensus'] as const;
export type EngineName = (typeof ENGINES)[number];
/** Engines in whose fit people can count for more or less. */
export const WEIGHED_ENGINES: readonly EngineName[] = ['k-means', 'latent-class'];
/** An engine with what is chosen about it. */
export type EngineChoice = {
  engine: EngineName;
  /** Of the Gaussian mixture: what its clouds have in common. `VVI` unless told. */
  family?: CovarianceFamily;
};

/** People in groups. */
export type Grouping = {
  /** The group of each row. */
  labels: Int32Array;
  model: EngineModel;
  starts: number;
  /** Of the starts, how many ended at this grouping, 0 to 1; low where there is little to find, and no error. */
  shareOfStartsAtBest: number;
  /** Whether the best start came to rest. */
  converged: boolean;
  /** What the engine made as small or as large as it could, and what follows from it. */
  objective: {
    name: 'within sum of squares' | 'mean distance' | 'log-likelihood' | 'agreement of the engines';
    value: number;
    /** Of likelihoods only; smaller is better. It goes on splitting as people become more, and is no reason for a k. */
    bic: number | null;
    /** Of likelihoods only; smaller is better, and kinder than `bic` to many groups. */
    aic: number | null;
    /** Of likelihoods only: how many numbers were found. */
    parameters: number | null;
    /** Of likelihoods only: 1 when everybody is surely in their group, 0 when nothing is known. */
    entropyR2: number | null;
  };
};

/** What an engine without a likelihood says of it. */
export const NO_LIKELIHOOD = { bic: null, aic: null, parameters: null, entropyR2: null } as const;

/** What puts rows with groups; plain data, which can be kept. */
export type EngineModel =
  /** Everybody is with the nearest centre, which is a mean, or of `k-medoids` a person. */
  | { kind: 'centres'; centres: number[][] }
  /** Clouds along the columns. Groups × columns. */
  | { kind: 'normal'; shares: number[]; means: number[][]; variances: number[][] }
  /** Clouds of any direction: means and covariances over those columns, which varied where the groups were fitted. */
  | { kind: 'turned'; columns: number[]; shares: number[]; means: number[][]; covariances: number[][][] }
  /** Of each item the columns it stands in, its levels as answered, and groups × levels: how likely each is. */
  | { kind: 'classes'; shares: number[]; items: ClassItem[] };
export type ClassItem = { columns: number[]; levels: number[]; probabilities: number[][] };

export type GroupOptions = {
  p: number;
  k: number;
  random: Random;
  /** As many as so many people need unless told. */
  starts?: number;
  /** How much each row counts where the groups are fitted; `WEIGHED_ENGINES` heed it. All alike without. */
  weights?: Float64Array | null;
};

/**
 * One way to put people into groups. Everything around it, from the shares of segments to how far they come back, asks
 * these two things and nothing else, so that engines can be held against each other.
 */
export type Engine = {
  /** Whether it takes rows made ready, or answers as they were given. */
  reads: 'rows' | 'answers';
  /** @param rows n × p, row after row */
  group: (rows: Float64Array, options: GroupOptions) => Grouping;
};

/** What an engine with a likelihood says of it. */
export const likelihoodOf = (found: {
  logLikelihood: number;
  parameters: number;
  aic: number;
  bic: number;
  entropyR2: number | null;
}): Grouping['objective'] => ({
  name: 'log-likelihood',
  value: found.logLikelihood,
  bic: found.bic,
  aic: found.aic,
  parameters: found.parameters,
  entropyR2: found.entropyR2,
});

/** Every so many of the rows, from the first to the last. */
export function evenly(rows: Float64Array, p: number, most: number): Float64Array {
  const n = rows.length / p;
  if (n <= most) return rows;
  const taken = new Float64Array(most * p);
  for (let i = 0; i < most; i++) {
    const row = Math.floor(((i + 0.5) * n) / most);
    taken.set(rows.subarray(row * p, (row + 1) * p), i * p);
  }
  return taken;
}

/** How many rows have each label, 0 to k − 1. */
export function countOf(labels: Int32Array, k: number): number[] {
  const sizes = new Array<number>(k).fill(0);
  for (const label of labels) sizes[label]! += 1;
  return sizes;
}

/** Rows as lists, of those columns only; a gap is null. */
export function listed(rows: Float64Array, p: number, columns: readonly number[]): (number | null)[][] {
  return Array.from({ length: rows.length / p }, (_, row) =>
    columns.map((column) => {
      const value = rows[row * p + column]!;
      return Number.isNaN(value) ? null : value;
    }),
  );
}

/** Columns in which these rows differ. */
export function varying(rows: Float64Array, p: number): number[] {
  return Array.from({ length: p }, (_, column) => column).filter((column) => {
    let first = Number.NaN;
    for (let at = column; at < rows.length; at += p) {
      const value = rows[at]!;
      if (Number.isNaN(first)) first = value;
      else if (!Number.isNaN(value) && value !== first) return true;
    }
    return false;
  });
}
