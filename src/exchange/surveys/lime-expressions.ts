import type { Comparison, Expression } from '../../logic/expression.ts';
import {
  answeredTo,
  anyOf,
  callOf,
  compared,
  isNot,
  literal,
  negationOf,
  referTo,
  SOURCE_LETTERS_MAX,
  type Target,
  Untranslatable,
  valueFor,
} from './targets.ts';
import { tokenCursor } from './token-cursor.ts';

/** What a name of LimeSurvey stands for; `option` where it is one box of several to tick. */
export type LimeTarget = Target & { option?: string };

type Token = { kind: 'text' | 'number' | 'name' | 'sign' | 'end'; text: string };

const SIGNS = ['==', '!=', '<>', '<=', '>=', '&&', '||', '<', '>', '=', '+', '-', '*', '/', '!', '(', ')', ','];
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '==': '=',
  eq: '=',
  '=': '=',
  '!=': '!=',
  ne: '!=',
  '<>': '!=',
  '<': '<',
  lt: '<',
  '<=': '<=',
  le: '<=',
  '>': '>',
  gt: '>',
  '>=': '>=',
  ge: '>=',
};
const FUNCTION_NAMES: Readonly<Record<string, string>> = {
  if: 'if',
  iif: 'if',
  sum: 'sum',
  min: 'min',
  max: 'max',
  round: 'round',
  abs: 'abs',
  strlen: 'length',
  intval: 'number',
  floatval: 'number',
  strtolower: 'lower',
  join: 'join',
};
/**
 * Translates a condition or calculation in the expression language of LimeSurvey, such as
 * `Q1.NAOK == "A1" and !is_empty(Q2.NAOK)`.
 *
 * @param resolve what a name without its ending (`.NAOK`) stands for; null for a name nobody knows
 * @throws {Untranslatable} for what is beyond the part of that language that is understood, with the reason
 */
export function fromLimeExpression(source: string, resolve: (name: string) => LimeTarget | null): Expression {
  if (source.length > SOURCE_LETTERS_MAX) throw new Untranslatable('This condition is too long to be read');
  const all: Token[] = tokens(source);
  const { here, step, isNext, expect, deeper } = tokenCursor(all, { kind: 'end', text: '' }, ['sign', 'name']);
  const target = (name: string): LimeTarget => {
    const found = resolve(
      name.replace(/\.(NAOK|code|value|valueNAOK|shown|question|relevanceStatus)$/i, (_, ending: string) => {
        if (/^(question|relevanceStatus)$/i.test(ending))
          throw new Untranslatable(`What ${name} says cannot be asked here`);
        return '';
      }),
    );
    if (!found) throw new Untranslatable(`“${name}” is no question that was taken over`);
    return found;
  };

  type Operand = { expression: Expression; target?: LimeTarget; constant?: string | number };

  const plain = (expression: Expression): Operand => ({ expression });
  const either = (): Operand => {
    let left = both();
    while (isNext('or', '||')) {
      step();
      left = plain({ op: 'or', left: asCondition(left), right: asCondition(both()), at: 0 });
    }
    return left;
  };
  const both = (): Operand => {
    let left = comparison();
    while (isNext('and', '&&')) {
      step();
      left = plain({ op: 'and', left: asCondition(left), right: asCondition(comparison()), at: 0 });
    }
    return left;
  };
  const comparison = (): Operand => {
    const left = sum();
    const how = here().kind === 'sign' || here().kind === 'name' ? COMPARISONS[here().text.toLowerCase()] : undefined;
    if (how === undefined || !Object.hasOwn(COMPARISONS, here().text.toLowerCase())) return left;
    step();
    return plain(compareOperands(left, how, sum()));
  };
  /** Where a yes or no is wanted, a box stands for being ticked, 1 for yes and 0 for no. */
  const asCondition = (operand: Operand): Expression => {
    if (operand.target?.option !== undefined) return ticked(operand.target);
    if (operand.constant === 1) return literal(true);
    if (operand.constant === 0) return literal(false);
    return operand.expression;
  };
  const ticked = ({ address, option = '' }: LimeTarget): Expression => ({
    op: 'includes',
    left: referTo(address),
    right: literal(option),
    at: 0,
  });

  const compareOperands = (left: Operand, how: Comparison, right: Operand): Expression => {
    const asked = left.target ?? right.target;
    const constant = left.constant ?? right.constant;
    if (!asked || constant === undefined) return compared(left.expression, how, right.expression);
    const isEqual = how === '=';
    if (asked.option !== undefined) {
      if (how !== '=' && how !== '!=') throw new Untranslatable('A box is ticked or not, and nothing more');
      const isTick = constant === 'Y' || constant === 1 || constant === '1';
      return isTick === isEqual ? ticked(asked) : anyOf([negationOf(answeredTo(asked)), negationOf(ticked(asked))]);
    }
    if (constant === '' && (how === '=' || how === '!='))
      return isEqual ? negationOf(answeredTo(asked)) : answeredTo(asked);
    if (asked.parts)
      throw new Untranslatable(`“${asked.address.split('.')[0]}” has several answers; here one of them must be named`);
    const value = valueFor(asked, constant);
    if (how === '!=') return isNot(asked, value);
    return left.target
      ? compared(referTo(asked.address), how, literal(value))
      : compared(literal(value), how, referTo(asked.address));
  };

  const sum = (): Operand => {
    let left = product();
    while (isNext('+', '-'))
      left = plain({
        op: 'arithmetic',
        how: step().text as '+',
        left: left.expression,
        right: product().expression,
        at: 0,
      });
    return left;
  };
  const product = (): Operand => {
    let left = unary();
    while (isNext('*', '/'))
      left = plain({
        op: 'arithmetic',
        how: step().text as '*',
        left: left.expression,
        right: unary().expression,
        at: 0,
      });
    return left;
  };
  const unary = (): Operand => {
    if (isNext('!', 'not')) {
      step();
      return plain(negationOf(asCondition(deeper(unary))));
    }
    if (isNext('-')) {
      step();
      return plain({ op: 'negate', operand: deeper(unary).expression, at: 0 });
    }
    return primary();
  };
  const primary = (): Operand => {
    const token = step();
    if (token.kind === 'text') return { expression: literal(token.text), constant: token.text };
    if (token.kind === 'number') return { expression: literal(Number(token.text)), constant: Number(token.text) };
    if (token.kind === 'sign' && token.text === '(') {
      const inner = deeper(either);
      expect(')');
      return inner;
    }
    if (token.kind !== 'name')
      throw new Untranslatable(
        token.kind === 'end' ? 'The condition stops in the middle' : `“${token.text}” cannot be read`,
      );
    if (isNext('(')) return plain(call(token.text.toLowerCase()));
    const found = target(token.text);
    return { expression: found.option === undefined ? referTo(found.address) : ticked(found), target: found };
  };
  const call = (name: string): Expression => {
    step();
    if (name === 'is_empty') {
      const asked = target(step().text);
      expect(')');
      return asked.option === undefined
        ? negationOf(answeredTo(asked))
        : anyOf([negationOf(answeredTo(asked)), negationOf(ticked(asked))]);
    }
    const args: Expression[] = [];
    while (!isNext(')')) {
      if (here().kind === 'end') throw new Untranslatable('A ) is missing');
      if (args.length > 0) expect(',');
      const arg = deeper(either);
      args.push((name === 'if' || name === 'iif') && args.length === 0 ? asCondition(arg) : arg.expression);
    }
    step();
    const own = Object.hasOwn(FUNCTION_NAMES, name) ? FUNCTION_NAMES[name] : undefined;
    if (own === undefined) throw new Untranslatable(`There is no function like ${name}(…)`);
    return callOf(own, ...args);
  };

  const whole = asCondition(either());
  if (here().kind !== 'end') throw new Untranslatable(`“${here().text}” cannot be read`);
  return whole;
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const letter = source[at] as string;
    if (/\s/.test(letter)) {
      at += 1;
      continue;
    }
    if (letter === '"' || letter === "'") {
      let text = '';
      let i = at + 1;
      for (; i < source.length && source[i] !== letter; i += 1) {
        if (source[i] === '\\' && i + 1 < source.length) i += 1;
        text += source[i];
      }
      if (i >= source.length) throw new Untranslatable('A text is not closed');
      found.push({ kind: 'text', text });
      at = i + 1;
      continue;
    }
    const rest = source.slice(at, at + 200);
    const name = /^(?:\d+X\d+X\d+\w*|[A-Za-z_]\w*)(?:[.:]\w+)*/.exec(rest)?.[0];
    const number = /^\d+(\.\d+)?/.exec(rest)?.[0];
    const sign = SIGNS.find((one) => rest.startsWith(one));
    if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign });
    else throw new Untranslatable(`“${letter}” cannot be read`);
    at += (name ?? number ?? sign ?? ' ').length;
  }
  return found;
}
