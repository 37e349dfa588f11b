/** What a rule asks of a value that was found: the same, or more or less than it. */
export type Direction = 'is' | 'more' | 'less';

const OPERATOR = { is: 'is', more: 'gt', less: 'lt' } as const;

/**
 * The part of a condition that compares, for a value that something was found about.
 *
 * @example
 * asking(42, 'more') // => { op: 'gt', value: 42 }
 */
export const asking = <Value extends string | number | boolean>(value: Value, direction: Direction) => ({
  op: OPERATOR[direction],
  value,
});
