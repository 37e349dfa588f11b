import { plainReading, tokens } from '../text/tokens.ts';
import type { Span } from './spans.ts';

/** With fewer words of somebody nothing is said of their values. */
export const TOKENS_MIN = 50;

/** A text somebody said, the spans people coded as the value, and whether the coder suggests it for the whole text. */
export type SpokenText = {
  text: string;
  coded: readonly (Span & { direction: string | null })[];
  isSuggested: boolean;
};

/**
 * How much of what a person says speaks of something, and which way. `tokens` and `texts` are all of theirs;
 * `codedTokens` lie in words that people coded, `suggestedTokens` besides in texts the coder suggests and nobody has
 * looked at. Direction counts codings, and is no part of the salience.
 */
export type Salience = {
  tokens: number;
  texts: number;
  /** False below 50 tokens, since a share of so little tells nothing: it is not shown, and not told. */
  isEnough: boolean;
  codedTokens: number;
  codedTexts: number;
  suggestedTokens: number;
  suggestedTexts: number;
  directions: { for: number; against: number; unsaid: number };
};

/**
 * The salience of one value in one person's words.
 *
 * @example
 * salienceOf([{ text: 'safe at home', coded: [{ start: 0, end: 4, direction: 'for' }], isSuggested: false }]).codedTokens // => 1
 */
export function salienceOf(texts: readonly SpokenText[]): Salience {
  const found: Salience = {
    tokens: 0,
    texts: texts.length,
    isEnough: false,
    codedTokens: 0,
    codedTexts: 0,
    suggestedTokens: 0,
    suggestedTexts: 0,
    directions: { for: 0, against: 0, unsaid: 0 },
  };
  for (const { text, coded, isSuggested } of texts) {
    const said = tokens(text, plainReading);
    found.tokens += said.length;
    if (coded.length > 0) found.codedTexts++;
    else if (isSuggested) {
      found.suggestedTexts++;
      found.suggestedTokens += said.length;
    }
    found.codedTokens += said.filter((token) =>
      coded.some((span) => token.start < span.end && token.end > span.start),
    ).length;
    for (const { direction } of coded)
      found.directions[direction === 'for' || direction === 'against' ? direction : 'unsaid']++;
  }
  return { ...found, isEnough: found.tokens >= TOKENS_MIN };
}
