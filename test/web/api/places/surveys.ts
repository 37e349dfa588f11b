import type { Client } from '../../../../src/client/verbatim-client.ts';
import { type ApiHouse, exampleSurvey } from '../open-api.ts';
import type { Places } from '../places.ts';

export const aSurvey = async (api: ApiHouse) => ({ survey: await exampleSurvey(api, api.operations) });
const draft = async ({ client, operations }: ApiHouse) => {
  const body = operations['addSurvey']?.example?.body as Parameters<Client['addSurvey']>[0]['body'];
  return { survey: (await client.addSurvey({ body })).data.id };
};

export const surveyPlaces: Places = {
  readSurvey: aSurvey,
  removeSurvey: draft,
  readDraft: aSurvey,
  writeDraft: draft,
  checkDraft: aSurvey,
  publishSurvey: draft,
  setSurveyState: aSurvey,
  setAudience: aSurvey,
  readSurveySettings: aSurvey,
  writeSurveySettings: aSurvey,
  setAnonymous: draft,
  listVersions: aSurvey,
  readVersion: async (api) => ({ ...(await aSurvey(api)), version: '1' }),
};
