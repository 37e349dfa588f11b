import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';

/** A survey with a scale, which can be scored. */
const aScaledSurvey = async ({ house, study }: ApiHouse) => {
  const { surveys, store } = house.verbatim;
  const added = await surveys.addFromTemplate(study.id, 'values-20');
  await surveys.publish(added, 1, null);
  return { survey: (await store.surveys.find(study.id, added.publicId))?.publicId ?? '' };
};
const aRun = async (api: ApiHouse) => {
  const { survey } = await aScaledSurvey(api);
  return { run: (await api.client.scoreScales({ survey })).data.run };
};

export const runPlaces: Places = { readRun: aRun, cancelRun: aRun, scoreScales: aScaledSurvey };
