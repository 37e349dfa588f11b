import { couldBeName } from './speaker-labels.ts';
import { readStamp, withoutStamps } from './stamps.ts';
import { type Cue, type ParsedTranscript, TranscriptFault } from './transcript.ts';

type Header = { speaker: string | null; startMs: number; isSpoken: boolean };

const CLOCK = String.raw`(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?`;
const SPOKEN = String.raw`(?:\d{1,2} hours?,? )?(?:\d{1,3} minutes?,? )?\d{1,2} seconds?`;
const NAME = String.raw`\p{L}[^\n:;!?<>[\]{}"“”|]{0,79}?`;
/** A name and then a time, and nothing else: `Ada  0:49`, `Ada (00:49)`, `Ada | 0:49`, `Ada 2 minutes 5 seconds`. */
const NAME_FIRST = new RegExp(
  String.raw`^(${NAME})(?:\s{1,20}|\s{0,5}[-–|,]\s{1,5})[[(]?(${CLOCK}|${SPOKEN})[\])]?\s{0,20}$`,
  'u',
);
/** A time and then a name. */
const TIME_FIRST = new RegExp(String.raw`^[[(]?(${CLOCK})[\])]?\s{1,20}(?:[-–|]\s)?(${NAME}):?\s{0,20}$`, 'u');
/** A spoken time alone, whatever short form stands behind it; the name is the line before. */
const SPOKEN_ALONE = new RegExp(String.raw`^(${SPOKEN})(?:${CLOCK})?\s{0,20}$`);
const LAST_LINE = /^Transcribed by https?:\/\/otter\.ai\/?\s*$/;
const NAME_WORDS_MOST = 5;

/** A name above words is at most five words long, and no word of it ends a sentence. */
const isHeaderName = (name: string): boolean =>
  name.trim().split(/\s+/).length <= NAME_WORDS_MOST &&
  couldBeName(name.trim()) &&
  !/\p{Ll}{3,}\.(?:\s|$)|\b(?:at|from|until|till|by|since|around|about|um|gegen|bis|seit|à|vers)$/u.test(name.trim());

function readHeader(line: string): Header | null {
  if (line.length > 160) return null;
  const named = NAME_FIRST.exec(line);
  const [name, time] = named ? [named[1], named[2]] : (TIME_FIRST.exec(line)?.slice(1, 3).reverse() ?? []);
  if (name === undefined || time === undefined || !isHeaderName(name)) return null;
  const startMs = readStamp(time);
  return startMs === null ? null : { speaker: name.trim(), startMs, isSpoken: /second/.test(time) };
}

/** How many lines are a name with a time and nothing else, or a spoken time below a name. */
export const countHeaders = (lines: readonly string[]): number =>
  lines.filter((line) => readHeader(line) ?? SPOKEN_ALONE.test(line)).length;

/**
 * Reads blocks under a line that says who and when, as Otter, Teams and others write them.
 *
 * @throws {TranscriptFault} when nothing stands under any of them
 */
export function readHeaderBlocks(lines: readonly string[]): ParsedTranscript {
  const cues: Cue[] = [];
  let words: string[] = [];
  let current: Header | null = null;
  let isSpoken = false;
  let isOtter = false;
  const close = (): void => {
    const text = withoutStamps(words.join('\n'))
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim();
    if (text !== '')
      cues.push({ speaker: current?.speaker ?? null, startMs: current?.startMs ?? null, endMs: null, text });
    words = [];
  };
  for (const written of lines) {
    const line = written.trim();
    if (LAST_LINE.test(line)) {
      isOtter = true;
      continue;
    }
    const header = readHeader(line) ?? alone(line, words);
    if (!header) {
      words.push(written.trimEnd());
      continue;
    }
    // Teams writes the name, the time in words, and both again: one head of one block.
    const isRepeated =
      current !== null &&
      words.join('').trim() === '' &&
      current.startMs === header.startMs &&
      (header.speaker === null || header.speaker === current.speaker);
    isSpoken ||= header.isSpoken;
    if (isRepeated) continue;
    close();
    current = header;
  }
  close();
  if (cues.length === 0)
    throw new TranscriptFault('Nothing stands under the names in this file', 'Export it again with what was said');
  return {
    format: 'header-blocks',
    maker: isOtter ? 'Otter' : isSpoken ? 'Microsoft Teams' : null,
    isCued: false,
    cues,
    assumed: ['Only the beginning of each block is told; it was taken to last until the next'],
    warnings: [],
  };
}

/** A spoken time by itself takes its name from the last line that was read. */
function alone(line: string, words: string[]): Header | null {
  const time = SPOKEN_ALONE.exec(line)?.[1];
  const startMs = time === undefined ? null : readStamp(time);
  if (startMs === null) return null;
  let at = words.length - 1;
  while (at >= 0 && (words[at] ?? '').trim() === '') at -= 1;
  const name = (words[at] ?? '').trim();
  if (at < 0 || name.length > 80 || !isHeaderName(name)) return { speaker: null, startMs, isSpoken: true };
  words.length = at;
  return { speaker: name, startMs, isSpoken: true };
}
