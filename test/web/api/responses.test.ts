import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/client/verbatim-client.ts';
import { type ApiHouse, exampleSurvey, openApiHouse } from './open-api.ts';

let api: ApiHouse;
let survey: string;
beforeAll(async () => {
  api = await openApiHouse();
  survey = await exampleSurvey(api, api.operations);
});
afterAll(() => api.close());

type Body = Parameters<ApiHouse['client']['sendResponse']>[0]['body'];
const send = (answers: Body['answers'], more: Partial<Body> = {}) =>
  api.client.sendResponse({ survey, body: { consents: ['analysis'], answers, ...more } });
const refusal = async (work: Promise<unknown>): Promise<Refusal> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error(`Not refused: ${String(error)}`);
  return error;
};
const count = async () => (await api.client.listResponses({ survey, limit: 200 })).data.items.length;

describe('a response that is sent in', () => {
  test('is what somebody would have sent page by page, and leads back by its receipt', async () => {
    const { data } = await send({ again: 'yes', why: 'It was quiet.' });
    expect(data.state).toBe('completed');
    const { data: kept } = await api.client.readResponse({ response: data.id });
    expect(kept.answers).toMatchObject({
      again: { state: 'answered', value: 'yes' },
      why: { state: 'answered', value: 'It was quiet.', words: 'kept' },
    });
    const page = await api.owner.post('/receipt', { code: data.receipt });
    expect(page.status).toBe(303);
    expect((await api.owner.get(page.location)).text).toContain('It was quiet.');
  });

  test('is read with personal data in its words masked', async () => {
    const { data } = await send({ again: 'yes', why: 'Write to anna.berg@example.org or call +49 170 1234567.' });
    const { data: kept } = await api.client.readResponse({ response: data.id });
    expect(kept.answers['why']?.value).toContain('[e-mail]');
    expect(JSON.stringify(kept)).not.toContain('anna.berg');
    const file = await api.client.exportResponses({ survey, format: 'jsonl' });
    const text = await file.data.text();
    expect(text).toContain('[e-mail]');
    expect(text).not.toContain('anna.berg');
  });

  test('keeps nothing where an answer does not fit, and says which', async () => {
    const before = await count();
    const wrong = await refusal(send({ again: 'perhaps' }));
    expect([wrong.status, wrong.errors[0]?.pointer]).toEqual([422, '#/body/answers/again']);
    const strange = await refusal(send({ again: 'yes', unasked: 'x' }));
    expect(strange.errors).toEqual([
      { pointer: '#/body/answers/unasked', detail: expect.stringContaining('does not ask this') },
    ]);
    const hidden = await refusal(send({ again: 'yes' }, { hidden: { supplier: 'x' } }));
    expect(hidden.errors[0]?.pointer).toBe('#/body/hidden/supplier');
    expect((await refusal(send({ why: 'no first answer' }))).errors[0]?.pointer).toBe('#/body/answers/again');
    expect(await count()).toBe(before);
  });

  test('keeps nothing without consent to analysis', async () => {
    const before = await count();
    expect((await refusal(send({ again: 'yes' }, { consents: ['quotes'] }))).errors[0]?.pointer).toBe(
      '#/body/consents',
    );
    expect(await count()).toBe(before);
  });

  test('as a test counts nowhere', async () => {
    const { data } = await send({ again: 'no' }, { isTest: true });
    expect((await api.client.readResponse({ response: data.id })).data.isTest).toBe(true);
    const counted = (await api.client.listResponses({ survey, state: 'counted', limit: 200 })).data.items;
    expect(counted.some(({ id }) => id === data.id)).toBe(false);
  });

  test('is refused while the survey is closed or not published', async () => {
    await api.client.setSurveyState({ survey, body: { state: 'closed' } });
    expect((await refusal(send({ again: 'yes' }))).status).toBe(410);
    await api.client.setSurveyState({ survey, body: { state: 'open' } });
    const body = api.operations['addSurvey']?.example?.body as Parameters<typeof api.client.addSurvey>[0]['body'];
    const { data: draft } = await api.client.addSurvey({ body });
    const early = api.client.sendResponse({ survey: draft.id, body: { consents: ['analysis'], answers: {} } });
    expect((await refusal(early)).status).toBe(409);
  });
});

test('a response is withdrawn by its own receipt alone, and nothing of it stays to be read', async () => {
  const one = (await send({ again: 'yes', why: 'A secret of mine.' })).data;
  const other = (await send({ again: 'no' })).data;
  const withdraw = (receipt: string) => api.client.withdrawResponse({ response: one.id, body: { receipt } });
  expect((await refusal(withdraw(other.receipt))).status).toBe(422);
  expect((await refusal(withdraw('nonsense'))).status).toBe(422);
  await withdraw(one.receipt);
  const { data } = await api.client.readResponse({ response: one.id });
  expect([data.state, JSON.stringify(data).includes('secret of mine')]).toEqual(['withdrawn', false]);
});

test('labels, notes and the reason for leaving out are those of the studio', async () => {
  const { data } = await send({ again: 'yes' });
  const response = data.id;
  await api.client.labelResponse({ response, body: { label: 'to call back' } });
  await api.client.noteResponse({ response, body: { text: 'Answered on the phone.' } });
  await api.client.leaveResponseOut({ response, body: { reason: 'Answered twice' } });
  const page = await api.owner.get(`/studio/${api.study.publicId}/responses/${response}`);
  for (const word of ['to call back', 'Answered on the phone.', 'Answered twice']) expect(page.text).toContain(word);
  const { data: kept } = await api.client.readResponse({ response });
  expect(kept).toMatchObject({
    leftOut: 'Answered twice',
    labels: [{ name: 'to call back' }],
    notes: [{ author: 'Ada' }],
  });
  await api.client.takeResponseBack({ response });
  expect((await api.client.readResponse({ response })).data.leftOut).toBeNull();
});

test('files of responses hold nothing that names people, whatever is asked', async () => {
  expect((await refusal(api.client.exportResponses({ survey, identities: '1' } as never))).status).toBe(400);
  expect((await refusal(api.client.exportResponses({ survey, unmasked: '1' } as never))).status).toBe(400);
});

test('counted answers are told under the smallest cell, as viewers read them', async () => {
  const few = await exampleSurvey(api, api.operations);
  const tell = (again: string) =>
    api.client.sendResponse({ survey: few, body: { consents: ['analysis'], answers: { again } } });
  for (let more = 0; more < 3; more += 1) await tell('yes');
  const hidden = (await api.client.readResults({ survey: few })).data;
  expect(hidden.smallestCell).toBe(10);
  expect(hidden.questions.flatMap(({ items }) => items.flatMap(({ shares }) => shares))).toEqual([]);
  for (let more = 0; more < 20; more += 1) await tell('yes');
  for (let more = 0; more < 15; more += 1) await tell('no');
  const { data } = await api.client.readResults({ survey: few });
  const again = data.questions.find(({ code }) => code === 'again')?.items[0];
  expect([data.n, again?.answered]).toEqual([38, 38]);
  expect(again?.shares.map(({ code, count: n }) => [code, n])).toEqual([
    ['yes', 23],
    ['no', 15],
  ]);
  expect(again?.shares[0]?.low).toBeLessThan(23 / 38);
});

test('every kind of question can be answered, hidden ones and rankings among them, as the pages take it', async () => {
  const { data } = await api.client.addSurvey({ body: everyKindSurvey as never });
  await api.client.publishSurvey({ survey: data.id, body: { draftRevision: 1 } });
  const sent = await api.client.sendResponse({
    survey: data.id,
    body: {
      consents: ['analysis'],
      hidden: { panel: 'north' },
      answers: {
        one: 'b',
        some: ['a', 'c'],
        agree: 'yes',
        mood: 7,
        'holds.x': '2',
        'holds.y': 5,
        age: 41,
        order: ['c', 'a', 'b'],
        day: '2026-03-01',
        said: 'Plainly.',
        money: { state: 'refused' },
      },
    },
  });
  const { data: kept } = await api.client.readResponse({ response: sent.data.id });
  const values = Object.fromEntries(
    Object.entries(kept.answers).map(([code, { state, value }]) => [code, value ?? state]),
  );
  expect(values).toEqual({
    panel: 'north',
    one: 'b',
    some: ['a', 'c'],
    agree: 'yes',
    mood: 7,
    'holds.x': 2,
    'holds.y': 5,
    age: 41,
    order: ['c', 'a', 'b'],
    day: '2026-03-01',
    said: 'Plainly.',
    money: 'refused',
  });
});

const words = (en: string) => ({ en });
const options = ['a', 'b', 'c'].map((code) => ({ code, text: words(code) }));
const everyKindSurvey = {
  format: 1,
  code: 'kinds',
  title: words('Kinds'),
  languages: ['en'],
  consent: { version: '1', text: words('We ask.'), purposes: [{ code: 'analysis', text: words('Yes') }] },
  pages: [
    {
      code: 'p1',
      questions: [
        { kind: 'hidden', code: 'panel', text: words('Panel') },
        { kind: 'single', code: 'one', text: words('One'), options },
        { kind: 'multiple', code: 'some', text: words('Some'), options },
        { kind: 'yes-no', code: 'agree', text: words('Agree'), required: true },
      ],
    },
    {
      code: 'p2',
      questions: [
        { kind: 'rating', code: 'mood', text: words('Mood'), steps: { min: 0, max: 10 } },
        {
          kind: 'battery',
          code: 'holds',
          text: words('Holds'),
          steps: { min: 1, max: 5 },
          rows: [
            { code: 'x', text: words('X') },
            { code: 'y', text: words('Y') },
          ],
        },
        { kind: 'number', code: 'age', text: words('Age') },
        { kind: 'ranking', code: 'order', text: words('Order'), options },
        { kind: 'date', code: 'day', text: words('Day') },
        { kind: 'text', code: 'said', text: words('Said'), long: true },
        { kind: 'number', code: 'money', text: words('Money'), refusable: true },
      ],
    },
  ],
};
