import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Interview } from '../../src/store/notes.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { openInterviewHouse } from '../support/interview-house.ts';
import { type StubAnswer, startStub } from '../support/stub-server.ts';
import { silence } from '../support/wav.ts';

const whole = {
  task: 'transcribe',
  language: 'english',
  duration: 6,
  text: ' The bill came. It was dear.',
  segments: [
    { id: 0, seek: 0, start: 0, end: 2.5, text: ' The bill came.', avg_logprob: -0.2, no_speech_prob: 0.01 },
    { id: 1, seek: 0, start: 2.5, end: 5, text: ' It was dear.', avg_logprob: -0.2, no_speech_prob: 0.01 },
  ],
};
let answer: StubAnswer = { status: 200, body: whole };
let stub: Awaited<ReturnType<typeof startStub>>;
let house: Awaited<ReturnType<typeof openInterviewHouse>>;
beforeAll(async () => {
  stub = await startStub(() => answer);
  house = await openInterviewHouse({
    transcription: {
      url: `${stub.url}/v1/audio/transcriptions`,
      model: 'small-1',
      key: 'KEY-TO-KEEP',
      timeoutMs: 5000,
    },
  });
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await stub[Symbol.asyncDispose]();
});

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
async function recorded(): Promise<{
  interview: Interview;
  at: string;
  send: (form?: Record<string, string>) => Promise<{ status: number; text: string }>;
}> {
  const { interview, at } = await house.plan();
  await house.agree(interview, ['analysis', 'recording']);
  await house.researcher.upload(`${at}/media`, 'recording', {
    name: 'Ben Lind.wav',
    bytes: new Uint8Array(silence(2)),
  });
  const [file] = await house.verbatim.media.listOf(interview);
  return {
    interview,
    at,
    send: async (form = {}) => {
      const sent = await house.researcher.post(`${at}/media/${file?.publicId}/write-down`, form);
      await house.verbatim.transcription.idle();
      return sent;
    },
  };
}
const last = (interview: Interview) => house.verbatim.store.media.lastTranscription(interview.id);

test('where no server is named, nothing offers to send anything', async () => {
  await using other = await openInterviewHouse();
  const { at } = await other.plan();
  const page = await other.researcher.get(`${at}/transcript`);
  expect(page.text).not.toContain('Let a machine write it down');
  expect(other.verbatim.transcription.server).toBeNull();
});

test('a recording is sent with the model and nobody’s name, and comes back as a draft that says what it is', async () => {
  answer = { status: 200, body: whole };
  const { interview, at, send } = await recorded();
  const page = plain((await house.researcher.get(`${at}/transcript`)).text);
  expect(page).toContain('The whole recording goes to a server on this same machine');
  const before = stub.taken.length;
  expect((await send({ language: 'en' })).status).toBe(303);

  const request = stub.taken[before];
  expect([request?.method, request?.path]).toEqual(['POST', '/v1/audio/transcriptions']);
  expect(request?.headers.authorization).toBe('Bearer KEY-TO-KEEP');
  expect(request?.headers['content-length']).toBeDefined();
  for (const part of [
    'name="model"\r\n\r\nsmall-1',
    'name="response_format"\r\n\r\nverbose_json',
    'name="language"\r\n\r\nen',
    'filename="recording.wav"',
    'WAVEfmt',
  ])
    expect(request?.body).toContain(part);
  expect(request?.body).not.toContain('Ben');
  expect(await last(interview)).toMatchObject({
    state: 'done',
    server: stub.url.replace('http://', ''),
    model: 'small-1',
  });

  const room = await house.researcher.get(`${at}/transcript`);
  const draft = /href="([^"]*\/transcripts\/[\w-]{22})"/.exec(room.text)?.[1] ?? '';
  expect(plain(room.text)).toContain('written down by a machine');
  const look = await house.researcher.get(draft);
  expect(plain(look.text)).toContain('Uncorrected draft by a machine');
  expect(await house.verbatim.store.transcripts.turnsOf(interview)).toEqual([]);
  const form = Object.fromEntries([...fieldsOf(look.text, draft)].map(([name, [value = '']]) => [name, value]));
  expect((await house.researcher.post(`${draft}/bring-in`, form)).status).toBe(303);
});

test('brought in, it is marked beside quotes and in exports until somebody says that it was corrected', async () => {
  answer = { status: 200, body: whole };
  const { interview, at, send } = await recorded();
  await send();
  const [draft] = await house.verbatim.store.transcripts.draftsOf(interview.id, '2000-01-01');
  const address = `${house.studio}/transcripts/${draft?.publicId}`;
  const look = await house.researcher.get(address);
  await house.researcher.post(
    `${address}/bring-in`,
    Object.fromEntries([...fieldsOf(look.text, address)].map(([name, [value = '']]) => [name, value])),
  );
  await house.researcher.post(`${at}/codings`, { source: '1', words: 'The bill', name: 'Bill' });
  const code = (await house.verbatim.store.notes.codes(house.study.id)).find(({ name }) => name === 'Bill');
  const marks = async () => ({
    page: plain((await house.researcher.get(at)).text).includes('Uncorrected draft by a machine'),
    quote: plain((await house.researcher.get(`${house.studio}/codebook/${code?.publicId}`)).text).includes(
      'uncorrected draft by a machine',
    ),
    file: (await house.researcher.get(`${at}/transcript/as/vtt`)).text.includes(
      'NOTE This is an uncorrected draft by a machine.',
    ),
    table: /,machine draft\r?\n.*,1\r?\n/.test(
      (await house.researcher.get(`${house.studio}/codebook/files/quotes?readers=study`)).text,
    ),
  });
  expect(await marks()).toEqual({ page: true, quote: true, file: true, table: true });
  expect((await house.researcher.post(`${at}/transcript/corrected`)).status).toBe(303);
  expect(await marks()).toEqual({ page: false, quote: false, file: false, table: false });
});

test('what it tells as segments is kept as captions of the turn that they were joined to', async () => {
  const said = (start: number, end: number, text: string) => ({ start, end, text });
  answer = {
    status: 200,
    body: { text: 'x', segments: [said(0, 2, 'The bill came'), said(2.5, 4, 'and it was dear')] },
  };
  const { interview, send } = await recorded();
  await send();
  const { store } = house.verbatim;
  const [draft] = await store.transcripts.draftsOf(interview.id, '2000-01-01');
  const address = `${house.studio}/transcripts/${draft?.publicId}`;
  const look = await house.researcher.get(address);
  await house.researcher.post(
    `${address}/bring-in`,
    Object.fromEntries([...fieldsOf(look.text, address)].map(([name, [value = '']]) => [name, value])),
  );
  const turns = await store.transcripts.turnsOf(interview);
  expect(turns.map(({ text }) => text)).toEqual(['The bill came and it was dear']);
  expect([...(await store.transcriptCues.of(turns)).values()]).toEqual([
    [
      { start: 0, startMs: 0, endMs: 2000 },
      { start: 14, startMs: 2500, endMs: 4000 },
    ],
  ]);
});

test.each<[string, StubAnswer, string]>([
  ['a wrong key', { status: 401, body: {} }, 'it does not know us (status 401)'],
  ['too large', { status: 413, body: {} }, 'the recording is too large for it (status 413)'],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'redirects are not followed'],
  ['no transcript', { status: 200, body: 'hello' }, 'something that is no transcript'],
  ['a closed connection', (response) => response.destroy(), 'did not answer'],
])('%s is said in words, and nothing is kept', async (_, said, words) => {
  answer = said;
  const { interview, at, send } = await recorded();
  await send();
  expect(await last(interview)).toMatchObject({ state: 'failed', failure: expect.stringContaining(words) });
  expect(plain((await house.researcher.get(`${at}/transcript`)).text)).toContain(words);
  expect(await house.verbatim.store.transcripts.draftsOf(interview.id, '2000-01-01')).toEqual([]);
});

test('an answer of words alone is a draft without times', async () => {
  answer = { status: 200, body: { text: 'The bill came.' } };
  const { interview, send } = await recorded();
  await send();
  const [draft] = await house.verbatim.store.transcripts.draftsOf(interview.id, '2000-01-01');
  const page = plain((await house.researcher.get(`${house.studio}/transcripts/${draft?.publicId}`)).text);
  expect(page).toContain('The server told no times');
});

test('while the server works its page says so; it is stopped by a button, and one is sent at a time', async () => {
  let release: () => void = () => {};
  let asked: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  answer = (response) => {
    release = () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
    asked();
  };
  const { interview, at } = await recorded();
  const [file] = await house.verbatim.media.listOf(interview);
  const address = `${at}/media/${file?.publicId}/write-down`;
  expect((await house.researcher.post(address)).status).toBe(303);
  await arrived;
  const page = (await house.researcher.get(`${at}/transcript`)).text;
  const stop = /action="([^"]*\/transcriptions\/[^"]*\/stop)"/.exec(page)?.[1] ?? '';
  const progress = JSON.parse((await house.researcher.get(stop.replace(/stop$/, 'progress'))).text) as object;
  expect(progress).toMatchObject({ state: 'running' });
  expect((await house.researcher.post(address)).status).toBe(409);
  expect((await house.researcher.post(stop)).status).toBe(303);
  await house.verbatim.transcription.idle();
  release();
  expect(await last(interview)).toMatchObject({ state: 'cancelled' });
  expect(await house.verbatim.store.transcripts.draftsOf(interview.id, '2000-01-01')).toEqual([]);
});

test('a withdrawal while the server works stops it, and nothing it says is kept', async () => {
  let asked: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  answer = () => asked();
  const { interview, at } = await recorded();
  const [file] = await house.verbatim.media.listOf(interview);
  await house.researcher.post(`${at}/media/${file?.publicId}/write-down`);
  await arrived;
  await house.researcher.post(`${at}/withdraw`, { withdraw: '1' });
  await house.verbatim.transcription.idle();
  expect(await last(interview)).toMatchObject({ state: 'cancelled' });
  expect(await house.verbatim.store.transcripts.draftsOf(interview.id, '2000-01-01')).toEqual([]);
});

test('a language that is no code is said beside its field', async () => {
  answer = { status: 200, body: whole };
  const { send } = await recorded();
  const refused = await send({ language: 'English please' });
  expect([refused.status, refused.text.includes('href="#language"')]).toEqual([422, true]);
});

test('to a server elsewhere nothing is sent before they agreed to a service, and the page says what leaves', async () => {
  await using other = await openInterviewHouse({
    transcription: { url: 'https://transcribe.example/v1/audio/transcriptions', model: 'large', key: null },
  });
  const { interview, at } = await other.plan();
  await other.agree(interview, ['analysis', 'recording']);
  await other.researcher.upload(`${at}/media`, 'recording', { name: 'a.wav', bytes: new Uint8Array(silence(1)) });
  const page = plain((await other.researcher.get(`${at}/transcript`)).text);
  expect(page).toContain('This leaves the machine: the whole recording, every voice in it, goes to transcribe.example');
  expect(page).toContain('once it is noted that they agreed to an AI service');
  const [file] = await other.verbatim.media.listOf(interview);
  const refused = await other.researcher.post(`${at}/media/${file?.publicId}/write-down`);
  expect(refused.status).toBe(422);
  expect(await other.verbatim.store.media.lastTranscription(interview.id)).toBeNull();
});
