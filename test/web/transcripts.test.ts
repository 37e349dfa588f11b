import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Interview } from '../../src/store/notes.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { openInterviewHouse } from '../support/interview-house.ts';

let house: Awaited<ReturnType<typeof openInterviewHouse>>;
beforeAll(async () => {
  house = await openInterviewHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const bytes = (text: string) => new TextEncoder().encode(text);
const zoom = `WEBVTT

1
00:00:01.000 --> 00:00:04.000
Ada Moor: What happened on the day?

2
00:00:05.000 --> 00:00:09.000
Benno: The bill came 😀,

3
00:00:10.000 --> 00:00:14.000
Benno: and it was too dear for what we got of it.

4
00:00:20.000 --> 00:00:22.000
Ada: And then?
`;
const bring = async (at: string, text = zoom, name = 'talk.vtt') =>
  (await house.researcher.upload(`${at}/transcript`, 'file', { name, bytes: bytes(text) }, { words: '' })).location;
const turnsOf = (interview: Pick<Interview, 'studyId' | 'publicId'>) =>
  house.verbatim.store.transcripts.turnsOf(interview);
const formOf = async (draft: string): Promise<Record<string, string>> => {
  const page = (await house.researcher.get(draft)).text;
  return Object.fromEntries([...fieldsOf(page, draft)].map(([name, [value = '']]) => [name, value]));
};

describe('a transcript is looked at before it is brought in', () => {
  test('the page says how it was read, whom names stand for and what it comes to, and nothing is written', async () => {
    const { interview, at } = await house.plan();
    const draft = await bring(at);
    expect(draft).toMatch(/\/transcripts\/[\w-]{22}$/);
    const page = plain((await house.researcher.get(draft)).text);
    expect(page).toContain('WebVTT as by Zoom');
    expect(page).toContain('Turns they come to 3');
    expect(page).toContain('Maybe the same as Ada Moor?');
    expect(page).toContain('The bill came 😀, and it was too dear');
    expect(await turnsOf(interview)).toEqual([]);
    expect((await house.researcher.get(`${at}/transcript`)).text).toContain(`href="${draft}"`);
  });

  test('speakers are mapped, looked at again, and then become sealed turns with times', async () => {
    const { interview, at } = await house.plan();
    const draft = await bring(at);
    const form = await formOf(draft);
    expect([form['is-1'], form['is-2'], form['is-3'], form['joins']]).toEqual([
      'named',
      'participant',
      'named',
      'close',
    ]);
    const chosen = { ...form, 'name-1': 'Ms A', 'is-3': 'same-1' };

    const changed = await house.researcher.post(`${draft}/bring-in`, chosen);
    expect(changed.status).toBe(422);
    expect(plain(changed.text)).toContain('What you chose has changed, so nothing was brought in yet');
    expect(await turnsOf(interview)).toEqual([]);

    const brought = await house.researcher.post(`${draft}/bring-in`, await formOf(draft));
    expect([brought.status, brought.location]).toEqual([303, `${at}#said`]);
    const turns = await turnsOf(interview);
    expect(
      turns.map(({ position, speaker, startMs, endMs, text }) => [position, speaker, startMs, endMs, text]),
    ).toEqual([
      [1, 'Ms A', 1000, 4000, 'What happened on the day?'],
      [2, 'P07', 5000, 14_000, 'The bill came 😀, and it was too dear for what we got of it.'],
      [3, 'Ms A', 20_000, 22_000, 'And then?'],
    ]);
    expect((await house.researcher.get(draft)).status).toBe(404);
    const planned = await house.verbatim.store.notes.findInterview(house.study.id, interview.publicId);
    expect(planned?.state).toBe('held');
    expect(plain((await house.researcher.get(at)).text)).toContain('P07 The bill came');
  });

  test('pasted words are read like files, and both may be missing', async () => {
    const { interview, at } = await house.plan();
    const none = await house.researcher.upload(`${at}/transcript`, 'other', { name: '', bytes: bytes('') });
    expect([none.status, none.text.includes('href="#file"')]).toEqual([422, true]);
    const body = new FormData();
    body.set('words', 'A: One\nB: two');
    const sent = await house.researcher.send(`${at}/transcript`, { method: 'POST', body });
    const draft = sent.headers.get('location') ?? '';
    expect((await house.researcher.post(`${draft}/bring-in`, await formOf(draft))).status).toBe(303);
    expect((await turnsOf(interview)).map(({ speaker, text }) => [speaker, text])).toEqual([
      ['A', 'One'],
      ['P07', 'two'],
    ]);
  });

  test('a file that cannot be read says what to do, and a large one is refused', async () => {
    const { at } = await house.plan();
    const pdf = await house.researcher.upload(`${at}/transcript`, 'file', { name: 'a.pdf', bytes: bytes('%PDF-1.7') });
    expect(pdf.status).toBe(422);
    expect(plain(pdf.text)).toContain('Copy its words and paste them, or export the transcript as .vtt or .docx');
    expect(pdf.text).toContain('<title>Error: ');
    const large = await house.researcher.upload(`${at}/transcript`, 'file', {
      name: 'a.txt',
      bytes: new Uint8Array(6 * 1024 * 1024),
    });
    expect(large.status).toBe(413);
  });

  test('a draft is thrown away by a button, and lets go by itself after a week', async () => {
    const { interview, at } = await house.plan();
    const draft = await bring(at);
    expect((await house.researcher.post(`${draft}/forget`)).location).toBe(`${at}/transcript`);
    expect((await house.researcher.get(draft)).status).toBe(404);
    const { verbatim } = house;
    const kept = await bring(at);
    const inAWeek = new Date(Date.now() + 8 * 86_400_000).toISOString();
    expect(
      await verbatim.store.transcripts.findDraft(house.study.id, kept.split('/').at(-1) ?? '', inAWeek),
    ).toBeNull();
    await verbatim.store.transcripts.forgetExpired(inAWeek);
    expect(await verbatim.store.transcripts.draftsOf(interview.id, '2000-01-01')).toEqual([]);
  });

  test('nobody from another study sees a draft or brings it in', async () => {
    const { at } = await house.plan();
    const draft = await bring(at);
    for (const path of [draft, `${at}/transcript`]) expect((await house.outsider.get(path)).status).toBe(404);
    expect((await house.outsider.post(`${draft}/bring-in`)).status).toBe(404);
    expect((await house.researcher.get(draft)).status).toBe(200);
  });
});

describe('an interview that has turns', () => {
  test('keeps them until somebody says that others take their place, and is told what becomes of codings', async () => {
    const { interview, at } = await house.plan();
    const first = await bring(at);
    await house.researcher.post(`${first}/bring-in`, await formOf(first));
    const [, turn] = await turnsOf(interview);
    const { store, evidence } = house.verbatim;
    expect(
      (await house.researcher.post(`${at}/codings`, { source: '2', words: 'The bill', name: 'Bill' })).status,
    ).toBe(303);
    const [coding] = await store.notes.codings(house.study.id, { sourceIds: [turn?.publicId ?? ''] });
    expect(coding).toBeDefined();

    const second = await bring(at, 'A: One\nB: two', 'other.txt');
    const page = plain((await house.researcher.get(second)).text);
    expect(page).toContain('This interview has 3 turns already');
    expect(page).toContain('1 coding on them will be taken off for good');
    const refused = await house.researcher.post(`${second}/bring-in`, await formOf(second));
    expect([refused.status, refused.text.includes('href="#replace"')]).toEqual([422, true]);
    expect(await turnsOf(interview)).toHaveLength(3);

    const done = await house.researcher.post(`${second}/bring-in`, { ...(await formOf(second)), replace: '1' });
    expect(done.status).toBe(303);
    expect((await turnsOf(interview)).map(({ text }) => text)).toEqual(['One', 'two']);
    expect(await store.notes.codings(house.study.id, { sourceIds: [turn?.publicId ?? ''] })).toEqual([]);
    const [quote] = await evidence.readQuotes(house.study.id, [coding!]);
    expect(quote).toMatchObject({ isVerbatim: true, marked: 'The bill' });
  });

  test('is not written over when its turns changed since the page was made', async () => {
    const { interview, at } = await house.plan();
    const [one, two] = [await bring(at), await bring(at, 'A: One\nB: two', 'other.txt')];
    const form = await formOf(two);
    await house.researcher.post(`${one}/bring-in`, await formOf(one));
    const late = await house.researcher.post(`${two}/bring-in`, { ...form, replace: '1' });
    expect(late.status).toBe(409);
    expect(plain(late.text)).toContain('Somebody was quicker');
    expect(await turnsOf(interview)).toHaveLength(3);
  });

  test('two who bring the same draft in at once bring it in once', async () => {
    const { interview, at } = await house.plan();
    const draft = await bring(at);
    const form = await formOf(draft);
    const both = await Promise.all([1, 2].map(() => house.researcher.post(`${draft}/bring-in`, form)));
    expect(both.map(({ status }) => status === 303).filter(Boolean)).toHaveLength(1);
    expect(await turnsOf(interview)).toHaveLength(3);
  });
});

test('a transcript without an interview becomes one, with whom and when, in one step', async () => {
  const { verbatim, researcher, studio } = house;
  expect((await researcher.get(`${studio}/interviews/new`)).text).toContain(`${studio}/transcripts/new`);
  const sent = await researcher.upload(`${studio}/transcripts/new`, 'file', { name: 'talk.vtt', bytes: bytes(zoom) });
  const draft = sent.location;
  const before = await verbatim.store.notes.countInterviews(house.study.id);
  const missing = await researcher.post(`${draft}/bring-in`, await formOf(draft));
  expect([missing.status, missing.text.includes('href="#participant"')]).toEqual([422, true]);
  expect(await verbatim.store.notes.countInterviews(house.study.id)).toBe(before);
  const form = { ...(await formOf(draft)), participant: 'P21', heldOn: '2026-03-09', mayQuote: '1' };
  await researcher.post(draft, form);
  expect((await formOf(draft))['participant']).toBe('P21');
  const made = await researcher.post(`${draft}/bring-in`, form);
  expect(made.status).toBe(303);
  const interview = await verbatim.store.notes.findInterview(
    house.study.id,
    made.location.split('/').at(-1)?.replace('#said', '') ?? '',
  );
  expect(interview).toMatchObject({ participant: 'P21', heldOn: '2026-03-09', maySpeak: 1, state: 'held' });
  expect((await turnsOf(interview!)).map(({ speaker }) => speaker)).toEqual(['Ada Moor', 'P21', 'Ada']);
});

test('a transcript is taken along as captions and as text, with what is personal masked', async () => {
  const { at } = await house.plan();
  const draft = await bring(at, zoom.replace('And then?', 'Write to ada@example.org then?'));
  await house.researcher.post(`${draft}/bring-in`, await formOf(draft));
  const vtt = await house.researcher.get(`${at}/transcript/as/vtt`);
  expect(vtt.headers.get('content-type')).toContain('text/vtt');
  expect(vtt.headers.get('content-disposition')).toContain('.vtt');
  expect(vtt.text).toContain('<v P07>The bill came 😀,\n');
  expect(vtt.text).toContain('Write to [e-mail] then?');
  expect((await house.researcher.get(`${at}/transcript/as/srt`)).text).toContain(
    '00:00:05,000 --> 00:00:09,000\nP07: The bill came 😀,\n',
  );
  expect((await house.researcher.get(`${at}/transcript/as/txt`)).text).toContain(
    '[00:00:05.000 – 00:00:14.000] P07: The',
  );
  expect((await house.researcher.get(`${at}/transcript/as/pdf`)).status).toBe(404);
});

test('a transcript without times is offered as text alone, and captions of it are refused in words', async () => {
  const { at } = await house.plan();
  const draft = await bring(at, 'P07: It was dear.\nAda: And then?');
  await house.researcher.post(`${draft}/bring-in`, await formOf(draft));
  const room = (await house.researcher.get(`${at}/transcript`)).text;
  expect(room).toContain(`${at}/transcript/as/txt`);
  for (const format of ['vtt', 'srt']) {
    expect(room).not.toContain(`${at}/transcript/as/${format}`);
    const refused = await house.researcher.get(`${at}/transcript/as/${format}`);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('This transcript has no times');
  }
  expect((await house.researcher.get(`${at}/transcript/as/txt`)).text).toContain('P07: It was dear.');
});

describe('the captions that a turn was joined of', () => {
  const cuesOf = async (interview: Interview) => {
    const turns = await turnsOf(interview);
    const cues = await house.verbatim.store.transcriptCues.of(turns);
    return turns.map(({ publicId, version }) => cues.get(`${publicId} ${version}`) ?? []);
  };
  const broughtIn = async () => {
    const { interview, at } = await house.plan();
    const draft = await bring(at);
    await house.researcher.post(`${draft}/bring-in`, await formOf(draft));
    return { interview, at };
  };
  const two = [
    { start: 0, startMs: 5000, endMs: 9000 },
    { start: 17, startMs: 10_000, endMs: 14_000 },
  ];

  test('are kept for playing where they stand, and written back as they came', async () => {
    const { interview, at } = await broughtIn();
    expect(await cuesOf(interview)).toEqual([[], two, []]);
    for (const page of [at, `${at}/code`])
      expect((await house.researcher.get(page)).text).toContain('data-cues="0:5000 17:10000"');
    const vtt = (await house.researcher.get(`${at}/transcript/as/vtt`)).text;
    expect(vtt).toContain('00:00:10.000 --> 00:00:14.000\n<v P07>and it was too dear for what we got of it.\n');
    const again = await house.plan('P08');
    const draft = await bring(again.at, vtt);
    await house.researcher.post(`${draft}/bring-in`, await formOf(draft));
    expect((await turnsOf(again.interview)).map(({ text }) => text)).toEqual(
      (await turnsOf(interview)).map(({ text }) => text),
    );
    expect(await cuesOf(again.interview)).toEqual([[], two, []]);
  });

  test('go along with a correction, and one whose words are gone goes', async () => {
    const { interview, at } = await broughtIn();
    const correct = (version: string, text: string) =>
      house.researcher.post(`${at}/turns/2/correct`, { do: 'save', version, text, reason: '' });
    expect((await correct('1', 'Well, the big bill came 😀, and it was too dear for us.')).status).toBe(303);
    const [, moved] = await cuesOf(interview);
    const [, turn] = await turnsOf(interview);
    expect(moved?.map(({ startMs }) => startMs)).toEqual([5000, 10_000]);
    expect([...(turn?.text ?? '')].slice(moved?.[1]?.start).join('')).toBe('and it was too dear for us.');
    expect((await house.researcher.get(`${at}/transcript/as/srt`)).text).toContain(
      '00:00:05,000 --> 00:00:09,000\nP07: Well, the big bill came 😀,\n',
    );
    expect((await correct('2', 'Well, the big bill came 😀,')).status).toBe(303);
    expect((await cuesOf(interview))[1]?.map(({ startMs }) => startMs)).toEqual([5000]);
  });

  test('go with the words: when others take their place, and when they are withdrawn', async () => {
    const [one, other] = [await broughtIn(), await broughtIn()];
    const turns = [...(await turnsOf(one.interview)), ...(await turnsOf(other.interview))];
    const count = async () => (await house.verbatim.store.transcriptCues.of(turns)).size;
    expect(await count()).toBe(2);
    const draft = await bring(one.at, 'A: One\nB: two', 'other.txt');
    await house.researcher.post(`${draft}/bring-in`, { ...(await formOf(draft)), replace: '1' });
    expect(await count()).toBe(1);
    await house.verbatim.consents.withdraw(house.study, other.interview, null);
    expect(await count()).toBe(0);
  });
});
