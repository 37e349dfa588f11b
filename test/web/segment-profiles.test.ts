import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Weighting } from '../../src/model/weighting.ts';
import { meanDifference } from '../../src/stats/mean-difference.ts';
import { shareContrast } from '../../src/stats/share-contrast.ts';
import { databaseFile } from '../../src/store/data-folder.ts';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Segmentation } from '../../src/store/segmentations.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { ContinuousProfiles } from '../../src/workers/tasks/continuous-profile.ts';
import type { ProfiledSegments } from '../../src/workers/tasks/segment-profile.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { findSegments } from '../support/find-segments.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { knowPeople } from '../support/know-people.ts';
import { type PlantedHomes, plantHomes, wishInputs } from '../support/plant-homes.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
let planted: PlantedHomes;
let segmentation: Segmentation;
let at: string;
/** For each response, in their order, the place of its segment. */
let labels: (number | null)[];
beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
  planted = await plantHomes(house.verbatim, study, 'homes');
  ({ segmentation } = await findSegments(house.verbatim, study, planted.survey, {
    inputs: wishInputs(),
    k: 3,
    seed: 1,
  }));
  at = `/studio/${study.publicId}/segmentations/${segmentation.publicId}`;
  labels = await labelsOf(segmentation, planted);
});
afterAll(() => house[Symbol.asyncDispose]());

async function labelsOf({ id }: Segmentation, { survey }: PlantedHomes): Promise<(number | null)[]> {
  const { store } = house.verbatim;
  const [version] = await store.segmentations.versions(id);
  const members = new Map(
    (await store.segmentations.membersOf(version!.runId)).map(({ responseId, position }) => [responseId, position]),
  );
  return (await store.responses.list(survey.id)).map((response) => members.get(response.id) ?? null);
}

/** Presses a button that starts a run, waits for it, and follows to what it leads to. */
async function ran(address: string, form: Record<string, string | string[]> = {}) {
  const { status, location } = await house.researcher.post(address, form);
  expect(status).toBe(303);
  await house.verbatim.analysis.idle();
  const run = await house.researcher.get(location);
  return run.status === 303
    ? { ...(await house.researcher.get(run.location)), url: run.location }
    : { ...run, url: location };
}

/** Withdraws the responses of a survey that a condition holds for. */
async function withdraw(survey: SurveyRow, isMeant: (row: number) => boolean) {
  const { store, logs } = house.verbatim;
  const meant = (await store.responses.list(survey.id)).filter((_, row) => isMeant(row));
  for (const { publicId } of meant) {
    const last = (await logs.responses.read(publicId)).at(-1)!;
    const { seq: _seq, ...record } = last;
    await logs.responses.append([
      { ...record, revision: last.revision + 1, kind: 'withdrawal', content: { page: null, answers: {} } },
    ]);
  }
  await logs.settle();
}

async function keptOf({ id }: Segmentation): Promise<ProfiledSegments> {
  const [last] = await house.verbatim.store.segmentations.listRuns(id, 'profile');
  return JSON.parse((await house.verbatim.store.analyses.findRunById(last!.id))!.result!) as ProfiledSegments;
}

describe('the profile of the version that stands', () => {
  let text: string;
  let kept: ProfiledSegments;
  beforeAll(async () => {
    const empty = await house.researcher.get(`${at}/profile`);
    expect(empty.text).toContain('Nothing is worked out yet');
    ({ text } = await ran(`${at}/profile`, {
      'outcomes-0': ['answer:spend', 'answer:town', 'answer:wants.q00', 'answer:nowhere'],
    }));
    kept = await keptOf(segmentation);
  });

  test('the page says whose it is, on whom it rests and how it was made', () => {
    expect(text).toContain('version 1 of “Groups”');
    expect(text).toContain('seed 1');
    expect(text).toMatch(/Constructive|Reproducible|Natural/);
    expect(text).toContain('Answers are not weighted.');
    expect(text).toContain(`All ${kept.tests} tests are adjusted together (Benjamini and Hochberg).`);
    expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('shares and means, their residuals, effects and p are those of each segment held against the others by hand', () => {
    const block = kept.blocks.find(({ id }) => id === 'answer:town')!;
    const cell = block.rows[0]!.cells[0]!;
    const count = (own: (label: number | null) => boolean) => {
      const rows = labels.flatMap((label, i) => (own(label) ? [planted.town[i]!] : []));
      return { count: rows.filter((answer) => answer === 'yes').length, total: rows.length };
    };
    const shares = shareContrast(
      count((label) => label === 0),
      count((label) => label !== null && label !== 0),
    )!;
    expect(cell.value).toBeCloseTo(shares.first.share, 6);
    expect(cell.z).toBeCloseTo(shares.z!, 5);
    expect(cell.p).toBeCloseTo(shares.p!, 6);
    const mean = kept.blocks.find(({ id }) => id === 'answer:spend')!.rows[0]!.cells[2]!;
    const of = (own: (label: number | null) => boolean) =>
      planted.spend.filter((value, i): value is number => value !== null && own(labels[i]!));
    const means = meanDifference(
      of((label) => label === 2),
      of((label) => label === 0 || label === 1),
    )!;
    expect(mean.effect).toBeCloseTo(means.hedgesG, 5);
    expect(mean.p).toBeCloseTo(means.p, 6);
    expect(mean.n).toBe(of((label) => label === 2).length);
  });

  test('what the segments were made from is shown, marked and not tested', () => {
    const inputs = kept.blocks.filter(({ isInput }) => isInput);
    expect(inputs.map(({ id }) => id)).toEqual(wishInputs());
    expect(
      inputs.every(
        ({ tests, rows }) => tests.length === 0 && rows.every(({ cells }) => cells.every(({ p }) => p === null)),
      ),
    ).toBe(true);
    expect(text).toContain('What the segments were made from');
    expect(text).toContain('<span class="pill">input</span>');
  });

  test('a scale stands for its items, scored as its instrument does', () => {
    const ids = kept.blocks.map(({ id }) => id);
    expect(ids).toContain('scale:mood.ease');
    expect(ids).not.toContain('answer:calm');
    const { cells } = kept.blocks.find(({ id }) => id === 'scale:mood.ease')!.rows[0]!;
    const own = planted.ease.filter((_, i) => labels[i] === 0).map((sum) => sum / 3);
    expect(cells[0]!.value).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 5);
  });

  test('outcomes are told as counted and corrected, and what segments were made from is none', () => {
    expect(kept.outcomes.map(({ id, option }) => `${id} ${option?.code ?? ''}`)).toEqual([
      'answer:spend ',
      'answer:town yes',
      'answer:town no',
    ]);
    const { counted, corrected } = kept.outcomes.find(({ id }) => id === 'answer:spend')!;
    const spread = (list: typeof counted) => list[2]!.value - list[0]!.value;
    expect(spread(corrected)).toBeGreaterThan(spread(counted));
    expect(counted[2]!.value).toBeCloseTo(
      kept.blocks.find(({ id }) => id === 'answer:spend')!.rows[0]!.cells[2]!.value!,
      5,
    );
    expect(text).toContain('which makes segments look more alike than they are');
  });

  test('a family has every figure of its things, in either order, page by page', async () => {
    const bySize = await house.researcher.get(`${at}/profile?family=question`);
    const asAsked = await house.researcher.get(`${at}/profile?family=question&order=asked`);
    const order = (page: string) => [...page.matchAll(/<summary>([^<]*)<\/summary>/g)].map(([, name]) => name!);
    expect(order(asAsked.text).slice(0, 2)).toEqual(['Do you live in a town?', 'What do you use?']);
    expect(order(bySize.text)[0]).toBe('What do you spend?');
    expect(order(bySize.text).at(-1)).toContain('(input)');
    expect(bySize.text).toContain('omega squared');
    const beyond = await house.researcher.get(`${at}/profile?family=question&page=99&order=nonsense`);
    expect(beyond.status).toBe(200);
    const nowhere = await house.researcher.get(`${at}/profile?family=nowhere`);
    expect(nowhere.text).toContain('What sets them apart');
  });

  test('files say in their head what they are', async () => {
    const csv = await house.researcher.get(`${at}/profile/figures.csv`);
    const lines = csv.text.replace(/^\uFEFF/, '').split('\r\n');
    expect(lines[0]).toContain('Profile of “Groups”');
    expect(csv.text).toContain('Version 1; seed 1');
    expect(csv.text).toContain('Answers are not weighted.');
    expect(csv.text).toContain('Benjamini and Hochberg');
    const figures = lines.findIndex((line) => line.startsWith('Family,Asked'));
    const rows = kept.blocks.reduce((sum, { rows: own }) => sum + own.length * 3, 0);
    expect(lines.slice(figures + 1).filter((line) => line !== '')).toHaveLength(rows);
    const book = await house.researcher.send(`${at}/profile/figures.xlsx`);
    const files = unzipSync(new Uint8Array(await book.arrayBuffer()));
    const names = [...strFromU8(files['xl/workbook.xml']!).matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(['Notes', 'Segments', 'Figures', 'Tests', 'Drivers', 'Outcomes']);
  });

  test('a run again gives the same, and new answers are told of as such', async () => {
    const before = JSON.stringify(await keptOf(segmentation));
    await ran(`${at}/profile`, { 'outcomes-0': ['answer:spend', 'answer:town'] });
    expect(JSON.stringify(await keptOf(segmentation))).toBe(before);
    expect((await house.researcher.get(`${at}/profile`)).text).not.toContain(
      'Answers have come, gone or changed since',
    );
    await withdraw(planted.survey, (row) => row === 0);
    expect((await house.researcher.get(`${at}/profile`)).text).toContain('Answers have come, gone or changed since');
    await ran(`${at}/profile`);
    expect((await keptOf(segmentation)).responses).toBe(299);
    expect((await house.researcher.get(`${at}/profile`)).text).not.toContain(
      'Answers have come, gone or changed since',
    );
  });
});

describe('a solution that is not accepted', () => {
  test('has a profile of its own, by its id, and is not taken for the version', async () => {
    const { store, segmentations, analysis } = house.verbatim;
    const { id } = await segmentations.fit(study, segmentation, { k: 2, seed: 1 }, null);
    await analysis.idle();
    const run = (await store.analyses.findRunById(id))!;
    const { text, url } = await ran(`${at}/profile?of=${run.publicId}`);
    expect(url).toContain(`of=${run.publicId}`);
    expect(text).toContain('A solution that is not accepted');
    expect((await keptOf(segmentation)).segments).toHaveLength(2);
    expect((await house.researcher.get(`${at}/profile`)).text).toContain('version 1 of “Groups”');
    expect((await house.researcher.get(`${at}/profile?of=nowhere`)).status).toBe(404);
  });
});

test('one number that no sum can hold blocks neither a solution nor its profile, and both say that it is left out', async () => {
  const { survey } = await plantHomes(house.verbatim, study, 'huge', {
    n: 200,
    about: (i) => ({ attributes: { ltv: i === 7 ? 1e200 : 20 + ((i * 7) % 50) } }),
  });
  const { segmentation: groups, run } = await findSegments(house.verbatim, study, survey, {
    inputs: [...wishInputs(), 'attribute:ltv'],
    k: 2,
    seed: 1,
  });
  const own = `/studio/${study.publicId}/segmentations/${groups.publicId}`;
  const note = '1 value of “ltv” has more than 15 digits and is left out.';
  expect((await house.researcher.get(`${own}/solutions/${run.publicId}`)).text).toContain(note);
  const { text } = await ran(`${own}/profile`);
  expect(text).toContain(note);
  expect((await keptOf(groups)).blocks.find(({ id }) => id === 'attribute:ltv')?.totalBase).toMatchObject({ n: 199 });
});

describe('when hardly anybody is left', () => {
  let own: string;
  let made: PlantedHomes;
  let groups: Segmentation;
  let places: (number | null)[];
  beforeAll(async () => {
    made = await plantHomes(house.verbatim, study, 'left', { n: 120, seed: 2 });
    ({ segmentation: groups } = await findSegments(house.verbatim, study, made.survey, {
      inputs: wishInputs(),
      k: 3,
      seed: 1,
    }));
    own = `/studio/${study.publicId}/segmentations/${groups.publicId}`;
    places = await labelsOf(groups, made);
  });

  test('a segment of fewer than 30 people is neither shown nor tested, and of fewer than 50 marked', async () => {
    const { text } = await ran(`${own}/profile`);
    const { segments, blocks } = await keptOf(groups);
    const small = segments.findIndex(({ n }) => n < 30);
    expect(small).toBeGreaterThan(0);
    expect(text).toContain('Too few to tell of');
    expect(text).toContain('too few');
    expect(text).toContain('Few: read with care');
    for (const { rows } of blocks)
      for (const { cells } of rows)
        expect([cells[small]!.p, cells.every(({ above }) => !above.includes(small))]).toEqual([null, true]);
    const csv = (await house.researcher.get(`${own}/profile/figures.csv`)).text;
    const line = csv
      .split('\r\n')
      .find((one) => one.includes(segments[small]!.name) && one.includes('What do you spend?'))!;
    expect(line).toMatch(/,,,[^,]*,,,,,,,,,too few$/);
  });

  test('a segment that withdrawals have emptied is named and left out', async () => {
    await withdraw(made.survey, (row) => places[row] === 2);
    const { text } = await ran(`${own}/profile`);
    const { segments, empty } = await keptOf(groups);
    expect(segments).toHaveLength(2);
    expect(empty).toHaveLength(1);
    expect(text).toContain(`Nobody is left in “${empty[0]}”`);
  });

  test('of one segment, and of nobody at all, it says that there is nothing to compare', async () => {
    const left = (await labelsOf(groups, made)).map((label) => label === 1);
    await withdraw(made.survey, (row) => left[row]!);
    const one = await ran(`${own}/profile`);
    expect(one.text).toContain('there is nothing to compare it with');
    await withdraw(made.survey, () => true);
    const none = await ran(`${own}/profile`);
    expect(none.text).toContain('No responses of this survey count, so there is nobody to tell of');
    const page = await house.researcher.get(`${own}/profile`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('It could not be worked out');
  });
});

test('a segmentation without an accepted version says what to do first', async () => {
  const { segmentations, store } = house.verbatim;
  const survey = (await store.surveys.findById(study.id, planted.survey.id))!;
  const blank = await segmentations.add(study, survey, 'Blank', null);
  const page = await house.researcher.get(`/studio/${study.publicId}/segmentations/${blank.publicId}/profile`);
  expect(page.status).toBe(409);
  expect(page.text).toContain('There are no segments to tell of');
});

describe('beside the ordinary', () => {
  let made: PlantedHomes;
  let groups: Segmentation;
  let own: string;
  beforeAll(async () => {
    made = await plantHomes(house.verbatim, study, 'weighed', { n: 200, seed: 3 });
    ({ segmentation: groups } = await findSegments(house.verbatim, study, made.survey, {
      inputs: ['scale:mood.ease', 'answer:recommend'],
      k: 2,
      seed: 1,
    }));
    own = `/studio/${study.publicId}/segmentations/${groups.publicId}`;
  });

  test('answers are weighted where that is chosen, the total is as it was raked, and the head says so', async () => {
    const weighting = await house.verbatim.store.sampleDefinitions.add(
      { studyId: study.id, surveyId: made.survey.id, kind: 'weighting' },
      {
        name: 'Town and country',
        madeBy: null,
        definition: Weighting.parse({
          raked: {
            margins: [
              {
                column: 'answer:town',
                name: 'Town',
                categories: [
                  { label: 'Yes', codes: ['yes'], target: 40 },
                  { label: 'No', codes: ['no'], target: 60 },
                ],
              },
            ],
            trim: null,
            missing: 'keep',
          },
        }),
      },
      new Date().toISOString(),
    );
    expect((await house.researcher.get(`${own}/profile`)).text).toContain('Town and country, version 1');
    const { text } = await ran(`${own}/profile`, { weighting });
    const kept = await keptOf(groups);
    const [yes] = kept.blocks.find(({ id }) => id === 'answer:town')!.rows;
    expect(yes!.total.value).toBeCloseTo(0.4, 4);
    expect(kept.segments.reduce((sum, { effectiveN }) => sum + effectiveN, 0)).toBeLessThan(200);
    expect(text).toContain('Weighted by “Town and country”, version 1');
    expect(text).toContain('Effective base');
    expect((await house.researcher.get(`${own}/profile/figures.csv`)).text).toContain('Weighted by “Town and country”');
    const refused = await house.researcher.post(`${own}/profile`, { weighting: 'nothing' });
    expect([refused.status, refused.text.includes('Choose one of those listed, or none')]).toEqual([422, true]);
  });

  test('a scale that people were grouped by marks its items, and the mean of steps stands beside a test of ranks', async () => {
    const kept = await keptOf(groups);
    const input = (id: string) => kept.blocks.find((block) => block.id === id)!.isInput;
    expect([input('scale:mood.ease'), input('answer:recommend'), input('answer:town')]).toEqual([true, true, false]);
    const { text } = await house.researcher.get(`${own}/profile?family=question&order=asked`);
    expect(text).toContain('What do you want? · Wish 1');
    expect(text).toContain('Kruskal-Wallis');
  });

  test('without segments, each measure has its distribution and what goes with it', async () => {
    expect((await house.researcher.get(`${own}/continuous`)).text).toContain('Nothing is worked out yet');
    const { text, url } = await ran(`${own}/continuous`);
    expect(url).toBe(`${own}/continuous`);
    expect(text).toContain('<h2 id="measure-scale-mood-ease">Ease</h2>');
    expect(text).toContain('Spearman’s rho');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
    const [last] = await house.verbatim.store.segmentations.listRuns(groups.id, 'continuous');
    const run = (await house.verbatim.store.analyses.findRunById(last!.id))!;
    const { measures } = JSON.parse(run.result!) as ContinuousProfiles;
    expect(measures.map(({ id }) => id)).toEqual(['scale:mood.ease', 'answer:recommend']);
    expect(measures[0]!.mean).toBeCloseTo(made.ease.reduce((sum, value) => sum + value / 3, 0) / 200, 5);
    expect(measures[0]!.relations.some(({ id }) => id === 'answer:calm')).toBe(false);
  });

  test('a segment’s page leads to its profile', async () => {
    const [segment] = await house.verbatim.store.segmentations.current(groups.id);
    const page = await house.researcher.get(`/studio/${study.publicId}/segments/${segment!.publicId}`);
    expect(page.text).toContain(`href="${own}/profile"`);
    expect((await house.researcher.get(own)).text).toContain('Profile: everything by segment');
  });

  test('while the survey is not published, what was worked out still stands, and nothing new is begun', async () => {
    const database = openSqlite(databaseFile(house.verbatim.folder));
    database.prepare('update surveys set published_version_id = null where id = ?').run(made.survey.id);
    database.close();
    const page = await house.researcher.get(`${own}/profile`);
    expect([page.status, page.text.includes('The survey is not published')]).toEqual([200, true]);
    expect(page.text).toContain('Welch');
    expect(page.text).not.toContain('Work it out anew</button>');
    expect((await house.researcher.post(`${own}/profile`)).status).toBe(409);
    expect((await house.researcher.get(`${own}/continuous`)).status).toBe(200);
  });
});

test('segments brought from elsewhere are told by the answers of a survey that is chosen, and it says how people came in', async () => {
  const { store, folder, intake, logs } = house.verbatim;
  const made = await plantHomes(house.verbatim, study, 'brought', { n: 100, seed: 4 });
  const names = Array.from({ length: 100 }, (_, i) => `c${i}`);
  await intake.people(
    study.workspaceId,
    names.map((externalId) => ({ externalId, attributes: [] })),
  );
  await logs.settle();
  const database = kyselyOver('sqlite', openSqlite(databaseFile(folder)));
  const ids = await knowPeople(
    database,
    study.workspaceId,
    names.map((externalId) => ({ externalId })),
    '2026-01-01T00:00:00.000Z',
  );
  for (const [i, { id }] of (await store.responses.list(made.survey.id)).entries()) {
    const participation = await database.kysely
      .insertInto('participations')
      .values({ studyId: study.id, personId: ids[i]!, pseudonym: newPublicId(), createdAt: '2026-01-01T00:00:00.000Z' })
      .returning('id')
      .executeTakeFirstOrThrow();
    await database.kysely
      .updateTable('responses')
      .set({ participationId: participation.id })
      .where('id', '=', id)
      .execute();
  }
  await database.kysely.destroy();
  const to = `/studio/${study.publicId}/segmentations/import`;
  const file = [
    'customer_id,segment',
    ...names.slice(0, 90).map((name, i) => `${name},${i % 2 ? 'Savers' : 'Spenders'}`),
  ];
  const { location } = await house.researcher.upload(
    to,
    'file',
    { name: 'ours.csv', bytes: Buffer.from(file.join('\n')) },
    { header: '1' },
  );
  const page = await house.researcher.get(location);
  const form = { ...Object.fromEntries(fieldsOf(page.text, `${location}/columns`)), name: 'Brought' };
  const begun = await house.researcher.post(`${location}/commit`, form);
  await house.verbatim.analysis.idle();
  expect((await house.researcher.get(begun.location)).status).toBe(303);
  const brought = (await store.segmentations.list(study.id)).find(({ name }) => name === 'Brought')!;
  const own = `/studio/${study.publicId}/segmentations/${brought.publicId}`;
  expect((await house.researcher.get(`${own}/profile`)).text).toContain('Whose answers');
  expect((await house.researcher.post(`${own}/profile`, { survey: 'nowhere' })).status).toBe(404);
  const { text } = await ran(`${own}/profile`, { survey: made.survey.publicId });
  expect(text).toContain('People are in segments by what else is known of them');
  expect(text).toContain('Defined');
  const kept = await keptOf(brought);
  expect([kept.responses, kept.n, kept.isPlaced]).toEqual([100, 90, true]);
  const [yes] = kept.blocks.find(({ id }) => id === 'answer:town')!.rows;
  const place = kept.segments.findIndex(({ name }) => name === 'Savers');
  const savers = made.town.filter((_, i) => i < 90 && i % 2 === 1);
  expect(yes!.cells[place]!.count).toBe(savers.filter((answer) => answer === 'yes').length);
  const of = await ran(`${own}/profile`, { survey: planted.survey.publicId });
  expect(of.text).toContain('Nobody of those who answered is in any of these segments any more');
  expect((await house.researcher.get(`${own}/profile?survey=${made.survey.publicId}`)).text).toContain(
    'What sets them apart',
  );
  expect((await house.researcher.get(`${own}/continuous`)).status).toBe(409);
});
