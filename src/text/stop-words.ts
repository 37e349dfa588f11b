import listed from '../../data/words/stop-words.en.json' with { type: 'json' };

/**
 * English words that say little about what an answer is about, in lower case with straight apostrophes.
 * Negations and words with a meaning of their own ("not", "value", "work") are not among them.
 */
export const englishStopWords: ReadonlySet<string> = new Set(listed);
