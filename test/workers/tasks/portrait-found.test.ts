import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Portrait, readPortrait } from '../../../src/personas/portrait.ts';
import { spansOf } from '../../../src/personas/spans-of.ts';
import type { Segmentation } from '../../../src/store/segmentations.ts';
import type { Study } from '../../../src/store/studies.ts';
import type { SurveyRow } from '../../../src/store/surveys.ts';
import { findSegments } from '../../support/find-segments.ts';
import { fixedClock, type House, openHouse } from '../../support/house.ts';
import { plantAnswers } from '../../support/plant-answers.ts';
import { type PlantedResponse, plantResponses, said } from '../../support/plant-responses.ts';
import { publishSurvey, publishTool, wishInputs } from '../../support/plant-typing.ts';
import { WISHES, wishQuestions, wishSurvey } from '../../support/wish-survey.ts';

const text = (en: string) => ({ en });
/** The wishes, and on a page of its own what they moved for, ticked and in their own words. */
const movingSurvey = (code: string) => ({
  ...wishSurvey(code),
  pages: [
    { code: 'p1', questions: wishQuestions },
    {
      code: 'p2',
      questions: [
        { kind: 'text', code: 'why', text: text('What made you move?'), long: true },
        {
          kind: 'single',
          code: 'reason',
          text: text('Which is the main reason?'),
          options: [
            { code: 'rent', text: text('The rent') },
            { code: 'school', text: text('A school') },
          ],
        },
      ],
    },
  ],
});
const SCHOOL = ['The school', 'A school and its teachers', 'It was the school', 'School, teachers, school'];
const GARDEN = ['The garden', 'A garden and its flowers', 'It was the garden', 'Garden, flowers, garden'];
const N = 240;
const { columns, segments: truth } = plantAnswers('planted', { n: N, p: WISHES, seed: 1, separation: 3 });
const idOf = (n: number) => `person-${String(n).padStart(3, '0')}`.padEnd(22, 'x');
/** Those of the first group tick the rent and speak of schools; of the others every second ticks either. */
const responseOf = (n: number): PlantedResponse => ({
  id: idOf(n),
  answers: {
    ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[n]!)])),
    town: said(n % 2 === 0 ? 'yes' : 'no'),
    reason: said(truth[n] === 0 || n % 2 === 0 ? 'rent' : 'school'),
    why: said(`${(truth[n] === 0 ? SCHOOL : GARDEN)[n % 4]}, number ${n}.`),
  },
  about: {
    asked: n % 2 === 0 ? { how: 'open' } : { how: 'list' },
    consent: {
      textVersion: 'v1',
      language: 'en',
      // Every fifth may not be quoted.
      purposes: n % 5 === 0 ? ['analysis'] : ['analysis', 'quotes'],
      givenAt: '2026-03-02T08:00:00.000Z',
    },
  },
});

type Planted = { house: House; study: Study; survey: SurveyRow; segmentation: Segmentation };
async function plant(order: readonly number[]): Promise<Planted> {
  const house = await openHouse({ now: fixedClock('2026-03-30T10:00:00.000Z').now });
  const study = await house.verbatim.studies.addTo('Moving', null, null, null);
  const survey = await publishSurvey(house.verbatim, study, movingSurvey('moving'));
  await plantResponses(house.verbatim, { study, survey }, order.map(responseOf));
  await house.verbatim.analysis.findThemes(study, survey, { item: 'why', themes: 2, seed: 1 }, null);
  await house.verbatim.analysis.idle();
  const { segmentation } = await findSegments(house.verbatim, study, survey, { inputs: wishInputs, k: 3, seed: 1 });
  return { house, study, survey, segmentation };
}
const rows = Array.from({ length: N }, (_, n) => n);
let planted: Planted;
let portrait: Portrait;
beforeAll(async () => {
  planted = await plant(rows);
  portrait = await drawLargest(planted);
}, 60_000);
afterAll(() => planted.house[Symbol.asyncDispose]());

async function drawLargest({ house, study, segmentation }: Planted): Promise<Portrait> {
  const { personas, store } = house.verbatim;
  const [largest] = await store.segmentations.current(segmentation.id);
  const persona = await personas.draw(study, largest!, null, null);
  return readPortrait((await store.personas.versionsOf(persona.id))[0]!.portrait);
}

test('the share carries the uncertainty of the segmentation, and the stability what the solution said', async () => {
  const { house, segmentation } = planted;
  const [version] = await house.verbatim.store.segmentations.versions(segmentation.id);
  const run = (await house.verbatim.store.analyses.findRunById(version!.runId))!;
  const { fit } = JSON.parse(run.result!);
  expect(portrait.size).toMatchObject({ interval: 'segmentation', share: fit.shares[0], base: N, effectiveBase: null });
  expect(portrait.stability).toEqual({
    label: version!.label,
    reasons: fit.labelReasons,
    jaccard: fit.jaccard[0],
    repetitions: 50,
    seed: 1,
  });
});

test('five people near the middle stand for the segment, all of them quotable, the nearest first', async () => {
  const { house, survey } = planted;
  const responses = new Map((await house.verbatim.store.responses.list(survey.id)).map((one) => [one.publicId, one]));
  expect(portrait.exemplars).toHaveLength(5);
  const distances = portrait.exemplars.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  for (const { response, quotes } of portrait.exemplars) {
    expect(JSON.parse(responses.get(response)!.purposes)).toContain('quotes');
    expect(quotes).toHaveLength(1);
  }
});

test('every quote is verbatim, of somebody who agreed, and of a sure member', async () => {
  const { house, study, segmentation } = planted;
  const spans = spansOf(portrait);
  expect(spans.length).toBeGreaterThan(5);
  const [largest] = await house.verbatim.store.segmentations.current(segmentation.id);
  const members = await house.verbatim.store.segmentations.membersOf(largest!.runId!);
  const sure = new Map(members.map(({ responseId, probability }) => [responseId, probability]));
  for (const quote of await house.verbatim.evidence.readQuotes(study.id, spans)) {
    if (!quote.isVerbatim) throw new Error(`A quote is not verbatim: ${quote.reason}`);
    const response = (await house.verbatim.store.responses.find(study.id, quote.source.subjectId))!;
    expect(JSON.parse(response.purposes)).toContain('quotes');
    expect(sure.get(response.id)).toBeGreaterThanOrEqual(0.8);
  }
});

test('a claim on a theme leads to what its people said of it', () => {
  const says = portrait.claims.filter(({ section }) => section === 'says');
  expect(says).toHaveLength(1);
  expect(says[0]).toMatchObject({ status: 'validated', evidence: { here: { share: 1 } } });
  expect(says[0]?.quotes.length).toBe(4);
});

test('what they ticked and what they say in their own words contradict each other, and the claim shows it', async () => {
  const counter = portrait.against.find(({ source }) => source?.kind === 'answer');
  expect(counter?.text).toMatch(
    /^“Which is the main reason\?”: most often they chose “The rent”\. Of 1\d\d who did and also said it in their own words, 1\d\d speak of “.*school.*”, as in “A school”, and 0 of what they chose\.$/i,
  );
  const [of = 0, people = 0, others, ...chosen] = counter!.counted!.people;
  expect(counter?.text).toContain(`Of ${of} who did and also said it in their own words, ${people} speak of`);
  expect([others, ...chosen], 'and what is left to work out').toEqual([of - people, 0, of]);
  expect(counter?.counted?.instead).toMatch(
    /“The rent”\. Yet those who did .* more often of “.*school.*” .*than of what they chose\.$/i,
  );
  expect(counter?.counted?.instead).not.toMatch(/\d/);
  const claim = portrait.claims.find(({ id }) => id === 'answer:reason=rent');
  expect(claim?.counterQuotes).toEqual(counter?.quotes);
  const { house, study } = planted;
  for (const quote of await house.verbatim.evidence.readQuotes(study.id, counter!.quotes))
    expect(quote.isVerbatim && quote.marked.toLowerCase()).toContain('school');
});

test('one is recognised by the published tool, with its figures and what each question tells', async () => {
  const { house, study, segmentation } = planted;
  expect(portrait.recognise).toBeNull();
  const { publicId, tool } = await publishTool(house.verbatim, study, segmentation);
  const { recognise } = await drawLargest(planted);
  const [largest] = await house.verbatim.store.segmentations.current(segmentation.id);
  const own = tool.segments.findIndex(({ id }) => id === (largest!.lineage ?? largest!.publicId));
  expect(recognise).toMatchObject({
    tool: publicId,
    isPublished: true,
    accuracy: tool.measured!.accuracy,
    recall: tool.measured!.recall[own],
    confusion: tool.measured!.confusion,
    unsure: tool.measured!.unsure.shareUnsure,
    segments: tool.segments.map(({ name }) => name),
  });
  expect(recognise?.questions).toHaveLength(tool.questions.length);
  // The first third of the wishes is theirs: higher answers there, and lower ones elsewhere.
  for (const [place, { direction }] of recognise!.questions.entries())
    expect(direction).toBe(Number(tool.questions[place]!.id.slice(-1)) < 3 ? 'higher' : 'lower');
});

test('a solution that was weighted gives a weighted share, with its effective base', async () => {
  const { house, study, survey } = planted;
  const { segmentations, analysis, store, personas } = house.verbatim;
  const half = (label: string, code: string, target: number) => ({
    label,
    codes: [code],
    from: null,
    to: null,
    target,
  });
  const weighting = await store.sampleDefinitions.add(
    { studyId: study.id, surveyId: survey.id, kind: 'weighting' },
    {
      name: 'By reason',
      definition: {
        base: 'all',
        asked: null,
        raked: {
          margins: [
            {
              column: 'answer:reason',
              name: 'Reason',
              categories: [half('Rent', 'rent', 40), half('School', 'school', 60)],
            },
          ],
          trim: null,
          missing: 'keep',
        },
      },
      madeBy: null,
    },
    '2026-03-29T10:00:00.000Z',
  );
  const added = await segmentations.add(study, survey, 'Weighted', null);
  await segmentations.change(study, added, {
    name: 'Weighted',
    settings: { inputs: wishInputs },
    changedAt: added.changedAt,
  });
  const segmentation = (await store.segmentations.findById(added.id))!;
  const { id } = await segmentations.fit(study, segmentation, { k: 3, seed: 1, weighting }, null);
  await analysis.idle();
  const run = (await store.analyses.findRunById(id))!;
  await segmentations.accept(segmentation, run, { note: '' }, null);
  const [largest] = await store.segmentations.current(segmentation.id);
  const persona = await personas.draw(study, largest!, null, null);
  const { size } = readPortrait((await store.personas.versionsOf(persona.id))[0]!.portrait);
  const { fit, weighting: made } = JSON.parse(run.result!);
  expect(size?.share.share).toBeCloseTo(fit.shares[0].share, 8);
  expect(size?.effectiveBase).toBeCloseTo(made.effect.effectiveN, 6);
  expect(size!.effectiveBase!).toBeLessThan(N);
  // All of the first group ticked the rent, of which fewer people count now.
  expect(size!.share.share).toBeLessThan(size!.n / size!.base);
});

test('the same people in another order give the same portrait', async () => {
  const shuffled = rows.toSorted((a, b) => ((a * 7919) % N) - ((b * 7919) % N));
  const other = await plant(shuffled);
  await using _ = other.house;
  const drawn = await drawLargest(other);
  // Ids of themes, runs and segments, and what their words were sealed with, are each installation's own.
  const plain = (one: Portrait) => {
    const themes = one.themes.map(({ theme }) => theme);
    const kept = { ...one, sources: null, stability: { ...one.stability, seed: 0 }, recognise: null };
    return JSON.parse(
      JSON.stringify(kept, (key, value) => (key === 'spanHash' ? 'seal' : value)).replaceAll(
        /[A-Za-z0-9_-]{22}/g,
        (id) => (themes.includes(id) ? `theme ${themes.indexOf(id)}` : id),
      ),
    ) as unknown;
  };
  expect(plain(drawn)).toEqual(plain(portrait));
}, 60_000);
