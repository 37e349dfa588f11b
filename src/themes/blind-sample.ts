import { mulberry32, shuffled } from '../stats/random.ts';

/** An answer with its themes, the surest first; none where it shares no wording. */
export type PlacedDocument = { id: string; themes: readonly { theme: string; confidence: number }[] };

/**
 * A part of the answers: those whose surest theme is `theme`; null for the rest, which are in no theme that is checked.
 * With `isNear`, those outside `theme` that are worded like it; they are in no other part. `drawn` is how many people
 * are to code.
 */
export type BlindStratum = { theme: string | null; isNear?: true; size: number; drawn: number };
export type BlindSample = {
  strata: BlindStratum[];
  /** In the order in which they are coded, which says nothing of where the machine put them. */
  documents: { id: string; stratum: number }[];
};

/** So many answers that truly have a theme make its agreement worth telling. */
export const POSITIVES_WANTED = 30;
/** Confidence ranks answers and is no probability: below this nobody would call an answer placed. */
const LEAST_RIGHT = 0.5;
/** Drawn from the rest, where what the machine overlooked is found whatever its words. */
const REST_WANTED = 60;
/** Drawn from the answers worded like a theme: so many for all themes together, and for each at least and at most. */
const NEAR_WANTED = { all: 120, least: 15, most: 60 };
/** A theme has at least so many near answers, as far as there are, however few it has itself. */
const NEAR_SIZE_LEAST = 60;
/** Fewer are no part of their own: where a check ends early, each part should have been looked at. */
const NEAR_SIZE_MIN = 8;

/**
 * Draws the answers by which themes are checked: from each theme as many as should hold thirty that truly have it, all
 * where there are fewer. What was overlooked is looked for where it most likely is, among the answers worded like a
 * theme, as many as the theme has itself; and among all the rest.
 *
 * @param documents in any order; ids must differ
 * @param themes those to be checked
 * @param seed the same seed draws the same answers in the same order
 * @param near for each theme, answers outside it that are worded like it, the nearest first; one may stand under several
 *
 * @example
 * drawBlindSample([{ id: 'a', themes: [{ theme: 't', confidence: 1 }] }, { id: 'b', themes: [] }], ['t'], 1).strata
 * // => [{ theme: 't', size: 1, drawn: 1 }, { theme: null, size: 1, drawn: 1 }]
 */
export function drawBlindSample(
  documents: readonly PlacedDocument[],
  themes: readonly string[],
  seed: number,
  near: ReadonlyMap<string, readonly string[]> = new Map(),
): BlindSample {
  const random = mulberry32(seed);
  const ordered = documents.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ownOf = Map.groupBy(ordered, ({ themes: [first] }) =>
    first && themes.includes(first.theme) ? first.theme : null,
  );
  const nearOf = shareNear(themes, near, ownOf);
  const isNear = new Set([...nearOf.values()].flat());
  const own = (theme: string | null) => (ownOf.get(theme) ?? []).filter(({ id }) => !isNear.has(id));
  const nearEach = nearWanted(nearOf.size);
  const parts = [
    ...themes.map((theme) => ({ of: { theme }, own: own(theme), wanted: wantedOf(own(theme)) })),
    ...[...nearOf].map(([theme, ids]) => ({
      of: { theme, isNear: true as const },
      own: ids.toSorted().map((id) => ({ id })),
      wanted: nearEach,
    })),
    { of: { theme: null }, own: own(null), wanted: REST_WANTED },
  ].map((part) => ({ ...part, drawn: shuffled<{ id: string }>(part.own, random).slice(0, part.wanted) }));
  const drawn = parts.flatMap(({ drawn: those }, stratum) => those.map(({ id }) => ({ id, stratum })));
  return {
    strata: parts.map(({ of, own: { length: size }, drawn: those }) => ({ ...of, size, drawn: those.length })),
    documents: shuffled(drawn, random),
  };
}

/** How many near answers are drawn for each of so many themes. */
export const nearWanted = (themes: number): number =>
  Math.min(NEAR_WANTED.most, Math.max(NEAR_WANTED.least, Math.round(NEAR_WANTED.all / Math.max(1, themes))));

/** Gives each answer to the theme under which it stands foremost; themes take turns, the smallest first. */
function shareNear(
  themes: readonly string[],
  near: ReadonlyMap<string, readonly string[]>,
  ownOf: ReadonlyMap<string | null, readonly PlacedDocument[]>,
): Map<string, string[]> {
  // An answer of a smaller theme stays there, where more of each part is drawn.
  const sizes = new Map(
    [...ownOf].flatMap(([theme, own]) =>
      own.map(({ id }): [string, number] => [id, theme === null ? Number.POSITIVE_INFINITY : own.length]),
    ),
  );
  const queues = themes
    .map((theme) => {
      const size = ownOf.get(theme)?.length ?? 0;
      const ids = (near.get(theme) ?? []).filter((id) => (sizes.get(id) ?? 0) > size);
      return { theme, size, ids: ids.slice(0, Math.max(NEAR_SIZE_LEAST, size)) };
    })
    .sort((a, b) => a.size - b.size);
  const taken = new Set<string>();
  const shares = new Map(queues.map(({ theme }) => [theme, [] as string[]]));
  const longest = Math.max(0, ...queues.map(({ ids }) => ids.length));
  for (let place = 0; place < longest; place += 1)
    for (const { theme, ids } of queues) {
      const id = ids[place];
      if (id === undefined || taken.has(id)) continue;
      taken.add(id);
      shares.get(theme)?.push(id);
    }
  return new Map(
    themes.flatMap((theme) => {
      const own = shares.get(theme) ?? [];
      return own.length >= NEAR_SIZE_MIN ? [[theme, own]] : [];
    }),
  );
}

function wantedOf(own: readonly PlacedDocument[]): number {
  const sureness = own.reduce((sum, { themes: [first] }) => sum + (first?.confidence ?? 0), 0) / (own.length || 1);
  return Math.ceil(POSITIVES_WANTED / Math.max(LEAST_RIGHT, sureness));
}
