import { readStamp } from './stamps.ts';
import { type Cue, type ParsedTranscript, TranscriptFault } from './transcript.ts';

const TEXTS = ['text', 'body', 'content', 'transcript', 'spokenText', 'sentence', 'value', 'word'];
const SPEAKERS = ['speaker', 'speaker_name', 'speakerName', 'speaker_label', 'speakerLabel', 'speaker_id', 'name'];
const STARTS = ['start', 'start_time', 'startTime', 'startMs', 'start_ms', 'begin', 'from', 'timestamp', 'offset'];
const ENDS = ['end', 'end_time', 'endTime', 'endMs', 'end_ms', 'to'];
const LENGTHS = ['duration', 'dur'];
/** Where programs keep what was said, the finest with speakers first. */
const HOMES = ['utterances', 'segments', 'monologues', 'transcription', 'paragraphs', 'entries', 'cues', 'results'];
const DEPTH_MOST = 12;
/** Nobody speaks this slowly, and nobody this fast: signs for each unit of time. */
const SIGNS_PER_SECOND_LEAST = 0.4;

type Row = Record<string, unknown>;
type Found = { home: string; rows: Row[] };
type Time = { at: number; isNumber: boolean };

/**
 * Reads what programs write as JSON: Whisper, whisperX, whisper.cpp, podcasts, AssemblyAI, Deepgram, and whatever has a
 * list of objects with words, times and speakers under names like theirs. Whether times are seconds or milliseconds is
 * told by how much is said in them.
 *
 * @throws {TranscriptFault} for JSON that is broken or has no such list
 */
export function readJsonTranscript(text: string): ParsedTranscript {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new TranscriptFault(
      'This JSON is broken',
      'It ends too early, or was changed by hand. Export it again from where it was made',
    );
  }
  const lists: Found[] = [];
  collect(parsed, '', 0, lists);
  const rank = ({ home }: Found) => (HOMES.includes(home) ? HOMES.indexOf(home) : HOMES.length);
  const [best] = lists.sort((a, b) => rank(a) - rank(b) || b.rows.length - a.rows.length);
  if (!best)
    throw new TranscriptFault(
      'No words were found in this JSON',
      'It needs a list of objects with “text”, and if it has them “start”, “end” and “speaker”',
    );
  const read = best.rows.map((row) => ({
    speaker: speakerOf(row),
    text: textOf(row).trim(),
    start: timeOf(row, STARTS),
    end: timeOf(row, ENDS) ?? later(timeOf(row, STARTS), timeOf(row, LENGTHS)),
  }));
  const said = read.filter(({ text: words }) => words !== '');
  const unit = unitOf(said);
  const ms = (time: Time | null): number | null =>
    time === null ? null : Math.round(time.isNumber && unit === 'seconds' ? time.at * 1000 : time.at);
  const cues = said.map(
    ({ speaker, text: words, start, end }): Cue => ({
      speaker,
      startMs: ms(start),
      endMs: ms(end),
      text: words,
    }),
  );
  if (cues.length === 0)
    throw new TranscriptFault('Nothing is said in this JSON', 'All its texts are empty. Export it again');
  return {
    format: 'json',
    maker: makerOf(parsed, best),
    isCued: true,
    cues,
    assumed:
      unit === null
        ? []
        : [`Times are numbers without a unit; by how much is said in them they were taken for ${unit}`],
    warnings: [],
  };
}

/** Every list of objects that mostly have words, wherever it stands. */
function collect(value: unknown, home: string, depth: number, lists: Found[]): void {
  if (depth > DEPTH_MOST || value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value))
      if (name !== 'words' || depth === 0) collect(inner, name, depth + 1, lists);
    return;
  }
  const rows = value.filter((row): row is Row => row !== null && typeof row === 'object' && !Array.isArray(row));
  if (rows.length > 0 && rows.filter((row) => textOf(row) !== '').length * 2 >= rows.length) lists.push({ home, rows });
  else for (const row of rows.slice(0, 100)) collect(row, home, depth + 1, lists);
}

const first = (row: Row, names: readonly string[]): unknown => {
  for (const name of names) if (row[name] !== undefined && row[name] !== null) return row[name];
  return undefined;
};

function textOf(row: Row): string {
  const found = first(row, TEXTS);
  if (typeof found === 'string') return found;
  // Rev keeps the words of a speaker as pieces, Deepgram those of a paragraph as sentences.
  const pieces = row['elements'] ?? row['sentences'];
  if (!Array.isArray(pieces)) return '';
  return (pieces as Row[])
    .map((piece) => (piece && typeof piece === 'object' ? String(piece['value'] ?? piece['text'] ?? '') : ''))
    .join(row['elements'] ? '' : ' ');
}

function speakerOf(row: Row): string | null {
  const found = first(row, SPEAKERS);
  if (typeof found === 'number') return `Speaker ${found}`;
  if (typeof found === 'string') return found.trim() || null;
  const inner = found && typeof found === 'object' ? (found as Row)['name'] : undefined;
  return typeof inner === 'string' ? inner.trim() || null : null;
}

function timeOf(row: Row, names: readonly string[]): Time | null {
  const inner = row['offsets'] ?? row['timestamps'];
  const found = first(row, names) ?? (inner && typeof inner === 'object' ? first(inner as Row, names) : undefined);
  if (typeof found === 'number') return Number.isFinite(found) && found >= 0 ? { at: found, isNumber: true } : null;
  if (typeof found !== 'string') return null;
  const text = found.trim();
  const stamp = readStamp(text);
  if (stamp !== null) return { at: stamp, isNumber: false };
  const seconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(text)?.[1];
  if (seconds !== undefined) return { at: Math.round(Number(seconds) * 1000), isNumber: false };
  return /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? { at: Number(text), isNumber: true } : null;
}

const later = (start: Time | null, length: Time | null): Time | null =>
  start && length ? { at: start.at + length.at, isNumber: start.isNumber } : null;

type Said = { text: string; start: Time | null; end: Time | null };

/**
 * The unit of times that are bare numbers, by how many signs are said in one of them; null where no time is one.
 *
 * @returns seconds where there is nothing to tell by
 */
export function unitOf(said: readonly Said[]): 'seconds' | 'milliseconds' | null {
  const starts = said.map(({ start }) => start).filter((time) => time?.isNumber === true);
  if (starts.length === 0) return null;
  let signs = 0;
  let units = 0;
  said.forEach(({ text, start, end }, index) => {
    const until = end ?? said[index + 1]?.start ?? null;
    if (!start?.isNumber || !until?.isNumber || until.at <= start.at) return;
    signs += text.length;
    units += until.at - start.at;
  });
  if (units === 0) return (starts.at(-1)?.at ?? 0) >= 86_400 ? 'milliseconds' : 'seconds';
  return signs / units >= SIGNS_PER_SECOND_LEAST ? 'seconds' : 'milliseconds';
}

function makerOf(parsed: unknown, { home, rows }: Found): string | null {
  const [row = {}] = rows;
  if ('avg_logprob' in row || 'no_speech_prob' in row) return 'Whisper';
  if (home === 'transcription' && 'offsets' in row) return 'whisper.cpp';
  if (rows.some((one) => /^SPEAKER_\d\d$/.test(String(one['speaker'] ?? '')))) return 'whisperX';
  if (home === 'segments' && 'body' in row) return 'Podcasting 2.0';
  if (home === 'utterances' && parsed !== null && typeof parsed === 'object')
    return 'acoustic_model' in parsed || 'language_model' in parsed || 'audio_url' in parsed ? 'AssemblyAI' : null;
  return null;
}
