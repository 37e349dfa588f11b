import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyPortrait } from '../../src/personas/portrait.ts';
import { visitor } from '../journeys/visitor.ts';
import { openPersonaHouse } from '../support/persona-house.ts';

const whole = emptyPortrait('quantified');
const DAMAGED = [
  '{"format":2,',
  'null',
  '"text"',
  '{"format":3}',
  JSON.stringify({ ...whole, claims: null }),
  JSON.stringify({ ...whole, claims: [{}] }),
  JSON.stringify({ ...whole, gaps: [{ text: null }] }),
  JSON.stringify({ ...whole, kind: 'other' }),
  '{"claims":[null]}',
  '{"claims":[{"source":"x","evidence":null}]}',
];
let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let sound: string;
let broken: { publicId: string; id: number; name: string }[];

async function addRow(name: string, portrait: string, words = '{}') {
  const { publicId, id } = await house.verbatim.store.personas.addVersion(
    { studyId: house.study.id, personaId: null, segmentIds: [house.segment.id] },
    { name, lede: '', portrait, words, createdBy: null },
    '2026-03-02T10:00:00.000Z',
  );
  return { publicId, id, name };
}

beforeAll(async () => {
  house = await openPersonaHouse();
  sound = await house.add('Sound renter', house.full());
  broken = [];
  for (const [index, portrait] of DAMAGED.entries()) broken.push(await addRow(`Broken ${index}`, portrait));
  for (const words of ['{"a":', 'null', '[1]', '{"answer:tenure=rent":5}'])
    broken.push(await addRow(`Words ${words.length}`, JSON.stringify(house.full()), words));
});
afterAll(() => house[Symbol.asyncDispose]());

test('a damaged row is marked as such where it stands, and everything beside it shows as before', async () => {
  const at = `${house.studio}/personas`;
  const get = (address: string) => house.researcher.get(address);
  expect((await get(house.studio)).status).toBe(200);
  const list = await get(at);
  expect(list.status).toBe(200);
  expect(list.text).toContain('Sound renter');
  expect(list.text.match(/Cannot be read/g)).toHaveLength(DAMAGED.length);
  const found = await get('/studio/search?q=renter');
  expect([found.status, found.text.includes('Sound renter')]).toEqual([200, true]);
  for (const { publicId, name } of broken) {
    for (const path of [
      '',
      '/edit',
      '/comments',
      '/changes',
      '/governance',
      '/persona.json',
      '/claims.csv',
      '/readers',
    ])
      expect([name, path, (await get(`${at}/${publicId}${path}`)).status]).toEqual([name, path, 200]);
    expect([200, 404]).toContain((await get(`${at}/${publicId}/stability`)).status);
    expect((await get(`${at}/compare?a=${sound}&b=${publicId}`)).status).toBe(200);
  }
  const sheet = (await get(`${at}/${broken[0]!.publicId}`)).text;
  expect(sheet).toContain('its row is damaged');
  expect(sheet).toContain('/redraw"');
  const worded = (await get(`${at}/${broken.at(-1)!.publicId}`)).text;
  expect(worded).toContain('What researchers said of its claims cannot be read');
  expect(worded).toContain('Most chose');
});

test('a link to several personas shows those that can be read, and says of others that they cannot', async () => {
  const { verbatim, study, url } = house;
  const personas = [sound, ...broken.map(({ publicId }) => publicId)].slice(0, 15);
  const form = { name: 'Sales', audience: 'client', days: '30', personas, plays: false };
  const share = await verbatim.shares.add(study, form, null);
  const link = `/shared/${verbatim.shares.tokenOf(share)}`;
  const reader = visitor(url);
  const list = await reader.get(link);
  expect([list.status, list.text.includes('Sound renter'), list.text.includes('Cannot be read')]).toEqual([
    200,
    true,
    true,
  ]);
  for (const persona of personas) expect((await reader.get(`${link}/${persona}`)).status).toBe(200);
});

test('a report of all personas is built beside a damaged row', async () => {
  const { verbatim, study } = house;
  const asked = { persona: '', version: '', segmentation: '', reason: '', print: '' };
  const report = await verbatim.reports.ask(
    study,
    { kind: 'persona-set', format: 'md', audience: 'client', ...asked },
    null,
  );
  await verbatim.analysis.idle();
  const { bytes } = await verbatim.reports.fetch(
    study,
    (await verbatim.store.reports.find(study.id, report.publicId))!,
    null,
  );
  const text = new TextDecoder().decode(bytes);
  expect(text).toContain('Sound renter');
  expect(text).toContain('its row is damaged');
});

test('nothing is written over a version that cannot be read', async () => {
  const [first] = broken;
  const refused = await house.researcher.post(`${house.studio}/personas/${first!.publicId}/add-claim`, {
    text: 'They hurry',
  });
  expect([refused.status, refused.text.includes('cannot be read')]).toEqual([409, true]);
  const versions = await house.verbatim.store.personas.versionsOf(first!.id);
  expect(versions.map(({ portrait }) => portrait)).toEqual([DAMAGED[0]]);
});

test.each(['{"by":', 'null', '"all"', '{"by":"code"}', '{"by":"hand","interviews":[1]}'])(
  'where it cannot be read which interviews a persona stands for, its page says to choose them anew: %s',
  async (kept) => {
    const { verbatim, study, studio, researcher } = house;
    const { publicId, id } = await verbatim.store.personas.addVersion(
      { studyId: study.id, personaId: null, segmentIds: [], kind: 'qualitative', interviews: kept },
      {
        name: 'Talker',
        lede: '',
        portrait: JSON.stringify(emptyPortrait('qualitative')),
        words: '{}',
        createdBy: null,
      },
      '2026-03-02T10:00:00.000Z',
    );
    const at = `${studio}/personas/${publicId}`;
    expect((await researcher.get(at)).status).toBe(200);
    const page = await researcher.get(`${at}/stands-for`);
    expect([page.status, page.text.includes('choose them anew')]).toEqual([200, true]);
    const redrawn = await researcher.post(`${at}/redraw`, {});
    expect([redrawn.status, redrawn.text.includes('choose them anew')]).toEqual([409, true]);
    const chosen = await researcher.post(`${at}/stands-for`, { kind: 'qualitative', by: 'all' });
    expect(chosen.status).toBe(303);
    await verbatim.analysis.idle();
    expect((await verbatim.store.personas.versionsOf(id)).length).toBe(2);
    expect((await researcher.get(`${at}/stands-for`)).text).not.toContain('choose them anew');
  },
);
