import type { Turn } from '../../coding/turns.ts';
import { isNobody } from './speaker-labels.ts';
import type { Cue } from './transcript.ts';

export type FoundSpeaker = {
  /** Empty for words that are nobody's. */
  name: string;
  cues: number;
  /** Signs said, by which the one who answers is told from the one who asks. */
  signs: number;
  firstWords: string;
  /** Another speaker that could be the same person. */
  maybe: string | null;
  isNobody: boolean;
};

const FIRST_WORDS = 90;

/** Who speaks in a transcript, in the order they are first heard. */
export function findSpeakers(cues: readonly Cue[]): FoundSpeaker[] {
  const found = new Map<string, FoundSpeaker>();
  for (const { speaker, text } of cues) {
    const name = speaker ?? '';
    const one = found.get(name) ?? {
      name,
      cues: 0,
      signs: 0,
      firstWords: shorten(text),
      maybe: null,
      isNobody: name !== '' && isNobody(name),
    };
    one.cues += 1;
    one.signs += text.length;
    found.set(name, one);
  }
  const all = [...found.values()];
  for (const one of all)
    one.maybe =
      all.find((other) => other !== one && other.signs > one.signs && areAlike(one.name, other.name))?.name ?? null;
  return all;
}

const shorten = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const points = [...line.slice(0, FIRST_WORDS * 2)];
  return points.length > FIRST_WORDS ? `${points.slice(0, FIRST_WORDS).join('').trimEnd()}…` : line;
};

/** One name in other letters, or with a part of it left out, as one person often stands in one file. */
function areAlike(a: string, b: string): boolean {
  const words = (name: string) =>
    name
      .normalize('NFKD')
      .replaceAll(/\p{M}|\([^()]{0,60}\)/gu, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '');
  const [mine, theirs] = [words(a), words(b)];
  if (mine.length === 0 || theirs.length === 0 || isNobody(a) || isNobody(b)) return false;
  if (mine.join('') === theirs.join('')) return true;
  const [short, long] = mine.length <= theirs.length ? [mine, theirs] : [theirs, mine];
  // “Speaker 1” and “Speaker 2” share a word and are two people.
  return (
    short.length < long.length && short.every((word) => word.length > 2 && long.includes(word) && !/\d/.test(word))
  );
}

const TALK_MS_LEAST = 5 * 60_000;
/** A talk of two people of twenty minutes comes to 40 to 120 turns. */
const PER_MINUTE = { least: 2, most: 6 };

/** How long a talk is, as far as its times tell: from its beginning to the last that is said. */
export const lengthOf = (turns: readonly Turn[]): number | null => {
  const last = turns.reduce((most, { startMs, endMs }) => Math.max(most, endMs ?? startMs ?? -1), -1);
  return last < 0 ? null : last;
};

/**
 * Whether the number of turns is what a talk of this length comes to.
 *
 * @returns a sentence for a person, or null when it looks right or cannot be told
 */
export function judgeTurns(turns: readonly Turn[]): string | null {
  const length = lengthOf(turns);
  if (length === null || length < TALK_MS_LEAST) return null;
  const minutes = Math.round(length / 60_000);
  const perMinute = turns.length / (length / 60_000);
  const speakers = new Set(turns.map(({ speaker }) => speaker));
  const usual = `a talk of two people of ${minutes} minutes usually comes to ${Math.round((PER_MINUTE.least * length) / 60_000)} to ${Math.round((PER_MINUTE.most * length) / 60_000)}`;
  if (perMinute > PER_MINUTE.most)
    return `${turns.length} turns are many: ${usual}. Join what one person says in a row, or map names that are one person to each other`;
  if (perMinute < PER_MINUTE.least && speakers.size <= 2)
    return `${turns.length} turns are few: ${usual}. Speakers may be missing in this file`;
  return null;
}
