import { afterAll, beforeAll, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { smallSurvey } from '../support/small-survey.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: string;
beforeAll(async () => {
  house = await openFieldHouse();
  study = `/studio/${house.study.publicId}`;
});
afterAll(() => house[Symbol.asyncDispose]());

const random = mulberry32(7);
const LABELLED = 200;
const OTHERS = 100;
const plain = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

/** A segment each, told well by the plan and the seats where `isClear`, and not at all by either else. */
const people = Array.from({ length: LABELLED + OTHERS }, (_, i) => {
  const segment = i % 2;
  const isOdd = random() < 0.05;
  const told = isOdd ? 1 - segment : segment;
  return { id: `p${i}`, segment, plan: told === 0 ? 'free' : 'pro', seats: 10 * told + Math.round(6 * random()) };
});

async function brought(name: string, rows: readonly string[]): Promise<string> {
  const { location } = await house.researcher.upload(
    `${study}/segmentations/import`,
    'file',
    { name: 'x.csv', bytes: Buffer.from(['id,segment', ...rows].join('\n')) },
    { header: '1' },
  );
  await house.researcher.post(`${location}/commit`, {
    name,
    header: '1',
    who: 'external',
    'column-1': 'who',
    'column-2': 'segment',
  });
  await house.verbatim.analysis.idle();
  const made = (await house.verbatim.store.segmentations.list(house.study.id)).find((one) => one.name === name)!;
  return `${study}/segmentations/${made.publicId}`;
}
async function ran(address: string, form: Record<string, string> = {}) {
  const { status, location, text } = await house.researcher.post(address, form);
  if (status !== 303) return { status, text };
  await house.verbatim.analysis.idle();
  const run = await house.researcher.get(location);
  return run.status === 303 ? house.researcher.get(run.location) : run;
}

let clear: string;
test('segments that attributes tell are learned, with figures of people who did not help and of each segment', async () => {
  await house.verbatim.intake.people(
    house.study.workspaceId,
    people.map(({ id, plan, seats }, i) => ({
      externalId: id,
      attributes: [
        ...(i === LABELLED
          ? []
          : [
              { name: 'plan', family: 'other' as const, value: plan, source: 'test' },
              { name: 'seats', family: 'other' as const, value: seats, source: 'test' },
            ]),
        { name: 'email', family: 'other' as const, value: `${id}@people.example`, source: 'test' },
      ],
    })),
  );
  await house.verbatim.logs.settle();
  clear = await brought(
    'Clear',
    people.slice(0, LABELLED).map(({ id, segment }) => `${id},${segment === 0 ? 'Small' : 'Large'}`),
  );
  const page = await house.researcher.get(clear);
  expect(page.text).toContain(`${clear}/attributes`);
  const { text } = await ran(`${clear}/attributes/learn`, { seed: '1' });
  const said = plain(text);
  expect(said).toContain('Learned on');
  expect(said).toContain('from 200 people; seed 1');
  expect(said).toMatch(/In the right segment 9\d% \(\d+% to \d+%\) no tool yet/);
  expect(said).toContain('Place everybody who was never asked');
  expect(said).not.toContain('email');
  expect(said).not.toContain('NaN');
});

/** A survey that asks whether answers may be used for the person; one does not agree. */
async function refuse(externalId: string): Promise<void> {
  const { store, surveys, targeting, fieldwork, logs } = house.verbatim;
  const definition = {
    ...smallSurvey,
    code: 'asks',
    consent: {
      ...smallSurvey.consent,
      purposes: [...smallSurvey.consent.purposes, { code: 'personalisation', text: { en: 'For me', de: 'Für mich' } }],
    },
  };
  const draft = await surveys.importJson(house.study.id, JSON.stringify(definition));
  await surveys.publish(draft, 1, null);
  const survey = (await store.surveys.find(house.study.id, draft.publicId))!;
  const published = (await store.surveys.findPublished(survey.slug))!;
  const id = (await store.people.byExternalIds(house.study.workspaceId, [externalId])).get(externalId)!;
  const person = (await store.contacts.personById(id))!;
  await targeting.invite(published, [person]);
  const invitation = targeting.invitationToken(survey.publicId, person.publicId);
  const begun = await fieldwork.start(survey.slug, { consents: ['analysis'], language: null, invitation, query: {} });
  if (!begun.started || !('revision' in begun.next)) throw new Error('It did not start');
  const { token } = begun.next;
  await fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'village' });
  await fieldwork.answer(
    { token, page: 2, revision: 2 },
    { 'holds.outdoors': '1', 'holds.company': '1', 'holds.quiet': '1' },
  );
  await fieldwork.answer({ token, page: 3, revision: 3 }, { story: '' });
  await fieldwork.complete(token, 4);
  await logs.settle();
}

test('everybody who was never asked is placed or unsure, and rules know it; who is known otherwise stays', async () => {
  await refuse('p250');
  const { text } = await ran(`${clear}/attributes/place`);
  const said = plain(text);
  expect(said).toContain('Did not agree 1');
  expect(said).toContain('Known otherwise 200');
  expect(said).toContain('Too little known 1');
  const segmentation = (await house.verbatim.store.segmentations.find(house.study.id, clear.split('/').at(-1)!))!;
  const standings = [...(await house.verbatim.store.placements.current(segmentation.id)).values()];
  const told = standings.filter(({ by }) => by.way === 'attributes');
  const typed = told.filter(({ segment }) => segment !== null);
  expect(said).toContain(`In a segment ${typed.length} Unsure ${told.length - typed.length}`);
  expect(told).toHaveLength(OTHERS - 2);
  expect(typed.length).toBeGreaterThan(80);
  expect(told[0]!.by.inputs).toMatchObject({ attributes: expect.any(Array) });
  const [first] = await house.verbatim.store.segmentations.current(segmentation.id);
  const { people: count } = await house.verbatim.segments.count(house.study, { segment: first!.publicId }, null);
  expect(count.admitted).toBe(100 + typed.filter(({ segment }) => segment === first!.publicId).length);
});

test('nothing is learned of whoever did not agree', async () => {
  await refuse('p3');
  const rows = people.slice(0, LABELLED).map(({ id, segment }) => `${id},${segment === 0 ? 'Small' : 'Large'}`);
  const again = await brought('Again', rows);
  const { text } = await ran(`${again}/attributes/learn`, { seed: '1' });
  expect(plain(text)).toContain(`from ${LABELLED - 1} people`);
});

test('below the floor it is only looked at, and nobody is placed by it', async () => {
  const shuffledRows = people.slice(0, LABELLED).map(({ id }, i) => `${id},${(i * 7919) % 13 < 6 ? 'A' : 'B'}`);
  const poor = await brought('Poor', shuffledRows);
  const { text } = await ran(`${poor}/attributes/learn`, { seed: '1' });
  expect(text).toContain('Only to look at');
  expect(text).not.toContain('Place everybody who was never asked');
  const refused = await ran(`${poor}/attributes/place`);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('do not tell these segments well enough');
});

test('where too little is known it is said, with why', async () => {
  const few = await brought('Few', ['p200,A', 'p1,B']);
  const { text } = await ran(`${few}/attributes/learn`, { seed: '1' });
  expect(text).toContain('A typing tool needs at least 50 people');
});

test('a later version has to be learned anew', async () => {
  const rows = people.slice(0, LABELLED).map(({ id, segment }) => `${id},${segment === 0 ? 'Small' : 'Large'}`);
  const { location } = await house.researcher.upload(
    `${study}/segmentations/import?segmentation=${clear.split('/').at(-1)}`,
    'file',
    { name: 'y.csv', bytes: Buffer.from(['id,segment', ...rows].join('\n')) },
    { header: '1' },
  );
  const form = { header: '1', who: 'external', 'column-1': 'who', 'column-2': 'segment' };
  await house.researcher.post(`${location}/commit`, form);
  await house.verbatim.analysis.idle();
  const { text } = await house.researcher.get(`${clear}/attributes`);
  expect(text).toContain('It tells the segments of version 1, and version 2 stands');
  expect((await ran(`${clear}/attributes/place`)).status).toBe(409);
});
