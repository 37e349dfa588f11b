import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { cycleError, findCycle, referencesOf } from '../../src/rules/references.ts';

test('a rule says of everything it asks for what it is, each once', () => {
  const rule: Rule = {
    all: [
      { attribute: 'plan', op: 'set' },
      { not: { attribute: 'plan', op: 'is', value: 'pro' } },
      { answer: 'mood', survey: 'small', op: 'set' },
      { company: 'industry', role: 'buyer', op: 'set' },
      { role: 'champion' },
      {
        any: [
          { event: 'Order', where: [{ property: 'plan', op: 'set' }], measure: { sum: 'revenue' }, op: 'gt', value: 1 },
          { moment: 'first', event: 'Visit', op: 'before', value: '2026-01-01' },
          { sequence: [{ event: 'Visit' }, { event: 'Order', where: [{ property: 'currency', op: 'set' }] }] },
          { regularly: 'Report', unit: 'week', of: 4, atLeast: 2 },
          { stopped: 'Login', active: { amount: 1, unit: 'week' }, quiet: { amount: 1, unit: 'week' } },
          { restarted: 'Export', active: { amount: 1, unit: 'week' }, quiet: { amount: 1, unit: 'week' } },
        ],
      },
      { page: 'url', op: 'set' },
      { technology: 'os', op: 'set' },
      { place: 'city', op: 'set' },
      { survey: 'large', did: 'seen' },
      { survey: 'any', did: 'seen' },
      { score: 'calm', op: 'gt', value: 1 },
      { theme: 't1' },
      { persona: 'p1' },
      { segment: 's1' },
      { segment: 'n1', none: true },
      { interview: 'c1' },
      { sample: 10, salt: 'x' },
    ],
  };
  expect(referencesOf(rule)).toEqual({
    attributes: ['plan'],
    answers: ['mood'],
    companies: ['industry'],
    roles: ['buyer', 'champion'],
    events: ['Order', 'Visit', 'Report', 'Login', 'Export'],
    properties: ['Order plan', 'Order revenue', 'Order currency'],
    pages: ['url'],
    technologies: ['os'],
    places: ['city'],
    surveys: ['small', 'large'],
    scores: ['calm'],
    themes: ['t1'],
    personas: ['p1'],
    segments: ['s1'],
    segmentations: ['n1'],
    interviews: ['c1'],
  });
});

test('what is asked of a company’s people is asked as well', () => {
  const rule: Rule = {
    any: [
      { company: 'size', op: 'set' },
      { people: { all: [{ attribute: 'plan', op: 'set' }, { segment: 's1' }] }, role: 'user', op: 'gte', value: 2 },
    ],
  };
  expect(referencesOf(rule)).toMatchObject({
    attributes: ['plan'],
    companies: ['size'],
    roles: ['user'],
    segments: ['s1'],
  });
});

describe('segments that refer to segments', () => {
  const kept: Record<string, Rule> = {
    b: { any: [{ segment: 'd' }, { segment: 'c' }] },
    c: { not: { segment: 'b' } },
    d: { attribute: 'plan', op: 'set' },
    e: { all: [{ segment: 'd' }, { segment: 'd' }] },
    ofCompanies: { people: { not: { segment: 'a' } }, measure: 'share', op: 'lt', value: 50 },
  };
  const ruleOf = (id: string) => kept[id] ?? null;

  test('may do so as long as no way leads back', () => {
    expect(
      findCycle('a', { all: [{ segment: 'e' }, { segment: 'd' }, { segment: 'nobody knows' }] }, ruleOf),
    ).toBeNull();
    expect(cycleError('a', { segment: 'd' }, ruleOf, (id) => id)).toBeNull();
  });
  test('may not lead back through the people of a company', () => {
    expect(findCycle('a', { segment: 'ofCompanies' }, ruleOf)).toEqual(['a', 'ofCompanies', 'a']);
    expect(findCycle('f', { segment: 'ofCompanies' }, (id) => (id === 'a' ? null : ruleOf(id)))).toBeNull();
  });
  test('may not refer to themselves', () => {
    expect(findCycle('a', { not: { segment: 'a' } }, ruleOf)).toEqual(['a', 'a']);
  });
  test('are refused with the way round, whether it passes the one that is kept or not', () => {
    expect(findCycle('d', { segment: 'b' }, ruleOf)).toEqual(['d', 'b', 'd']);
    expect(findCycle('a', { segment: 'c' }, ruleOf)).toEqual(['c', 'b', 'c']);
    expect(cycleError('d', { segment: 'c' }, ruleOf, (id) => `“${id}”`)).toBe(
      'Segments cannot refer to each other in a circle: “d” → “c” → “b” → “d”',
    );
  });
  test('a long line of them exhausts nothing', () => {
    const line = (id: string): Rule => ({ segment: String(Number(id) + 1) });
    expect(findCycle('0', line('0'), (id) => (Number(id) < 50_000 ? line(id) : null))).toBeNull();
    expect(findCycle('0', line('0'), (id) => (Number(id) < 20_000 ? line(id) : { segment: '0' }))).toHaveLength(20_002);
  });
});
