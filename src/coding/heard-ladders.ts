import { foldText } from '../model/fold-text.ts';

/** From the foot of a ladder upwards: what a thing has, what that does for somebody, what they hold dear. */
export type RungKind = 'attribute' | 'consequence' | 'value';
/** One rung as it was written down, a code or words. */
export type HeardRung = {
  subjectId: string;
  ladder: number;
  mode: 'hard' | 'soft';
  kind: RungKind;
  codeId: number | null;
  codeName: string | null;
  text: string;
};
/** What one rung of a ladder is: a code, or words that were said in the same way. */
export type LadderElement = { key: string; label: string; kind: RungKind; codeId: number | null };
export type HeardLadder = { subjectId: string; ladder: number; mode: 'hard' | 'soft'; elements: LadderElement[] };

/**
 * Ladders as they were written down, each from its foot upwards. Rungs of one code are one element, and words that are
 * the same.
 *
 * @param rungs ladder by ladder, each in its order
 */
export function heardLadders(rungs: readonly HeardRung[]): HeardLadder[] {
  const byLadder = Map.groupBy(rungs, ({ subjectId, ladder }) => `${subjectId} ${ladder}`);
  return [...byLadder.values()].map((own) => ({
    subjectId: own[0]!.subjectId,
    ladder: own[0]!.ladder,
    mode: own[0]!.mode,
    elements: own.map(({ codeId, codeName, text, kind }) => ({
      key: codeId === null ? `words ${foldText(text)}` : `code ${codeId}`,
      label: codeName ?? text,
      kind,
      codeId,
    })),
  }));
}

/** The kind that most ladders give an element; where they tie, the lower one. */
export function kindsOf(ladders: readonly HeardLadder[]): Map<string, RungKind> {
  const counts = new Map<string, Map<RungKind, number>>();
  for (const { key, kind } of ladders.flatMap(({ elements }) => elements)) {
    const own = counts.get(key) ?? new Map<RungKind, number>();
    counts.set(key, own.set(kind, (own.get(kind) ?? 0) + 1));
  }
  const order: RungKind[] = ['attribute', 'consequence', 'value'];
  return new Map(
    [...counts].map(([key, own]) => [
      key,
      order.reduce((best, kind) => ((own.get(kind) ?? 0) > (own.get(best) ?? 0) ? kind : best)),
    ]),
  );
}

/**
 * The highest cutoff that still keeps two thirds of all links.
 *
 * @example
 * usualCutoff([{ cutoff: 1, share: 1 }, { cutoff: 2, share: 0.7 }, { cutoff: 3, share: 0.5 }]) // => 2
 */
export const usualCutoff = (choices: readonly { cutoff: number; share: number }[]): number =>
  choices.findLast(({ share }) => share >= 2 / 3)?.cutoff ?? 1;
