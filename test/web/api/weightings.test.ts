import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiHouse, openApiHouse } from './open-api.ts';
import { anAnsweredSurvey } from './places/tables.ts';

let api: ApiHouse;
let survey: string;
beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
  survey = (await anAnsweredSurvey(api))['survey'] ?? '';
});
afterAll(() => api.close());

const by = (targets: { codes: string[]; target: number }[], column = 'answer:again') => ({
  name: 'By coming again',
  definition: { raked: { margins: [{ column, targets }] } },
});
const half = by([
  { codes: ['yes'], target: 50 },
  { codes: ['no'], target: 50 },
]);

test('shares as numbers are met, and stand beside the figures that they make', async () => {
  const { data } = await api.client.addWeighting({ survey, body: half });
  expect(data.definition.raked?.margins[0]).toMatchObject({
    name: 'Would you come again?',
    categories: [{ label: 'Yes' }, { label: 'No' }],
  });
  const weighting = data.id;
  const weighed = (await api.client.weigh({ survey, weighting })).data;
  expect(weighed.raked?.margins[0]?.categories.map(({ before, after }) => [before, after])).toEqual([
    [75, 50],
    [25, 50],
  ]);
  const results = (await api.client.readWeightedResults({ survey, weighting })).data;
  const again = results.items.find(({ id }) => id === 'answer:again');
  expect(again?.rows.map(({ points }) => points[0]?.value?.toFixed(6))).toEqual(['0.500000', '0.500000']);
  expect(results.weighting).toContain('By coming again');
  const lines = (await (await api.client.downloadWeights({ survey, weighting })).data.text()).trim().split('\r\n');
  expect(lines.length).toBe(41);
});

test.each([
  ['do not come to 100', [['yes'], ['no']], [50, 40], '10 are missing'],
  ['name an option that is not there', [['yes'], ['maybe']], [50, 50], 'There is no option “maybe” here'],
  ['leave an answer out', [['yes'], ['yes']], [50, 50], '“No” has 10 respondents'],
] as const)('shares that %s are refused with what to do, as on the page', async (_words, codes, shares, said) => {
  const body = by(codes.map((own, i) => ({ codes: [...own], target: shares[i] ?? 0 })));
  const refusal = await api.client.addWeighting({ survey, body }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ status: 422 });
  const { errors } = refusal as { errors: { pointer: string; detail: string }[] };
  expect(errors.map(({ detail }) => detail).join(' ')).toContain(said);
  expect(errors[0]?.pointer).toBe('#/definition/raked/margins/0');
});

test('what nobody can be weighed by, and a base of nobody, are refused', async () => {
  const elsewhere = by(half.definition.raked.margins[0]?.targets ?? [], 'answer:gone');
  await expect(api.client.addWeighting({ survey, body: elsewhere })).rejects.toMatchObject({ status: 422 });
  await expect(
    api.client.addWeighting({ survey, body: { ...half, definition: { ...half.definition, base: 'none' } } }),
  ).rejects.toMatchObject({ status: 422 });
  await expect(api.client.addWeighting({ survey, body: { name: 'None', definition: {} } })).rejects.toMatchObject({
    status: 422,
  });
});

test('a base says whom it leaves out, and keeps its versions apart', async () => {
  const { data, etag } = await api.client.addBase({
    survey,
    body: { name: 'On pages', definition: { ways: ['widget'] } },
  });
  const base = data.id;
  expect((await api.client.countBase({ survey, base })).data).toMatchObject({ n: 0, leftOut: { open: 40 } });
  const change = (ifMatch: string) =>
    api.client.changeBase({ survey, base, ifMatch, body: { name: 'Open', definition: { ways: ['open'] } } });
  expect((await change(etag ?? '')).data.version).toBe(2);
  await expect(change(etag ?? '')).rejects.toMatchObject({ status: 412 });
  expect((await api.client.countBase({ survey, base })).data.n).toBe(40);
  await api.client.removeBase({ survey, base });
  await expect(change('*')).rejects.toMatchObject({ status: 409 });
  expect((await api.client.readBase({ survey, base })).data.removedAt).not.toBeNull();
});
