import type { Comparison, Expression, Reference } from './expression.ts';
import { FUNCTIONS, type Value } from './functions.ts';

/** Whatever an expression is asked about. */
export type Facts = {
  /** Null when nothing is known. */
  value(reference: Reference): Value;
  isRefused(item: string): boolean;
  /** The day of answering, `2026-03-09`. */
  today: string;
};

/**
 * Works an expression out. What is not known stays unknown through comparisons and arithmetic; `and` is false as soon
 * as one side is, `or` true as soon as one side is (Kleene's logic).
 *
 * @example
 * evaluate({ op: 'literal', value: 3, at: 0 }, { value: () => null, isRefused: () => false, today: '2026-03-09' }) // => 3
 */
export function evaluate(expression: Expression, facts: Facts): Value {
  switch (expression.op) {
    case 'literal':
      return expression.value;
    case 'list':
      return expression.items.map((item) => String(evaluate(item, facts) ?? ''));
    case 'reference':
      return facts.value(expression.reference);
    case 'call':
      return call(expression, facts);
    case 'not': {
      const operand = truth(evaluate(expression.operand, facts));
      return operand === null ? null : !operand;
    }
    case 'and':
    case 'or': {
      const decisive = expression.op === 'or';
      const left = truth(evaluate(expression.left, facts));
      if (left === decisive) return decisive;
      const right = truth(evaluate(expression.right, facts));
      if (right === decisive) return decisive;
      return left === null || right === null ? null : !decisive;
    }
    case 'compare':
      return compare(expression.how, evaluate(expression.left, facts), evaluate(expression.right, facts));
    case 'in':
      return holds(evaluate(expression.right, facts), evaluate(expression.left, facts));
    case 'includes':
      return holds(evaluate(expression.left, facts), evaluate(expression.right, facts));
    case 'arithmetic': {
      const [left, right] = [evaluate(expression.left, facts), evaluate(expression.right, facts)];
      if (typeof left !== 'number' || typeof right !== 'number') return null;
      const result =
        expression.how === '+'
          ? left + right
          : expression.how === '-'
            ? left - right
            : expression.how === '*'
              ? left * right
              : expression.how === '/'
                ? left / right
                : left % right;
      return Number.isFinite(result) ? result : null;
    }
    case 'negate': {
      const operand = evaluate(expression.operand, facts);
      return typeof operand === 'number' ? -operand : null;
    }
  }
}

/** True only when the expression is known to be true: what is unknown shows nothing and ends nothing. */
export const isTrue = (expression: Expression, facts: Facts): boolean => evaluate(expression, facts) === true;

const truth = (value: Value): boolean | null => (typeof value === 'boolean' ? value : null);

function call({ name, args }: Extract<Expression, { op: 'call' }>, facts: Facts): Value {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!known) return null;
  const [first] = args;
  if (name === 'refused' && first?.op === 'reference') return facts.isRefused(first.reference.name);
  const values = args.map((arg) => evaluate(arg, facts));
  if (!known.takesUnknown && values.some((value) => value === null)) return null;
  return known.work(values, facts.today);
}

/** Numbers are compared as numbers, also when one side is a text of digits; days and texts as texts; a list has no order. */
function compare(how: Comparison, left: Value, right: Value): Value {
  if (left === null || right === null) return null;
  if (how === '=' || how === '!=') {
    const same = isSame(left, right);
    return how === '=' ? same : !same;
  }
  if (Array.isArray(left) || Array.isArray(right)) return null;
  const [a, b] = bothNumbers(left, right) ?? [String(left), String(right)];
  return how === '<' ? a < b : how === '<=' ? a <= b : how === '>' ? a > b : a >= b;
}

function isSame(left: Value, right: Value): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((one) => right.includes(one));
  if (Array.isArray(left)) return left.length === 1 && left[0] === String(right);
  if (Array.isArray(right)) return right.length === 1 && right[0] === String(left);
  const numbers = bothNumbers(left, right);
  return numbers ? numbers[0] === numbers[1] : String(left) === String(right);
}

function bothNumbers(left: Value, right: Value): [number, number] | null {
  if (typeof left !== 'number' && typeof right !== 'number') return null;
  const [a, b] = [Number(left), Number(right)];
  return Number.isNaN(a) || Number.isNaN(b) || left === '' || right === '' ? null : [a, b];
}

/** Whether a list holds a value, or each of several. */
function holds(whole: Value, part: Value): boolean | null {
  if (whole === null || part === null) return null;
  const list = Array.isArray(whole) ? whole : [String(whole)];
  return (Array.isArray(part) ? part : [String(part)]).every((one) => list.includes(String(one)));
}
