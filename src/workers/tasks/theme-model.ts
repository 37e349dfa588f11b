import { deserialize, serialize } from 'node:v8';
import { deflateSync, inflateSync } from 'node:zlib';
import { seal } from '../../coding/seal.ts';
import { readingOf } from '../../text/readings.ts';
import type { ThemesModel } from '../../text/themes-result.ts';
import { tokens } from '../../text/tokens.ts';

/*
 * What later answers are placed by, kept beside its run. It outlives answers that were withdrawn, so their words must not
 * stand in it: words are kept as sealed hashes, and known again only where a new answer uses them too. Structured cloning
 * keeps typed arrays as they are; most counts are zero, and pack to a few per cent.
 */

/** Letters kept of each hash: 96 bits, so that no two words of a vocabulary meet. */
const HASH_LETTERS = 16;
const hashOf = (key: Uint8Array, word: string): string => seal(key, `theme word ${word}`).slice(0, HASH_LETTERS);

/** @param lineageOf the id of a theme from run to run, by its id in the model */
export function packModel(model: ThemesModel, lineageOf: (theme: string) => string, textKey: Uint8Array): string {
  const sealed: ThemesModel = {
    ...model,
    languages: model.languages.map((language) => ({
      ...language,
      themes: language.themes.map(lineageOf),
      words: language.words.map((word) => hashOf(textKey, word)),
      // Rare spellings are words of a few people; without them such a word is one that is not known.
      reading: { ...language.reading, folded: [] },
    })),
  };
  return deflateSync(serialize(sealed), { level: 1 }).toString('base64');
}

/** @param texts what is to be placed: words that none of them uses stay unknown */
export function openModel(packed: string, texts: readonly string[], textKey: Uint8Array): ThemesModel {
  const model = deserialize(inflateSync(Buffer.from(packed, 'base64'))) as ThemesModel;
  return {
    ...model,
    languages: model.languages.map((language) => {
      const reading = readingOf(language.reading);
      const used = new Set(texts.flatMap((text) => tokens(text, reading).map(({ word }) => word)));
      const known = new Map([...used].map((word) => [hashOf(textKey, word), word]));
      return { ...language, words: language.words.map((hash) => known.get(hash) ?? '') };
    }),
  };
}
