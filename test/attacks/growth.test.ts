import { expect, test } from 'vitest';
import { guessFormat, readDelimited } from '../../src/exchange/delimited.ts';
import { refuseHostileXml } from '../../src/exchange/safe-xml.ts';
import { readTranscript } from '../../src/exchange/transcripts/read-transcript.ts';
import { parseExpression } from '../../src/logic/expression.ts';
import { pipeText } from '../../src/logic/pipe.ts';
import { cleanText, TEXT_LIMITS } from '../../src/model/clean-text.ts';
import { findPersonalData } from '../../src/privacy/find-personal-data.ts';
import { maskText } from '../../src/privacy/mask-text.ts';
import { suggestNames } from '../../src/privacy/suggest-names.ts';
import { judgeCopiedQuestion } from '../../src/quality/copied-question.ts';
import { judgeGibberish } from '../../src/quality/gibberish.ts';
import { minHash } from '../../src/quality/near-texts.ts';
import { wordingHints } from '../../src/quality/wording-hints.ts';
import { languagesOf } from '../../src/text/languages.ts';
import { piecesOf, thoughts } from '../../src/text/pieces.ts';
import { sentimentOf } from '../../src/text/sentiment.ts';
import { stem } from '../../src/text/stem.ts';
import { plainReading, tokens } from '../../src/text/tokens.ts';

/*
 * Texts that make careless readers take the square of their length, or worse, through every routine that reads what
 * people wrote. What is held against what was measured in the same run: a text eight times as long may take about eight
 * times as long. At full length the slowest are printed, and none takes half a second.
 */

const IS_FULL = process.env['PROVE'] !== undefined;
const [SHORT, LONG] = [2_500, 20_000];
const PARTS = LONG / SHORT;
/**
 * How much longer a text may take than the same text in eight parts. A square takes eight times as long; what takes as long
 * as its length takes the same, and others use the machine as well.
 */
const GROWTH_MOST = 4;
/** Below it nothing holds anybody up, and what is measured is noise. */
const NOTICED_MS = 50;
/** A machine that others use is slow for a moment, a square each time. */
const TRIES = 8;

const PATTERNS: Readonly<Record<string, string>> = {
  'letters with dots': 'a.b. ',
  'dots alone': '.',
  'dots and blanks': '. ',
  'one long word': 'a',
  'one long word of many letters': 'abcdefghij',
  'one word of capitals': 'A',
  'digits alone': '1',
  'digits with blanks': '1 2 ',
  'digits with dots': '1.2.',
  'digits with hyphens': '12-34-',
  'a telephone that never ends': '+49 30 1234 ',
  'an account that never ends': 'DE89 3704 0044 ',
  'a card that never ends': '4111 1111 ',
  'an address of mail that never ends': 'a@',
  'a name of mail that never ends': 'a.b-c_',
  'a mail host that never ends': 'a@b.c.',
  'a web address that never ends': 'http://a/',
  'a web address of dots': 'www.a.',
  'numbers of networks': '1.1.1.1.',
  'colons of networks': 'a:b:',
  'I am, again and again': 'I am A ',
  'my name is, again and again': 'My name is Anna ',
  'names alone': 'Anna Maria ',
  streets: 'Long Street 12 ',
  'opening brackets': '(',
  'opening and closing brackets': '[(',
  'braces of templates': '{{a|',
  'braces that open': '{{',
  'quotation marks of tables': '"a",',
  'quotation marks alone': '"',
  apostrophes: "it's'",
  'exclamation marks': '!?',
  'line ends': '\n',
  'short lines': 'A: b\n',
  'carriage returns': '\r',
  blanks: ' ',
  'tabs and blanks': ' \t',
  'blanks that are not seen': '\u200B',
  'marks on one letter': 'e\u0301\u0301',
  'faces joined': '👩‍👩‍👧',
  flags: '🇩🇪',
  'letters right to left': 'א\u202Eb',
  'letters without blanks': '漢字',
  'angle brackets': '<a>',
  'angle brackets that open': '<',
  ampersands: '&amp;',
  'times of captions': '00:00:01.000 --> 00:00:02.000\n',
  'signs of formulas': '=(1+',
  negations: 'not not ',
};

/** Everything that reads what people wrote, each as its callers call it. */
const ROUTINES: Readonly<Record<string, (text: string) => unknown>> = {
  'a text is cleaned': (text) => cleanText(text, 'answer'),
  feelings: (text) => sentimentOf(text, 'en'),
  words: (text) => tokens(text),
  'words of any language': (text) => tokens(text, plainReading),
  stems: (text) =>
    tokens(text)
      .slice(0, 2_000)
      .map(({ word }) => stem(word)),
  thoughts: (text) => thoughts(text),
  pieces: (text) =>
    piecesOf(
      text,
      tokens(text).map(({ start }) => start),
    ),
  languages: (text) => languagesOf([{ text }]),
  'personal data': (text) => findPersonalData(text),
  masks: (text) => maskText(text, findPersonalData(text)),
  names: (text) => suggestNames(text, ['Anna', 'P01']),
  gibberish: (text) => judgeGibberish(text),
  'a copied question': (text) => judgeCopiedQuestion('What happened on that day, and why?', text),
  'near texts': (text) => minHash(tokens(text, plainReading).map(({ word }) => word)),
  'hints on a wording': (text) => wordingHints(text, 'en'),
  piping: (text) => pipeText(text, () => null),
  'an expression': (text) => parseExpression(text),
  'a transcript': (text) => attempt(() => readTranscript(text)),
  'a table': (text) => attempt(() => readDelimited(text, { ...guessFormat(text), hasHeader: true })),
  XML: (text) => attempt(() => refuseHostileXml(text, 'a file')),
};

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return null;
  }
}

const grown = (seed: string, length: number): string => seed.repeat(Math.ceil(length / seed.length)).slice(0, length);
type Work = (text: string) => unknown;
async function timed(work: Work, text: string, times: number): Promise<number> {
  const began = performance.now();
  for (let time = 0; time < times; time += 1) await work(text);
  return performance.now() - began;
}

/** How long a text takes, and whether that grew faster than the text. */
async function growthOf(work: Work, seed: string): Promise<{ ms: number; isSteep: boolean }> {
  const [short, long] = [grown(seed, SHORT), grown(seed, LONG)];
  let [ms, parts] = [Number.POSITIVE_INFINITY, 0];
  for (let turn = 0; turn < TRIES; turn += 1) {
    ms = Math.min(ms, await timed(work, long, 1));
    if (ms <= NOTICED_MS) return { ms, isSteep: false };
    parts = Math.max(parts, await timed(work, short, PARTS));
    if (ms <= GROWTH_MOST * parts) return { ms, isSteep: false };
  }
  return { ms, isSteep: true };
}

test('every reader of texts takes a text eight times as long in about eight times the time', {
  timeout: 600_000,
}, async () => {
  expect(Object.keys(PATTERNS).length).toBeGreaterThanOrEqual(38);
  for (const work of Object.values(ROUTINES)) await work(grown('Some words of warning. ', SHORT));
  const wrong: string[] = [];
  const slowest: [ms: number, what: string][] = [];
  for (const [turn, [routine, work]] of Object.entries(ROUTINES).entries())
    for (const [at, [pattern, seed]] of Object.entries(PATTERNS).entries()) {
      // A short run gives each routine every second of them, and each of them to every second routine.
      if (!IS_FULL && (at + turn) % 2 === 0) continue;
      const { ms, isSteep } = await growthOf(work, seed);
      if (isSteep) wrong.push(`${routine}, ${pattern}`);
      slowest.push([Math.round(ms), `${routine}, ${pattern}`]);
    }
  expect(wrong).toEqual([]);
  if (!IS_FULL) return;
  slowest.sort(([a], [b]) => b - a);
  const told = {
    routines: Object.keys(ROUTINES).length,
    patterns: Object.keys(PATTERNS).length,
    slowest: slowest.slice(0, 8),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
  expect(slowest.filter(([ms]) => ms > 500)).toEqual([]);
});

test('an answer is cut at 10,000 letters and a word at 64, whatever it is made of', () => {
  expect(TEXT_LIMITS.answer).toBe(10_000);
  for (const seed of Object.values(PATTERNS)) {
    const found = tokens(grown(seed, LONG), plainReading);
    expect([seed, Math.max(0, ...found.map(({ word }) => word.length)) <= 64]).toEqual([seed, true]);
  }
});
