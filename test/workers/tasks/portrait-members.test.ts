import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPortrait } from '../../../src/personas/portrait.ts';
import type { Interview } from '../../../src/store/notes.ts';
import type { Segmentation } from '../../../src/store/segmentations.ts';
import type { Study } from '../../../src/store/studies.ts';
import type { SurveyRow } from '../../../src/store/surveys.ts';
import { fixedClock, type House, openHouse } from '../../support/house.ts';
import { said } from '../../support/plant-responses.ts';
import { answerAs, plantGroups, publishSurvey } from '../../support/plant-typing.ts';
import { codeTold, tellInterview } from '../../support/told-interviews.ts';
import { wishSurvey } from '../../support/wish-survey.ts';

let house: House;
let study: Study;
let survey: SurveyRow;
let segmentation: Segmentation;
let [ada, ben, cleo]: Interview[] = [];
let code: { publicId: string };
beforeAll(async () => {
  house = await openHouse({ now: fixedClock('2026-03-30T10:00:00.000Z').now });
  study = await house.verbatim.studies.addTo('Members', null, null, null);
  ({ survey, segmentation } = await plantGroups(house.verbatim, study, { code: 'members' }));
  ada = await tellInterview(house.verbatim, study, 'P01', ['We moved for the school.', 'The rent was fine.']);
  ben = await tellInterview(house.verbatim, study, 'P02', ['We moved for the garden.']);
  cleo = await tellInterview(house.verbatim, study, 'P03', ['We moved for a job.'], []);
  code = await house.verbatim.codebook.add(study, { name: 'School', definition: '' }, null);
  await codeTold(house.verbatim, study, ada, 'for the school', code);
  const [first, second] = await house.verbatim.store.segmentations.current(segmentation.id);
  const { interviewees } = house.verbatim;
  await interviewees.screen(study, ada, { segment: `segment ${first!.publicId}`, note: 'Screener' }, null);
  await interviewees.screen(study, ben, { segment: `segment ${second!.publicId}`, note: 'Screener' }, null);
  await interviewees.screen(study, cleo, { segment: `segment ${first!.publicId}`, note: 'Screener' }, null);
}, 60_000);
afterAll(() => house[Symbol.asyncDispose]());

const drawn = async (form: Record<string, unknown>) => {
  const { personas, store } = house.verbatim;
  const persona = await personas.drawFrom(
    study,
    { kind: 'quantified', segments: [], combine: 'any', interviews: null, name: 'One', ...form },
    null,
  );
  return readPortrait((await store.personas.versionsOf(persona.id))[0]!.portrait);
};

test('those interviewed whom a screener put into the segment are inside, where their words may be analysed', async () => {
  const [first, second, third] = await house.verbatim.store.segmentations.current(segmentation.id);
  const interviewsIn = async (...segments: { publicId: string }[]) =>
    (await drawn({ segments: segments.map(({ publicId }) => publicId) })).interviews;
  expect(await interviewsIn(first!)).toEqual({ inside: 1, all: 2 });
  expect(await interviewsIn(third!)).toEqual({ inside: 0, all: 2 });
  expect(await interviewsIn(first!, second!)).toEqual({ inside: 2, all: 2 });
});

test('of several segments of one grouping the share is theirs together', async () => {
  const [first, second] = await house.verbatim.store.segmentations.current(segmentation.id);
  const counts = await house.verbatim.store.segments.memberCounts(study.id);
  const { size, stability } = await drawn({ segments: [first!.publicId, second!.publicId] });
  expect(size).toMatchObject({
    n: counts.get(first!.id)! + counts.get(second!.id)!,
    base: 240,
    interval: 'sample',
  });
  expect(stability?.jaccard).not.toBeNull();
  expect(stability?.reasons[0]).toContain(`“${first!.name}”`);
});

test.each([
  ['all that may be analysed', () => ({ by: 'all' }), 2],
  ['with a code', () => ({ by: 'code', code: code.publicId }), 1],
  ['chosen by hand', () => ({ by: 'hand', interviews: [ben!.publicId, cleo!.publicId] }), 1],
] as const)('a qualitative persona stands for interviews: %s, and claims no share', async (_, interviews, inside) => {
  const portrait = await drawn({ kind: 'qualitative', interviews: interviews() });
  expect(portrait).toMatchObject({ kind: 'qualitative', size: null, interviews: { inside, all: 2 } });
  expect(portrait.gaps[0]?.text).toMatch(/^How many there are like them is not known/);
});

test('a qualitative persona of a segment has the interviews of that segment, and none is no persona', async () => {
  const [first, , third] = await house.verbatim.store.segmentations.current(segmentation.id);
  const of = (segment: string) => drawn({ kind: 'qualitative', interviews: { by: 'segment', segment } });
  expect((await of(first!.publicId)).interviews).toEqual({ inside: 1, all: 2 });
  await expect(of(third!.publicId)).rejects.toMatchObject({ kind: 'conflict' });
});

test('a segment found in one survey and a rule on another cross by the people behind their answers', async () => {
  const { verbatim } = house;
  const other = await publishSurvey(verbatim, study, wishSurvey('members-later'));
  const ids = await verbatim.intake.people(
    study.workspaceId,
    Array.from({ length: 12 }, (_, n) => ({ externalId: `later-${n}`, attributes: [] })),
  );
  const current = await verbatim.store.segmentations.current(segmentation.id);
  await verbatim.store.placements.add(
    ids.slice(0, 8).map((personId, n) => ({
      workspaceId: study.workspaceId,
      personId,
      segmentationId: segmentation.id,
      version: 1,
      segment: (n < 4 ? current[0]! : current[1]!).lineage ?? (n < 4 ? current[0]! : current[1]!).publicId,
      probability: null,
      way: 'screener' as const,
      inputs: {},
      placedAt: '2026-03-20T10:00:00.000Z',
    })),
  );
  for (const [n, personId] of ids.entries())
    await answerAs(verbatim, { study, survey: other }, personId, {
      answers: { town: said(n % 2 === 0 ? 'yes' : 'no'), 'wants.q00': said(1 + (n % 5)) },
    });
  const townsfolk = await verbatim.segments.define(
    study,
    { name: 'Town', rule: { answer: 'town', survey: other.slug, op: 'is', value: 'yes' }, surveyId: other.id },
    null,
  );
  // Of the twelve who answered later, four are placed in the first segment, and two of these live in a town.
  const all = await drawn({ segments: [townsfolk.publicId, current[0]!.publicId], combine: 'all' });
  expect(all.size).toMatchObject({ n: 2 });
  // Four are known to be in it, and of the others those in a town are in one of both.
  const any = await drawn({ segments: [townsfolk.publicId, current[0]!.publicId] });
  expect(any.size).toMatchObject({ n: 4 + 4, base: 8 + 2 });
  expect(survey.id).not.toBe(other.id);
});
