import { type TypingItem, TypingTool } from '../../model/typing-tool.ts';
import { itemEffects } from '../../segments/typing/item-effects.ts';
import { guessFormat, readDelimited, writeCsv } from '../delimited.ts';
import { toolLabel } from './tool-label.ts';
import type { ReadTyping } from './typing-json.ts';

/** What parts a question from one of its answers in the first column. */
const PART = ' = ';
const CONSTANT = /^\(?(constant|intercept)\)?$/i;

/**
 * The scoring table as CSV: a column for each segment, a row for each item that is asked, the constant last. Score = sum of
 * weight × answer + constant; the highest score is the segment. A nominal item has a row for each of its answers, which
 * counts 1 for that answer. Values that are worked out of several items are written as weights of those items.
 */
export function writeScoringTable(tool: TypingTool): string {
  const names = tool.segments.map(({ name }) => name.trim());
  const isClear = names.every((name, i) => name !== '' && names.indexOf(name) === i);
  const { constants, items } = itemEffects(tool);
  const rows = items.flatMap(({ item, slopes, byOption }): (string | number)[][] =>
    item.kind === 'nominal'
      ? item.options.map((option, at) => [`${item.id}${PART}${option.code}`, ...byOption[at]!])
      : [[item.id, ...slopes]],
  );
  const label = toolLabel(tool);
  const first = label === '' ? 'question' : `question (${label})`;
  const header = [first, ...(isClear ? names : tool.segments.map(({ id }) => id))];
  return writeCsv(header, [...rows, ['constant', ...constants]]);
}

/**
 * Reads a scoring table, also one made elsewhere. How well it does and what its answers may be nobody says there, so the tool
 * holds neither accuracy nor limits, and types only people who answered everything.
 *
 * @param unsureBelow a person whose most likely segment is less likely is in none
 * @returns every fault with its row, counted as a spreadsheet counts, when there are any
 */
export function readScoringTable(text: string, unsureBelow: number): ReadTyping {
  const faults: string[] = [];
  let records: string[][];
  const format = guessFormat(text);
  try {
    records = readDelimited(text, { ...format, hasHeader: false, removeGuard: true }).rows;
  } catch {
    return { tool: null, faults: ['A quotation mark opens and does not close: save the table as CSV again'] };
  }
  const [header, ...rows] = records.map((cells) => cells.map((cell) => cell.trim()));
  if (header === undefined || header.length < 3)
    return {
      tool: null,
      faults: ['The first row names the segments: a heading for the questions, then at least two segments'],
    };
  const segments = header.slice(1);
  segments.forEach((name, i) => {
    if (name === '') faults.push(`Row 1: column ${i + 2} has no segment name`);
    else if (segments.indexOf(name) < i) faults.push(`Row 1: the segment “${name}” stands there twice`);
  });

  const last = rows.findLastIndex(([name]) => CONSTANT.test(name ?? ''));
  if (last < 0) faults.push('There is no row “constant”, which has to be the last one');
  else if (last < rows.length - 1) faults.push(`Row ${last + 2}: the constant has to be the last row`);
  const seen = new Map<string, number>();
  const read = rows.map((cells, i) => {
    const at = `Row ${i + 2}`;
    const [name = '', ...weights] = cells;
    if (name === '') faults.push(`${at}: the question has no name`);
    else if (seen.has(name)) faults.push(`${at}: “${name}” stands in row ${seen.get(name)} already`);
    else seen.set(name, i + 2);
    if (weights.length !== segments.length)
      faults.push(`${at}: there are ${weights.length} weights for ${segments.length} segments`);
    const numbers = weights.map((cell, column) => {
      const value = numberIn(cell, format.delimiter === ',');
      if (value === null)
        faults.push(
          `${at}: ${cell === '' ? 'nothing' : `“${cell}”`} stands for “${segments[column] ?? `column ${column + 2}`}”, and a weight is a number`,
        );
      return value ?? 0;
    });
    return { name, weights: numbers };
  });
  const questions = read.filter(({ name }) => !CONSTANT.test(name));
  if (questions.length === 0) faults.push('There are no questions between the first row and the constant');
  if (faults.length > 0) return { tool: null, faults };

  const items = itemsIn(questions.map(({ name }) => name));
  const tool = TypingTool.safeParse({
    format: 1,
    origin: 'imported',
    items,
    questions: items.map(({ id, name }) => ({ id, name, workedOutOf: [{ item: id, weight: 1 }], constant: 0 })),
    segments: segments.map((name) => ({ id: name, name })),
    priors: { kind: 'unknown', shares: null },
    table: {
      rows: questions.map(({ name, weights }) => ({ ...placeOf(name, items), weights })),
      constants: read.find(({ name }) => CONSTANT.test(name))!.weights,
    },
    spread: null,
    unsureBelow,
    measured: null,
  });
  if (tool.success) return { tool: tool.data, faults: [] };
  return { tool: null, faults: tool.error.issues.map(({ message }) => message) };
}

/** Numbers as programs write them; with other delimiters a comma may stand before the decimals. */
function numberIn(cell: string, isCommaDelimiter: boolean): number | null {
  const plain = isCommaDelimiter ? cell : cell.replace(/^([+-]?\d*),(\d+)$/, '$1.$2');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

function parted(name: string): [string, string | null] {
  const at = name.lastIndexOf(PART);
  return at > 0 ? [name.slice(0, at), name.slice(at + PART.length)] : [name, null];
}

function itemsIn(names: readonly string[]): TypingItem[] {
  const items = new Map<string, TypingItem>();
  for (const name of names) {
    const [id, code] = parted(name);
    const kind = code === null ? 'numeric' : 'nominal';
    const item = items.get(id) ?? { id, name: id, kind, options: [], min: null, max: null };
    if (code !== null) item.options.push({ code, value: item.options.length, text: code });
    items.set(id, item);
  }
  return [...items.values()];
}

function placeOf(name: string, items: readonly TypingItem[]): { question: string; level: number | null } {
  const [question, code] = parted(name);
  if (code === null) return { question, level: null };
  return {
    question,
    level: items.find(({ id }) => id === question)!.options.findIndex((option) => option.code === code),
  };
}
