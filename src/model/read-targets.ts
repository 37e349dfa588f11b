import { foldText } from './fold-text.ts';
import type { ChoiceColumn, NumberColumn, TableColumn } from './table-column.ts';
import type { WeightingMargin } from './weighting.ts';

type Category = WeightingMargin['categories'][number];

/** Percentages that are rounded by hand may miss 100 by so much. */
const ROUNDING = 0.1;

/** Several options of the longest labels fit. */
const LINE_MAX = 1_000;

/** What stands before the last sign of a line and after it; without a sign, and after nothing, nothing is named. */
function partsOf(line: string): [label: string, share: string] {
  const at = Math.max(...['=', '\t', ';', ':', '|'].map((sign) => line.lastIndexOf(sign)));
  return at < 0 ? ['', ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/**
 * The number in a percent as people write it: with a comma or a point, and a sign or none.
 *
 * @returns NaN for anything else, and 0 for nothing
 *
 * @example
 * ['12,5 %', '40', 'x'].map(percentIn) // => [12.5, 40, NaN]
 */
export function percentIn(text: string): number {
  const plain = text.trim();
  return Number((plain.endsWith('%') ? plain.slice(0, -1) : plain).replace(',', '.'));
}

/**
 * Reads shares as people write or paste them: a line for each category, its name, a sign (`=`, `:`, `;` or a tab) and its
 * percent. Options are put together with ` + `; of a number each line names a band.
 *
 * @param column whose shares they are; choices and numbers have some
 * @returns the categories, or everything that is wrong, each with what to do
 *
 * @example
 * const options = [{ code: 'f', label: 'Woman' }, { code: 'm', label: 'Man' }]
 * const column = { kind: 'choice', id: 's', name: 'Sex', options, codes: Int16Array.of(0, 1) }
 * readTargets('Woman = 51\nMan = 40', column)
 * // => { errors: ['These come to 91, and have to come to 100: 9 are missing. Add them to a line, or add a line'] }
 */
export function readTargets(text: string, column: TableColumn): { categories: Category[] } | { errors: string[] } {
  const errors: string[] = [];
  const lines: { label: string; target: number }[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [label, share] = partsOf(line);
    const target = percentIn(share);
    if (line.length > LINE_MAX) errors.push(`“${short(line)}” is longer than 1,000 letters: shorten its name`);
    else if (label === '')
      errors.push(`“${short(line)}” cannot be read: write a name, = and its percent, such as Town = 40`);
    else if (share === '') errors.push(`“${short(label)}” has no share yet: write its percent after the =`);
    else if (!(target >= 0 && target <= 100)) errors.push(`“${short(label)}”: write a percent from 0 to 100`);
    else lines.push({ label, target });
  }
  if (errors.length > 0) return { errors };
  if (lines.length < 2) return { errors: ['Write at least two lines, each with a name, = and its percent'] };
  const read =
    column.kind === 'choice'
      ? readOptions(lines, column)
      : column.kind === 'number'
        ? readBands(lines, column)
        : { errors: [`“${column.name}” has several answers of one person, and cannot be weighed by`] };
  const sum = sumFaults(lines);
  return 'errors' in read ? { errors: [...read.errors, ...sum] } : sum.length > 0 ? { errors: sum } : read;
}

/** Shares as numbers, as programs give them: codes of options, or where a band begins. */
export type PlainTarget = Pick<Category, 'codes' | 'from' | 'to' | 'target'>;

/**
 * Reads shares that are numbers already, by the same rules as those that people write.
 *
 * @param targets categories of options by their codes; or bands from the lowest, whose `from` is null, to the highest
 * @param column whose shares they are
 * @returns the categories with their labels, or everything that is wrong, each with what to do
 *
 * @example
 * const options = [{ code: 'f', label: 'Woman' }, { code: 'm', label: 'Man' }]
 * const column = { kind: 'choice', id: 's', name: 'Sex', options, codes: Int16Array.of(0, 1) }
 * const target = (code, share) => ({ codes: [code], from: null, to: null, target: share })
 * targetsOf([target('f', 51), target('x', 49)], column)
 * // => { errors: ['There is no option “x” here', '“Man” has 1 respondents and no line: give it a share, or put it together with another by a +'] }
 */
export function targetsOf(
  targets: readonly PlainTarget[],
  column: TableColumn,
): { categories: Category[] } | { errors: string[] } {
  const read =
    column.kind === 'choice'
      ? optionsOf(targets, column)
      : column.kind === 'number'
        ? bandsOf(targets, column)
        : { categories: [], errors: [`“${column.name}” has several answers of one person, and cannot be weighed by`] };
  const errors = [...read.errors, ...sumFaults(targets)];
  return errors.length > 0 ? { errors } : { categories: read.categories };
}

function optionsOf(
  targets: readonly PlainTarget[],
  column: ChoiceColumn,
): { categories: Category[]; errors: string[] } {
  const errors: string[] = [];
  const labelOf = (code: string) => column.options.find((option) => option.code === code)?.label;
  const categories = targets.map(({ codes, target }): Category => {
    for (const code of codes) if (labelOf(code) === undefined) errors.push(`There is no option “${short(code)}” here`);
    if (codes.length === 0) errors.push('Name the codes of at least one option in each category');
    return { label: codes.map((code) => labelOf(code) ?? code).join(' + '), codes, from: null, to: null, target };
  });
  return { categories, errors: [...errors, ...optionFaults(categories, column)] };
}

function bandsOf(targets: readonly PlainTarget[], column: NumberColumn): { categories: Category[]; errors: string[] } {
  const errors: string[] = [];
  const categories = targets.map(({ from, to, codes, target }, i): Category => {
    const next = targets[i + 1];
    if (codes.length > 0) errors.push(`“${column.name}” is a number: say where each band begins, and no codes`);
    if (i > 0 && from === null) errors.push('Say where each band begins; only the lowest may go without');
    if (next && to !== null) errors.push('Only the highest band says where it ends');
    if (next && !(next.from === null || from === null || next.from > from))
      errors.push('Give the bands from the lowest to the highest');
    if (!next && to !== null && from !== null && !(to >= from)) errors.push('The highest band ends before it begins');
    return { label: bandLabel(from, next ? next.from : to, next !== undefined), codes: [], from, to, target };
  });
  return { categories, errors: errors.length > 0 ? errors : emptyBands(categories, column) };
}

/** As a line names it. */
function bandLabel(from: number | null, end: number | null, isUnder: boolean): string {
  if (from === null) return isUnder ? `under ${end}` : 'all';
  return end === null ? `${from} and over` : isUnder ? `${from} to under ${end}` : `${from} to ${end}`;
}

function sumFaults(targets: readonly { target: number }[]): string[] {
  const all = targets.reduce((sum, { target }) => sum + target, 0);
  const off = Number((all - 100).toFixed(2));
  return Math.abs(off) > ROUNDING
    ? [
        `These come to ${Number(all.toFixed(2))}, and have to come to 100: ${off < 0 ? `${-off} are missing. Add them to a line` : `${off} are too many. Take them from a line`}, or add a line`,
      ]
    : [];
}

/** Options that stand twice, that nobody chose or that have no share. */
function optionFaults(categories: readonly Category[], column: ChoiceColumn): string[] {
  const errors: string[] = [];
  const counts = countsOf(column);
  const placeOf = (code: string) => column.options.findIndex((option) => option.code === code);
  const taken = new Set<number>();
  for (const { label, codes, target } of categories) {
    const places = codes.map(placeOf).filter((place) => place >= 0);
    for (const place of places) {
      if (taken.has(place)) errors.push(`“${column.options[place]!.label}” stands here twice: leave one out`);
      taken.add(place);
    }
    if (target > 0 && places.length > 0 && places.length === codes.length && places.every((at) => counts[at] === 0)) {
      const other = column.options.find((_, i) => counts[i]! > 0)?.label ?? 'another';
      errors.push(
        `Nobody is in “${short(label)}”, so no weight can bring it to ${target} %. Put it together with another, such as “${short(label)} + ${short(other)} = …”, or leave it out and share its percent among the others`,
      );
    }
  }
  for (const [i, { label }] of column.options.entries())
    if (counts[i]! > 0 && !taken.has(i))
      errors.push(
        `“${short(label)}” has ${counts[i]} respondents and no line: give it a share, or put it together with another by a +`,
      );
  return errors;
}

/** Bands that nobody is in, and that weights cannot fill. */
function emptyBands(bands: readonly Category[], column: NumberColumn): string[] {
  const counts = bands.map(() => 0);
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    const band = bands.findLastIndex(({ from }) => from === null || value >= from);
    const end = bands[band]?.to ?? null;
    if (band >= 0 && !(end !== null && !(value <= end))) counts[band]! += 1;
  }
  return bands.flatMap(({ label, target }, i) =>
    target > 0 && counts[i] === 0
      ? [`Nobody is in “${label}”, so no weight can bring it to ${target} %. Make one band of it and its neighbour`]
      : [],
  );
}

/** The shares of a margin as they are written. */
export const writeTargets = (categories: readonly Pick<Category, 'label' | 'target'>[]): string =>
  categories.map(({ label, target }) => `${label} = ${target}`).join('\n');

/**
 * A text to begin from: a line for each option that anybody chose, or three bands of about as many people.
 *
 * @example
 * blankTargets({ kind: 'number', id: 'age', name: 'Age', values: Float64Array.of(20, 30, 40, 50, 60, 70) })
 * // => 'under 40 = \n40 to 59 = \n60 and over = '
 */
export function blankTargets(column: TableColumn): string {
  if (column.kind === 'choice') {
    const counts = countsOf(column);
    return column.options.flatMap(({ label }, i) => (counts[i]! > 0 ? [`${label} = `] : [])).join('\n');
  }
  if (column.kind !== 'number') return '';
  const known = column.values.filter((value) => !Number.isNaN(value)).sort();
  const at = (part: number) => Math.round(known[Math.min(known.length - 1, Math.floor(part * known.length))] ?? 0);
  const [low, high] = [at(1 / 3), at(2 / 3)];
  return low < high && high - low > 1
    ? `under ${low} = \n${low} to ${high - 1} = \n${high} and over = `
    : `under ${high} = \n${high} and over = `;
}

function readOptions(
  lines: readonly { label: string; target: number }[],
  column: ChoiceColumn,
): { categories: Category[] } | { errors: string[] } {
  const errors: string[] = [];
  const placeOf = (name: string) => {
    const folded = foldText(name.trim());
    const byLabel = column.options.findIndex(({ label }) => foldText(label.trim()) === folded);
    return byLabel >= 0 ? byLabel : column.options.findIndex(({ code }) => foldText(code) === folded);
  };
  const categories = lines.map(({ label, target }): Category => {
    const whole = placeOf(label);
    const names = whole >= 0 ? [label] : label.split(/\s\+\s/);
    const places = whole >= 0 ? [whole] : names.map(placeOf);
    for (const [i, place] of places.entries())
      if (place < 0) errors.push(`There is no answer “${short(names[i]!)}”: write it as the question does`);
    const known = places.filter((place) => place >= 0);
    return {
      label: known.map((place) => column.options[place]!.label).join(' + ') || label,
      codes: known.map((place) => column.options[place]!.code),
      from: null,
      to: null,
      target,
    };
  });
  errors.push(...optionFaults(categories, column));
  return errors.length > 0 ? { errors } : { categories };
}

const NUMBER = '(-?\\d+(?:\\.\\d+)?)';
const UNDER = new RegExp(`^(?:under|below|less than|<)\\s*${NUMBER}$`, 'i');
const BETWEEN = new RegExp(`^${NUMBER}\\s*(?:to|-|–|—)\\s*${NUMBER}$`, 'i');
const OVER = new RegExp(`^(?:from\\s*)?${NUMBER}\\s*(?:and over|and above|and more|or more|\\+)$`, 'i');

function readBands(
  lines: readonly { label: string; target: number }[],
  column: NumberColumn,
): { categories: Category[] } | { errors: string[] } {
  const errors: string[] = [];
  const bands = lines.map(({ label, target }) => {
    const [under, between, over] = [UNDER.exec(label), BETWEEN.exec(label), OVER.exec(label)];
    if (!under && !between && !over)
      errors.push(`“${short(label)}” is no band: write under 30, 30 to 49, or 50 and over`);
    return {
      label,
      target,
      from: between ? Number(between[1]) : over ? Number(over[1]) : null,
      /** Where it ends; itself outside for “under”. */
      end: under ? Number(under[1]) : between ? Number(between[2]) : null,
      isUnder: under !== null,
    };
  });
  if (errors.length > 0) return { errors };
  for (const [i, band] of bands.entries()) {
    if (band.from !== null && band.end !== null && !(band.end >= band.from))
      errors.push(`“${band.label}” ends before it begins`);
    const next = bands[i + 1];
    if (!next) continue;
    if (next.from === null || band.end === null) {
      errors.push('Write the bands from the lowest to the highest, “under …” first and “… and over” last');
      break;
    }
    const isApart = band.isUnder ? next.from !== band.end : next.from <= band.end;
    if (isApart) errors.push(`“${band.label}” and “${next.label}” do not meet: each number has to be in one band`);
    else if (!band.isUnder && next.from - band.end > 1)
      errors.push(`Between “${band.label}” and “${next.label}” there are numbers without a band`);
  }
  if (errors.length > 0) return { errors };
  const categories = bands.map(
    ({ label, target, from, end }, i): Category => ({
      label,
      codes: [],
      from,
      to: i === bands.length - 1 ? end : null,
      target,
    }),
  );
  const empty = emptyBands(categories, column);
  return empty.length > 0 ? { errors: empty } : { categories };
}

/** How many gave each option. */
export function countsOf(column: ChoiceColumn): number[] {
  const counts = column.options.map(() => 0);
  for (const code of column.codes) if (code >= 0) counts[code]! += 1;
  return counts;
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
