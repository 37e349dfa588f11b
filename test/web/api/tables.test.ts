import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiHouse, openApiHouse } from './open-api.ts';
import { aMadeTable, anAnsweredSurvey } from './places/tables.ts';

let api: ApiHouse;
let place: { survey: string; table: string };
beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
  const { survey = '', table = '' } = await aMadeTable(api);
  place = { survey, table };
});
afterAll(() => api.close());

test('a table is told under the smallest cell, and whole to whoever reads analyses', async () => {
  const viewer = await api.clientFor(['aggregate:read']);
  const told = (await viewer.readMadeTable(place)).data;
  const whole = (await api.client.readTableFigures(place)).data;
  // Of forty, ten would not come again; four of these live elsewhere.
  const cellsOf = ({ blocks }: typeof told) =>
    blocks.find(({ id }) => id === 'answer:town')?.rows.map(({ cells }) => cells.map(({ count }) => count)) ?? [];
  expect(cellsOf(whole).flat()).toContain(4);
  expect(cellsOf(told).flat()).not.toContain(4);
  expect(cellsOf(told).flat()).toContain(null);
  expect(told.blocks.find(({ id }) => id === 'answer:town')?.tests).toEqual([]);
  expect(told.notes.join(' ')).toContain('fewer than 10');
  await expect(viewer.readTableFigures(place)).rejects.toMatchObject({ status: 403 });
});

test('a file has what its reader may see, as the page of viewers gives it', async () => {
  const viewer = await api.clientFor(['aggregate:read']);
  const file = await (await viewer.downloadTable({ ...place, format: 'csv' })).data.text();
  expect(file).toContain('Where do you live?');
  expect(file).toContain('fewer than 10');
});

test('a table of some of the people is told to researchers alone', async () => {
  const settings = (await api.client.readTable(place)).data.settings;
  const { survey } = place;
  const { data } = await api.client.addTable({
    survey,
    body: { name: 'In English', settings: { ...settings, filter: 'language=en&state=started' } },
  });
  expect(data.settings.filter).toBe('language=en');
  const table = data.id;
  await expect(api.client.readTableFigures({ survey, table })).rejects.toMatchObject({ status: 409 });
  await api.client.makeTable({ survey, table, body: {} });
  await api.house.verbatim.analysis.idle();
  expect((await api.client.readTableFigures({ survey, table })).data.filter).toBe('Language: en');
  await expect(api.client.readMadeTable({ survey, table })).rejects.toMatchObject({ status: 403 });
  await expect(
    api.client.addTable({ survey, body: { name: 'Nobody', settings: { ...settings, filter: 'wave=none' } } }),
  ).rejects.toMatchObject({ status: 422 });
});

test('two who change a table do not write over each other', async () => {
  const { etag, data } = await api.client.readTable(place);
  const change = (name: string) =>
    api.client.changeTable({ ...place, ifMatch: etag ?? '', body: { name, settings: data.settings } });
  expect((await change('First')).data).toMatchObject({ name: 'First', version: data.version + 1 });
  await expect(change('Second')).rejects.toMatchObject({ status: 412 });
});

test('texts beside an option are assigned by the hash that their list gives', async () => {
  const { survey = '' } = await anAnsweredSurvey(api);
  const texts = (await api.client.listOtherTexts({ survey, item: 'town.other' })).data.items;
  expect(texts.map(({ text, n }) => [text, n])).toEqual([['Arden', 14]]);
  const definition = {
    kind: 'back-coding' as const,
    of: 'answer:town',
    other: 'other',
    texts: 'answer:town.other',
    options: [{ code: 'arden', label: 'Arden' }],
    assigned: texts.map(({ hash }) => ({ text: hash, code: 'arden' })),
  };
  const { data } = await api.client.addDerivedVariable({ survey, body: { name: 'Towns', definition } });
  const { counts } = (await api.client.countDerivedVariable({ survey, variable: data.id })).data;
  expect(counts?.options.find(({ code }) => code === 'arden')?.n).toBe(14);
  expect((await api.client.listVariables({ survey })).data.items.map(({ id }) => id)).toContain(data.variable);
});
