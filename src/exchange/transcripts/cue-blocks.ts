import { readTiming } from './stamps.ts';

export type CueBlock = { id: string | null; startMs: number; endMs: number; payload: string };
export type CueBlocks = { blocks: CueBlock[]; stray: number; hasNumbers: boolean; hasPoints: boolean };

const NUMBER = /^\d{1,7}$/;

/**
 * Reads the blocks that WebVTT and SubRip share: an id or a number, a line of times, words, an empty line. Files in the
 * wild miss numbers, empty lines and the last line end, and have empty lines within words; nothing that was said is lost
 * by that. A WebVTT library that holds files to the letter takes words with an arrow for times, loses words after an
 * empty line and ends at a style sheet, so the reading is our own.
 *
 * @param isSkipped whether a block of lines without times is a remark or a style sheet, and not words
 */
export function readCueBlocks(
  lines: readonly string[],
  isSkipped: (first: string, isBeforeCues: boolean) => boolean = () => false,
): CueBlocks {
  const blocks: CueBlock[] = [];
  let payload: string[] = [];
  let stray = 0;
  let hasNumbers = false;
  let hasPoints = false;
  let isAfterEmpty = true;

  const close = (): void => {
    const last = blocks.at(-1);
    if (last) last.payload = payload.join('\n');
  };
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const timing = readTiming(line);
    if (timing) {
      close();
      payload = [];
      hasPoints ||= timing.separator === '.';
      const id = idBefore(lines, index, blocks.length, blocks.at(-1)?.id ?? null);
      // The id was read as the last of the words before, until its times came.
      const last = blocks.at(-1);
      if (id !== null && last) last.payload = withoutLastLine(last.payload, id);
      hasNumbers ||= id !== null && NUMBER.test(id);
      blocks.push({ id, startMs: timing.startMs, endMs: timing.endMs, payload: '' });
      isAfterEmpty = false;
      continue;
    }
    if (line.trim() === '') {
      isAfterEmpty = true;
      continue;
    }
    if (isAfterEmpty && !isIdOfNext(lines, index) && isSkipped(line, blocks.length === 0)) {
      while (index + 1 < lines.length && (lines[index + 1] ?? '').trim() !== '' && !readTiming(lines[index + 1] ?? ''))
        index += 1;
      continue;
    }
    if (isAfterEmpty && payload.length > 0 && !isIdOfNext(lines, index)) stray += 1;
    isAfterEmpty = false;
    payload.push(line);
  }
  close();
  return { blocks, stray, hasNumbers, hasPoints };
}

const isIdOfNext = (lines: readonly string[], index: number): boolean => readTiming(lines[index + 1] ?? '') !== null;

/** The line before the times, where it names the cue: it follows an empty line, or counts on from the cue before. */
function idBefore(lines: readonly string[], index: number, count: number, before: string | null): string | null {
  const line = (lines[index - 1] ?? '').trim();
  if (index === 0 || line === '' || readTiming(lines[index - 1] ?? '')) return null;
  const isFirstLine = index === 1 || (lines[index - 2] ?? '').trim() === '';
  if (isFirstLine) return line;
  const counted = before !== null && NUMBER.test(before) ? Number(before) + 1 : count + 1;
  return NUMBER.test(line) && Number(line) === counted ? line : null;
}

const withoutLastLine = (payload: string, id: string): string => {
  const end = payload.lastIndexOf('\n');
  return payload.slice(end + 1).trim() === id ? payload.slice(0, Math.max(0, end)) : payload;
};
