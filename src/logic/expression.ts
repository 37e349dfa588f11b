/**
 * The one language of conditions and calculations, read into a tree.
 *
 *   {plan} = 'pro' and not ({age} < 18 or {tools} includes 'none')
 *   round(average({mood.calm}, {mood.glad}), 1)
 *
 * `{code}` or `{code.row}` is an answer, `{attribute:name}` something known of the person, `{segment:id}` whether they
 * are in a segment. Words: `and or not in includes true false`; signs: `= != < <= > >= + - * / %`; texts stand in
 * single or double quotes, a quote within is doubled; a list is `['a', 'b']`. From loosest to tightest: or, and, not,
 * comparisons, + and −, then × ÷ and remainder.
 */

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

export type Reference = { source: 'item' | 'attribute' | 'segment'; name: string };

/** `at` is where in the text it begins, counted from 0, for messages. */
export type Expression =
  | { op: 'literal'; value: string | number | boolean; at: number }
  | { op: 'list'; items: Expression[]; at: number }
  | { op: 'reference'; reference: Reference; at: number }
  | { op: 'call'; name: string; args: Expression[]; at: number }
  | { op: 'not'; operand: Expression; at: number }
  | { op: 'and' | 'or'; left: Expression; right: Expression; at: number }
  | { op: 'compare'; how: Comparison; left: Expression; right: Expression; at: number }
  | { op: 'in' | 'includes'; left: Expression; right: Expression; at: number }
  | { op: 'arithmetic'; how: Arithmetic; left: Expression; right: Expression; at: number }
  | { op: 'negate'; operand: Expression; at: number };

type Token = { kind: 'number' | 'text' | 'reference' | 'word' | 'sign' | 'end'; text: string; at: number };

/** Deeper nesting than any person writes; it also keeps the reader from exhausting the stack. */
const DEPTH_MAX = 60;
const SIGNS = ['!=', '<>', '<=', '>=', '=', '<', '>', '+', '-', '*', '/', '%', '(', ')', '[', ']', ','];
const REFERENCE = /^(?:(attribute|segment):)?([^{}]{1,140})$/;

class Unreadable extends Error {
  readonly at: number;
  constructor(at: number, detail: string) {
    super(detail);
    this.at = at;
  }
}

/**
 * Reads an expression.
 *
 * @returns its tree, or one sentence saying what is wrong and where, counted from the first character
 *
 * @example
 * parseExpression('{age} >=') // => { error: 'Something is missing at the end', at: 8 }
 */
export function parseExpression(source: string): { expression: Expression } | { error: string; at: number } {
  try {
    return { expression: read(tokens(source)) };
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message, at: error.at };
    throw error;
  }
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const take = (kind: Token['kind'], text: string, length: number) => {
    found.push({ kind, text, at });
    at += length;
  };
  while (at < source.length) {
    const letter = source[at] as string;
    const rest = source.slice(at);
    const number = /^\d+(\.\d+)?/.exec(rest);
    const word = /^[A-Za-z][A-Za-z]*/.exec(rest);
    const sign = SIGNS.find((one) => rest.startsWith(one));
    if (/\s/.test(letter)) at += 1;
    else if (number) take('number', number[0], number[0].length);
    else if (letter === '{') {
      const close = rest.indexOf('}');
      if (close < 0) throw new Unreadable(at, 'A { has no } after it');
      take('reference', rest.slice(1, close).trim(), close + 1);
    } else if (letter === "'" || letter === '"') {
      const quoted = readQuoted(rest, letter, at);
      take('text', quoted.text, quoted.length);
    } else if (word) take('word', word[0], word[0].length);
    else if (sign) take('sign', sign === '<>' ? '!=' : sign, sign.length);
    else throw new Unreadable(at, `“${letter}” means nothing here`);
  }
  found.push({ kind: 'end', text: '', at: source.length });
  return found;
}

function readQuoted(rest: string, quote: string, at: number): { text: string; length: number } {
  let text = '';
  for (let i = 1; i < rest.length; i += 1) {
    if (rest[i] !== quote) text += rest[i];
    else if (rest[i + 1] === quote) {
      text += quote;
      i += 1;
    } else return { text, length: i + 1 };
  }
  throw new Unreadable(at, `A text is not closed: there is no second ${quote}`);
}

function read(all: Token[]): Expression {
  let place = 0;
  let depth = 0;
  const here = (): Token => all[place] as Token;
  const isNext = (kind: Token['kind'], ...texts: string[]) => here().kind === kind && texts.includes(here().text);
  const step = (): Token => {
    const token = here();
    place += 1;
    return token;
  };
  const expect = (sign: string): void => {
    if (!isNext('sign', sign)) throw new Unreadable(here().at, `Here should be ${sign}`);
    place += 1;
  };
  const deeper = <T>(inner: () => T): T => {
    depth += 1;
    if (depth > DEPTH_MAX) throw new Unreadable(here().at, 'This is nested too deeply: split it up');
    const result = inner();
    depth -= 1;
    return result;
  };

  const either = (): Expression => {
    let left = both();
    while (isNext('word', 'or')) left = { op: 'or', at: step().at, left, right: both() };
    return left;
  };
  const both = (): Expression => {
    let left = negated();
    while (isNext('word', 'and')) left = { op: 'and', at: step().at, left, right: negated() };
    return left;
  };
  const negated = (): Expression =>
    isNext('word', 'not') ? { op: 'not', at: step().at, operand: deeper(negated) } : comparison();
  const comparison = (): Expression => {
    const left = sum();
    if (isNext('sign', '=', '!=', '<', '<=', '>', '>=')) {
      const { at, text } = step();
      return { op: 'compare', how: text as Comparison, at, left, right: sum() };
    }
    if (isNext('word', 'in', 'includes')) {
      const { at, text } = step();
      return { op: text as 'in' | 'includes', at, left, right: sum() };
    }
    return left;
  };
  const sum = (): Expression => {
    let left = product();
    while (isNext('sign', '+', '-')) {
      const { at, text } = step();
      left = { op: 'arithmetic', how: text as Arithmetic, at, left, right: product() };
    }
    return left;
  };
  const product = (): Expression => {
    let left = unary();
    while (isNext('sign', '*', '/', '%')) {
      const { at, text } = step();
      left = { op: 'arithmetic', how: text as Arithmetic, at, left, right: unary() };
    }
    return left;
  };
  const unary = (): Expression =>
    isNext('sign', '-') ? { op: 'negate', at: step().at, operand: deeper(unary) } : primary();
  const listUntil = (close: string): Expression[] => {
    const items: Expression[] = [];
    while (!isNext('sign', close)) {
      if (items.length > 0) expect(',');
      items.push(deeper(either));
    }
    expect(close);
    return items;
  };
  const primary = (): Expression => {
    const token = step();
    const { at, text } = token;
    switch (token.kind) {
      case 'number':
        return { op: 'literal', value: Number(text), at };
      case 'text':
        return { op: 'literal', value: text, at };
      case 'reference':
        return { op: 'reference', reference: referenceIn(text, at), at };
      case 'word':
        if (text === 'true' || text === 'false') return { op: 'literal', value: text === 'true', at };
        if (!isNext('sign', '(')) {
          throw new Unreadable(
            at,
            `“${text}” means nothing by itself: an answer is written {${text}}, a text '${text}'`,
          );
        }
        place += 1;
        return { op: 'call', name: text, args: listUntil(')'), at };
      case 'sign':
        if (text === '(') {
          const inner = deeper(either);
          expect(')');
          return inner;
        }
        if (text === '[') return { op: 'list', items: listUntil(']'), at };
        throw new Unreadable(at, `“${text}” cannot stand here`);
      case 'end':
        throw new Unreadable(at, 'Something is missing at the end');
    }
  };

  const whole = either();
  if (here().kind !== 'end') throw new Unreadable(here().at, `“${here().text}” is one too many here`);
  return whole;
}

function referenceIn(text: string, at: number): Reference {
  const [, source, name] = REFERENCE.exec(text) ?? [];
  if (name === undefined) throw new Unreadable(at, 'Between { and } stands the code of a question');
  return { source: (source as 'attribute' | 'segment' | undefined) ?? 'item', name: name.trim() };
}

/** Every reference in an expression, as often as it stands there. */
export function referencesIn(expression: Expression): Reference[] {
  switch (expression.op) {
    case 'literal':
      return [];
    case 'reference':
      return [expression.reference];
    case 'list':
      return expression.items.flatMap(referencesIn);
    case 'call':
      return expression.args.flatMap(referencesIn);
    case 'not':
    case 'negate':
      return referencesIn(expression.operand);
    default:
      return [...referencesIn(expression.left), ...referencesIn(expression.right)];
  }
}
