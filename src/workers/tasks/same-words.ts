import { suggestSameWords } from '../../text/suggest-same-words.ts';
import type { TaskContext } from '../analysis-thread.ts';

/** Groups of words that mean the same, from a dictionary that is read here, away from the pages. */
export const sameWordsTask = (_: TaskContext, { words }: { words: readonly string[] }): Promise<string[][]> =>
  suggestSameWords(words);
