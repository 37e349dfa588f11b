import { z } from 'zod';
import { type Answer, type AnswerValue, readValue } from './answers.ts';
import type { Question, SurveyDefinition } from './survey.ts';
import { type Item, surveyItems } from './survey-check.ts';

/** What each column of a table means: an item of the survey, the person it is about, something known of them, or nothing. */
export const ColumnMeaning = z.string().regex(/^(ignore|person|item:[A-Za-z0-9_.-]{1,140}|attribute:[^:]{1,100})$/);
export type ColumnMeaning = z.infer<typeof ColumnMeaning>;

export const ImportPlan = z.strictObject({
  format: z.strictObject({ delimiter: z.enum([',', ';', '\t', '|']), isQuoted: z.boolean(), hasHeader: z.boolean() }),
  columns: z.array(ColumnMeaning).max(5000),
  /** The researcher's word that those in the file agreed to be quoted. */
  mayQuote: z.boolean(),
});
export type ImportPlan = z.infer<typeof ImportPlan>;

export type ReadRow = {
  answers: Record<string, Answer>;
  person: string | null;
  attributes: Record<string, string | number>;
};
export type RowFault = { row: number; column: number; detail: string };

/**
 * A first guess of what columns mean, by their names: an item's address or code, a battery row's code, `person` or `id`.
 *
 * @param header null for a table without one: then nothing is guessed
 */
export function guessColumns(
  definition: SurveyDefinition,
  header: readonly string[] | null,
  width: number,
): ColumnMeaning[] {
  const items = surveyItems(definition);
  const fold = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
  const byName = new Map<string, string>();
  for (const item of items) {
    for (const name of [item.address, item.row ?? item.question.code])
      if (!byName.has(fold(name))) byName.set(fold(name), item.address);
  }
  const taken = new Set<string>();
  return Array.from({ length: width }, (_, index): ColumnMeaning => {
    const name = fold(header?.[index] ?? '');
    const address = byName.get(name);
    if (address !== undefined && !taken.has(address)) {
      taken.add(address);
      return `item:${address}`;
    }
    return name === 'person' || name === 'personid' || name === 'respondentid' ? 'person' : 'ignore';
  });
}

/** Marks that tables use for an answer that was not given. */
const MISSING = new Set(['', 'na', 'n/a', 'null', '.']);

/**
 * Reads one row of a table as the answers of one person.
 *
 * @returns the answers, or every cell that does not fit
 */
export function readRow(
  items: ReadonlyMap<string, Item>,
  columns: readonly ColumnMeaning[],
  cells: readonly string[],
  row: number,
): { read: ReadRow } | { faults: RowFault[] } {
  const read: ReadRow = { answers: {}, person: null, attributes: {} };
  const faults: RowFault[] = [];
  columns.forEach((meaning, column) => {
    const cell = cells[column] ?? '';
    if (meaning === 'person') read.person = cell.trim().slice(0, 200) || null;
    else if (meaning.startsWith('attribute:')) {
      const name = meaning.slice('attribute:'.length);
      const value = cell.trim().slice(0, 1000);
      // A post code such as 01067 is no number: only what is written the way a number is stays one.
      if (!MISSING.has(value.toLowerCase()))
        read.attributes[name] =
          /^-?\d{1,15}(\.\d{1,10})?$/.test(value) && String(Number(value)) === value ? Number(value) : value;
    } else if (meaning.startsWith('item:')) {
      const address = meaning.slice('item:'.length);
      const item = items.get(address);
      if (!item) return;
      const answer = readCell(item.question, cell);
      if ('error' in answer) faults.push({ row, column, detail: answer.error });
      else read.answers[address] = answer.answer;
    }
  });
  return faults.length > 0 ? { faults } : { read };
}

function readCell(question: Question, cell: string): { answer: Answer } | { error: string } {
  const isText = question.kind === 'text';
  if (isText ? cell.trim() === '' : MISSING.has(cell.trim().toLowerCase()) && !isOption(question, cell.trim()))
    return { answer: { state: 'skipped' } };
  if (cell.trim().toLowerCase() === 'refused' && question.refusable) return { answer: { state: 'refused' } };
  const values =
    question.kind === 'multiple'
      ? cell
          .split(/[;|]/)
          .map((part) => part.trim())
          .filter((part) => part !== '')
      : [isText ? cell : cell.trim()];
  const read = readValue(
    question,
    question.kind === 'single' || question.kind === 'multiple'
      ? values.map((value) => optionCode(question, value))
      : values,
  );
  return 'error' in read
    ? { error: `“${cell.slice(0, 60)}” does not fit “${question.code}”: ${read.error}` }
    : { answer: { state: 'answered', value: read.value satisfies AnswerValue } };
}

/** True where a mark such as `NA` is itself one of the answers: Namibia, or “not applicable”. */
const isOption = (question: Question, value: string): boolean =>
  (question.kind === 'single' || question.kind === 'multiple') &&
  question.options.some((option) => option.code === optionCode(question, value));

/** Tables carry codes or labels; labels count in any language of the survey. */
function optionCode(question: Extract<Question, { kind: 'single' | 'multiple' }>, value: string): string {
  if (question.options.some((option) => option.code === value)) return value;
  const wanted = value.toLowerCase();
  return (
    question.options.find((option) => Object.values(option.text).some((label) => label.trim().toLowerCase() === wanted))
      ?.code ?? value
  );
}
