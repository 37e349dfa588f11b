import type { Turn } from '../../coding/turns.ts';
import { hasConsoleLines, hasTimings, isWebVtt, readConsoleLines, readSrt, readWebVtt } from './captions.ts';
import { countHeaders, readHeaderBlocks } from './header-blocks.ts';
import { countLabels, readInlineLabels, readParagraphs } from './inline-labels.ts';
import { joinCues, usualJoining } from './join-cues.ts';
import { readJsonTranscript } from './json-transcript.ts';
import { type ParsedTranscript, TranscriptFault } from './transcript.ts';
import { isWhisperTsv, readWhisperTsv } from './whisper-tsv.ts';

/** Names stand in it, and nothing behind any of them. */
class SilentTranscript extends TranscriptFault {}

/**
 * Finds out how a transcript is written and reads it. What a file is called is only a hint: one that begins with WEBVTT is
 * WebVTT under any name.
 *
 * @throws {TranscriptFault} for what is empty, broken, or leaves out who spoke where others say it
 */
export function readTranscript(written: string, fileName = ''): ParsedTranscript {
  const text = written.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  if (text.trim() === '') throw new TranscriptFault('This file is empty', 'Choose another, or paste what was said');
  if (isWebVtt(text)) return readWebVtt(text);
  if (/^\s{0,50}[{[]\s{0,50}["{[\]}]/.test(text)) {
    // Words may begin with a bracket as well: what is no JSON and is not called so is read as text.
    const isNamed = /\.json$/i.test(fileName);
    if (isNamed || isJson(text)) return readJsonTranscript(text);
  }
  if (isWhisperTsv(text)) return readWhisperTsv(text);
  const lines = text.split('\n');
  if (hasConsoleLines(lines)) return readConsoleLines(lines);
  if (hasTimings(lines)) return readSrt(text, fileName);
  const labels = countLabels(lines);
  const headers = countHeaders(lines);
  if (headers >= 2 && headers >= labels) return readHeaderBlocks(lines);
  if (labels >= 2) {
    const parsed = readInlineLabels(lines);
    if (parsed.cues.length === 0)
      throw new SilentTranscript('Nobody says anything in this', 'There are names and no words');
    return parsed;
  }
  return headers >= 1 && labels === 0 && countHeaders(lines.slice(0, 1)) === 1
    ? readHeaderBlocks(lines)
    : readParagraphs(text);
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * Cuts a pasted transcript into turns, whatever it is written like; what cannot be read as a transcript is a turn for each
 * paragraph. None where there are names and no words.
 *
 * @example
 * readTurns('[0:14:02] Ms A: How so?\nP07: It was time.').length // => 2
 */
export function readTurns(text: string): Turn[] {
  try {
    const parsed = readTranscript(text);
    return joinCues(parsed, usualJoining(parsed));
  } catch (error) {
    if (error instanceof SilentTranscript) return [];
    if (error instanceof TranscriptFault) return joinCues(readParagraphs(text), { withinMs: null });
    throw error;
  }
}
