import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSpeaker } from '../../../src/exchange/transcripts/inline-labels.ts';
import { readTurns } from '../../../src/exchange/transcripts/read-transcript.ts';

test('a name and a colon begin a turn', () => {
  expect(readTurns('Ms A: How so?\nP07: It was time.')).toEqual([
    { speaker: 'Ms A', startMs: null, endMs: null, text: 'How so?' },
    { speaker: 'P07', startMs: null, endMs: null, text: 'It was time.' },
  ]);
});

describe('a time stands before the name or after it', () => {
  test.each([
    ['[0:14:02] Ms A: How so?', 842_000],
    ['00:14:02 Ms A: How so?', 842_000],
    ['14:02 Ms A: How so?', 842_000],
    ['[1:00:00.500] Ms A: How so?', 3_600_500],
    ['(14:02) Ms A: How so?', 842_000],
    ['Ms A [0:14:02]: How so?', 842_000],
    ['Ms A (14:02): How so?', 842_000],
    ['Ms A 14:02: How so?', 842_000],
  ])('%s', (line, startMs) => {
    expect(readTurns(`${line}\nP07: It was time.`)[0]).toEqual({
      speaker: 'Ms A',
      startMs,
      endMs: null,
      text: 'How so?',
    });
  });
});

test('a line without a name goes on with the turn before', () => {
  expect(readTurns('A: One\n  two\n\nthree\nB: four')).toEqual([
    { speaker: 'A', startMs: null, endMs: null, text: 'One\n  two\nthree' },
    { speaker: 'B', startMs: null, endMs: null, text: 'four' },
  ]);
});

test('words before the first name are nobody’s', () => {
  expect(readTurns('Recorded in Ulm\nA: One\nB: two')[0]).toEqual({
    speaker: null,
    startMs: null,
    endMs: null,
    text: 'Recorded in Ulm',
  });
});

test('a sentence with a colon in it is no name', () => {
  const turns = readTurns(
    'A: I said one thing and only one thing to him: go.\nThis is what I told him then: go.\nB: Oh.',
  );
  expect(turns).toHaveLength(2);
});

test('names may be in any script, with points and marks', () => {
  expect(readTurns('Dr. O’Neil-Müller: Ja?\n田中: はい').map((turn) => turn.speaker)).toEqual([
    'Dr. O’Neil-Müller',
    '田中',
  ]);
});

test('a text without names is a turn per paragraph', () => {
  expect(readTurns('\n\nFirst line\nsecond line\n \n\tThird line\n\n\n')).toEqual([
    { speaker: null, startMs: null, endMs: null, text: 'First line\nsecond line' },
    { speaker: null, startMs: null, endMs: null, text: 'Third line' },
  ]);
  expect(readTurns('Only: one name')).toEqual([{ speaker: null, startMs: null, endMs: null, text: 'Only: one name' }]);
});

test('nothing said is no turn', () => {
  expect(readTurns('')).toEqual([]);
  expect(readTurns(' \n\n \t ')).toEqual([]);
});

describe('a hostile transcript is read in no time', () => {
  test.each<[string, string]>([
    ['one long word', 'a'.repeat(600_000)],
    ['words and nothing else', 'a '.repeat(300_000)],
    ['spaces after a colon', `A: x\nB:${' '.repeat(600_000)}`],
    ['line ends', '\n'.repeat(600_000)],
    ['line ends and spaces', '\n \t'.repeat(200_000)],
    ['stamps', '[00:00:00] '.repeat(50_000)],
    ['colons', ':'.repeat(600_000)],
    ['a name on every line', 'A: x\n'.repeat(100_000)],
    ['brackets and spaces', `${'A '.repeat(4)}[${' '.repeat(300_000)}`],
  ])('%s', (_, text) => {
    const before = performance.now();
    readTurns(text);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

test('every word of a transcript is in some turn, but for names that nothing stands behind', () => {
  const line = fc.oneof(fc.constantFrom('A: ', 'B: yes', '', '[00:01:02] P1: so', 'x: y: z', '  '), fc.string());
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n').replaceAll('\r', '');
      const letters = (all: string) => all.replaceAll(/\s/g, '').length;
      const turns = readTurns(text);
      const kept = turns.reduce(
        (sum, turn) => sum + letters(turn.text) + letters(turn.speaker ?? '') + (turn.speaker === null ? 0 : 1),
        0,
      );
      const isName = (one: string) => one.slice(readSpeaker(one)?.wordsAt ?? 0).trim() === '';
      const said = text.split('\n').filter((one) => !isName(one));
      // A time in brackets is read as a number, or left out of the words.
      expect(kept).toBeGreaterThanOrEqual(letters(said.join('').replaceAll('[00:01:02]', '')));
      expect(kept).toBeLessThanOrEqual(letters(text));
    }),
    { numRuns: 500 },
  );
});

test('names without any words are no turns', () => {
  expect(readTurns('P:\nQ:   \nP:')).toEqual([]);
});
