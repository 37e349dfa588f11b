import type { NumberCandidate } from './auto-number.ts';
import type { Mixture } from './mixture.ts';
import type { ReadingPlan } from './readings.ts';

/** A free-text answer or a turn of an interview; `language` is a tag, where it is known. */
export type ThemeDocument = { id: string; text: string; language?: string };

/** Part of a theme whose answers share more. */
export type SubTheme = { id: string; label: string; words: string[]; size: number };

/**
 * What many answers share. `size` counts documents that hold the theme, `share` is of all documents, with a theme or
 * without; `repeatability` says how alike the theme comes out when it is found again (0 to 1), `band` the same in a word;
 * quotes are places in the original texts, in code points with `end` exclusive, the most telling first, no wording and no
 * document twice. `language` is two letters, or null when the answers of the theme are in none that was told apart.
 * `group` is a place in the groups of the result; `place` is where the theme stands on a map, each from −1 to 1: themes
 * near each other share wording.
 */
export type Theme = {
  id: string;
  label: string;
  words: string[];
  size: number;
  share: number;
  repeatability: number;
  band: 'solid' | 'usable' | 'review';
  quotes: { documentId: string; start: number; end: number }[];
  language: string | null;
  subThemes: SubTheme[];
  group: number | null;
  place: [x: number, y: number];
};

/** The themes of one language, as the mixture they were found with. */
export type LanguageModel = {
  themes: string[];
  words: string[];
  reading: ReadingPlan;
  mixture: Mixture;
  agreements: Float64Array;
};

/** What is needed to place a new document without finding themes again. Plain data and typed arrays. */
export type ThemesModel = { engineVersion: string; languages: LanguageModel[] };

/** A stretch of a document in code points, `end` exclusive, and where it belongs. */
export type ThemePiece = {
  documentId: string;
  start: number;
  end: number;
  theme: string | null;
  subTheme: string | null;
  confidence: number;
};

/** Where a document belongs: `theme` is the surest of its `themes`, which are three at most, the surest first. */
export type PlacedDocument = {
  id: string;
  theme: string | null;
  confidence: number;
  themes: { theme: string; confidence: number }[];
};

/**
 * Themes, largest first; documents in the order of their ids, `theme` null where no wording is shared; confidence from
 * 0 to 1 ranks documents and is no probability. `reason` is a sentence when fewer themes were found than asked for, or
 * none; `warnings` are sentences about what to keep in mind. `candidates` are the numbers of themes that would suit, from
 * coarse to fine, for the language most answers are in; empty when the number was given. `groups` are there from 21 themes
 * on. `merges` are pairs of themes that lose least when joined, cheapest first, their cost in natural logarithms of
 * evidence (negative where joining gains). `model` is null when answers were only grouped by equal wording.
 */
export type ThemesResult = {
  engineVersion: string;
  seed: number;
  n: number;
  themesRequested: number | 'auto';
  themesFound: number;
  uncoded: number;
  reason?: string;
  themes: Theme[];
  documents: PlacedDocument[];
  pieces: ThemePiece[];
  groups: { label: string; themes: string[] }[];
  merges: { themes: [string, string]; cost: number }[];
  languages: { language: string; n: number; isClustered: boolean }[];
  warnings: string[];
  candidates: NumberCandidate[];
  model: ThemesModel | null;
};
