import type { Rule, RuleLeaf } from '../model/rule.ts';

/** Three-valued: null is “unknown”, which is not the same as false. */
export type Truth = boolean | null;

export type FactValue = string | number | boolean | string[];

/** Whatever a rule is asked about. `undefined` means that nothing is known. */
export type Subject = {
  attribute(name: string): FactValue | undefined;
  answer(item: string, survey: string | undefined): FactValue | undefined;
};

export type Trace =
  | { kind: 'all' | 'any' | 'not'; truth: Truth; parts: Trace[] }
  | { kind: 'leaf'; truth: Truth; leaf: RuleLeaf; found: FactValue | null; wasMissing: boolean };

/**
 * Decides a rule for one subject and says why, leaf by leaf. Kleene's logic: `all` is false as soon as one part is
 * false, `any` true as soon as one is true, and what stays open is unknown. A missing value makes a leaf unknown,
 * unless the leaf says what missing counts as, or asks whether the value is there at all.
 *
 * `all` of nothing is true, `any` of nothing false.
 */
export function decide(rule: Rule, subject: Subject): Trace {
  if ('all' in rule)
    return joined(
      'all',
      rule.all.map((part) => decide(part, subject)),
    );
  if ('any' in rule)
    return joined(
      'any',
      rule.any.map((part) => decide(part, subject)),
    );
  if ('not' in rule) {
    const part = decide(rule.not, subject);
    return { kind: 'not', truth: part.truth === null ? null : !part.truth, parts: [part] };
  }
  return decideLeaf(rule, subject);
}

function joined(kind: 'all' | 'any', parts: Trace[]): Trace {
  const decisive = kind === 'any';
  const truth = parts.some((part) => part.truth === decisive)
    ? decisive
    : parts.some((part) => part.truth === null)
      ? null
      : !decisive;
  return { kind, truth, parts };
}

function decideLeaf(leaf: RuleLeaf, subject: Subject): Trace {
  const found = 'attribute' in leaf ? subject.attribute(leaf.attribute) : subject.answer(leaf.answer, leaf.survey);
  const wasMissing = found === undefined;
  if (leaf.op === 'set' || leaf.op === 'notSet') {
    return { kind: 'leaf', truth: (leaf.op === 'set') !== wasMissing, leaf, found: found ?? null, wasMissing };
  }
  const truth = found === undefined ? (leaf.ifMissing ?? null) : compare(leaf, found);
  return { kind: 'leaf', truth, leaf, found: found ?? null, wasMissing };
}

function compare(leaf: RuleLeaf, found: FactValue): Truth {
  const wanted = leaf.value;
  if (wanted === undefined) return null;
  switch (leaf.op) {
    case 'is':
      return matches(found, wanted);
    case 'isNot':
      return !matches(found, wanted);
    case 'in':
      return list(wanted).some((one) => matches(found, one));
    case 'notIn':
      return !list(wanted).some((one) => matches(found, one));
    case 'contains':
      return list(found).some((one) => list(wanted).some((other) => fold(one).includes(fold(other))));
    default:
      return ordered(leaf.op, found, wanted);
  }
}

function ordered(op: RuleLeaf['op'], found: FactValue, wanted: FactValue): Truth {
  const [a, b] = [numberIn(found), numberIn(wanted)];
  if (a === null || b === null) return null;
  if (op === 'lt') return a < b;
  if (op === 'lte') return a <= b;
  if (op === 'gt') return a > b;
  return a >= b;
}

/** Null for anything that is no number, a blank and a list of numbers included. */
function numberIn(value: FactValue): number | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (typeof value !== 'string' || value.trim() === '' || Number.isNaN(Number(value))) return null;
  return Number(value);
}

const list = (value: FactValue): (string | number | boolean)[] => (Array.isArray(value) ? value : [value]);
const fold = (value: unknown): string => String(value).trim().toLowerCase();

/** A list matches when it holds the value; numbers and their digits are the same. */
function matches(found: FactValue, wanted: FactValue): boolean {
  return list(found).some((one) => list(wanted).some((other) => fold(one) === fold(other)));
}
