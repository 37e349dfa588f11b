import type { Token } from './tokens.ts';

/** A stretch of a text in code points, `end` exclusive. */
export type Stretch = { start: number; end: number };

const quoteLengthMax = 240;
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * The stretch of a text that says best what some words stand for: the whole text when it is short, else its best
 * sentence, else the best run of words of an endless sentence. Always a slice of the text as it stands.
 *
 * @param text the original text
 * @param found its tokens
 * @param weightOf how much a word counts, 0 or more
 * @returns code points of the original text, without the blanks around the stretch
 *
 * @example
 * bestStretch(' Too slow! ', [], () => 0) // => { start: 1, end: 10 }
 */
export function bestStretch(text: string, found: readonly Token[], weightOf: (word: string) => number): Stretch {
  const whole = trimmed(text, 0);
  if (whole.end - whole.start <= quoteLengthMax) return whole;

  let best = whole;
  let most = -1;
  let next = 0;
  let start = 0;
  for (const { segment } of sentences.segment(text)) {
    const end = start + codePoints(segment);
    const from = next;
    while (next < found.length && found[next]!.start < end) next++;
    const within = found.slice(from, next);
    const score = scoreOf(within, weightOf);
    if (score > most) {
      most = score;
      const sentence = trimmed(segment, start);
      best = sentence.end - sentence.start <= quoteLengthMax ? sentence : bestRun(within, sentence, weightOf);
    }
    start = end;
  }
  return best;
}

/** How well words stand for a theme: what they weigh together, shorter stretches first. Each word counts once. */
export function scoreOf(found: readonly Token[], weightOf: (word: string) => number): number {
  let sum = 0;
  for (const word of new Set(found.map((token) => token.word))) sum += weightOf(word);
  return sum / Math.sqrt(found.length + 2);
}

/** The heaviest run of tokens that fits a quote. */
function bestRun(within: readonly Token[], sentence: Stretch, weightOf: (word: string) => number): Stretch {
  let best: Stretch | null = null;
  let most = -1;
  let sum = 0;
  let first = 0;
  for (let last = 0; last < within.length; last++) {
    sum += weightOf(within[last]!.word);
    while (first < last && within[last]!.end - within[first]!.start > quoteLengthMax) {
      sum -= weightOf(within[first++]!.word);
    }
    if (sum <= most) continue;
    most = sum;
    best = { start: within[first]!.start, end: within[last]!.end };
  }
  const run = best ?? sentence;
  return { start: run.start, end: Math.min(run.end, run.start + quoteLengthMax) };
}

function trimmed(segment: string, start: number): Stretch {
  const withoutStart = segment.trimStart();
  const blank = segment.length - withoutStart.length; // blanks are never astral, so units are code points
  return { start: start + blank, end: start + blank + codePoints(withoutStart.trimEnd()) };
}

function codePoints(text: string): number {
  let points = 0;
  for (const _ of text) points++;
  return points;
}
