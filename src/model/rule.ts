import { z } from 'zod';

/**
 * A segment rule: a typed tree of `all`, `any` and `not` over leaves that ask for an attribute or an answer. No mixed
 * chains of and/or, so precedence is never a question.
 */

export const RULE_DEPTH_MAX = 8;
export const RULE_LEAVES_MAX = 200;

export const RuleOperator = z.enum([
  'is',
  'isNot',
  'in',
  'notIn',
  'contains',
  'lt',
  'lte',
  'gt',
  'gte',
  'set',
  'notSet',
]);
export type RuleOperator = z.infer<typeof RuleOperator>;

const LeafValue = z.union([z.string().max(1000), z.number(), z.boolean(), z.array(z.string().max(1000)).max(200)]);

const leafBase = {
  op: RuleOperator,
  value: LeafValue.optional(),
  /** What an unknown value counts as; without it unknown stays unknown. */
  ifMissing: z.boolean().optional(),
};

const AttributeLeaf = z.strictObject({ attribute: z.string().min(1).max(100), ...leafBase });
const AnswerLeaf = z.strictObject({
  answer: z.string().min(1).max(140),
  /** The slug of the survey asked; the latest answer anywhere in the study without it. */
  survey: z.string().max(100).optional(),
  ...leafBase,
});

export type RuleLeaf = z.infer<typeof AttributeLeaf> | z.infer<typeof AnswerLeaf>;
export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | RuleLeaf;

/** The shape alone; `readRule` also bounds how deep and how large a rule may be. */
const RuleShape: z.ZodType<Rule> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(RuleShape) }),
    z.strictObject({ any: z.array(RuleShape) }),
    z.strictObject({ not: RuleShape }),
    AttributeLeaf,
    AnswerLeaf,
  ]),
);

/**
 * Reads a rule that came from outside. Depth and size are checked before the shape, since a deep enough tree would
 * exhaust the stack of anything recursive.
 *
 * @returns the rule, or one sentence saying why it is none
 */
export function readRule(input: unknown): { rule: Rule } | { error: string } {
  const size = measure(input);
  if (size.depth > RULE_DEPTH_MAX) return { error: `A rule may be at most ${RULE_DEPTH_MAX} levels deep` };
  if (size.leaves > RULE_LEAVES_MAX) return { error: `A rule may have at most ${RULE_LEAVES_MAX} conditions` };
  const parsed = RuleShape.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      error: `This is not a rule: ${issue?.message ?? 'its shape is unknown'} at ${issue?.path.join('.') || 'the top'}`,
    };
  }
  return { rule: parsed.data };
}

function measure(input: unknown): { depth: number; leaves: number } {
  let depth = 0;
  let leaves = 0;
  const waiting: { node: unknown; level: number }[] = [{ node: input, level: 1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    depth = Math.max(depth, next.level);
    if (depth > RULE_DEPTH_MAX || leaves > RULE_LEAVES_MAX) break;
    if (typeof next.node !== 'object' || next.node === null) continue;
    const { all, any, not } = next.node as { all?: unknown; any?: unknown; not?: unknown };
    // Every branch counts, also of a node that has several and so is no rule.
    const children = [
      ...(Array.isArray(all) ? all : []),
      ...(Array.isArray(any) ? any : []),
      ...(not === undefined ? [] : [not]),
    ];
    if (children.length === 0) leaves += 1;
    for (const child of children) waiting.push({ node: child, level: next.level + 1 });
  }
  return { depth, leaves };
}
