import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Moment } from '../../src/model/moment.ts';
import { openGeography } from '../../src/services/geography.ts';
import { openEventHouse } from '../support/event-house.ts';
import { fixedClock, temporaryFolder } from '../support/house.ts';
import { mmdbOf, placeRecord } from '../support/mmdb.ts';
import { smallSurvey } from '../support/small-survey.ts';

const MUNICH = '203.0.113.9';
const clock = fixedClock('2026-03-09T09:00:00.000Z');
let house: Awaited<ReturnType<typeof openEventHouse>>;

beforeAll(async () => {
  using place = temporaryFolder();
  const file = path.join(place.folder, 'places.mmdb');
  writeFileSync(
    file,
    mmdbOf([{ network: '203.0.113.0/24', data: placeRecord('EU', 'DE', ['BY', 'Bavaria'], 'Munich') }]),
  );
  house = await openEventHouse({ now: clock.now, trustProxy: 1, geography: openGeography(file) });
});
afterAll(() => house[Symbol.asyncDispose]());

const browser = (address: string, more: Record<string, string> = {}) => ({
  origin: 'https://shop.example',
  'x-forwarded-for': address,
  ...more,
});
const track = (userId: string, headers: Record<string, string>, more: object = {}) =>
  house.post('/v1/track', { userId, event: 'Looked', messageId: `looked ${userId}`, ...more }, headers);
const placeOf = async (userId: string) => {
  const known = await house.known(userId);
  return Object.fromEntries(
    [...known].flatMap(([name, { value }]) => (name.startsWith('location.') ? [[name.slice(9), value]] : [])),
  );
};

test('an event of a browser has its place from the file, and the address is written nowhere', async () => {
  await track('ada', browser(MUNICH));
  expect(await placeOf('ada')).toEqual({
    continent: 'EU',
    country: 'DE',
    region: 'DE-BY',
    regionName: 'Bavaria',
    city: 'Munich',
  });
  const { connection } = house.verbatim;
  const tables = connection.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[];
  for (const table of tables)
    expect(JSON.stringify(connection.prepare(`select * from "${table}"`).all())).not.toContain(MUNICH);
  expect(house.lines.join('')).not.toContain(MUNICH);
});

test('what the client says of the place holds, and a server that sends has none', async () => {
  await track('bea', browser(MUNICH), { context: { location: { country: 'AT', city: 'Vienna' } } });
  expect(await placeOf('bea')).toEqual({ country: 'AT', city: 'Vienna' });
  await track('cai', { 'x-forwarded-for': MUNICH });
  expect(await placeOf('cai')).toEqual({});
});

test('where the file knows nothing, the country that a proxy names is taken as before', async () => {
  await track('dan', browser('198.51.100.7', { 'cf-ipcountry': 'CH' }));
  expect(await placeOf('dan')).toEqual({ country: 'CH' });
  await track('eva', browser(MUNICH, { 'cf-ipcountry': 'CH' }));
  expect(await placeOf('eva')).toMatchObject({ country: 'DE' });
});

test('a rule asks for the place of a visit, and counts for where people were last', async () => {
  const { verbatim, study } = house;
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(smallSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const row = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!row) throw new Error('The survey is not there');
  const rule = {
    all: [
      { place: 'region' as const, op: 'is' as const, value: 'bavaria' },
      { place: 'region' as const, op: 'is' as const, value: 'DE-BY' },
      { place: 'city' as const, op: 'startsWith' as const, value: 'mun' },
    ],
  };
  const segment = await verbatim.segments.define(study, { name: 'In Bavaria', rule, surveyId: null }, null);
  await verbatim.store.surveys.setAudience(row.id, segment.id);
  await verbatim.offers.saveMoment(row, Moment.parse({ isOn: true, trigger: { on: 'page' } }));
  await verbatim.offers.saveOrigins(study, ['https://shop.example']);
  const gate = async (userId: string, headers: Record<string, string>) => {
    const answer = await house.post(
      '/v1/decide',
      { userId, page: { url: 'https://shop.example/' }, why: true },
      headers,
    );
    return ((await answer.json()) as { why: { gate: string | null }[] }).why[0]?.gate;
  };
  expect(await gate('bea', browser(MUNICH))).toBeNull();
  expect(await gate('ada', browser('198.51.100.7'))).toBe('audience-unknown');

  await verbatim.logs.settle();
  const { people, admitted } = await verbatim.segments.count(study, rule, null);
  const [ada] = await verbatim.intake.people(study.workspaceId, [{ externalId: 'ada', attributes: [] }]);
  expect(admitted.map(({ id }) => id)).toContain(ada);
  // Bea is in another city; of dan only the country is known, of cai nothing.
  expect(people).toEqual({ all: 5, admitted: 2, refused: 1, unknown: 2 });
  expect((await verbatim.targeting.explain(study.id, ada ?? 0, rule)).truth).toBe(true);
});
