import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Segment } from '../../src/store/segments.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';

const clock = fixedClock();
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: string;
let savers: Segment;
let spenders: Segment;
let segmentation: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
async function logged(participant: string, person = ''): Promise<string> {
  const { status, location } = await house.researcher.post(`${studio}/interviews/new`, {
    participant,
    person,
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript: `${participant}: I was stuck.`,
  });
  expect(status).toBe(303);
  return location;
}
const listed = async (segment = '') =>
  plain(
    (
      await house.researcher.get(
        `${studio}/interviews${segment === '' ? '' : `?segment=${encodeURIComponent(segment)}`}`,
      )
    ).text,
  );
async function admitted(publicId: string): Promise<string[]> {
  const { admitted: found } = await house.verbatim.segments.count(house.study, { segment: publicId }, null);
  const ids = await house.verbatim.store.people.identities(found.map(({ id }) => id));
  return found.map(({ id }) => ids.get(id) ?? '').sort();
}

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  studio = `/studio/${house.study.publicId}`;
  await house.verbatim.intake.people(
    house.study.workspaceId,
    ['ada', 'bea', 'cai', 'dan'].map((externalId) => ({ externalId, attributes: [] })),
  );
  await house.verbatim.logs.settle();
});
afterAll(() => house[Symbol.asyncDispose]());

test('before any segments stand nothing is asked', async () => {
  const at = await logged('P01', 'ada');
  expect(plain((await house.researcher.get(at)).text)).not.toContain('not typed');
  expect(await listed()).not.toContain('They are in the segment');
});

test('interviewees are in the segment that is known of the person, or not typed', async () => {
  const { location } = await house.researcher.upload(
    `${studio}/segmentations/import`,
    'file',
    { name: 'ours.csv', bytes: Buffer.from('id,segment\nada,Savers\nbea,Savers\ncai,Spenders\n') },
    { header: '1' },
  );
  await house.researcher.post(`${location}/commit`, {
    name: 'Ours',
    header: '1',
    who: 'external',
    'column-1': 'who',
    'column-2': 'segment',
  });
  await house.verbatim.analysis.idle();
  const [made] = await house.verbatim.store.segmentations.list(house.study.id);
  segmentation = made!.publicId;
  const current = await house.verbatim.store.segmentations.current(made!.id);
  [savers, spenders] = [current[0]!, current[1]!];
  await logged('P02', 'dan');
  await logged('P03');
  const all = await listed();
  expect(all).toMatch(/P01 .* Savers \(Ours\)/);
  expect(all).toMatch(/P02 .* not typed/);
  expect(await listed(`segment ${savers.publicId}`)).toContain('One interview of 3');
  expect(await listed('not-typed')).toContain('2 interviews of 3');
  expect(await listed('segment nonsense')).toContain('3 interviews');
});

test('a screener says it of somebody who is known, with a note, and rules know it', async () => {
  const at = await logged('P04', 'dan');
  expect(plain((await house.researcher.get(at)).text)).toContain('Segment: not typed');
  const empty = await house.researcher.post(`${at}/segment`, { segment: '', note: '' });
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('Choose one of the segments listed');
  expect(empty.text).toContain('Say in at most 1,000 letters how you know');
  clock.forward(1000);
  const said = await house.researcher.post(`${at}/segment`, {
    segment: `segment ${spenders.publicId}`,
    note: 'Screener, question 4',
  });
  expect(said.status).toBe(303);
  const page = plain((await house.researcher.get(at)).text);
  expect(page).toContain('Ours: Spenders , by a screener');
  expect(page).toContain('“Screener, question 4”');
  expect(await admitted(spenders.publicId)).toEqual(['cai', 'dan']);
  clock.forward(1000);
  await house.researcher.post(`${at}/segment`, { segment: `none ${segmentation}`, note: 'Asked again' });
  expect(await admitted(spenders.publicId)).toEqual(['cai']);
  expect(plain((await house.researcher.get(at)).text)).toContain('Segment: in none (Ours)');
});

test('of somebody whom nobody knows by an id it is kept with the interview, and goes to the person once they are known', async () => {
  const at = await logged('P05');
  clock.forward(1000);
  await house.researcher.post(`${at}/segment`, { segment: `segment ${spenders.publicId}`, note: 'Recruiter' });
  const page = plain((await house.researcher.get(at)).text);
  expect(page).toContain('Ours: Spenders , by a screener');
  expect(page).toContain('Rules know a segment once it is known who this was');
  expect(await listed(`segment ${spenders.publicId}`)).toContain('P05');
  await house.researcher.post(`${at}/person`, { person: 'bea' });
  expect(await admitted(spenders.publicId)).toEqual(['bea', 'cai']);
  expect(plain((await house.researcher.get(at)).text)).toContain('Segment: Spenders (Ours)');
});

test('whoever takes their consent back is in no segment by what was said around the interview', async () => {
  const at = await logged('P06', 'bea');
  await house.researcher.post(`${at}/withdraw`, { withdraw: '1' });
  expect(await admitted(spenders.publicId)).toEqual(['cai']);
  // What was brought from elsewhere stays.
  expect(await admitted(savers.publicId)).toEqual(['ada', 'bea']);
  const unknown = await logged('P07');
  await house.researcher.post(`${unknown}/segment`, { segment: `segment ${savers.publicId}`, note: 'Recruiter' });
  await house.researcher.post(`${unknown}/withdraw`, { withdraw: '1' });
  expect(plain((await house.researcher.get(unknown)).text)).toContain('Segment: not typed');
});
