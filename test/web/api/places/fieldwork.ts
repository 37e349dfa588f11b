import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { aSurvey } from './surveys.ts';

const aWave = async (api: ApiHouse) => {
  const { survey } = await aSurvey(api);
  const { data } = await api.client.addWave({ survey, body: { name: 'First', startsAt: '2026-01-01T00:00:00Z' } });
  return { survey, wave: data.id };
};

export const fieldworkPlaces: Places = {
  listWaves: aWave,
  addWave: aSurvey,
  readWave: aWave,
  writeWave: aWave,
  listQuotas: aSurvey,
  makeSingleLinks: aSurvey,
};
