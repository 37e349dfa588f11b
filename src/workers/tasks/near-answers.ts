import { isSealed } from '../../coding/seal.ts';
import { readingOf } from '../../text/readings.ts';
import { tokens } from '../../text/tokens.ts';
import { documentOf } from '../../themes/correction.ts';
import { nearAnswers } from '../../themes/near-answers.ts';
import type { TaskContext } from '../analysis-thread.ts';

/** So many texts are read at once. */
const TEXTS_AT_ONCE = 1_000;

export type NearAnswersArgs = {
  studyId: number;
  documents: { id: string; themes: string[] }[];
  themes: string[];
  /** How most of them are read: what the language does with endings, and what the researcher said of words. */
  language: string;
  sameWords: string[][];
  leftOut: string[];
};

/** For each theme the answers outside it that are worded like it, the nearest first; words that are gone are near nothing. */
export async function nearAnswersTask(
  { store, textKey }: TaskContext,
  { studyId, documents, themes, language, sameWords, leftOut }: NearAnswersArgs,
): Promise<Map<string, readonly string[]>> {
  const reading = readingOf({ language, stopWords: null, leftOut, sameWords, folded: [] });
  const worded = [];
  for (let from = 0; from < documents.length; from += TEXTS_AT_ONCE) {
    const some = documents.slice(from, from + TEXTS_AT_ONCE);
    const sources = await store.notes.findSources(studyId, [
      ...new Set(some.flatMap(({ id }) => documentOf(id)?.sourceId ?? [])),
    ]);
    const byVersion = new Map(sources.map((source) => [`${source.publicId} ${source.version}`, source]));
    for (const document of some) {
      const place = documentOf(document.id);
      const source = place && byVersion.get(`${place.sourceId} ${place.version}`);
      if (source && source.erasedAt === null && isSealed(textKey, source.text, source.textHash))
        worded.push({ ...document, words: tokens(source.text, reading).map(({ word }) => word) });
    }
  }
  return nearAnswers(worded, themes);
}
