/** What no answer and no line of a log may tell of the house's insides. */
const LEAKS: Record<string, RegExp> = {
  'a stack trace': /\bat (?:async )?(?:[\w.<>]+ )?\(?(?:file:|node:|\/)[^\s)]+:\d+:\d+/,
  'a place in the sources': /(?:node_modules|\/src\/\w+\/[\w/-]+\.ts)/,
  'an error of the database':
    /SqliteError|SQLITE_[A-Z]+|no such (?:column|table): |unrecognized token|near "[^"]*": syntax error|fts5:/,
  'a sentence of SQL': /\bselect [\w",. *]+ from "?\w+"?(?: where| inner| left| order)/i,
  'an error of the language': /\b(?:TypeError|ReferenceError|RangeError|ZodError): /,
  'a folder': /\/tmp\/verbatim-/,
};

/** The kinds of what a text tells and should not. */
export const leaksIn = (text: string): string[] =>
  Object.entries(LEAKS).flatMap(([kind, pattern]) => (pattern.test(text) ? [kind] : []));
