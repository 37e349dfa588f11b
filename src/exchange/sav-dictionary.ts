import { type SavBytes, savBytes } from './sav-bytes.ts';
import type { SavLayout, SpssFormat, SpssVariable } from './sav-layout.ts';

export const COMPRESSION_BIAS = 100;
/** The number that stands for “nothing here”. */
export const SYSTEM_MISSING = -Number.MAX_VALUE;
/** The second lowest number there is, which ranges begin at. */
const LOWEST = -(Number.MAX_VALUE - 2 ** 971);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FORMAT_CODES: Record<SpssFormat['name'], number> = { A: 1, F: 5, DATE: 20, TIME: 21, DATETIME: 22 };
const MEASURE_CODES: Record<SpssVariable['measure'], number> = { nominal: 1, ordinal: 2, scale: 3 };
/** Texts up to here have their value labels beside those of numbers; longer ones have a record of their own. */
const SHORT_TEXT = 8;

const eights = (bytes: number) => Math.ceil(bytes / 8);

/**
 * Everything in a system file that comes before the answers.
 *
 * @param createdAt written into the file, in UTC
 * @param casesCount null when nobody has counted
 * @see PSPP developers guide, “System File Format”, for the record types
 */
export function savDictionary(layout: SavLayout, createdAt: Date, casesCount: number | null): Uint8Array {
  const out = savBytes();
  const { variables } = layout;
  writeHeader(out, layout, createdAt, casesCount);
  for (const variable of variables) writeVariable(out, variable);
  writeValueLabels(out, variables);

  // Version, machine, IEEE floating point, compression, little-endian, UTF-8.
  writeExtension(out, 3, 4, (part) => part.int32(1, 0, 0, -1, 1, 1, 2, 65001));
  writeExtension(out, 4, 8, (part) => part.float64(SYSTEM_MISSING, Number.MAX_VALUE, LOWEST));
  if (layout.multipleSets.length > 0) writeExtension(out, 7, 1, (part) => part.text(multipleSetLines(layout)));
  writeExtension(out, 11, 4, (part) => {
    for (const variable of variables) {
      const isText = variable.width > 0;
      for (const segment of variable.segments) {
        const shown = isText ? Math.min(40, Math.max(8, segment.width)) : variable.format.width;
        part.int32(MEASURE_CODES[variable.measure], shown, isText ? 0 : 1);
      }
    }
  });
  writeExtension(out, 13, 1, (part) =>
    part.text(variables.map(({ segments, name }) => `${segments[0]!.shortName}=${name}`).join('\t')),
  );
  const long = variables.filter(({ segments }) => segments.length > 1);
  if (long.length > 0) {
    writeExtension(out, 14, 1, (part) => {
      for (const { segments, width } of long) {
        part.text(`${segments[0]!.shortName}=${String(width).padStart(5, '0')}\0\t`);
      }
    });
  }
  writeExtension(out, 16, 8, (part) => writeInt64(writeInt64(part, 1), casesCount ?? -1));
  writeExtension(out, 20, 1, (part) => part.text('UTF-8'));
  writeLongTextLabels(out, variables);
  writeLongTextMissing(out, variables);
  return out.int32(999, 0).take();
}

function writeHeader(out: SavBytes, layout: SavLayout, createdAt: Date, casesCount: number | null): void {
  const elements = layout.variables
    .flatMap(({ segments }) => segments)
    .reduce((sum, { width }) => sum + Math.max(1, eights(width)), 0);
  const [day, time] = createdAt.toISOString().slice(0, 19).split('T') as [string, string];
  const [year, month, date] = day.split('-') as [string, string, string];
  out
    .text('$FL2')
    .text('@(#) SPSS DATA FILE Verbatim', 60)
    .int32(2, elements, 1, 0, casesCount ?? -1)
    .float64(COMPRESSION_BIAS)
    .text(`${date} ${MONTHS[Number(month) - 1]} ${year.slice(2)}`, 9)
    .text(time, 8)
    .text(layout.label, 64)
    .text('', 3);
}

function writeVariable(out: SavBytes, variable: SpssVariable): void {
  const { format, label, missing } = variable;
  for (const [index, segment] of variable.segments.entries()) {
    const isFirst = index === 0;
    const isShort = variable.width <= SHORT_TEXT;
    const missingCount = missing.range ? -2 - missing.values.length : missing.values.length;
    const width = variable.width > 0 ? segment.width : format.width;
    const code = (FORMAT_CODES[format.name] << 16) | (width << 8) | format.decimals;
    out
      .int32(2, segment.width, isFirst && label !== '' ? 1 : 0, isFirst && isShort ? missingCount : 0, code, code)
      .text(segment.shortName, 8);
    if (isFirst && label !== '') {
      const bytes = Buffer.byteLength(label);
      out.int32(bytes).text(label, Math.ceil(bytes / 4) * 4);
    }
    if (isFirst && isShort) for (const value of [...(missing.range ?? []), ...missing.values]) writeValue(out, value);
    for (let rest = eights(segment.width) - 1; rest > 0; rest--) out.int32(2, -1, 0, 0, 0, 0).text('', 8);
  }
}

const writeValue = (out: SavBytes, value: number | string) =>
  typeof value === 'number' ? out.float64(value) : out.text(value, 8);

/** Which of the file's eights a variable begins at, counted from 1. */
function writeValueLabels(out: SavBytes, variables: readonly SpssVariable[]): void {
  let position = 1;
  for (const { valueLabels, width, segments } of variables) {
    if (valueLabels.length > 0 && width <= SHORT_TEXT) {
      out.int32(3, valueLabels.length);
      for (const { value, label } of valueLabels) {
        const bytes = Buffer.byteLength(label);
        writeValue(out, value)
          .byte(bytes)
          .text(label, eights(bytes + 1) * 8 - 1);
      }
      out.int32(4, 1, position);
    }
    position += segments.reduce((sum, segment) => sum + Math.max(1, eights(segment.width)), 0);
  }
}

function writeExtension(out: SavBytes, kind: number, size: number, fill: (part: SavBytes) => void): void {
  const part = savBytes();
  fill(part);
  const bytes = part.take();
  out.int32(7, kind, size, bytes.length / size).raw(bytes);
}

function writeInt64(out: SavBytes, value: number): SavBytes {
  return out.int32((value % 2 ** 32) | 0, Math.floor(value / 2 ** 32));
}

/** `$name=D1 1 5 label first second`, each with the bytes of the words that follow it. */
function multipleSetLines({ multipleSets }: SavLayout): string {
  return multipleSets
    .map(({ name, label, counted, variables }) => {
      const names = variables.map(({ segments }) => segments[0]!.shortName.toLowerCase()).join(' ');
      return `${name}=D${`${counted}`.length} ${counted} ${Buffer.byteLength(label)} ${label} ${names}\n`;
    })
    .join('');
}

function writeLongTextLabels(out: SavBytes, variables: readonly SpssVariable[]): void {
  const labelled = variables.filter(({ width, valueLabels }) => width > SHORT_TEXT && valueLabels.length > 0);
  if (labelled.length === 0) return;
  writeExtension(out, 21, 1, (part) => {
    for (const { name, width, valueLabels } of labelled) {
      part.int32(Buffer.byteLength(name)).text(name).int32(width, valueLabels.length);
      for (const { value, label } of valueLabels) {
        part.int32(width).text(`${value}`, width).int32(Buffer.byteLength(label)).text(label);
      }
    }
  });
}

function writeLongTextMissing(out: SavBytes, variables: readonly SpssVariable[]): void {
  const missing = variables.filter((variable) => variable.width > SHORT_TEXT && variable.missing.values.length > 0);
  if (missing.length === 0) return;
  writeExtension(out, 22, 1, (part) => {
    for (const {
      name,
      missing: { values },
    } of missing) {
      part.int32(Buffer.byteLength(name)).text(name).byte(values.length).int32(8);
      for (const value of values) part.text(`${value}`, 8);
    }
  });
}
