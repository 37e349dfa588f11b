/** A stretch that a coder marked, with an exclusive end. */
export type Stretch = { start: number; end: number };

/** Disagreement seen and expected by chance, and what agreement they come to; `alpha` is null where nothing was marked. */
export type UnitizingAgreement = { alpha: number | null; observed: number; expected: number; units: number };

/**
 * Krippendorff's alpha for unitizing: how far coders agree on where passages of one code begin and end, on a stretch of
 * words that they all read.
 *
 * Passages of two coders that meet disagree by the squares of the distances of their beginnings and ends; one that lies
 * where another coder marked nothing, by the square of its length. What chance gives is the same over all ways in which
 * the passages that were marked could lie.
 *
 * @param coders for each coder the passages marked, in any order; those that overlap count as one
 * @param length of what was read, in the same unit (characters): every passage lies within 0 and it
 * @throws {RangeError} for fewer than two coders, or a passage that is empty or lies outside
 * @see Krippendorff (1995), Sociological Methodology 25, 47–76, as corrected in (2004), Content Analysis, pp. 251–256
 *
 * @example
 * const coders = [[{ start: 75, end: 145 }, { start: 220, end: 250 }], [{ start: 70, end: 150 }, { start: 205, end: 225 }, { start: 250, end: 270 }]];
 * unitizingAlpha(coders, 300).alpha // => 0.728599
 */
export function unitizingAlpha(coders: readonly (readonly Stretch[])[], length: number): UnitizingAgreement {
  if (coders.length < 2) throw new RangeError('unitizingAlpha requires two coders');
  if (
    coders.some((own) =>
      own.some(
        ({ start, end }) =>
          !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length),
      ),
    )
  )
    throw new RangeError('unitizingAlpha requires passages within what was read');
  const all = coders.map(joined);
  const observed = seenDisagreement(all, length);
  const expected = chanceDisagreement(all, length);
  const units = all.flat().length;
  return { alpha: expected > 0 ? 1 - observed / expected : null, observed, expected, units };
}

/**
 * Several codes at once: disagreement seen in all of them over that expected in all.
 *
 * @param codes for each code what each coder marked
 *
 * @example
 * const same = [[{ start: 30, end: 90 }], [{ start: 30, end: 90 }]];
 * unitizingAlphaOfAll([same, same], 300).alpha // => 1
 */
export function unitizingAlphaOfAll(
  codes: readonly (readonly (readonly Stretch[])[])[],
  length: number,
): UnitizingAgreement {
  const each = codes.map((coders) => unitizingAlpha(coders, length));
  const observed = each.reduce((sum, one) => sum + one.observed, 0);
  const expected = each.reduce((sum, one) => sum + one.expected, 0);
  const units = each.reduce((sum, one) => sum + one.units, 0);
  return { alpha: expected > 0 ? 1 - observed / expected : null, observed, expected, units };
}

/** Passages in order; those that overlap as one. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const inOrder = stretches.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const found: Stretch[] = [];
  for (const { start, end } of inOrder) {
    const last = found.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

function seenDisagreement(coders: readonly (readonly Stretch[])[], length: number): number {
  let sum = 0;
  for (const [i, one] of coders.entries())
    for (const other of coders.slice(i + 1)) {
      for (const a of one) {
        const met = other.filter((b) => a.start < b.end && b.start < a.end);
        if (met.length === 0) sum += (a.end - a.start) ** 2;
        for (const b of met) sum += (a.start - b.start) ** 2 + (a.end - b.end) ** 2;
      }
      for (const b of other) if (!one.some((a) => a.start < b.end && b.start < a.end)) sum += (b.end - b.start) ** 2;
    }
  return (2 * sum) / (coders.length * (coders.length - 1) * length ** 2);
}

function chanceDisagreement(coders: readonly (readonly Stretch[])[], length: number): number {
  const lengths = coders.flat().map(({ start, end }) => end - start);
  if (lengths.length === 0) return 0;
  const gaps = coders.flatMap((own) => {
    const edges = [0, ...own.flatMap(({ start, end }) => [start, end]), length];
    return edges.flatMap((edge, index) => (index % 2 === 0 ? [edges[index + 1]! - edge] : [])).filter((gap) => gap > 0);
  });
  let sum = 0;
  for (const own of lengths) {
    sum += ((lengths.length - 1) * (2 * own ** 3 - 3 * own ** 2 + own)) / 3;
    for (const gap of gaps) if (gap >= own) sum += own ** 2 * (gap - own + 1);
  }
  const places = coders.length * length;
  const below = places * (places - 1) - lengths.reduce((total, own) => total + own * (own - 1), 0);
  return below === 0 ? 0 : ((2 / length) * sum) / below;
}
