import type { Wording } from './survey.ts';
import { Code } from './survey.ts';
import { codeFrom } from './survey-edit-codes.ts';

/**
 * Options, rows and the like as lines of text, which is the fastest way to write them: one a line, its label alone, or
 * `code | label` where the code is to be another than the label would give.
 */

export type Part = { code: string; text: Wording };

/** How alike two labels must be to be taken for one that was edited, and to be taken for it where nothing fits better. */
const ALIKE_LEAST = 0.5;
const ALIKE_PERHAPS = 0.3;

/** The label of a part in one language; empty where it has none. */
export const labelOf = (part: Part, language: string): string => part.text[language] ?? '';

/**
 * Words of several lines in one.
 *
 * @example
 * oneLine('Red \n\n and blue') // => 'Red and blue'
 */
export const oneLine = (text: string): string =>
  text.includes('\n')
    ? text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .join(' ')
    : text;

/**
 * Parts as lines of text in one language.
 *
 * @example
 * linesOf([{ code: 'blue', text: { en: 'Blue' } }, { code: 'r1', text: { en: 'Red' } }], 'en') // => 'Blue\nr1 | Red'
 */
export function linesOf(parts: readonly Part[], language: string): string {
  const taken = new Set<string>();
  return parts
    .map((part) => {
      const label = oneLine(labelOf(part, language));
      const isPlain = label.trim() !== '' && !label.includes('|') && codeFrom(label, taken) === part.code;
      taken.add(part.code);
      return isPlain ? label : `${part.code} | ${label}`;
    })
    .join('\n');
}

/**
 * One line as it was read, and the part it is: found by the code before it, by its exact words, by how alike the words
 * are, by the place it stands in, or as the likeliest of what is left; null for a new one.
 */
export type LineMatch = {
  code: string | null;
  label: string;
  /** The place of the part, counted from 0. */
  part: number | null;
  by: 'code' | 'words' | 'likeness' | 'place' | 'guess' | null;
};

/**
 * Reads lines of text back into parts. A code once given stays: a line is the part of its code, else of its label, else
 * the one whose label it is most like, else the part that stood in its place; what is left is new and gets a code from
 * its label.
 *
 * @param before the parts as they were; what they hold besides the label in this language is kept
 * @param language in which the lines are written
 *
 * @example
 * partsFromLines('Navy\nRed', [{ code: 'blue', text: { en: 'Blue' } }, { code: 'red', text: { en: 'Red' } }], 'en')
 * // => [{ code: 'blue', text: { en: 'Navy' } }, { code: 'red', text: { en: 'Red' } }]
 */
export function partsFromLines<P extends Part>(lines: string, before: readonly P[], language: string): (P | Part)[] {
  const matches = matchLines(lines, before, language);
  const taken = new Set<string>([
    ...matches.flatMap(({ part }) => (part === null ? [] : [before[part]?.code ?? ''])),
    ...matches.flatMap(({ code }) => (code === null ? [] : [code])),
  ]);
  return matches.map(({ code, label, part }) => {
    const old = part === null ? undefined : before[part];
    if (old) return { ...old, text: withLabel(old.text, language, label) };
    const given = code ?? codeFrom(label, taken);
    taken.add(given);
    return { code: given, text: { [language]: label } };
  });
}

function withLabel(text: Wording, language: string, label: string): Wording {
  if (label !== '') return { ...text, [language]: label };
  const { [language]: _, ...others } = text;
  return Object.keys(others).length > 0 ? others : { [language]: '' };
}

/** A line with a bar has a code before it, if that could be one. */
function readLine(line: string, before: readonly Part[]): { code: string | null; label: string } {
  const bar = line.indexOf('|');
  if (bar < 0) return { code: null, label: line };
  const code = line.slice(0, bar).trim();
  const isCode = before.some((part) => part.code === code) || Code.safeParse(code).success;
  return isCode ? { code, label: line.slice(bar + 1).trim() } : { code: null, label: line };
}

/** Which part each line is; blank lines are passed over. */
export function matchLines(lines: string, before: readonly Part[], language: string): LineMatch[] {
  const matches = lines
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): LineMatch => ({ ...readLine(line, before), part: null, by: null }));
  const labels = before.map((part) => labelOf(part, language));
  const used = new Set<number>();
  const claim = (match: LineMatch | undefined, part: number | undefined, by: LineMatch['by']) => {
    if (match === undefined || part === undefined || part < 0) return;
    Object.assign(match, { part, by });
    used.add(part);
  };
  for (const match of matches)
    if (match.code !== null)
      claim(
        match,
        before.findIndex((part, index) => part.code === match.code && !used.has(index)),
        'code',
      );
  for (const match of matches)
    if (match.code === null)
      claim(
        match,
        labels.findIndex((label, index) => !used.has(index) && label === match.label),
        'words',
      );
  const byLikeness = (least: number, by: LineMatch['by']) => {
    const open = matches.filter(({ code, part }) => code === null && part === null);
    const pairs = open
      .flatMap((match) =>
        labels.flatMap((label, index) =>
          used.has(index) ? [] : [{ match, index, alike: likeness(match.label, label) }],
        ),
      )
      .filter(({ alike }) => alike >= least)
      .sort((a, b) => b.alike - a.alike);
    for (const { match, index } of pairs) if (match.part === null && !used.has(index)) claim(match, index, by);
  };
  byLikeness(ALIKE_LEAST, 'likeness');
  for (const gap of gapsIn(matches, before.length)) {
    const free = gap.parts.filter((index) => !used.has(index));
    if (free.length === gap.lines.length)
      gap.lines.forEach((line, place) => claim(matches[line], free[place], 'place'));
  }
  byLikeness(ALIKE_PERHAPS, 'guess');
  return matches;
}

/** Stretches of unmatched lines without a code, each with the parts between its neighbours. */
function gapsIn(matches: readonly LineMatch[], count: number): { lines: number[]; parts: number[] }[] {
  const gaps: { lines: number[]; parts: number[] }[] = [];
  let lines: number[] = [];
  let last = -1;
  const close = (next: number) => {
    const parts = Array.from({ length: Math.max(0, next - last - 1) }, (_, place) => last + 1 + place);
    if (lines.length > 0) gaps.push({ lines, parts });
    lines = [];
  };
  matches.forEach(({ part, code }, line) => {
    if (part !== null) {
      close(part);
      last = part;
    } else if (code === null) lines.push(line);
  });
  close(count);
  return gaps;
}

/**
 * How alike two labels are, 0 nothing in common, 1 the same: the larger of Dice's coefficient over pairs of neighbouring
 * letters and the share of letters that need no editing.
 */
export function likeness(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  const longest = Math.max(left.length, right.length);
  if (longest === 0) return 0;
  return Math.max(sharedPairs(left, right), 1 - editsBetween(left, right) / longest);
}

function sharedPairs(a: string, b: string): number {
  const pairs = (text: string) =>
    Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => text.slice(index, index + 2));
  const [left, right] = [pairs(a), pairs(b)];
  if (left.length + right.length === 0) return 0;
  const rest = [...right];
  const shared = left.filter((pair) => {
    const index = rest.indexOf(pair);
    if (index >= 0) rest.splice(index, 1);
    return index >= 0;
  });
  return (2 * shared.length) / (left.length + right.length);
}

/** Labels are short; of longer ones the beginning is compared. */
const COMPARED_MAX = 200;

/** Levenshtein's distance: letters put in, taken out or changed. */
export function editsBetween(a: string, b: string): number {
  const [left, right] = [a.slice(0, COMPARED_MAX), b.slice(0, COMPARED_MAX)];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[right.length] ?? 0;
}
