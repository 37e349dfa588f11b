import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, plantStudy } from '../support/house.ts';

const WORDS = 'Before it 😀 was loud. Then we moved to the lake, and it is quiet now.';
const FORM = {
  title: '',
  participant: 'P07',
  heldOn: '2026-03-01',
  mode: 'by phone',
  guide: '',
  moment: 'The baby came.',
  transcript: `I: How was it?\nP07: ${WORDS}\nI: And now?`,
  mayQuote: true,
};

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** An interview with one coded passage, and the span that points at it. */
async function coded(words = 'moved to the lake') {
  const { interviews, store } = house.verbatim;
  const { study } = await plantStudy(house.verbatim);
  const logged = await interviews.log(study, FORM, null);
  if (!('interview' in logged)) throw new Error('It was not logged');
  const sources = await store.notes.sourcesOf(study.id, logged.interview.publicId);
  const source = sources.find(({ text }) => text === WORDS);
  if (!source) throw new Error('The words are not there');
  const coding = await house.verbatim.codings.code(
    study,
    { sourceId: source.publicId, version: 1, start: null, end: null, words },
    { publicId: null, name: 'moving', definition: '' },
    null,
  );
  const { sourceId, sourceVersion, spanStart, spanEnd, spanHash } = coding;
  return {
    study,
    source,
    sources,
    coding,
    interview: logged.interview,
    span: { sourceId, sourceVersion, spanStart, spanEnd, spanHash },
  };
}
const read = async (studyId: number, span: Awaited<ReturnType<typeof coded>>['span']) =>
  (await house.verbatim.evidence.readQuotes(studyId, [span]))[0];
const change = (sql: string, ...values: unknown[]) => house.verbatim.connection.prepare(sql).run(...values);

test('a quote is the kept words, byte for byte, with what stands around them', async () => {
  const { study, span, source } = await coded();
  const quote = await read(study.id, span);
  expect(quote).toMatchObject({
    isVerbatim: true,
    before: 'Before it 😀 was loud. Then we ',
    marked: 'moved to the lake',
    after: ', and it is quiet now.',
  });
  if (quote?.isVerbatim)
    expect(Buffer.from(quote.before + quote.marked + quote.after)).toEqual(Buffer.from(source.text));
});

describe('nothing forged shows as a quote', () => {
  test('when the kept text was changed', async () => {
    const { study, span, source } = await coded();
    change('update source_texts set text = ? where public_id = ?', WORDS.replace('lake', 'lack'), source.publicId);
    expect(await read(study.id, span)).toEqual({ isVerbatim: false, reason: 'changed' });
  });
  test('when the kept text was changed outside the span', async () => {
    const { study, span, source } = await coded();
    change('update source_texts set text = ? where public_id = ?', WORDS.replace('loud', 'nice'), source.publicId);
    expect(await read(study.id, span)).toEqual({ isVerbatim: false, reason: 'changed' });
  });
  test('when text and hash were changed together, by somebody without the key', async () => {
    const { createHash } = await import('node:crypto');
    const { study, span, source } = await coded();
    const text = WORDS.replace('lake', 'lack');
    change(
      'update source_texts set text = ?, text_hash = ? where public_id = ?',
      text,
      createHash('sha256').update(text).digest('base64url'),
      source.publicId,
    );
    expect(await read(study.id, span)).toEqual({ isVerbatim: false, reason: 'changed' });
  });
  test('when the span was moved, widened, emptied or turned round', async () => {
    const { study, span } = await coded();
    for (const [start, end] of [
      [1, 0],
      [0, 1],
      [0, 10_000],
      [-5, 0],
      [span.spanEnd - span.spanStart, 0],
      [0, span.spanStart - span.spanEnd],
    ] as const) {
      expect(await read(study.id, { ...span, spanStart: span.spanStart + start, spanEnd: span.spanEnd + end })).toEqual(
        { isVerbatim: false, reason: 'changed' },
      );
    }
  });
  test('when the span carries another seal', async () => {
    const { study, span, source } = await coded();
    for (const spanHash of ['', 'x', source.textHash, span.spanHash.toLowerCase()])
      expect(await read(study.id, { ...span, spanHash })).toEqual({ isVerbatim: false, reason: 'changed' });
  });
  test('when it points at another source, another version, or another study’s words', async () => {
    const { study, span, sources } = await coded();
    const other = await coded();
    const neighbour = sources.find(({ publicId }) => publicId !== span.sourceId);
    expect(await read(study.id, { ...span, sourceId: neighbour?.publicId ?? '' })).toEqual({
      isVerbatim: false,
      reason: 'changed',
    });
    expect(await read(study.id, { ...span, sourceVersion: 2 })).toEqual({ isVerbatim: false, reason: 'withdrawn' });
    expect(await read(other.study.id, span)).toEqual({ isVerbatim: false, reason: 'withdrawn' });
  });
  test('when the words were taken back', async () => {
    const { study, span, source } = await coded();
    change(
      "update source_texts set text = '', erased_at = ? where public_id = ?",
      '2026-03-02T09:00:00.000Z',
      source.publicId,
    );
    expect(await read(study.id, span)).toEqual({ isVerbatim: false, reason: 'withdrawn' });
  });
});

describe('an interview', () => {
  test('is kept as turns and the moment that set it off, whole and in order', async () => {
    const { sources, interview } = await coded();
    expect(sources.map(({ kind, speaker, text }) => [kind, speaker, text])).toEqual([
      ['moment', 'P07', 'The baby came.'],
      ['turn', 'I', 'How was it?'],
      ['turn', 'P07', WORDS],
      ['turn', 'I', 'And now?'],
    ]);
    expect(interview).toMatchObject({ title: 'Interview with P07', maySpeak: 1 });
  });
  test.each([
    ['#/participant', { participant: ' ' }],
    ['#/transcript', { transcript: '' }],
    ['#/transcript', { transcript: 'x'.repeat(600_001) }],
    ['#/heldOn', { heldOn: '2026-02-30' }],
    ['#/heldOn', { heldOn: 'yesterday' }],
    ['#/mode', { mode: 'by pigeon' }],
    ['#/person', { person: 'nobody' }],
  ])('says what is wrong at %s', async (pointer, wrong) => {
    const { study } = await plantStudy(house.verbatim);
    expect(await house.verbatim.interviews.log(study, { ...FORM, ...wrong }, null)).toMatchObject({
      errors: [{ pointer }],
    });
    expect(await house.verbatim.store.notes.countInterviews(study.id)).toBe(0);
  });
  test('is coded only with words that stand there', async () => {
    const { study, source } = await coded();
    const code = (
      words: string,
      place: Partial<{ start: number; end: number; version: number; sourceId: string }> = {},
    ) =>
      house.verbatim.codings.code(
        study,
        { sourceId: source.publicId, version: 1, start: null, end: null, words, ...place },
        { publicId: null, name: 'moving', definition: '' },
        null,
      );
    await expect(code('moved to the sea')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(code('', { start: 5, end: 5 })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(code('', { start: 0, end: 9999 })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(code('moved', { version: 2 })).rejects.toMatchObject({ kind: 'not-found' });
    expect(await code('😀 was')).toMatchObject({ spanStart: 10, spanEnd: 15 });
    expect(await code('')).toMatchObject({ spanStart: 0, spanEnd: [...WORDS].length });
  });
  test('keeps one code of a name, and a name is not given twice', async () => {
    const { study } = await coded();
    const { codebook, store } = house.verbatim;
    const other = await store.notes.codeNamed(study.id, 'quiet', '', '2026-03-02T09:00:00.000Z');
    await expect(
      codebook.define(study, other.publicId, { name: 'moving', definition: '' }, null),
    ).rejects.toMatchObject({ kind: 'conflict' });
    await codebook.define(study, other.publicId, { name: 'calm', definition: 'No noise' }, null);
    expect((await store.notes.codes(study.id)).map(({ name, uses }) => [name, Number(uses)])).toEqual([
      ['calm', 0],
      ['moving', 1],
    ]);
  });
  test('loses a coding once', async () => {
    const { study, coding } = await coded();
    const other = await coded();
    await expect(house.verbatim.codings.uncode(other.study, coding.publicId, null)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await house.verbatim.codings.uncode(study, coding.publicId, null);
    await expect(house.verbatim.codings.uncode(study, coding.publicId, null)).rejects.toMatchObject({
      kind: 'not-found',
    });
  });
});
