import { classifyOne } from './mixture.ts';
import { readingOf } from './readings.ts';
import type { LanguageModel, ThemesModel } from './themes-result.ts';
import { tokens } from './tokens.ts';

/** Where a document belongs; `theme` is null when it has no word the themes were made from. */
export type Placement = { theme: string | null; confidence: number };

const nowhere: Placement = { theme: null, confidence: 0 };

/**
 * Prepares to place many documents among themes already found, without finding them again.
 *
 * @param model from `findThemes`
 * @returns a function from a text to its theme; confidence is 0 to 1 and ranks documents, it is no probability. Where the
 *   model knows several languages, the one that knows most of the words places the text
 */
export function documentPlacer(model: ThemesModel): (text: string) => Placement {
  const placers = model.languages.map(languagePlacer);
  return (text) => {
    let best = { known: 0, place: () => nowhere };
    for (const placer of placers) {
      const found = placer(text);
      if (found.known > best.known) best = found;
    }
    return best.place();
  };
}

/** Says how many of the words of a text one language knows, and places it there. */
function languagePlacer(model: LanguageModel): (text: string) => { known: number; place: () => Placement } {
  const numberOf = new Map(model.words.map((word, v) => [word, v]));
  const reading = readingOf(model.reading);
  return (text) => {
    const uses = new Map<number, number>();
    let known = 0;
    for (const { word } of tokens(text, reading)) {
      const v = numberOf.get(word);
      if (v === undefined) continue;
      known++;
      uses.set(v, (uses.get(v) ?? 0) + 1);
    }
    const place = () => {
      const words = Int32Array.from(uses.keys());
      const { theme, posterior } = classifyOne(model.mixture, words, Int32Array.from(uses.values()));
      return { theme: model.themes[theme]!, confidence: posterior * model.agreements[theme]! };
    };
    return { known, place };
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
