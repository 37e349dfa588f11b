import { plainReading, tokens } from '../text/tokens.ts';
import { type EqualAnswerOptions, findEqualAnswers } from './answer-vector.ts';
import { nearTextGroups } from './near-texts.ts';

/** What of a response is compared with others of the study. */
export type ComparedResponse = {
  id: string;
  /** All closed answers, made by `answerVector`. */
  answerVector: string;
  textAnswers: readonly { item: string; text: string }[];
};

export type DuplicateOptions = EqualAnswerOptions & {
  /** How many words a text needs before its being said twice is odd; 10 unless told. */
  wordsMin?: number;
  /** From which overlap of runs of three words two texts are nearly the same; 0.9 unless told. */
  overlapMin?: number;
};

/** Responses that give the same closed answers, or nearly the same words to one question. Ids ascending. */
export type DuplicateGroup =
  | { kind: 'answers'; ids: string[]; answered: number }
  | { kind: 'text'; ids: string[]; item: string };

/** Groups, and those whose closed answers equal others' in a way that proves nothing, with the reason, by id. */
export type Duplicates = { groups: DuplicateGroup[]; unjudged: Map<string, string> };

/**
 * Which responses of one study look like copies of each other: all closed answers equal where chance does not explain
 * it (see `findEqualAnswers`), or a free text nearly word for word the same as somebody else's to the same question.
 *
 * Texts are compared in lower case and without punctuation, from 10 words on: two people may both say “nothing, it was
 * all fine”. All members of a group are named, for the data do not tell which came first. Time grows with the length of
 * all texts and vectors; see `nearTextGroups` for how texts are found without comparing all with all.
 *
 * @param responses of one study, each id once, in any order: the groups do not depend on it
 * @throws {RangeError} when an id occurs twice
 *
 * @example
 * const text = 'I would come back any time because the garden is lovely'
 * const told = ['a', 'b'].map((id) => ({ id, answerVector: '', textAnswers: [{ item: 'why', text }] }))
 * findDuplicates(told).groups // => [{ kind: 'text', ids: ['a', 'b'], item: 'why' }]
 */
export function findDuplicates(responses: readonly ComparedResponse[], options: DuplicateOptions = {}): Duplicates {
  if (new Set(responses.map(({ id }) => id)).size < responses.length) {
    throw new RangeError('findDuplicates requires each response once');
  }
  const sorted = [...responses].sort((a, b) => compare(a.id, b.id));
  const unjudged = new Map<string, string>();
  const groups: DuplicateGroup[] = [];

  const equal = findEqualAnswers(
    sorted.map((response) => response.answerVector),
    options,
  );
  for (const { members, answered, weakness } of equal) {
    const ids = members.map((member) => sorted[member]!.id);
    if (weakness === null) groups.push({ kind: 'answers', ids, answered });
    else for (const id of ids) unjudged.set(id, `Answers as ${others(ids.length)} did, but ${weakness}.`);
  }
  for (const [item, said] of textsByItem(sorted)) {
    for (const ids of groupTexts(said, options)) groups.push({ kind: 'text', ids, item });
  }
  return { groups, unjudged };
}

/**
 * How many others a group holds for each of its members, in words.
 *
 * @example
 * others(2) // => '1 other'
 * others(4) // => '3 others'
 */
export function others(groupSize: number): string {
  return groupSize === 2 ? '1 other' : `${groupSize - 1} others`;
}

type Said = { id: string; text: string };

function textsByItem(sorted: readonly ComparedResponse[]): [string, Said[]][] {
  const byItem = new Map<string, Said[]>();
  for (const { id, textAnswers } of sorted) {
    for (const { item, text } of textAnswers) {
      const said = byItem.get(item);
      if (said === undefined) byItem.set(item, [{ id, text }]);
      else said.push({ id, text });
    }
  }
  return [...byItem].sort(([a], [b]) => compare(a, b));
}

/** Equal texts are put together first, so that each wording is signed and compared once. */
function groupTexts(said: readonly Said[], { wordsMin = 10, overlapMin = 0.9 }: DuplicateOptions): string[][] {
  const wordings = new Map<string, { words: string[]; ids: string[] }>();
  for (const { id, text } of said) {
    const words = tokens(text, plainReading).map((token) => token.form);
    if (words.length < wordsMin) continue;
    const key = words.join(' ');
    const wording = wordings.get(key);
    if (wording === undefined) wordings.set(key, { words, ids: [id] });
    else if (wording.ids.at(-1) !== id) wording.ids.push(id);
  }
  const distinct = [...wordings.values()];
  const near = nearTextGroups(
    distinct.map(({ words }) => words),
    overlapMin,
  );
  const joined = new Set(near.flat());
  const alone = distinct.flatMap(({ ids }, i) => (joined.has(i) || ids.length < 2 ? [] : [ids]));
  const together = near.map((group) => [...new Set(group.flatMap((i) => distinct[i]!.ids))].sort(compare));
  return [...alone, ...together].filter((ids) => ids.length > 1).sort((a, b) => compare(a[0]!, b[0]!));
}

/** By code unit, the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
