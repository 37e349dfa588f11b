import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChangeQuestion } from '../../../src/model/change-question.ts';
import type { Rule } from '../../../src/model/rule.ts';
import type { Study } from '../../../src/store/studies.ts';
import type { ChangedGroup } from '../../../src/workers/tasks/changes.ts';
import { fixedClock, type House, openHouse } from '../../support/house.ts';

const DAY_MS = 86_400_000;
const clock = fixedClock('2026-03-02T12:00:00.000Z');
const day = (offset: number) => new Date(clock.now().getTime() + offset * DAY_MS).toISOString();

const QUESTION: ChangeQuestion = {
  outcome: {
    kind: 'step',
    from: { event: 'Opened' },
    to: { event: 'Sent', where: [{ property: 'test', op: 'isNot', value: 'yes', ifMissing: true }] },
    withinDays: 2,
  },
  sides: {
    kind: 'periods',
    first: { from: '2026-01-01', to: '2026-01-31' },
    second: { from: '2026-02-01', to: '2026-03-02' },
  },
};

/** People by number: those of 50 and more, and who read of sport, do not get there in February. */
const PEOPLE = 800;
const ageOf = (n: number) => 20 + (n % 60);
const readsSport = (n: number) => n % 3 === 0;
const isLate = (n: number) => n % 2 === 1;
const sends = (n: number) => !(isLate(n) && ageOf(n) >= 50 && n % 4 !== 3) && n % 10 !== 0;

describe('what changed', () => {
  let house: House;
  let study: Study;
  beforeAll(async () => {
    house = await openHouse({ now: clock.now });
    const { verbatim } = house;
    study = await verbatim.studies.addTo('A study', null, null, null);
    const ids = Array.from({ length: PEOPLE }, (_, n) => n);
    await verbatim.intake.people(
      study.workspaceId,
      ids.map((n) => ({
        externalId: `p${n}`,
        attributes: [
          { name: 'age', value: ageOf(n), source: 'test' },
          { name: 'topics', value: readsSport(n) ? ['sport', 'news'] : ['news'], source: 'test' },
          { name: 'member_id', value: `m-${n}`, source: 'test' },
          { name: 'variant', value: n % 8 < 4 ? 'A' : 'b ', source: 'test' },
        ],
      })),
    );
    const event = (n: number, name: string, at: string, properties = {}, key = '') => ({
      externalId: `p${n}`,
      messageId: `${n}-${name}${key}`,
      name,
      occurredAt: at,
      properties,
    });
    await verbatim.intake.events(study.workspaceId, [
      ...ids.map((n) => event(n, 'Opened', day(isLate(n) ? -20 : -50))),
      ...ids.filter(sends).map((n) => event(n, 'Sent', day(isLate(n) ? -19 : -49))),
      // What does not count: a test, one that came too late, and one before the form was opened.
      ...ids
        .filter((n) => !sends(n))
        .flatMap((n) => [
          event(n, 'Sent', day(isLate(n) ? -19 : -49), { test: 'yes' }, 'test'),
          event(n, 'Sent', day(isLate(n) ? -17 : -47), {}, 'late'),
          event(n, 'Sent', day(isLate(n) ? -20.5 : -50.5), {}, 'early'),
        ]),
      ...Array.from({ length: 7 }, (_, n) => event(1_000 + n, 'Opened', day(-1))),
    ]);
    await verbatim.logs.settle();
  });
  afterAll(() => house[Symbol.asyncDispose]());

  async function ask(question: ChangeQuestion) {
    const { comparisons, store } = house.verbatim;
    const { publicId } = await comparisons.change(study, question, null);
    await comparisons.idle();
    const look = (await store.comparisons.find(study.id, publicId))!;
    expect([look.state, look.error]).toEqual(['done', null]);
    return comparisons.resultOf(look, 'change');
  }
  const heads = (groups: readonly ChangedGroup[]) => groups.filter(({ within }) => within === null);
  const membersOf = async (rule: Rule) => (await house.verbatim.segments.count(study, rule, null)).people.admitted;

  test('a step counts within its days, from its first time, with its conditions; who may still get there is left out', async () => {
    const found = await ask(QUESTION);
    const early = Array.from({ length: PEOPLE }, (_, n) => n).filter((n) => !isLate(n));
    expect(found.first).toEqual({ total: early.length, count: early.filter(sends).length });
    expect(found.second.total).toBe(PEOPLE - early.length);
    expect(found.notYet).toBe(7);
  });

  test('a number is looked at in bands, and the rule of a band finds its people', async () => {
    const found = await ask(QUESTION);
    const [first] = heads(found.groups);
    expect(first?.parts.map(({ trait }) => trait)).toEqual(['age']);
    const all = Array.from({ length: PEOPLE }, (_, n) => n);
    const last = found.groups.find(({ parts }) => parts.length === 1 && parts[0]?.level === '64 to 79');
    expect(last?.own.difference).toBeLessThan(-0.3);
    expect(await membersOf(last!.parts[0]!.rule)).toBe(all.filter((n) => ageOf(n) >= 64).length);
    const second = found.groups.find(({ parts }) => parts.length === 1 && parts[0]?.level === '34 to 48');
    expect(await membersOf(second!.parts[0]!.rule)).toBe(all.filter((n) => ageOf(n) >= 34 && ageOf(n) < 49).length);
  });

  test('an id is no trait, and parts of a list are traits of their own', async () => {
    const found = await ask(QUESTION);
    // Age, variant, news and sport.
    expect(found.looked).toBe(4);
    expect(found.groups.flatMap(({ parts }) => parts).some(({ trait }) => trait === 'member id')).toBe(false);
  });

  test('two variants of an attribute are compared whatever their letters, and those of neither are counted', async () => {
    const found = await ask({
      ...QUESTION,
      sides: {
        kind: 'variants',
        by: 'attribute',
        name: 'variant',
        first: 'a',
        second: 'B',
        period: { from: '2026-01-01', to: '2026-03-02' },
      },
    });
    expect(found.first.total + found.second.total).toBe(PEOPLE);
    expect(found.first.total).toBe(PEOPLE / 2);
    expect(found.groups.flatMap(({ parts }) => parts).some(({ trait }) => trait === 'variant')).toBe(false);
    expect(found.notYet).toBe(7);
  });

  test('an outcome that nobody has, and a step that nobody took, are answered without a fault', async () => {
    const never = await ask({ ...QUESTION, outcome: { ...QUESTION.outcome, to: { event: 'Never' } } });
    expect(never.first.count + never.second.count).toBe(0);
    expect(never.verdict).toBe('nothing');
    const nobody = await ask({
      ...QUESTION,
      outcome: { kind: 'step', from: { event: 'Never' }, to: { event: 'Sent' }, withinDays: 1 },
    });
    expect(nobody.verdict).toBe('too-few');
    expect(nobody.difference).toBe(null);
  });
});
