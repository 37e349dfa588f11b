import type { ChangeQuestion } from '../model/change-question.ts';
import type { LeafOf, Rule, RuleWhere } from '../model/rule.ts';

/** How a group is asked for: by a rule about the person, or by a condition on the step they took. */
export type GroupPart = { rule: Rule } | { where: RuleWhere };

/**
 * Whom to ask about a change: the people of a group who were there on its second side, and did not get to the outcome
 * when it fell, or did when it rose. Days are open at the end, so that whoever comes tomorrow belongs to them too.
 *
 * @param isFall whether the group's own rate fell
 */
export function changeSegment({ outcome, sides }: ChangeQuestion, parts: readonly GroupPart[], isFall: boolean): Rule {
  const within = { from: sides.kind === 'periods' ? sides.second.from : sides.period.from };
  const variant: GroupPart[] =
    sides.kind === 'periods'
      ? []
      : sides.by === 'attribute'
        ? [{ rule: { attribute: sides.name, op: 'is', value: sides.second } }]
        : [{ where: { property: sides.name, op: 'is', value: sides.second } }];
  const all = [...variant, ...parts];
  type Happens = { event: string; where?: readonly RuleWhere[] | undefined };
  const step = ({ event, where = [] }: Happens) => ({ event, ...(where.length > 0 && { where: [...where] }) });
  const did = (happens: Happens, op: 'gte' | 'is', value: number): LeafOf<'event'> => ({
    ...step(happens),
    within,
    op,
    value,
  });
  const rules = all.flatMap((part) => ('rule' in part ? [part.rule] : []));
  const wheres = all.flatMap((part) => ('where' in part ? [part.where] : []));
  const ofPerson = rules.flatMap((rule) => ('all' in rule ? rule.all : [rule]));
  const reached = isFall ? did(outcome.to, 'is', 0) : did(outcome.to, 'gte', 1);
  if (outcome.kind === 'event') return { all: [...ofPerson, reached] };
  const from = { event: outcome.from.event, where: [...(outcome.from.where ?? []), ...wheres] };
  const began = [...ofPerson, did(from, 'gte', 1)];
  if (outcome.from.event !== outcome.to.event) return { all: [...began, reached] };
  // The same once more is told from the first time only by coming after it.
  const again: Rule = { sequence: [step(from), step(outcome.to)], within };
  return { all: [...began, isFall ? { not: again } : again] };
}
