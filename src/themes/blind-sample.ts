import { mulberry32, shuffled } from '../stats/random.ts';

/** An answer with its themes, the surest first; none where it shares no wording. */
export type PlacedDocument = { id: string; themes: readonly { theme: string; confidence: number }[] };

/**
 * A part of the answers: those whose surest theme is `theme`; null for the rest, which are in no theme that is checked.
 * `drawn` is how many of them people are to code.
 */
export type BlindStratum = { theme: string | null; size: number; drawn: number };
export type BlindSample = {
  strata: BlindStratum[];
  /** In the order in which they are coded, which says nothing of where the machine put them. */
  documents: { id: string; stratum: number }[];
};

/** So many answers that truly have a theme make its agreement worth telling. */
export const POSITIVES_WANTED = 30;
/** Confidence ranks answers and is no probability: below this nobody would call an answer placed. */
const LEAST_RIGHT = 0.5;
/** Drawn from the rest, where what the machine overlooked is found. */
const REST_WANTED = 60;

/**
 * Draws the answers by which themes are checked: from each theme as many as should hold thirty that truly have it, all
 * where there are fewer, and some of the rest, so that overlooked ones are found too.
 *
 * @param documents in any order; ids must differ
 * @param themes those to be checked
 * @param seed the same seed draws the same answers in the same order
 *
 * @example
 * drawBlindSample([{ id: 'a', themes: [{ theme: 't', confidence: 1 }] }, { id: 'b', themes: [] }], ['t'], 1).strata
 * // => [{ theme: 't', size: 1, drawn: 1 }, { theme: null, size: 1, drawn: 1 }]
 */
export function drawBlindSample(
  documents: readonly PlacedDocument[],
  themes: readonly string[],
  seed: number,
): BlindSample {
  const random = mulberry32(seed);
  const ordered = documents.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const strata = [...themes, null].map((theme) => {
    const own = ordered.filter(({ themes: [first] }) =>
      theme === null ? first === undefined || !themes.includes(first.theme) : first?.theme === theme,
    );
    return { theme, own, drawn: shuffled(own, random).slice(0, theme === null ? REST_WANTED : wantedOf(own)) };
  });
  const drawn = strata.flatMap(({ drawn: those }, stratum) => those.map(({ id }) => ({ id, stratum })));
  return {
    strata: strata.map(({ theme, own, drawn: those }) => ({ theme, size: own.length, drawn: those.length })),
    documents: shuffled(drawn, random),
  };
}

function wantedOf(own: readonly PlacedDocument[]): number {
  const sureness = own.reduce((sum, { themes: [first] }) => sum + (first?.confidence ?? 0), 0) / (own.length || 1);
  return Math.ceil(POSITIVES_WANTED / Math.max(LEAST_RIGHT, sureness));
}
