import { describe, expect, test } from 'vitest';
import { joinCues, mayCarryForward, usualJoining } from '../../../src/exchange/transcripts/join-cues.ts';
import { readTranscript } from '../../../src/exchange/transcripts/read-transcript.ts';
import { TranscriptFault } from '../../../src/exchange/transcripts/transcript.ts';

const vtt = (...blocks: string[]) => `WEBVTT\n\n${blocks.join('\n\n')}\n`;
const cue = (seconds: number, text: string, lasts = 2) =>
  `00:00:${String(seconds).padStart(2, '0')}.000 --> 00:00:${String(seconds + lasts).padStart(2, '0')}.000\n${text}`;
const said = (text: string, name = '') =>
  readTranscript(text, name).cues.map(({ speaker, text: words }) => [speaker, words]);
const turnsOf = (text: string, more = {}) => {
  const parsed = readTranscript(text);
  return joinCues(parsed, { ...usualJoining(parsed), ...more });
};
const faultOf = (text: string, name = ''): TranscriptFault => {
  try {
    readTranscript(text, name);
  } catch (error) {
    if (error instanceof TranscriptFault) return error;
    throw error;
  }
  throw new Error('It was read');
};

describe('WebVTT', () => {
  test('hours may be left out or have three digits, and milliseconds are kept', () => {
    const { cues } = readTranscript(vtt('01:02.345 --> 01:04.000\nEarly', '100:00:00.000 --> 100:00:01.000\nLate'));
    expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [62_345, 64_000],
      [360_000_000, 360_001_000],
    ]);
  });

  test.each([
    ['CRLF', '\r\n'],
    ['CR', '\r'],
    ['LF', '\n'],
  ])('a mark of byte order and line ends by %s are no words', (_, end) => {
    expect(said(`\uFEFF${vtt(cue(1, 'One\ntwo'), cue(4, 'three'))}`.replaceAll('\n', end))).toEqual([
      [null, 'One\ntwo'],
      [null, 'three'],
    ]);
  });

  test('a header says something, and the empty line after it may be missing', () => {
    expect(said(`WEBVTT - from a club\nKind: captions\nLanguage: en\n\n${cue(1, 'Yes')}`)).toEqual([[null, 'Yes']]);
    expect(said(`WEBVTT\n${cue(1, 'Yes')}`)).toEqual([[null, 'Yes']]);
  });

  test('style sheets, regions and remarks are no words', () => {
    expect(
      said(
        vtt(
          'STYLE\n::cue {\n  color: red;\n}',
          'REGION\nid:fred',
          'NOTE\nchecked by hand\nand again',
          cue(1, 'Words'),
          'NOTE one more',
          cue(4, 'More'),
        ),
      ),
    ).toEqual([
      [null, 'Words'],
      [null, 'More'],
    ]);
  });

  test('a cue that begins with “note that” is no remark', () => {
    expect(said(vtt(cue(1, 'note that it was dear'), `NOTEWORTHY\n${cue(4, 'NOTE that too')}`))).toEqual([
      [null, 'note that it was dear'],
      [null, 'NOTE that too'],
    ]);
  });

  test('a spoken A --> B is words', () => {
    expect(said(vtt(cue(1, 'We went from A --> B\nand back'), cue(4, 'Yes')))).toEqual([
      [null, 'We went from A --> B\nand back'],
      [null, 'Yes'],
    ]);
  });

  test('words after an empty line within a cue are kept, and it is said so', () => {
    const parsed = readTranscript(vtt(cue(1, 'First\n\nand second'), cue(4, 'Third')));
    expect(parsed.cues.map(({ text }) => text)).toEqual(['First\nand second', 'Third']);
    expect(parsed.warnings.join()).toContain('outside any cue');
  });

  test('a voice tag alone on its line names who speaks the next', () => {
    expect(said(vtt(cue(1, '<v Ada Moor>\nIt was too dear.')))).toEqual([['Ada Moor', 'It was too dear.']]);
  });

  test('a voice may have classes, an end, and company in its cue', () => {
    expect(said(vtt(cue(1, '<v.first.loud Ada>Yes.</v>\n<v Ben>No.'), cue(4, 'Then nothing')))).toEqual([
      ['Ada', 'Yes.'],
      ['Ben', 'No.'],
      [null, 'Then nothing'],
    ]);
  });

  test('entities are read after tags are gone, once', () => {
    expect(
      said(vtt(cue(1, '<v A &amp; B>&lt;v Nobody&gt; cost &amp;lt; 5 &#39;pounds&#39;&nbsp;<c.x>then</c>'))),
    ).toEqual([['A & B', "<v Nobody> cost &lt; 5 'pounds'\u00A0then"]]);
  });

  test('layout and the times of words go, and what is no layout stays', () => {
    expect(said(vtt(cue(1, '<c.yellow>It</c><00:00:01.500><c> was</c> <i>dear</i> <laughs> 3 < 4')))).toEqual([
      [null, 'It was dear <laughs> 3 < 4'],
    ]);
  });

  test('settings behind the times are no words', () => {
    expect(said(vtt('00:01.000 --> 00:02.000 align:start position:0%\nYes'))).toEqual([[null, 'Yes']]);
  });

  test('no cue at all is a fault that says what to do', () => {
    expect(faultOf('WEBVTT\n\n').message).toBe('No words were found in this file');
    expect(faultOf(vtt('00:01.000 --> 00:02.000\n')).advice).toContain('Export it again');
  });

  test('what begins with WEBVTT is WebVTT under any name', () => {
    expect(readTranscript(vtt(cue(1, 'Yes')), 'talk.srt').format).toBe('webvtt');
    expect(readTranscript('WEBVTTED words\nand more', 'talk.vtt').format).toBe('plain');
  });
});

describe('Zoom and Teams', () => {
  const zoom = vtt(
    `1\n${cue(1, 'Ada Moor: What happened on the day?')}`,
    `2\n${cue(4, 'Ben Lind: It was 10:30: the bill came')}`,
    `3\n${cue(8, '10:30 Meeting: the bill was read')}`,
    `4\n${cue(12, 'Ada Moor: And then?')}`,
  );

  test('Zoom numbers its cues and writes the name before the first colon and space', () => {
    expect(readTranscript(zoom).maker).toBe('Zoom');
    expect(said(zoom)).toEqual([
      ['Ada Moor', 'What happened on the day?'],
      ['Ben Lind', 'It was 10:30: the bill came'],
      [null, '10:30 Meeting: the bill was read'],
      ['Ada Moor', 'And then?'],
    ]);
  });

  test('Teams names its cues by an id and speakers by voices', () => {
    const id = '3f2a1b4c-0d5e-4f60-8a7b-9c0d1e2f3a4b';
    const teams = vtt(
      `${id}/5-0\n${cue(1, '<v Ada Moor>Good day. So: begin.</v>')}`,
      `${id}/9-0\n${cue(4, '<v Ben Lind>Well.</v>')}`,
    );
    expect(readTranscript(teams).maker).toBe('Microsoft Teams');
    expect(said(teams)).toEqual([
      ['Ada Moor', 'Good day. So: begin.'],
      ['Ben Lind', 'Well.'],
    ]);
  });

  test('what Teams gives to programs as metadata has words and names in an object', () => {
    const told = JSON.stringify({ speakerName: 'Ada', spokenText: 'Good day', spokenLanguage: 'en-gb' });
    expect(said(vtt(cue(1, told)))).toEqual([['Ada', 'Good day']]);
  });

  test('the plain text of Teams is refused, since it leaves out who spoke', () => {
    const fault = faultOf(`${cue(1, 'Good day')}\n\n${cue(4, 'Well')}`, 'transcript.txt');
    expect(fault.message).toContain('nobody’s name');
    expect(fault.advice).toContain('.vtt or .docx');
    expect(said(`${cue(1, 'Good day')}\n\n${cue(4, 'Well')}`, 'captions.srt')).toHaveLength(2);
  });

  test('a name has at most three words, and structures nothing', () => {
    const label = (text: string) => said(vtt(cue(1, text)))[0];
    expect(label('Dr. Ada Moor: yes')).toEqual(['Dr. Ada Moor', 'yes']);
    expect(label('What I told him: go')).toEqual([null, 'What I told him: go']);
    expect(label('Action items: call him')).toEqual([null, 'Action items: call him']);
    expect(label('Note: call him')).toEqual([null, 'Note: call him']);
    expect(label('17:30: we left')).toEqual([null, '17:30: we left']);
    expect(label('we left: and so')).toEqual([null, 'we left: and so']);
    expect(label('https://example.org: see there')).toEqual([null, 'https://example.org: see there']);
  });

  test('no speaker is made up from the middle of sentences in a long file', () => {
    const blocks = Array.from({ length: 25 }, (_, index) =>
      cue(index * 2, index === 7 ? 'Listen: we paid' : 'and so on'),
    );
    const parsed = readTranscript(vtt(...blocks));
    expect(parsed.cues.every(({ speaker }) => speaker === null)).toBe(true);
    expect(parsed.warnings.join()).toContain('“Listen:”');
  });
});

describe('SubRip', () => {
  const plain =
    '1\n00:00:01,000 --> 00:00:02,500\nP07: It was dear.\nVery.\n\n2\n00:00:05,000 --> 00:00:06,000\nMs A: Why?\n';
  const expected = [
    ['P07', 'It was dear.\nVery.'],
    ['Ms A', 'Why?'],
  ];
  test.each([
    ['as it should be', plain],
    ['points for commas', plain.replaceAll(/(\d\d),(\d{3})/g, '$1.$2')],
    ['no numbers', plain.replaceAll(/^\d\n/gm, '')],
    ['no last line end', plain.trimEnd()],
    ['no empty lines between cues', plain.replaceAll('\n\n', '\n')],
    ['CR', plain.replaceAll('\n', '\r')],
    ['CRLF and a mark of byte order', `\uFEFF${plain.replaceAll('\n', '\r\n')}`],
    ['more empty lines than needed', plain.replaceAll('\n\n', '\n\n\n\n')],
  ])('%s', (_, text) => {
    expect(readTranscript(text, 'talk.srt').format).toBe('srt');
    expect(said(text, 'talk.srt')).toEqual(expected);
  });

  test('a number that somebody says is no number of a cue', () => {
    const text =
      '1\n00:00:01,000 --> 00:00:02,000\nHow many?\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n3\n00:00:05,000 --> 00:00:06,000\nSo many\n';
    expect(said(text).map(([, words]) => words)).toEqual(['How many?', '42', 'So many']);
  });

  test('whisperX writes speakers in brackets, and layout goes', () => {
    expect(said('1\n00:00:01,000 --> 00:00:02,000\n[SPEAKER_00]: <font color="red">Yes</font>{\\an8}\n')).toEqual([
      ['SPEAKER_00', 'Yes'],
    ]);
  });
});

test('lines as Whisper prints them have their times before them', () => {
  const parsed = readTranscript('[00:00.000 --> 00:02.500]  It was dear.\n[00:02.500 --> 00:04.000]  Very.\n');
  expect(parsed.format).toBe('console-lines');
  expect(turnsOf('[00:00.000 --> 00:02.500]  It was dear.\n[00:02.500 --> 00:04.000]  Very.\n')).toEqual([
    { speaker: null, startMs: 0, endMs: 4000, text: 'It was dear. Very.' },
  ]);
});

describe('cues become turns', () => {
  const talk = vtt(cue(1, '<v A>One'), cue(5, '<v A>two'), cue(10, '<v A>three'), cue(12, '<v B>four'));

  test('what one person says at most two seconds apart is joined', () => {
    expect(turnsOf(talk).map(({ speaker, startMs, endMs, text }) => [speaker, startMs, endMs, text])).toEqual([
      ['A', 1000, 7000, 'One two'],
      ['A', 10_000, 12_000, 'three'],
      ['B', 12_000, 14_000, 'four'],
    ]);
  });

  test('how far apart is a choice, and so is not to join', () => {
    expect(turnsOf(talk, { withinMs: 3000 })).toHaveLength(2);
    expect(turnsOf(talk, { withinMs: Number.POSITIVE_INFINITY })).toHaveLength(2);
    expect(turnsOf(talk, { withinMs: null })).toHaveLength(4);
  });

  test('captions without speakers are cut at sentences, or nobody could code them', () => {
    const blocks = Array.from({ length: 25 }, (_, index) =>
      cue(index * 2, `Piece ${index} goes on for a while and ends with a stop.`),
    );
    const turns = turnsOf(vtt(...blocks));
    expect(turns.length).toBeGreaterThan(1);
    expect(Math.max(...turns.map(({ text }) => text.length))).toBeLessThan(600);
  });

  test('lines that rolling captions repeat are said once', () => {
    const rolling = `WEBVTT\nKind: captions\n\n${[
      '00:00:01.000 --> 00:00:03.000\nso we bought',
      '00:00:03.000 --> 00:00:03.010\nso we bought',
      '00:00:03.010 --> 00:00:05.000\nso we bought\nthe blue one',
      '00:00:05.000 --> 00:00:05.010\nthe blue one',
      '00:00:05.010 --> 00:00:07.000\nthe blue one\nthe blue one and',
    ].join('\n\n')}\n`;
    expect(turnsOf(rolling).map(({ text }) => text)).toEqual(['so we bought the blue one the blue one and']);
    expect(turnsOf(rolling, { dropsRepeats: false })[0]?.text).toContain('so we bought so we bought');
  });

  test('somebody who says “Yes” twice is no rolling caption', () => {
    expect(
      turnsOf(vtt(cue(1, 'Yes'), cue(3, 'Yes'), cue(6, 'No'), cue(8, 'Maybe'), cue(11, 'So'))).map(({ text }) => text),
    ).toEqual(['Yes Yes No Maybe So']);
  });

  test('a speaker is carried to cues without one only when that is asked for', () => {
    const podcast = vtt(cue(1, '<v Ada>One'), cue(3, 'two'), cue(6, '<v Ben>three'), cue(8, 'four'));
    expect(mayCarryForward(readTranscript(podcast))).toBe(true);
    expect(turnsOf(podcast).map(({ speaker }) => speaker)).toEqual(['Ada', null, 'Ben', null]);
    expect(turnsOf(podcast, { carriesForward: true }).map(({ speaker, text }) => [speaker, text])).toEqual([
      ['Ada', 'One two'],
      ['Ben', 'three four'],
    ]);
  });

  test('one person under two names becomes one, and their words are joined', () => {
    const speakers = new Map([['Ada M.', { kind: 'named' as const, name: 'Ada Moor' }]]);
    const turns = turnsOf(vtt(cue(1, '<v Ada Moor>One'), cue(3, '<v Ada M.>two')), { speakers });
    expect(turns).toEqual([{ speaker: 'Ada Moor', startMs: 1000, endMs: 5000, text: 'One two' }]);
  });

  test('a speaker may be left out, or be no name and go back into the words', () => {
    const text = vtt(cue(1, 'Recorder: on'), cue(4, 'Ada: One'), cue(8, 'Listen: two'));
    const speakers = new Map([
      ['Recorder', { kind: 'dropped' as const }],
      ['Listen', { kind: 'words' as const }],
    ]);
    expect(turnsOf(text, { speakers }).map(({ speaker, text: words }) => [speaker, words])).toEqual([
      ['Ada', 'One'],
      [null, 'Listen: two'],
    ]);
  });

  test('an unknown speaker is nobody', () => {
    expect(
      turnsOf(vtt(cue(1, '<v Unknown Speaker>One'), cue(8, '<v Unknown Speaker 2>two'))).map(({ speaker }) => speaker),
    ).toEqual([null, null]);
  });
});

describe('captions made to keep a machine busy are read in no time', () => {
  test.each([
    ['tags that do not end', vtt(cue(1, '<v '.repeat(200_000)))],
    ['ampersands', vtt(cue(1, '&'.repeat(600_000)))],
    ['arrows', vtt(cue(1, '--> '.repeat(150_000)))],
    ['arrow lines', '0:00 --> x\n'.repeat(50_000)],
    ['empty lines', `WEBVTT\n${'\n'.repeat(600_000)}`],
    ['colons and spaces', vtt(cue(1, ': '.repeat(300_000)))],
    ['brackets', '['.repeat(600_000)],
    ['spaces before an arrow', vtt(`${' '.repeat(300_000)}-->`)],
    ['opening braces', vtt(cue(1, '{\\'.repeat(300_000)))],
    ['cues of one word', vtt(...Array.from({ length: 20_000 }, () => cue(1, 'so')))],
  ])('%s', (_, text) => {
    const begun = performance.now();
    try {
      turnsOf(text);
    } catch (error) {
      expect(error).toBeInstanceOf(TranscriptFault);
    }
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
