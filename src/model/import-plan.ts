import { z } from 'zod';
import type { Answer, AnswerProblem } from './answers.ts';
import { type Item, itemWording, type QuestionItem, surveyItems } from './items.ts';
import { readItem } from './read-item.ts';
import type { SurveyDefinition } from './survey.ts';

/**
 * What each column of a table means: an item of the survey, the person it is about, when and in which language they
 * answered, something known of them, or nothing.
 */
export const ColumnMeaning = z
  .string()
  .regex(/^(ignore|person|time|language|item:[A-Za-z0-9_.-]{1,140}|attribute:[^:]{1,100})$/);
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
/** A cell that does not fit its item, and why. */
export type RowFault = { row: number; column: number; cell: string; item: string; problem: AnswerProblem };

/**
 * A first guess of what columns mean, by their names: an item's address or code, a battery row's code, its
 * wording in any language, `person` or `id`, or a name that is usual for the time or the language of an answer.
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
  // Other programs head columns with the words of the question.
  for (const item of items)
    for (const language of definition.languages) {
      const name = fold(itemWording(item, (wording) => wording[language] ?? ''));
      if (name !== '' && !byName.has(name)) byName.set(name, item.address);
    }
  const taken = new Set<string>();
  return Array.from({ length: width }, (_, index): ColumnMeaning => {
    const name = fold(header?.[index] ?? '');
    const address = byName.get(name);
    if (address !== undefined && !taken.has(address)) {
      taken.add(address);
      return `item:${address}`;
    }
    for (const [meaning, names] of OF_ROW)
      if (names.has(name) && !taken.has(meaning)) {
        taken.add(meaning);
        return meaning;
      }
    return name === 'person' || name === 'personid' || name === 'respondentid' ? 'person' : 'ignore';
  });
}

/** How tables head the time of an answer, without spaces and marks. */
const TIME_NAMES = new Set([
  ...['timestamp', 'answeredat', 'answeredon', 'answertime', 'answerdate', 'submittedat', 'submittedon', 'submitdate'],
  ...['submissiondate', 'submissiontime', 'completedat', 'completedon', 'responsedate', 'responsetime', 'recordeddate'],
  ...['enddate', 'endtime', 'createdat', 'datetime', 'zeitstempel', 'horodateur'],
]);

/** How they head its language. */
const LANGUAGE_NAMES = new Set(['language', 'lang', 'locale', 'startlanguage', 'userlanguage', 'sprache', 'langue']);
const OF_ROW = [
  ['time', TIME_NAMES],
  ['language', LANGUAGE_NAMES],
] as const;

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
      const answer = readCell(item, cell);
      if ('problem' in answer) faults.push({ row, column, cell, item: address, problem: answer.problem });
      else read.answers[address] = answer.answer;
    }
  });
  return faults.length > 0 ? { faults } : { read };
}

function readCell(item: QuestionItem, cell: string): { answer: Answer } | { problem: AnswerProblem } {
  const isText = item.holds === 'text';
  if (isText ? cell.trim() === '' : MISSING.has(cell.trim().toLowerCase()) && !isOption(item, cell.trim()))
    return { answer: { state: 'skipped' } };
  if (cell.trim().toLowerCase() === 'refused' && item.question.refusable) return { answer: { state: 'refused' } };
  const isList = item.holds === 'codes' || item.holds === 'ranking';
  // A label may itself hold a semicolon, so the whole cell is looked for before it is cut up.
  const values =
    isList && !isOption(item, cell.trim())
      ? cell
          .split(/[;|]/)
          .map((part) => part.trim())
          .filter((part) => part !== '')
      : [isText ? cell : cell.trim()];
  const read = readItem(item, item.options.length > 0 ? values.map((value) => optionCode(item, value)) : values);
  return 'problem' in read ? read : { answer: { state: 'answered', value: read.value } };
}

/** True where a mark such as `NA` is itself one of the answers: Namibia, or “not applicable”. */
const isOption = (item: QuestionItem, value: string): boolean =>
  item.options.some((option) => option.code === optionCode(item, value));

/** Tables carry codes, what another program recorded for them, or labels; labels count in any language of the survey. */
function optionCode({ options }: QuestionItem, value: string): string {
  if (options.some((option) => option.code === value)) return value;
  const wanted = value.toLowerCase();
  return (
    options.find(({ alias }) => alias?.toLowerCase() === wanted)?.code ??
    options.find((option) => Object.values(option.text).some((label) => label.trim().toLowerCase() === wanted))?.code ??
    value
  );
}
