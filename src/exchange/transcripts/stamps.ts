/*
 * Times as transcripts write them. Every pattern is anchored or bounded, so that reading stays linear in the text.
 */

/** `0:49`, `14:02.5`, `1:00:00,500`; nothing around it. */
const CLOCK = String.raw`(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,6}))?`;
const CLOCK_ONLY = new RegExp(`^${CLOCK}$`);
/** What stands between square brackets as a time: `[00:34:12]`, `[45:33]`, `[01.23.45]`, `[02.34]`. */
const BRACKETED = String.raw`\[\s?(?:${CLOCK}|(?:\d{1,2}\.)?\d{1,2}\.\d{2})\s?\]`;
/** `#00:12:34.567#`, as some programs for transcribing by hand leave it. */
const HASHED = `#${CLOCK}#`;
const SPOKEN = /^(?:(\d{1,2}) hours?,? )?(?:(\d{1,3}) minutes?,? )?(\d{1,2}) seconds?$/;

/**
 * Milliseconds of a time that stands by itself.
 *
 * @returns null for anything else
 *
 * @example
 * readStamp('1:02:03,5') // => 3723500
 * @example
 * readStamp('2 minutes 5 seconds') // => 125000
 */
export function readStamp(text: string): number | null {
  const clock = CLOCK_ONLY.exec(text);
  if (clock) return milliseconds(clock[1], clock[2], clock[3], clock[4]);
  const spoken = SPOKEN.exec(text);
  return spoken ? milliseconds(spoken[1], spoken[2] ?? '0', spoken[3], undefined) : null;
}

export const milliseconds = (
  hours: string | undefined,
  minutes: string | undefined,
  seconds: string | undefined,
  fraction: string | undefined,
): number =>
  ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000 +
  (fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * 1000));

/** A time that begins a line, with or without brackets and alone or as the first of a range. */
const LEADING = new RegExp(
  String.raw`^\s{0,20}(?:[[(]\s?${CLOCK}(?:\s?(?:-->|–|-)\s?${CLOCK})?\s?[\])]|${HASHED}|${CLOCK})(?=\s|$)\s{0,20}(?:[-–|]\s)?`,
);

/** The time a line begins with, the end of its range if it has one, and what stands after it; null for none. */
export function takeLeadingStamp(line: string): { startMs: number; endMs: number | null; rest: string } | null {
  const found = LEADING.exec(line);
  if (!found) return null;
  const at = (from: number) =>
    found[from + 1] === undefined ? null : milliseconds(found[from], found[from + 1], found[from + 2], found[from + 3]);
  return { startMs: at(1) ?? at(9) ?? at(13) ?? 0, endMs: at(5), rest: line.slice(found[0].length) };
}

const INLINE = new RegExp(String.raw`[ \t]?(?:${BRACKETED}|${HASHED})`, 'g');

/**
 * Takes times in brackets or between hashes out of what was said. A time of the day that somebody spoke of stays.
 *
 * @example
 * withoutStamps('It was [00:34:12] at 17:30, I think #0:01:02#') // => 'It was at 17:30, I think'
 */
export const withoutStamps = (text: string): string => {
  if (!/[[#]/.test(text)) return text;
  return text
    .split('\n')
    .map((line) => {
      const plain = line.replace(INLINE, '');
      return plain === line ? line : plain.trim();
    })
    .join('\n');
};

const ARROW =
  /^\s{0,20}\[?((?:\d{1,3}:)?\d{1,3}:\d{1,2}[.,]\d{1,3})\s{0,20}-->\s{0,20}((?:\d{1,3}:)?\d{1,3}:\d{1,2}[.,]\d{1,3})(.*)$/s;

/**
 * Reads the line that tells when a cue is shown. Words with an arrow among them are no such line.
 *
 * @returns `after` is what stands behind the second time: settings, or a bracket and words
 */
export function readTiming(
  line: string,
): { startMs: number; endMs: number; after: string; separator: '.' | ','; isPadded: boolean } | null {
  if (!line.includes('-->')) return null;
  const found = ARROW.exec(line);
  if (!found) return null;
  const [from = '', to = '', after = ''] = found.slice(1);
  const at = (stamp: string): number => {
    const [clock = '', fraction] = stamp.split(/[.,]/);
    const parts = clock.split(':').reverse();
    return milliseconds(parts[2], parts[1], parts[0], fraction);
  };
  return {
    startMs: at(from),
    endMs: at(to),
    after,
    separator: from.includes(',') ? ',' : '.',
    isPadded: /^\d\d/.test(from),
  };
}
