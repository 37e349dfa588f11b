import type { z } from 'zod';
import {
  kindOf,
  LEAF_KINDS,
  LEAVES,
  type LeafKind,
  type LeafOf,
  type Rule,
  type RuleLeaf,
  type RuleUnit,
  type RuleWhere,
} from './rule.ts';
import { operatorsOf, valueError, valueFault } from './rule-comparison.ts';
import { problemOf } from './survey-faults.ts';

export const RULE_DEPTH_MAX = 8;
export const RULE_LEAVES_MAX = 200;
/** So many faults of one rule are named at once. */
const FAULTS_MAX = 20;

/** What can be asked of a company: what is known of it, what its people did together, and for how many of them a rule holds. */
const OF_COMPANIES: readonly LeafKind[] = [
  'company',
  'people',
  'event',
  'moment',
  'sequence',
  'regularly',
  'stopped',
  'restarted',
  'segment',
  'sample',
];

/** What is wrong with a rule: in a few words, what would be right where the words do not say it, and the way to the place. */
export type RuleFault = { message: string; advice: string | null; path: PropertyKey[] };

/**
 * Reads a rule that came from outside.
 *
 * @param unit what it is to be asked about
 * @returns the rule, or one sentence saying why it is none, and where
 *
 * @example
 * readRule({ all: [{ event: 'Signed Up', op: 'contains', value: 'x' }] }) // =>
 * { error: 'This is not a rule: “contains” does not fit an event at all.0.op' }
 */
export function readRule(input: unknown, unit: RuleUnit = 'person'): { rule: Rule } | { error: string } {
  const checked = checkRule(input, unit);
  if ('rule' in checked) return checked;
  const [{ message, path }] = checked.faults;
  return checked.isTooLarge
    ? { error: message }
    : { error: `This is not a rule: ${message} at ${path.join('.') || 'the top'}` };
}

/**
 * Reads a rule that came from outside. Depth and size are checked before the shape, since a deep enough tree would
 * exhaust the stack of anything recursive.
 *
 * @param unit what it is to be asked about
 * @returns the rule, or what is wrong with it, in the order in which it stands there and at most 20 things
 *
 * @example
 * const { faults } = checkRule({ any: [{ theme: 't1' }, { score: 'calm', op: 'gte', value: 'high' }] })
 * faults[0] // => { message: '“gte” needs a number', advice: null, path: ['any', 1, 'value'] }
 */
export function checkRule(
  input: unknown,
  unit: RuleUnit = 'person',
): { rule: Rule } | { faults: readonly [RuleFault, ...RuleFault[]]; isTooLarge: boolean } {
  const size = measure(input);
  const tooLarge =
    size.depth > RULE_DEPTH_MAX
      ? `A rule may be at most ${RULE_DEPTH_MAX} levels deep`
      : size.leaves > RULE_LEAVES_MAX
        ? `A rule may have at most ${RULE_LEAVES_MAX} conditions`
        : null;
  if (tooLarge !== null)
    return {
      faults: [{ message: tooLarge, advice: 'Make a part of it a segment of its own, and ask for that', path: [] }],
      isTooLarge: true,
    };
  const faults: RuleFault[] = [];
  const rule = readNode(input, [], unit, faults);
  const [first, ...others] = faults;
  return first ? { faults: [first, ...others.slice(0, FAULTS_MAX - 1)], isTooLarge: false } : { rule };
}

/** What stands in the place of a part that is none; it is never handed out, since there is a fault. */
const NOTHING: Rule = { all: [] };

function readNode(input: unknown, path: PropertyKey[], unit: RuleUnit, faults: RuleFault[]): Rule {
  const refuse = (message: string, at: PropertyKey[], advice: string | null = null): Rule => {
    faults.push({ message, advice, path: at });
    return NOTHING;
  };
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refuse('a condition is an object', path, 'Write it in braces, such as {"attribute": "plan", "op": "set"}');
  const [join] = (['all', 'any', 'not'] as const).filter((one) => Object.hasOwn(input, one));
  if (join === undefined) return readLeaf(input, path, unit, faults);
  const [other] = Object.keys(input).filter((key) => key !== join);
  if (other !== undefined)
    return refuse(
      `“${other}” stands beside “${join}”`,
      path,
      `Give each braces of its own and put both in a list, such as {"all": [{"${join}": …}, {"${other}": …}]}`,
    );
  const inside = (input as Record<string, unknown>)[join];
  if (join === 'not') return { not: readNode(inside, [...path, 'not'], unit, faults) };
  if (!Array.isArray(inside))
    return refuse(`“${join}” needs a list`, [...path, join], 'Put what belongs to it in square brackets');
  const parts = inside.map((one, index) => readNode(one, [...path, join, index], unit, faults));
  return join === 'all' ? { all: parts } : { any: parts };
}

function readLeaf(input: object, path: PropertyKey[], unit: RuleUnit, faults: RuleFault[]): Rule {
  const refuse = (fault: RuleFault): Rule => {
    faults.push({ ...fault, path: [...path, ...fault.path] });
    return NOTHING;
  };
  const kind = kindOf(input);
  const kinds = unit === 'company' ? OF_COMPANIES : LEAF_KINDS.filter((one) => one !== 'people');
  if (kind === undefined)
    return refuse({ message: `a condition asks for exactly one of ${kinds.join(', ')}`, advice: null, path: [] });
  if (!kinds.includes(kind))
    return refuse({
      message: `a condition on a ${unit} asks for one of ${kinds.join(', ')}, and not for ${kind}`,
      advice: null,
      path: [],
    });
  const parsed = LEAVES[kind].safeParse(input);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) refuse(shapeFault(issue, input, kind));
    return NOTHING;
  }
  if (kind === 'company' && unit === 'company' && 'role' in input)
    return refuse({
      message: '“role” is one of a person, and this is asked of a company',
      advice: 'Take it out',
      path: ['role'],
    });
  const leaf = parsed.data as RuleLeaf;
  if (kind === 'people')
    (leaf as LeafOf<'people'>).people = readNode(
      (input as { people: unknown }).people,
      [...path, 'people'],
      'person',
      faults,
    );
  const fault = valueFault(leaf, kind) ?? whereFault(leaf);
  return fault ? refuse({ advice: null, ...fault }) : leaf;
}

/** What does not fit the shape of a kind of condition, in our own words. */
function shapeFault(issue: z.core.$ZodIssue, input: object, kind: LeafKind): RuleFault {
  const names = Object.keys(LEAVES[kind].shape);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const isTop = issue.path.length === 0;
    return {
      message: `“${key}” is nothing that stands here`,
      advice: `Take it out${isTop ? `; what asks for ${kind} has ${names.join(', ')}` : ''}`,
      path: [...issue.path, key],
    };
  }
  const value = issue.path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    input,
  );
  const isOwnWords = issue.code === 'invalid_union' || issue.code === 'custom';
  const isOperator = issue.path.length === 1 && issue.path[0] === 'op';
  const advice = isOperator ? fitting({ [kind]: '', ...input, op: 'set' } as unknown as RuleLeaf) : null;
  if (value === undefined)
    return { message: `“${String(issue.path.at(-1))}” is missing`, advice: advice ?? 'Add it', path: issue.path };
  return {
    message: isOperator ? 'there is no such operator' : isOwnWords ? issue.message : problemOf(issue, value),
    advice,
    path: issue.path,
  };
}

const fitting = (leaf: RuleLeaf): string => `Use one of ${operatorsOf(leaf).join(', ')}`;

function whereFault(leaf: RuleLeaf): { message: string; path: PropertyKey[] } | null {
  const lists: { at: PropertyKey[]; list: readonly RuleWhere[] | undefined }[] =
    'sequence' in leaf
      ? leaf.sequence.map((step, index) => ({ at: ['sequence', index, 'where'], list: step.where }))
      : 'where' in leaf
        ? [{ at: ['where'], list: leaf.where }]
        : [];
  for (const { at, list } of lists)
    for (const [index, one] of (list ?? []).entries()) {
      const message = valueError(one.op, one.value, 'fact');
      if (message !== null) return { message, path: [...at, index, 'value'] };
    }
  return null;
}

function measure(input: unknown): { depth: number; leaves: number } {
  let depth = 0;
  let leaves = 0;
  const waiting: { node: unknown; level: number }[] = [{ node: input, level: 1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    depth = Math.max(depth, next.level);
    if (depth > RULE_DEPTH_MAX || leaves > RULE_LEAVES_MAX) break;
    if (typeof next.node !== 'object' || next.node === null) continue;
    const { all, any, not, people } = next.node as { all?: unknown; any?: unknown; not?: unknown; people?: unknown };
    // Every branch counts, also of a node that has several and so is no rule.
    const children = [
      ...(Array.isArray(all) ? all : []),
      ...(Array.isArray(any) ? any : []),
      ...(not === undefined ? [] : [not]),
      ...(people === undefined ? [] : [people]),
    ];
    if (children.length === 0) leaves += 1;
    for (const child of children) waiting.push({ node: child, level: next.level + 1 });
  }
  return { depth, leaves };
}
