import { expect, test } from 'vitest';
import { HUMAN_VALUES, valueAttributeName } from '../../src/coding/human-values.ts';
import { AGREEMENT_MIN, distrustWords, isTrusted } from '../../src/coding/trust.ts';
import { salienceOf } from '../../src/coding/value-salience.ts';

const words = (n: number) => Array.from({ length: n }, () => 'word').join(' ');

test('the share is of words, spans that overlap count once, and direction is counted apart', () => {
  const found = salienceOf([
    {
      text: words(60),
      coded: [
        { start: 0, end: 49, direction: 'for' },
        { start: 25, end: 99, direction: 'against' },
      ],
      isSuggested: true,
    },
    { text: words(40), coded: [], isSuggested: true },
    { text: words(20), coded: [], isSuggested: false },
  ]);
  expect(found).toEqual({
    tokens: 120,
    texts: 3,
    isEnough: true,
    codedTokens: 20,
    codedTexts: 1,
    // A text that people coded is no suggestion any more.
    suggestedTokens: 40,
    suggestedTexts: 1,
    directions: { for: 1, against: 1, unsaid: 0 },
  });
});

test('below fifty words it is too little', () => {
  expect(salienceOf([{ text: words(49), coded: [], isSuggested: false }]).isEnough).toBe(false);
  expect(salienceOf([{ text: words(50), coded: [], isSuggested: false }]).isEnough).toBe(true);
});

test('agreement is trusted from .667 on, and what was never checked is not', () => {
  const kappa = (value: number | null) => ({ measure: 'kappa' as const, value, n: 80 });
  expect(isTrusted(kappa(AGREEMENT_MIN))).toBe(true);
  expect(isTrusted(kappa(0.666))).toBe(false);
  expect(isTrusted(kappa(null))).toBe(false);
  expect(isTrusted(null)).toBe(false);
  expect(distrustWords(kappa(0.9))).toBeNull();
  expect(distrustWords(kappa(0.41))).toBe('kappa 0.41 (n 80), below 0.667: not to be relied on');
  expect(distrustWords(kappa(null))).toContain('cannot be told');
});

test('ten values stand under four, each with a description of its own', () => {
  const higher = HUMAN_VALUES.filter(({ within }) => within === null).map(({ key }) => key);
  const basic = HUMAN_VALUES.filter(({ within }) => within !== null);
  expect([higher.length, basic.length]).toEqual([4, 10]);
  expect(basic.every(({ within }) => higher.includes(within ?? ''))).toBe(true);
  expect(new Set(HUMAN_VALUES.map(({ definition }) => definition)).size).toBe(14);
  expect(valueAttributeName('power', false)).toContain('below 0.667');
  expect(valueAttributeName('power', true)).not.toContain('0.667');
});
