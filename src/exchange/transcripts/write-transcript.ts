import type { Turn } from '../../coding/turns.ts';

export const WRITTEN_FORMATS = { vtt: 'WebVTT', srt: 'SubRip', txt: 'plain text' } as const;
export type WrittenFormat = keyof typeof WRITTEN_FORMATS;

const clock = (ms: number, separator: '.' | ','): string => {
  const two = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${separator}${two(ms % 1000, 3)}`;
};

/**
 * Writes turns for other programs. Captions need times: turns without any are left out of them, and one without an end
 * lasts until the next begins.
 *
 * @param note stands at the top where the format has room for it; empty for none
 */
export function writeTranscript(turns: readonly Turn[], format: WrittenFormat, note = ''): string {
  if (format === 'txt') return writeText(turns, note);
  const timed = turns.flatMap((turn, index) => {
    if (turn.startMs === null) return [];
    const next = turns[index + 1]?.startMs ?? null;
    const endMs = turn.endMs ?? (next !== null && next > turn.startMs ? next : turn.startMs + 1000);
    return [{ ...turn, startMs: turn.startMs, endMs }];
  });
  if (format === 'srt')
    return timed
      .map(
        ({ speaker, startMs, endMs, text }, index) =>
          `${index + 1}\n${clock(startMs, ',')} --> ${clock(endMs, ',')}\n${speaker === null ? '' : `${speaker}: `}${oneBlock(text)}\n`,
      )
      .join('\n');
  const cues = timed.map(
    ({ speaker, startMs, endMs, text }, index) =>
      `${index + 1}\n${clock(startMs, '.')} --> ${clock(endMs, '.')}\n${speaker === null ? '' : `<v ${escapeVtt(speaker)}>`}${escapeVtt(oneBlock(text))}\n`,
  );
  return ['WEBVTT\n', ...(note === '' ? [] : [`NOTE ${oneBlock(note).replaceAll('-->', '->')}\n`]), ...cues].join('\n');
}

const writeText = (turns: readonly Turn[], note: string): string => {
  const lines = turns.map(({ speaker, startMs, endMs, text }) => {
    const range = startMs === null ? '' : `${clock(startMs, '.')}${endMs === null ? '' : ` – ${clock(endMs, '.')}`}`;
    return `${range === '' ? '' : `[${range}] `}${speaker === null ? '' : `${speaker}: `}${text}\n`;
  });
  return [...(note === '' ? [] : [`${note}\n`]), ...lines].join('\n');
};

/** An empty line would end a cue. */
const oneBlock = (text: string): string => text.replaceAll(/\n\s*\n/g, '\n').trim();

const escapeVtt = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
