import { oneLine } from './data-csv.ts';
import type { DataTable } from './data-table.ts';
import { type SpssFormat, type SpssVariable, savLayout } from './sav-layout.ts';

/** A literal is cut into pieces of at most so many letters, so that no line grows too long for older readers. */
const LITERAL_LETTERS = 60;
/** Formats that read what `writeDataCsv` writes in its `spss` dialect. */
const READ_AS: Record<SpssFormat['name'], (format: SpssFormat) => string> = {
  F: () => 'F40.0',
  // The guard before a text is one byte more, until it is taken off.
  A: ({ width }) => `A${readWidth(width)}`,
  DATE: () => 'SDATE10',
  DATETIME: () => 'YMDHMS19',
  TIME: () => 'TIME8',
};

/**
 * SPSS syntax that reads the CSV of `writeDataCsv(table, 'spss')` and gives it labels, codes for missing answers, measures
 * and sets of choices. It also takes off the apostrophes that keep spreadsheets from running a cell; only a text that was
 * typed as an apostrophe and a signed number loses its own.
 *
 * @param csvName the name of the CSV beside it
 * @throws {TypeError | RangeError} as `savLayout`
 */
export function writeSps(
  table: Pick<DataTable, 'label' | 'columns' | 'rows' | 'multipleSets'>,
  csvName: string,
): string {
  const { label, variables, multipleSets } = savLayout(table);
  const commands = [
    ['SET DECIMAL=DOT'],
    [
      'GET DATA',
      '/TYPE=TXT',
      `/FILE=${spssLiteral(csvName)}`,
      "/ENCODING='UTF8'",
      '/ARRANGEMENT=DELIMITED',
      '/FIRSTCASE=2',
      "/DELIMITERS=','",
      `/QUALIFIER='"'`,
      '/VARIABLES=',
      ...variables.map(({ name, format }) => `${name} ${READ_AS[format.name](format)}`),
    ],
    ...variables.filter(({ width }) => width > 0).flatMap(unguard),
    [
      'FORMATS',
      ...variables.filter(({ width }) => width === 0).map((one) => `${one.name} (${formatText(one.format)})`),
    ],
    ['VARIABLE LABELS', ...slashed(variables.filter((one) => one.label !== '').map(labelLine))],
    ['VALUE LABELS', ...slashed(variables.filter((one) => one.valueLabels.length > 0).map(valueLabelLines))],
    ['MISSING VALUES', ...variables.flatMap(missingLine)],
    ['VARIABLE LEVEL', ...slashed(variables.map(({ name, measure }) => `${name} (${measure.toUpperCase()})`))],
    ...multipleSets.map((set) => [
      'MRSETS',
      `/MDGROUP NAME=${set.name} LABEL=${spssLiteral(set.label)}`,
      `VARIABLES=${set.variables.map(({ name }) => name).join(' ')} VALUE=${set.counted}`,
    ]),
    ...(label === '' ? [] : [[`FILE LABEL ${spssLiteral(label)}`]]),
    ['EXECUTE'],
  ];
  return commands
    .filter((lines) => lines.length > 1 || !/^(FORMATS|VARIABLE|VALUE|MISSING)/.test(lines[0]!))
    .map((lines) => `${lines.join('\n  ')}.\n`)
    .join('\n');
}

/**
 * Any words as a literal of SPSS syntax, which nothing in them can end: quotation marks are doubled, lines become one.
 *
 * @example
 * spssLiteral("it's") // => "'it''s'"
 */
export function spssLiteral(text: string): string {
  const letters = [...oneLine(text)];
  const pieces: string[] = [];
  for (let from = 0; from < letters.length; from += LITERAL_LETTERS) {
    pieces.push(
      `'${letters
        .slice(from, from + LITERAL_LETTERS)
        .join('')
        .replaceAll("'", "''")}'`,
    );
  }
  return pieces.length === 0 ? "''" : pieces.join(' +\n    ');
}

const readWidth = (width: number): number => Math.min(32_767, width + 1);
const formatText = ({ name, width, decimals }: SpssFormat): string =>
  `${name}${width}${name === 'F' ? `.${decimals}` : ''}`;
const valueText = (value: number | string): string => (typeof value === 'number' ? `${value}` : spssLiteral(value));
const slashed = (lines: readonly string[]): string[] => lines.map((line, index) => (index === 0 ? line : `/${line}`));
const labelLine = ({ name, label }: SpssVariable): string => `${name} ${spssLiteral(label)}`;

const valueLabelLines = ({ name, valueLabels }: SpssVariable): string =>
  [name, ...valueLabels.map(({ value, label }) => `${valueText(value)} ${spssLiteral(label)}`)].join('\n    ');

function missingLine({ name, missing: { values, range } }: SpssVariable): string[] {
  const parts = [...(range ? [`${range[0]} THRU ${range[1]}`] : []), ...values.map(valueText)];
  return parts.length === 0 ? [] : [`${name} (${parts.join(', ')})`];
}

/** `SUBSTR` counts bytes, and signs in full width have three of them. */
function unguard({ name, width }: SpssVariable, index: number): string[][] {
  const plain = `#plain${index}`;
  return [
    [`STRING ${plain} (A${readWidth(width)})`],
    [`COMPUTE ${plain}=LTRIM(${name},"'")`],
    [
      `IF (SUBSTR(${name},1,1)="'" AND (ANY(SUBSTR(${plain},1,1),'=','+','-','@','|','%')`,
      `OR ANY(SUBSTR(${plain},1,3),'＝','＋','－','＠'))) ${name}=SUBSTR(${name},2)`,
    ],
  ];
}
