import type { Wording } from './survey.ts';
import { Code } from './survey.ts';
import { codeFrom } from './survey-edit-codes.ts';

/**
 * Options, rows and the like as lines of text, which is the fastest way to write them: one a line, its label alone, or
 * `code | label` where the code is to be another than the label would give.
 */

type Part = { code: string; text: Wording };

/** How alike two labels must be to be taken for one that was edited. */
const ALIKE_LEAST = 0.5;

/** The label of a part in one language; empty where it has none. */
const labelOf = (part: Part, language: string): string => part.text[language] ?? '';

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
      const label = labelOf(part, language).replaceAll(/\s*\n\s*/g, ' ');
      const isPlain = label.trim() !== '' && !label.includes('|') && codeFrom(label, taken) === part.code;
      taken.add(part.code);
      return isPlain ? label : `${part.code} | ${label}`;
    })
    .join('\n');
}

/**
 * Reads lines of text back into parts. A code once given stays: a line is the part of its code, else of its label, else
 * the part that stood in its place and whose label was edited; what is left is new and gets a code from its label.
 *
 * @param before the parts as they were; what they hold besides the label in this language is kept
 * @param language in which the lines are written
 *
 * @example
 * partsFromLines('Navy\nRed', [{ code: 'blue', text: { en: 'Blue' } }, { code: 'red', text: { en: 'Red' } }], 'en')
 * // => [{ code: 'blue', text: { en: 'Navy' } }, { code: 'red', text: { en: 'Red' } }]
 */
export function partsFromLines<P extends Part>(lines: string, before: readonly P[], language: string): (P | Part)[] {
  const read = lines
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => readLine(line, before));
  const matched = matchLines(read, before, language);
  const taken = new Set<string>([
    ...matched.flatMap((index) => (index === null ? [] : [before[index]?.code ?? ''])),
    ...read.flatMap(({ code }) => (code === null ? [] : [code])),
  ]);
  return read.map(({ code, label }, line) => {
    const index = matched[line] ?? null;
    const old = index === null ? undefined : before[index];
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

/** For each line the place of the part it is, counted from 0; null for a new one. */
function matchLines(
  read: readonly { code: string | null; label: string }[],
  before: readonly Part[],
  language: string,
): (number | null)[] {
  const used = new Set<number>();
  const matched: (number | null)[] = read.map(() => null);
  const claim = (line: number, index: number) => {
    if (index < 0) return;
    matched[line] = index;
    used.add(index);
  };
  read.forEach(({ code }, line) => {
    if (code !== null)
      claim(
        line,
        before.findIndex((part, index) => part.code === code && !used.has(index)),
      );
  });
  read.forEach(({ code, label }, line) => {
    if (code === null)
      claim(
        line,
        before.findIndex((part, index) => !used.has(index) && labelOf(part, language) === label),
      );
  });
  for (const gap of gapsIn(read, matched, before.length)) {
    const free = gap.parts.filter((index) => !used.has(index));
    if (free.length === gap.lines.length) gap.lines.forEach((line, place) => claim(line, free[place] ?? -1));
    else
      for (const line of gap.lines) {
        const label = read[line]?.label ?? '';
        const rated = free
          .filter((index) => !used.has(index))
          .map((index) => ({ index, alike: likeness(label, labelOf(before[index] as Part, language)) }))
          .sort((a, b) => b.alike - a.alike);
        if (rated[0] && rated[0].alike >= ALIKE_LEAST) claim(line, rated[0].index);
      }
  }
  return matched;
}

/** Stretches of unmatched lines without a code, each with the parts between its neighbours. */
function gapsIn(
  read: readonly { code: string | null }[],
  matched: readonly (number | null)[],
  count: number,
): { lines: number[]; parts: number[] }[] {
  const gaps: { lines: number[]; parts: number[] }[] = [];
  let lines: number[] = [];
  let last = -1;
  const close = (next: number) => {
    const parts = Array.from({ length: Math.max(0, next - last - 1) }, (_, place) => last + 1 + place);
    if (lines.length > 0) gaps.push({ lines, parts });
    lines = [];
  };
  matched.forEach((index, line) => {
    if (index !== null) {
      close(index);
      last = index;
    } else if (read[line]?.code === null) lines.push(line);
  });
  close(count);
  return gaps;
}

/** Dice's coefficient over pairs of neighbouring letters: 0 nothing in common, 1 the same. */
function likeness(a: string, b: string): number {
  const pairs = (text: string) => {
    const plain = text.toLowerCase();
    return Array.from({ length: Math.max(0, plain.length - 1) }, (_, index) => plain.slice(index, index + 2));
  };
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
