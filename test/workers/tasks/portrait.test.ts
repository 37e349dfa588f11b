import { expect, test } from 'vitest';
import type { Rule } from '../../../src/model/rule.ts';
import { fixedClock, openHouse, plantStudy } from '../../support/house.ts';

test('a persona of a segment by what people did, or by their company, has its members and what they are worth', async () => {
  const clock = fixedClock('2026-03-30T10:00:00.000Z');
  await using house = await openHouse({ now: clock.now });
  const { fieldwork, intake, logs, personas, segments, segmentSizes, store, targeting } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  const names = ['ada', 'bea', 'cai', 'dan'];
  const ids = await intake.people(
    study.workspaceId,
    names.map((externalId, index) => ({
      externalId,
      attributes: [],
      company: { id: index === 3 ? 'south' : 'north', role: null, source: 'test' },
    })),
  );
  const event = (externalId: string, name: string, occurredAt: string, properties: Record<string, unknown>) => ({
    externalId,
    messageId: `${externalId} ${name} ${occurredAt}`,
    name,
    occurredAt,
    properties,
  });
  await intake.events(study.workspaceId, [
    event('ada', 'Report Viewed', '2026-03-29T08:00:00.000Z', {}),
    event('bea', 'Report Viewed', '2026-03-20T08:00:00.000Z', {}),
    event('cai', 'Report Viewed', '2025-11-01T08:00:00.000Z', {}),
    event('ada', 'Order Completed', '2026-03-01T08:00:00.000Z', { revenue: 60, currency: 'EUR' }),
    event('ada', 'Order Refunded', '2026-03-02T08:00:00.000Z', { total: 20, currency: 'EUR' }),
    event('dan', 'Order Completed', '2026-03-01T08:00:00.000Z', { value: 40 }),
    event('dan', 'Order Completed', '2026-03-02T08:00:00.000Z', { revenue: 900, currency: 'CHF' }),
  ]);
  await logs.settle();
  for (const id of ids) {
    const [person, published] = [await store.contacts.personById(id), await store.surveys.findPublished(survey.slug)];
    if (!person || !published) throw new Error('Somebody, or the survey, is not there');
    await targeting.invite(published, [person]);
    const invitation = targeting.invitationToken(survey.publicId, person.publicId);
    const begun = await fieldwork.start('small', { consents: ['analysis'], language: null, invitation, isTest: false });
    if (!begun.started) throw new Error('It did not start');
    const { token } = begun.next;
    await fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'village' });
    await fieldwork.answer(
      { token, page: 2, revision: 2 },
      { 'holds.outdoors': '1', 'holds.company': '2', 'holds.quiet': '3' },
    );
    await fieldwork.answer({ token, page: 3, revision: 3 }, { story: '' });
    await fieldwork.complete(token, 4);
  }
  await logs.settle();
  const portraitOf = async (name: string, rule: Rule, unit: 'person' | 'company') => {
    const segment = await segments.define(study, { name, rule, surveyId: survey.id, unit }, null);
    const persona = await personas.draw(study, segment, null, null);
    const [version] = await store.personas.versionsOf(persona.id);
    const count = await segmentSizes.count(study, segment, rule);
    const portrait = JSON.parse(version?.portrait ?? '{}') as { size: { n: number; base: number }; spend: unknown };
    expect(count.responses?.members).toHaveLength(portrait.size.n);
    return portrait;
  };
  const lately: Rule = { event: 'Report Viewed', within: { last: 14, unit: 'day' }, op: 'gte', value: 1 };
  const readers = await portraitOf('Readers', lately, 'person');
  expect(readers.size).toMatchObject({ n: 2, base: 4 });
  // Two of four brought 40 of 80: the refund’s total is taken away, and francs are not added to euros.
  expect(readers.spend).toEqual({ share: 0.5, people: 2, of: 4 });
  const busy = await portraitOf('Busy', { people: lately, op: 'gte', value: 2 }, 'company');
  expect(busy.size).toMatchObject({ n: 3, base: 4 });
});
