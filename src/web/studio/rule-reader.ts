import type { Form } from '../../model/answers.ts';
import type { ProblemError } from '../../model/problem.ts';
import type { RuleMeasure, RuleOperator, RuleSpan, RuleWhere } from '../../model/rule.ts';
import { field, fieldList } from '../form.ts';
import { LISTS, NO_VALUE, NUMBERS, ROWS_MAX, SEVERAL, SPANS, spanIn, whereNames } from './rule-values.ts';

export const MEASURES = ['count', 'sum', 'average', 'min', 'max', 'distinct'] as const;

/** A key with its value, or nothing at all where there is none. */
export const optional = <T>(name: string, value: T | null | undefined | '') =>
  value === undefined || value === null || value === '' ? {} : { [name]: value };

/** Reads the fields of a condition's form one by one, and gathers what does not fit in any of them. */
export function ruleReader(form: Form) {
  const errors: ProblemError[] = [];
  const fault = (name: string, detail: string) => errors.push({ pointer: `#/${name}`, detail });

  const typed = (name: string): string => field(form, name).trim();
  const text = (name: string, detail: string): string => {
    if (typed(name) === '') fault(name, detail);
    return typed(name);
  };
  const read = (name: string, written: string, detail: string): number => {
    const digits = written.replace(',', '.');
    if (!/^-?\d+(\.\d+)?$/.test(digits)) fault(name, detail);
    return Number(digits);
  };
  const number = (name: string, detail: string): number => read(name, typed(name), detail);
  /** A part of a whole, 0 to 1, or the same as a percentage. */
  const share = (name: string, detail: string): number => {
    const percent = /^(.*\S)\s*%$/.exec(typed(name))?.[1];
    return percent === undefined ? number(name, detail) : read(name, percent, detail) / 100;
  };
  const span = (name: string): RuleSpan => {
    const found = spanIn(field(form, name));
    if (!found) fault(name, 'Enter a length of time, such as 2 months');
    return found ?? { amount: 1, unit: 'day' };
  };

  /** @param isNumber the kind of condition compares numbers only, so a list is one of numbers */
  function compared(isNumber = false, opName = 'op', valueName = 'value') {
    const op = field(form, opName) as RuleOperator;
    if (op === ('' as string)) fault(opName, 'Choose how to compare');
    if (NO_VALUE.includes(op)) return { op };
    const chosen = fieldList(form, valueName)
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const [first = ''] = chosen;
    if (chosen.length === 0) {
      fault(valueName, 'Enter what to compare with');
      return { op };
    }
    const parts = chosen.length > 1 ? chosen : first.split(';').map((one) => one.trim());
    const numeric = (one: string): number => {
      const clean = one.replace(',', '.');
      if (!/^-?\d+(\.\d+)?$/.test(clean)) fault(valueName, `Enter a number: “${one.slice(0, 40)}” is none`);
      return Number(clean);
    };
    if (LISTS.includes(op)) return { op, value: isNumber ? parts.map(numeric) : parts.filter((one) => one !== '') };
    if (SPANS.includes(op)) return { op, value: span(valueName) };
    if (op === 'between') {
      const ends = first.split(/\s+and\s+|\s*;\s*/);
      if (ends.length !== 2) fault(valueName, 'Enter two numbers or two days with “and” between them');
      const areDays = !isNumber && ends.every((one) => /^\d{4}-\d\d-\d\d/.test(one));
      return { op, value: areDays ? ends : ends.map(numeric) };
    }
    if (NUMBERS.includes(op) || isNumber) return { op, value: numeric(first) };
    if (SEVERAL.includes(op) && parts.length > 1) return { op, value: parts };
    return { op, value: first };
  }

  function within() {
    const [back, from, to] = ['within', 'from', 'to'].map(typed);
    if (back) {
      const { amount, unit } = span('within');
      if (from) fault('from', 'Enter either how long back, or from which day');
      return { within: { last: amount, unit } };
    }
    if (to && !from) fault('from', 'Enter the first day');
    return from ? { within: { from, ...optional('to', to) } } : {};
  }

  function measured(): { measure?: RuleMeasure } {
    const measure = MEASURES.find((one) => one === field(form, 'measure')) ?? 'count';
    return measure === 'count'
      ? {}
      : { measure: { [measure]: text('property', 'Enter which property of the event is meant') } as RuleMeasure };
  }

  /** The conditions on the properties of one event, at most as many as there are rows; nothing at all where there is none. */
  function where(prefix = ''): { where?: RuleWhere[] } {
    const list = Array.from({ length: ROWS_MAX }, (_, index) => whereNames(prefix, index)).flatMap((names) => {
      const property = typed(names.property);
      if (property === '') {
        if (typed(names.value) !== '') fault(names.property, 'Enter which property this value is of');
        return [];
      }
      return [
        {
          property,
          ...compared(false, names.op, names.value),
          ...(field(form, names.missing) === 'yes' ? { ifMissing: true } : {}),
        } as RuleWhere,
      ];
    });
    return list.length === 0 ? {} : { where: list };
  }

  return { errors, fault, typed, text, number, share, span, compared, within, measured, where };
}
export type RuleReader = ReturnType<typeof ruleReader>;
