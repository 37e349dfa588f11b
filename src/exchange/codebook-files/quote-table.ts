/** A coding as one row of a table of quotes. */
export type QuoteRow = {
  code: string;
  /** With the names above it. */
  path: string;
  words: string;
  before: string;
  after: string;
  from: 'interview' | 'answer';
  /** The interview's title, or the survey's. */
  source: string;
  /** The question that was answered; empty for an interview. */
  question: string;
  /** The answer's or turn's own number within its source. */
  place: number;
  /** Who said it, by the number that this export gave them. */
  respondent: string;
  speaker: string;
  segments: string;
  coder: string;
  layer: string;
  day: string;
  direction: string;
  isExample: boolean;
  isImportant: boolean;
  memo: string;
  /** Written down by a machine, and corrected by nobody yet. */
  isDraft: boolean;
};
export type PlainTable = { header: string[]; rows: (string | number)[][] };

/** One row per coding; the words around it only where they are asked for. */
export function quoteTable(quotes: readonly QuoteRow[], { around }: { around: boolean }): PlainTable {
  return {
    header: [
      'code',
      'path',
      'words',
      ...(around ? ['before', 'after'] : []),
      'from',
      'source',
      'question',
      'place',
      'respondent',
      'speaker',
      'segments',
      'coder',
      'layer',
      'day',
      'direction',
      'example',
      'important',
      'memo',
      'machine draft',
    ],
    rows: quotes.map((one) => [
      one.code,
      one.path,
      one.words,
      ...(around ? [one.before, one.after] : []),
      one.from,
      one.source,
      one.question,
      one.place,
      one.respondent,
      one.speaker,
      one.segments,
      one.coder,
      one.layer,
      one.day,
      one.direction,
      one.isExample ? 1 : 0,
      one.isImportant ? 1 : 0,
      one.memo,
      one.isDraft ? 1 : 0,
    ]),
  };
}

/** What a row of a matrix is: an answer or a turn, or a person with all they said. */
export type MatrixUnit = { key: string; cells: (string | number)[] };

/**
 * Codes by answer, turn or person: how many passages of each code a unit has, or whether it has one.
 *
 * @param header of the cells that tell a unit
 * @param counts passages by unit and code, `key code`
 *
 * @example
 * codeTable({ header: ['who'], units: [{ key: 'a', cells: ['R1'] }] }, [{ id: 7, name: 'Price' }], new Map([['a 7', 2]]), 'presence').rows // => [['R1', 1]]
 */
export function codeTable(
  { header, units }: { header: readonly string[]; units: readonly MatrixUnit[] },
  codes: readonly { id: number; name: string }[],
  counts: ReadonlyMap<string, number>,
  shows: 'presence' | 'counts',
): PlainTable {
  return {
    header: [...header, ...codes.map(({ name }) => name)],
    rows: units.map(({ key, cells }) => [
      ...cells,
      ...codes.map(({ id }) => {
        const count = counts.get(`${key} ${id}`) ?? 0;
        return shows === 'counts' ? count : Math.min(1, count);
      }),
    ]),
  };
}
