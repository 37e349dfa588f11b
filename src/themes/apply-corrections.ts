import { type Correction, standing } from './correction.ts';

export type SubTheme = { id: string; label: string; words: string[]; size: number };
export type ThemeShare = { theme: string; confidence: number };
/** What a run found. The surest theme of an answer stands first; an answer without shared wording has none. */
export type FoundThemes = {
  themes: readonly { id: string; label: string; words: readonly string[]; subThemes: readonly SubTheme[] }[];
  documents: readonly {
    id: string;
    themes: readonly (ThemeShare & { subTheme: string | null })[];
  }[];
};

export type CorrectedTheme = {
  id: string;
  label: string;
  words: string[];
  /** The ids in the run whose answers it took over; its own and those that were merged into it. */
  found: string[];
  isRenamed: boolean;
  isLocked: boolean;
  isMerged: boolean;
  isSplitOff: boolean;
  subThemes: SubTheme[];
};
export type CorrectedDocument = {
  id: string;
  themes: ThemeShare[];
  /** Somebody looked at this answer and said where it belongs, or where not. */
  isByHand: boolean;
  /** It stands elsewhere than the run put it, or was moved or barred before a run that heeded that. */
  isChanged: boolean;
};
export type CorrectedThemes = {
  themes: CorrectedTheme[];
  documents: CorrectedDocument[];
  /** Under which theme every id is shown that a theme ever had. */
  shownAs: ReadonlyMap<string, string>;
  /** Pairs of an answer and a theme that it must not be put into, by ids as they are shown. */
  barred: { document: string; theme: string }[];
  /** Answers changed by hand. */
  changed: number;
  /** Actions that hold. */
  actions: number;
};

/** Of one answer and one theme, what was said last. */
type Said = { isIn: boolean; number: number; isChange: boolean };

/**
 * The themes of a run as a researcher's corrections show them. The run itself stays as it was found.
 *
 * Splits come first, then what was said of single answers, then merges, then names: so corrections that have nothing to
 * do with each other may come in any order. Of two that say something of the same answer and theme, or of the same name,
 * the later holds. A merge takes with it what was said of single answers; that one belongs there outweighs that it does
 * not, since a researcher who moved an answer from one theme into another and merges the two still wants it there.
 *
 * @param found what a run found, in whatever part of its answers is of interest
 * @param journal all corrections of the question, in order
 */
export function applyCorrections(found: FoundThemes, journal: readonly Correction[]): CorrectedThemes {
  const actions = standing(journal);
  const shownAs = mergesOf(actions);
  const shown = (id: string): string => shownAs(id);
  const { parts, splitOff } = splitsOf(actions);
  const said = saidOf(actions);

  const themes = new Map<string, CorrectedTheme>();
  const enter = (id: string, label: string, words: readonly string[], subThemes: readonly SubTheme[]) => {
    const own = shown(id);
    const known = themes.get(own);
    const isOwn = own === id;
    if (!known) {
      themes.set(own, {
        id: own,
        label,
        words: [...words],
        found: [id],
        isRenamed: false,
        isLocked: false,
        isMerged: false,
        isSplitOff: false,
        subThemes: subThemes.filter((one) => !parts.has(one.id)),
      });
      return;
    }
    known.found.push(id);
    // The theme that others were merged into keeps its name, wherever in the list it stands.
    if (isOwn) known.label = label;
    known.words = isOwn ? interleaved(words, known.words) : interleaved(known.words, words);
    known.subThemes.push(...subThemes.filter((one) => !parts.has(one.id)));
  };
  for (const { id, label, words, subThemes } of found.themes) enter(id, label, words, subThemes);
  for (const part of splitOff)
    if (!found.themes.some(({ id }) => id === part.theme)) enter(part.theme, part.label, part.words, []);

  const names = new Map<string, string>();
  for (const id of [...found.themes.map((theme) => theme.id), ...splitOff.map((part) => part.theme)])
    names.set(id, shown(id));
  for (const { action } of actions) {
    if (action.kind === 'merge') {
      names.set(action.from, shown(action.from));
      const into = themes.get(shown(action.into));
      if (into) into.isMerged = true;
    } else if (action.kind === 'rename') {
      const theme = themes.get(action.theme);
      if (theme) Object.assign(theme, { label: action.label, isRenamed: true });
    } else if (action.kind === 'lock') {
      const theme = themes.get(shown(action.theme));
      if (theme) theme.isLocked = true;
    }
  }
  for (const { theme } of splitOff) {
    const own = themes.get(theme);
    if (own) own.isSplitOff = true;
  }

  const barred: CorrectedThemes['barred'] = [];
  let changed = 0;
  const documents = found.documents.map((document): CorrectedDocument => {
    const hand = said.get(document.id);
    const [first] = document.themes;
    if (!hand && first === undefined) return { id: document.id, themes: [], isByHand: false, isChanged: false };
    const shares = new Map<string, number>();
    for (const { theme, subTheme, confidence } of document.themes) {
      const id = shown((subTheme === null ? undefined : parts.get(subTheme)) ?? theme);
      shares.set(id, Math.max(shares.get(id) ?? 0, confidence));
    }
    let isChanged = false;
    if (hand) {
      const inThem: { id: string; number: number }[] = [];
      const outOf = new Set<string>();
      for (const [theme, { isIn, number, isChange }] of hand) {
        isChanged ||= isChange;
        if (isIn) inThem.push({ id: shown(theme), number });
        else outOf.add(shown(theme));
      }
      for (const { id } of inThem) outOf.delete(id);
      for (const id of outOf) {
        shares.delete(id);
        barred.push({ document: document.id, theme: id });
      }
      const rest = [...shares].filter(([id]) => !inThem.some((one) => one.id === id));
      shares.clear();
      for (const { id } of inThem.sort((a, b) => b.number - a.number)) if (themes.has(id)) shares.set(id, 1);
      for (const [id, confidence] of rest) shares.set(id, confidence);
    }
    const list = [...shares].map(([theme, confidence]) => ({ theme, confidence }));
    isChanged ||= first?.theme !== list[0]?.theme;
    if (isChanged) changed += 1;
    return { id: document.id, themes: list, isByHand: hand !== undefined, isChanged };
  });
  return { themes: [...themes.values()], documents, shownAs: names, barred, changed, actions: actions.length };
}

type Actions = ReturnType<typeof standing>;

/** Where each theme's answers are shown after all merges. A merge of two that are one already says nothing. */
function mergesOf(actions: Actions): (id: string) => string {
  const into = new Map<string, string>();
  const root = (id: string): string => {
    let at = id;
    for (let next = into.get(at); next !== undefined; next = into.get(at)) at = next;
    return at;
  };
  for (const { action } of actions) {
    if (action.kind !== 'merge') continue;
    const [from, target] = [root(action.from), root(action.into)];
    if (from !== target) into.set(from, target);
  }
  return root;
}

function splitsOf(actions: Actions) {
  const parts = new Map<string, string>();
  const splitOff: { theme: string; label: string; words: string[] }[] = [];
  for (const { action } of actions) {
    if (action.kind !== 'split') continue;
    for (const { subTheme, theme, label, words } of action.parts) {
      parts.set(subTheme, theme);
      splitOff.push({ theme, label, words });
    }
  }
  return { parts, splitOff };
}

function saidOf(actions: Actions): Map<string, Map<string, Said>> {
  const said = new Map<string, Map<string, Said>>();
  const note = (document: string, theme: string, of: Said) => {
    const own = said.get(document) ?? new Map<string, Said>();
    own.set(theme, of);
    said.set(document, own);
  };
  for (const { number, action } of actions) {
    if (action.kind === 'pin') note(action.document, action.theme, { isIn: true, number, isChange: false });
    else if (action.kind === 'bar') note(action.document, action.theme, { isIn: false, number, isChange: true });
    else if (action.kind === 'move') {
      if (action.from !== null) note(action.document, action.from, { isIn: false, number, isChange: true });
      note(action.document, action.to, { isIn: true, number, isChange: true });
    }
  }
  return said;
}

/** Words of two lists in turn, each once: both themes speak in a merged one. */
function interleaved(first: readonly string[], second: readonly string[]): string[] {
  const all = Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [
    first[index],
    second[index],
  ]);
  return [...new Set(all.flat().filter((word) => word !== undefined))];
}

/** The answers of each theme that anybody speaks of, the theme with most of them first. */
export function answersByTheme(
  state: Pick<CorrectedThemes, 'themes' | 'documents'>,
): { id: string; label: string; answers: ReadonlySet<string> }[] {
  const answers = new Map(state.themes.map(({ id }) => [id, new Set<string>()]));
  for (const { id, themes } of state.documents) for (const { theme } of themes) answers.get(theme)?.add(id);
  return state.themes
    .flatMap(({ id, label }) => {
      const own = answers.get(id);
      return own && own.size > 0 ? [{ id, label, answers: own }] : [];
    })
    .sort((a, b) => b.answers.size - a.answers.size);
}
