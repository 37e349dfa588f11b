import { SOURCE_LETTERS_MAX, Untranslatable } from './targets.ts';
import { tokenCursor } from './token-cursor.ts';

/** An expression of SurveyJS as a tree. */
export type JsNode =
  | { op: 'value'; value: string | number | boolean }
  | { op: 'list'; items: JsNode[] }
  | { op: 'name'; name: string }
  | { op: 'call'; name: string; args: JsNode[] }
  | { op: 'not' | 'negative' | 'empty' | 'notempty'; operand: JsNode }
  | { op: JsOperator; left: JsNode; right: JsNode };

export type JsOperator =
  | 'and'
  | 'or'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'contains'
  | 'notcontains'
  | 'anyof'
  | 'allof'
  | 'noneof'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^';

type Token = { kind: 'value' | 'name' | 'word' | 'sign' | 'end'; text: string; value?: string | number };

const SIGNS = [
  '<>',
  '<=',
  '>=',
  '!=',
  '==',
  '*=',
  '&&',
  '||',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '(',
  ')',
  '[',
  ']',
  ',',
  '!',
];
/** The many spellings of one operator. */
const SAME: Readonly<Record<string, JsOperator>> = {
  '=': '=',
  '==': '=',
  equal: '=',
  '<>': '<>',
  '!=': '<>',
  notequal: '<>',
  '<': '<',
  less: '<',
  '<=': '<=',
  lessorequal: '<=',
  '>': '>',
  greater: '>',
  '>=': '>=',
  greaterorequal: '>=',
  contains: 'contains',
  contain: 'contains',
  '*=': 'contains',
  notcontains: 'notcontains',
  notcontain: 'notcontains',
  anyof: 'anyof',
  allof: 'allof',
  noneof: 'noneof',
};
/**
 * Reads an expression of SurveyJS, such as `{plan} = 'pro' and {tools} notempty`.
 *
 * @throws {Untranslatable} for what cannot be read
 */
export function parseJsExpression(source: string): JsNode {
  if (source.length > SOURCE_LETTERS_MAX) throw new Untranslatable('This condition is too long to be read');
  const all: Token[] = tokens(source);
  const { here, step, isNext, expect, deeper } = tokenCursor(all, { kind: 'end', text: '' }, ['word', 'sign']);

  const either = (): JsNode => {
    let left = both();
    while (isNext('or', '||')) {
      step();
      left = { op: 'or', left, right: both() };
    }
    return left;
  };
  const both = (): JsNode => {
    let left = comparison();
    while (isNext('and', '&&')) {
      step();
      left = { op: 'and', left, right: comparison() };
    }
    return left;
  };
  const comparison = (): JsNode => {
    let left = sum();
    for (;;) {
      if (isNext('empty', 'notempty')) {
        left = { op: step().text.toLowerCase() as 'empty' | 'notempty', operand: left };
        continue;
      }
      const operator = here().kind === 'word' || here().kind === 'sign' ? SAME[here().text.toLowerCase()] : undefined;
      if (operator === undefined || !Object.hasOwn(SAME, here().text.toLowerCase())) return left;
      step();
      left = { op: operator, left, right: sum() };
    }
  };
  const sum = (): JsNode => {
    let left = product();
    while (isNext('+', '-')) left = { op: step().text as '+' | '-', left, right: product() };
    return left;
  };
  const product = (): JsNode => {
    let left = unary();
    while (isNext('*', '/', '%', '^')) left = { op: step().text as '*', left, right: unary() };
    return left;
  };
  const unary = (): JsNode => {
    if (isNext('!', 'not', 'negate')) {
      step();
      return { op: 'not', operand: deeper(unary) };
    }
    if (isNext('-')) {
      step();
      return { op: 'negative', operand: deeper(unary) };
    }
    return primary();
  };
  const until = (close: string): JsNode[] => {
    const items: JsNode[] = [];
    while (!isNext(close)) {
      if (here().kind === 'end') throw new Untranslatable(`A ${close} is missing`);
      if (items.length > 0) expect(',');
      items.push(deeper(either));
    }
    step();
    return items;
  };
  const primary = (): JsNode => {
    const token = step();
    if (token.kind === 'value') return { op: 'value', value: token.value ?? '' };
    if (token.kind === 'name') return { op: 'name', name: token.text };
    if (token.kind === 'sign' && token.text === '(') {
      const inner = deeper(either);
      expect(')');
      return inner;
    }
    if (token.kind === 'sign' && token.text === '[') return { op: 'list', items: until(']') };
    if (token.kind === 'word') {
      if (isNext('(')) {
        step();
        return { op: 'call', name: token.text, args: until(')') };
      }
      const small = token.text.toLowerCase();
      // A word without quotation marks is a text.
      return { op: 'value', value: small === 'true' ? true : small === 'false' ? false : token.text };
    }
    throw new Untranslatable(
      token.kind === 'end' ? 'The condition stops in the middle' : `“${token.text}” cannot be read`,
    );
  };

  const whole = either();
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
    } else if (letter === '{') {
      const close = source.indexOf('}', at);
      if (close < 0) throw new Untranslatable('A { has no } after it');
      found.push({ kind: 'name', text: source.slice(at + 1, close).trim() });
      at = close + 1;
    } else if (letter === "'" || letter === '"') {
      let text = '';
      let i = at + 1;
      for (; i < source.length && source[i] !== letter; i += 1) {
        if (source[i] === '\\' && (source[i + 1] === letter || source[i + 1] === '\\')) i += 1;
        text += source[i];
      }
      if (i >= source.length) throw new Untranslatable('A text is not closed');
      found.push({ kind: 'value', text, value: text });
      at = i + 1;
    } else {
      const rest = source.slice(at, at + 200);
      const number = /^\d+(\.\d+)?(?![\p{L}\d_.-])/u.exec(rest)?.[0];
      const word = /^[\p{L}_][\p{L}\p{N}_.-]*/u.exec(rest)?.[0] ?? /^\d[\p{L}\p{N}_.-]*/u.exec(rest)?.[0];
      const sign = SIGNS.find((one) => rest.startsWith(one));
      if (number !== undefined) found.push({ kind: 'value', text: number, value: Number(number) });
      else if (word !== undefined) found.push({ kind: 'word', text: word });
      else if (sign !== undefined) found.push({ kind: 'sign', text: sign });
      else throw new Untranslatable(`“${letter}” cannot be read`);
      at += (number ?? word ?? sign ?? ' ').length;
    }
  }
  return found;
}
