import { expect, test } from 'vitest';
import { judgeGibberish } from '../../src/quality/gibberish.ts';
import { gibberishSamples, realAnswers } from './short-answers.ts';

const isFlagged = (text: string) => judgeGibberish(text).outcome === 'flagged';

test('at most 2 % of short answers in eight languages are false alarms', () => {
  const answers = Object.values(realAnswers).flat();
  const alarms = answers.filter(isFlagged);
  expect(answers.length).toBeGreaterThanOrEqual(150);
  expect(alarms.length / answers.length, alarms.join(' | ')).toBeLessThanOrEqual(0.02);
});

test('no language carries the false alarms alone', () => {
  for (const [language, answers] of Object.entries(realAnswers)) {
    expect(answers.filter(isFlagged).length / answers.length, language).toBeLessThanOrEqual(0.05);
  }
});

test('at least 85 % of what was typed at random is found', () => {
  const missed = gibberishSamples.filter((text) => !isFlagged(text));
  expect(gibberishSamples.length).toBeGreaterThanOrEqual(60);
  expect(1 - missed.length / gibberishSamples.length, missed.join(' | ')).toBeGreaterThanOrEqual(0.85);
});

test('other scripts are not judged, and say so', () => {
  for (const text of ['ооооо', 'ячсмить', 'مرحبا', '很好', 'ดีมาก', 'よかった ok']) {
    expect(judgeGibberish(text).outcome, text).toBe('unjudged');
  }
});

test('nothing written is no gibberish', () => {
  expect(['', ' ', '\n'].map((text) => judgeGibberish(text).outcome)).toEqual(['clear', 'clear', 'clear']);
});

test('one wild word in a sentence passes, a sentence of wild words does not', () => {
  expect(isFlagged('the plugin was called kjshdf and it worked')).toBe(false);
  expect(isFlagged('kjshdf sdkjfh lkjwfg it')).toBe(true);
});

test('words of the study pass when they are given', () => {
  expect(isFlagged('Qzxlvk')).toBe(true);
  expect(judgeGibberish('Qzxlvk', { knownWords: new Set(['qzxlvk']) }).outcome).toBe('clear');
});

test('the reason shows the word and stays short', () => {
  expect(judgeGibberish('asdfgh')).toEqual({
    outcome: 'flagged',
    reason: 'Looks typed at random: “asdfgh” runs along a keyboard row.',
  });
  const judgement = judgeGibberish('sdkjfhg'.repeat(1_000));
  expect(judgement.outcome === 'flagged' && judgement.reason.length).toBeLessThan(120);
});

test.each(['a', 'ha', 'kjh ', 'ab.', '@', 'x.y', '://', '#', 'é', 'www.', ' ', '1', '\u0301', '!?'])(
  'ten times as much of “%s” takes about ten times as long',
  (part) => {
    const time = (length: number) => {
      const text = part.repeat(Math.ceil(length / part.length));
      const start = performance.now();
      judgeGibberish(text);
      return performance.now() - start;
    };
    time(1_000);
    expect(time(100_000)).toBeLessThan(10_000);
  },
);
