/**
 * A cut of a typeface as its TrueType file: what reports are set in, handed in so that writers read no files. What draws
 * pictures reads it itself, from its path.
 */
export type FontCut = { family: string; weight: number; isItalic: boolean; data: Uint8Array; path: string };

/** What an operator's own house puts on its reports; all null where nothing was set up. */
export type Brand = {
  /** Stands at the foot of every page. */
  name: string | null;
  /** A finished picture and its size in pixels. */
  logo: { png: Uint8Array; width: number; height: number } | null;
  /** `#rrggbb`: rules and marks, never text on its own. */
  accent: string | null;
  /** An operator's .pptx or .potx, whose master and layouts slides take over. */
  master: Uint8Array | null;
};

/** What a report is laid out with, besides its document. */
export type ReportAssets = {
  fonts: readonly FontCut[];
  brand: Brand;
  /** Where addresses of sources begin, such as `https://verbatim.example`; null where nobody has said: then they are not links. */
  links: { base: string | null };
};

export const plainBrand: Brand = { name: null, logo: null, accent: null, master: null };
