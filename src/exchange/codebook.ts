import { type DataColumn, type DataTable, namedValues } from './data-table.ts';
import { writeCsv } from './delimited.ts';

/** One line of a codebook: a variable and one of its values, or a variable whose values have no names. */
export type CodebookRow = {
  variable: string;
  label: string;
  type: DataColumn['type'];
  measure: DataColumn['measure'];
  value: number | string | null;
  valueLabel: string | null;
  isMissing: boolean;
  multipleSet: string | null;
  description: string | null;
};

const HEADER = [
  'variable',
  'label',
  'type',
  'measure',
  'value',
  'value_label',
  'missing',
  'multiple_set',
  'description',
];

/**
 * What every variable and every code of a table means, in the order of its columns; codes for “no answer” come last.
 *
 * @example
 * codebookRows([{ name: 'age', label: 'Age', type: 'number', measure: 'scale' }]).length // => 1
 */
export function codebookRows(columns: readonly DataColumn[]): CodebookRow[] {
  return columns.flatMap((column): CodebookRow[] => {
    const about = {
      variable: column.name,
      label: column.label,
      type: column.type,
      measure: column.measure,
      multipleSet: column.multipleSet ?? null,
      description: column.description ?? null,
    };
    const values = namedValues(column);
    if (values.length === 0) return [{ ...about, value: null, valueLabel: null, isMissing: false }];
    return values.map(({ value, label, isMissing }) => ({ ...about, value, valueLabel: label, isMissing }));
  });
}

/** A codebook as a header and cells, for formats that write tables. */
export function codebookCells(columns: readonly DataColumn[]): {
  header: string[];
  rows: (string | number | null)[][];
} {
  const rows = codebookRows(columns).map((row) => [
    row.variable,
    row.label,
    row.type,
    row.measure,
    row.value,
    row.valueLabel,
    row.value === null ? null : row.isMissing ? 'yes' : 'no',
    row.multipleSet,
    row.description,
  ]);
  return { header: [...HEADER], rows };
}

/** A codebook as CSV, guarded as all CSV is. */
export function codebookCsv(columns: readonly DataColumn[]): string {
  const { header, rows } = codebookCells(columns);
  return writeCsv(header, rows);
}

/** A codebook to read and print: Markdown with a heading for each variable and a table of its values, and no HTML. */
export function codebookMarkdown(table: Pick<DataTable, 'name' | 'label' | 'columns' | 'multipleSets'>): string {
  const title = `# ${escapeMarkdown(table.label || table.name)}\n`;
  const count = `${table.columns.length} ${table.columns.length === 1 ? 'variable' : 'variables'}.\n`;
  const sets = (table.multipleSets ?? []).map(
    ({ name, label, counted, columns }) =>
      `- ${escapeMarkdown(name)}: ${escapeMarkdown(label)} (${columns.map(escapeMarkdown).join(', ')}; ${counted} means chosen)\n`,
  );
  const setsPart = sets.length === 0 ? [] : [`## Questions with several choices\n\n${sets.join('')}`];
  return [title, count, ...table.columns.map(columnMarkdown), ...setsPart].join('\n');
}

function columnMarkdown(column: DataColumn): string {
  const values = namedValues(column);
  const facts = [column.type, column.measure, ...(column.multipleSet ? [`a choice of ${column.multipleSet}`] : [])];
  return [
    `## ${escapeMarkdown(column.name)}\n`,
    ...(column.label === '' ? [] : [`${escapeMarkdown(column.label)}\n`]),
    `${facts.map(escapeMarkdown).join(', ')}\n`,
    ...(column.description ? [`${escapeMarkdown(column.description)}\n`] : []),
    ...(values.length === 0
      ? []
      : [
          `| Value | Label | Missing |\n| --- | --- | --- |\n${values
            .map(
              ({ value, label, isMissing }) =>
                `| ${escapeMarkdown(`${value}`)} | ${escapeMarkdown(label)} | ${isMissing ? 'yes' : ''} |\n`,
            )
            .join('')}`,
        ]),
  ].join('\n');
}

/**
 * Words that mean nothing but themselves in Markdown, on one line.
 *
 * @example
 * escapeMarkdown('<b>1 | 2</b>') // => '\\<b\\>1 \\| 2\\</b\\>'
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>|#~!&$^]/g, '\\$&')
    .replace(/^([-+=:])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}
