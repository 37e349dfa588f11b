import { expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { fixedClock } from '../support/house.ts';
import { openOutgoingHouse } from '../support/outgoing-house.ts';
import { startStub } from '../support/stub-server.ts';

const DAY = 86_400_000;
const rule: Rule = { attribute: 'plan', op: 'is', value: 'pro' };
type House = Awaited<ReturnType<typeof openOutgoingHouse>>;

async function plan(house: House, plans: Record<string, string>): Promise<void> {
  await house.verbatim.intake.people(
    house.study.workspaceId,
    Object.entries(plans).map(([externalId, value]) => ({
      externalId,
      attributes: [{ name: 'plan', family: 'other' as const, value, source: 'test' }],
    })),
  );
  await house.verbatim.logs.settle();
}
const define = (house: House) =>
  house.verbatim.segments.define(house.study, { name: 'On Pro', rule, surveyId: null }, null);
const days = async (house: House, id: number) =>
  (await house.verbatim.store.segmentSizes.days(id, 10)).map((row) => ({ ...row }));

test('a count is kept under its day, with who came and went since the one before', async () => {
  const clock = fixedClock('2026-03-02T09:00:00.000Z');
  await using house = await openOutgoingHouse({ now: clock.now });
  await plan(house, { ada: 'pro', bea: 'free', cai: 'pro' });
  const segment = await define(house);
  const count = () => house.verbatim.segmentSizes.count(house.study, segment, rule);
  await count();
  const first = { segmentId: segment.id, unknown: 0, everybody: 3, counterpart: 0, entered: 0, gone: 0 };
  expect(await days(house, segment.id)).toEqual([{ ...first, day: '2026-03-02', admitted: 2 }]);
  clock.forward(3_600_000);
  await plan(house, { ada: 'free', bea: 'pro', dan: 'pro' });
  await Promise.all([count(), count(), count()]);
  expect(await days(house, segment.id)).toEqual([
    { ...first, day: '2026-03-02', admitted: 3, everybody: 4, entered: 2, gone: 1 },
  ]);
  clock.forward(DAY);
  await count();
  expect((await days(house, segment.id))[1]).toEqual({ ...first, day: '2026-03-03', admitted: 3, everybody: 4 });
});

test('each day every segment by a rule is counted once by itself, in the days of the workspace', async () => {
  const clock = fixedClock('2026-03-02T22:30:00.000Z');
  await using house = await openOutgoingHouse({ now: clock.now });
  const { store } = house.verbatim;
  await store.offers.saveLimits(house.study.workspaceId, {
    ...(await store.offers.limits(house.study.workspaceId)),
    timeZone: 'Europe/Berlin',
  });
  await plan(house, { ada: 'pro' });
  const segment = await define(house);
  await house.verbatim.segmentSizes.countAll();
  await plan(house, { bea: 'pro' });
  await house.verbatim.segmentSizes.countAll();
  expect(await days(house, segment.id)).toMatchObject([{ day: '2026-03-02', admitted: 1 }]);
  clock.forward(3_600_000);
  await house.verbatim.segmentSizes.countAll();
  expect(await days(house, segment.id)).toMatchObject([
    { day: '2026-03-02', admitted: 1 },
    { day: '2026-03-03', admitted: 2, entered: 1, gone: 0 },
  ]);
});

test('who came into a segment and who left it is told once, by pseudonym; its first count tells of nobody', async () => {
  const clock = fixedClock();
  await using stub = await startStub();
  await using house = await openOutgoingHouse({ now: clock.now });
  const { verbatim, study } = house;
  const hook = await house.hook(`${stub.url}/in`, { events: ['segment.entered', 'segment.left'] });
  await plan(house, { ada: 'pro', bea: 'free' });
  const segment = await define(house);
  const count = () => verbatim.segmentSizes.count(study, segment, rule);
  const told = () =>
    verbatim.connection
      .prepare('select event, payload from deliveries where hook_id = ? order by event, id')
      .all(hook.id)
      .map((row) => {
        const { event, payload } = row as { event: string; payload: string };
        return [event, (JSON.parse(payload) as { pseudonym: string | null }).pseudonym];
      });
  await count();
  expect(told()).toEqual([]);
  const people = await verbatim.store.people.byExternalIds(study.workspaceId, ['ada', 'bea']);
  await verbatim.store.people.participate(study.id, [people.get('ada') ?? 0], clock.now().toISOString());
  const pseudonym = (await verbatim.store.segmentSizes.pseudonyms(study.id, [...people.values()])).get(
    people.get('ada') ?? 0,
  );
  expect(pseudonym).toMatch(/\w{8}/);
  clock.forward(60_000);
  await plan(house, { ada: 'free', bea: 'pro' });
  await count();
  await count();
  expect(told()).toEqual([
    ['segment.entered', null],
    ['segment.left', pseudonym],
  ]);
});

test('of a segment of companies it is told which of them came into it', async () => {
  const clock = fixedClock();
  await using stub = await startStub();
  await using house = await openOutgoingHouse({ now: clock.now });
  const { verbatim, study } = house;
  const hook = await house.hook(`${stub.url}/in`, { events: ['segment.entered', 'segment.left'] });
  const company = { id: 'acme', role: null, source: 'test' };
  await verbatim.intake.people(study.workspaceId, [{ externalId: 'ada', attributes: [], company }]);
  const onCompanies: Rule = { people: rule, op: 'gte', value: 1, ifMissing: false };
  const segment = await verbatim.segments.define(
    study,
    { name: 'Somebody on Pro', rule: onCompanies, surveyId: null, unit: 'company' },
    null,
  );
  await verbatim.segmentSizes.count(study, segment, onCompanies);
  await plan(house, { ada: 'pro' });
  await verbatim.segmentSizes.count(study, segment, onCompanies);
  const rows = verbatim.connection.prepare('select payload from deliveries where hook_id = ?').all(hook.id);
  expect(rows.map((row) => JSON.parse((row as { payload: string }).payload))).toEqual([
    expect.objectContaining({
      type: 'segment.entered',
      pseudonym: null,
      company: { id: expect.stringMatching(/^[\w-]{22}$/), name: 'acme' },
    }),
  ]);
});

test('what was announced and could not be kept is announced under the same name again, and so told once', async () => {
  const clock = fixedClock();
  await using stub = await startStub();
  await using house = await openOutgoingHouse({ now: clock.now });
  const { verbatim, study } = house;
  const hook = await house.hook(`${stub.url}/in`, { events: ['segment.entered'] });
  await plan(house, { ada: 'free' });
  const segment = await define(house);
  await verbatim.segmentSizes.count(study, segment, rule);
  await plan(house, { ada: 'pro' });
  verbatim.connection.exec(
    "create trigger stuck before insert on segment_counts begin select raise(abort, 'stuck'); end",
  );
  await verbatim.segmentSizes.count(study, segment, rule);
  expect(house.reported.splice(0)).toHaveLength(1);
  verbatim.connection.exec('drop trigger stuck');
  await verbatim.segmentSizes.count(study, segment, rule);
  const { n } = verbatim.connection.prepare('select count(*) as n from deliveries where hook_id = ?').get(hook.id) as {
    n: number;
  };
  expect(n).toBe(1);
  expect(await days(house, segment.id)).toMatchObject([{ admitted: 1, entered: 1 }]);
});

test('somebody found to be another who is in the segment has not left it', async () => {
  const clock = fixedClock();
  await using house = await openOutgoingHouse({ now: clock.now });
  const { verbatim, study } = house;
  await plan(house, { ada: 'pro', adi: 'pro' });
  const segment = await define(house);
  await verbatim.segmentSizes.count(study, segment, rule);
  const people = await verbatim.store.people.byExternalIds(study.workspaceId, ['ada', 'adi']);
  await verbatim.store.people.link(people.get('adi') ?? 0, people.get('ada') ?? 0, clock.now().toISOString());
  await verbatim.segmentSizes.count(study, segment, rule);
  expect(await days(house, segment.id)).toMatchObject([{ admitted: 1, entered: 0, gone: 0 }]);
});
