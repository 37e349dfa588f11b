import type { CorrectedThemes, FoundThemes } from './apply-corrections.ts';

/** The share of answers that are put up for a person to look at. */
export const REVIEW_SHARE = 0.1;

/**
 * The least sure tenth of the answers that a run put into a theme, the least sure first. The tenth is told from the run
 * alone, so that it does not fill up again while it is worked through.
 *
 * @returns the answers nobody has said anything of yet, by id, and how many of the tenth are done
 */
export function reviewList(found: FoundThemes, state: CorrectedThemes): { open: string[]; done: number } {
  const sure = found.documents
    .flatMap(({ id, themes: [first] }) => (first ? [{ id, confidence: first.confidence }] : []))
    .sort((a, b) => a.confidence - b.confidence || (a.id < b.id ? -1 : 1));
  const tenth = sure.slice(0, Math.ceil(sure.length * REVIEW_SHARE));
  const byHand = new Set(state.documents.flatMap(({ id, isByHand }) => (isByHand ? [id] : [])));
  const open = tenth.flatMap(({ id }) => (byHand.has(id) ? [] : [id]));
  return { open, done: tenth.length - open.length };
}
