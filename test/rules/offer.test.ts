import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContactLimits, Moment } from '../../src/model/moment.ts';
import {
  byUrgency,
  type Candidate,
  decideOffers,
  type Gate,
  type Visit,
  waitingOffers,
} from '../../src/rules/offer.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-09T09:30:00Z');
const moment = (parts: object = {}): Moment => Moment.parse({ isOn: true, trigger: { on: 'page' }, ...parts });
const candidate = (parts: Partial<Candidate> & { survey?: string } = {}): Candidate => ({
  survey: 'one',
  moment: moment(),
  isOpen: true,
  mayShow: true,
  audience: true,
  draw: 0.2,
  hasAnswered: false,
  ...parts,
});
const visit = (parts: Partial<Visit> = {}): Visit => ({
  now: NOW,
  weekday: 1,
  clock: '09:30',
  url: 'https://example.org/offers/12',
  session: 1,
  page: 1,
  isAsking: false,
  optedOut: new Set(),
  offers: [],
  limits: ContactLimits.parse({}),
  ...parts,
});
const gateOf = (of: Partial<Candidate>, at: Partial<Visit> = {}): Gate | null | undefined =>
  decideOffers([candidate(of)], visit(at))[0]?.gate;

describe('what stands in the way is named', () => {
  test.each<[Gate | null, Partial<Candidate>, Partial<Visit>]>([
    [null, {}, {}],
    ['off', { moment: moment({ isOn: false }) }, {}],
    ['closed', { isOpen: false }, {}],
    ['site', { mayShow: false }, {}],
    ['schedule', { moment: moment({ schedule: { days: [2, 3], from: '08:00', to: '18:00' } }) }, {}],
    ['schedule', { moment: moment({ schedule: { days: [1], from: '08:00', to: '09:30' } }) }, {}],
    [null, { moment: moment({ schedule: { days: [1], from: '09:30', to: '18:00' } }) }, {}],
    ['page', { moment: moment({ pages: [{ match: 'endsWith', value: '/basket' }] }) }, {}],
    ['page', { moment: moment({ notOn: [{ match: 'contains', value: '/offers/' }] }) }, {}],
    ['session', { moment: moment({ fromSession: 2 }) }, {}],
    ['session', { moment: moment({ fromPage: 3 }) }, { page: 2 }],
    ['audience', { audience: false }, {}],
    ['audience-unknown', { audience: null }, {}],
    ['sample', { moment: moment({ percent: 20 }) }, {}],
    [null, { moment: moment({ percent: 20.1 }) }, {}],
    ['opted-out', {}, { optedOut: 'all' }],
    ['opted-out', {}, { optedOut: new Set(['one']) }],
    [null, {}, { optedOut: new Set(['two']) }],
    ['answered', { hasAnswered: true }, {}],
    ['answered', { hasAnswered: true, moment: moment({ frequency: 'until-answered' }) }, {}],
    ['frequency', {}, { offers: [{ survey: 'one', at: NOW - 300 * DAY }] }],
    ['asking', {}, { isAsking: true }],
    ['cool-down', {}, { offers: [{ survey: 'two', at: NOW - 6 * DAY }] }],
    [null, {}, { offers: [{ survey: 'two', at: NOW - 7 * DAY }] }],
    ['budget', {}, { offers: [8, 9, 10].map((days) => ({ survey: 'two', at: NOW - days * DAY })) }],
    [null, {}, { offers: [8, 9, 30].map((days) => ({ survey: 'two', at: NOW - days * DAY })) }],
  ])('%s', (gate, of, at) => {
    expect(gateOf(of, at)).toBe(gate);
  });
  test('a survey that comes again says when', () => {
    const again = candidate({ moment: moment({ frequency: 'every', everyDays: 90 }), hasAnswered: true });
    const at = NOW - 80 * DAY;
    expect(decideOffers([again], visit({ offers: [{ survey: 'one', at }] }))).toEqual([
      { survey: 'one', gate: 'frequency', until: at + 90 * DAY },
    ]);
    expect(decideOffers([again], visit({ offers: [{ survey: 'one', at: NOW - 90 * DAY }] }))[0]?.gate).toBe(null);
  });
  test('so do the pauses over all surveys', () => {
    const [calm] = decideOffers([candidate()], visit({ offers: [{ survey: 'two', at: NOW - 2 * DAY }] }));
    expect(calm).toEqual({ survey: 'one', gate: 'cool-down', until: NOW + 5 * DAY });
    const spent = visit({ offers: [8, 12, 20, 29].map((days) => ({ survey: 'two', at: NOW - days * DAY })) });
    // Three in thirty days: the third youngest has to grow old first.
    expect(decideOffers([candidate()], spent)[0]).toEqual({ survey: 'one', gate: 'budget', until: NOW + 10 * DAY });
  });
});

test('one survey at most is offered, the most urgent that may be, whatever the order they come in', () => {
  const some = fc.array(
    fc.record({
      survey: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      priority: fc.integer({ min: 0, max: 3 }),
      audience: fc.constantFrom(true, false, null),
      draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
      percent: fc.constantFrom(10, 50, 100),
      isOn: fc.boolean(),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(some, (list) => {
      const unique = [...new Map(list.map((one) => [one.survey, one])).values()];
      const candidates = unique.map(({ survey, priority, audience, draw, percent, isOn }) =>
        candidate({ survey, audience, draw, moment: moment({ priority, percent, isOn }) }),
      );
      const verdicts = decideOffers(candidates, visit());
      expect(decideOffers(candidates.toReversed(), visit())).toEqual(verdicts);
      const offered = verdicts.filter(({ gate }) => gate === null);
      const eligible = unique.filter(
        ({ isOn, audience, draw, percent }) => isOn && audience === true && draw * 100 < percent,
      );
      expect(offered).toHaveLength(Math.min(1, eligible.length));
      const best = Math.max(...eligible.map(({ priority }) => priority));
      if (offered[0]) expect(unique.find(({ survey }) => survey === offered[0]?.survey)?.priority).toBe(best);
    }),
  );
});

test('what waits on a page is decided as all of it is, without what lost to another and could open at no other moment', () => {
  const some = fc.array(
    fc.record({
      survey: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      priority: fc.integer({ min: 0, max: 2 }),
      audience: fc.constantFrom(true, false, null),
      on: fc.constantFrom('page', 'exit'),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(some, (list) => {
      const unique = [...new Map(list.map((one) => [one.survey, one])).values()];
      const asked: string[] = [];
      const candidates = unique.map(({ survey, priority, audience, on }) => {
        const one = candidate({ survey, moment: moment({ priority, trigger: { on } }) });
        Object.defineProperty(one, 'audience', {
          get: () => {
            asked.push(survey);
            return audience;
          },
        });
        return one;
      });
      const opens = new Map<string, string>(unique.map(({ survey, on }) => [survey, on]));
      const all = decideOffers(candidates, visit());
      const winner = all.findIndex(({ gate }) => gate === null);
      const wanted = all.filter(({ survey }, index) => winner < 0 || index <= winner || opens.get(survey) !== 'page');
      asked.length = 0;
      expect(waitingOffers(candidates.toSorted(byUrgency), visit())).toEqual(wanted);
      expect(asked).toEqual(wanted.map(({ survey }) => survey));
    }),
  );
});
