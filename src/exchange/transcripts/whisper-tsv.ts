import { unitOf } from './json-transcript.ts';
import { type ParsedTranscript, TranscriptFault } from './transcript.ts';

export const isWhisperTsv = (text: string): boolean =>
  /^start\tend\t(?:speaker\t)?text\s*$/i.test(text.slice(0, text.indexOf('\n') >>> 0));

/** @throws {TranscriptFault} when no row has words */
export function readWhisperTsv(text: string): ParsedTranscript {
  const [header = '', ...rows] = text.split('\n');
  const hasSpeaker = /\tspeaker\t/i.test(header);
  const said = rows.flatMap((row) => {
    const [start = '', end = '', ...rest] = row.split('\t');
    const speaker = hasSpeaker ? rest.shift()?.trim() || null : null;
    const words = rest.join(' ').trim();
    if (words === '' || !/^\d{1,12}(?:\.\d{1,9})?$/.test(start) || !/^\d{1,12}(?:\.\d{1,9})?$/.test(end)) return [];
    const time = (written: string) => ({ at: Number(written), isNumber: true });
    return [{ speaker, text: words, start: time(start), end: time(end) }];
  });
  if (said.length === 0)
    throw new TranscriptFault('No words were found in this file', 'Its rows need a start, an end and a text each');
  const unit = unitOf(said) ?? 'milliseconds';
  const factor = unit === 'seconds' ? 1000 : 1;
  return {
    format: 'whisper-tsv',
    maker: 'Whisper',
    isCued: true,
    cues: said.map(({ speaker, text: words, start, end }) => ({
      speaker,
      startMs: Math.round(start.at * factor),
      endMs: Math.round(end.at * factor),
      text: words,
    })),
    assumed: [`By how much is said in them, times were taken for ${unit}`],
    warnings:
      said.length < rows.filter((row) => row.trim() !== '').length
        ? ['Some rows have no times or no words and were left out']
        : [],
  };
}
