import type { Rule } from '../model/rule.ts';

/**
 * A rule with the names that people gave to what it refers to, for describing it.
 *
 * @param names by the id, slug or code that stands in the rule; what has none stays as it is
 *
 * @example
 * namedRule({ segment: 'a1' }, new Map([['a1', 'Movers']])) // => { segment: '“Movers”' }
 */
export function namedRule(rule: Rule, names: ReadonlyMap<string, string>): Rule {
  if ('all' in rule) return { all: rule.all.map((part) => namedRule(part, names)) };
  if ('any' in rule) return { any: rule.any.map((part) => namedRule(part, names)) };
  if ('not' in rule) return { not: namedRule(rule.not, names) };
  const called = (id: string) => `“${names.get(id) ?? id}”`;
  if ('segment' in rule) return { ...rule, segment: called(rule.segment) };
  if ('theme' in rule) return { ...rule, theme: called(rule.theme) };
  if ('persona' in rule) return { ...rule, persona: called(rule.persona) };
  if ('score' in rule && names.has(rule.score)) return { ...rule, score: called(rule.score) };
  if ('interview' in rule) return { ...rule, interview: called(rule.interview) };
  if ('survey' in rule && rule.survey !== undefined && rule.survey !== 'any')
    return { ...rule, survey: called(rule.survey) };
  return 'people' in rule ? { ...rule, people: namedRule(rule.people, names) } : rule;
}
