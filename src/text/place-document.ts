import { classifyOne } from './mixture.ts';
import type { ThemesModel } from './themes-result.ts';
import { tokens } from './tokens.ts';

/** Where a document belongs; `theme` is null when it has no word the themes were made from. */
export type Placement = { theme: string | null; confidence: number };

/**
 * Prepares to place many documents among themes already found, without finding them again.
 *
 * @param model from `findThemes`
 * @returns a function from a text to its theme; confidence is 0 to 1 and ranks documents, it is no probability
 */
export function documentPlacer(model: ThemesModel): (text: string) => Placement {
  const numberOf = new Map(model.words.map((word, v) => [word, v]));
  const reading = { stopWords: new Set(model.reading.stopWords), stemmed: model.reading.stemmed };
  return (text) => {
    const uses = new Map<number, number>();
    for (const { word } of tokens(text, reading)) {
      const v = numberOf.get(word);
      if (v !== undefined) uses.set(v, (uses.get(v) ?? 0) + 1);
    }
    if (uses.size === 0) return { theme: null, confidence: 0 };
    const { theme, posterior } = classifyOne(
      model.mixture,
      Int32Array.from(uses.keys()),
      Int32Array.from(uses.values()),
    );
    return { theme: model.themes[theme]!, confidence: posterior * model.agreements[theme]! };
  };
}

/**
 * Places one new document among themes already found.
 *
 * @param model from `findThemes`
 * @returns its theme and confidence as `documentPlacer` gives them
 */
export function placeDocument(model: ThemesModel, text: string): Placement {
  return documentPlacer(model)(text);
}
