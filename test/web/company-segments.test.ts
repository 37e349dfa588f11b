import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Moment } from '../../src/model/moment.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Segment } from '../../src/store/segments.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
const DAY = 86_400_000;
const ago = (days: number) => new Date(clock.now().getTime() - days * DAY).toISOString();
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: string;

const member = (externalId: string, company: string, role: string | null, plan: string | null) => ({
  externalId,
  attributes: plan === null ? [] : [{ name: 'plan', value: plan, source: 'test' }],
  company: { id: company, role, source: 'test' },
});

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  studio = `/studio/${house.study.publicId}`;
  const { intake, logs } = house.verbatim;
  const { workspaceId } = house.study;
  // North has two people on pro and one of whom nothing is known; South has one on free; East has nobody.
  await intake.people(workspaceId, [
    member('ada', 'north', 'decisionMaker', 'pro'),
    member('bea', 'north', 'user', 'pro'),
    member('cai', 'north', null, null),
    member('dan', 'south', 'Decision Maker', 'free'),
    { externalId: 'eve', attributes: [] },
  ]);
  await intake.events(
    workspaceId,
    [
      ['ada', 300],
      ['bea', 250],
      ['dan', 400],
    ].map(([externalId, revenue], index) => ({
      externalId: String(externalId),
      messageId: `order-${index}`,
      name: 'Order Completed',
      occurredAt: ago(5),
      properties: { revenue: Number(revenue) },
    })),
  );
  await logs.settle();
});
afterAll(() => house[Symbol.asyncDispose]());

const plain = ({ text }: { text: string }): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const define = (name: string, rule: unknown, unit: 'person' | 'company' = 'company'): Promise<Segment> =>
  house.verbatim.segments.define(house.study, { name, rule, surveyId: null, unit }, null);
const count = async (rule: Rule, unit: 'person' | 'company' = 'company') =>
  house.verbatim.segments.count(house.study, rule, null, unit);
const namesIn = async (rule: Rule) => (await count(rule)).admittedCompanies.map(({ name }) => name);
const personId = async (externalId: string) =>
  (await house.verbatim.store.people.byExternalIds(house.study.workspaceId, [externalId])).get(externalId) ?? 0;

describe('a segment of companies', () => {
  const onPro: Rule = { attribute: 'plan', op: 'is', value: 'pro' };

  test('counts people for whom a rule holds, and is unknown where those of whom nothing is known would decide', async () => {
    const two = await count({ people: onPro, op: 'gte', value: 2 });
    expect(two.admittedCompanies.map(({ name }) => name)).toEqual(['north']);
    expect(two.companies).toEqual({ all: 2, admitted: 1, refused: 1, unknown: 0 });
    expect((await count({ people: onPro, op: 'gte', value: 3 })).companies).toEqual({
      all: 2,
      admitted: 0,
      refused: 1,
      unknown: 1,
    });
    expect(await namesIn({ people: onPro, op: 'gte', value: 3, ifMissing: true })).toEqual(['north']);
    expect(await namesIn({ people: onPro, measure: 'share', op: 'gte', value: 60 })).toEqual(['north']);
    expect((await count({ people: onPro, measure: 'share', op: 'gte', value: 70 })).companies.unknown).toBe(1);
  });

  test('looks only at people with a role, and adds up what its people did together', async () => {
    expect(await namesIn({ people: onPro, role: 'decision maker', op: 'gte', value: 1 })).toEqual(['north']);
    expect(await namesIn({ people: { all: [] }, role: 'user', op: 'is', value: 0 })).toEqual(['south']);
    const sum = { event: 'Order Completed', measure: { sum: 'revenue' }, op: 'gt' } as const;
    expect(await namesIn({ ...sum, value: 500 })).toEqual(['north']);
    expect(await namesIn({ ...sum, value: 350 })).toEqual(['north', 'south']);
    expect(await namesIn({ company: 'name', op: 'is', value: 'south' })).toEqual(['south']);
  });

  test('is counted as people as well, and a segment of people as companies', async () => {
    const { people, admitted } = await count({ people: onPro, op: 'gte', value: 2 });
    expect(people).toEqual({ all: 5, admitted: 3, refused: 1, unknown: 1 });
    expect(admitted).toHaveLength(3);
    const { companies } = await count(onPro, 'person');
    expect(companies).toEqual({ all: 2, admitted: 1, refused: 1, unknown: 0 });
  });

  test('may ask for a segment of people inside, and of companies beside; people are in it through their company', async () => {
    const pro = await define('On pro', onPro, 'person');
    const big = await define('Two on pro', { people: { segment: pro.publicId }, op: 'gte', value: 2 });
    expect(await namesIn({ not: { segment: big.publicId } })).toEqual(['south']);
    const buyers = await count({ all: [{ segment: big.publicId }, { role: 'decision maker' }] }, 'person');
    expect(buyers.admitted.map(({ id }) => id)).toEqual([await personId('ada')]);
    await expect(define('Wrong', { segment: pro.publicId })).rejects.toThrow('does not read well');
    await expect(
      house.verbatim.segments.redefine(pro, 1, { name: 'On pro', rule: { segment: big.publicId } }),
    ).rejects.toMatchObject({ errors: [{ detail: expect.stringContaining('circle') }] });
  });

  test('decides for one person by its last count, and is unknown before the first', async () => {
    const segment = await define('Spenders', { event: 'Order Completed', op: 'gte', value: 2 });
    const isIn = async (externalId: string) =>
      house.verbatim.targeting.isIn(house.study.id, segment.publicId, await personId(externalId));
    expect(await isIn('ada')).toBe(null);
    await house.verbatim.segmentSizes.count(house.study, segment, JSON.parse(segment.rule ?? ''));
    expect([await isIn('ada'), await isIn('cai'), await isIn('dan'), await isIn('eve')]).toEqual([
      true,
      true,
      false,
      null,
    ]);
  });

  test('is an audience: a survey is offered to the people of its companies', async () => {
    const { verbatim, study, survey } = house;
    const rule: Rule = { people: onPro, op: 'gte', value: 2 };
    const segment = await define('Audience', rule);
    await verbatim.segmentSizes.count(study, segment, rule);
    await verbatim.store.surveys.setAudience(survey.id, segment.id);
    await verbatim.offers.saveMoment(survey, Moment.parse({ isOn: true, trigger: { on: 'page' } }));
    await verbatim.offers.saveOrigins(study, ['https://shop.example']);
    const audience = await verbatim.targeting.audienceOf({ studyId: study.id, audienceSegmentId: segment.id });
    const { admitted } = await verbatim.segments.count(study, audience?.rule ?? { any: [] }, null);
    expect(admitted).toHaveLength(3);
    const gateOf = async (userId: string) => {
      const [first] = await verbatim.offers.explain(study.workspaceId, { userId }, 'https://shop.example/');
      return first?.verdict.gate;
    };
    expect([await gateOf('ada'), await gateOf('dan'), await gateOf('eve')]).toEqual([
      null,
      'audience',
      'audience-unknown',
    ]);
    await verbatim.store.surveys.setAudience(survey.id, null);
  });

  test('keeps its sizes by day with its people, and says which companies came and went', async () => {
    const segment = await define('Orders', { event: 'Order Completed', op: 'gte', value: 3 });
    const rule = JSON.parse(segment.rule ?? '') as Rule;
    await house.verbatim.segmentSizes.count(house.study, segment, rule);
    clock.forward(DAY);
    await house.signIn();
    await house.verbatim.intake.events(house.study.workspaceId, [
      { externalId: 'cai', messageId: 'late', name: 'Order Completed', occurredAt: ago(0), properties: {} },
    ]);
    await house.verbatim.segmentSizes.count(house.study, segment, rule);
    const [first, second] = await house.verbatim.store.segmentSizes.days(segment.id, 10);
    expect(first).toMatchObject({ admitted: 0, everybody: 2, entered: 0, counterpart: 0 });
    expect(second).toMatchObject({ admitted: 1, everybody: 2, entered: 1, counterpart: 3 });
    const page = await house.researcher.get(`${studio}/segments/${segment.publicId}`);
    expect(plain(page)).toContain('Defined by a rule on companies.');
    expect(plain(page)).toContain('Companies in 1 of 2; unknown: 0 Their people 3 of 5');
    expect(plain(page)).toContain('Shares of all companies known');
  });
});

test('the builder asks about companies with what can be asked of them, and takes each condition back', async () => {
  const at = `${studio}/segments/define?of=companies`;
  let page = await house.researcher.get(at);
  expect(plain(page)).toContain('Define a segment of companies by a rule');
  const press = async (deed: string, filled: Record<string, string> = {}) => {
    page = await house.researcher.post(`${studio}/segments/define`, {
      ...Object.fromEntries(fieldsOf(page.text, `${studio}/segments/define`)),
      ...filled,
      do: deed,
    });
  };
  await press('add');
  expect(plain(page)).toContain('How many of its people, or which share of them');
  expect(plain(page)).not.toContain('What they answered');
  await press('kind', { kind: 'people' });
  await press('put', { among: '', role: 'decision maker', peopleMeasure: 'share', op: 'gte', value: '30' });
  const ruleOn = () => JSON.parse(fieldsOf(page.text, `${studio}/segments/define`).get('rule')?.[0] ?? 'null');
  const rule = {
    all: [{ people: { all: [] }, role: 'decision maker', measure: 'share', op: 'gte', value: 30 }],
  };
  expect(ruleOn()).toEqual(rule);
  expect(plain(page)).toContain('A company is in it when all of these hold');
  expect(plain(page)).toContain('the share of its people with the role decision maker is at least 30 %');
  expect(plain(page)).toContain('Of 2 companies known.');
  expect(plain(page)).toMatch(/These companies have \d of 5 people\./);
  await press('edit:0');
  await press('put');
  expect(ruleOn()).toEqual(rule);
  await press('save', { name: 'Led by many' });
  expect(page.status).toBe(303);
  expect(plain(await house.researcher.get(`${studio}/segments`))).toContain('Led by many companies');
  const kept = (await house.verbatim.store.segments.list(house.study.id)).find(({ name }) => name === 'Led by many');
  const change = await house.researcher.get(`${studio}/segments/${kept?.publicId}/rule`);
  expect(plain(change)).toContain('Which companies are in it');
});

test('a role and a company’s attribute by role are asked of people', async () => {
  const admitted = async (rule: Rule) => new Set((await count(rule, 'person')).admitted.map(({ id }) => id));
  expect(await admitted({ role: 'Decision maker' })).toEqual(new Set([await personId('ada'), await personId('dan')]));
  expect((await count({ role: 'user' }, 'person')).people).toEqual({ all: 5, admitted: 1, refused: 2, unknown: 2 });
  expect(await admitted({ company: 'name', role: 'decision maker', op: 'is', value: 'north' })).toEqual(
    new Set([await personId('ada')]),
  );
});

test('a company’s page says how many have each role, and shows those of one or without any', async () => {
  const { store } = house.verbatim;
  const [north] = await store.companies.ofPeople([await personId('ada')]);
  const at = `${studio}/companies/${north?.publicId}`;
  const page = await house.researcher.get(at);
  const choices = [...page.text.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)</g)].map(([, value, label]) => [
    value,
    label?.trim(),
  ]);
  expect(choices).toEqual([
    ['', 'Any, 3'],
    ['decision maker', 'decision maker, 1'],
    ['user', 'user, 1'],
    [' none', 'Without a role, 1'],
  ]);
  const shown = async (role: string) => {
    const { text } = await house.researcher.get(`${at}?${new URLSearchParams({ role })}`);
    return [...text.matchAll(/people\/[\w-]{22}">([^<]+)</g)].map(([, name]) => name);
  };
  expect(await shown('')).toEqual(['ada', 'bea', 'cai']);
  expect(await shown('decision maker')).toEqual(['ada']);
  expect(await shown(' none')).toEqual(['cai']);
  // A role that nobody has leaves nothing out.
  expect(await shown('emperor')).toEqual(['ada', 'bea', 'cai']);
});

describe('a role', () => {
  const companyOf = async (externalId: string) => {
    const { store } = house.verbatim;
    const [company] = await store.companies.ofPeople([await personId(externalId)]);
    return company;
  };
  const pageOf = async (externalId: string) => {
    const person = await house.verbatim.store.contacts.personById(await personId(externalId));
    return `${studio}/people/${person?.publicId}`;
  };

  test('is set by hand on the person’s page, and later changed by whoever says another', async () => {
    const company = await companyOf('cai');
    const own = await pageOf('cai');
    expect((await house.researcher.get(own)).text).toContain('<option value="gatekeeper">');
    const { status } = await house.researcher.post(`${own}/role`, {
      company: company?.publicId ?? '',
      role: 'Gate_Keeper of all',
    });
    expect(status).toBe(303);
    expect(await companyOf('cai')).toMatchObject({ role: 'Gate_Keeper of all', roleSource: 'Ada' });
    expect((await house.researcher.get(own)).text).toContain('value="Gate_Keeper of all"');
    clock.forward(1000);
    await house.verbatim.intake.people(house.study.workspaceId, [member('cai', 'north', 'buyer', null)]);
    expect(await companyOf('cai')).toMatchObject({ role: 'buyer', roleSource: 'test' });
    const listed = await house.researcher.get(`${studio}/companies/${company?.publicId}`);
    expect(plain(listed)).toMatch(/cai buyer/);
  });

  test('of somebody under several ids is the one that was said last', async () => {
    const { verbatim, study, researcher } = house;
    const { store, intake } = verbatim;
    await intake.people(study.workspaceId, [member('kim', 'far', 'user', null), member('lea', 'far', 'buyer', null)]);
    clock.forward(1000);
    await intake.people(study.workspaceId, [member('kay', 'far', 'champion', null)]);
    clock.forward(1000);
    await verbatim.logs.settle();
    const [kay, kim] = [await personId('kay'), await personId('kim')];
    await store.people.link(kay, kim, clock.now().toISOString());
    const [company] = await store.companies.ofPeople([kim, kay]);
    expect(company).toMatchObject({ role: 'champion', roleSource: 'test' });
    expect(plain(await researcher.get(`${studio}/companies/${company?.publicId}`))).toMatch(/champion.*buyer/);
    expect((await store.facts.companies([kim, kay])).map(({ role }) => role)).toEqual(['champion']);
    const inRole = async (role: string) => (await count({ role }, 'person')).admitted.map(({ id }) => id);
    expect(await inRole('champion')).toEqual([kim]);
    expect(await inRole('user')).not.toContain(kim);
  });

  test('is refused in a company somebody does not belong to, and when it is too long', async () => {
    const own = await pageOf('ada');
    const south = await companyOf('dan');
    expect((await house.researcher.post(`${own}/role`, { company: south?.publicId ?? '', role: 'user' })).status).toBe(
      404,
    );
    const north = await companyOf('ada');
    const long = await house.researcher.post(`${own}/role`, { company: north?.publicId ?? '', role: 'x'.repeat(101) });
    expect(long.status).toBe(422);
    expect(plain(long)).toContain('Shorten it to 100 letters');
  });

  test('comes with an import, by the columns of the company’s id and the role', async () => {
    const { verbatim, study } = house;
    const file = {
      name: 'team.csv',
      bytes: Buffer.from('id,company id,role\nfay,west,Influencer\ngus,west,\nhal,,user\n'),
    };
    const batch = await verbatim.peopleImports.stage(study.workspaceId, file, true, null);
    expect(batch.plan.columns.map(({ is }) => is)).toEqual(['id', 'company', 'role']);
    expect((await verbatim.peopleImports.preview(batch)).faults).toEqual([
      { line: 4, column: 2, detail: 'a role without a company' },
    ]);
    await (await verbatim.peopleImports.begin(batch)).loaded;
    expect(await companyOf('fay')).toMatchObject({ name: 'west', role: 'influencer', roleSource: 'import' });
    expect(await companyOf('gus')).toMatchObject({ name: 'west', role: null });
    expect(await companyOf('hal')).toBeUndefined();
  });
});

test('feedback of a segment of companies is that of their people', async () => {
  const { verbatim, study } = house;
  const rule: Rule = { company: 'name', op: 'is', value: 'south' };
  const segment = await define('South', rule);
  await verbatim.segmentSizes.count(study, segment, rule);
  const held = await verbatim.feedbackDesk.peopleOf(study, segment);
  expect(held?.people).toEqual([await personId('dan')]);
});

test('a segment of companies is decided by its last count also when others became unknown in the place of some', async () => {
  const { verbatim, study } = house;
  const tell = async (externalId: string, company: string, plan: string | null) => {
    await verbatim.intake.people(study.workspaceId, [member(externalId, company, null, plan)]);
    clock.forward(1000);
  };
  await tell('una', 'unsure', null);
  await tell('vic', 'viable', 'free');
  await tell('wes', 'viable', 'free');
  const segment = await define('Enterprise', {
    people: { attribute: 'plan', op: 'is', value: 'team' },
    op: 'gte',
    value: 1,
  });
  const isIn = async (externalId: string) => {
    await verbatim.segmentSizes.count(study, segment, JSON.parse(segment.rule ?? ''));
    return verbatim.targeting.isIn(study.id, segment.publicId, await personId(externalId));
  };
  expect([await isIn('una'), await isIn('vic')]).toEqual([null, false]);
  await tell('una', 'unsure', 'free');
  await tell('xan', 'viable', null);
  expect([await isIn('una'), await isIn('vic')]).toEqual([false, null]);
});
