import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiHouse, openApiHouse } from './open-api.ts';
import { aCoding } from './places/interviews.ts';

let api: ApiHouse;
beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
});
afterAll(() => api.close());

test('with report:read insights are told that stand, with the words that may be quoted', async () => {
  const reader = await api.clientFor(['report:read']);
  const { coding } = await aCoding(api);
  const { data: draft } = await api.client.addInsight({ body: { statement: 'Not sure yet.' } });
  const { data: stands } = await api.client.addInsight({ body: { statement: 'Price decides.', status: 'standing' } });
  await api.client.addEvidence({ insight: stands.id, body: { codings: [coding] } });
  const told = (await reader.listInsights({})).data.items.map(({ statement }) => statement);
  expect(told).toEqual(['Price decides.']);
  await expect(reader.readInsight({ insight: draft.id })).rejects.toMatchObject({ status: 404 });
  const { data } = await reader.readInsight({ insight: stands.id });
  expect(data.evidence.map(({ words }) => words)).toEqual(['too dear']);
  expect((await api.client.readInsightToWrite({ insight: draft.id })).data.statement).toBe('Not sure yet.');
});

test('a persona that was assumed says that it rests on nothing', async () => {
  const { data } = await api.client.assumePersona({ body: { name: 'Night owl' } });
  const reader = await api.clientFor(['report:read']);
  expect((await reader.readPersona({ persona: data.id })).data).toMatchObject({
    kind: 'assumption',
    name: 'Night owl',
    size: null,
    claims: [],
  });
  await expect(reader.readPersona({ persona: data.id, version: 7 })).rejects.toMatchObject({ status: 404 });
});

test('a key takes no project out that holds words of people who did not agree', async () => {
  const body = { kind: 'study-report', format: 'qdpx', audience: 'internal' } as const;
  await expect(api.client.askForReport({ body })).rejects.toMatchObject({ status: 403 });
  expect((await api.client.listReports({})).data.items).toEqual([]);
});

test('a report is fetched when it is done, and that it was handed on is written down', async () => {
  const asked = await api.client.askForReport({ body: { kind: 'study-report', format: 'md', audience: 'client' } });
  const report = asked.data.id;
  await api.house.verbatim.analysis.idle();
  expect((await api.client.readReport({ report })).data).toMatchObject({ state: 'done', progress: 1 });
  const file = await api.client.downloadReport({ report });
  expect(await file.data.text()).toContain('A study');
  const handed = await api.house.verbatim.store.reports.handedOn(api.study.id);
  expect(handed.map(({ format, byUser }) => [format, Number(byUser)])).toEqual([['md', api.ownerId]]);
});

test('a rule is counted over people as they are known, and its segment lists who is in it', async () => {
  await api.client.tellPerson({ body: { userId: 'a', attributes: { plan: 'gold' } } });
  await api.client.tellPerson({ body: { userId: 'b', attributes: { plan: 'basic' } } });
  const rule = { attribute: 'plan', op: 'is' as const, value: 'gold' };
  const counted = await api.client.countRule({ body: { rule: { all: [rule] } } });
  expect(counted.data.people).toMatchObject({ all: 2, admitted: 1, refused: 1 });
  const { data: segment } = await api.client.addSegment({ body: { name: 'Gold', rule: { all: [rule] } } });
  const [gold] = (await api.client.listPeople({ find: 'a' })).data.items.filter(({ identity }) => identity === 'a');
  expect((await api.client.listSegmentMembers({ segment: segment.id })).data.items).toEqual([{ id: gold?.id }]);
  const { etag } = await api.client.readSegment({ segment: segment.id });
  const change = () =>
    api.client.changeSegment({
      segment: segment.id,
      ifMatch: etag ?? '',
      body: { name: 'Not gold', rule: { not: rule } },
    });
  await change();
  await expect(change()).rejects.toMatchObject({ status: 412 });
});
