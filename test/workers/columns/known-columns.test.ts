import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KnownColumn, knownColumns, type PeopleRows } from '../../../src/workers/columns/known-columns.ts';
import { scalesOf } from '../../../src/workers/columns/study-columns.ts';
import { definingFacts } from '../../../src/workers/tasks/defining-facts.ts';
import { answerField, openFieldHouse } from '../../support/field-house.ts';
import { fixedClock } from '../../support/house.ts';
import { smallSurvey } from '../../support/small-survey.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
const now = clock.now().getTime();
const ago = (days: number) => new Date(now - days * 86_400_000).toISOString();
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let ids: number[];
let known: Map<string, KnownColumn>;
let rows: PeopleRows;
let place: { workspaceId: number; studyId: number };

/** Ada was Adi before; Bea did nothing; of Cai hardly anything is known. */
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  const { verbatim, study } = house;
  const { workspaceId } = study;
  place = { workspaceId, studyId: study.id };
  const about = (attributes: Record<string, string | number | boolean | string[]>) =>
    Object.entries(attributes).map(([name, value]) => ({ name, family: 'other' as const, value, source: 'test' }));
  ids = await verbatim.intake.people(workspaceId, [
    { externalId: 'adi', attributes: about({ plan: 'free', city: 'Ulm' }) },
    { externalId: 'ada', attributes: about({ plan: 'pro', age: 40, tags: ['x', 'y'], isAdmin: true }) },
    { externalId: 'bea', attributes: about({ plan: 'free', age: 30 }) },
    { externalId: 'cai', attributes: [] },
  ]);
  await verbatim.intake.events(
    workspaceId,
    (
      [
        ['ada', 'Visit', 3, { path: '/a', depth: 2 }],
        ['adi', 'Visit', 50, { path: '/b' }],
        ['ada', 'Visit', 200, { path: '/c' }],
        ['bea', 'Visit', 200, {}],
      ] as [string, string, number, Record<string, unknown>][]
    ).map(([externalId, name, days, properties], index) => ({
      externalId,
      messageId: `m${index}`,
      name,
      occurredAt: ago(days),
      properties,
    })),
  );
  await verbatim.logs.settle();
  await verbatim.store.people.link(ids[0]!, ids[1]!, ago(0));
  const people = await verbatim.store.people.canonical(workspaceId);
  const at = new Map(people.map(({ id }, row) => [id, row]));
  const links = await verbatim.store.populationFacts.links(workspaceId);
  rows = { people, rowOf: (personId) => at.get(links.get(personId) ?? personId) };
  known = new Map();
  for await (const column of knownColumns(verbatim.store, place, rows, { now, timeZone: 'UTC' }))
    known.set(column.id, column);
});
afterAll(() => house[Symbol.asyncDispose]());

const values = (id: string) => [1, 2, 3].map((person) => known.get(id)?.get(rows.rowOf(ids[person]!)!));

test('an attribute is its latest value over whoever somebody is the same as, and undefined where it is not known', () => {
  expect(values('attribute plan')).toEqual(['pro', 'free', undefined]);
  expect(values('attribute city')).toEqual(['Ulm', undefined, undefined]);
  expect(['plan', 'age', 'tags', 'isAdmin'].map((name) => known.get(`attribute ${name}`)?.kind)).toEqual([
    'code',
    'number',
    'codes',
    'yes-no',
  ]);
});

test('what was done counts in its days, and “not” is known of everybody', () => {
  expect(values('event 30 Visit')).toEqual([true, false, false]);
  expect(values('event 90 Visit')).toEqual([true, false, false]);
  expect(values('event often Visit')).toEqual([2, 0, 0]);
});

test('a property is that of the latest event that had it, of those who did it lately', () => {
  expect(values('property Visit path')).toEqual(['/a', undefined, undefined]);
  expect(values('property Visit depth')).toEqual([2, undefined, undefined]);
});

test('a column names the rule that asks for its value', () => {
  expect(known.get('event 30 Visit')?.leafFor(true, 'is')).toEqual({
    event: 'Visit',
    within: { last: 30, unit: 'day' },
    op: 'gte',
    value: 1,
  });
  expect(known.get('attribute age')?.leafFor(33, 'less')).toEqual({ attribute: 'age', op: 'lt', value: 33 });
});

test('the latest answer of somebody is theirs, that of nobody in particular is nobody’s', async () => {
  const { verbatim, study, survey } = house;
  const participations = await verbatim.store.people.participate(study.id, [ids[0]!], ago(0));
  const answered: string[] = [];
  for (const mood of [4, 2, 5]) {
    answered.push(await answerField(verbatim, survey.slug, { city: 'city', mood }));
    await verbatim.logs.settle();
  }
  // The first two are of Ada, who answered under the id that was merged into hers.
  verbatim.connection
    .prepare('update responses set participation_id = ? where public_id in (?, ?)')
    .run(participations.get(ids[0]!), answered[0], answered[1]);
  const found = new Map<string, unknown[]>();
  for await (const column of knownColumns(verbatim.store, place, rows, { now, timeZone: 'UTC' }))
    if (column.family === 'answer')
      found.set(
        column.asks.name,
        [1, 2, 3].map((person) => column.get(rows.rowOf(ids[person]!)!)),
      );
  expect(found.get('city')).toEqual(['city', undefined, undefined]);
  expect(found.get('mood')).toEqual([2, undefined, undefined]);
});

test('what a segment is made of is what its rule asks for, through the segments it refers to and what is worked out', async () => {
  const { verbatim, study } = house;
  const inner = await verbatim.segments.define(
    study,
    { name: 'Inner', rule: { attribute: 'visits', op: 'gte', value: 2 }, surveyId: null },
    null,
  );
  const outer = await verbatim.segments.define(
    study,
    {
      name: 'Outer',
      rule: { any: [{ segment: inner.publicId }, { company: 'size', op: 'gt', value: 5 }] },
      surveyId: null,
    },
    null,
  );
  await verbatim.connection
    .prepare(
      `insert into computed_attributes (workspace_id, public_id, name, definition, created_at, seq)
       values (?, 'c1', 'visits', ?, ?, 0)`,
    )
    .run(place.workspaceId, JSON.stringify({ kind: 'measure', measure: 'count', event: 'Visit' }), ago(1));
  const isDefining = await definingFacts(verbatim.store, place, outer);
  const asked = [
    { kind: 'attribute', name: 'visits' },
    { kind: 'event', name: 'Visit' },
    { kind: 'company', name: 'size' },
    { kind: 'attribute', name: 'plan' },
    { kind: 'attribute', name: 'size' },
  ] as const;
  expect(asked.map(isDefining)).toEqual([true, true, true, false, false]);
});

test('what a visit tells is known as an attribute too', async () => {
  const rule = {
    all: [
      { technology: 'os', op: 'is', value: 'Android' },
      { place: 'country', op: 'is', value: 'AT' },
    ],
  };
  const segment = await house.verbatim.segments.define(house.study, { name: 'Visits', rule, surveyId: null }, null);
  const isDefining = await definingFacts(house.verbatim.store, place, segment);
  expect(['os', 'location.country', 'device'].map((name) => isDefining({ kind: 'attribute', name }))).toEqual([
    true,
    true,
    false,
  ]);
});

test('a page is told by the properties of visits, and a region by its name', async () => {
  const rule = {
    any: [
      { page: 'path', op: 'startsWith', value: '/a' },
      { place: 'region', op: 'is', value: 'AT-9' },
    ],
  };
  const segment = await house.verbatim.segments.define(house.study, { name: 'Pages', rule, surveyId: null }, null);
  const isDefining = await definingFacts(house.verbatim.store, place, segment);
  const asked = ['property Visit path', 'property Visit depth', 'event 30 Visit'];
  expect(asked.map((id) => isDefining(known.get(id)!.asks))).toEqual([true, false, false]);
  expect(isDefining({ kind: 'attribute', name: 'location.regionName' })).toBe(true);
});

test('a scale that shares an item with one that is asked for is set apart, in whichever order they stand', async () => {
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('Scales', null, null, null);
  const [tiny] = smallSurvey.instruments ?? [];
  const items = [['holds.outdoors', 'holds.quiet'], ['holds.quiet', 'holds.company'], ['mood']];
  const scales = ['first', 'second', 'third'].map((code, at) => ({ code, name: { en: code }, items: items[at]! }));
  const draft = await verbatim.surveys.importJson(
    study.id,
    JSON.stringify({ ...smallSurvey, code: 'scales', instruments: [{ ...tiny, scales }] }),
  );
  await verbatim.surveys.publish(draft, 1, null);
  for (const own of ['first', 'second']) {
    const rule = { score: `tiny.${own}`, op: 'gt', value: 3 };
    const segment = await verbatim.segments.define(study, { name: own, rule, surveyId: null }, null);
    const isDefining = await definingFacts(verbatim.store, { ...place, studyId: study.id }, segment);
    const set = ['first', 'second', 'third'].map((code) => isDefining({ kind: 'score', name: `tiny.${code}` }));
    expect(set).toEqual([true, true, false]);
  }
});

test('a scale is made of its items, and an item has a part in its scales', async () => {
  const { verbatim, study } = house;
  const define = (name: string, rule: unknown) => verbatim.segments.define(study, { name, rule, surveyId: null }, null);
  const [[scale, { items }] = ['', { items: [] as string[] }]] = await scalesOf(verbatim.store, study.id);
  const ofScale = await definingFacts(
    verbatim.store,
    place,
    await define('High', { score: scale, op: 'gt', value: 3 }),
  );
  expect(items.length).toBeGreaterThan(0);
  expect(items.every((name) => ofScale({ kind: 'answer', name }))).toBe(true);
  const ofItem = await definingFacts(
    verbatim.store,
    place,
    await define('Item', { answer: items[0], op: 'gt', value: 3 }),
  );
  expect(ofItem({ kind: 'score', name: scale })).toBe(true);
  expect(ofItem({ kind: 'answer', name: items[1] ?? '' })).toBe(false);
});
