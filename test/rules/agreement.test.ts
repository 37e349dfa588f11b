import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRule } from '../../src/model/read-rule.ts';
import { leafKind, type Rule, RuleOperator } from '../../src/model/rule.ts';
import { compileRules, decide, type Truth } from '../../src/rules/decide.ts';
import { createPopulation, type Population } from '../../src/rules/population.ts';
import { everyLeaf } from '../../src/rules/references.ts';
import { companyKey, peopleKey, scoreKey } from '../../src/rules/subject.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { companyTree, leavesByKind, peopleLeaf, ruleTree, worlds } from './arbitrary-rules.ts';
import { peopleOf, segmentFacts, slowly, type World, worldSubject } from './reference-evaluator.ts';

/** The same people, or companies, as columns; what they did is added in no order. */
function populationOf(people: readonly World[], rules: readonly Rule[] = []): Population {
  const population = createPopulation({
    events: people[0]?.events !== undefined,
    surveys: people[0]?.surveys !== undefined,
  });
  for (const world of people) {
    const row = population.add(world.person);
    for (const kind of ['page', 'technology', 'place'] as const)
      for (const [name, value] of Object.entries(world[kind])) population.set(row, kind, name, value);
    for (const [name, value] of Object.entries(world.attributes)) population.set(row, 'attribute', name, value);
    for (const [name, value] of Object.entries(world.answers)) population.set(row, 'answer', name, value);
    for (const role of [undefined, 'buyer', 'user']) {
      const own = (world.companies ?? []).filter(
        (_, index) => role === undefined || world.roles[index]?.trim().toLowerCase() === role,
      );
      population.set(
        row,
        'company',
        companyKey('a', role),
        own.flatMap((one) => ('a' in one ? [one['a']!] : [])),
      );
    }
    const roles = (world.companies ?? []).flatMap((_, index) => world.roles[index] ?? []);
    population.set(row, 'role', 'any', roles.length === 0 ? undefined : roles);
    for (const leaf of rules.flatMap(everyLeaf))
      if ('people' in leaf && world.people)
        population.set(row, 'people', peopleKey(leaf), peopleOf(world.people)(peopleKey(leaf)));
    for (const [scale, forms] of Object.entries(world.scores))
      for (const [form, value] of Object.entries(forms)) population.set(row, 'score', scoreKey(form, scale), value);
    if (world.themes) for (const id of ['t1', 't2']) population.set(row, 'theme', id, world.themes[id] ?? false);
    if (world.personas) population.set(row, 'persona', 'p1', world.personas.includes('p1'));
    for (const [id, value] of Object.entries(segmentFacts(world))) population.set(row, 'segment', id, value);
    if (world.interviews) population.set(row, 'interview', 'c1', world.interviews['c1'] ?? 0);
  }
  const deeds = people.flatMap((world, row) => (world.events ?? []).map((one) => ({ ...one, row })));
  for (const { row, event, at, properties } of deeds.toReversed())
    population.happen(row, event, at, JSON.stringify(properties));
  for (const [row, world] of people.entries())
    for (const { survey, did, at } of world.surveys ?? []) population.didSurvey(row, survey, did, at);
  return population;
}

const TRUTHS: readonly Truth[] = [false, true, null];
const clockOf = ({ now, timeZone }: World) => ({ now, timeZone });
const overAll = (rule: Rule, people: readonly World[]): Truth[] =>
  Array.from(populationOf(people, [rule]).decide([rule], clockOf(people[0]!))[0]!, (verdict) => TRUTHS[verdict]!);

describe('one by one, leaf by leaf and all at once a rule comes to the same as slowly and plainly', () => {
  test.each(Object.entries({ ...leavesByKind, people: peopleLeaf }))('a leaf of kind %s', (kind, leaf) => {
    const seen = new Set<Truth>();
    fc.assert(
      fc.property(worlds, leaf, (people, rule) => {
        expect(leafKind(rule)).toBe(kind);
        const expected = people.map((world) => slowly(rule, world));
        const compiled = compileRules([rule]);
        expect(people.map((world) => compiled.decide(worldSubject(world))[0])).toEqual(expected);
        expect(people.map((world) => decide(rule, worldSubject(world)).truth)).toEqual(expected);
        expect(overAll(rule, people)).toEqual(expected);
        for (const truth of expected) seen.add(truth);
      }),
      { numRuns: 400, seed: 7 },
    );
    expect([...seen].sort()).toEqual([...TRUTHS].sort());
  });

  test.each(RuleOperator.options)('an attribute that is asked “%s”', (op) => {
    const seen = new Set<Truth>();
    const asked = leavesByKind['attribute']!.filter((rule) => 'op' in rule && rule.op === op);
    fc.assert(
      fc.property(worlds, asked, (people, rule) => {
        const expected = people.map((world) => slowly(rule, world));
        expect(people.map((world) => compileRules([rule]).decide(worldSubject(world))[0])).toEqual(expected);
        expect(overAll(rule, people)).toEqual(expected);
        for (const truth of expected) seen.add(truth);
      }),
      { numRuns: 150, seed: 11 },
    );
    expect(seen).toContain(true);
    expect(seen).toContain(false);
  });

  test('rules of any shape, several at a time', () => {
    fc.assert(
      fc.property(worlds, fc.array(ruleTree, { minLength: 1, maxLength: 3 }), (people, rules) => {
        const compiled = compileRules(rules);
        const expected = people.map((world) => rules.map((rule) => slowly(rule, world)));
        expect(people.map((world) => compiled.decide(worldSubject(world)))).toEqual(expected);
        expect(
          people.map((world) => rules.map((_, index) => compiled.explain(index, worldSubject(world)).truth)),
        ).toEqual(expected);
        const columns = populationOf(people).decide(rules, clockOf(people[0]!));
        expect(people.map((_, row) => columns.map((column) => TRUTHS[column[row]!]))).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  test('rules on companies of any shape', () => {
    const seen = new Set<Truth>();
    fc.assert(
      fc.property(worlds, companyTree, (companies, rule) => {
        const expected = companies.map((world) => slowly(rule, world));
        expect(companies.map((world) => compileRules([rule]).decide(worldSubject(world))[0])).toEqual(expected);
        expect(companies.map((world) => decide(rule, worldSubject(world)).truth)).toEqual(expected);
        expect(overAll(rule, companies)).toEqual(expected);
        expect(readRule(rule, 'company')).toEqual({ rule });
        for (const truth of expected) seen.add(truth);
      }),
      { numRuns: 400 },
    );
    expect(seen.size).toBe(3);
  });

  test('a person taken out of a population is decided as before', () => {
    fc.assert(
      fc.property(worlds, ruleTree, (people, rule) => {
        const population = populationOf(people);
        const compiled = compileRules([rule]);
        for (const [row, world] of people.entries())
          expect(compiled.decide(population.subjectAt(row, clockOf(world)))[0]).toBe(slowly(rule, world));
      }),
      { numRuns: 200 },
    );
  });
});

test('what is generated are rules as they are read from outside', () => {
  fc.assert(
    fc.property(ruleTree, (rule) => {
      const read = readRule(rule);
      if ('error' in read) expect(read.error).toMatch(/at most/);
      else expect(read.rule).toEqual(rule);
    }),
    { numRuns: 500 },
  );
});

test('De Morgan’s laws hold, unknown included', () => {
  fc.assert(
    fc.property(worlds, fc.array(ruleTree, { maxLength: 3 }), (people, parts) => {
      const negated = parts.map((not) => ({ not }));
      const four: Rule[] = [{ not: { all: parts } }, { any: negated }, { not: { any: parts } }, { all: negated }];
      const [notAll, anyNot, notAny, allNot] = populationOf(people).decide(four, clockOf(people[0]!));
      expect(notAll).toEqual(anyNot);
      expect(notAny).toEqual(allNot);
      for (const world of people) {
        const [a, b, c, d] = compileRules(four).decide(worldSubject(world));
        expect([a, c]).toEqual([b, d]);
      }
    }),
    { numRuns: 200 },
  );
});

test('the order of parts changes nothing', () => {
  const mixed = (rule: Rule, seed: number): Rule => {
    const random = mulberry32(seed);
    const mix = (node: Rule): Rule =>
      'all' in node
        ? { all: shuffled(node.all, random).map(mix) }
        : 'any' in node
          ? { any: shuffled(node.any, random).map(mix) }
          : 'not' in node
            ? { not: mix(node.not) }
            : node;
    return mix(rule);
  };
  fc.assert(
    fc.property(worlds, ruleTree, fc.integer(), (people, rule, seed) => {
      const other = mixed(rule, seed);
      expect(overAll(other, people)).toEqual(overAll(rule, people));
      for (const world of people)
        expect(decide(other, worldSubject(world)).truth).toBe(decide(rule, worldSubject(world)).truth);
    }),
    { numRuns: 200 },
  );
});
