import { describe, expect, test } from 'vitest';
import { type KnownStudy, planImport } from '../../../src/exchange/refi-qda/plan-import.ts';
import { readCodebook, readProject } from '../../../src/exchange/refi-qda/read-project.ts';
import { coded, GUIDS, oneText, packQdpx, TALK_TEXT, WHOLE_CODEBOOK, WHOLE_PROJECT } from '../../support/refi-files.ts';

const EMPTY: KnownStudy = {
  codes: [],
  texts: new Map(),
  things: new Set(),
  codings: new Set(),
  members: new Set(),
};
const SECOND = '66666666-6666-4666-8666-666666666667';
const NOTE = '88888888-8888-4888-8888-888888888888';
const read = (xml: string, text: string | Uint8Array = TALK_TEXT, path = `sources/${GUIDS.talk}.txt`) =>
  readProject(packQdpx(xml, { [path]: text }));
const plan = (xml: string, text?: string | Uint8Array) => planImport(read(xml, text), EMPTY);
const selected = (xml: string, text?: string | Uint8Array, path?: string) => {
  const { project } = read(xml, text, path);
  const [source] = project.sources;
  return source?.selections.map(({ start, end }) => [...source.text].slice(start, end).join('')) ?? [];
};
const rowOf = (of: ReturnType<typeof plan>, kind: string) => of.rows.find((row) => row.kind === kind);

describe('a project of the standard', () => {
  test('comes in whole: characters 10 to 18 are “too dear”', () => {
    const made = plan(WHOLE_PROJECT);
    expect(made.texts).toMatchObject([{ title: 'P07 interview', participant: 'P07', heldOn: '2026-01-05' }]);
    const [coding] = made.codings;
    const words = [...(made.texts[0]?.turns[coding?.place.turn ?? 0]?.text ?? '')]
      .slice(coding?.place.start, coding?.place.end)
      .join('');
    expect(words).toBe('too dear');
    expect(selected(WHOLE_PROJECT)).toEqual(['too dear']);
    expect(made.memos.map(({ text }) => text)).toEqual([
      'said while laughing',
      'A small project',
      'Price came up unprompted.',
    ]);
  });

  test('every element that is found has a fate', () => {
    const file = read(WHOLE_PROJECT);
    const { rows } = planImport(file, EMPTY);
    for (const [kind, found] of Object.entries(file.found))
      expect(rows.find((row) => row.kind === kind)?.found, kind).toBe(found);
    for (const { found, kept, changed, known, leftOut } of rows) expect(kept + changed + known + leftOut).toBe(found);
  });

  test('a codebook has its tree, short colours and sets', () => {
    const { project } = readCodebook(Buffer.from(WHOLE_CODEBOOK));
    expect(project.codes).toMatchObject([
      {
        name: 'Barriers',
        isCodable: false,
        description: 'Reasons not to buy',
        codes: [{ name: 'Dear', color: '#CC0066' }],
      },
    ]);
    expect(project.sets[0]?.codes).toEqual(['0b1f3c2e-7a44-4c1d-9a52-6f1f0b7d1a02']);
  });
});

test('more codes than a codebook holds are refused in words, and as many as it holds are read', () => {
  const codes = (count: number) =>
    Array.from(
      { length: count },
      (_, index) =>
        `<Code guid="0b1f3c2e-7a44-4c1d-9a52-${index.toString(16).padStart(12, '0')}" name="C${index}" isCodable="true"/>`,
    ).join('');
  const book = (count: number) =>
    Buffer.from(`<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>${codes(count)}</Codes></CodeBook>`);
  expect(readCodebook(book(10_000)).project.codes).toHaveLength(10_000);
  expect(() => readCodebook(book(10_001))).toThrow('10,001 codes, more than the 10,000');
});

describe('what programs do in their own way', () => {
  test('1: the folder is written with a capital, junk lies in it, and the document has another name', () => {
    const bytes = packQdpx(
      WHOLE_PROJECT,
      { 'Sources/.root': 'junk', [`Sources/${GUIDS.talk.toUpperCase()}.TXT`]: TALK_TEXT },
      'Checkout study.qde',
    );
    const file = readProject(bytes);
    expect(file.project.sources[0]?.text).toBe(TALK_TEXT);
    expect(file.notes.join()).toContain('Checkout study.qde');
    expect(file.notes.join()).toContain('Sources');
  });

  test('1: a blank project has no folder at all', () => {
    expect(
      readProject(packQdpx(`<Project xmlns="urn:QDA-XML:project:1.0" name="Blank" origin="ATLAS.ti"/>`, {})).project
        .sources,
    ).toEqual([]);
  });

  test('2: a plain text that is named as a rich one is read as the text it is', () => {
    expect(selected(WHOLE_PROJECT.replace('plainTextPath', 'richTextPath'))).toEqual(['too dear']);
  });

  test('2: a rich text without a plain twin is left out, and said', () => {
    const made = planImport(
      readProject(
        packQdpx(WHOLE_PROJECT.replace(/plainTextPath="[^"]+"/, `richTextPath="internal://${GUIDS.talk}.docx"`), {
          [`sources/${GUIDS.talk}.docx`]: 'PK',
        }),
      ),
      EMPTY,
    );
    expect(rowOf(made, 'Texts')).toMatchObject({
      found: 1,
      leftOut: 1,
      why: ['1: it has no plain text beside its own format'],
    });
    expect(rowOf(made, 'Codings')).toMatchObject({ found: 1, leftOut: 1 });
  });

  const two = 'Int: How so?\r\nAda: It is too dear.\r\n';
  test('3: line ends of two signs that count as one, as ATLAS.ti counts', () => {
    expect(selected(oneText(coded(24, 32, 'too dear'), { origin: 'ATLAS.ti 23' }), two)).toEqual(['too dear']);
    expect(selected(oneText(coded(24, 32), { origin: 'ATLAS.ti 23' }), two)).toEqual(['too dear']);
  });
  test('3: line ends of two signs that count as two, as MAXQDA and NVivo count', () => {
    expect(selected(oneText(coded(25, 33, 'too dear'), { origin: 'MAXQDA 2022' }), two)).toEqual(['too dear']);
    expect(selected(oneText(coded(25, 33), { origin: 'NVivo' }), two)).toEqual(['too dear']);
  });
  test('3: a byte order mark, counted or not, as QualCoder writes it', () => {
    const marked = `\uFEFF${TALK_TEXT}`;
    expect(selected(oneText(coded(10, 18, 'too dear'), { origin: 'QualCoder' }), marked)).toEqual(['too dear']);
    expect(selected(oneText(coded(11, 19, 'too dear'), { origin: 'QualCoder' }), `\uFEFF${marked}`)).toEqual([
      'too dear',
    ]);
    expect(read(oneText(coded(11, 19, 'too dear')), marked).notes.join()).toContain('counted');
  });
  test('4: places in units of UTF-16 after an emoji', () => {
    expect(selected(oneText(coded(13, 21, 'too dear')), `😀 ${TALK_TEXT}`)).toEqual(['too dear']);
    expect(selected(oneText(coded(12, 20, 'too dear')), `😀 ${TALK_TEXT}`)).toEqual(['too dear']);
  });
  test('5: a text that stands in the document itself', () => {
    const inline = WHOLE_PROJECT.replace(/ plainTextPath="[^"]+"/, '').replace(
      '<PlainTextSelection',
      `<PlainTextContent>${TALK_TEXT}</PlainTextContent><PlainTextSelection`,
    );
    expect(selected(inline)).toEqual(['too dear']);
  });
  test('6: two codes of one name both come in, told apart by where they stand', () => {
    const other = `<Code guid="${SECOND}" name="Rent" isCodable="true"><Code guid="${NOTE}" name="Price anxiety" isCodable="true"/></Code>`;
    const made = plan(oneText(coded(10, 18), { codes: other }));
    expect(made.codes.fresh.map(({ name }) => name)).toEqual(['Price anxiety', 'Rent', 'Price anxiety (Rent)']);
    expect(rowOf(made, 'Codes')).toMatchObject({ found: 3, kept: 2, changed: 1 });
  });
  test('7: Taguette writes its tree as paths, and an empty container of sets', () => {
    const xml = `<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette 1.4"><Codes><Code guid="${GUIDS.price}" name="barrier" isCodable="true"/><Code guid="${SECOND}" name="barrier.price" isCodable="true"/><Code guid="${NOTE}" name="barrier.price.fee" isCodable="true"/></Codes><Sets/></CodeBook>`;
    const { project } = readCodebook(Buffer.from(xml));
    expect(project.codes).toMatchObject([
      { name: 'barrier', codes: [{ name: 'barrier.price', codes: [{ name: 'barrier.price.fee' }] }] },
    ]);
    expect(project.sets).toEqual([]);
  });
  test('7: what cannot be coded with only gathers others', () => {
    expect(
      plan(oneText('', { codes: `<Code guid="${SECOND}" name="Group" isCodable="false"/>` })).codes.fresh[1]?.isCodable,
    ).toBe(false);
  });
  test('8: a text of a page that stands before its places', () => {
    const pdf = oneText('').replace(
      /<TextSource[\s\S]*<\/TextSource>/,
      `<PDFSource guid="${GUIDS.talk}" name="A page" path="internal://${GUIDS.talk}.pdf"><Representation guid="${SECOND}" plainTextPath="internal://${GUIDS.talk}.txt">${coded(10, 18, 'too dear')}</Representation><PDFSelection guid="${NOTE}" page="0" firstX="1" firstY="1" secondX="2" secondY="2"/></PDFSource>`,
    );
    const made = plan(pdf);
    expect(made.codings).toHaveLength(1);
    expect(rowOf(made, 'PDF files')).toMatchObject({ found: 1, changed: 1, why: ['1: only its text is taken over'] });
    expect(rowOf(made, 'Places on pages')).toMatchObject({ found: 1, leftOut: 1 });
  });
  const variable = `<Variables><Variable guid="${GUIDS.segment}" name="segment" typeOfVariable="Text"/></Variables>`;
  const value = `<VariableValue><VariableRef targetGUID="${GUIDS.segment}"/><TextValue>Planner</TextValue></VariableValue>`;
  test('9: nameless cases with one text, as MAXQDA and Quirkos write them', () => {
    const made = plan(
      oneText(coded(10, 18), {
        before: `${variable}<Cases><Case guid="${GUIDS.person}">${value}<SourceRef targetGUID="${GUIDS.talk}"/></Case></Cases>`,
      }),
    );
    expect(made.texts[0]?.participant).toBe('P07 interview');
    expect(made.kept).toContainEqual({
      kind: 'value',
      guid: GUIDS.segment,
      text: GUIDS.talk,
      body: { value: 'Planner' },
    });
    expect(rowOf(made, 'Cases')).toMatchObject({ found: 1, changed: 1 });
  });
  test('9: values that stand in the text, as MAXQDA writes them', () => {
    const made = plan(oneText(`${coded(10, 18)}${value}`, { before: variable }));
    expect(made.kept).toContainEqual({
      kind: 'value',
      guid: GUIDS.segment,
      text: GUIDS.talk,
      body: { value: 'Planner' },
    });
  });
  test('9: cases that are repeated as codes, as NVivo does', () => {
    const made = plan(
      oneText(`<Coding guid="${SECOND}"><CodeRef targetGUID="${GUIDS.person}"/></Coding>`, {
        codes: `<Code guid="${GUIDS.person}" name="P07" isCodable="true"/>`,
        before: `<Cases><Case guid="${GUIDS.person}" name="P07"><SourceRef targetGUID="${GUIDS.talk}"/></Case></Cases>`,
      }),
    );
    expect(made.codes.fresh.map(({ name }) => name)).toEqual(['Price anxiety']);
    expect(rowOf(made, 'Codes')?.why).toEqual(['1: it only repeats a case']);
    expect(rowOf(made, 'Codings')).toMatchObject({ found: 1, leftOut: 1 });
    expect(made.texts[0]?.participant).toBe('P07');
  });
  const note = (inner = '') =>
    `<Notes><Note guid="${NOTE}" name="Annotation"><PlainTextContent>Hm!</PlainTextContent>${inner}</Note></Notes>`;
  test('10: a passage with a description and no code is a memo, as MAXQDA means it', () => {
    const made = plan(
      oneText(
        `<PlainTextSelection guid="${SECOND}" startPosition="10" endPosition="18"><Description>Look here</Description></PlainTextSelection>`,
      ),
    );
    expect(made.memos).toMatchObject([
      { about: { is: 'turn', place: { start: expect.any(Number) } }, text: 'Look here' },
    ]);
    expect(rowOf(made, 'Passages of text')).toMatchObject({ found: 1, kept: 1 });
  });
  test('10: a link ties a note to a passage, as NVivo does', () => {
    const made = plan(
      oneText(coded(10, 18), {
        after: `${note()}<Links><Link guid="${SECOND}" originGUID="${GUIDS.passage}" targetGUID="${NOTE}"/></Links>`,
      }),
    );
    expect(made.memos).toMatchObject([{ guid: NOTE, about: { is: 'turn' }, text: 'Hm!' }]);
    expect(rowOf(made, 'Links')).toMatchObject({ found: 1, changed: 1 });
  });
  test('10: a note that says by a place of its own where in the text it belongs, as QualCoder does', () => {
    const place = `<PlainTextSelection guid="${SECOND}" startPosition="10" endPosition="18"/>`;
    const made = plan(oneText(`<NoteRef targetGUID="${NOTE}"/>`, { after: note(place) }));
    expect(made.memos).toMatchObject([{ guid: NOTE, about: { is: 'turn' } }]);
  });
  test('10: a place within the words of a note stays out', () => {
    const place = `<PlainTextSelection guid="${SECOND}" startPosition="0" endPosition="2"/>`;
    const made = plan(oneText(`<NoteRef targetGUID="${NOTE}"/>`, { after: note(place) }));
    expect(made.memos).toMatchObject([{ guid: NOTE, about: { is: 'text', guid: GUIDS.talk } }]);
    expect(rowOf(made, 'Passages of text')).toMatchObject({ found: 1, leftOut: 1 });
  });
  test('11: a code on a whole text, a set and a graph are kept as they came', () => {
    const made = plan(
      oneText(`<Coding guid="${SECOND}"><CodeRef targetGUID="${GUIDS.price}"/></Coding>`, {
        after: `<Sets><Set guid="${GUIDS.wave}" name="Wave 1"><MemberSource targetGUID="${GUIDS.talk}"/></Set></Sets><Graphs><Graph guid="${NOTE}" name="Map"><Vertex guid="${GUIDS.memo}" firstX="1" firstY="2"/></Graph></Graphs>`,
      }),
    );
    expect(made.kept.map(({ kind }) => kind).sort()).toEqual(['graph', 'set', 'source-coding', 'user']);
  });
  test('12: letters of Windows in a document that says so, and dates that are missing', () => {
    const xml = `<?xml version="1.0" encoding="windows-1252"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="${GUIDS.price}" name="Gefühl" isCodable="true"/></Codes></CodeBook>`;
    expect(readCodebook(Buffer.from(xml, 'latin1')).project.codes[0]?.name).toBe('Gefühl');
    expect(read(oneText(coded(10, 18))).project.sources[0]).toMatchObject({ by: null, at: null });
  });
  test('13: words that do not stand where they should are told, and moved where they can be', () => {
    const made = plan(oneText(coded(3, 11, 'too dear')));
    expect(made.doubts).toEqual([{ text: 'P07 interview', quote: 'too dear', start: 10, end: 18, isRepaired: true }]);
    expect(rowOf(made, 'Passages of text')?.why).toEqual([
      '1: its quote stands elsewhere in the text, once: it was moved there',
    ]);
  });
  test('a passage over several turns becomes one for each, kept together', () => {
    const text = 'Int: How so?\nAda: It is dear.\nInt: Really?\n';
    const made = plan(oneText(coded(5, 36)), text);
    expect(
      made.codings.map(({ place }) => made.texts[0]?.turns[place.turn]?.text.slice(place.start, place.end)),
    ).toEqual(['How so?', 'It is dear.', 'R']);
    expect(new Set(made.codings.map(({ passage }) => passage)).size).toBe(1);
  });
  test('a transcript has its places by points in time', () => {
    const sound = oneText('').replace(
      /<TextSource[\s\S]*<\/TextSource>/,
      `<AudioSource guid="${GUIDS.wave}" name="Talk" path="internal://x.mp3"><Transcript guid="${GUIDS.talk}" plainTextPath="internal://${GUIDS.talk}.txt"><SyncPoint guid="${SECOND}" timeStamp="10" position="10"/><SyncPoint guid="${NOTE}" timeStamp="20" position="18"/><TranscriptSelection guid="${GUIDS.passage}" fromSyncPoint="${SECOND}" toSyncPoint="${NOTE}"><Coding guid="${GUIDS.coding}"><CodeRef targetGUID="${GUIDS.price}"/></Coding></TranscriptSelection></Transcript></AudioSource>`,
    );
    const made = plan(sound);
    expect(made.codings).toHaveLength(1);
    expect(rowOf(made, 'Sound recordings')).toMatchObject({ found: 1, leftOut: 1 });
    expect(rowOf(made, 'Transcripts')).toMatchObject({ found: 1, kept: 1 });
  });
});

test('marks and quotation marks in marked content are letters', () => {
  const inline = oneText(coded(10, 18, 'too dear'), {
    before: `<!-- it's <not a tag -->`,
    after: `<Notes><Note guid="${NOTE}" name="N"><PlainTextContent><![CDATA[It's < 3 & "more]]></PlainTextContent></Note></Notes>`,
  });
  expect(read(inline).project.notes[0]?.text).toBe('It\'s < 3 & "more');
});
