import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { Rule, RuleLeaf } from '../../model/rule.ts';
import { field } from '../form.ts';

/** One line of the rule builder, as it stands in a form. */
export type RuleLine = { what: string; op: string; value: string; isNot: boolean };
export type RuleDraft = { join: 'all' | 'any'; lines: RuleLine[] };

export const OPERATORS = [
  { value: 'is', label: 'is' },
  { value: 'isNot', label: 'is not' },
  { value: 'in', label: 'is one of (separated by ;)' },
  { value: 'contains', label: 'contains' },
  { value: 'gte', label: 'is at least' },
  { value: 'lte', label: 'is at most' },
  { value: 'gt', label: 'is more than' },
  { value: 'lt', label: 'is less than' },
  { value: 'set', label: 'is known' },
  { value: 'notSet', label: 'is not known' },
] as const;

const LINES_MAX = 30;

/** The builder's lines from a posted form; empty lines at the end go. */
export function readDraft(form: Form): RuleDraft {
  const lines: RuleLine[] = [];
  for (let i = 1; i <= LINES_MAX && form[`what-${i}`] !== undefined; i += 1) {
    lines.push({
      what: field(form, `what-${i}`),
      op: field(form, `op-${i}`),
      value: field(form, `value-${i}`),
      isNot: field(form, `not-${i}`) === '1',
    });
  }
  return { join: field(form, 'join') === 'any' ? 'any' : 'all', lines };
}

/**
 * The rule that a draft means. Lines that choose nothing are passed over.
 *
 * @throws Problem `invalid` for a draft without any condition, or a condition without a value
 */
export function ruleOf(draft: RuleDraft): Rule {
  const parts = draft.lines.flatMap((line, index): Rule[] => {
    if (line.what === '') return [];
    const leaf = leafOf(line, index + 1);
    return [line.isNot ? { not: leaf } : leaf];
  });
  if (parts.length === 0)
    throw new Problem('invalid', 'The rule needs a condition', {
      errors: [{ pointer: '#/what-1', detail: 'Choose what the rule looks at' }],
    });
  return draft.join === 'all' ? { all: parts } : { any: parts };
}

function leafOf(line: RuleLine, number: number): RuleLeaf {
  const operator = OPERATORS.find((one) => one.value === line.op);
  if (!operator)
    throw new Problem('invalid', 'The rule does not read well', {
      errors: [{ pointer: `#/op-${number}`, detail: 'Choose how to compare' }],
    });
  const op = operator.value;
  const needsValue = op !== 'set' && op !== 'notSet';
  const typed = line.value.trim();
  if (needsValue && typed === '')
    throw new Problem('invalid', 'A condition has no value', {
      errors: [{ pointer: `#/value-${number}`, detail: 'Enter what to compare with' }],
    });
  const value = !needsValue
    ? undefined
    : op === 'in'
      ? typed
          .split(';')
          .map((part) => part.trim())
          .filter((part) => part !== '')
      : /^-?\d+(\.\d+)?$/.test(typed)
        ? Number(typed)
        : typed;
  const rest = { op, ...(value === undefined ? {} : { value }) };
  const [kind, ...name] = line.what.split(':');
  return kind === 'answer' ? { answer: name.join(':'), ...rest } : { attribute: name.join(':'), ...rest };
}

/** The builder's lines for a rule, or null when the rule is nested deeper than lines can show. */
export function draftOf(rule: Rule): RuleDraft | null {
  const join = 'any' in rule ? 'any' : 'all';
  const parts = 'all' in rule ? rule.all : 'any' in rule ? rule.any : [rule];
  const lines: RuleLine[] = [];
  for (const part of parts) {
    const isNot = 'not' in part;
    const leaf = isNot ? part.not : part;
    if (!('attribute' in leaf || ('answer' in leaf && leaf.survey === undefined)) || leaf.ifMissing !== undefined)
      return null;
    if (!OPERATORS.some((one) => one.value === leaf.op)) return null;
    const value = leaf.value;
    lines.push({
      what: 'answer' in leaf ? `answer:${leaf.answer}` : `attribute:${leaf.attribute}`,
      op: leaf.op,
      value: value === undefined ? '' : Array.isArray(value) ? value.join('; ') : String(value),
      isNot,
    });
  }
  return { join, lines };
}
