import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChangeQuestion } from '../../../src/model/change-question.ts';
import type { Study } from '../../../src/store/studies.ts';
import { readChangeSides } from '../../../src/workers/columns/change-sides.ts';
import { readPeopleColumns } from '../../../src/workers/columns/people-columns.ts';
import { fixedClock, type House, openHouse } from '../../support/house.ts';

const clock = fixedClock('2026-03-31T12:00:00.000Z');
const at = { now: clock.now().getTime(), timeZone: 'UTC' };
const MARCH = { from: '2026-03-01', to: '2026-03-31' };
const FEBRUARY = { from: '2026-02-01', to: '2026-02-28' };
let house: House;
let study: Study;
let rowOf: (name: string) => number;
let people: Awaited<ReturnType<typeof readPeopleColumns>>;

/** Ada ordered in February and twice in March; Bea once in March; Cai opened without and later with a variant; Dan only without. */
beforeAll(async () => {
  house = await openHouse({ now: clock.now });
  const { verbatim } = house;
  study = await verbatim.studies.addTo('A study', null, null, null);
  const events: [string, string, string, Record<string, unknown>?][] = [
    ['ada', 'Ordered', '2026-02-10'],
    ['ada', 'Ordered', '2026-03-03'],
    ['ada', 'Ordered', '2026-03-29'],
    ['bea', 'Ordered', '2026-03-05'],
    ['cai', 'Opened', '2026-03-06'],
    ['cai', 'Opened', '2026-03-07', { variant: 'B' }],
    ['cai', 'Sent', '2026-03-07'],
    ['dan', 'Opened', '2026-03-06', { variant: 'C' }],
    ['eve', 'Opened', '2026-02-06'],
    ['eve', 'Sent', '2026-02-06'],
    ['eve', 'Opened', '2026-03-30'],
  ];
  await verbatim.intake.events(
    study.workspaceId,
    events.map(([externalId, name, day, properties = {}], index) => ({
      externalId,
      messageId: `${index}`,
      name,
      occurredAt: `${day}T10:00:00.000Z`,
      properties,
    })),
  );
  await verbatim.logs.settle();
  const place = { workspaceId: study.workspaceId, studyId: study.id };
  people = await readPeopleColumns(verbatim.store, place, { rule: { all: [] }, unit: 'person' }, at);
  const ids = await verbatim.intake.people(
    study.workspaceId,
    ['ada', 'bea', 'cai', 'dan', 'eve'].map((externalId) => ({ externalId, attributes: [] })),
  );
  rowOf = (name) => people.rowOf(ids[['ada', 'bea', 'cai', 'dan', 'eve'].indexOf(name)]!)!;
});
afterAll(() => house[Symbol.asyncDispose]());

async function sidesOf(question: ChangeQuestion) {
  const read = await readChangeSides(house.verbatim.store, study.workspaceId, people, question, at);
  const entries = ['ada', 'bea', 'cai', 'dan', 'eve'].flatMap((name) =>
    [...read.rows].flatMap((row, entry) =>
      row === rowOf(name) ? [[name, read.sides[entry], read.outcomes[entry]] as const] : [],
    ),
  );
  return { entries, notYet: read.notYet, neither: read.neither };
}
const step = (from: string, to: string, withinDays: number) => ({
  kind: 'step' as const,
  from: { event: from },
  to: { event: to },
  withinDays,
});

test('doing the same again is another time, and not the one that began it', async () => {
  const sides = { kind: 'periods' as const, first: FEBRUARY, second: MARCH };
  expect(await sidesOf({ outcome: step('Ordered', 'Ordered', 20), sides })).toMatchObject({
    entries: [
      ['ada', 0, 0],
      ['ada', 1, 0],
      ['bea', 1, 0],
    ],
  });
  expect((await sidesOf({ outcome: step('Ordered', 'Ordered', 26), sides })).entries).toEqual([
    ['ada', 0, 1],
    ['ada', 1, 1],
    ['bea', 1, 0],
  ]);
});

test('whose days are not over on one side still counts on the other, whichever comes first', async () => {
  const outcome = step('Opened', 'Sent', 5);
  const forth = await sidesOf({ outcome, sides: { kind: 'periods', first: FEBRUARY, second: MARCH } });
  const back = await sidesOf({ outcome, sides: { kind: 'periods', first: MARCH, second: FEBRUARY } });
  expect(forth.entries.filter(([name]) => name === 'eve')).toEqual([['eve', 0, 1]]);
  expect(back.entries.filter(([name]) => name === 'eve')).toEqual([['eve', 1, 1]]);
  expect([forth.notYet, back.notYet]).toEqual([1, 1]);
});

test('who is of a variant is not counted among those of neither as well', async () => {
  const sides = {
    kind: 'variants' as const,
    by: 'property' as const,
    name: 'variant',
    first: 'a',
    second: 'b',
    period: MARCH,
  };
  expect(await sidesOf({ outcome: step('Opened', 'Sent', 1), sides })).toMatchObject({
    entries: [['cai', 1, 1]],
    neither: 2,
  });
});
