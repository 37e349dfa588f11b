import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { aCoding } from './interviews.ts';

const anInsight = async ({ client }: ApiHouse) => ({
  insight: (await client.addInsight({ body: { statement: 'People leave early.', status: 'standing' } })).data.id,
});
const toSupport = async (api: ApiHouse) => ({ ...(await anInsight(api)), coding: (await aCoding(api)).coding });
const supported = async (api: ApiHouse) => {
  const { insight, coding } = await toSupport(api);
  await api.client.addEvidence({ insight, body: { codings: [coding] } });
  return { insight, evidence: (await api.client.readInsight({ insight })).data.evidence[0]?.id ?? '' };
};
const aReport = async ({ client, house }: ApiHouse) => {
  const { data } = await client.askForReport({ body: { kind: 'study-report', format: 'md', audience: 'client' } });
  await house.verbatim.analysis.idle();
  return { report: data.id };
};

export const reportPlaces: Places = {
  readInsight: anInsight,
  readInsightToWrite: anInsight,
  changeInsight: anInsight,
  addEvidence: toSupport,
  removeEvidence: supported,
  readReport: aReport,
  cancelReport: aReport,
  downloadReport: aReport,
};
