import { binomialTwoSided } from '../stats/binomial-test.ts';

/** One line of “why is that important to you?”: from what a thing is, over what it does for somebody, to what they hold dear. */
export type Ladder = {
  /** What it is made of, the lowest first: any name that stands for one element wherever it is said. */
  readonly elements: readonly string[];
};

/**
 * How often one element leads to another in ladders, from row to column: straight, and over others in between.
 * A ladder counts once for a pair, and as direct where it is both.
 */
export type ImplicationMatrix = { elements: string[]; direct: number[][]; indirect: number[][]; ladders: number };

/**
 * The summary implication matrix of laddering.
 *
 * @param ladders an element that follows itself is taken as said once; a ladder of one element leads nowhere but counts
 * @returns elements in the order they are first met; counts of ladders
 * @see Reynolds and Gutman (1988), Journal of Advertising Research 28(1), 11–31
 *
 * @example
 * implicationMatrix([{ elements: ['fee', 'save', 'security'] }]).direct // => [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
 */
export function implicationMatrix(ladders: readonly Ladder[]): ImplicationMatrix {
  const place = new Map<string, number>();
  const lines = ladders.map(({ elements }) => elements.filter((element, at) => element !== elements[at - 1]));
  for (const element of lines.flat()) if (!place.has(element)) place.set(element, place.size);
  const empty = () => Array.from({ length: place.size }, () => new Array<number>(place.size).fill(0));
  const [direct, indirect] = [empty(), empty()];
  for (const line of lines) {
    const isDirect = new Map<string, [from: number, to: number, isDirect: boolean]>();
    for (const [at, from] of line.entries())
      for (const [further, to] of line.slice(at + 1).entries()) {
        if (from === to) continue;
        const key = JSON.stringify([from, to]);
        const known = isDirect.get(key)?.[2] ?? false;
        isDirect.set(key, [place.get(from)!, place.get(to)!, known || further === 0]);
      }
    for (const [from, to, isStraight] of isDirect.values()) (isStraight ? direct : indirect)[from]![to]! += 1;
  }
  return { elements: [...place.keys()], direct, indirect, ladders: ladders.length };
}

/** One pair of a matrix: how often it leads from one to the other. */
export type Implication = { from: number; to: number; direct: number; indirect: number };

/**
 * All pairs that some ladder links, the most often linked first.
 *
 * @example
 * implications(implicationMatrix([{ elements: ['fee', 'save'] }])) // => [{ from: 0, to: 1, direct: 1, indirect: 0 }]
 */
export function implications({ elements, direct, indirect }: ImplicationMatrix): Implication[] {
  return elements
    .flatMap((_, from) =>
      elements.map((__, to) => ({ from, to, direct: direct[from]![to]!, indirect: indirect[from]![to]! })),
    )
    .filter((pair) => pair.direct + pair.indirect > 0)
    .sort((a, b) => b.direct - a.direct || b.indirect - a.indirect || a.from - b.from || a.to - b.to);
}

/**
 * What each cutoff keeps of a matrix's direct links: pairs linked at least that often, and the links in them. A higher
 * cutoff makes a simpler map and loses more.
 *
 * @returns one row for each count that occurs, from 1 up to the most often linked pair
 * @see Reynolds and Gutman (1988)
 *
 * @example
 * cutoffs(implicationMatrix([{ elements: ['a', 'b'] }, { elements: ['a', 'b', 'c'] }])) // => [{ cutoff: 1, pairs: 2, links: 3, share: 1 }, { cutoff: 2, pairs: 1, links: 2, share: 0.66667 }]
 */
export function cutoffs(matrix: ImplicationMatrix): { cutoff: number; pairs: number; links: number; share: number }[] {
  const counts = matrix.direct.flat().filter((count) => count > 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const most = counts.reduce((high, count) => Math.max(high, count), 0);
  return Array.from({ length: most }, (_, index) => {
    const kept = counts.filter((count) => count >= index + 1);
    const links = kept.reduce((sum, count) => sum + count, 0);
    return { cutoff: index + 1, pairs: kept.length, links, share: links / all };
  });
}

/**
 * Where an element stands: abstractness is the share of its direct links that lead to it (0 where ladders begin, 1 where
 * they end), centrality the share of all direct links that it has a part in.
 *
 * @returns in the order of the matrix's elements; null where an element has no link
 *
 * @example
 * elementIndices(implicationMatrix([{ elements: ['fee', 'save', 'security'] }]))[1] // => { to: 1, from: 1, abstractness: 0.5, centrality: 1 }
 */
export function elementIndices({ elements, direct }: ImplicationMatrix): {
  to: number;
  from: number;
  abstractness: number | null;
  centrality: number | null;
}[] {
  const all = direct.flat().reduce((sum, count) => sum + count, 0);
  return elements.map((_, at) => {
    const from = direct[at]!.reduce((sum, count) => sum + count, 0);
    const to = direct.reduce((sum, row) => sum + row[at]!, 0);
    return {
      to,
      from,
      abstractness: to + from === 0 ? null : to / (to + from),
      centrality: all === 0 ? null : (to + from) / all,
    };
  });
}

/**
 * Pairs that ladders link in both directions, with the exact two-sided probability that both are equally frequent: where
 * that is not unlikely, the relation has no direction and is a network rather than a chain.
 *
 * @see Van Rekom and Wierenga (2007), Journal of Business Research 60(4), 401–410
 *
 * @example
 * twoWayPairs(implicationMatrix([{ elements: ['a', 'b'] }, { elements: ['b', 'a'] }])) // => [{ one: 0, other: 1, forth: 1, back: 1, p: 1 }]
 */
export function twoWayPairs({
  elements,
  direct,
}: ImplicationMatrix): { one: number; other: number; forth: number; back: number; p: number }[] {
  return elements.flatMap((_, one) =>
    elements.flatMap((__, other) => {
      const [forth, back] = [direct[one]![other]!, direct[other]![one]!];
      if (other <= one || forth === 0 || back === 0) return [];
      return [{ one, other, forth, back, p: binomialTwoSided(forth, forth + back, 0.5) }];
    }),
  );
}
