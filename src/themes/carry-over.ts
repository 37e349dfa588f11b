import type { CorrectedThemes } from './apply-corrections.ts';
import { type Correction, standing } from './correction.ts';

/** What the next run must heed; ids of themes are those that are shown now. */
export type CarriedOver = {
  kept: { documentId: string; theme: string }[];
  barred: { documentId: string; theme: string }[];
  sameWords: string[][];
  leftOutWords: string[];
};

/*
 * A theme that was renamed, or that answers were checked for or barred from, has to be found again, and what it is made
 * of is decided anew. A fifth of its answers, the surest, hold its place: their words are its wording, while the four
 * fifths about which there is less to be sure of stay free. Five are the fewest whose shared words outweigh the prior of
 * an empty theme; above fifty more of the same words change nothing and would only take freedom away.
 */
const ANCHOR_SHARE = 0.2;
const ANCHORS_MIN = 5;
const ANCHORS_MAX = 50;

/**
 * What corrections mean for the next run. What was said of single answers holds for good. Of themes that were locked,
 * merged or split all answers stay where they are: there the researcher has decided which answers belong together. Other
 * themes that were corrected in any way are carried on by their surest answers, so that they keep their id and name.
 *
 * @param state the newest run, with the journal applied
 * @param journal the same journal
 */
export function carryOver(state: CorrectedThemes, journal: readonly Correction[]): CarriedOver {
  const kept = new Map<string, string>();
  const free = new Map<string, { documentId: string; confidence: number }[]>();
  const whole = new Set(
    state.themes.filter((theme) => theme.isLocked || theme.isMerged || theme.isSplitOff).map(({ id }) => id),
  );
  const touched = new Set(state.themes.filter((theme) => theme.isRenamed).map(({ id }) => id));
  const actions = standing(journal);
  for (const { action } of actions) {
    if (action.kind === 'split') whole.add(state.shownAs.get(action.theme) ?? action.theme);
    else if (action.kind === 'pin' || action.kind === 'bar')
      touched.add(state.shownAs.get(action.theme) ?? action.theme);
    else if (action.kind === 'move') touched.add(state.shownAs.get(action.to) ?? action.to);
  }
  for (const { theme } of state.barred) touched.add(theme);

  for (const { id, themes, isByHand } of state.documents) {
    const [first] = themes;
    if (!first) continue;
    // Of an answer that was barred from one theme and said nothing else of, where it went is the run's own guess.
    const isSaid = isByHand && first.confidence === 1;
    if (isSaid || whole.has(first.theme)) kept.set(id, first.theme);
    else if (touched.has(first.theme)) {
      const list = free.get(first.theme) ?? [];
      list.push({ documentId: id, confidence: first.confidence });
      free.set(first.theme, list);
    }
  }
  for (const [theme, list] of free) {
    const wanted = Math.min(ANCHORS_MAX, Math.max(ANCHORS_MIN, Math.round(list.length * ANCHOR_SHARE)));
    const surest = list.sort((a, b) => b.confidence - a.confidence || (a.documentId < b.documentId ? -1 : 1));
    for (const { documentId } of surest.slice(0, wanted)) kept.set(documentId, theme);
  }
  const held = new Set(kept.values());
  return {
    kept: [...kept].map(([documentId, theme]) => ({ documentId, theme })),
    // A theme that nothing holds has another id in the next run, and nobody can be kept out of it.
    barred: state.barred.flatMap(({ document, theme }) => (held.has(theme) ? [{ documentId: document, theme }] : [])),
    ...wordsOf(journal),
  };
}

/** What the journal says of words: groups that are read as one, joined where they share a word, and words left out. */
export function wordsOf(journal: readonly Correction[]): Pick<CarriedOver, 'sameWords' | 'leftOutWords'> {
  let groups: string[][] = [];
  const leftOut = new Set<string>();
  for (const { action } of standing(journal)) {
    if (action.kind === 'leave-out') for (const word of action.words) leftOut.add(word);
    if (action.kind !== 'same-words') continue;
    const joined = groups.filter((group) => group.some((word) => action.words.includes(word)));
    groups = [...groups.filter((group) => !joined.includes(group)), [...new Set([...joined.flat(), ...action.words])]];
  }
  return { sameWords: groups, leftOutWords: [...leftOut] };
}
