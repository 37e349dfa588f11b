import type { Comparison, Expression } from '../../logic/expression.ts';
import type { Holds } from '../../model/items.ts';

/** What a name of the source stands for here. */
export type Target = {
  /** `question`, or `question.row`. */
  address: string;
  holds: Holds;
  /** Our codes by the source's values; null where values are numbers or texts. */
  codes: ReadonlyMap<string, string> | null;
  /** All items of it, where a question is stored as several. */
  parts?: readonly string[];
};

/** A condition that cannot be said here, and why. */
export class Untranslatable extends Error {}

/** Longer conditions are no work of people. */
export const SOURCE_LETTERS_MAX = 4000;

export const literal = (value: string | number | boolean): Expression => ({ op: 'literal', value, at: 0 });
export const listOf = (values: readonly (string | number)[]): Expression => ({
  op: 'list',
  items: values.map(literal),
  at: 0,
});
export const referTo = (name: string): Expression => ({ op: 'reference', reference: { source: 'item', name }, at: 0 });
export const callOf = (name: string, ...args: Expression[]): Expression => ({ op: 'call', name, args, at: 0 });
/** Twice “not” is nothing at all. */
export const negationOf = (operand: Expression): Expression =>
  operand.op === 'not' ? operand.operand : { op: 'not', operand, at: 0 };
export const compared = (left: Expression, how: Comparison, right: Expression): Expression => ({
  op: 'compare',
  how,
  left,
  right,
  at: 0,
});
const joined = (op: 'and' | 'or', parts: readonly Expression[]): Expression => {
  const [first, ...rest] = parts;
  if (!first) throw new RangeError('joining conditions requires at least one');
  return rest.reduce<Expression>((left, right) => ({ op, left, right, at: 0 }), first);
};
export const allOf = (parts: readonly Expression[]): Expression => joined('and', parts);
export const anyOf = (parts: readonly Expression[]): Expression => joined('or', parts);

/** Whether there is an answer: for a question stored as several items, to any of them. */
export const answeredTo = ({ address, parts }: Target): Expression =>
  anyOf((parts && parts.length > 0 ? parts : [address]).map((one) => callOf('answered', referTo(one))));

/**
 * The one code a value of the source stands for.
 *
 * @throws {Untranslatable} for a value that is none of the question's
 */
export function codeFor(target: Target, value: string | number | boolean): string {
  const code = target.codes?.get(String(value));
  if (code === undefined) throw new Untranslatable(`“${value}” is no answer of “${target.address}”`);
  return code;
}

/** A value of the source as it is compared here: a code, a number, or the text itself. */
export function valueFor(target: Target, value: string | number | boolean): string | number {
  if (target.codes) return codeFor(target, value);
  if (target.holds === 'number') {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw new Untranslatable(`“${target.address}” is a number and never “${value}”`);
    return number;
  }
  return String(value);
}

/**
 * “Is not”, as most programs mean it: also true where nothing was answered, which our `!=` alone is not.
 */
export const isNot = (target: Target, value: string | number): Expression =>
  anyOf([negationOf(answeredTo(target)), compared(referTo(target.address), '!=', literal(value))]);
