import type { Rule, RuleLeaf } from '../../model/rule.ts';

/*
 * A rule as the builder shows it: conditions joined by all or any, with one level of groups, each perhaps denied.
 * Places are written `2` for the third part, and `2.0` for the first condition of that group.
 */

export type Join = 'all' | 'any';
export type Condition = { leaf: RuleLeaf; isNot: boolean };
export type Group = { join: Join; isNot: boolean; conditions: Condition[] };
export type RuleDraft = { join: Join; parts: (Condition | Group)[] };

/** Where a new condition goes: to the end of the whole, into a group, or into a group of its own. */
export const NEW_GROUP = 'group';

/**
 * A rule as a draft; null for one that nests deeper than the builder can show.
 *
 * @example
 * draftOf({ not: { attribute: 'plan', op: 'set' } })
 * // => { join: 'all', parts: [{ leaf: { attribute: 'plan', op: 'set' }, isNot: true }] }
 */
export function draftOf(rule: Rule): RuleDraft | null {
  const whole = joined(rule) ?? { join: 'all' as const, rules: [rule] };
  const parts = whole.rules.map((part) => conditionOf(part) ?? groupOf(part));
  return parts.some((part) => part === null)
    ? null
    : { join: whole.join, parts: parts.filter((part) => part !== null) };
}

function joined(rule: Rule): { join: Join; rules: Rule[] } | null {
  return 'all' in rule ? { join: 'all', rules: rule.all } : 'any' in rule ? { join: 'any', rules: rule.any } : null;
}

function conditionOf(rule: Rule): Condition | null {
  const isNot = 'not' in rule;
  const leaf = isNot ? rule.not : rule;
  return 'all' in leaf || 'any' in leaf || 'not' in leaf ? null : { leaf, isNot };
}

/** A group without conditions is none: it would vanish from the page, and it means something. */
function groupOf(rule: Rule): Group | null {
  const isNot = 'not' in rule;
  const group = joined(isNot ? rule.not : rule);
  const conditions = group?.rules.map(conditionOf) ?? [];
  if (!group || conditions.length === 0 || conditions.some((one) => one === null)) return null;
  return { join: group.join, isNot, conditions: conditions.filter((one) => one !== null) };
}

/** The rule that a draft means. */
export function ruleOf({ join, parts }: RuleDraft): Rule {
  const denied = (rule: Rule, isNot: boolean): Rule => (isNot ? { not: rule } : rule);
  const both = (of: Join, rules: Rule[]): Rule => (of === 'all' ? { all: rules } : { any: rules });
  return both(
    join,
    parts.map((part) =>
      'leaf' in part
        ? denied(part.leaf, part.isNot)
        : denied(
            both(
              part.join,
              part.conditions.map(({ leaf, isNot }) => denied(leaf, isNot)),
            ),
            part.isNot,
          ),
    ),
  );
}

/** The condition at a place; null when none stands there. */
export function conditionAt(draft: RuleDraft, place: string): Condition | null {
  const [part, within] = partAt(draft, place);
  if (!part) return null;
  if ('leaf' in part) return within === undefined ? part : null;
  return within === undefined ? null : (part.conditions[within] ?? null);
}

function partAt(draft: RuleDraft, place: string): [Condition | Group | undefined, number | undefined] {
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(place)) return [undefined, undefined];
  const [index, within] = place.split('.').map(Number);
  return [draft.parts[index ?? -1], within];
}

export function withCondition(draft: RuleDraft, to: string, leaf: RuleLeaf): RuleDraft {
  const changed = structuredClone(draft);
  const condition = { leaf, isNot: false };
  const [part] = partAt(changed, to);
  if (part && !('leaf' in part)) part.conditions.push(condition);
  else
    changed.parts.push(
      to === NEW_GROUP
        ? { join: changed.join === 'all' ? 'any' : 'all', isNot: false, conditions: [condition] }
        : condition,
    );
  return changed;
}

export function withChanged(draft: RuleDraft, place: string, leaf: RuleLeaf): RuleDraft {
  const changed = structuredClone(draft);
  const condition = conditionAt(changed, place);
  if (condition) condition.leaf = leaf;
  return changed;
}

/** Takes away a condition or a whole group; a group that loses its last goes with it. */
export function without(draft: RuleDraft, place: string): RuleDraft {
  const changed = structuredClone(draft);
  const [part, within] = partAt(changed, place);
  if (!part) return changed;
  if (within !== undefined && !('leaf' in part)) {
    part.conditions.splice(within, 1);
    if (part.conditions.length > 0) return changed;
  }
  return { ...changed, parts: changed.parts.filter((one) => one !== part) };
}

/** Denies a condition or a group, or does so no longer. */
export function withNot(draft: RuleDraft, place: string): RuleDraft {
  const changed = structuredClone(draft);
  const found = conditionAt(changed, place) ?? partAt(changed, place)[0];
  if (found) found.isNot = !found.isNot;
  return changed;
}

/** Turns all into any and back: of the whole, or of a group. */
export function withOtherJoin(draft: RuleDraft, place: string): RuleDraft {
  const changed = structuredClone(draft);
  const [part] = partAt(changed, place);
  const joining = place === '' ? changed : part && !('leaf' in part) ? part : null;
  if (joining) joining.join = joining.join === 'all' ? 'any' : 'all';
  return changed;
}
