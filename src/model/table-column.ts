import { NUMBER_LIMIT } from './attribute.ts';

/** A column that tables are made of: one thing that is known of each respondent, all columns over the same ones in the same order. */

export type ColumnOption = { code: string; label: string };

/** One option each: its place in `options`, −1 where nothing was said. */
export type ChoiceColumn = {
  kind: 'choice';
  id: string;
  name: string;
  options: readonly ColumnOption[];
  codes: Int16Array;
};

/** Any number of options each. */
export type ChoicesColumn = {
  kind: 'choices';
  id: string;
  name: string;
  options: readonly ColumnOption[];
  /** 1 where the question was answered, if only by choosing none. */
  answered: Uint8Array;
  /** For each option, 1 where it was chosen. */
  chosen: readonly Uint8Array[];
};

export type NumberColumn = {
  kind: 'number';
  id: string;
  name: string;
  /** NaN where nothing was said. */
  values: Float64Array;
  /** The steps mean more or less, and nothing is known of how much: medians and ranks tell of it rather than means. */
  isOrdinal?: boolean;
  /** How many numbers lie beyond the limit and are left out; not said of none. */
  beyond?: number;
  /** The ends of its scale, where it has one. */
  min?: number;
  max?: number;
};

export type TextColumn = { kind: 'text'; id: string; name: string; texts: readonly (string | null)[] };

export type TableColumn = ChoiceColumn | ChoicesColumn | NumberColumn | TextColumn;

/** How many respondents a column covers. */
export function columnLength(column: TableColumn): number {
  if (column.kind === 'choice') return column.codes.length;
  if (column.kind === 'choices') return column.answered.length;
  return column.kind === 'number' ? column.values.length : column.texts.length;
}

type Named = { id: string; name: string };

/**
 * A column of one option each.
 *
 * @param answers an option's code, or null; a code that no option has counts as nothing said
 *
 * @example
 * choiceColumn({ id: 'town', name: 'Town', options: [{ code: 'y', label: 'Yes' }] }, ['y', null]).codes // => Int16Array [0, -1]
 */
export function choiceColumn(
  { id, name, options }: Named & { options: readonly ColumnOption[] },
  answers: readonly (string | null)[],
): ChoiceColumn {
  const place = new Map(options.map(({ code }, index) => [code, index]));
  return {
    kind: 'choice',
    id,
    name,
    options,
    codes: Int16Array.from(answers, (code) => (code === null ? -1 : (place.get(code) ?? -1))),
  };
}

/**
 * A column of any number of options each.
 *
 * @param answers the codes of the options, none of them for `[]`, or null where nothing was said
 *
 * @example
 * choicesColumn({ id: 'use', name: 'Use', options: [{ code: 'a', label: 'A' }] }, [['a'], [], null]).answered
 * // => Uint8Array [1, 1, 0]
 */
export function choicesColumn(
  { id, name, options }: Named & { options: readonly ColumnOption[] },
  answers: readonly (readonly string[] | null)[],
): ChoicesColumn {
  return {
    kind: 'choices',
    id,
    name,
    options,
    answered: Uint8Array.from(answers, (codes) => (codes === null ? 0 : 1)),
    chosen: options.map(({ code }) => Uint8Array.from(answers, (codes) => (codes?.includes(code) ? 1 : 0))),
  };
}

/**
 * A column of numbers. Those beyond the limit count as nothing said.
 *
 * @param values null where nothing was said
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * numberColumn({ id: 'age', name: 'Age' }, [31, null]).values // => Float64Array [31, NaN]
 */
export function numberColumn(
  about: Named & Pick<NumberColumn, 'isOrdinal' | 'min' | 'max'>,
  values: readonly (number | null)[],
): NumberColumn {
  if (values.some((value) => value !== null && !Number.isFinite(value)))
    throw new RangeError(`“${about.name}” holds something that is not a number`);
  const isBeyond = (value: number | null) => value !== null && Math.abs(value) >= NUMBER_LIMIT;
  const beyond = values.filter(isBeyond).length;
  return {
    kind: 'number',
    ...about,
    ...(beyond > 0 && { beyond }),
    values: Float64Array.from(values, (value) => (value === null || isBeyond(value) ? Number.NaN : value)),
  };
}

/**
 * Sentences about the numbers that columns leave out.
 *
 * @example
 * beyondNotes([numberColumn({ id: 'ltv', name: 'ltv' }, [1e200, 5])]) // => ['1 value of “ltv” has more than 15 digits and is left out.']
 */
export const beyondNotes = (columns: readonly TableColumn[]): string[] =>
  columns.flatMap((column) => {
    if (column.kind !== 'number' || column.beyond === undefined) return [];
    const { beyond, name } = column;
    return [
      beyond === 1
        ? `1 value of “${name}” has more than 15 digits and is left out.`
        : `${beyond} values of “${name}” have more than 15 digits and are left out.`,
    ];
  });
