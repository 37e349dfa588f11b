import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { aSurvey } from './surveys.ts';

export const aResponse = async (api: ApiHouse) => {
  const { survey } = await aSurvey(api);
  const { data } = await api.client.sendResponse({
    survey,
    body: { consents: ['analysis'], answers: { again: 'yes' } },
  });
  return { survey, response: data.id, receipt: data.receipt };
};

export const responsePlaces: Places = {
  listResponses: aResponse,
  sendResponse: aSurvey,
  readResponse: aResponse,
  withdrawResponse: aResponse,
  labelResponse: aResponse,
  unlabelResponse: async (api) => {
    const place = await aResponse(api);
    const { data } = await api.client.labelResponse({ response: place.response, body: { label: 'one' } });
    return { ...place, label: data.labels[0]?.id ?? '' };
  },
  noteResponse: aResponse,
  leaveResponseOut: aResponse,
  takeResponseBack: aResponse,
  exportResponses: aResponse,
  readResults: aResponse,
};
