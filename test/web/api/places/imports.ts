import type { Client } from '../../../../src/client/verbatim-client.ts';
import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { aSurvey } from './surveys.ts';

const staged = async (api: ApiHouse) => {
  const { survey } = await aSurvey(api);
  const body = api.operations['stageImport']?.example?.body as Parameters<Client['stageImport']>[0]['body'];
  return { survey, import: (await api.client.stageImport({ survey, body })).data.id };
};

export const importPlaces: Places = {
  listImports: aSurvey,
  stageImport: aSurvey,
  readImport: staged,
  planImport: staged,
  confirmImport: staged,
  undoImport: staged,
};
