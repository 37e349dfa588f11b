import { assembleThemes } from './assemble-themes.ts';
import { findInLanguage, type LanguageFindings } from './find-in-language.ts';
import { baseLanguage } from './language-words.ts';
import { languagesOf } from './languages.ts';
import type { ThemeDocument, ThemesResult } from './themes-result.ts';

/** Changes whenever the same documents and seed may give another result. */
export const themeEngineVersion = '2';

/** Beside the commonest language, one with fewer answers than this gets no themes of its own. */
const ownThemesFrom = 20;

/** A document and the id of a theme. */
export type Decision = { documentId: string; theme: string };

/**
 * `language` is a tag such as 'en' or 'en-GB' for answers whose own language neither they nor their words tell.
 * `stopWords`, in lower case, replaces the list of every language. `sameWords` are groups of words or phrases read as
 * one, `leftOutWords` are not seen at all. `kept` documents never leave the theme named, whose id comes back; `barred` ones
 * never go to it. `vectors` by document id are directions of meaning from elsewhere, all of one length; they add members
 * to the consensus when at least half of the documents have one. `onProgress` hears each step and the share done, 0 to 1.
 */
export type FindThemesOptions = {
  themes: number | 'auto';
  seed: number;
  language?: string;
  stopWords?: Iterable<string>;
  sameWords?: readonly (readonly string[])[];
  leftOutWords?: Iterable<string>;
  kept?: readonly Decision[];
  barred?: readonly Decision[];
  vectors?: ReadonlyMap<string, Float32Array>;
  onProgress?: (step: string, done: number) => void;
};

/**
 * Finds what free-text answers have in common, without being told what to look for: the consensus of eight
 * saliency-weighted Dirichlet multinomial mixtures that start from different places. Answers in several languages are
 * grouped within each; long answers are cut where they turn to something else. The same documents and seed give the same
 * result to the last digit, in whatever order the documents come.
 *
 * It counts words and sees neither synonyms nor negation. Below a few hundred answers themes are tentative.
 *
 * @param documents their ids must differ; texts may be empty
 * @returns themes and where each document belongs, and in words why there are fewer themes than asked for
 * @throws {RangeError} for equal ids, for a number of themes that is not whole or below 1, for a seed that is not whole
 *
 * @example
 * findThemes([], { themes: 'auto', seed: 1 }).reason // => 'There are no answers.'
 */
export function findThemes(documents: readonly ThemeDocument[], options: FindThemesOptions): ThemesResult {
  requireSound(documents, options);
  const { seed, themes: asked, onProgress = () => {} } = options;
  onProgress('languages', 0);
  const ordered = [...documents].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const groups = groupByLanguage(ordered, options.language);
  const decisions = { kept: byDocument(options.kept ?? []), barred: byDocument(options.barred ?? []) };
  const clustered = groups.filter(({ documents: own }, q) => q === 0 || own.length >= ownThemesFrom);
  const total = clustered.reduce((sum, group) => sum + group.documents.length, 0);

  let before = 0;
  const findings = clustered.map(({ language, documents: own }): LanguageFindings => {
    const share = total === 0 ? 1 : own.length / total;
    const begun = before;
    before += share;
    return findInLanguage(own, {
      plan: {
        language,
        stopWords: options.stopWords ? [...options.stopWords].sort() : null,
        leftOut: [...(options.leftOutWords ?? [])].sort(),
        sameWords: (options.sameWords ?? []).map((group) => [...group]),
        folded: [],
      },
      themes: asked === 'auto' ? 'auto' : Math.max(1, Math.round(asked * share)),
      seed,
      decisions,
      vectors: options.vectors ?? null,
      onProgress: (step, done) => {
        const said = clustered.length > 1 ? `${step} (${language})` : step;
        onProgress(said, 0.02 + 0.97 * (begun + share * done));
      },
    });
  });
  const result = assembleThemes(ordered, groups, findings, {
    ...decisions,
    asked,
    seed,
    engineVersion: themeEngineVersion,
  });
  onProgress('done', 1);
  return result;
}

function requireSound(documents: readonly ThemeDocument[], { themes, seed }: FindThemesOptions): void {
  if (themes !== 'auto' && !(Number.isSafeInteger(themes) && themes >= 1)) {
    throw new RangeError("findThemes requires 'auto' or a whole number of themes from 1 on");
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError('findThemes requires a whole number as its seed');
  if (new Set(documents.map(({ id }) => id)).size < documents.length) {
    throw new RangeError('findThemes requires documents with different ids');
  }
}

/** Documents of each language, the commonest first. */
function groupByLanguage(documents: readonly ThemeDocument[], told = '') {
  const languages = languagesOf(documents, told);
  const byLanguage = new Map<string, ThemeDocument[]>();
  documents.forEach((document, i) => {
    const group = byLanguage.get(languages[i]!);
    if (group) group.push(document);
    else byLanguage.set(languages[i]!, [document]);
  });
  if (byLanguage.size === 0) byLanguage.set(baseLanguage(told) || 'en', []);
  return Array.from(byLanguage, ([language, own]) => ({ language, documents: own })).sort(
    (a, b) => b.documents.length - a.documents.length || (a.language < b.language ? -1 : 1),
  );
}

function byDocument(decisions: readonly Decision[]): Map<string, string[]> {
  const themesOf = new Map<string, string[]>();
  for (const { documentId, theme } of decisions) {
    const themes = themesOf.get(documentId);
    if (!themes) themesOf.set(documentId, [theme]);
    else if (!themes.includes(theme)) themes.push(theme);
  }
  return themesOf;
}
