import { afterAll, beforeAll, expect, test } from 'vitest';
import { SegmentationSettings } from '../../src/model/segmentation.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { readSegmentInputs } from '../../src/workers/tasks/segment-inputs.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantSample } from '../support/plant-sample.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let survey: SurveyRow;
let at: string;
beforeAll(async () => {
  house = await openFieldHouse();
  survey = await plantSample(
    house.verbatim,
    house.study,
    'based',
    Array.from({ length: 120 }, (_, i) => ({
      sex: i % 2 === 0 ? 'woman' : 'man',
      age: 20 + (i % 50),
      buys: i % 3 === 0 ? 'yes' : 'no',
      mood: i % 11,
      startedAt: i < 60 ? '2026-03-02T08:00:00.000Z' : '2026-04-02T08:00:00.000Z',
      // Met on a page, but chosen by a rule: 30 of them.
      about: i % 4 === 0 ? { asked: { how: 'widget', rule: 'loyal', probability: 0.5 } } : {},
    })),
  );
  at = `/studio/${house.study.publicId}/surveys/${survey.publicId}`;
});
afterAll(() => house[Symbol.asyncDispose]());

async function named(more: Record<string, string | string[]>) {
  const page = await house.researcher.get(`${at}/bases/new`);
  expect(page.status).toBe(200);
  return house.researcher.post(`${at}/bases/new`, {
    ...Object.fromEntries(fieldsOf(page.text, `${at}/bases/new`)),
    name: 'In March',
    ...more,
  });
}

test('a base says who counts, and how many it leaves out by why; whom a rule chose is left out wherever it met them', async () => {
  const { status, location } = await named({ from: '2026-03-01', to: '2026-03-31' });
  expect(status).toBe(303);
  const page = await house.researcher.get(location);
  expect(page.text).toContain(
    'Base: “In March”, version 1, 45 of 120 responses. 30 asked by a rule and 45 of another time do not count.',
  );
  expect(page.text).toContain('Completed on 1 March 2026 or later');
});

test.each([
  [{ name: ' ' }, 'Enter a name of at most 200 characters'],
  [{ ways: [] }, 'Choose at least one way'],
  [{ ways: ['by-magic'] }, 'This base does not fit'],
  [{ from: '2026-04-01', to: '2026-03-01' }, 'The last day lies before the first'],
  [{ from: '31.12.2026' }, 'Write the day as 2026-03-09'],
  [{ waves: ['nosuch'] }, 'Choose waves of this survey'],
  [{ flagged: 'sometimes' }, 'This base does not fit'],
])('a base that does not fit is refused at its field: %j', async (more, words) => {
  const { status, text } = await named(more);
  expect(status).toBe(422);
  expect(text).toContain(words);
});

test('a segmentation takes a named base, says its name, and keeps the version that was chosen', async () => {
  const { location: base } = await named({ from: '2026-03-01', to: '2026-03-31' });
  const study = `/studio/${house.study.publicId}`;
  const { location } = await house.researcher.post(`${study}/segmentations/new`, {
    name: 'Of March',
    survey: survey.publicId,
  });
  const inputs = location.endsWith('/inputs') ? location : `${location}/inputs`;
  const page = await house.researcher.get(inputs);
  const [, block = ''] = /name="(inputs-\d+)"[^>]*value="answer:mood"/.exec(page.text) ?? [];
  const form = { ...Object.fromEntries(fieldsOf(page.text, inputs)), [block]: 'answer:mood' };
  const id = base.split('/').at(-1)!;
  const kept = await house.researcher.post(inputs, { ...form, base: `${id}@1` });
  expect(kept.status).toBe(303);
  const shown = await house.researcher.get(kept.location);
  expect(shown.text).toContain('“In March”, version 1');
  const [segmentation] = await house.verbatim.store.segmentations.list(house.study.id);
  const settings = house.verbatim.segmentations.settingsOf(segmentation!);
  const place = { workspaceId: house.study.workspaceId, studyId: house.study.id, surveyId: survey.id };
  const read = await readSegmentInputs(house.verbatim.store, place, settings);
  expect([read.responses.length, read.leftOut]).toEqual([45, { rule: 30, time: 45 }]);

  const edit = await house.researcher.get(`${base}/edit`);
  const changed = await house.researcher.post(base, {
    ...Object.fromEntries(fieldsOf(edit.text, base)),
    from: '',
    to: '',
  });
  expect(changed.status).toBe(303);
  expect((await readSegmentInputs(house.verbatim.store, place, settings)).responses).toHaveLength(45);
  const other = await house.researcher.post(inputs, {
    ...Object.fromEntries(fieldsOf((await house.researcher.get(inputs)).text, inputs)),
    base: 'nosuch@1',
  });
  expect(other.status).toBe(422);
  expect(other.text).toContain('Choose a base of this survey');
});

test('without a named base, whom a rule chose on a page does not enter a segmentation in silence', async () => {
  const place = { workspaceId: house.study.workspaceId, studyId: house.study.id, surveyId: survey.id };
  const read = await readSegmentInputs(
    house.verbatim.store,
    place,
    SegmentationSettings.parse({ inputs: ['answer:mood'] }),
  );
  expect([read.responses.length, read.leftOut]).toEqual([90, { rule: 30 }]);
});

test('the share of a persona is of people whom no rule asked, and says how many others there are', async () => {
  const { personas, segments, store } = house.verbatim;
  const rule = { answer: 'buys', survey: survey.slug, op: 'is', value: 'yes' };
  const segment = await segments.define(house.study, { name: 'Buyers', rule, surveyId: survey.id }, null);
  const persona = await personas.draw(house.study, segment, null, null);
  const [version] = await store.personas.versionsOf(persona.id);
  const portrait = JSON.parse(version?.portrait ?? '{}');
  // 40 of 120 buy, 10 of them and 20 others were asked by a rule.
  expect(portrait.size).toMatchObject({ n: 30, base: 90, leftOutByRule: 30 });
  const page = await house.researcher.get(`/studio/${house.study.publicId}/personas/${persona.publicId}`);
  expect(page.text).toContain('30 asked by a rule are not in this share');
});
