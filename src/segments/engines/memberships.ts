import { choleskyFactor, choleskyInverse, choleskyLogDeterminant } from '../../stats/cholesky.ts';
import { countOf, type EngineModel } from './engine.ts';

/**
 * How near a row is to each group, larger for nearer: of centres the squared distance below 0, of likelihoods the
 * logarithm of how likely group and row are together.
 *
 * @param at where in `values` the row begins
 * @param isCounted by column, 1 where it says something; all do without it
 * @param into where it is written, one for each group
 */
export type Scorer = (values: Float64Array, at: number, isCounted: Uint8Array | null, into: Float64Array) => void;

export function scorerOf(model: EngineModel): Scorer {
  if (model.kind === 'centres') {
    return (values, at, isCounted, into) => {
      for (const [c, centre] of model.centres.entries()) {
        let sum = 0;
        for (let j = 0; j < centre.length; j++)
          if (!isCounted || isCounted[j]) sum += (values[at + j]! - centre[j]!) ** 2;
        into[c] = -sum;
      }
    };
  }
  if (model.kind === 'turned') return turnedScorer(model);
  const shares = model.shares.map((share) => Math.log(Math.max(Number.MIN_VALUE, share)));
  if (model.kind === 'normal') {
    const { means, variances } = model;
    const heights = variances.map((own) => own.map((variance) => Math.log(variance)));
    return (values, at, isCounted, into) => {
      for (const [c, mean] of means.entries()) {
        let sum = shares[c]!;
        for (let j = 0; j < mean.length; j++) {
          const variance = variances[c]![j]!;
          // Columns that did not vary where the groups were fitted have none.
          if (variance > 0 && (!isCounted || isCounted[j]))
            sum -= ((values[at + j]! - mean[j]!) ** 2 / variance + heights[c]![j]!) / 2;
        }
        into[c] = sum;
      }
    };
  }
  const items = model.items.map(({ columns, levels, probabilities }) => ({
    columns,
    places: new Map(levels.map((level, index) => [level, index])),
    logs: probabilities.map((own) => own.map((probability) => Math.log(Math.max(Number.MIN_VALUE, probability)))),
  }));
  return (values, at, isCounted, into) => {
    into.set(shares);
    for (const { columns, places, logs } of items) {
      if (isCounted && !columns.every((column) => isCounted[column])) continue;
      const place = places.get(levelIn(values, at, columns));
      if (place === undefined) continue;
      for (let c = 0; c < logs.length; c++) into[c]! += logs[c]![place]!;
    }
  };
}

/** Of columns that say nothing the clouds are looked at without them, which takes a factor of each such choice of columns. */
function turnedScorer({ columns, shares, means, covariances }: Extract<EngineModel, { kind: 'turned' }>): Scorer {
  const factors = new Map<string, { used: number[]; perGroup: { inverse: Float64Array; height: number }[] }>();
  const factorOf = (isCounted: Uint8Array | null) => {
    const key = isCounted ? columns.map((column) => isCounted[column]).join('') : '';
    let known = factors.get(key);
    if (!known) {
      const used = columns.flatMap((column, at) => (!isCounted || isCounted[column] ? [at] : []));
      const q = used.length;
      const perGroup = covariances.map((own, c) => {
        const factor = choleskyFactor(
          Float64Array.from(used.flatMap((row) => used.map((column) => own[row]![column]!))),
          q,
        );
        if (factor === null) throw new Error('a fitted cloud has no inverse');
        const height = Math.log(Math.max(Number.MIN_VALUE, shares[c]!)) - choleskyLogDeterminant(factor, q) / 2;
        return { inverse: choleskyInverse(factor, q), height };
      });
      known = { used, perGroup };
      factors.set(key, known);
    }
    return known;
  };
  return (values, at, isCounted, into) => {
    const { used, perGroup } = factorOf(isCounted);
    for (const [c, { inverse, height }] of perGroup.entries()) {
      const off = used.map((column) => values[at + columns[column]!]! - means[c]![column]!);
      let distance = 0;
      for (const [row, one] of off.entries())
        for (const [column, other] of off.entries()) distance += one * inverse[row * off.length + column]! * other;
      into[c] = height - distance / 2;
    }
  };
}

/** The answer to an item: as given in its column, or of several yes-or-no columns which of them is yes; NaN for a gap. */
export function levelIn(values: Float64Array, at: number, columns: readonly number[]): number {
  if (columns.length === 1) return values[at + columns[0]!]!;
  let found = columns.length;
  for (const [index, column] of columns.entries()) {
    const value = values[at + column]!;
    if (Number.isNaN(value)) return Number.NaN;
    if (value > 0) found = Math.min(found, index);
  }
  return found;
}

/** The same groups, the largest first; of the same size in the order they had. */
export function largestFirst({ labels, model }: { labels: Int32Array; model: EngineModel }): {
  labels: Int32Array;
  model: EngineModel;
  sizes: number[];
} {
  const sizes = countOf(labels, groupsIn(model));
  const order = sizes.map((_, c) => c).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const rank = new Int32Array(order.length);
  for (const [to, from] of order.entries()) rank[from] = to;
  const ordered = <Entry>(entries: readonly Entry[]): Entry[] => order.map((c) => entries[c]!);
  return {
    labels: labels.map((c) => rank[c]!),
    sizes: ordered(sizes),
    model: modelIn(model, ordered),
  };
}

function modelIn(model: EngineModel, ordered: <Entry>(entries: readonly Entry[]) => Entry[]): EngineModel {
  switch (model.kind) {
    case 'centres':
      return { ...model, centres: ordered(model.centres) };
    case 'normal':
      return {
        ...model,
        shares: ordered(model.shares),
        means: ordered(model.means),
        variances: ordered(model.variances),
      };
    case 'turned':
      return {
        ...model,
        shares: ordered(model.shares),
        means: ordered(model.means),
        covariances: ordered(model.covariances),
      };
    case 'classes':
      return {
        ...model,
        shares: ordered(model.shares),
        items: model.items.map((item) => ({ ...item, probabilities: ordered(item.probabilities) })),
      };
  }
}

/** For each row the group it is nearest to, of equally near ones the larger. */
export function placeRows(model: EngineModel, rows: Float64Array, p: number): Int32Array {
  const score = scorerOf(model);
  const scores = new Float64Array(groupsIn(model));
  const labels = new Int32Array(rows.length / p);
  for (let row = 0; row < labels.length; row++) {
    score(rows, row * p, null, scores);
    labels[row] = indexOfLargest(scores);
  }
  return labels;
}

/** For each row and group how likely it is, row after row; null where a model knows nearest and no more. */
export function posteriorsOf(model: EngineModel, rows: Float64Array, p: number): Float64Array | null {
  if (model.kind === 'centres') return null;
  const score = scorerOf(model);
  const k = groupsIn(model);
  const posteriors = new Float64Array((rows.length / p) * k);
  for (let at = 0, row = 0; at < rows.length; at += p, row += 1) {
    const own = posteriors.subarray(row * k, (row + 1) * k);
    score(rows, at, null, own);
    intoProbabilities(own);
  }
  return posteriors;
}

/** Logarithms replaced by shares that add up to 1. */
export function intoProbabilities(scores: Float64Array): void {
  const most = scores[indexOfLargest(scores)]!;
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp(scores[c]! - most);
    sum += scores[c]!;
  }
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum;
}

export function groupsIn(model: EngineModel): number {
  return model.kind === 'centres' ? model.centres.length : model.shares.length;
}

export function indexOfLargest(scores: Float64Array): number {
  let largest = 0;
  for (let c = 1; c < scores.length; c++) if (scores[c]! > scores[largest]!) largest = c;
  return largest;
}
