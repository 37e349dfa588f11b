import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Segmentation } from '../../src/store/segmentations.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { DriftResult } from '../../src/workers/tasks/segment-drift.ts';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';
import { plantAnswers } from '../support/plant-answers.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { answerAs, plantGroups, publishTool } from '../support/plant-typing.ts';
import { WISHES } from '../support/wish-survey.ts';

const DAY = 86_400_000;
const clock = fixedClock('2026-04-20T10:00:00.000Z');
const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#x27;', '’')
    .replaceAll(/\s+/g, ' ');

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let segmentation: Segmentation;
let survey: SurveyRow;
let at: string;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  ({ segmentation, survey } = await plantGroups(house.verbatim, house.study, { code: 'wishes' }));
  await publishTool(house.verbatim, house.study, segmentation);
  at = `/studio/${house.study.publicId}/segmentations/${segmentation.publicId}`;
});
afterAll(() => house[Symbol.asyncDispose]());

const page = async (path: string) => plain((await house.researcher.get(path)).text);

/** People who answer the whole survey later, drawn as those were who were grouped, or only those of one group. */
async function comeLater(
  n: number,
  { seed, day, by = 'open', only }: { seed: number; day: string; by?: 'open' | 'rule'; only?: number },
) {
  const { columns, segments } = plantAnswers('planted', {
    n: only === undefined ? n : n * 6,
    p: WISHES,
    seed,
    separation: 3,
  });
  const rows = segments.flatMap((segment, i) => (only === undefined || segment === only ? [i] : [])).slice(0, n);
  await plantResponses(
    house.verbatim,
    { study: house.study, survey },
    rows.map((i) => ({
      startedAt: `${day}T08:00:00.000Z`,
      answers: {
        ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[i]!)])),
        town: said('yes'),
      },
      about: { asked: by === 'rule' ? { how: 'widget', rule: 'renters' } : { how: 'open' } } as never,
    })),
  );
  return rows.map((i) => segments[i]!);
}

async function look(): Promise<{ text: string; found: DriftResult; run: string }> {
  // A session lasts less long than what is waited for here.
  await house.signIn();
  const { status, location } = await house.researcher.post(`${at}/drift/look`, {});
  expect(status).toBe(303);
  await house.verbatim.analysis.idle();
  const ended = await house.researcher.get(location);
  expect(ended.status).toBe(303);
  const run = new URL(ended.location, house.url).searchParams.get('run')!;
  const kept = await house.verbatim.store.analyses.findRun(house.study.id, run);
  return { text: await page(ended.location), found: JSON.parse(kept!.result!) as DriftResult, run };
}

test('with nobody since there is too little to tell, and it is said what it takes', async () => {
  const { text, found } = await look();
  expect(text).toContain('Too few people since to tell');
  expect(text).toContain('It takes 50 people');
  expect(text).not.toMatch(/NaN|Infinity/);
  expect(found.verdict).toMatchObject({ verdict: 'too-few', tests: [] });
});

test('people who came since as before are no drift; whom a rule asked is counted apart, and never in silence', async () => {
  const truth = [
    ...(await comeLater(120, { seed: 21, day: '2026-05-04' })),
    ...(await comeLater(120, { seed: 22, day: '2026-06-08' })),
  ];
  await comeLater(40, { seed: 23, day: '2026-06-09', by: 'rule', only: 2 });
  clock.forward(60 * DAY);
  const { text, found } = await look();
  expect(text).toContain('No drift found');
  expect(text).toContain('40 responses left out: they came by a rule, which asks a chosen part of people');
  const { drift, leftOut } = found.answers;
  expect(leftOut).toMatchObject({ ways: { rule: 40 }, grouped: 0, incomplete: 0 });
  expect(drift).toMatchObject({ base: { n: 240 }, since: { n: 240 } });
  expect(drift!.months.map(({ month, n }) => [month, n])).toEqual([
    ['2026-05', 120],
    ['2026-06', 120],
  ]);
  // Segments go by size, and so do the groups that were planted: nearly everybody is placed where they were put.
  const planted = [0, 1, 2].map((segment) => truth.filter((one) => one === segment).length);
  for (const [place, count] of drift!.since.counts.slice(0, 3).entries())
    expect(Math.abs(count - planted[place]!)).toBeLessThan(10);
  expect(text).toContain('240 people in the base, 240 since');

  const { accuracy, floor, drift: byTool } = found.tool!;
  expect(accuracy.n).toBe(240);
  expect(accuracy.right!.share).toBeGreaterThan(0.9);
  expect(floor).toBe(0.8);
  expect(byTool).toBeNull();
  expect(text).toContain('It has placed nobody who counts since');
  expect(await page(at)).not.toContain('Drift was found');
});

test('when others come the shares have moved: said with numbers, until a researcher writes down what to make of it', async () => {
  await comeLater(150, { seed: 31, day: '2026-06-15', only: 2 });
  const { text, found, run } = await look();
  expect(found.verdict.verdict).toBe('shares');
  expect(text).toContain('The segments’ shares have moved');
  const test = found.verdict.tests.find(({ isBeyond }) => isBeyond)!;
  expect(text).toContain(`V is ${test.v.toFixed(2)} (limit 0.1)`);
  expect(test.v).toBeGreaterThan(0.15);
  // The third segment had a fifth of the people, and has more since.
  expect(found.answers.drift!.since.changes[2]!.low).toBeGreaterThan(0.1);
  expect(await page(at)).toContain('Drift was found It was looked at on 19 June 2026, and nobody has said yet');

  const refused = await house.researcher.post(`${at}/drift/note`, { run, decision: '', note: 'Students' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Choose what you make of it');
  expect(refused.text).toContain('Students');
  expect((await house.researcher.post(`${at}/drift/note`, { run: 'none', decision: 'redo', note: '' })).status).toBe(
    404,
  );
  const kept = await house.researcher.post(`${at}/drift/note`, {
    run,
    decision: 'redo',
    note: 'Students came in June',
  });
  expect(kept.status).toBe(303);
  const said = await page(kept.location.replace(/#.*/, ''));
  expect(said).toContain('19 June 2026 , Ada, version 1: The segments’ shares have moved');
  expect(said).toContain('Group people anew, or build the tool anew. Students came in June');
  expect(await page(at)).not.toContain('Drift was found');
  clock.forward(91 * DAY);
  await house.signIn();
  expect(await page(at)).toContain('Nobody has looked for drift for 90 days');
});

test('whom a tool placed is held against the base as the same tool places it, and known people count once', async () => {
  const { store } = house.verbatim;
  const [kept] = await store.typingTools.list(segmentation.id);
  const ids = await house.verbatim.intake.people(
    house.study.workspaceId,
    Array.from({ length: 60 }, (_, i) => ({ externalId: `typed-${i}`, attributes: [] })),
  );
  await house.verbatim.logs.settle();
  const { columns } = plantAnswers('planted', { n: 60, p: WISHES, seed: 41, separation: 3 });
  for (const [i, id] of ids.entries())
    await answerAs(house.verbatim, { study: house.study, survey }, id, {
      startedAt: '2026-09-10T08:00:00.000Z',
      answers: {
        ...Object.fromEntries(columns.map((one) => [`wants.${one.id}`, said(one.values[i]!)])),
        town: said('yes'),
      },
      about: { asked: { how: i < 55 ? 'open' : 'rule' } } as never,
    });
  const [first] = await store.segmentations.current(segmentation.id);
  const responses = new Map(
    (await store.responses.listWithPeople(survey.id)).map(({ id, personId }) => [Number(personId), id]),
  );
  await store.placements.add(
    ids.flatMap((personId, i) =>
      // The first is placed twice: the newer counts.
      (i === 0 ? [0.5, 0.9] : [0.9]).map((probability, again) => ({
        workspaceId: house.study.workspaceId,
        personId,
        segmentationId: segmentation.id,
        version: 1,
        segment: first!.lineage ?? first!.publicId,
        probability,
        way: 'tool' as const,
        toolId: kept!.id,
        responseId: responses.get(personId)!,
        placedAt: `2026-09-1${again}T09:00:00.000Z`,
      })),
    ),
  );
  const { text, found } = await look();
  const { tool } = found;
  expect(tool!.leftOut.ways).toEqual({ rule: 5 });
  expect(tool!.drift).toMatchObject({ base: { n: 240 }, since: { n: 55, counts: [55, 0, 0, 0] } });
  expect(tool!.drift!.base.counts.reduce((sum, count) => sum + count, 0)).toBe(240);
  expect(tool!.asPlaced).toBe(55);
  expect(['shares', 'both']).toContain(found.verdict.verdict);
  expect(text).toContain('Of 55 the placement is the one that was kept');
});

test('what changed between two versions: who stayed, moved, came and left, each segment’s share, and how it was made', async () => {
  const { segmentations, analysis, store } = house.verbatim;
  expect(await page(`${at}/changes`)).toContain('There is one version at most');
  const [v1] = await store.segmentations.versions(segmentation.id);
  const { personas } = house.verbatim;
  const faces: string[] = [];
  for (const own of await store.segmentations.current(segmentation.id))
    faces.push((await personas.draw(house.study, own, null, null)).publicId);
  const run = await segmentations.fit(house.study, segmentation, { k: 2, seed: 5 } as never, null);
  await analysis.idle();
  const done = (await store.analyses.findRunById(run.id))!;
  expect(done.state).toBe('done');
  await segmentations.accept(segmentation, done, { note: 'Two are enough' }, null);
  const [before, after] = [
    await store.segmentations.membersOf(v1!.runId),
    await store.segmentations.membersOf(done.id),
  ];
  const was = new Map(before.map((one) => [one.responseId, one.segmentId]));
  const both = after.filter(({ responseId }) => was.has(responseId)).length;
  const text = await page(`${at}/changes`);
  expect(text).toContain('From version 1 to version 2');
  expect(text).toContain('Two are enough');
  expect(text).toContain(`of ${both} in both`);
  expect(text).toMatch(new RegExp(`Came ${after.length - both} `));
  expect(text).toMatch(new RegExp(`Left ${before.length - both} `));
  // Cells of the table are people: those of a pair of segments are as many as have both.
  const lineages = async (runId: number) =>
    (await store.segmentations.segmentsOf(runId)).map(({ id, lineage }) => ({ id, lineage }));
  const [old, young] = [await lineages(v1!.runId), await lineages(done.id)];
  const stayed = after.filter(({ responseId, segmentId }) => {
    const earlier = old.find(({ id }) => id === was.get(responseId));
    return earlier !== undefined && earlier.lineage === young.find(({ id }) => id === segmentId)?.lineage;
  }).length;
  expect(text).toMatch(new RegExp(`Stayed ${stayed} `));
  expect(text).toMatch(new RegExp(`Moved ${both - stayed} `));
  expect(text).toMatch(/Number of segments 3 2 /);
  expect(text).toMatch(/Seed 1 5 /);
  expect(text).toContain('None: it is gone');
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
  // A persona whose segment went on follows it; any other is marked as left behind, here and on its own page.
  const standing = new Set((await store.segmentations.current(segmentation.id)).map(({ id }) => id));
  const left = (await store.personas.list(house.study.id)).filter(
    ({ segments }) => !segments.every(({ id }) => standing.has(id)),
  );
  expect(left.length).toBeGreaterThan(0);
  expect(text.match(/so it is out of date/g)).toHaveLength(left.length);
  for (const publicId of faces) {
    const isLeft = left.some((persona) => persona.publicId === publicId);
    const own = await page(`/studio/${house.study.publicId}/personas/${publicId}`);
    if (isLeft) expect(own).toContain('On 18 September 2026 people were grouped anew');
    else expect(own).not.toContain('Out of date');
  }

  expect((await house.researcher.get(`${at}/changes?from=2&to=1`)).status).toBe(422);
  expect((await house.researcher.get(`${at}/changes?from=0&to=9`)).status).toBe(422);
});

test('the people of a segmentation: their segments version by version, who moved, found by id, paged, and as a file', async () => {
  const one = await page(`${at}/people?find=typed-7`);
  expect(one).toContain('typed-7 ');
  expect(one).not.toContain('typed-8 ');
  expect(one).toContain('Person Version 1 Version 2 Told last Moved last');
  expect(one).toMatch(/\(grouped, 18 September 2026\) 18 September 2026: from Segment \d/);
  expect(await page(`${at}/people?find=nobody-such`)).toContain('Nobody is found');
  const all = await page(`${at}/people`);
  for (let i = 0; i < 60; i++) expect(all).toContain(`typed-${i} `);
  const { segmentHistory } = house.verbatim;
  const pages = async (onlyMoved: boolean) => {
    const found: string[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const asked = { after, limit: 25, find: '', onlyMoved };
      const { people, next } = await segmentHistory.page(house.study.workspaceId, segmentation, asked);
      expect(people.length).toBeLessThanOrEqual(25);
      found.push(...people.map(({ person }) => person.identity!));
      after = next;
    }
    return found;
  };
  expect(new Set(await pages(false)).size).toBe(60);
  const moved = await pages(true);
  expect(moved.length).toBeGreaterThan(0);
  expect(moved.length).toBeLessThan(60);
  expect(await page(`${at}/people?moved=1`)).toContain(`${moved[0]} `);
  const csv = (await house.researcher.get(`${at}/people.csv`)).text;
  const lines = csv.replace('\uFEFF', '').trim().split('\r\n');
  expect(lines[0]).toBe('person,version,segment_id,segment,way,probability,at');
  expect(lines.filter((line) => line.startsWith('typed-0,'))).toHaveLength(3);
  // Placed by the tool under version 1; in version 2 grouped, but for the five whom a rule asked.
  expect(lines.filter((line) => line.includes(',grouped,'))).toHaveLength(55);
  expect(lines.filter((line) => line.includes(',tool,'))).toHaveLength(61);
});

test('drift, changes and people of segments are for researchers', async () => {
  await house.verbatim.accounts.add(
    { email: 'vic@lab.example', password: 'three words together', name: 'Vic' },
    { isAdmin: false, role: 'viewer', studyId: null },
  );
  const reader = visitor(house.url);
  await reader.post('/sign-in', { email: 'vic@lab.example', password: 'three words together' });
  for (const path of ['', '/drift', '/changes', '/people', '/people.csv'])
    expect((await reader.get(`${at}${path}`)).status, path).toBe(403);
  expect((await reader.post(`${at}/drift/look`, {})).status).toBe(403);
});
