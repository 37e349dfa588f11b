/** One person's go in a talk. `startMs` counts from the beginning of the talk; null when the transcript does not say. */
export type Turn = { speaker: string | null; startMs: number | null; text: string };

/** `10:32`, `0:14:02`, `[00:14:02]` or `(14:02)`, before or after the name. */
const TIME = String.raw`[[(]?(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,]\d{1,3})?[\])]?`;
const STAMP = new RegExp(String.raw`^${TIME}\s*`);
/** A name is one to four words; a sentence with a colon in it is not. */
const SPEAKER = new RegExp(
  String.raw`^([\p{L}\p{N}][\p{L}\p{N}.'’_-]*(?: [\p{L}\p{N}.'’_-]+){0,3}?)(?: ${TIME})?: +(?=\S)`,
  'u',
);

/**
 * Cuts a pasted transcript into turns: `Name: what they said`, one turn a line, a time before or after the name if there is one.
 * Lines without a name go on with the turn before; a text without any names becomes a turn per paragraph.
 *
 * @example
 * readTurns('[0:14:02] Ms A: How so?\nP07: It was time.').length // => 2
 */
export function readTurns(text: string): Turn[] {
  const lines = text.split('\n');
  const named = lines.filter((line) => SPEAKER.test(line.replace(STAMP, ''))).length;
  return named >= 2 ? bySpeaker(lines) : byParagraph(text);
}

function bySpeaker(lines: readonly string[]): Turn[] {
  const turns: Turn[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const stamp = STAMP.exec(line);
    const rest = stamp ? line.slice(stamp[0].length) : line;
    const name = SPEAKER.exec(rest);
    const time = stamp ?? (name && name[3] !== undefined ? name.slice(1) : null);
    const last = turns.at(-1);
    if (name)
      turns.push({
        speaker: name[1] ?? null,
        startMs: time ? milliseconds(time) : null,
        text: rest.slice(name[0].length).trimEnd(),
      });
    else if (last) last.text += `\n${line.trimEnd()}`;
    else turns.push({ speaker: null, startMs: null, text: line.trimEnd() });
  }
  return turns;
}

const byParagraph = (text: string): Turn[] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => ({ speaker: null, startMs: null, text: paragraph }));

const milliseconds = ([, hours, minutes, seconds]: readonly (string | undefined)[]): number =>
  ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
