import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiHouse, exampleSurvey, openApiHouse } from './open-api.ts';

let api: ApiHouse;
let survey: string;
beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
  survey = await exampleSurvey(api, api.operations);
});
afterAll(() => api.close());

const FORMAT = { format: { delimiter: ',' as const, isQuoted: true, hasHeader: true }, mayQuote: false };
const counted = async () => (await api.client.listResponses({ survey, state: 'counted' })).data.items.length;

test('a file is looked at, planned, brought in and taken back; nothing counts before or after', async () => {
  const { data } = await api.client.stageImport({ survey, body: { text: 'who,verdict\np1,yes\np2,no\np3,perhaps\n' } });
  expect(data).toMatchObject({ state: 'staged', rows: 3, imported: 0 });
  const { etag } = await api.client.readImport({ import: data.id });
  const plan = { ...FORMAT, columns: ['person', 'item:again'] };
  const planned = await api.client.planImport({ import: data.id, ifMatch: etag ?? '', body: plan });
  expect(planned.data.preview).toMatchObject({ fitting: 2, faultyRows: 1 });
  await expect(api.client.planImport({ import: data.id, ifMatch: etag ?? '', body: plan })).rejects.toMatchObject({
    status: 412,
  });
  await expect(api.client.confirmImport({ import: data.id, body: {} })).rejects.toMatchObject({ status: 422 });
  expect(await counted()).toBe(0);

  await api.client.confirmImport({ import: data.id, body: { leaveOutFaulty: true } });
  await expect
    .poll(async () => (await api.client.readImport({ import: data.id })).data)
    .toMatchObject({ state: 'complete', imported: 2, preview: null });
  await api.house.verbatim.logs.settle();
  expect(await counted()).toBe(2);
  await expect(api.client.confirmImport({ import: data.id, body: {} })).rejects.toMatchObject({ status: 409 });

  expect((await api.client.undoImport({ import: data.id })).data).toMatchObject({ state: 'undone', imported: 0 });
  expect(await counted()).toBe(0);
});

test('a plan has as many columns as the file', async () => {
  const { data } = await api.client.stageImport({ survey, body: { text: 'again,why\nyes,Fine\n' } });
  const plan = (columns: string[]) =>
    api.client.planImport({ import: data.id, ifMatch: '*', body: { ...FORMAT, columns } });
  await expect(plan(['item:again'])).rejects.toMatchObject({ status: 422 });
  expect((await plan(['item:again', 'ignore'])).data.plan?.columns).toEqual(['item:again', 'ignore']);
});
