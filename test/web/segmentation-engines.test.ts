import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fitOf } from '../../src/services/segmentations.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { asForm, fieldsOf } from '../support/form-fields.ts';
import { plantAnswers } from '../support/plant-answers.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { PEOPLE, segmentStudio } from '../support/segment-studio.ts';
import { WISHES, wishSurvey } from '../support/wish-survey.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: ReturnType<typeof segmentStudio>;
let survey: SurveyRow;
let own: string;
beforeAll(async () => {
  house = await openFieldHouse();
  studio = segmentStudio(house);
  survey = (await studio.answered('engines', 'planted')).survey;
  own = await studio.begun(survey, 'By every engine');
});
afterAll(() => house[Symbol.asyncDispose]());

const newest = async (subject: 'fit' | 'compare', at = own) => {
  const segmentation = await house.verbatim.store.segmentations.find(house.study.id, at.split('/').at(-1)!);
  const [run] = await house.verbatim.store.segmentations.runs(segmentation!.id, subject);
  return run!;
};

describe('the engine is chosen for each solution, and stands with it', () => {
  test('also on the page of a run that came to nothing, apart from the version that computed', async () => {
    const { location } = await house.researcher.post(`${own}/fit`, { k: '3', seed: '1', engine: 'latent-class' });
    await house.researcher.post(`${location}/cancel`, {});
    await house.verbatim.analysis.idle();
    const { text } = await house.researcher.get(location);
    const facts = text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(facts).toMatch(/Engine Latent classes Computed by version \d/);
  });

  test.each([
    ['k-medoids', {}, ['k-medoids', 'Mean distance from the middle']],
    ['latent-class', {}, ['Latent classes', 'Log-likelihood', 'Numbers found', 'AIC', 'BIC', 'Entropy R²']],
    ['gaussian-mixture', { family: 'EII' }, ['Gaussian mixture (EII)', 'Log-likelihood', 'BIC', 'Entropy R²']],
    ['consensus', {}, ['Consensus', 'Agreement of the engines']],
  ])('%s', async (engine, more, words) => {
    const { text, status } = await studio.ran(`${own}/fit`, { k: '3', seed: '1', engine, ...more });
    expect(status).toBe(200);
    for (const word of words) expect(text).toContain(word);
    expect(text).not.toMatch(/NaN|Infinity/);
    const kept = fitOf(await newest('fit'))!;
    expect(kept.fit.engine).toBe(engine);
    expect(kept.fit.objective.bic !== null).toBe(['latent-class', 'gaussian-mixture'].includes(engine));
  });

  test('all of them stand in one table, those with a BIC with it', async () => {
    const { text } = await house.researcher.get(own);
    for (const name of ['k-medoids', 'Latent classes', 'Gaussian mixture (EII)', 'Consensus'])
      expect(text).toContain(name);
    const { bic } = fitOf(await newest('fit'))!.fit.objective;
    expect(bic).toBeNull();
    expect(text).toMatch(/data-label="BIC"[^>]*>[^<]*[\d,]{4,}/);
  });

  test('clouds of any direction place people as well, and answers centred within the person refuse them with the way out', async () => {
    const form = { k: '2', seed: '1', engine: 'gaussian-mixture', family: 'EEE' };
    const { text } = await studio.ran(`${own}/fit`, form);
    expect(text).toContain('Answers that are centred within each person follow from each other');
    const page = await house.researcher.get(`${own}/inputs`);
    await house.researcher.post(
      `${own}/inputs`,
      asForm(fieldsOf(page.text, `${own}/inputs`), { 'centring-0': 'none' }),
    );
    expect((await studio.ran(`${own}/fit`, form)).text).toContain('Gaussian mixture (EEE)');
    await house.researcher.post(
      `${own}/inputs`,
      asForm(fieldsOf((await house.researcher.get(`${own}/inputs`)).text, `${own}/inputs`), {
        'centring-0': 'person-mean',
      }),
    );
  });

  test.each([
    [{ engine: 'oracle' }, 'Choose one of the engines listed'],
    [{ engine: 'gaussian-mixture', family: 'XYZ' }, 'Choose one of the families listed'],
    [{ weighting: 'none-such' }, 'Choose one of the weightings listed'],
    [{ isWeighted: 'yes' }, 'Choose a weighting, or count all people alike'],
    [{ k: '2 to 14' }, 'Enter a number from 2 to 12, or several such as 2 to 6'],
    [{ k: '6 to 2' }, 'Enter a number from 2 to 12, or several such as 2 to 6'],
    [{ k: '2 to 12' }, 'Enter at most 8 numbers of segments'],
  ])('what is not offered is refused beside the field: %j', async (more, words) => {
    const refused = await house.researcher.post(`${own}/fit`, { k: '3', seed: '1', ...more });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(words);
  });
});

describe('several numbers of segments at once', () => {
  test('stand side by side with everything they are judged by, and none is called best', async () => {
    await studio.ran(`${own}/test`, { seed: '1' });
    const { text, url } = await studio.ran(`${own}/fit`, { k: '2 to 4', seed: '1', engine: 'k-means' });
    expect(url).toContain('/comparisons/');
    for (const k of [2, 3, 4]) expect(text).toContain(`data-label="${k} segments"`);
    for (const line of [
      'Beyond chance \\(z\\)\\s*</th>\\s*<td[^>]*>−?\\d+\\.\\d',
      'Agreement of groupings\\s*</th>\\s*<td[^>]*>0\\.\\d\\d',
      'The same without segments\\s*</th>\\s*<td[^>]*>0\\.\\d\\d',
      'Each comes back\\s*</th>\\s*<td[^>]*>\\d\\.\\d\\d, \\d\\.\\d\\d\\s*<',
      'Smallest segment\\s*</th>\\s*<td[^>]*>\\d+ \\(\\d+%\\)',
      'Kappa of few questions\\s*</th>\\s*<td[^>]*>0\\.\\d\\d',
      'What else tells them apart\\s*</th>\\s*<td[^>]*>\\d of 1',
    ])
      expect(text).toMatch(new RegExp(line));
    expect(text).not.toMatch(/NaN|[Bb]est number/);
  });

  test('the one that is made from there is the one that was looked at', async () => {
    const run = await newest('compare');
    const at = `${own}/comparisons/${run.publicId}`;
    const { text } = await house.researcher.get(at);
    const { url } = await studio.ran(`${own}/fit`, {
      ...Object.fromEntries([...fieldsOf(text, `${own}/fit`)].map(([name, values]) => [name, values[0]!])),
      k: '3',
    });
    const { solutions } = JSON.parse(run.result!) as {
      solutions: { k: number; fit: { sizes: number[] }; panel: unknown }[];
    };
    const looked = solutions.find(({ k }) => k === 3)!;
    const kept = fitOf(await newest('fit'))!;
    expect(kept.fit.sizes).toEqual(looked.fit.sizes);
    expect(kept.panel).toEqual(looked.panel);
    expect((await house.researcher.get(at)).text).toContain(`href="${new URL(url, house.url).pathname}"`);
  });

  test('a number that the answers do not bear is told, and the others stay', async () => {
    const { columns } = plantAnswers('planted', { n: 60, p: WISHES, seed: 6, separation: 2 });
    // Everybody answers as one of three did.
    const alike = columns.map((column) => ({ ...column, values: column.values.map((_, i) => column.values[i % 3]!) }));
    const { survey: few } = await studio.answered('few-rows', 'planted', { n: 3 });
    await studio.answer(few, alike);
    const at = await studio.begun(few, 'Three ways to answer');
    const { text } = await studio.ran(`${at}/fit`, { k: '2 to 7', seed: '1', engine: 'k-medoids' });
    const { solutions } = JSON.parse((await newest('compare', at)).result!) as {
      solutions: { refused: string | null }[];
    };
    expect(solutions[0]!.refused).toBeNull();
    expect(text).toContain(solutions.at(-1)!.refused!);
    expect(text).not.toContain('NaN');
  });
});

describe('who lacks a block', () => {
  test('is placed by the rest, marked so, and counts in no figure', async () => {
    const { store, surveys } = house.verbatim;
    const draft = await surveys.importJson(house.study.id, JSON.stringify(wishSurvey('gaps')));
    await surveys.publish(draft, 1, null);
    const gappy = (await store.surveys.find(house.study.id, draft.publicId))!;
    const { columns } = plantAnswers('planted', { n: 200, p: WISHES, seed: 4, separation: 2 });
    await plantResponses(
      house.verbatim,
      { study: house.study, survey: gappy },
      columns[0]!.values.map((_, i) => ({
        answers: {
          ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[i]!)])),
          ...(i < 20 ? {} : { town: said(i % 2 === 0 ? 'yes' : 'no') }),
        },
      })),
    );
    const at = await studio.begun(gappy, 'With gaps');
    const page = await house.researcher.get(`${at}/inputs`);
    await house.researcher.post(
      `${at}/inputs`,
      asForm(fieldsOf(page.text, `${at}/inputs`), { 'inputs-1': 'answer:town' }),
    );
    const { text, url } = await studio.ran(`${at}/fit`, { k: '3', seed: '1' });
    expect(text).toContain('20 lack too many answers to be grouped by them and were placed on part of them');
    expect(text).toContain('180 people grouped');
    const run = await newest('fit', at);
    const members = await store.segmentations.membersOf(run.id);
    expect(members).toHaveLength(200);
    const placed = members.filter(({ isPartial }) => isPartial === 1);
    expect(placed).toHaveLength(20);
    for (const { probability } of placed) expect(probability).toBeGreaterThan(0);
    expect(placed.some(({ probability }) => probability! > 0.8)).toBe(true);

    await house.researcher.post(`${url}/accept`, { note: '' });
    const [segment] = await store.segments.list(house.study.id);
    const shown = await house.researcher.get(`/studio/${house.study.publicId}/segments/${segment!.publicId}`);
    expect(shown.text).toContain('Placed on part of their answers');
  });
});

describe('weights', () => {
  let weighting: string;
  beforeAll(async () => {
    const raked = {
      raked: {
        margins: [
          {
            column: 'answer:town',
            name: 'Do you live in a town?',
            categories: [
              { label: 'Yes', codes: ['yes'], target: 80 },
              { label: 'No', codes: ['no'], target: 20 },
            ],
          },
        ],
        trim: null,
        missing: 'leave-out',
      },
    };
    weighting = await house.verbatim.store.sampleDefinitions.add(
      { studyId: house.study.id, surveyId: survey.id, kind: 'weighting' },
      { name: 'Town and country', definition: raked, madeBy: null },
      new Date().toISOString(),
    );
  });

  test('shares are weighted beside unweighted ones with their effective base, and people are grouped as before', async () => {
    await studio.ran(`${own}/fit`, { k: '3', seed: '1', engine: 'k-means' });
    const plain = fitOf(await newest('fit'))!;
    const { text } = await studio.ran(`${own}/fit`, { k: '3', seed: '1', engine: 'k-means', weighting });
    const kept = fitOf(await newest('fit'))!;
    expect(kept.fit.sizes).toEqual(plain.fit.sizes);
    expect(kept.fit.shares.map(({ share }) => share)).not.toEqual(plain.fit.shares.map(({ share }) => share));
    for (const word of ['Town and country', 'Share, weighted, 95% interval', 'Share, unweighted', 'Effective base'])
      expect(text).toContain(word);
    expect(kept.fit.effectiveSizes!.reduce((sum, one) => sum + one, 0)).toBeLessThan(PEOPLE);
  });

  test('engines that heed them can be fitted with them, others refuse plainly', async () => {
    for (const engine of ['k-means', 'latent-class']) {
      const { text } = await studio.ran(`${own}/fit`, { k: '3', seed: '1', engine, weighting, isWeighted: 'yes' });
      expect(text).toContain('fitted with weights');
      expect(text).not.toContain('NaN');
    }
    const refused = await house.researcher.post(`${own}/fit`, {
      k: '3',
      seed: '1',
      engine: 'k-medoids',
      weighting,
      isWeighted: 'yes',
    });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Weight the shares only, or take k-means or latent classes');
  });
});

describe('the page of inputs', () => {
  test('says of each block how much of it is chosen, and chooses all or none of it without keeping anything', async () => {
    const page = await house.researcher.get(`${own}/inputs`);
    expect(page.text).toContain(`${WISHES} of ${WISHES} chosen, centred`);
    const form = asForm(fieldsOf(page.text, `${own}/inputs`));
    const none = await house.researcher.post(`${own}/inputs`, { ...form, mark: 'none:0' });
    expect(none.status).toBe(200);
    expect(none.text).toContain(`0 of ${WISHES} chosen`);
    const all = await house.researcher.post(`${own}/inputs`, {
      ...asForm(fieldsOf(none.text, `${own}/inputs`)),
      mark: 'all:0',
    });
    expect(all.text).toContain(`${WISHES} of ${WISHES} chosen`);
    expect((await house.researcher.get(`${own}/inputs`)).text).toContain(`${WISHES} of ${WISHES} chosen`);
    expect((await house.researcher.post(`${own}/inputs`, { ...form, mark: 'all:999' })).status).toBe(200);
  });

  test('a weight that is none is refused at its field', async () => {
    const page = await house.researcher.get(`${own}/inputs`);
    const form = asForm(fieldsOf(page.text, `${own}/inputs`), { 'weight-0': '-1' });
    const refused = await house.researcher.post(`${own}/inputs`, form);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('href="#weight-0"');
    expect(refused.text).toContain('Enter a number above 0 and at most 10');
  });
});

test('what segments may be called goes with them where responses are chosen by them', async () => {
  await house.researcher.post(`${own}/solutions/${(await newest('fit')).publicId}/accept`, { note: '' });
  const { text } = await house.researcher.get(`/studio/${house.study.publicId}/surveys/${survey.publicId}/responses`);
  expect(text).toMatch(/\((constructive|reproducible)\)/);
});

test('a provisional instrument is marked where it is chosen, on the solution and on its segments', async () => {
  const { store, surveys } = house.verbatim;
  const definition = wishSurvey('provisional');
  const instrument = {
    code: 'wishes',
    version: '1',
    name: { en: 'Our own wishes' },
    centring: 'none',
    provisionalUntil: 300,
    scales: [0, 1, 2].map((third) => ({
      code: `third${third}`,
      name: { en: `Third ${third}` },
      items: [0, 1, 2].map((j) => `wants.q0${3 * third + j}`),
    })),
  };
  const draft = await surveys.importJson(house.study.id, JSON.stringify({ ...definition, instruments: [instrument] }));
  await surveys.publish(draft, 1, null);
  const young = (await store.surveys.find(house.study.id, draft.publicId))!;
  await studio.answer(young, plantAnswers('planted', { n: 120, p: WISHES, seed: 8, separation: 2 }).columns);
  const at = await studio.begun(young, 'By a young instrument');
  const inputs = await house.researcher.get(`${at}/inputs`);
  expect(inputs.text).toContain('Provisional, until more people have answered: “Our own wishes”');
  const { text, url } = await studio.ran(`${at}/fit`, { k: '3', seed: '1' });
  const warning = '“Our own wishes” was provisional when this was made: 120 of 300 people were scored';
  expect(text).toContain(warning);
  await house.researcher.post(`${url}/accept`, { note: '' });
  expect((await house.researcher.get(at)).text).toContain(warning);
  const [segment] = await store.segments.list(house.study.id);
  const place = `/studio/${house.study.publicId}`;
  expect((await house.researcher.get(`${place}/segments/${segment!.publicId}`)).text).toContain(warning);

  const drawing = await house.researcher.post(`${place}/segments/${segment!.publicId}/persona`, {});
  await house.verbatim.analysis.idle();
  const drawn = await house.researcher.get(drawing.location);
  expect(drawn.status).toBe(303);
  const called = fitOf(await newest('fit', at))!.fit.label;
  const json = JSON.parse((await house.researcher.get(`${drawn.location}/persona.json`)).text) as { label: string };
  expect(json.label).toBe(called);
  for (const file of ['', '/persona.json', '/claims.csv']) {
    const { text: told } = await house.researcher.get(`${drawn.location}${file}`);
    expect(told).toContain(`The segment is ${called}`);
    expect(told).toContain('provisional then, so that nothing had shown yet what it measures: Our own wishes');
  }
});
