import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiHouse, openApiHouse } from './open-api.ts';
import { aCoding, anInterview, aTalk } from './places/interviews.ts';

let api: ApiHouse;
beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
});
afterAll(() => api.close());

test('a transcript is read as turns with personal data masked, and codes are put on the words that were kept', async () => {
  const { interview } = await anInterview(api);
  const text = 'Int: Who told you?\nP07: Write to ada@example.org, it was too dear.\n';
  const put = await api.client.putTranscript({ interview, ifMatch: '*', body: { text } });
  expect(put.data.turns).toBe(2);
  const { data } = await api.client.readTurns({ interview });
  const turn = data.items[1];
  expect(turn?.text).toBe('Write to [e-mail], it was too dear.');
  expect(JSON.stringify(data)).not.toContain('ada@example.org');
  const [mask] = turn?.masks ?? [];
  expect(mask).toEqual({ start: 9, end: 24, kind: 'email' });
  const coded = await api.client.addCoding({ body: { source: turn?.source ?? '', words: 'too dear', name: 'Price' } });
  expect(coded.data).toMatchObject({ words: 'too dear', start: 33, end: 41 });
  const whole = await api.client.addCoding({ body: { source: turn?.source ?? '', name: 'Advice' } });
  expect(whole.data).toMatchObject({ start: 0, end: turn?.length, words: 'Write to [e-mail], it was too dear.' });
});

test('a transcript takes the place of the one that was seen, and of no other', async () => {
  const { interview } = await aTalk(api);
  const seen = (await api.client.readTurns({ interview, limit: 1 })).etag ?? '';
  const body = { text: 'Int: And now?\nP07: It was fine.\n' };
  await api.client.putTranscript({ interview, ifMatch: seen, body });
  await expect(api.client.putTranscript({ interview, ifMatch: seen, body })).rejects.toMatchObject({ status: 412 });
  expect((await api.client.readTurns({ interview })).data.items.map(({ text }) => text)).toEqual([
    'And now?',
    'It was fine.',
  ]);
});

test('an interview goes the way that the studio lets it go', async () => {
  const { interview } = await aTalk(api);
  expect((await api.client.readInterview({ interview })).data).toMatchObject({ state: 'held', turns: 2 });
  await expect(api.client.setInterviewState({ interview, body: { state: 'no-show' } })).rejects.toMatchObject({
    status: 409,
  });
  const page = await api.owner.get(`/studio/${api.study.publicId}/interviews/${interview}`);
  expect(page.text).toContain('too dear');
});

test('codes stand in a tree, and what is merged is counted in the other one', async () => {
  const place = await aCoding(api);
  const { data: other } = await api.client.addCode({ body: { name: 'Money' } });
  const moved = await api.client.moveCode({ code: place.code, body: { parent: other.id } });
  expect(moved.data.path[0]).toBe('Money');
  expect((await api.client.readCode({ code: other.id })).data).toMatchObject({ passages: 0, passagesBeneath: 1 });
  const { data: merged } = await api.client.mergeCode({ code: place.code, body: { into: other.id } });
  expect(merged).toMatchObject({ moved: 1, code: { passages: 1 } });
  expect((await api.client.readCode({ code: place.code })).data).toMatchObject({
    isRetired: true,
    mergedInto: other.id,
  });
  expect((await api.client.listCodings({ code: other.id })).data.items.map(({ words }) => words)).toEqual(['too dear']);
  expect((await api.client.listCodings({ interview: place.interview })).data.items.length).toBe(1);
});

test('a code that was changed meanwhile is not written over', async () => {
  const { data: made } = await api.client.addCode({ body: { name: 'Trust' } });
  const { etag } = await api.client.readCode({ code: made.id });
  const write = (definition: string) =>
    api.client.defineCode({ code: made.id, ifMatch: etag ?? '', body: { name: 'Trust', definition } });
  await write('Whether they believe it');
  await expect(write('Something else')).rejects.toMatchObject({ status: 412 });
  expect((await api.client.readCode({ code: made.id })).data.definition).toBe('Whether they believe it');
});

test('a note that is sent twice under one id is kept once', async () => {
  const { interview } = await anInterview(api);
  const body = { id: 'note-0001', text: 'Call +49 170 1234567 back.' };
  await api.client.writeNote({ interview, body });
  await api.client.writeNote({ interview, body });
  const { data } = await api.client.listNotes({ interview });
  expect(data.items.length).toBe(1);
  expect(data.items[0]?.text).not.toContain('1234567');
});
