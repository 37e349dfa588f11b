import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../../src/model/rule.ts';
import { newPublicId } from '../../../src/store/identifiers.ts';
import { fixedClock, type House, openHouse, plantStudy } from '../../support/house.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
const HOUR = 3_600_000;
const ago = (hours: number) => new Date(clock.now().getTime() - hours * HOUR).toISOString();

let house: House;
type Place = Awaited<ReturnType<typeof plant>>;
let place: Place;
beforeAll(async () => {
  house = await openHouse({ now: clock.now });
  place = await plant();
});
afterAll(() => house[Symbol.asyncDispose]());

/** Six people, of whom Ada has answered, and was Adi before; the last one nobody knows anything of. */
async function plant() {
  const { verbatim } = house;
  const { intake, logs, store, fieldwork, targeting, segments, connection } = verbatim;
  const { study, survey } = await plantStudy(verbatim);
  const { workspaceId } = study;
  const plans: Record<string, string | null> = {
    ada: 'pro',
    bea: 'free',
    cai: 'pro',
    dan: 'free',
    eva: null,
    adi: null,
  };
  const ids = await intake.people(
    workspaceId,
    Object.entries(plans).map(([externalId, value]) => ({
      externalId,
      attributes: value === null ? [] : [{ name: 'plan', family: 'firmographic' as const, value, source: 'test' }],
    })),
  );
  const [ada = 0, bea = 0, cai = 0, dan = 0, , adi = 0] = ids;
  const seen = (path: string, context: Record<string, unknown>) => ({
    page: { url: `https://shop.example${path}?utm_source=letter`, path },
    ...context,
  });
  const contexts: Record<string, Record<string, unknown>> = {
    'ada Order': seen('/thanks', { locale: 'de-AT', technology: { device: 'phone', os: 'Android' } }),
    'ada Visit': { technology: { device: 'computer' }, location: { country: 'AT' } },
    'adi Order': seen('/old', { technology: { browser: 'Firefox' }, location: { country: 'DE', city: 'Ulm' } }),
    'bea Order': seen('/prices', { app: { version: '4.2.0' }, timezone: 'Europe/Berlin' }),
  };
  const did: [string, string, number, Record<string, unknown>][] = [
    ['ada', 'Order', 3, { revenue: 20, currency: 'EUR' }],
    ['adi', 'Order', 30, { revenue: 50, currency: 'USD' }],
    ['ada', 'Visit', 1, {}],
    ['bea', 'Order', 24 * 40, { revenue: 99 }],
    ['cai', 'Visit', 24 * 2, { 'cart.total': 5 }],
    ['cai', 'Order', 24 * 3, {}],
  ];
  await intake.events(
    workspaceId,
    did.map(([externalId, name, hours, properties]) => ({
      externalId,
      messageId: newPublicId(),
      name,
      occurredAt: ago(hours),
      properties,
      context: contexts[`${externalId} ${name}`] ?? {},
    })),
  );
  await logs.settle();
  await store.people.link(adi, ada, ago(0));

  const company = connection.prepare(
    'insert into companies (workspace_id, public_id, external_id, name, created_at) values (?, ?, ?, ?, ?)',
  );
  const known = connection.prepare(
    `insert into company_attributes (workspace_id, company_id, name, family, value, source, recorded_at)
     values (?, ?, ?, 'firmographic', ?, 'test', ?)`,
  );
  const member = connection.prepare('insert into company_members (company_id, person_id, role) values (?, ?, ?)');
  for (const [name, industry, people] of [
    ['North', 'retail', [adi, bea]],
    ['South', 'travel', [ada, cai]],
    ['West', null, [dan]],
  ] as const) {
    const id = Number(company.run(workspaceId, newPublicId(), name, name, ago(9)).lastInsertRowid);
    if (industry !== null) known.run(workspaceId, id, 'industry', JSON.stringify(industry), ago(9));
    for (const person of people) member.run(id, person, person === bea ? null : person === adi ? 'user' : 'champion');
  }
  const offer = connection.prepare(
    "insert into offers (workspace_id, survey_id, person_id, shape, page, made_at, dismissed_at) values (?, ?, ?, 'corner', '', ?, ?)",
  );
  offer.run(workspaceId, survey.id, bea, ago(5), ago(4));
  offer.run(workspaceId, survey.id, cai, ago(24 * 20), null);

  const published = await store.surveys.findPublished(survey.slug);
  const canonical = await store.people.canonical(workspaceId);
  await targeting.invite(published!, canonical);
  const link = targeting.invitationToken(survey.publicId, canonical.find(({ id }) => id === ada)?.publicId ?? '');
  const started = await fieldwork.start(survey.slug, {
    consents: ['analysis'],
    language: null,
    invitation: link,
    isTest: false,
  });
  if (!started.started) throw new Error('It did not start');
  await fieldwork.answer({ ...started.next, page: 1 }, { city: 'village' });
  await fieldwork.complete(started.next.token, 2);
  await logs.settle();

  const define = async (name: string, rule: Rule) =>
    (await segments.define(study, { name, rule, surveyId: null }, null)).publicId;
  const buyers = await define('Buyers', { event: 'Order', op: 'gte', value: 1 });
  const proBuyers = await define('Buyers on Pro', {
    all: [{ segment: buyers }, { attribute: 'plan', op: 'is', value: 'pro' }],
  });
  const ofCompanies = await segments.define(
    study,
    { name: 'Two orders', rule: { event: 'Order', op: 'gte', value: 2 }, surveyId: null, unit: 'company' },
    null,
  );
  const mayBe = await segments.define(
    study,
    {
      name: 'Somebody on Pro',
      rule: { people: { attribute: 'plan', op: 'is', value: 'pro' }, op: 'gte', value: 2 },
      surveyId: null,
      unit: 'company',
    },
    null,
  );
  for (const segment of [ofCompanies, mayBe])
    await verbatim.segmentSizes.count(study, segment, JSON.parse(segment.rule ?? '') as Rule);

  const talk = { title: '', heldOn: '2026-03-01', mode: 'by phone', guide: '', moment: '', mayQuote: false };
  for (const [person, transcript] of [
    ['ada', 'Q: Why?\nA: I trusted them. And I trusted the name.'],
    ['adi', 'Q: And then?\nA: Trust grew.'],
    ['cai', 'Q: Why?\nA: No reason.'],
  ] as const) {
    const logged = await verbatim.interviews.log(study, { ...talk, participant: person, person, transcript }, null);
    if (!('interview' in logged)) throw new Error(JSON.stringify(logged.errors));
    const sources = await store.notes.sourcesOf(study.id, logged.interview.publicId);
    for (const { publicId: sourceId, version, text } of sources.filter(({ text: said }) => /trust/i.test(said)))
      for (const words of text.match(/trust(ed)?( the name)?/gi) ?? [])
        await verbatim.codings.code(
          study,
          { sourceId, version, start: null, end: null, words },
          { publicId: null, name: 'Trust', definition: '' },
          null,
        );
  }
  return {
    ofCompanies: ofCompanies.publicId,
    mayBe: mayBe.publicId,
    study,
    survey,
    people: canonical.map(({ id }) => id),
    buyers,
    proBuyers,
    ada,
  };
}

const RULES: [string, (place: Place) => Rule][] = [
  ['an attribute', () => ({ attribute: 'plan', op: 'isNot', value: 'free' })],
  ['an answer', () => ({ answer: 'city', op: 'is', value: 'village' })],
  ['an answer of one survey', ({ survey }) => ({ answer: 'city', survey: survey.slug, op: 'notSet' })],
  ['a company', () => ({ company: 'industry', op: 'isNot', value: 'travel' })],
  ['a company’s name', () => ({ company: 'name', op: 'contains', value: 'th' })],
  ['how often', () => ({ event: 'Order', op: 'gte', value: 2 })],
  ['how often lately', () => ({ event: 'Order', within: { last: 1, unit: 'week' }, op: 'is', value: 0 })],
  ['how much', () => ({ event: 'Order', measure: { sum: 'revenue' }, op: 'between', value: [60, 80] })],
  ['on average', () => ({ event: 'Order', measure: { average: 'revenue' }, op: 'gt', value: 50 })],
  [
    'which of them',
    () => ({ event: 'Order', where: [{ property: 'currency', op: 'isNot', value: 'EUR' }], op: 'gte', value: 1 }),
  ],
  ['when first', () => ({ moment: 'first', event: 'Order', op: 'newerThan', value: { amount: 1, unit: 'day' } })],
  ['in which order', () => ({ sequence: [{ event: 'Order' }, { event: 'Visit' }] })],
  ['how regularly', () => ({ regularly: 'Order', unit: 'day', of: 7, atLeast: 2 })],
  [
    'who stopped',
    () => ({ stopped: 'Order', active: { amount: 2, unit: 'month' }, quiet: { amount: 1, unit: 'month' } }),
  ],
  ['who has seen a survey', () => ({ survey: 'any', did: 'seen', within: { last: 2, unit: 'week' } })],
  ['who sent it away', ({ survey }) => ({ survey: survey.slug, did: 'dismissed' })],
  ['who began', ({ survey }) => ({ survey: survey.slug, did: 'started' })],
  ['who came to its end', () => ({ not: { survey: 'any', did: 'completed' } })],
  ['a segment', ({ buyers }) => ({ segment: buyers })],
  ['a segment of a segment', ({ proBuyers }) => ({ not: { segment: proBuyers } })],
  ['a segment that is not there', () => ({ segment: 'nowhere' })],
  ['a segment of companies', ({ ofCompanies }) => ({ segment: ofCompanies })],
  ['no segment of companies of which too little is known', ({ mayBe }) => ({ not: { segment: mayBe } })],
  ['a role', () => ({ role: 'Champion' })],
  ['a company in which they have a role', () => ({ company: 'name', role: 'user', op: 'is', value: 'north' })],
  ['the page they were on last', () => ({ page: 'path', op: 'startsWith', value: '/thank' })],
  ['where that page was spoken of', () => ({ page: 'utm_source', op: 'isNot', value: 'search' })],
  ['what they used last', () => ({ technology: 'device', op: 'is', value: 'computer' })],
  ['what an older event tells of that', () => ({ technology: 'browser', op: 'is', value: 'firefox' })],
  ['a version', () => ({ technology: 'appVersion', op: 'versionBelow', value: '5' })],
  ['where they were last', () => ({ place: 'country', op: 'in', value: ['AT'] })],
  ['a city of another place than the last is not there', () => ({ place: 'city', op: 'set' })],
  ['a code by its name, on several passages', () => ({ interview: 'trust', atLeast: 3 })],
  ['no code on anything they said', () => ({ not: { interview: 'Trust' } })],
  ['a code that is not there', () => ({ interview: 'nowhere' })],
  ['a sample', () => ({ sample: 50, salt: 'spring' })],
];

describe('everybody counted comes to the same as each of them asked alone', () => {
  test.each(RULES)('%s', async (name, ruleIn) => {
    const { study, people } = place;
    const { segments, targeting } = house.verbatim;
    const rule = ruleIn(place);
    expect(segments.check(rule)).toEqual(rule);
    const truths = new Map<number, boolean | null>();
    for (const id of people) truths.set(id, (await targeting.explain(study.id, id, rule)).truth);
    const count = await segments.count(study, rule, null);
    const all = [...truths.values()];
    expect(count.people).toEqual({
      all: 5,
      admitted: all.filter((truth) => truth === true).length,
      refused: all.filter((truth) => truth === false).length,
      unknown: all.filter((truth) => truth === null).length,
    });
    expect(count.admitted.map(({ id }) => id)).toEqual(people.filter((id) => truths.get(id) === true));
    if (!name.endsWith('not there') && name !== 'a sample') expect(new Set(all).size).toBeGreaterThan(1);
  });
});

test('what was done under an earlier id counts for who that person is now', async () => {
  const { study, ada } = place;
  const { admitted } = await house.verbatim.segments.count(
    study,
    { event: 'Order', measure: { distinct: 'currency' }, op: 'is', value: 2 },
    null,
  );
  expect(admitted.map(({ id }) => id)).toEqual([ada]);
});

test('a response is asked for what its person did as well', async () => {
  const { study, survey } = place;
  const { segments } = house.verbatim;
  const asked = async (rule: Rule) => (await segments.count(study, rule, survey.id)).responses?.members.length;
  expect(
    await asked({
      all: [
        { answer: 'city', op: 'is', value: 'village' },
        { event: 'Order', op: 'gte', value: 2 },
      ],
    }),
  ).toBe(1);
  expect(await asked({ event: 'Order', op: 'gte', value: 3 })).toBe(0);
});

test('a segment that leads back to itself is refused when it is kept, with the way round', async () => {
  const { study, buyers, proBuyers } = place;
  const { segments, store } = house.verbatim;
  const segment = await store.segments.find(study.id, buyers);
  await expect(
    segments.redefine(segment!, segment!.version, { name: 'Buyers', rule: { not: { segment: proBuyers } } }),
  ).rejects.toMatchObject({
    kind: 'invalid',
    errors: [
      { pointer: '#/rule', detail: 'Segments cannot refer to each other in a circle: Buyers → Buyers on Pro → Buyers' },
    ],
  });
});
