import { SENTIMENT_ENTRIES } from './sentiment-words.ts';

/** Changes whenever the same answer could be read otherwise. */
export const SENTIMENT_VERSION = 'sentiment-1';

export const SENTIMENT_LABELS = ['negative', 'neutral', 'positive'] as const;
export type SentimentLabel = (typeof SENTIMENT_LABELS)[number];
export type Sentiment = { label: SentimentLabel; score: number };

/** Between these a score says neither. */
const NEUTRAL_TO = 0.15;
/** How soon several words of one mind come near the end of the scale. */
const FLATTENING = 0.3;
/** A word that is negated says the opposite, less strongly. */
const NEGATED = -0.75;
/** What a “too” before it makes of a word that nothing is said of. */
const TOO = -0.55;
/** What is said after a “but” counts for more than what stands before it. */
const BEFORE_BUT = 0.5;
const AFTER_BUT = 1.5;
const PHRASE_WORDS_MAX = 7;
/** So many words back a negation is looked for. */
const NEGATION_REACH = 4;

const NEGATION =
  /^(?:not|n't|never|no|nothing|nobody|none|neither|nor|without|hardly|rarely|barely|cannot|can't|ain't)$|n't$/;
/** Ends the reach of a negation. */
const BREAK = /^(?:[.,;:!?()]|but|however|although|though|because|and|yet|except)$/;
const TURN = /^(?:but|however|yet|although|though)$/;
const CANNOT = /^(?:can't|cannot|couldn't|unable)$/;
const WORDS = /\p{RGI_Emoji}|[\p{L}\p{N}]+(?:['\-][\p{L}\p{N}]+)*|[.,;:!?\(\)]/gv;

type Reader = (word: string) => number;
let reader: Promise<Reader> | null = null;

/** What the English word list of wink says of single words; read in by the first who asks. */
async function readWords(): Promise<Reader> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([
    import('wink-nlp'),
    import('wink-eng-lite-web-model'),
  ]);
  const nlp = winkNLP(model, ['sbd', 'negation', 'sentiment']);
  const known = new Map<string, number>();
  return (word) => {
    let value = known.get(word);
    if (value === undefined) {
      value = Number(nlp.readDoc(word).out(nlp.its.sentiment)) || 0;
      // Answers are without end; words that were met once need not be kept for ever.
      if (known.size > 20_000) known.clear();
      known.set(word, value);
    }
    return value;
  };
}

/**
 * What a survey answer feels about what it speaks of: a word list for English with what feedback says on top of it,
 * negation within a few words, and more weight on what follows a “but”. Irony is not seen.
 *
 * @param language of the answer, as a BCP 47 tag
 * @returns null where there are no words, and for every language other than English, since nothing was measured there
 *
 * @example
 * await sentimentOf('Not bad at all', 'en') // => { label: 'positive', score: 0.73855 }
 */
export async function sentimentOf(text: string, language: string): Promise<Sentiment | null> {
  if (!/^en(?![a-z])/i.test(language)) return null;
  const words = text.toLowerCase().replaceAll('’', "'").match(WORDS) ?? [];
  if (!words.some((word) => /[\p{L}\p{Emoji_Presentation}]/u.test(word))) return null;
  reader ??= readWords();
  const score = scoreOf(words, await reader);
  return { label: score > NEUTRAL_TO ? 'positive' : score < -NEUTRAL_TO ? 'negative' : 'neutral', score };
}

/** From −1 to 1. */
function scoreOf(words: readonly string[], read: Reader): number {
  const turn = words.findIndex((word, index) => index > 0 && TURN.test(word));
  let sum = 0;
  for (let index = 0; index < words.length; ) {
    const { value, length } = valueAt(words, index, read);
    const weight = turn < 0 ? 1 : index < turn ? BEFORE_BUT : AFTER_BUT;
    sum += value * weight;
    index += length;
  }
  return sum / Math.sqrt(sum * sum + FLATTENING);
}

/** What the longest entry that begins at a word says, with how many words it has. */
function valueAt(words: readonly string[], index: number, read: Reader): { value: number; length: number } {
  for (let length = Math.min(PHRASE_WORDS_MAX, words.length - index); length > 1; length -= 1) {
    const value = SENTIMENT_ENTRIES.get(words.slice(index, index + length).join(' '));
    if (value !== undefined) return { value: negated(words, index) ? value * NEGATED : value, length };
  }
  const word = words[index] ?? '';
  if (BREAK.test(word) || NEGATION.test(word))
    return { value: CANNOT.test(word) && isAble(words[index + 1]) ? TOO / 2 : 0, length: 1 };
  const own = SENTIMENT_ENTRIES.get(word) ?? read(word);
  if (words[index - 1] === 'too' && own >= 0)
    return { value: negated(words, index - 1) ? TOO * NEGATED : TOO, length: 1 };
  return { value: own !== 0 && negated(words, index) ? own * NEGATED : own, length: 1 };
}

/** Something that could not be done, rather than a word of feeling that is negated. */
const isAble = (next: string | undefined): boolean => next !== undefined && !BREAK.test(next);

function negated(words: readonly string[], index: number): boolean {
  for (let back = 1; back <= NEGATION_REACH; back += 1) {
    const word = words[index - back];
    if (word === undefined || BREAK.test(word)) return false;
    if (NEGATION.test(word)) return !NEGATION.test(words[index - back - 1] ?? '');
  }
  return false;
}
