import { readPayload } from './caption-text.ts';
import { type CueBlocks, readCueBlocks } from './cue-blocks.ts';
import { labelCues } from './label-cues.ts';
import { readTiming } from './stamps.ts';
import { type Cue, type ParsedTranscript, TranscriptFault } from './transcript.ts';

const HEADER = /^WEBVTT(?:[ \t]|$)/;
const REMARK = /^NOTE(?:[ \t]|$)/;
const STYLE_SHEET = /^(?:STYLE|REGION)[ \t]*$/;
const TEAMS_ID = /^[0-9a-f]{8}-[0-9a-f-]{27}\/\d+-\d+$/i;

export const isWebVtt = (text: string): boolean => HEADER.test(text.slice(0, text.indexOf('\n') >>> 0));

/** True for text in which a line of times comes first, or after a number: captions without a header. */
export const hasTimings = (lines: readonly string[]): boolean =>
  lines.some((line) => {
    const timing = readTiming(line);
    return timing !== null && !/^\s*\]/.test(timing.after);
  });

/** @throws {TranscriptFault} when no cue is in it */
export function readWebVtt(text: string): ParsedTranscript {
  const lines = text.split('\n');
  // What follows the signature up to an empty line describes the file; some writers forget that line.
  let first = 1;
  while (first < lines.length && (lines[first] ?? '').trim() !== '' && !isCueAt(lines, first)) first += 1;
  const header = lines.slice(0, first).join('\n');
  const read = readCueBlocks(
    lines.slice(first),
    (line, isBeforeCues) => REMARK.test(line) || (isBeforeCues && STYLE_SHEET.test(line)),
  );
  const { cues, warnings } = cuesOf(read);
  return {
    format: 'webvtt',
    maker: makerOf(read, cues, header),
    isCued: true,
    cues,
    assumed: [],
    warnings,
  };
}

const isCueAt = (lines: readonly string[], at: number): boolean =>
  readTiming(lines[at] ?? '') !== null || readTiming(lines[at + 1] ?? '') !== null;

function makerOf({ blocks, hasNumbers }: CueBlocks, cues: readonly Cue[], header: string): string | null {
  if (blocks.some(({ id }) => id !== null && TEAMS_ID.test(id))) return 'Microsoft Teams';
  if (/^Kind: ?captions$/m.test(header)) return 'YouTube';
  if (hasNumbers && cues.some(({ speaker }) => speaker !== null)) return 'Zoom';
  return null;
}

/**
 * Reads SubRip, also with points in its times, without numbers or without empty lines between cues.
 *
 * @throws {TranscriptFault} when no cue is in it, and for the plain text of Teams, which leaves out who spoke
 */
export function readSrt(text: string, fileName: string): ParsedTranscript {
  const read = readCueBlocks(text.split('\n'));
  const { cues, warnings } = cuesOf(read);
  const isAttributed = cues.some(({ speaker }) => speaker !== null);
  if (!isAttributed && !read.hasNumbers && read.hasPoints && !/\.(?:srt|vtt)$/i.test(fileName))
    throw new TranscriptFault(
      'This text has times, and nobody’s name',
      'The plain text that Microsoft Teams hands out leaves out who spoke. Download the transcript as .vtt or .docx instead. If these are captions without speakers, give the file a name that ends in .srt',
    );
  const assumed = read.hasNumbers ? [] : ['The cues have no numbers; they were taken in the order they stand in'];
  return { format: 'srt', maker: null, isCued: true, cues, assumed, warnings };
}

function cuesOf({ blocks, stray }: CueBlocks): { cues: Cue[]; warnings: string[] } {
  const cues = blocks.flatMap(({ startMs, endMs, payload }) =>
    (readSpoken(payload) ?? readPayload(payload)).map(({ speaker, text }) => ({ speaker, startMs, endMs, text })),
  );
  if (cues.length === 0)
    throw new TranscriptFault(
      'No words were found in this file',
      blocks.length > 0
        ? 'It has times and nothing said at any of them. Export it again from where it was made'
        : 'It begins like captions, and no line tells a time such as 00:00:01.000 --> 00:00:04.000. Export it again from where it was made',
    );
  const labelled = labelCues(cues);
  const warnings = [...labelled.warnings];
  if (stray > 0)
    warnings.push(
      `${stray === 1 ? 'One stretch of words stands' : `${stray} stretches of words stand`} after an empty line and outside any cue; ${stray === 1 ? 'it was' : 'they were'} kept with the cue before`,
    );
  if (blocks.some((block, index) => block.startMs < (blocks[index - 1]?.startMs ?? 0)))
    warnings.push('The times do not rise from cue to cue; the order of the file was kept');
  if (blocks.some(({ startMs, endMs }) => endMs < startMs))
    warnings.push('Some cues end before they begin; what was said in them was kept');
  return { cues: labelled.cues, warnings };
}

/** What Teams gives programs as metadata has an object in each cue. */
function readSpoken(payload: string): Pick<Cue, 'speaker' | 'text'>[] | null {
  if (!payload.startsWith('{') || !payload.includes('"spokenText"')) return null;
  try {
    const { speakerName, spokenText } = JSON.parse(payload) as { speakerName?: unknown; spokenText?: unknown };
    if (typeof spokenText !== 'string') return null;
    const text = spokenText.trim();
    const speaker = typeof speakerName === 'string' ? speakerName.trim() || null : null;
    return text === '' ? [] : [{ speaker, text }];
  } catch {
    return null;
  }
}

const CONSOLE_LINE = /^\s{0,20}\[[^\]\n]{1,60}-->[^\]\n]{1,60}\]/;

export const hasConsoleLines = (lines: readonly string[]): boolean =>
  lines.filter((line) => CONSOLE_LINE.test(line) && readTiming(line)).length >= 2;

/** Reads `[00:01.000 --> 00:04.000]  words`, a line for each stretch. */
export function readConsoleLines(lines: readonly string[]): ParsedTranscript {
  const cues: Cue[] = [];
  for (const line of lines) {
    const timing = CONSOLE_LINE.test(line) ? readTiming(line) : null;
    const last = cues.at(-1);
    if (timing) {
      const text = timing.after.replace(/^\s*\]/, '').trim();
      cues.push({ speaker: null, startMs: timing.startMs, endMs: timing.endMs, text });
    } else if (last && line.trim() !== '') last.text = `${last.text}\n${line.trim()}`.trim();
  }
  const labelled = labelCues(cues.filter(({ text }) => text !== ''));
  return { format: 'console-lines', maker: 'Whisper', isCued: true, assumed: [], ...labelled };
}
