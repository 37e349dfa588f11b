import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { surveyPlaces } from './surveys.ts';

/** Instruments belong to the workspace, so that of another study's only those of another workspace are unknown. */
const anInstrument = async (api: ApiHouse) => {
  if (api.isElsewhere) return { instrument: 'none' };
  await noInstrument(api);
  const body = api.operations['addInstrument']?.example?.body as Parameters<typeof api.client.addInstrument>[0]['body'];
  return { instrument: (await api.client.addInstrument({ body })).data.code };
};
/** Without the instrument of the examples, which a workspace has once. */
const noInstrument = async ({ house, study }: ApiHouse) => {
  await house.verbatim.instruments.remove(study.workspaceId, 'calm');
  return {};
};

export const instrumentPlaces: Places = {
  addInstrument: noInstrument,
  readInstrument: anInstrument,
  changeInstrument: anInstrument,
  removeInstrument: anInstrument,
  listInstrumentVersions: anInstrument,
  insertInstrument: async (api) => ({
    ...(await surveyPlaces['writeDraft']?.(api)),
    ...(await anInstrument(api)),
  }),
};
