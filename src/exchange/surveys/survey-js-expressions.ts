import type { Comparison, Expression } from '../../logic/expression.ts';
import { type JsNode, parseJsExpression } from './survey-js-syntax.ts';
import {
  answeredTo,
  callOf,
  codeFor,
  compared,
  anyOf as either,
  isNot,
  listOf,
  literal,
  negationOf,
  referTo,
  type Target,
  Untranslatable,
  valueFor,
} from './targets.ts';

/** Functions that are called the same way under another name. */
const FUNCTION_NAMES: Readonly<Record<string, string>> = {
  iif: 'if',
  sum: 'sum',
  avg: 'average',
  min: 'min',
  max: 'max',
  round: 'round',
  age: 'age',
  today: 'today',
  currentdate: 'today',
};

/**
 * Translates a condition or calculation of SurveyJS.
 *
 * @param resolve what a name between braces stands for; null for a name nobody knows
 * @throws {Untranslatable} for what cannot be said in our language, with the reason
 */
export function fromJsExpression(source: string, resolve: (name: string) => Target | null): Expression {
  const target = (name: string): Target => {
    const found = resolve(name);
    if (!found) throw new Untranslatable(`“${name}” is no question that was taken over`);
    return found;
  };
  const targetIn = (node: JsNode): Target | null => (node.op === 'name' ? resolve(node.name) : null);
  const constants = (node: JsNode): (string | number | boolean)[] => {
    const items = node.op === 'list' ? node.items : [node];
    return items.map((item) => {
      if (item.op !== 'value') throw new Untranslatable('A list here may hold only plain values');
      return item.value;
    });
  };

  const visit = (node: JsNode): Expression => {
    switch (node.op) {
      case 'value':
        return literal(node.value);
      case 'list':
        return { op: 'list', items: node.items.map(visit), at: 0 };
      case 'name':
        return visitName(node.name);
      case 'call':
        return visitCall(node.name, node.args);
      case 'not':
        return negationOf(visit(node.operand));
      case 'negative':
        return { op: 'negate', operand: visit(node.operand), at: 0 };
      case 'empty':
      case 'notempty': {
        if (node.operand.op !== 'name') throw new Untranslatable('Only a question can be empty');
        const answered = answeredTo(target(node.operand.name));
        return node.op === 'empty' ? negationOf(answered) : answered;
      }
      case 'and':
        return asKnown(node.left, node.right) ?? { op: 'and', left: visit(node.left), right: visit(node.right), at: 0 };
      case 'or':
        return { op: 'or', left: visit(node.left), right: visit(node.right), at: 0 };
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return { op: 'arithmetic', how: node.op, left: visit(node.left), right: visit(node.right), at: 0 };
      case '^':
        throw new Untranslatable('Powers (^) cannot be calculated here');
      case 'contains':
      case 'notcontains': {
        const holds = visitContains(node.left, node.right);
        return node.op === 'contains' ? holds : notHeld(node.left, holds);
      }
      case 'anyof':
      case 'noneof': {
        const holds = visitAnyOf(node.left, node.right);
        return node.op === 'anyof' ? holds : notHeld(node.left, holds);
      }
      case 'allof': {
        const whole = node.left.op === 'name' ? target(node.left.name) : null;
        if (!whole) throw new Untranslatable('“allof” needs a question before it');
        const values = constants(node.right).map((value) => codeFor(whole, value));
        return { op: 'includes', left: referTo(whole.address), right: listOf(values), at: 0 };
      }
      case '=':
      case '<>':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return visitCompare(node.op, node.left, node.right);
    }
  };

  /** Also true where nothing was answered, as SurveyJS has it. */
  const notHeld = (asked: JsNode, holds: Expression): Expression => {
    const whole = targetIn(asked);
    return whole ? either([negationOf(answeredTo(whole)), negationOf(holds)]) : negationOf(holds);
  };

  /** `{q} notempty and {q} <> 'a'` is our `{q} != 'a'`. */
  const asKnown = (left: JsNode, right: JsNode): Expression | null => {
    if (left.op !== 'notempty' || right.op !== '<>' || left.operand.op !== 'name' || right.left.op !== 'name')
      return null;
    if (left.operand.name !== right.left.name || right.right.op !== 'value') return null;
    const known = target(right.left.name);
    return compared(referTo(known.address), '!=', literal(valueFor(known, right.right.value)));
  };

  const visitName = (name: string): Expression => {
    const counted = /^(.+)\.length$/.exec(name)?.[1];
    const list = counted === undefined || resolve(name) ? null : resolve(counted);
    if (list && (list.holds === 'codes' || list.holds === 'ranking')) return callOf('count', referTo(list.address));
    const known = target(name);
    if (known.parts) throw new Untranslatable(`“${name}” has several answers; here one of them must be named`);
    return referTo(known.address);
  };

  const visitCall = (name: string, args: readonly JsNode[]): Expression => {
    const small = name.toLowerCase();
    if (small === 'datediff') {
      const [from, to, unit] = args;
      if (!from || !to || (unit && (unit.op !== 'value' || String(unit.value).toLowerCase() !== 'days')))
        throw new Untranslatable('dateDiff is understood in days only');
      return callOf('days', visit(from), visit(to));
    }
    const own = Object.hasOwn(FUNCTION_NAMES, small) ? FUNCTION_NAMES[small] : undefined;
    if (own === undefined) throw new Untranslatable(`There is no function like ${name}(…)`);
    return callOf(own, ...(own === 'today' ? [] : args.map(visit)));
  };

  const visitContains = (left: JsNode, right: JsNode): Expression => {
    const whole = targetIn(left);
    if (whole && (whole.holds === 'codes' || whole.holds === 'ranking')) {
      const values = constants(right).map((value) => codeFor(whole, value));
      return {
        op: 'includes',
        left: referTo(whole.address),
        right: values.length === 1 ? literal(values[0] as string) : listOf(values),
        at: 0,
      };
    }
    if (whole?.holds === 'code') return visitAnyOf(left, right);
    return callOf('contains', visit(left), visit(right));
  };

  const visitAnyOf = (left: JsNode, right: JsNode): Expression => {
    if (left.op !== 'name') throw new Untranslatable('“anyof” needs a question before it');
    const whole = target(left.name);
    const values = listOf(constants(right).map((value) => valueFor(whole, value)));
    if (whole.holds === 'codes' || whole.holds === 'ranking') return callOf('anyOf', referTo(whole.address), values);
    return { op: 'in', left: referTo(whole.address), right: values, at: 0 };
  };

  const visitCompare = (how: '=' | '<>' | '<' | '<=' | '>' | '>=', left: JsNode, right: JsNode): Expression => {
    const [onLeft, onRight] = [targetIn(left), targetIn(right)];
    const own: Comparison = how === '<>' ? '!=' : how;
    if (onLeft && !onLeft.parts && right.op === 'value') {
      const value = valueFor(onLeft, right.value);
      return how === '<>' ? isNot(onLeft, value) : compared(referTo(onLeft.address), own, literal(value));
    }
    if (onLeft && !onLeft.parts && right.op === 'list' && (how === '=' || how === '<>'))
      return compared(referTo(onLeft.address), own, listOf(constants(right).map((value) => valueFor(onLeft, value))));
    if (onRight && !onRight.parts && left.op === 'value')
      return compared(literal(valueFor(onRight, left.value)), own, referTo(onRight.address));
    return compared(visit(left), own, visit(right));
  };

  return visit(parseJsExpression(source));
}

/**
 * Writes one of our conditions or calculations for SurveyJS.
 *
 * @param name how SurveyJS calls an item, by its address; null for one it does not have
 * @throws {Untranslatable} for what SurveyJS cannot say, with the reason
 *
 * @example
 * toJsExpression({ op: 'call', name: 'answered', args: [{ op: 'reference', reference: { source: 'item', name: 'q' }, at: 0 }], at: 0 }, (one) => one) // => '{q} notempty'
 */
export function toJsExpression(expression: Expression, name: (address: string) => string | null): string {
  const refer = (node: Expression): string => {
    if (node.op !== 'reference') throw new Untranslatable('SurveyJS can ask this only of a question');
    if (node.reference.source !== 'item') throw new Untranslatable('SurveyJS knows neither attributes nor segments');
    const own = name(node.reference.name);
    if (own === null) throw new Untranslatable(`“${node.reference.name}” has no counterpart in SurveyJS`);
    return `{${own}}`;
  };
  const bracketed = (node: Expression): string => {
    const text = visit(node);
    const isPlain =
      node.op === 'literal' ||
      node.op === 'reference' ||
      node.op === 'list' ||
      (node.op === 'call' && /\)$|^\{[^}]*\}$/.test(text));
    return isPlain ? text : `(${text})`;
  };
  const arithmetic = (node: Expression): string => (node.op === 'arithmetic' ? `(${visit(node)})` : bracketed(node));

  const visit = (node: Expression): string => {
    switch (node.op) {
      case 'literal':
        return typeof node.value === 'string'
          ? `'${node.value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
          : String(node.value);
      case 'list':
        return `[${node.items.map(visit).join(', ')}]`;
      case 'reference':
        return refer(node);
      case 'call':
        return visitCall(node.name, node.args);
      case 'not': {
        const { operand } = node;
        const [first] = operand.op === 'call' && operand.name === 'answered' ? operand.args : [];
        return first ? `${refer(first)} empty` : `!(${visit(operand)})`;
      }
      case 'and':
        return `${logical(node.left, 'and')} and ${logical(node.right, 'and', true)}`;
      case 'or': {
        const plain = asNot(node.left, node.right);
        return plain ?? `${logical(node.left, 'or')} or ${logical(node.right, 'or', true)}`;
      }
      case 'compare':
        if (node.how === '!=' && node.left.op === 'reference' && node.right.op === 'literal')
          return `${refer(node.left)} notempty and ${refer(node.left)} <> ${visit(node.right)}`;
        return `${bracketed(node.left)} ${node.how === '!=' ? '<>' : node.how} ${bracketed(node.right)}`;
      case 'in':
        return `${refer(node.left)} anyof ${bracketed(node.right)}`;
      case 'includes':
        return `${refer(node.left)} ${node.right.op === 'list' ? 'allof' : 'contains'} ${bracketed(node.right)}`;
      case 'arithmetic':
        return `${arithmetic(node.left)} ${node.how} ${arithmetic(node.right)}`;
      case 'negate':
        return `-${bracketed(node.operand)}`;
    }
  };

  const logical = (node: Expression, within: 'and' | 'or', isRight = false): string => {
    const text = visit(node);
    const isSplit = node.op === 'compare' && node.how === '!=' && node.right.op === 'literal';
    const needsBrackets =
      (node.op === 'or' && (within === 'and' || isRight)) ||
      (node.op === 'and' && isRight) ||
      (isSplit && within === 'and');
    return needsBrackets ? `(${text})` : text;
  };

  /** `not answered({q}) or {q} != 'a'` is the plain `<>` of SurveyJS. */
  const asNot = (left: Expression, right: Expression): string | null => {
    if (left.op !== 'not' || left.operand.op !== 'call' || left.operand.name !== 'answered') return null;
    const [first] = left.operand.args;
    if (right.op !== 'compare' || right.how !== '!=' || right.right.op !== 'literal' || !first) return null;
    return refer(first) === visitQuietly(right.left) ? `${refer(first)} <> ${visit(right.right)}` : null;
  };
  const visitQuietly = (node: Expression): string => (node.op === 'reference' ? refer(node) : '');

  const visitCall = (called: string, args: readonly Expression[]): string => {
    const [first, second] = args;
    const call = (own: string) => `${own}(${args.map(visit).join(', ')})`;
    switch (called) {
      case 'answered':
        return first ? `${refer(first)} notempty` : '';
      case 'count':
        return first ? `${refer(first).slice(0, -1)}.length}` : '';
      case 'anyOf':
        return first && second ? `${refer(first)} anyof ${visit(second)}` : '';
      case 'contains':
        return first && second ? `${bracketed(first)} contains ${bracketed(second)}` : '';
      case 'days':
        return first && second ? `dateDiff(${visit(first)}, ${visit(second)}, 'days')` : '';
      case 'today':
        return 'today()';
      case 'if':
        return call('iif');
      case 'average':
        return call('avg');
      case 'sum':
      case 'min':
      case 'max':
      case 'round':
      case 'age':
        return call(called);
      default:
        throw new Untranslatable(`SurveyJS has nothing like ${called}(…)`);
    }
  };

  return visit(expression);
}
