import type { Client } from '../../../../src/client/verbatim-client.ts';
import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { anAnsweredSurvey } from './tables.ts';

const aBase = async (api: ApiHouse) => {
  const { survey = '' } = await anAnsweredSurvey(api);
  const body = api.operations['addBase']?.example?.body as Parameters<Client['addBase']>[0]['body'];
  return { survey, base: (await api.client.addBase({ survey, body })).data.id };
};
export const aWeighting = async (api: ApiHouse) => {
  const { survey = '' } = await anAnsweredSurvey(api);
  const body = api.operations['addWeighting']?.example?.body as Parameters<Client['addWeighting']>[0]['body'];
  return { survey, weighting: (await api.client.addWeighting({ survey, body })).data.id };
};

export const samplePlaces: Places = {
  readWeightedResults: aWeighting,
  listBases: anAnsweredSurvey,
  addBase: anAnsweredSurvey,
  readBase: aBase,
  changeBase: aBase,
  removeBase: aBase,
  countBase: aBase,
  listWeighable: anAnsweredSurvey,
  listWeightings: anAnsweredSurvey,
  addWeighting: anAnsweredSurvey,
  readWeighting: aWeighting,
  changeWeighting: aWeighting,
  removeWeighting: aWeighting,
  weigh: aWeighting,
  downloadWeights: aWeighting,
};
