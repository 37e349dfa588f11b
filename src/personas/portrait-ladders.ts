import { type HeardLadder, kindsOf, usualCutoff } from '../coding/heard-ladders.ts';
import { cutoffs, elementIndices, implicationMatrix, implications } from '../coding/ladder.ts';
import type { PortraitLadders } from './portrait.ts';

/**
 * The map of what leads to what for some people: the links that at least so many ladders have, at the highest cutoff that
 * keeps two thirds of all links.
 *
 * @param personOf whose ladder it is, by interview or response
 * @param nameOf the key of an element that a file can keep
 * @returns null where no ladder links two elements
 */
export function portraitLadders(
  ladders: readonly HeardLadder[],
  personOf: (subjectId: string) => string,
  nameOf: (element: HeardLadder['elements'][number]) => string,
): PortraitLadders | null {
  // By what they say, so that the order in which they were noted says nothing.
  const named = ladders
    .map((ladder) => ({ ...ladder, elements: ladder.elements.map((one) => ({ ...one, key: nameOf(one) })) }))
    .map((ladder) => ({ ...ladder, line: JSON.stringify(ladder.elements.map(({ key }) => key)) }))
    .toSorted((a, b) => (a.line < b.line ? -1 : a.line > b.line ? 1 : 0));
  const matrix = implicationMatrix(named.map(({ elements }) => ({ elements: elements.map(({ key }) => key) })));
  const choices = cutoffs(matrix);
  if (choices.length === 0) return null;
  const cutoff = usualCutoff(choices);
  const labels = Map.groupBy(
    named.flatMap(({ elements }) => elements),
    ({ key }) => key,
  );
  const kinds = kindsOf(named);
  const indices = elementIndices(matrix);
  const kept = implications(matrix).filter(({ direct }) => direct >= cutoff);
  return {
    nodes: [...new Set(kept.flatMap(({ from, to }) => [from, to]))]
      .toSorted((a, b) => a - b)
      .map((at) => {
        const key = matrix.elements[at]!;
        return {
          key,
          label: usualLabel(labels.get(key)?.map(({ label }) => label) ?? []),
          kind: kinds.get(key) ?? 'consequence',
          abstractness: indices[at]?.abstractness ?? null,
        };
      }),
    links: kept.map(({ from, to, direct }) => ({
      from: matrix.elements[from]!,
      to: matrix.elements[to]!,
      count: direct,
    })),
    ladders: ladders.length,
    people: new Set(ladders.map(({ subjectId }) => personOf(subjectId))).size,
    cutoff,
  };
}

/** As most wrote it. */
function usualLabel(labels: readonly string[]): string {
  const counts = Map.groupBy(labels.toSorted(), (label) => label);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length).at(0)?.[0] ?? '';
}
