import type { LeftOut } from '../model/base-sample.ts';
import { wayOf } from '../model/base-sample.ts';
import type { Asked } from '../model/record.ts';
import { ASKED_WAYS, type AskedWay } from '../model/segmentation.ts';
import type { TableColumn } from '../model/table-column.ts';
import type { Weighting, WeightingMargin } from '../model/weighting.ts';
import { type DesignEffect, designEffect } from '../stats/design-effect.ts';
import { type RakingMargin, rakeWeights } from '../stats/rake-weights.ts';

/** How people of one way were weighed by their probability. */
export type WayWeighed = {
  way: AskedWay;
  n: number;
  /** How many whose probability was stored when they were asked. */
  stored: number;
  /** How many whose probability the researcher said, and what was said. */
  said: number;
  probability: number | null;
  /** How many whose probability nobody knows: they do not count. */
  unknown: number;
};

export type MarginShown = {
  name: string;
  /** How many of those who count have no category. */
  missing: number;
  categories: { label: string; n: number; target: number; before: number; after: number }[];
};

/** Responses weighed, and everything a reader has to know of it. */
export type WeighedResponses = {
  /** One for each response, their mean 1 over those that count; 0 for those that do not. */
  weights: number[];
  /** Over those that count. */
  effect: DesignEffect;
  smallest: number;
  largest: number;
  /** Nobody of these counts, by why. */
  leftOut: LeftOut & { unknown?: number; missing?: number };
  ways: WayWeighed[];
  raked: { converged: boolean; iterations: number; trimmed: number; margins: MarginShown[] } | null;
  notes: string[];
};

/**
 * The probability with which somebody was asked: what was stored, times what the researcher says of their way.
 *
 * @returns null where nobody knows. Of whom a rule chose, what was stored is only the part after the rule, so that the
 *   researcher has to say how likely the rule met them
 *
 * @example
 * askedProbability({ how: 'widget', probability: 0.25 }, {}) // => 0.25
 * askedProbability({ how: 'open' }, {}) // => null
 */
export function askedProbability(asked: Asked, given: Partial<Record<AskedWay, number>>): number | null {
  const way = wayOf(asked);
  const stored = asked.probability !== undefined && asked.probability > 0 ? asked.probability : null;
  const said = given[way];
  if (way === 'rule') return said === undefined ? null : said * (stored ?? 1);
  return stored ?? said ?? null;
}

/**
 * Weighs a survey's responses. A base says who is weighed at all; then one over the probability of having been asked, and
 * known shares, each where the weighting has it.
 *
 * @param of.rows the places of responses in the base
 * @param of.asked how each response came to be asked
 * @param of.columns what margins are made of, over all responses
 * @throws {RangeError} with a sentence for a researcher, where nobody counts or raking cannot begin
 */
export function weighResponses(
  { asked: byProbability, raked: byShares }: Pick<Weighting, 'asked' | 'raked'>,
  of: { rows: readonly number[]; leftOut: LeftOut; asked: readonly Asked[]; columns: readonly TableColumn[] },
): WeighedResponses {
  const { rows, asked, columns } = of;
  const leftOut: WeighedResponses['leftOut'] = { ...of.leftOut };
  const notes: string[] = [];
  if (rows.length === 0)
    throw new RangeError('Nobody is in the base, so there is nobody to weigh. Choose a wider base');
  let counted = rows.map((row) => ({ row, start: 1 }));
  const ways: WayWeighed[] = [];
  if (byProbability) {
    ways.push(
      ...weighedWays(
        rows.map((row) => asked[row]!),
        byProbability.given,
      ),
    );
    counted = counted.flatMap(({ row }) => {
      const probability = askedProbability(asked[row]!, byProbability.given);
      return probability === null ? [] : [{ row, start: 1 / probability }];
    });
    const unknown = rows.length - counted.length;
    if (unknown > 0) leftOut.unknown = unknown;
    if (counted.length === 0)
      throw new RangeError(
        'Of nobody is it known how likely they were asked. Say it for at least one way, or weigh by known shares alone',
      );
    // Their mean is 1, so that a file says how much somebody counts beside others.
    const mean = counted.reduce((sum, { start }) => sum + start, 0) / counted.length;
    counted = counted.map(({ row, start }) => ({ row, start: start / mean }));
  }
  if (!byShares) {
    const weights = asked.map(() => 0);
    for (const { row, start } of counted) weights[row] = start;
    return { ...figuresOf(weights, counted.length), leftOut, ways, raked: null, notes };
  }

  let codes = byShares.margins.map((margin) => marginCodes(margin, columns));
  if (byShares.missing === 'leave-out') {
    const before = counted.length;
    counted = counted.filter(({ row }) => codes.every((own) => own[row] !== null));
    if (counted.length === 0) throw new RangeError('Nobody has a category in every target. Keep those who lack some');
    if (counted.length < before) leftOut.missing = before - counted.length;
  }
  codes = codes.map((own) => counted.map(({ row }) => own[row] ?? null));
  const margins = byShares.margins.map(
    ({ name, categories }, m): RakingMargin => ({
      name,
      codes: codes[m]!,
      categories: categories.map(({ label, target }) => ({ label, target })),
    }),
  );
  const found = rakeWeights(margins, {
    ...(byProbability ? { start: counted.map(({ start }) => start) } : {}),
    ...(byShares.trim ? { trim: byShares.trim } : {}),
  });
  const weights = asked.map(() => 0);
  for (const [i, { row }] of counted.entries()) weights[row] = found.weights[i]!;
  return {
    ...figuresOf(weights, counted.length),
    leftOut,
    ways,
    raked: {
      converged: found.converged,
      iterations: found.iterations,
      trimmed: found.trimmed,
      margins: found.margins.map(({ name, categories }, m) => ({
        name,
        missing: codes[m]!.filter((code) => code === null).length,
        categories,
      })),
    },
    notes: [...notes, ...found.notes],
  };
}

function figuresOf(weights: number[], n: number) {
  const counted = weights.filter((weight) => weight > 0);
  const effect = designEffect(counted);
  if (!effect) throw new RangeError('With these targets nobody would count');
  return {
    weights,
    effect,
    smallest: counted.length < n ? 0 : counted.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY),
    largest: counted.reduce((most, one) => Math.max(most, one), 0),
  };
}

/** How people of each way would be weighed, by what the researcher says of ways. */
export function weighedWays(asked: readonly Asked[], given: Partial<Record<AskedWay, number>>): WayWeighed[] {
  return ASKED_WAYS.flatMap((way): WayWeighed[] => {
    const own = asked.filter((one) => wayOf(one) === way);
    if (own.length === 0) return [];
    const unknown = own.filter((one) => askedProbability(one, given) === null).length;
    const stored = way === 'rule' ? 0 : own.filter(({ probability }) => (probability ?? 0) > 0).length;
    return [
      { way, n: own.length, stored, said: own.length - unknown - stored, probability: given[way] ?? null, unknown },
    ];
  });
}

/**
 * For each response the place of its category; null where it has none.
 *
 * @throws {RangeError} with a sentence, when the column is gone or no longer what it was
 */
export function marginCodes(margin: WeightingMargin, columns: readonly TableColumn[]): (number | null)[] {
  const column = columns.find(({ id }) => id === margin.column);
  if (!column)
    throw new RangeError(
      `“${margin.name}” is no longer there to weigh by. Make a new version of the weighting without it`,
    );
  if (column.kind === 'choice') {
    const categoryOf = new Map(margin.categories.flatMap(({ codes }, c) => codes.map((code) => [code, c] as const)));
    const places = column.options.map(({ code }) => categoryOf.get(code) ?? null);
    return Array.from(column.codes, (code) => (code < 0 ? null : (places[code] ?? null)));
  }
  if (column.kind === 'number') {
    const bands = margin.categories;
    return Array.from(column.values, (value) => {
      if (Number.isNaN(value)) return null;
      const band = bands.findLastIndex(({ from }) => from === null || value >= from);
      const last = bands[band]?.to ?? null;
      return band < 0 || (last !== null && value > last) ? null : band;
    });
  }
  throw new RangeError(
    `“${margin.name}” has several answers of one person, and cannot be weighed by. Make a new version without it`,
  );
}
