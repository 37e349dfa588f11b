import { surveyItems } from '../../../../src/model/items.ts';
import { findSegments } from '../../../support/find-segments.ts';
import { plantResponses } from '../../../support/plant-responses.ts';
import { plantWishes, publishSurvey, publishTool, wishInputs } from '../../../support/plant-typing.ts';
import { wishSurvey } from '../../../support/wish-survey.ts';
import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { once } from './once.ts';
import { aSurvey } from './surveys.ts';

type Place = Record<string, string>;

const WORDS = ['quiet and the quiet garden', 'the price of the flat', 'quiet streets at night', 'a fair price'];
const themes = once(async (api) => {
  const { survey } = await aSurvey(api);
  const { store } = api.house.verbatim;
  const row = await store.surveys.find(api.study.id, survey);
  if (!row) throw new Error('The survey is not there');
  await plantResponses(
    api.house.verbatim,
    { study: api.study, survey: row },
    Array.from({ length: 40 }, (_, i) => ({
      answers: {
        again: { state: 'answered' as const, value: 'yes' },
        why: { state: 'answered' as const, value: `I came for ${WORDS[i % WORDS.length]}` },
      },
    })),
  );
  return found(api, survey);
});
/** Themes of the newest run, since no others can be corrected. */
async function found(api: ApiHouse, survey: string): Promise<Place> {
  const { data } = await api.client.findThemes({ body: { survey, item: 'why', themes: 2 } });
  await api.house.verbatim.analysis.idle();
  const read = await api.client.readThemes(data);
  return { ...data, survey, theme: read.data.themes[0]?.id ?? '' };
}
const newest = async (api: ApiHouse) => found(api, (await themes(api))['survey'] ?? '');
const scored = once(async (api) => {
  const { surveys, store, analysis } = api.house.verbatim;
  const added = await surveys.addFromTemplate(api.study.id, 'values-20');
  await surveys.publish(added, 1, null);
  const row = await store.surveys.find(api.study.id, added.publicId);
  if (!row) throw new Error('The survey is not there');
  const rated = surveyItems(added.draft).filter(({ steps }) => steps !== null);
  await plantResponses(
    api.house.verbatim,
    { study: api.study, survey: row },
    Array.from({ length: 12 }, (_, i) => ({
      answers: Object.fromEntries(
        rated.map(({ address }, j) => [address, { state: 'answered' as const, value: 1 + ((i * 5 + j * 7) % 6) }]),
      ),
    })),
  );
  const survey = row.publicId;
  await api.client.scoreScales({ survey });
  await analysis.idle();
  return { survey };
});
const rule = { all: [{ attribute: 'plan', op: 'is' as const, value: 'gold' }] };
let named = 0;
const aSegment = async ({ client }: ApiHouse) => {
  named += 1;
  return { segment: (await client.addSegment({ body: { name: `Gold ${named}`, rule } })).data.id };
};

const answered = once(async ({ house, study }) => {
  const survey = await publishSurvey(house.verbatim, study, wishSurvey('wishes'));
  await plantWishes(house.verbatim, { study, survey }, { separation: 3, n: 240 });
  return { survey: survey.publicId };
});
const begun = async (api: ApiHouse) => {
  const { survey = '' } = await answered(api);
  const { data } = await api.client.addSegmentation({ body: { name: 'Wishes', survey } });
  return { segmentation: data.id, survey };
};
/** A solution that nobody accepted yet. */
const aSolution = async (api: ApiHouse) => {
  const place = await begun(api);
  const { data } = await api.client.fitSegments({ segmentation: place.segmentation, body: { k: 3 } });
  await api.house.verbatim.analysis.idle();
  return { ...place, ...data };
};
/** Accepted segments with a test, a profile, a tool and a persona. */
const grouped = once(async (api) => {
  const { survey: id = '' } = await answered(api);
  const { verbatim } = api.house;
  const survey = await verbatim.store.surveys.find(api.study.id, id);
  if (!survey) throw new Error('The survey is not there');
  const { segmentation, run } = await findSegments(verbatim, api.study, survey, {
    inputs: wishInputs,
    k: 3,
    seed: 1,
    isTested: true,
  });
  const tool = await publishTool(verbatim, api.study, segmentation);
  const place = {
    segmentation: segmentation.publicId,
    run: run.publicId,
    tool: tool.publicId,
    item: tool.tool.items[0]?.id ?? '',
  };
  const of = { segmentation: segmentation.publicId };
  await api.client.profileSegments({ ...of, body: {} });
  const [segment] = (await api.client.readSegmentation(of)).data.segments;
  await api.client.drawPersona({ body: { kind: 'quantified', segments: [segment?.id ?? ''] } });
  await verbatim.analysis.idle();
  const [persona] = (await api.client.listPersonas({})).data.items;
  return { ...place, survey: id, segment: segment?.id ?? '', persona: persona?.id ?? '' };
});
const aDraftTool = async (api: ApiHouse) => {
  const place = await grouped(api);
  const { segmentation = '' } = place;
  await api.client.buildTypingTool({ segmentation, body: { chosen: wishInputs, isAlone: true } });
  await api.house.verbatim.analysis.idle();
  const draft = (await api.client.listTypingTools({ segmentation })).data.items.findLast(
    ({ publishedAt }) => publishedAt === null,
  );
  return { ...place, tool: draft?.id ?? '' };
};

export const analysisPlaces: Places = {
  findThemes: themes,
  readThemes: themes,
  listThemeAnswers: themes,
  correctThemes: newest,
  readScores: scored,
  readSegment: aSegment,
  changeSegment: aSegment,
  countSegment: aSegment,
  listSegmentMembers: aSegment,
  addSegmentation: answered,
  readSegmentation: begun,
  listSegmentationInputs: begun,
  changeSegmentation: begun,
  testSegmentation: begun,
  readSegmentationTest: grouped,
  fitSegments: begun,
  listSolutions: grouped,
  readSolution: grouped,
  acceptSolution: aSolution,
  profileSegments: grouped,
  readProfile: grouped,
  listTypingTools: grouped,
  buildTypingTool: grouped,
  readTypingTool: grouped,
  publishTypingTool: aDraftTool,
  typeSomebody: grouped,
  drawPersona: grouped,
  readPersona: grouped,
  listPersonaVersions: grouped,
  redrawPersona: grouped,
};
