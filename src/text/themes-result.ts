import type { NumberCandidate } from './auto-number.ts';
import type { Mixture } from './mixture.ts';

/** A free-text answer or a turn of an interview. */
export type ThemeDocument = { id: string; text: string };

/**
 * What many answers share. `share` is of all documents, with a theme or without; `repeatability` says how alike the
 * theme comes out when it is found again (0 to 1), `band` the same in a word; quotes are places in the original texts,
 * in code points with `end` exclusive, the most telling first and no wording twice.
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
};

/** What is needed to place a new document without finding themes again. Plain data and typed arrays. */
export type ThemesModel = {
  engineVersion: string;
  themes: string[];
  words: string[];
  reading: { stopWords: string[]; stemmed: boolean };
  mixture: Mixture;
  agreements: Float64Array;
};

/**
 * Themes, largest first; documents in the order of their ids, `theme` null where no wording is shared; confidence from
 * 0 to 1 ranks documents and is no probability. `reason` is a sentence when fewer themes were found than asked for, or
 * none. `candidates` are the numbers of themes that would suit, from coarse to fine, empty when the number was given.
 * `model` is null when answers were only grouped by equal wording.
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
  documents: { id: string; theme: string | null; confidence: number }[];
  candidates: NumberCandidate[];
  model: ThemesModel | null;
};
