import type { Expression } from '../../logic/expression.ts';
import { listIn, looseIn, numberIn, textIn } from './survey-parts.ts';
import {
  allOf,
  answeredTo,
  anyOf,
  callOf,
  compared,
  isNot,
  literal,
  negationOf,
  referTo,
  type Target,
  Untranslatable,
  valueFor,
} from './targets.ts';

/** What conditions of Qualtrics can name. */
export type QualtricsNames = {
  /** By `QID1`, `QID1/row` or `QID1_TEXT`. */
  targets: ReadonlyMap<string, Target>;
  /** Hidden questions by the name of the embedded data. */
  fields: ReadonlyMap<string, string>;
};

const OPERATORS = {
  EqualTo: '=',
  NotEqualTo: '!=',
  GreaterThan: '>',
  GreaterThanOrEqual: '>=',
  LessThan: '<',
  LessThanOrEqual: '<=',
  Equal: '=',
  NotEqual: '!=',
} as const;
const STEPS_MAX = 200;

/**
 * Translates the logic of Qualtrics: groups numbered from 0, in them conditions numbered from 0, each after the first
 * joined by `And` or `Or`.
 *
 * @throws {Untranslatable} for a condition of a sort that is not understood, with the reason
 */
export function fromQualtricsLogic(logic: unknown, names: QualtricsNames): Expression {
  const groups = numbered(logic).map((group) => ({
    joins: textIn(group['Type']) === 'OrIf' || textIn(group['Type']) === 'ElseIf' ? 'or' : 'and',
    conditions: numbered(group),
  }));
  const parts = groups
    .filter(({ conditions }) => conditions.length > 0)
    .map(({ conditions, joins }) => {
      // “And” binds tighter than “or”, as it does in Qualtrics within a group.
      const alternatives: Expression[][] = [];
      for (const condition of conditions) {
        const joined = textIn(condition['Conjuction']) || textIn(condition['Conjunction']);
        const read = readCondition(condition, names);
        const last = alternatives.at(-1);
        if (last && joined !== 'Or') last.push(read);
        else alternatives.push([read]);
      }
      return { joins, expression: anyOf(alternatives.map(allOf)) };
    });
  const [first, ...rest] = parts;
  if (!first) throw new Untranslatable('It holds no condition');
  return rest.reduce<Expression>(
    (left, { joins, expression }) => ({ op: joins === 'or' ? 'or' : 'and', left, right: expression, at: 0 }),
    first.expression,
  );
}

const numbered = (value: unknown): Record<string, unknown>[] =>
  Object.entries(looseIn(value))
    .filter(([key]) => /^\d+$/.test(key))
    .slice(0, STEPS_MAX)
    .map(([, one]) => looseIn(one));

function readCondition(condition: Record<string, unknown>, names: QualtricsNames): Expression {
  const type = textIn(condition['LogicType']);
  const operator = textIn(condition['Operator']);
  const right = textIn(condition['RightOperand']);
  if (type === 'EmbeddedField') {
    const field = textIn(condition['LeftOperand']);
    const code = names.fields.get(field);
    if (code === undefined) throw new Untranslatable(`“${field}” is no embedded data that was taken over`);
    return withOperator({ address: code, holds: 'text', codes: null }, operator, right);
  }
  if (type !== 'Question' && type !== '') throw new Untranslatable(`Conditions on ${type} have no counterpart`);
  const [, qid = '', kind = '', choice = '', column = ''] =
    /^q:\/\/(QID\d+)\/?([A-Za-z]*)\/?([^/]*)\/?([^/]*)/.exec(
      textIn(condition['LeftOperand']) || textIn(condition['ChoiceLocator']),
    ) ?? [];
  if (qid === '') throw new Untranslatable('It names no question');
  const whole = names.targets.get(qid);
  if (!whole) throw new Untranslatable(`${qid} was not taken over, or comes later`);
  if (kind === 'ChoiceTextEntryValue') {
    const text =
      names.targets.get(choice === '' ? qid : `${qid}_${choice}_TEXT`) ??
      names.targets.get(`${qid}_${choice}`) ??
      whole;
    if (text.holds !== 'text' && text.holds !== 'number') throw new Untranslatable(`${qid} is not answered in words`);
    return withOperator(text, operator, right);
  }
  if (kind === 'ChoiceNumericEntryValue')
    return withOperator(names.targets.get(`${qid}_${choice}`) ?? whole, operator, right);
  if (/^Select(ed|able)Choice/.test(kind)) {
    const row = names.targets.get(`${qid}/${choice}`);
    if (row && column !== '') return selection(row, column, operator);
    return selection(whole, choice, operator);
  }
  if (kind === 'SelectedChoicesCount' || kind === 'SelectedAnswersCount')
    return withOperator(
      { ...whole, holds: 'number', codes: null },
      operator,
      right,
      callOf('count', referTo(whole.address)),
    );
  if (kind === 'SelectedAnswerRecode' || kind === 'SelectedChoicesRecode') {
    const asked = names.targets.get(`${qid}/${choice}`) ?? whole;
    // A recoded value is the number itself, not the place of a choice.
    return withOperator(asked.holds === 'number' ? { ...asked, codes: null } : asked, operator, right);
  }
  throw new Untranslatable(`Conditions on ${kind || 'this'} have no counterpart`);
}

/** Whether a choice was made or a step taken. */
function selection(target: Target, choice: string, operator: string): Expression {
  if (target.parts)
    throw new Untranslatable(`“${target.address.split('.')[0]}” has several answers; here one of them must be named`);
  const value = target.holds === 'number' && target.codes ? numberIn(target.codes.get(choice)) : null;
  const code = value ?? valueFor(target, choice);
  const chosen: Expression =
    target.holds === 'codes' || target.holds === 'ranking'
      ? { op: 'includes', left: referTo(target.address), right: literal(code), at: 0 }
      : compared(referTo(target.address), '=', literal(code));
  if (operator === 'Selected' || operator === 'Is' || operator === 'EqualTo') return chosen;
  if (operator === 'NotSelected' || operator === 'IsNot')
    return anyOf([negationOf(answeredTo(target)), negationOf(chosen)]);
  throw new Untranslatable(`“${operator}” has no counterpart here`);
}

function withOperator(
  target: Target,
  operator: string,
  right: string,
  left: Expression = referTo(target.address),
): Expression {
  if (target.parts)
    throw new Untranslatable(`“${target.address.split('.')[0]}” has several answers; here one of them must be named`);
  if (operator === 'Empty') return negationOf(answeredTo(target));
  if (operator === 'NotEmpty') return answeredTo(target);
  if (operator === 'Contains') return callOf('contains', left, literal(right));
  if (operator === 'DoesNotContain')
    return anyOf([negationOf(answeredTo(target)), negationOf(callOf('contains', left, literal(right)))]);
  const how = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator as keyof typeof OPERATORS] : undefined;
  if (how === undefined) throw new Untranslatable(`“${operator}” has no counterpart here`);
  const isBySize = how !== '=' && how !== '!=';
  if (isBySize && target.holds === 'text') {
    const number = numberIn(right);
    if (number === null) throw new Untranslatable(`“${right}” is no number`);
    return compared(callOf('number', left), how, literal(number));
  }
  const value = target.codes ? (numberIn(target.codes.get(right)) ?? valueFor(target, right)) : valueFor(target, right);
  return how === '!=' && left.op === 'reference' ? isNot(target, value) : compared(left, how, literal(value));
}

/** Whether a value holds any condition at all. */
export const isLogic = (value: unknown): boolean =>
  numbered(value).some((group) => numbered(group).length > 0) && listIn(value).length > 0;
