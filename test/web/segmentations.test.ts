import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputColumn } from '../../src/segments/input-table.ts';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantAnswers } from '../support/plant-answers.ts';
import { PEOPLE, segmentStudio } from '../support/segment-studio.ts';
import { WISHES, wishSurvey } from '../support/wish-survey.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
let at: string;
let studio: ReturnType<typeof segmentStudio>;
beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
  at = `/studio/${study.publicId}`;
  studio = segmentStudio(house);
});
afterAll(() => house[Symbol.asyncDispose]());

describe('where there are segments', () => {
  let survey: SurveyRow;
  let own: string;
  let planted: number[];
  let solution: string;
  beforeAll(async () => {
    const made = await studio.answered('groups', 'planted');
    survey = made.survey;
    planted = made.segments;
    own = await studio.begun(survey, 'What people want');
  });

  test('the test says so, and how many, with every rule it rests on', async () => {
    const { text } = await studio.ran(`${own}/test`, { seed: '1' });
    expect(text).toContain('There are segments: 3 of them fit best');
    for (const rule of ['Tighter than chance', 'Tighter by enough', 'Clear of each other', 'At one number'])
      expect(text).toContain(rule);
    expect(text).not.toContain('NaN');
  });

  test('a solution finds those that were planted, says what it may be called and why', async () => {
    const { text, url } = await studio.ran(`${own}/fit`, { k: '3', seed: '1' });
    solution = url;
    expect(text).toContain('Reproducible');
    expect(text).toContain('With fewer than 1,000 people nobody can say that they are natural');
    const [segmentation] = await house.verbatim.store.segmentations.list(study.id);
    const [run] = await house.verbatim.store.segmentations.runs(segmentation!.id, 'fit');
    const members = await house.verbatim.store.segmentations.membersOf(run!.id);
    expect(members).toHaveLength(PEOPLE);
    const order = (await house.verbatim.store.responses.list(survey.id)).map(({ id }) => id);
    const found = new Map(members.map(({ responseId, position }) => [responseId, position]));
    expect(
      adjustedRandIndex(
        order.map((id) => found.get(id) ?? -1),
        planted,
      ),
    ).toBeGreaterThan(0.7);
    for (const { probability } of members) expect(probability).toBeGreaterThan(0);
  });

  test('nobody knows of its segments before it is accepted; then rules and lists do', async () => {
    expect(await house.verbatim.store.segments.list(study.id)).toEqual([]);
    await house.researcher.post(`${solution}/accept`, { note: 'It says most' });
    const segments = await house.verbatim.store.segments.list(study.id);
    expect(segments).toHaveLength(3);
    const { text } = await house.researcher.get(`${at}/segments`);
    expect(text).toContain('What people want');
    expect(text).toContain('Reproducible');
    const page = await house.researcher.get(`${at}/segments/${segments[0]!.publicId}`);
    expect(page.text).toContain('version 1');
    expect((await house.researcher.post(`${solution}/accept`, { note: '' })).status).toBe(409);
  });

  test('a later version carries on the segments it matches: rules and personas keep their addresses', async () => {
    const before = await house.verbatim.store.segments.list(study.id);
    await house.verbatim.segments.rename(before[0]!, 'Largest');
    await house.verbatim.personas.draw(study, before[0]!, 'Lara', null);
    await studio.answer(survey, plantAnswers('planted', { n: 60, p: WISHES, seed: 9, separation: 1.5 }).columns);
    await house.verbatim.logs.settle();
    const { text, url } = await studio.ran(`${own}/fit`, { k: '3', seed: '2' });
    expect(text).toContain('Held against version 1');
    await house.researcher.post(`${url}/accept`, { note: '' });
    const after = await house.verbatim.store.segments.list(study.id);
    expect(after.map(({ publicId }) => publicId).sort()).toEqual(before.map(({ publicId }) => publicId).sort());
    const largest = after.find(({ publicId }) => publicId === before[0]!.publicId)!;
    expect(largest).toMatchObject({ name: 'Largest', version: 2 });
    expect(await house.verbatim.store.personas.ofSegment(largest.id)).not.toBeNull();
    expect((await house.researcher.get(own)).text).toContain('3 of 3 segments carry on those before');
  });

  test('the same seed gives the same numbers to the last digit', async () => {
    const [segmentation] = await house.verbatim.store.segmentations.list(study.id);
    await studio.ran(`${own}/fit`, { k: '3', seed: '2' });
    const [again, first] = await house.verbatim.store.segmentations.runs(segmentation!.id, 'fit');
    expect(again!.result).toBe(first!.result);
  });
});

describe('where there are none', () => {
  let own: string;
  beforeAll(async () => {
    const { survey } = await studio.answered('cloud', 'one factor');
    own = await studio.begun(survey, 'A cloud');
  });

  test('that is the answer, with what would have been found, and the way on is called constructive', async () => {
    const { text } = await studio.ran(`${own}/test`, { seed: '1' });
    expect(text).toContain('No segments found');
    expect(text).toMatch(/Segments 1 standard deviation apart would have been found in \d+% of cases/);
    const solution = await studio.ran(`${own}/fit`, { k: '3', seed: '1' });
    expect(solution.text).toContain('Constructive');
    expect(solution.text).toContain('The test found no segments');
  });
});

test('those whom a rule asked are counted in only by somebody’s choice, and it is said how many they are', async () => {
  const { survey } = await studio.answered('ruled', 'planted', { n: 120, isByRule: (i) => i % 4 === 0 });
  const own = await studio.begun(survey, 'Asked by a rule');
  expect((await studio.ran(`${own}/test`, { seed: '1' })).text).toContain('30 left out because they came by a rule');
  const page = await house.researcher.get(`${own}/inputs`);
  const form = Object.fromEntries(fieldsOf(page.text, `${own}/inputs`));
  await house.researcher.post(`${own}/inputs`, { ...form, ways: [...form['ways']!, 'rule'] });
  const { text } = await studio.ran(`${own}/test`, { seed: '1' });
  expect(text).not.toContain('left out because they came by a rule');
});

describe('what cannot be grouped is refused with the reason', () => {
  const same = (value: number, n: number): InputColumn[] =>
    Array.from({ length: WISHES }, (_, j) => ({
      id: `q0${j}`,
      name: '',
      kind: 'ordinal',
      values: Array(n).fill(value),
    }));

  test.each<[name: string, columns: () => InputColumn[], reason: string]>([
    ['identical answers', () => same(3, 80), 'Everybody gave the same answer to “Wish 1”'],
    ['one respondent', () => same(3, 1), 'at least 50 people'],
    [
      'a constant item',
      () =>
        plantAnswers('one factor', { n: 80, p: WISHES, seed: 3 }).columns.map((column, j) =>
          j === 4 ? same(2, 80)[4]! : column,
        ),
      'Everybody gave the same answer to “Wish 5”',
    ],
  ])('%s', async (name, columns, reason) => {
    const code = name.replaceAll(' ', '-');
    const draft = await house.verbatim.surveys.importJson(study.id, JSON.stringify(wishSurvey(code)));
    await house.verbatim.surveys.publish(draft, 1, null);
    const survey = (await house.verbatim.store.surveys.find(study.id, draft.publicId))!;
    await studio.answer(survey, columns());
    const own = await studio.begun(survey, name);
    for (const [deed, form] of [
      ['test', { seed: '1' }],
      ['fit', { k: '3', seed: '1' }],
    ] as const) {
      const { text } = await studio.ran(`${own}/${deed}`, form);
      expect(text).toContain(reason);
      expect(text).not.toContain('NaN');
    }
  });

  test('a survey that nobody answered, no input, a k that does not fit, a weight that is no number', async () => {
    const draft = await house.verbatim.surveys.importJson(study.id, JSON.stringify(wishSurvey('silent')));
    await house.verbatim.surveys.publish(draft, 1, null);
    const survey = (await house.verbatim.store.surveys.find(study.id, draft.publicId))!;
    const own = await studio.begun(survey, 'Nobody');
    expect((await studio.ran(`${own}/test`, { seed: '1' })).text).toContain('Nobody has completed this survey yet');
    for (const k of ['1', '13', 'x', '2.5']) {
      const refused = await house.researcher.post(`${own}/fit`, { k, seed: '1' });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('Enter a number from 2 to 12');
    }
    const page = await house.researcher.get(`${own}/inputs`);
    const form = Object.fromEntries(fieldsOf(page.text, `${own}/inputs`));
    const none = await house.researcher.post(`${own}/inputs`, { ...form, 'inputs-0': [] });
    expect(none.status).toBe(422);
    expect(none.text).toContain('Choose at least one thing to group people by');
    const heavy = await house.researcher.post(`${own}/inputs`, { ...form, 'weight-0': 'heavy' });
    expect(heavy.status).toBe(422);
    const nan = await house.researcher.post(`${own}/inputs`, { ...form, 'weight-0': 'NaN' });
    expect(nan.status).toBe(422);
    expect(nan.text).toContain('value="NaN"');
    expect(nan.text).not.toContain('weight NaN');
  });
});
