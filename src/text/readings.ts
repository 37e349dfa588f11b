import { stemmerOf, stopWordsOf } from './language-words.ts';
import { plainReading, type Reading, type Renaming, tokens } from './tokens.ts';

/**
 * How the answers of one language are read, as plain data: `stopWords` when the caller's own replace the list of the
 * language, `leftOut` and `sameWords` as the researcher wrote them, `folded` rare spellings with the usual ones.
 */
export type ReadingPlan = {
  language: string;
  stopWords: string[] | null;
  leftOut: string[];
  sameWords: string[][];
  folded: [rare: string, usual: string][];
};

/** Elided articles and pronouns of French, Italian and Catalan: l'employé, dell'azienda. */
const elided = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|un|dell|all|nell|sull|dall|quest|quell)'(?=\p{L})/u;
const elidingLanguages = new Set(['fr', 'it', 'ca']);

/** Makes a plan ready for use. */
export function readingOf(plan: ReadingPlan): Reading {
  const stopWords = plan.stopWords ? new Set(plan.stopWords) : stopWordsOf(plan.language);
  const stem = stemmerOf(plan.language);
  const isEliding = elidingLanguages.has(plan.language);
  const bare = { ...plainReading, stem, ...(isEliding && { elided }) };
  const stemsOf = (words: string) => tokens(words, bare).map(({ word }) => word);
  const leftOut = new Set(plan.leftOut.flatMap(stemsOf));
  const renamed = new Map<string, Renaming[]>();
  const read = (stems: readonly string[], word: string) => {
    const [first, ...rest] = stems;
    if (first === undefined || (rest.length === 0 && first === word)) return;
    const known = renamed.get(first) ?? [];
    known.push({ rest, word });
    renamed.set(
      first,
      known.sort((a, b) => b.rest.length - a.rest.length),
    );
  };
  for (const group of plan.sameWords) {
    const stems = group.map(stemsOf).filter((phrase) => phrase.length > 0);
    // A single word stands for the group where there is one, so that its other uses are read the same.
    const word = (stems.find((phrase) => phrase.length === 1) ?? stems[0])?.join(' ');
    if (word !== undefined) for (const phrase of stems) read(phrase, word);
  }
  for (const [rare, usual] of plan.folded) {
    if (!renamed.has(rare)) read([rare], renamed.get(usual)?.find(({ rest }) => rest.length === 0)?.word ?? usual);
  }
  return { ...bare, stopWords, ...(leftOut.size > 0 && { leftOut }), ...(renamed.size > 0 && { renamed }) };
}
