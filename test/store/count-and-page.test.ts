import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttributeValue } from '../../src/model/attribute.ts';
import type { Rule } from '../../src/model/rule.ts';
import { decide } from '../../src/rules/decide.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { personFacts } from '../../src/store/person-facts.ts';
import type { Study } from '../../src/store/studies.ts';
import { readPeopleColumns } from '../../src/workers/columns/people-columns.ts';
import { leavesByKind, peopleLeaf } from '../rules/arbitrary-rules.ts';
import { slowly, type World } from '../rules/reference-evaluator.ts';
import { fixedClock, type House, openHouse } from '../support/house.ts';

const HOUR = 3_600_000;
const TIME_ZONE = 'Europe/Berlin';
const clock = fixedClock('2026-03-30T10:00:00.000Z');
const now = clock.now().getTime();
const PEOPLE = 60;
let house: House;
let study: Study;
let place: { workspaceId: number; studyId: number };
let canonical: { id: number; publicId: string }[];

/** People with values of all kinds, in companies with roles that were said at different times; some came under several ids. */
beforeAll(async () => {
  house = await openHouse({ now: clock.now });
  const { verbatim } = house;
  study = await verbatim.studies.addTo('A study', null, null, null);
  const { workspaceId } = study;
  place = { workspaceId, studyId: study.id };
  const { offers } = verbatim.store;
  await offers.saveLimits(workspaceId, { ...(await offers.limits(workspaceId)), timeZone: TIME_ZONE });
  const random = mulberry32(21);
  const one = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)]!;
  const values: AttributeValue[] = [
    'Pro',
    ' pro',
    'free',
    'Old city',
    '12',
    7.5,
    0,
    -1,
    true,
    '2026-03-29',
    ['Pro', 'x'],
    [],
  ];
  const people = Array.from({ length: PEOPLE }, (_, n) => `p${n}`);
  for (let round = 0; round < 3; round += 1) {
    await verbatim.intake.people(
      workspaceId,
      people
        .filter(() => random() < 0.7)
        .map((externalId) => ({
          externalId,
          attributes: ['a', 'b']
            .filter(() => random() < 0.6)
            .map((name) => ({ name, value: one(values), source: 'test' })),
          company:
            random() < 0.5
              ? { id: one(['north', 'south', 'west']), role: one(['buyer', 'User', 'champion', null]), source: 'test' }
              : undefined,
        })) as never,
    );
    clock.forward(1_000);
  }
  await verbatim.intake.events(
    workspaceId,
    Array.from({ length: 400 }, (_, index) => ({
      externalId: one(people),
      messageId: `m${index}`,
      name: one(['Order', 'Visit']),
      occurredAt: new Date(now - Math.floor(random() ** 2 * 60 * 24) * HOUR).toISOString(),
      properties: {
        ...(random() < 0.6 && { plan: one(values) }),
        ...(random() < 0.6 && { revenue: one([1, '2', -3, 30, 'x']) }),
      },
      context: one([
        {},
        { location: { country: one(['Pro', 'free']) } },
        { technology: { os: one(['Pro', ' pro']) } },
        { page: { url: 'https://a.example/Pro?utm_source=free', path: one(['Pro', 'city']) } },
      ]),
    })),
  );
  await verbatim.logs.settle();
  const add = verbatim.connection.prepare(
    `insert into company_attributes (workspace_id, company_id, name, family, value, source, recorded_at) values (?, ?, 'a', 'firmographic', ?, 'test', ?)`,
  );
  const companies = verbatim.connection.prepare('select id from companies').all() as { id: number }[];
  for (const { id } of companies.slice(0, 2))
    add.run(workspaceId, id, JSON.stringify(one(values)), clock.now().toISOString());
  const ids = await verbatim.store.people.byExternalIds(workspaceId, people);
  for (let n = 0; n < 15; n += 1) {
    const [from, to] = [ids.get(`p${PEOPLE - 1 - n}`), ids.get(`p${n % 10}`)];
    if (from && to) await verbatim.store.people.link(from, to, clock.now().toISOString());
  }
  canonical = await verbatim.store.people.canonical(workspaceId);
}, 60_000);
afterAll(() => house[Symbol.asyncDispose]());

const KINDS = [
  'attribute',
  'company',
  'role',
  'event',
  'moment',
  'sequence',
  'regularly',
  'stopped',
  'restarted',
  'page',
  'technology',
  'place',
] as const;
const leaf = fc.oneof(...KINDS.map((kind) => leavesByKind[kind]!));
const tree: fc.Arbitrary<Rule> = fc
  .array(leaf, { minLength: 1, maxLength: 3 })
  .chain((parts) => fc.constantFrom<Rule>(parts[0]!, { all: parts }, { any: parts }, { not: { any: parts } }));

test('whatever is known and asked, a count and a person’s page decide alike', async () => {
  const facts = personFacts(house.verbatim.store, clock.now);
  const at = { now: clock.now().getTime(), timeZone: TIME_ZONE };
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(tree, fc.integer({ min: 0, max: canonical.length - 1 }), async (rule, from) => {
      const { people, population, rowOf } = await readPeopleColumns(
        house.verbatim.store,
        place,
        { rule, unit: 'person' },
        at,
      );
      const verdicts = population.decide([rule], at)[0]!;
      for (const { id } of people.slice(from, from + 6)) {
        const { truth } = decide(rule, await facts.subject(place, id, [rule]));
        seen += 1;
        expect({ id, truth }).toEqual({ id, truth: [false, true, null][verdicts[rowOf(id)!]!] });
      }
    }),
    { numRuns: 250, seed: 9 },
  );
  expect(seen).toBeGreaterThan(900);
}, 120_000);

/** Everything about a company as it lies in the tables, put together slowly. */
function worldsOfCompanies(): World[] {
  const { connection } = house.verbatim;
  const rows = <Row>(query: string): Row[] => connection.prepare(query).all() as Row[];
  const links = new Map(
    rows<{ person_id: number; canonical_id: number }>('select * from person_links').map((one) => [
      one.person_id,
      one.canonical_id,
    ]),
  );
  const own = (id: number) => links.get(id) ?? id;
  const attributes = rows<{ person_id: number; name: string; value: string }>(
    'select * from attributes order by recorded_at, id',
  );
  const events = rows<{ person_id: number; name: string; occurred_at: string; properties: string }>(
    'select * from events',
  );
  const members = rows<{ company_id: number; person_id: number; role: string | null }>(
    'select * from company_members order by role_at is not null, role_at, role',
  );
  const known = rows<{ company_id: number; name: string; value: string }>(
    'select * from company_attributes order by recorded_at, id',
  );
  const nothing = {
    now: clock.now().getTime(),
    timeZone: TIME_ZONE,
    attributes: {},
    answers: {},
    companies: undefined,
    roles: [],
    people: undefined,
    surveys: undefined,
    page: {},
    technology: {},
    place: {},
    scores: {},
    themes: undefined,
    personas: undefined,
    segments: {},
    interviews: undefined,
  };
  const eventsOf = (isOf: (person: number) => boolean): World['events'] =>
    events
      .filter((one) => isOf(own(one.person_id)))
      .map((one) => ({
        event: one.name,
        at: Date.parse(one.occurred_at),
        properties: JSON.parse(one.properties) as Record<string, unknown>,
      }));
  const companies = rows<{ id: number; public_id: string; name: string }>('select * from companies order by id');
  return companies.map(({ id, public_id, name }): World => {
    // The role that was said last stands last.
    const roles = new Map(
      members.filter((one) => one.company_id === id).map((one) => [own(one.person_id), one.role] as const),
    );
    return {
      ...nothing,
      person: public_id,
      companies: [
        Object.assign(
          { name },
          ...known
            .filter((one) => one.company_id === id)
            .map((one) => ({ [one.name]: JSON.parse(one.value) as never })),
        ) as Record<string, never>,
      ],
      events: eventsOf((person) => roles.has(person)),
      people: [...roles].map(([person, role]) => ({
        role,
        world: {
          ...nothing,
          person: String(person),
          attributes: Object.assign(
            {},
            ...attributes
              .filter((one) => own(one.person_id) === person)
              .map((one) => ({ [one.name]: JSON.parse(one.value) as never })),
          ) as Record<string, never>,
          events: eventsOf((other) => other === person),
        },
      })),
    };
  });
}

test('a segment of companies counts as deciding each of them slowly does, and its people are theirs', async () => {
  const companies = worldsOfCompanies();
  expect(companies.map(({ people }) => people!.length).filter((size) => size > 5)).toHaveLength(3);
  const { segments } = house.verbatim;
  const company = fc.oneof(
    { weight: 3, arbitrary: peopleLeaf },
    leavesByKind['event']!,
    leavesByKind['moment']!,
    leavesByKind['sequence']!,
    leavesByKind['stopped']!,
    fc.constant<Rule>({ company: 'a', op: 'is', value: ['Pro', 'free', '12'] }),
  );
  const companyRule = fc
    .array(company, { minLength: 1, maxLength: 3 })
    .chain((parts) => fc.constantFrom<Rule>(parts[0]!, { all: parts }, { any: parts }, { not: { any: parts } }));
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(companyRule, async (rule) => {
      const truths = companies.map((world) => slowly(rule, world));
      const found = await segments.count(study, rule, null, 'company');
      expect(found.admittedCompanies.map(({ publicId }) => publicId)).toEqual(
        companies.filter((_, at) => truths[at] === true).map(({ person }) => person),
      );
      expect(found.companies.unknown).toBe(truths.filter((truth) => truth === null).length);
      const theirs = new Set(
        companies.flatMap(({ people }, at) =>
          truths[at] === true ? people!.map(({ world }) => Number(world.person)) : [],
        ),
      );
      expect(new Set(found.admitted.map(({ id }) => id))).toEqual(theirs);
      for (const truth of truths) seen.add(String(truth));
    }),
    { numRuns: 150, seed: 5 },
  );
  expect(seen.size).toBe(3);
}, 120_000);
