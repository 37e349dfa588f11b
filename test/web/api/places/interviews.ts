import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';

const TALK = `WEBVTT

00:00:01.000 --> 00:00:04.000
<v Interviewer>What happened that day?

00:00:05.000 --> 00:00:09.000
<v P07>The bill came, and it was too dear.
`;

export const anInterview = async ({ client }: ApiHouse) => ({
  interview: (await client.planInterview({ body: { participant: 'P07' } })).data.id,
});
/** An interview in which something was said, by somebody who agreed to be quoted. */
export const aTalk = async (api: ApiHouse) => {
  const place = await anInterview(api);
  const { consents, store } = api.house.verbatim;
  const interview = await store.notes.findInterview(api.study.id, place.interview);
  if (!interview) throw new Error('The interview is not there');
  const purposes = ['analysis', 'quotes'];
  const consent = { purposes, text: 'v1', givenOn: '2026-03-02', givenHow: 'in writing', expiresOn: '' };
  await consents.record(api.study, interview, consent, { userId: api.ownerId });
  await api.client.putTranscript({ ...place, ifMatch: '*', body: { text: TALK } });
  const turns = (await api.client.readTurns(place)).data.items;
  return { ...place, source: turns[1]?.source ?? '' };
};
const aNote = async (api: ApiHouse) => {
  const place = await anInterview(api);
  return { ...place, note: (await api.client.writeNote({ ...place, body: { text: 'Hesitates.' } })).data.id };
};

let named = 0;
const aCode = async ({ client }: ApiHouse) => {
  named += 1;
  const { data } = await client.addCode({ body: { name: `Price ${named}` } });
  return { code: data.id, name: `Price and worth ${named}` };
};
const twoCodes = async (api: ApiHouse) => ({ ...(await aCode(api)), other: (await aCode(api)).code });
const aRetiredCode = async (api: ApiHouse) => {
  const place = await aCode(api);
  await api.client.retireCode({ code: place.code });
  return place;
};
const toCode = async (api: ApiHouse) => ({ ...(await aTalk(api)), ...(await aCode(api)) });
export const aCoding = async (api: ApiHouse) => {
  const { source, code, interview } = await toCode(api);
  const { data } = await api.client.addCoding({ body: { source, words: 'too dear', code } });
  return { interview, source, code, coding: data.id };
};
const aMemo = async ({ client }: ApiHouse) => ({
  memo: (await client.addMemo({ body: { kind: 'study', text: 'Why?' } })).data.id,
});

export const interviewPlaces: Places = {
  readInterview: anInterview,
  setInterviewState: anInterview,
  readTurns: aTalk,
  putTranscript: anInterview,
  markTranscriptCorrected: aTalk,
  listNotes: aNote,
  writeNote: anInterview,
  readNote: aNote,
  rewriteNote: aNote,
  removeNote: aNote,
  readCode: aCode,
  defineCode: aCode,
  moveCode: aCode,
  mergeCode: twoCodes,
  retireCode: aCode,
  bringCodeBack: aRetiredCode,
  addCoding: toCode,
  readCoding: aCoding,
  markCoding: aCoding,
  removeCoding: aCoding,
  readMemo: aMemo,
  changeMemo: aMemo,
  removeMemo: aMemo,
};
