import fc from 'fast-check';
import { zipSync } from 'fflate';
import { parse } from 'node-webvtt';
import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../src/coding/turns.ts';
import { joinCues, usualJoining } from '../../../src/exchange/transcripts/join-cues.ts';
import { readTranscript } from '../../../src/exchange/transcripts/read-transcript.ts';
import { readTranscriptFile } from '../../../src/exchange/transcripts/read-transcript-file.ts';
import { TranscriptFault } from '../../../src/exchange/transcripts/transcript.ts';
import { findSpeakers, judgeTurns } from '../../../src/exchange/transcripts/transcript-checks.ts';
import { writeTranscript } from '../../../src/exchange/transcripts/write-transcript.ts';
import { packZip } from '../../support/pack-zip.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const rows = (text: string, name = '') =>
  readTranscript(text, name).cues.map(({ speaker, startMs, text: words }) => [speaker, startMs, words]);
const faultOf = async (read: () => unknown): Promise<string> => {
  try {
    await read();
  } catch (error) {
    if (error instanceof TranscriptFault) return `${error.message}. ${error.advice}`;
    throw error;
  }
  throw new Error('It was read');
};

describe('a name and a time above each block', () => {
  test('Otter: the name, two spaces and a time; a last line that nobody said', () => {
    const text =
      'Ada Moor  0:03\nWhat happened\non the day?\n\nUnknown Speaker  0:49\nIt was dear.\n\nTranscribed by https://otter.ai\n';
    const parsed = readTranscript(text);
    expect([parsed.format, parsed.maker]).toEqual(['header-blocks', 'Otter']);
    expect(rows(text)).toEqual([
      ['Ada Moor', 3000, 'What happened\non the day?'],
      ['Unknown Speaker', 49_000, 'It was dear.'],
    ]);
    expect(findSpeakers(parsed.cues).map(({ name, isNobody }) => [name, isNobody])).toEqual([
      ['Ada Moor', false],
      ['Unknown Speaker', true],
    ]);
    expect(parsed.assumed.join()).toContain('until the next');
  });

  test('Teams: “N minutes M seconds”, by itself or behind the name, told twice', () => {
    const text = [
      'Moor, Ada',
      '0 minutes 3 seconds0:03',
      'Moor, Ada 0 minutes 3 seconds',
      'What happened?',
      '',
      'Ben Lind 1 hour 2 minutes 5 seconds',
      'It was dear.',
    ].join('\n');
    expect(readTranscript(text).maker).toBe('Microsoft Teams');
    expect(rows(text)).toEqual([
      ['Moor, Ada', 3000, 'What happened?'],
      ['Ben Lind', 3_725_000, 'It was dear.'],
    ]);
  });

  test.each([
    ['Ada Moor (00:03)', 'Ben [01:02:03]'],
    ['Ada Moor | 0:03', 'Ben - 1:02:03'],
    ['0:03 Ada Moor', '[1:02:03] Ben:'],
  ])('%s', (first, second) => {
    expect(rows(`${first}\nOne\n${second}\ntwo`)).toEqual([
      ['Ada Moor', 3000, 'One'],
      ['Ben', 3_723_000, 'two'],
    ]);
  });

  test('a sentence that ends in a time of the day is no head', () => {
    const text = 'Ada  0:03\nWe left at 17:30\nand came back\nBen  0:49\nat 18:10';
    expect(rows(text)).toEqual([
      ['Ada', 3000, 'We left at 17:30\nand came back'],
      ['Ben', 49_000, 'at 18:10'],
    ]);
  });
});

describe('“Name: what they said”', () => {
  test('Google Meet: times on lines of their own, people before, a last line that nobody said', () => {
    const text =
      'A talk\nAttendees\nAda Moor, Ben\nTranscript\n00:00:00\n \nAda Moor: What happened?\nBen: Dear.\n00:05:00\nBen: Very.\nMeeting ended after 00:06:00';
    const parsed = readTranscript(text);
    expect([parsed.format, parsed.maker]).toEqual(['inline-labels', 'Google Meet']);
    expect(rows(text).slice(4)).toEqual([
      ['Ada Moor', 0, 'What happened?'],
      ['Ben', null, 'Dear.'],
      ['Ben', 300_000, 'Very.'],
    ]);
    expect(parsed.warnings.join()).toContain('4 lines stand before the first name');
  });

  test('times in brackets are no words, and times of the day are', () => {
    const text = 'A: At 17:30 [00:34:12] I left [45:33] and [01.23.45] ran [02.34] #00:12:34.567# home (17:45)\nB: Oh';
    expect(rows(text)[0]).toEqual(['A', null, 'At 17:30 I left and ran home (17:45)']);
  });

  test('a name with nothing behind it is dropped with a warning, and never a word of whoever spoke before', () => {
    const parsed = readTranscript('P: 😀 one\nQ:\nP:    \nQ: x');
    expect(parsed.cues.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['P', '😀 one'],
      ['Q', 'x'],
    ]);
    expect(parsed.warnings.join()).toContain('2 lines hold a name and no words and were dropped: “Q:”, “P:”');
    expect(rows('A: One\nB:\nA: two').map(([, , words]) => words)).toEqual(['One', 'two']);
    expect(() => readTranscript('A:\nB:\n')).toThrow(TranscriptFault);
    expect(rows('A:\nOne\nB: two')).toEqual([
      ['A', null, 'One'],
      ['B', null, 'two'],
    ]);
  });

  test('what is written small and seldom is no name', () => {
    expect(rows('A: One\nand so: two\nB: three')[0]?.[2]).toBe('One\nand so: two');
  });
});

describe('JSON', () => {
  const read = (value: unknown) => readTranscript(JSON.stringify(value), 'talk.json');
  const words = 'It was dear, and we paid it twice.';

  test('Whisper: seconds, and texts that begin with a space', () => {
    const parsed = read({
      text: words,
      language: 'en',
      segments: [
        {
          id: 0,
          seek: 0,
          start: 0.5,
          end: 3.25,
          text: ` ${words}`,
          avg_logprob: -0.1,
          words: [{ word: 'It', start: 0.5, end: 0.6 }],
        },
      ],
    });
    expect(parsed.cues).toEqual([{ speaker: null, startMs: 500, endMs: 3250, text: words }]);
    expect([parsed.maker, parsed.assumed.join()]).toEqual(['Whisper', expect.stringContaining('taken for seconds')]);
  });

  test('whisperX adds speakers', () => {
    const parsed = read({
      segments: [{ start: 0, end: 3, text: words, speaker: 'SPEAKER_00', words: [{ word: 'It', score: 0.9 }] }],
    });
    expect([parsed.maker, parsed.cues[0]?.speaker]).toEqual(['whisperX', 'SPEAKER_00']);
  });

  test('podcasts say startTime, endTime and body', () => {
    const parsed = read({ version: '1.0.0', segments: [{ speaker: 'Ada', startTime: 1, endTime: 3, body: words }] });
    expect(parsed.cues).toEqual([{ speaker: 'Ada', startMs: 1000, endMs: 3000, text: words }]);
  });

  test('AssemblyAI: milliseconds, by utterances rather than words', () => {
    const parsed = read({
      audio_url: 'https://example.org/a',
      text: words,
      words: [{ text: 'It', start: 10, end: 50, speaker: 'A' }],
      utterances: [{ speaker: 'A', start: 10, end: 2600, text: words, words: [{ text: 'It', start: 10, end: 50 }] }],
    });
    expect(parsed.cues).toEqual([{ speaker: 'A', startMs: 10, endMs: 2600, text: words }]);
    expect([parsed.maker, parsed.assumed.join()]).toEqual([
      'AssemblyAI',
      expect.stringContaining('taken for milliseconds'),
    ]);
  });

  test.each([
    [{ speaker_name: 'Ada', start_time: 1, end_time: 3, text: words }, 'Ada', 1000, 3000],
    [{ speaker: { name: 'Ada' }, timestamp: '00:00:01', text: words }, 'Ada', 1000, null],
    [{ speaker: 2, start: '1.5s', end: '3s', content: words }, 'Speaker 2', 1500, 3000],
    [{ text: words, start: 1, duration: 2 }, null, 1000, 3000],
    [{ offsets: { from: 1000, to: 3000 }, timestamps: { from: '00:00:01,000' }, text: words }, null, 1000, 3000],
  ])('keys vary: %j', (row, speaker, startMs, endMs) => {
    expect(read([row]).cues).toEqual([{ speaker, startMs, endMs, text: words }]);
  });

  test('a list deep within is found, and JSON without words says what it needs', async () => {
    expect(
      read({
        results: {
          channels: [
            {
              alternatives: [
                { paragraphs: { paragraphs: [{ speaker: 0, start: 1, end: 3, sentences: [{ text: words }] }] } },
              ],
            },
          ],
        },
      }).cues[0]?.text,
    ).toBe(words);
    expect(await faultOf(() => read({ a: [1, 2] }))).toContain('It needs a list');
    expect(await faultOf(() => readTranscript('{"segments": [{', 'talk.json'))).toContain('broken');
    expect(readTranscript('[Recorded in Ulm]\nA: One\nB: two').format).toBe('inline-labels');
    expect(await faultOf(() => readTranscript(`${'['.repeat(100_000)}`, 'talk.json'))).toContain('broken');
  });
});

test('columns of Whisper are whole milliseconds', () => {
  const parsed = readTranscript('start\tend\ttext\n0\t2500\tIt was dear and we paid it.\n2500\t4000\tTwice.\n');
  expect(parsed.format).toBe('whisper-tsv');
  expect(parsed.cues[1]).toEqual({ speaker: null, startMs: 2500, endMs: 4000, text: 'Twice.' });
});

describe('files', () => {
  const word = (body: string, more: Record<string, string> = {}) =>
    zipSync({
      '[Content_Types].xml': bytes(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
      ),
      '_rels/.rels': bytes(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
      ),
      'word/document.xml': bytes(
        `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
      ),
      ...Object.fromEntries(Object.entries(more).map(([name, text]) => [name, bytes(text)])),
    });
  const line = (text: string) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;

  test('a Word document of paragraphs with a name and a time', async () => {
    const parsed = await readTranscriptFile(
      'talk.docx',
      word(line('Ada Moor  0:03') + line('What &amp; why? 😀') + line('Ben  0:49') + line('Dear.')),
    );
    expect(parsed.cues).toEqual([
      { speaker: 'Ada Moor', startMs: 3000, endMs: null, text: 'What & why? 😀' },
      { speaker: 'Ben', startMs: 49_000, endMs: null, text: 'Dear.' },
    ]);
  });

  test('a name that ends in a line break within its paragraph, as Teams writes it', async () => {
    const turn = (name: string, time: string, said: string) =>
      `<w:p><w:r><w:t>${name}</w:t></w:r><w:r><w:t xml:space="preserve">   ${time}</w:t></w:r><w:r><w:br/><w:t>${said}</w:t></w:r></w:p>`;
    const parsed = await readTranscriptFile(
      'talk.docx',
      word(turn('Ada Moor', '0:03', 'Why?') + turn('Ben', '0:49', 'Dear.')),
    );
    expect(parsed.cues.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['Ada Moor', 'Why?'],
      ['Ben', 'Dear.'],
    ]);
  });

  test('a Word document with entities of its own, bottomless XML or a false size is refused in no time', async () => {
    const begun = performance.now();
    const entity = word('', {
      'word/document.xml': '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><a>&x;</a>',
    });
    expect(await faultOf(() => readTranscriptFile('a.docx', entity))).toContain('declares entities');
    const deep = word('', { 'word/document.xml': '<a>'.repeat(500_000) });
    expect(await faultOf(() => readTranscriptFile('a.docx', deep))).toContain('nested deeper');
    const bomb = packZip([
      { name: '[Content_Types].xml' },
      { name: 'word/document.xml', content: new Uint8Array(30 * 1024 * 1024), saysBytes: 1000 },
    ]);
    expect(await faultOf(() => readTranscriptFile('a.docx', bomb))).toContain('larger than the archive says');
    const slip = packZip([{ name: '../../x' }]);
    expect(await faultOf(() => readTranscriptFile('a.docx', slip))).toContain('leads out of it');
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test('what is no transcript says what to do', async () => {
    expect(await faultOf(() => readTranscriptFile('a.pdf', bytes('%PDF-1.7')))).toContain('This is a PDF');
    expect(await faultOf(() => readTranscriptFile('a.rtf', bytes('{\\rtf1 x}')))).toContain('save it as .docx');
    expect(await faultOf(() => readTranscriptFile('a.mp3', new Uint8Array([1, 0, 2])))).toContain(
      'beside the interview',
    );
    expect(await faultOf(() => readTranscriptFile('a.xlsx', zipSync({ 'xl/workbook.xml': bytes('') })))).toContain(
      'workbook',
    );
    expect(await faultOf(() => readTranscriptFile('a.txt', bytes(' \n')))).toContain('empty');
  });

  test('letters of other encodings are read', async () => {
    const wide = new Uint8Array(Buffer.from('\uFEFFA: Grüße\nB: ja', 'utf16le'));
    expect((await readTranscriptFile('a.txt', wide)).cues[0]?.text).toBe('Grüße');
    const western = new Uint8Array(Buffer.from('A: Grüße\nB: ja', 'latin1'));
    const parsed = await readTranscriptFile('a.txt', western);
    expect([parsed.cues[0]?.text, parsed.assumed[0]]).toEqual(['Grüße', expect.stringContaining('Windows-1252')]);
  });
});

describe('a look at what would come in', () => {
  test('a person under two names is pointed out, and two speakers by number are two', () => {
    const alike = (...names: string[]) =>
      findSpeakers(
        names.map((name, index) => ({ speaker: name, startMs: null, endMs: null, text: 'so '.repeat(9 - index) })),
      ).map(({ maybe }) => maybe);
    expect(alike('Ada Moor', 'Ada', 'ADA MOOR', 'Ben')).toEqual([null, 'Ada Moor', 'Ada Moor', null]);
    expect(alike('Speaker 1', 'Speaker 2', 'Speaker')).toEqual([null, null, 'Speaker 1']);
  });

  test('a talk of twenty minutes comes to 40 to 120 turns, and something is said of others', () => {
    const talk = (count: number): Turn[] =>
      Array.from({ length: count }, (_, index) => ({
        speaker: index % 2 ? 'A' : 'B',
        startMs: (index * 1_200_000) / count,
        endMs: ((index + 1) * 1_200_000) / count,
        text: 'so',
      }));
    expect(judgeTurns(talk(80))).toBeNull();
    expect(judgeTurns(talk(400))).toContain('40 to 120');
    expect(judgeTurns(talk(12))).toContain('are few');
    expect(judgeTurns([])).toBeNull();
  });

  test('captions of twenty minutes are joined to a number of turns that is usual', () => {
    const blocks = Array.from({ length: 480 }, (_, index) => {
      const at = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 23);
      return `${at(index * 2.5)} --> ${at(index * 2.5 + 2.4)}\n<v ${Math.floor(index / 6) % 2 ? 'Ada' : 'Ben'}>some words here`;
    });
    const parsed = readTranscript(`WEBVTT\n\n${blocks.join('\n\n')}\n`);
    const turns = joinCues(parsed, usualJoining(parsed));
    expect([parsed.cues.length, turns.length, judgeTurns(turns)]).toEqual([480, 80, null]);
    expect(judgeTurns(joinCues(parsed, { withinMs: null }))).toContain('turns are many');
  });
});

describe('written and read again', () => {
  const word = fc.stringMatching(/^[a-zäß😀田&<>'"]{1,8}$/u);
  const sentence = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
  const talk = fc
    .array(
      fc.record({
        speaker: fc.constantFrom('Ada Moor', 'P07', '田中', 'Dr. Lind'),
        text: sentence,
        pause: fc.integer({ min: 0, max: 90_000 }),
        length: fc.integer({ min: 1, max: 90_000 }),
      }),
      { minLength: 2, maxLength: 12 },
    )
    .map((parts) => {
      let at = 0;
      return parts.map(({ speaker, text, pause, length }): Turn => {
        const startMs = at + pause;
        at = startMs + length;
        return { speaker, startMs, endMs: at, text };
      });
    });

  test.each(['vtt', 'srt', 'txt'] as const)('turns come back equal from .%s', (format) => {
    fc.assert(
      fc.property(talk, (written) => {
        // SubRip has layout and no way to say that a sign is none.
        const turns =
          format === 'srt' ? written.map((turn) => ({ ...turn, text: turn.text.replaceAll('<', '+') })) : written;
        const parsed = readTranscript(writeTranscript(turns, format), `talk.${format}`);
        expect(joinCues(parsed, { withinMs: null })).toEqual(turns);
      }),
      { numRuns: 200 },
    );
  });

  test('a strict reader of another hand finds no fault with our WebVTT', () => {
    fc.assert(
      fc.property(talk, (turns) => {
        const read = parse(writeTranscript(turns, 'vtt', 'A note'));
        expect(read.valid).toBe(true);
        expect(read.cues.map(({ start, end }) => [Math.round(start * 1000), Math.round(end * 1000)])).toEqual(
          turns.map(({ startMs, endMs }) => [startMs, endMs]),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('WebVTT keeps whatever was said, also arrows and markup', () => {
    const turns: Turn[] = [
      {
        speaker: 'A & <B>',
        startMs: 0,
        endMs: 5000,
        text: 'from A --> B &amp; <v C> <i>so</i> 00:01.000 --> 00:02.000',
      },
    ];
    const parsed = readTranscript(writeTranscript(turns, 'vtt', 'an uncorrected --> draft'));
    expect(joinCues(parsed, { withinMs: null })).toEqual(turns);
  });

  test('captions leave out what has no time, and text does not', () => {
    const turns: Turn[] = [
      { speaker: 'A', startMs: null, endMs: null, text: 'One' },
      { speaker: 'B', startMs: 1000, endMs: null, text: 'two' },
    ];
    expect(writeTranscript(turns, 'vtt')).toBe('WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n<v B>two\n');
    expect(writeTranscript(turns, 'txt', 'A note')).toBe('A note\n\nA: One\n\n[00:00:01.000] B: two\n');
  });
});
