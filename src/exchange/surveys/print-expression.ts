import type { Expression } from '../../logic/expression.ts';

/** What an expression stands in decides whether it needs brackets: the tighter, the higher. */
const TIGHTNESS = {
  or: 1,
  and: 2,
  not: 3,
  compare: 4,
  in: 4,
  includes: 4,
  sum: 5,
  product: 6,
  negate: 7,
  rest: 8,
} as const;

function tightnessOf(node: Expression): number {
  if (node.op === 'arithmetic') return node.how === '+' || node.how === '-' ? TIGHTNESS.sum : TIGHTNESS.product;
  return node.op in TIGHTNESS ? TIGHTNESS[node.op as keyof typeof TIGHTNESS] : TIGHTNESS.rest;
}

/**
 * Writes a tree as text, with no more brackets than it needs.
 *
 * @example
 * printExpression({ op: 'not', at: 0, operand: { op: 'literal', value: true, at: 0 } }) // => 'not true'
 */
export function printExpression(node: Expression): string {
  const own = tightnessOf(node);
  const inner = (child: Expression, least: number): string => {
    const text = printExpression(child);
    return tightnessOf(child) < least ? `(${text})` : text;
  };
  switch (node.op) {
    case 'literal':
      if (typeof node.value === 'string') return `'${node.value.replaceAll("'", "''")}'`;
      return typeof node.value === 'number' ? printNumber(node.value) : String(node.value);
    case 'list':
      return `[${node.items.map((item) => printExpression(item)).join(', ')}]`;
    case 'reference':
      return `{${node.reference.source === 'item' ? '' : `${node.reference.source}:`}${node.reference.name}}`;
    case 'call':
      return `${node.name}(${node.args.map((arg) => printExpression(arg)).join(', ')})`;
    case 'not':
      return `not ${inner(node.operand, own)}`;
    case 'negate':
      return `-${inner(node.operand, own)}`;
    case 'and':
    case 'or':
      return `${inner(node.left, own)} ${node.op} ${inner(node.right, own + 1)}`;
    case 'compare':
      return `${inner(node.left, own + 1)} ${node.how} ${inner(node.right, own + 1)}`;
    case 'in':
    case 'includes':
      return `${inner(node.left, own + 1)} ${node.op} ${inner(node.right, own + 1)}`;
    case 'arithmetic':
      return `${inner(node.left, own)} ${node.how} ${inner(node.right, own + 1)}`;
  }
}

/** Digits without an exponent, which the language has not. */
function printNumber(value: number): string {
  const digits = Math.abs(value).toLocaleString('en', { useGrouping: false, maximumFractionDigits: 15 });
  return value < 0 ? `-${digits}` : digits;
}
