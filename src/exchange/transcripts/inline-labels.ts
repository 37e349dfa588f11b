import { takeLabel } from './speaker-labels.ts';
import { readStamp, takeLeadingStamp, withoutStamps } from './stamps.ts';
import type { Cue, ParsedTranscript } from './transcript.ts';

const OFTEN = 3;
/** What Google Meet writes below a transcript, and nobody said. */
const LAST_LINES =
  /^(?:Meeting ended after (?:\d{1,2}:)?\d{1,2}:\d{2}|This editable transcript was computer generated\b)/;
const TITLE = /^Transcript$/;

type Labelled = { name: string; rest: string; wordsAt: number; startMs: number | null; endMs: number | null };

/** The name a line begins with, with the time before or after it. */
function readLabel(line: string): Labelled | null {
  const stamp = takeLeadingStamp(line);
  const label = takeLabel(stamp?.rest ?? line);
  if (!label) return null;
  const startMs = stamp?.startMs ?? (label.stamp === null ? null : readStamp(label.stamp));
  return {
    name: label.name,
    rest: label.rest.trimEnd(),
    wordsAt: line.length - label.rest.length,
    startMs,
    endMs: stamp?.endMs ?? null,
  };
}

/**
 * Whose turn a line begins, when it does.
 *
 * @returns `wordsAt` is where in the line the words begin, in UTF-16 units
 *
 * @example
 * readSpeaker('[0:14:02] Ms A: How so?') // => { speaker: 'Ms A', startMs: 842000, wordsAt: 16 }
 */
export function readSpeaker(line: string): { speaker: string; startMs: number | null; wordsAt: number } | null {
  const label = readLabel(line);
  return label && { speaker: label.name, startMs: label.startMs, wordsAt: label.wordsAt };
}

/** Names as lines begin with them: one that is not written like a name has to come up more than now and then. */
function namesIn(lines: readonly string[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const line of lines) {
    const label = readLabel(line);
    if (label) uses.set(label.name, (uses.get(label.name) ?? 0) + 1);
  }
  for (const [name, count] of uses)
    if (count < OFTEN && name.split(' ').some((word) => /^\p{Ll}/u.test(word))) uses.delete(name);
  return uses;
}

/** How many lines begin with somebody's name. */
export const countLabels = (lines: readonly string[]): number =>
  [...namesIn(lines).values()].reduce((sum, count) => sum + count, 0);

/**
 * Reads `Name: what they said`, a turn a line, with a time before or after the name, or alone on a line above. Lines without
 * a name go on with the turn before; a name without words is nobody's turn.
 */
export function readInlineLabels(lines: readonly string[]): ParsedTranscript {
  const names = namesIn(lines);
  const cues: Cue[] = [];
  let above: number | null = null;
  let isMeet = false;
  let outside = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const label = readLabel(line);
    const last = cues.at(-1);
    if (label && names.has(label.name)) {
      cues.push({
        speaker: label.name,
        startMs: label.startMs ?? above,
        endMs: label.endMs,
        text: withoutStamps(label.rest),
      });
      above = null;
      continue;
    }
    const stamp = takeLeadingStamp(line);
    if (stamp && stamp.rest.trim() === '') {
      above = stamp.startMs;
      continue;
    }
    if (LAST_LINES.test(line)) {
      isMeet = true;
      continue;
    }
    if (TITLE.test(line.trim()) && cues.every(({ speaker }) => speaker === null)) isMeet = true;
    const words = withoutStamps(line.trimEnd());
    if (words.trim() === '') continue;
    if (last && last.speaker !== null) last.text = last.text === '' ? words.trim() : `${last.text}\n${words}`;
    else {
      outside += 1;
      cues.push({ speaker: null, startMs: null, endMs: null, text: words });
    }
  }
  const once = [...names].filter(([, count]) => count === 1).map(([name]) => `“${name}”`);
  const warnings: string[] = [];
  if (outside > 0)
    warnings.push(
      `${outside === 1 ? 'One line stands' : `${outside} lines stand`} before the first name. They are listed as nobody’s: drop them if nobody said them`,
    );
  if (names.size > 2 && once.length > 0)
    warnings.push(
      `${once.slice(0, 3).join(', ')} ${once.length === 1 ? 'speaks' : 'speak'} once only: if that is no name, put it back into the words`,
    );
  const silent = cues.flatMap(({ speaker, text }) => (speaker !== null && text === '' ? [`“${speaker}:”`] : []));
  if (silent.length > 0)
    warnings.push(
      `${silent.length === 1 ? 'One line holds a name and no words and was' : `${silent.length} lines hold a name and no words and were`} dropped: ${[...new Set(silent)].slice(0, 3).join(', ')}`,
    );
  return {
    format: 'inline-labels',
    maker: isMeet ? 'Google Meet' : null,
    isCued: false,
    cues: cues.filter(({ speaker, text }) => speaker === null || text !== ''),
    assumed: [],
    warnings,
  };
}

/** A text without names: a turn for each paragraph. */
export const readParagraphs = (text: string): ParsedTranscript => ({
  format: 'plain',
  maker: null,
  isCued: false,
  cues: text
    .split(/\n[^\S\n]*\n/)
    .map((paragraph): Cue => {
      const stamp = takeLeadingStamp(paragraph);
      // A time without brackets may well be one that is spoken of.
      const isStamp = stamp !== null && /^\s*[[#]/.test(paragraph);
      const [startMs, endMs] = isStamp ? [stamp.startMs, stamp.endMs] : [null, null];
      return { speaker: null, startMs, endMs, text: withoutStamps(isStamp ? stamp.rest : paragraph).trim() };
    })
    .filter(({ text: words }) => words !== ''),
  assumed: ['No line begins with a name, so each paragraph became a turn of its own'],
  warnings: [],
});
