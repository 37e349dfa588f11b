/**
 * Gives each of several spans a lane, so that no two in one lane overlap: the longest of those that begin together stand
 * nearest to the words.
 *
 * @template {{ start: number, end: number }} Span
 * @param {readonly Span[]} spans
 * @returns {{ span: Span, lane: number }[]} in the order of their beginnings
 */
export function assignLanes(spans) {
  /** @type {number[]} where each lane is free again */
  const free = [];
  return [...spans]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map((span) => {
      const known = free.findIndex((end) => end <= span.start);
      const lane = known < 0 ? free.length : known;
      free[lane] = span.end;
      return { span, lane };
    });
}
