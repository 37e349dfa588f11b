import type { CorrectedThemes, FoundThemes } from './apply-corrections.ts';

/** The share of answers that are put up for a person to look at. */
export const REVIEW_SHARE = 0.1;

/**
 * The least sure tenth of the answers that a run put into a theme, and of those that were placed among its themes since,
 * the least sure first. Each tenth is told from what was found, so that it does not fill up again while it is worked
 * through; that of the run does not change with answers that come in later, and they add one in ten to it at most.
 *
 * @param found what the run found, `placed` the ids of its documents that came in after it
 * @returns the answers nobody has said anything of yet, by id, and how many of both tenths are done
 */
export function reviewList(
  found: FoundThemes & { readonly placed: readonly string[] },
  state: CorrectedThemes,
): { open: string[]; done: number } {
  const placed = new Set(found.placed);
  const sure = found.documents
    .flatMap(({ id, themes: [first] }) => (first ? [{ id, confidence: first.confidence }] : []))
    .sort((a, b) => a.confidence - b.confidence || (a.id < b.id ? -1 : 1));
  const isOfRun = ({ id }: { id: string }) => !placed.has(id);
  const ofPlaced = Math.floor((sure.length - sure.filter(isOfRun).length) * REVIEW_SHARE);
  const listed = new Set([
    ...sure.filter(isOfRun).slice(0, Math.ceil(sure.filter(isOfRun).length * REVIEW_SHARE)),
    ...sure.filter((one) => !isOfRun(one)).slice(0, ofPlaced),
  ]);
  const tenth = sure.filter((one) => listed.has(one));
  const byHand = new Set(state.documents.flatMap(({ id, isByHand }) => (isByHand ? [id] : [])));
  const open = tenth.flatMap(({ id }) => (byHand.has(id) ? [] : [id]));
  return { open, done: tenth.length - open.length };
}
