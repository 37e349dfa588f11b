import type { Expression } from './expression.ts';
import { FUNCTIONS, type ValueType } from './functions.ts';

/** What a name stands for. `codes` lists the only texts it can be, where it is a choice. */
export type Known = { type: ValueType; codes?: readonly string[] };

/**
 * What may be named at some place; null for a name nobody knows, a sentence for one that may not stand here. A question
 * with several answers is a whole: it can be refused, and has no one answer.
 */
export type Names = (
  source: 'item' | 'attribute' | 'segment',
  name: string,
) => Known | { error: string; isWhole?: boolean } | null;

export type ExpressionFault = { at: number; detail: string };

/**
 * Finds what is wrong with an expression before anybody answers: names nobody knows, codes no question has, texts
 * compared by size, functions called wrongly.
 *
 * @returns what it comes to, and every fault with its place in the text
 */
export function checkExpression(expression: Expression, names: Names): { known: Known; faults: ExpressionFault[] } {
  const faults: ExpressionFault[] = [];
  const fault = (at: number, detail: string) => faults.push({ at, detail });
  const any: Known = { type: 'any' };

  const want = (found: Known, type: ValueType, at: number, what: string) => {
    if (found.type !== 'any' && type !== 'any' && found.type !== type)
      fault(at, `${what} should be ${TYPE_NAMES[type]}, but this is ${TYPE_NAMES[found.type]}`);
  };

  const visit = (node: Expression): Known => {
    switch (node.op) {
      case 'literal':
        return {
          type: typeof node.value === 'number' ? 'number' : typeof node.value === 'boolean' ? 'yes-no' : 'text',
        };
      case 'list':
        for (const item of node.items) visit(item);
        return { type: 'list' };
      case 'reference': {
        const { source, name } = node.reference;
        const found = names(source, name);
        if (found === null) fault(node.at, `There is no ${SOURCE_NAMES[source]} called “${name}”`);
        else if ('error' in found) fault(node.at, found.error);
        return found === null || 'error' in found ? any : found;
      }
      case 'call':
        return visitCall(node);
      case 'not':
        want(visit(node.operand), 'yes-no', node.at, 'What follows “not”');
        return { type: 'yes-no' };
      case 'and':
      case 'or':
        want(visit(node.left), 'yes-no', node.left.at, `What stands before “${node.op}”`);
        want(visit(node.right), 'yes-no', node.right.at, `What stands after “${node.op}”`);
        return { type: 'yes-no' };
      case 'compare': {
        const [left, right] = [visit(node.left), visit(node.right)];
        checkCodes(node.left, right);
        checkCodes(node.right, left);
        if (node.how === '=' || node.how === '!=') {
          if (!mayEqual(left.type, right.type) || isNoNumber(node.left, right) || isNoNumber(node.right, left))
            fault(node.at, `${TYPE_NAMES[left.type]} is never equal to ${TYPE_NAMES[right.type]}`);
        } else {
          for (const [side, known] of [
            [node.left, left],
            [node.right, right],
          ] as const) {
            if (known.type === 'list' || known.type === 'yes-no')
              fault(side.at, `${TYPE_NAMES[known.type]} is neither smaller nor larger than anything`);
            else if (known.codes)
              fault(side.at, 'A choice is neither smaller nor larger than anything: compare it with =, or use “in”');
          }
        }
        return { type: 'yes-no' };
      }
      case 'in':
        want(visit(node.right), 'list', node.right.at, 'What stands after “in”');
        checkCodes(node.right, visit(node.left));
        return { type: 'yes-no' };
      case 'includes':
        want(visit(node.left), 'list', node.left.at, 'What stands before “includes”');
        checkCodes(node.right, visit(node.left));
        visit(node.right);
        return { type: 'yes-no' };
      case 'arithmetic':
        want(visit(node.left), 'number', node.left.at, `What stands before “${node.how}”`);
        want(visit(node.right), 'number', node.right.at, `What stands after “${node.how}”`);
        return { type: 'number' };
      case 'negate':
        want(visit(node.operand), 'number', node.operand.at, 'What follows “−”');
        return { type: 'number' };
    }
  };

  /** A text, or each text of a list, that is compared with a choice must be one of its codes. */
  const checkCodes = (node: Expression, other: Known): void => {
    if (!other.codes) return;
    if (node.op === 'list') for (const item of node.items) checkCodes(item, other);
    if (node.op !== 'literal' || typeof node.value === 'boolean') return;
    if (!other.codes.includes(String(node.value)))
      fault(node.at, `No option has the code “${node.value}”; there are ${listed(other.codes)}`);
  };

  const visitCall = (node: Extract<Expression, { op: 'call' }>): Known => {
    const known = Object.hasOwn(FUNCTIONS, node.name) ? FUNCTIONS[node.name] : undefined;
    if (!known) {
      for (const arg of node.args) visit(arg);
      fault(node.at, `There is no function “${node.name}”; there are ${Object.keys(FUNCTIONS).join(', ')}`);
      return any;
    }
    const least = known.parameters.length - (known.optional ?? 0);
    if (node.args.length < least || (!known.isOpen && node.args.length > known.parameters.length))
      fault(node.at, `It is written ${known.help}`);
    const types = node.args.map((arg, index) => {
      const parameter = known.parameters[Math.min(index, known.parameters.length - 1)] ?? 'any';
      if (parameter === 'reference') {
        if (arg.op !== 'reference') fault(arg.at, `It is written ${known.help}`);
        const named = arg.op === 'reference' ? names(arg.reference.source, arg.reference.name) : null;
        const isWhole = named !== null && 'isWhole' in named && named.isWhole === true;
        if (!(isWhole && node.name === 'refused')) visit(arg);
        return any;
      }
      const found = visit(arg);
      want(found, parameter, arg.at, `In ${node.name}(…) this`);
      return found;
    });
    if (node.name === 'place' && node.args[1] && types[0]) checkCodes(node.args[1], types[0]);
    if (node.name === 'anyOf' && node.args[1] && types[0]) checkCodes(node.args[1], types[0]);
    if (node.name === 'if' && types[1] && types[2] && types[1].type === types[2].type) return { type: types[1].type };
    return { type: known.gives };
  };

  return { known: visit(expression), faults };
}

const SOURCE_NAMES = { item: 'question or row', attribute: 'attribute', segment: 'segment' } as const;
const TYPE_NAMES: Record<ValueType, string> = {
  'yes-no': 'a yes or no',
  number: 'a number',
  text: 'a text',
  list: 'a list',
  any: 'anything',
};

/** A text may be the digits of a number, and a list of one the same as its only text. */
function mayEqual(a: ValueType, b: ValueType): boolean {
  if (a === 'any' || b === 'any' || a === b) return true;
  return a !== 'yes-no' && b !== 'yes-no' && !(a === 'number' && b === 'list') && !(a === 'list' && b === 'number');
}

/** A written text that is no number beside something that always is one. */
const isNoNumber = (node: Expression, other: Known): boolean =>
  other.type === 'number' &&
  node.op === 'literal' &&
  typeof node.value === 'string' &&
  !/^-?\d+(\.\d+)?$/.test(node.value);

const listed = (codes: readonly string[]): string =>
  codes.length <= 8 ? codes.join(', ') : `${codes.slice(0, 8).join(', ')} and ${codes.length - 8} more`;
