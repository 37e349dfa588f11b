import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let studio: string;
let interview: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ');
const correct = (position: number, form: Record<string, string>) =>
  house.researcher.post(`${interview}/turns/${position}/correct`, form);
const turn = async (position: number) => {
  const id = interview.split('/').at(-1)!;
  const sources = await house.verbatim.store.notes.sourcesOf(house.study.id, id);
  return sources.find((source) => source.kind === 'turn' && source.position === position)!;
};
const code = async (position: number, words: string, name: string) => {
  const source = await turn(position);
  return house.verbatim.codings.code(
    house.study,
    { sourceId: source.publicId, version: source.version, start: null, end: null, words },
    { publicId: null, name, definition: '' },
    null,
  );
};

beforeAll(async () => {
  house = await openFieldHouse();
  studio = `/studio/${house.study.publicId}`;
  const logged = await house.researcher.post(`${studio}/interviews/new`, {
    participant: 'P07',
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript:
      'Interviewer: What happened?\nP07: 😀 I was stuk in the lift again, and nobody came.\nP07: It was cold & dark, truly.\nP07: Then the line was cut.',
    mayQuote: '1',
  });
  expect(logged.status).toBe(303);
  interview = logged.location;
});
afterAll(() => house[Symbol.asyncDispose]());

test('a word is put right on its page: the code follows, the history shows what changed and why', async () => {
  const coding = await code(2, 'stuk in the lift', 'Lift');
  const page = await house.researcher.get(`${interview}/turns/2/correct`);
  const fields = fieldsOf(page.text, `${interview}/turns/2/correct`);
  expect(fields.get('version')).toEqual(['1']);
  const saved = await correct(2, {
    do: 'save',
    version: '1',
    text: '😀 I was stuck in the lift again, and nobody came.',
    reason: 'heard again',
  });
  expect(saved.status).toBe(303);
  const history = (await house.researcher.get(saved.location)).text;
  expect(plain(history)).toContain('heard again');
  expect(history).toContain('<del>stuk</del><ins>stuck</ins>');
  expect(plain(history)).toContain('Lift: “stuck in the lift”');
  const moved = await house.verbatim.store.notes.findCoding(house.study.id, coding.publicId);
  expect([moved?.sourceVersion, moved?.spanStart, moved?.spanEnd]).toEqual([2, 8, 25]);
  const [quote] = await house.verbatim.evidence.readQuotes(house.study.id, [moved!]);
  expect(quote).toMatchObject({ isVerbatim: true, marked: 'stuck in the lift' });
  // What was quoted from the version before still verifies.
  const [old] = await house.verbatim.evidence.readQuotes(house.study.id, [coding]);
  expect(old).toMatchObject({ isVerbatim: true, marked: 'stuk in the lift' });
  expect((await house.researcher.get(interview)).text.match(/in the lift again/g)).toHaveLength(1);
});

test('a code that would lose its words is shown first, and is kept as lost once that is agreed to', async () => {
  await code(3, 'truly', 'Emphasis');
  await code(3, 'cold & dark', 'Cold');
  const form = { do: 'save', version: '1', text: 'It was cold & dark.', reason: '' };
  const asked = await correct(3, form);
  expect(asked.status).toBe(422);
  expect(plain(asked.text)).toContain('Codes that lose their words Emphasis: truly');
  expect(plain(asked.text)).toContain('1 code stays on the same words');
  expect(asked.text).toContain('href="#agreed"');
  const fields = fieldsOf(asked.text, `${interview}/turns/3/correct`);
  expect((await turn(3)).version).toBe(1);
  // Agreed to other codes than those that are lost: it is asked again.
  expect((await correct(3, { ...form, agreed: '1', lost: 'another' })).status).toBe(422);
  const saved = await correct(3, { ...form, agreed: '1', lost: fields.get('lost')![0]! });
  expect(saved.status).toBe(303);
  expect(plain((await house.researcher.get(saved.location)).text)).toContain('Taken away with their words: Emphasis');
  const codings = await house.verbatim.store.notes.codings(house.study.id, { sourceIds: [(await turn(3)).publicId] });
  expect(codings.map(({ codeName }) => codeName)).toEqual(['Cold']);
});

test('what is lost and what moves is shown without saving when one asks', async () => {
  const shown = await correct(4, { do: 'preview', version: '1', text: 'Then the line was gone.', reason: 'x' });
  expect(shown.status).toBe(200);
  expect(shown.text).toContain('<del>cut</del><ins>gone</ins>');
  expect(fieldsOf(shown.text, `${interview}/turns/4/correct`).get('reason')).toEqual(['x']);
  expect((await turn(4)).version).toBe(1);
});

test('somebody who corrected it meanwhile is no reason to lose what was typed', async () => {
  const first = { do: 'save', version: '1', text: 'Then the line was dead.', reason: 'mine' };
  expect((await correct(4, first)).status).toBe(303);
  const late = await correct(4, { do: 'save', version: '1', text: 'Then the line broke.', reason: 'theirs' });
  expect(late.status).toBe(409);
  const fields = fieldsOf(late.text, `${interview}/turns/4/correct`);
  expect([fields.get('text'), fields.get('reason'), fields.get('version')]).toEqual([
    ['Then the line broke.'],
    ['theirs'],
    ['2'],
  ]);
  expect(plain(late.text)).toContain('What stands there nowThen the line was dead.');
  expect((await correct(4, { do: 'save', version: '2', text: 'Then the line broke.', reason: '' })).status).toBe(303);
  expect((await turn(4)).version).toBe(3);
});

test('no words, the same words, and a text that is not there are said plainly', async () => {
  const empty = await correct(1, { do: 'save', version: '1', text: '  ', reason: '' });
  expect([empty.status, plain(empty.text).includes('Enter the words as they were said')]).toEqual([422, true]);
  const same = await correct(1, { do: 'save', version: '1', text: 'What happened?', reason: '' });
  expect([same.status, plain(same.text).includes('These are the words that stand there already')]).toEqual([422, true]);
  expect((await house.researcher.get(`${interview}/turns/99/correct`)).status).toBe(404);
  expect((await house.researcher.get(`${studio}/texts/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
});

test('undoing what was coded before a correction never puts a code on words that no longer stand', async () => {
  const { codings, store } = house.verbatim;
  await codings.undo(house.study, null);
  for (const coding of await store.notes.codings(house.study.id, {})) {
    const source = await store.notes.findSource(house.study.id, coding.sourceId, coding.sourceVersion);
    expect(source?.supersededAt).toBeNull();
  }
});

test('a correction stops undoing on the page for coding and in the codebook, and both say so', async () => {
  const given = await house.researcher.post(`${interview}/codings`, {
    source: '2',
    words: 'nobody came',
    name: 'Alone',
  });
  expect(given.status).toBe(303);
  expect((await correct(1, { do: 'save', version: '1', text: 'What happened then?', reason: '' })).status).toBe(303);
  const standing = async () =>
    (await house.verbatim.store.notes.codings(house.study.id, {})).map((one) => one.publicId);
  const before = await standing();
  await house.researcher.post(`${interview}/code/undo`);
  expect(await standing()).toEqual(before);
  const desk = plain((await house.researcher.get(`${interview}/code`)).text);
  expect(desk).toMatch(/The last thing you did, .+, cannot be undone here/);
  const undone = await house.researcher.post(`${studio}/codebook/undo`);
  expect(undone.location).toBe(`${studio}/codebook?done=stopped`);
  expect(plain((await house.researcher.get(undone.location)).text)).toContain(
    'The last thing you did cannot be undone here',
  );
  expect(await standing()).toEqual(before);
});

test('as many letters as are kept of a talk can be logged and corrected, in any script', async () => {
  const send = (address: string, form: Record<string, string>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(form)) body.set(name, value);
    return house.researcher.send(address, { method: 'POST', body, redirect: 'manual' });
  };
  const words = '字'.repeat(600_000);
  for (const address of [`${studio}/interviews/new`, `${interview}/turns/2/correct`])
    expect((await house.researcher.get(address)).text).toContain('enctype="multipart/form-data"');
  const about = { participant: 'P08', heldOn: '2026-03-02', mode: 'by phone' };
  const logged = await send(`${studio}/interviews/new`, { ...about, transcript: words });
  expect(logged.status).toBe(303);
  const at = `${logged.headers.get('location')}/turns/1/correct`;
  const saved = await send(at, { do: 'save', version: '1', text: `${words.slice(1)}終`, reason: '' });
  expect(saved.status).toBe(303);
  const tooLong = await send(at, { do: 'save', version: '2', text: `${words}終`, reason: '' });
  expect(tooLong.status).toBe(422);
  expect(await tooLong.text()).toContain('字終</textarea>');
});

test('names without words are no interview', async () => {
  const refused = await house.researcher.post(`${studio}/interviews/new`, {
    participant: 'P09',
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript: 'P:\nQ:',
  });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('There are names and no words');
});
