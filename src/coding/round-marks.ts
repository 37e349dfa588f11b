import { joined, type Stretch } from '../stats/unitizing-alpha.ts';

/** A coding as it stands in the database. */
export type CodingRow = {
  id: number;
  publicId: string;
  codeId: number;
  coderId: number;
  sourceId: string;
  sourceVersion: number;
  spanStart: number;
  spanEnd: number;
  counts: number;
};

export type RoundUnit = 'turn' | 'answer' | 'characters';

/** What a coder put on words: coder and code by their places, the words by code points. */
export type TakenMark = Stretch & { coder: number; code: number };
/** A text with what was put on it; `length` in code points, `readBy` the places of those who went through it. */
export type TakenText = {
  sourceId: string;
  subjectId: string;
  version: number;
  length: number;
  readBy: number[];
  marks: TakenMark[];
};
/** Who had coded what when a round was opened. */
export type TakenRound = {
  unit: RoundUnit;
  coders: { userId: number; name: string }[];
  codes: { id: number; publicId: string; name: string }[];
  texts: TakenText[];
};

/** What each coder marked with a code in a text, in order; null for one who did not read it. */
export const markedBy = ({ readBy, marks }: TakenText, code: number, coders: number): (Stretch[] | null)[] =>
  Array.from({ length: coders }, (_, coder) =>
    readBy.includes(coder) ? joined(marks.filter((mark) => mark.coder === coder && mark.code === code)) : null,
  );

/**
 * A text and a code that somebody put on it.
 * `alike`: all who read it marked the same words; `words`: all marked some, but not the same; `presence`: some marked
 * words and others none; `single`: only one read it.
 */
export type RoundItem = {
  text: number;
  code: number;
  marked: (Stretch[] | null)[];
  kind: 'alike' | 'words' | 'presence' | 'single';
};

/**
 * Every text with every code that anybody put on it, in the order of texts and codes.
 *
 * @example
 * const text = { sourceId: 's', subjectId: 'i', version: 1, length: 9, readBy: [0, 1], marks: [{ coder: 0, code: 0, start: 2, end: 5 }] };
 * const coders = [{ userId: 1, name: 'A' }, { userId: 2, name: 'B' }];
 * itemsOf({ unit: 'turn', coders, codes: [{ id: 1, publicId: 'c', name: 'C' }], texts: [text] })[0].kind // => 'presence'
 */
export function itemsOf({ coders, codes, texts }: TakenRound): RoundItem[] {
  return texts.flatMap((text, place) =>
    codes.flatMap((_, code): RoundItem[] => {
      const marked = markedBy(text, code, coders.length);
      const read = marked.filter((own) => own !== null);
      if (read.every((own) => own.length === 0)) return [];
      return [{ text: place, code, marked, kind: kindOf(read) }];
    }),
  );
}

function kindOf(read: readonly Stretch[][]): RoundItem['kind'] {
  if (read.length < 2) return 'single';
  if (read.some((own) => own.length === 0)) return 'presence';
  const written = read.map((own) => own.map(({ start, end }) => `${start}-${end}`).join());
  return written.every((one) => one === written[0]) ? 'alike' : 'words';
}

/** Whether coders disagree on an item by what the round counts. */
export const isDisagreement = ({ kind }: RoundItem, unit: RoundUnit): boolean =>
  kind === 'presence' || (kind === 'words' && unit === 'characters');

/** What any of the coders marked, joined where it overlaps. */
export const allMarked = ({ marked }: Pick<RoundItem, 'marked'>): Stretch[] =>
  joined(marked.flatMap((own) => own ?? []));
