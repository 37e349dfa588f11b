import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttributeValue } from '../../../src/model/attribute.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { TRUE } from '../../../src/rules/compare.ts';
import type { ContrastRow } from '../../../src/segments/contrast.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import type { Study } from '../../../src/store/studies.ts';
import { readPeopleColumns } from '../../../src/workers/columns/people-columns.ts';
import { type ContrastFound, contrastTask } from '../../../src/workers/tasks/contrast.ts';
import { fixedClock, type House, openHouse } from '../../support/house.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Some hours into the day there, and two weeks after its clocks were changed. */
const TIME_ZONE = 'America/New_York';
const clock = fixedClock('2026-03-22T13:20:00.000Z');
const now = clock.now().getTime();

let house: House;
let study: Study;
let segment: string;
let found: ContrastFound;

/** Values that are written in more than one way, days and doings around the ends of spans, companies of one and of several. */
beforeAll(async () => {
  house = await openHouse({ now: clock.now });
  const { verbatim } = house;
  study = await verbatim.studies.addTo('A study', null, null, null);
  const { workspaceId } = study;
  const { offers } = verbatim.store;
  await offers.saveLimits(workspaceId, { ...(await offers.limits(workspaceId)), timeZone: TIME_ZONE });
  const random = mulberry32(5);
  const one = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)]!;
  const day = (days: number) => new Date(now - days * DAY_MS).toISOString();
  const events: Parameters<typeof verbatim.intake.events>[1][number][] = [];
  const people = Array.from({ length: 600 }, (_, n) => {
    const attributes: Record<string, AttributeValue> = {
      isHere: n % 3 === 0,
      plan: one(['Pro', 'pro', ' PRO', 'free', 'team']),
      odd: one(['', '"quoted" & <b>', "it's, so", 'Zürich 漢字', '5', 5, '5.0']),
      tags: one([['a', 'A ', 'b'], ['b'], [], ['c', 'a']]),
      wrong: one([1, 2, 3]),
      sawOn: day(one([-3, 0, 29, 30, 31, 89, 90, 91, 364, 365, 366])).slice(0, 10),
      metOn: day(one([0, 29, 30, 31, 364, 365, 366]) + 0.4).slice(0, 10),
      mixed: one(['2026-03-01', 'soon']),
      sawAt: day(one([-40, -2, 1, 29, 30, 90, 365, 500]) + one([-0.45, 0, 0.45])),
    };
    const externalId = `p${n}`;
    const did = (name: string, days: number, properties: Record<string, unknown> = {}) =>
      events.push({ externalId, messageId: `${events.length}`, name, occurredAt: day(days), properties });
    if (random() < 0.6)
      did('Bought', one([30, 90]) + one([-0.4, -0.1, 0.1, 0.4, 0.6]), { kind: one(['Box', 'box', 'bag']) });
    if (random() < 0.5) did('Viewed', 100 * random(), { pages: one([1, 2, '3']) });
    return {
      externalId,
      attributes: Object.entries(attributes)
        .filter(() => random() < 0.95)
        .map(([name, value]) => ({ name, family: 'other' as const, value, source: 'test' })),
    };
  });
  await verbatim.intake.people(workspaceId, people);
  const ids = await verbatim.intake.people(
    workspaceId,
    people.map(({ externalId }, n) => ({
      externalId,
      attributes: [],
      company: { id: `company ${n % 6}`, role: null, source: 'test' },
    })),
  );
  const { connection } = verbatim;
  const companies = connection.prepare('select id from companies order by id').all() as { id: number }[];
  const tell = connection.prepare(
    `insert into company_attributes (workspace_id, company_id, name, family, value, source, recorded_at)
     values (?, ?, ?, 'firmographic', ?, 'test', ?)`,
  );
  for (const [at, { id }] of companies.entries()) {
    tell.run(workspaceId, id, 'industry', JSON.stringify(['Retail', 'retail ', 'travel', ['a', 'b']][at % 4]), day(9));
    if (at > 0) tell.run(workspaceId, id, 'seats', JSON.stringify(at * 10), day(9));
  }
  const join = connection.prepare('insert or ignore into company_members (company_id, person_id) values (?, ?)');
  for (const id of ids) if (random() < 0.2) join.run(one(companies).id, id);
  await verbatim.intake.events(workspaceId, events);
  await verbatim.logs.settle();
  const here: Rule = { attribute: 'isHere', op: 'is', value: true };
  const defined = await verbatim.segments.define(study, { name: 'Here', rule: here, surveyId: null }, null);
  segment = defined.publicId;
  found = await contrastTask({ store: verbatim.store, textKey: new Uint8Array(), onProgress: () => {} } as never, {
    workspaceId,
    studyId: study.id,
    segmentId: defined.id,
    now,
  });
});
afterAll(() => house[Symbol.asyncDispose]());

async function admitted(rule: Rule): Promise<number> {
  const at = { now, timeZone: TIME_ZONE };
  const { population } = await readPeopleColumns(
    house.verbatim.store,
    { workspaceId: study.workspaceId, studyId: study.id },
    { rule, unit: 'person' },
    at,
  );
  return population.decide([rule], at)[0]!.filter((verdict) => verdict === TRUE).length;
}

test('the rule behind a share finds as many people as the share is of, on both sides', async () => {
  const shares = found.rows.filter(
    (row): row is ContrastRow & { leaf: Rule } => row.measure === 'share' && row.leaf !== null,
  );
  const counted = [];
  for (const { id, leaf } of shares)
    counted.push([
      id,
      await admitted({ all: [{ segment }, leaf] }),
      await admitted({ all: [{ not: { segment } }, leaf] }),
    ]);
  expect(new Set(shares.map(({ family }) => family)).size).toBeGreaterThan(3);
  expect(counted).toEqual(
    shares.map(({ id, here, nHere, rest, nRest }) => [
      id,
      Math.round(here.value * nHere),
      Math.round(rest.value * nRest),
    ]),
  );
});
