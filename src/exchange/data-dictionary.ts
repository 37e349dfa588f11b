import type { CellPolicy } from '../privacy/safe-cells.ts';
import { writeCsv } from './delimited.ts';
import { xlsxText } from './xlsx.ts';

/** One variable of a survey, as its data dictionary tells of it. */
export type DictionaryEntry = {
  id: string;
  name: string;
  family: 'scale' | 'question' | 'attribute' | 'theme' | 'segment' | 'derived';
  kind: 'one option' | 'several options' | 'number' | 'steps' | 'words' | 'day' | 'time' | 'order' | 'file' | 'task';
  /** With how many responses have each; null where it is not counted here. */
  options: { code: string; label: string; n: number | null }[];
  /** The ends that are set, else those that occur; null where there is nothing to range over. */
  range: { min: number; max: number; isObserved: boolean } | null;
  /** Responses that have a value; null for readers who are told no figure of few people. */
  n: number | null;
  /** What it is made of, in words. */
  madeOf: string;
  /** Of the survey, an instrument, a run, or a derived variable. */
  version: string;
  /** Why it cannot be worked out; null when it can. */
  fault: string | null;
};
export type DataDictionary = {
  survey: string;
  surveyVersion: number;
  /** Responses that count; null for readers who are told no figure of few people. */
  responses: number | null;
  variables: DictionaryEntry[];
};

/**
 * A dictionary as others than the study's researchers read it: what can be asked, and nothing that was counted. An end that
 * occurs is what one person said, a value of an attribute may be one person's, and a count that is told day by day gives away
 * whoever came last.
 *
 * @param policy null leaves it as it is
 *
 * @example
 * toldDictionary({ survey: 'Tea', surveyVersion: 1, responses: 12, variables: [] }, { least: 10 }).responses // => null
 */
export const toldDictionary = (dictionary: DataDictionary, policy: CellPolicy): DataDictionary =>
  policy === null
    ? dictionary
    : {
        ...dictionary,
        responses: null,
        variables: dictionary.variables.map((entry) => ({
          ...entry,
          n: null,
          range: entry.range?.isObserved ? null : entry.range,
          options: entry.family === 'attribute' ? [] : entry.options.map((option) => ({ ...option, n: null })),
        })),
      };

const HEADER = [
  'id',
  'name',
  'family',
  'kind',
  'options',
  'minimum',
  'maximum',
  'range',
  'n',
  'made of',
  'version',
  'note',
];

function rowOf(entry: DictionaryEntry): (string | number | null)[] {
  const { range } = entry;
  return [
    entry.id,
    entry.name,
    entry.family,
    entry.kind,
    entry.options.map(({ code, label }) => `${code} = ${label}`).join('; '),
    range?.min ?? null,
    range?.max ?? null,
    range === null ? '' : range.isObserved ? 'observed' : 'set',
    entry.n,
    entry.madeOf,
    entry.version,
    entry.fault ?? '',
  ];
}

/** A data dictionary as CSV, a line for each variable. Words that could be a formula are guarded. */
export const writeDictionaryCsv = ({ variables }: DataDictionary): string => writeCsv(HEADER, variables.map(rowOf));

/** A data dictionary as a workbook: variables on one sheet, a line for each option on another. Words are text, never a formula. */
export async function writeDictionaryXlsx({ variables }: DataDictionary): Promise<Uint8Array> {
  const cell = (value: string | number | null) =>
    value === null || value === '' ? null : typeof value === 'number' ? { value, type: Number } : xlsxText(value);
  const header = (names: readonly string[]) => names.map((name) => xlsxText(name, { fontWeight: 'bold' }));
  const { default: writeExcelFile } = await import('write-excel-file/node');
  return writeExcelFile([
    {
      data: [header(HEADER), ...variables.map((entry) => rowOf(entry).map(cell))],
      sheet: 'Variables',
      stickyRowsCount: 1,
    },
    {
      data: [
        header(['id', 'code', 'label', 'n']),
        ...variables.flatMap(({ id, options }) =>
          options.map(({ code, label, n }) => [cell(id), cell(code), cell(label), cell(n)]),
        ),
      ],
      sheet: 'Options',
      stickyRowsCount: 1,
    },
  ]).toBuffer();
}

/** A data dictionary as JSON, format 1. */
export const writeDictionaryJson = (dictionary: DataDictionary): string =>
  `${JSON.stringify({ format: 1, ...dictionary }, null, 2)}\n`;
