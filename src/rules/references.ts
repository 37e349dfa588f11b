import type { Rule, RuleLeaf, RuleWhere } from '../model/rule.ts';

/** What a rule asks about, each name once, in the order in which it first stands there. */
export type References = {
  attributes: string[];
  answers: string[];
  companies: string[];
  /** Roles in companies. */
  roles: string[];
  events: string[];
  /** Properties of events, as `event property`. */
  properties: string[];
  pages: string[];
  technologies: string[];
  places: string[];
  /** Slugs; `any` is none. */
  surveys: string[];
  scores: string[];
  themes: string[];
  personas: string[];
  segments: string[];
  /** Of which somebody is in no segment. */
  segmentations: string[];
  interviews: string[];
};

/**
 * What a rule refers to, also in what it asks of a company's people.
 *
 * @example
 * referencesOf({ all: [{ segment: 'a1' }, { not: { answer: 'mood', survey: 'small', op: 'set' } }] }).surveys // => ['small']
 */
export function referencesOf(rule: Rule): References {
  const found = {
    attributes: new Set<string>(),
    answers: new Set<string>(),
    companies: new Set<string>(),
    roles: new Set<string>(),
    events: new Set<string>(),
    properties: new Set<string>(),
    pages: new Set<string>(),
    technologies: new Set<string>(),
    places: new Set<string>(),
    surveys: new Set<string>(),
    scores: new Set<string>(),
    themes: new Set<string>(),
    personas: new Set<string>(),
    segments: new Set<string>(),
    segmentations: new Set<string>(),
    interviews: new Set<string>(),
  } satisfies Record<keyof References, Set<string>>;
  const addEvent = (event: string, where: readonly RuleWhere[] | undefined) => {
    found.events.add(event);
    for (const { property } of where ?? []) found.properties.add(`${event} ${property}`);
  };
  for (const leaf of everyLeaf(rule)) {
    if ('role' in leaf && leaf.role !== undefined) found.roles.add(leaf.role);
    if ('answer' in leaf) {
      found.answers.add(leaf.answer);
      if (leaf.survey !== undefined) found.surveys.add(leaf.survey);
    } else if ('attribute' in leaf) found.attributes.add(leaf.attribute);
    else if ('company' in leaf) found.companies.add(leaf.company);
    else if ('event' in leaf) {
      addEvent(leaf.event, leaf.where);
      if ('measure' in leaf && typeof leaf.measure === 'object')
        for (const property of Object.values(leaf.measure)) found.properties.add(`${leaf.event} ${property}`);
    } else if ('sequence' in leaf) for (const step of leaf.sequence) addEvent(step.event, step.where);
    else if ('regularly' in leaf) addEvent(leaf.regularly, leaf.where);
    else if ('stopped' in leaf) addEvent(leaf.stopped, leaf.where);
    else if ('restarted' in leaf) addEvent(leaf.restarted, leaf.where);
    else if ('page' in leaf) found.pages.add(leaf.page);
    else if ('technology' in leaf) found.technologies.add(leaf.technology);
    else if ('place' in leaf) found.places.add(leaf.place);
    else if ('survey' in leaf) {
      if (leaf.survey !== 'any') found.surveys.add(leaf.survey);
    } else if ('score' in leaf) found.scores.add(leaf.score);
    else if ('theme' in leaf) found.themes.add(leaf.theme);
    else if ('persona' in leaf) found.personas.add(leaf.persona);
    else if ('segment' in leaf) (leaf.none ? found.segmentations : found.segments).add(leaf.segment);
    else if ('interview' in leaf) found.interviews.add(leaf.interview);
  }
  return Object.fromEntries(Object.entries(found).map(([kind, names]) => [kind, [...names]])) as References;
}

/**
 * A rule with the rules of other segments in the place of the leaves that refer to them; segments that were found stay
 * what they are. What leads in a circle stays a leaf, so that it is not followed for ever.
 *
 * @param ruleOf the rule of another segment; null for one that was found, or is not there
 *
 * @example
 * withSegments({ not: { segment: 'a' } }, (id) => (id === 'a' ? { attribute: 'plan', op: 'set' } : null))
 * // => { not: { attribute: 'plan', op: 'set' } }
 */
export function withSegments(rule: Rule, ruleOf: (id: string) => Rule | null, within: readonly string[] = []): Rule {
  if ('all' in rule) return { all: rule.all.map((part) => withSegments(part, ruleOf, within)) };
  if ('any' in rule) return { any: rule.any.map((part) => withSegments(part, ruleOf, within)) };
  if ('not' in rule) return { not: withSegments(rule.not, ruleOf, within) };
  if (!('segment' in rule) || rule.none || within.includes(rule.segment)) return rule;
  const found = ruleOf(rule.segment);
  return found === null ? rule : withSegments(found, ruleOf, [...within, rule.segment]);
}

/** Every leaf of a rule, those that are asked of a company's people after the one that asks for these. */
export const everyLeaf = (rule: Rule): RuleLeaf[] =>
  leavesOf(rule).flatMap((leaf) => ('people' in leaf ? [leaf, ...everyLeaf(leaf.people)] : [leaf]));

/** Every leaf of a rule that is asked of its own subject, in the order in which it stands there. */
export function leavesOf(rule: Rule): RuleLeaf[] {
  if ('all' in rule) return rule.all.flatMap(leavesOf);
  if ('any' in rule) return rule.any.flatMap(leavesOf);
  if ('not' in rule) return leavesOf(rule.not);
  return [rule];
}

/**
 * How segments that a rule refers to lead back to one of them, so that none of those could be decided.
 *
 * @param segment the id under which the rule is, or would be, kept
 * @param ruleOf the rule of another segment; null for one that was found, or is not there
 * @returns the ids of the circle, its first once more at the end; null when there is none
 *
 * @example
 * const kept = { b: { segment: 'c' }, c: { not: { segment: 'a' } } }
 * findCycle('a', { segment: 'b' }, (id) => kept[id] ?? null) // => ['a', 'b', 'c', 'a']
 */
export function findCycle(segment: string, rule: Rule, ruleOf: (id: string) => Rule | null): string[] | null {
  const settled = new Set<string>();
  const path: { id: string; next: string[] }[] = [];
  const places = new Map<string, number>();
  const enter = (id: string, of: Rule | null) => {
    places.set(id, path.length);
    path.push({ id, next: of === null ? [] : referencesOf(of).segments });
  };
  enter(segment, rule);
  for (let last = path.at(-1); last; last = path.at(-1)) {
    const id = last.next.shift();
    if (id === undefined) {
      settled.add(last.id);
      places.delete(last.id);
      path.pop();
      continue;
    }
    const start = places.get(id);
    if (start !== undefined) return [...path.slice(start).map((step) => step.id), id];
    if (!settled.has(id)) enter(id, ruleOf(id));
  }
  return null;
}

/**
 * Why a rule cannot be kept as a segment's: it would lead back to where it began.
 *
 * @param nameOf what people call a segment
 * @returns one sentence with the whole way round; null when the rule can be kept
 *
 * @example
 * cycleError('a', { segment: 'a' }, () => null, (id) => id.toUpperCase())
 * // => 'Segments cannot refer to each other in a circle: A → A'
 */
export function cycleError(
  segment: string,
  rule: Rule,
  ruleOf: (id: string) => Rule | null,
  nameOf: (id: string) => string,
): string | null {
  const cycle = findCycle(segment, rule, ruleOf);
  return cycle && `Segments cannot refer to each other in a circle: ${cycle.map(nameOf).join(' → ')}`;
}
