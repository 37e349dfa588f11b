declare module 'linebreak' {
  /** Where a text may be broken into lines, after Unicode Standard Annex 14. */
  export default class LineBreaker {
    constructor(text: string);
    /** A position in UTF-16 units; null after the last. */
    nextBreak(): { position: number; required?: boolean } | null;
  }
}
