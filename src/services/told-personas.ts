import type { Method } from '../coding/method.ts';
import { type Portrait, readPortrait } from '../personas/portrait.ts';
import { safePortrait } from '../personas/safe-portrait.ts';
import { figuresOf } from '../personas/told-figures.ts';
import { uncounted } from '../personas/uncounted.ts';
import type { CellPolicy } from '../privacy/safe-cells.ts';
import type { PersonaVersion } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import type { Cells, Reader } from './cells.ts';
import type { Context } from './context.ts';

/** A version of a persona, with its portrait as its reader may have it. */
export type ToldVersion = { version: PersonaVersion; portrait: Portrait };

const UNKNOWN =
  'Figures are held back: it is not known any more from whom this version was drawn. Once it is drawn anew they can be told.';
const heldBack = (least: number): string =>
  `Figures are held back: beside what was told before they would show fewer than ${least} people, who came or left since, or who are in one group and not in another.`;
const heldSince = (least: number, { number }: PersonaVersion): string =>
  `These are the figures of version ${number}. Newer ones are held back: beside these they would show fewer than ${least} people, who came or left since, or who are in one group and not in another.`;

/**
 * Personas as others than a study's researchers may read them: of each the newest version whose figures may be told beside
 * all that was told before, of this persona and of others. What is told is remembered.
 */
export function toldPersonaService({ store }: Pick<Context, 'store'>, { cells }: { cells: Cells }) {
  type Place = Pick<Study, 'id' | 'leastCell'> & { method: Method };
  type Least = NonNullable<CellPolicy>;

  function readFor({ method }: Place, version: PersonaVersion, policy: Least) {
    const portrait = uncounted(readPortrait(version.portrait), method);
    const alone = safePortrait(portrait, policy);
    return { portrait, alone, isOfAnswers: portrait.kind === 'quantified' && figuresOf(alone).length > 0 };
  }

  const explained = (portrait: Portrait, { least }: Least, heldBack: string): Portrait => ({
    ...portrait,
    withheld: { least, figures: portrait.withheld?.figures ?? 0, heldBack },
  });
  /** What is said without figures. */
  const withheld = (portrait: Portrait, policy: Least, why: string): Portrait =>
    explained(safePortrait(portrait, policy, new Set()), policy, why);

  /** Null where its figures may not be told. */
  async function told(study: Place, version: PersonaVersion, policy: Least, isNew: boolean): Promise<Portrait | null> {
    const { portrait, alone, isOfAnswers } = readFor(study, version, policy);
    if (!isOfAnswers) return alone;
    if (version.groupId === null) return null;
    const figures = await cells.figuresOf(Number(version.groupId), alone, policy, isNew);
    return figures && safePortrait(portrait, policy, figures);
  }

  // Whether anything new may be told of a version is asked once.
  const asked = new Set<string>();

  /**
   * Tells the newest versions of all personas of a study: those of one segment before those of several, and of these the
   * largest, so that where something has to stay untold it is of the smaller ones, whichever is looked at first.
   */
  async function tellAll(study: Place, policy: Least): Promise<void> {
    const newest = (await store.personas.list(study.id)).flatMap(({ segments, versions: [version] }) => {
      if (!version || version.groupId === null || asked.has(`${version.groupId} ${policy.least}`)) return [];
      asked.add(`${version.groupId} ${policy.least}`);
      return [{ version, segments: segments.length, n: readPortrait(version.portrait).size?.n ?? 0 }];
    });
    newest.sort((a, b) => a.segments - b.segments || b.n - a.n);
    for (const { version } of newest) await told(study, version, policy, true);
  }

  return {
    /**
     * The version of a persona that this reader is shown, if they ask for none.
     *
     * @param versions all of them, the newest first
     * @returns null where there is none
     */
    of: async (study: Place, versions: readonly PersonaVersion[], reader: Reader): Promise<ToldVersion | null> => {
      const [newest] = versions;
      if (!newest) return null;
      const policy = cells.policyOf(study, reader);
      if (policy === null) return { version: newest, portrait: uncounted(readPortrait(newest.portrait), study.method) };
      await tellAll(study, policy);
      for (const version of versions) {
        const portrait = await told(study, version, policy, true);
        if (portrait === null) continue;
        if (version.groupId === newest.groupId) return { version: newest, portrait };
        return { version, portrait: explained(portrait, policy, heldSince(policy.least, version)) };
      }
      const why = newest.groupId === null ? UNKNOWN : heldBack(policy.least);
      return { version: newest, portrait: withheld(readFor(study, newest, policy).portrait, policy, why) };
    },
    /** A version of a persona as this reader may have it: with figures if they were told before, else without. */
    portraitOf: async (study: Place, version: PersonaVersion, reader: Reader): Promise<Portrait> => {
      const policy = cells.policyOf(study, reader);
      const portrait = uncounted(readPortrait(version.portrait), study.method);
      if (policy === null) return portrait;
      const why = version.groupId === null ? UNKNOWN : heldBack(policy.least);
      return (await told(study, version, policy, false)) ?? withheld(portrait, policy, why);
    },
  };
}
export type ToldPersonas = ReturnType<typeof toldPersonaService>;
