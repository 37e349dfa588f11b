import type { Client } from '../../../../src/client/verbatim-client.ts';
import { plantResponses, said } from '../../../support/plant-responses.ts';
import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';
import { once } from './once.ts';

let made = 0;
const unique = (): string => {
  made += 1;
  return String(made);
};

/** Forty people who come again or not, some of whom wrote words beside an option. */
export const anAnsweredSurvey = once(async (api) => {
  const body = structuredClone(api.operations['addSurvey']?.example?.body) as Parameters<
    Client['addSurvey']
  >[0]['body'];
  body.pages[0]?.questions.push({
    code: 'town',
    kind: 'single',
    text: { en: 'Where do you live?' },
    options: [
      { code: 'here', text: { en: 'Here' } },
      { code: 'other', text: { en: 'Elsewhere, namely' }, comment: 'required' },
    ],
  });
  const { data } = await api.client.addSurvey({ body });
  const survey = data.id;
  await api.client.publishSurvey({ survey, body: { draftRevision: 1 } });
  const row = await api.house.verbatim.store.surveys.find(api.study.id, survey);
  if (!row) throw new Error('The survey is not there');
  await plantResponses(
    api.house.verbatim,
    { study: api.study, survey: row },
    Array.from({ length: 40 }, (_, i) => ({
      answers: {
        again: said(i % 4 === 0 ? 'no' : 'yes'),
        town: said(i % 3 === 0 ? 'other' : 'here'),
        ...(i % 3 === 0 ? { 'town.other': said('Arden') } : {}),
      },
    })),
  );
  return { survey };
});
const example = (api: ApiHouse, name: string, as: string) =>
  JSON.parse(JSON.stringify(api.operations[name]?.example?.body).replaceAll('{unique}', as));

const withName = async (api: ApiHouse) => ({ ...(await anAnsweredSurvey(api)), unique: unique() });
export const aTable = async (api: ApiHouse) => {
  const { survey = '' } = await anAnsweredSurvey(api);
  return { survey, table: (await api.client.addTable({ survey, body: example(api, 'addTable', '') })).data.id };
};
export const aMadeTable = once(async (api) => {
  const place = await aTable(api);
  await api.client.makeTable({ ...place, body: { isBook: false } });
  await api.client.makeTable({ ...place, body: { isBook: true } });
  await api.house.verbatim.analysis.idle();
  return place;
});
const aVariable = async (api: ApiHouse) => {
  const { survey = '' } = await anAnsweredSurvey(api);
  const name = unique();
  const { data } = await api.client.addDerivedVariable({ survey, body: example(api, 'addDerivedVariable', name) });
  return { survey, variable: data.id, unique: unique() };
};

export const tablePlaces: Places = {
  listTables: aTable,
  addTable: anAnsweredSurvey,
  readTable: aTable,
  changeTable: aTable,
  removeTable: aTable,
  makeTable: aTable,
  readMadeTable: aMadeTable,
  readTableFigures: aMadeTable,
  downloadTable: aMadeTable,
  downloadTableBook: aMadeTable,
  listVariables: anAnsweredSurvey,
  readDictionary: anAnsweredSurvey,
  downloadDictionary: anAnsweredSurvey,
  listDerivedVariables: aVariable,
  addDerivedVariable: withName,
  previewDerivedVariable: anAnsweredSurvey,
  listOtherTexts: async (api) => ({ ...(await anAnsweredSurvey(api)), item: 'town.other' }),
  readDerivedVariable: aVariable,
  changeDerivedVariable: aVariable,
  removeDerivedVariable: aVariable,
  countDerivedVariable: aVariable,
  listDerivedVersions: aVariable,
};
