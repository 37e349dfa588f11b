import { readSpeaker } from '../transcripts/inline-labels.ts';
import { type FoundTurn, turnsByTable } from './layout.ts';

/**
 * The turns of a text and where they stand in it, so that places in the text become places in turns: by the table that we
 * wrote, else by the names at the beginning of lines, else paragraph by paragraph. What stands between turns (names,
 * times, empty lines) belongs to none.
 *
 * @param table what the description of the text said of its turns; null for a text from elsewhere
 */
export function findTurns(text: string, table: string | null): FoundTurn[] {
  const told = table === null ? null : turnsByTable(text, table);
  if (told) return told;
  const lines = linesIn(text);
  const named = lines.map(({ line }) => readSpeaker(line));
  return named.filter((one) => one !== null).length >= 2 ? bySpeaker(lines, named) : byParagraph(lines);
}

type Line = { line: string; start: number };

/** Lines with their places in code points. */
function linesIn(text: string): Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const own = { line, start };
    start += lengthOf(line) + 1;
    return own;
  });
}

const lengthOf = (text: string): number => {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
};

/** Where the words of a line begin and end without the spaces around them; null for an empty one. */
function words({ line, start }: Line, from: number): { start: number; end: number } | null {
  const own = line.slice(from);
  if (own.trim() === '') return null;
  const begin = start + lengthOf(line.slice(0, from)) + lengthOf(own) - lengthOf(own.trimStart());
  return { start: begin, end: begin + lengthOf(own.trim()) };
}

function bySpeaker(lines: readonly Line[], named: readonly ReturnType<typeof readSpeaker>[]): FoundTurn[] {
  const turns: FoundTurn[] = [];
  for (const [index, line] of lines.entries()) {
    const who = named[index] ?? null;
    const own = words(line, who?.wordsAt ?? 0);
    if (!own) continue;
    const last = turns.at(-1);
    if (who || !last)
      turns.push({ kind: 'turn', speaker: who?.speaker ?? null, startMs: who?.startMs ?? null, endMs: null, ...own });
    else last.end = own.end;
  }
  return turns;
}

function byParagraph(lines: readonly Line[]): FoundTurn[] {
  const turns: FoundTurn[] = [];
  let isOpen = false;
  for (const line of lines) {
    const own = words(line, 0);
    const last = turns.at(-1);
    if (own && isOpen && last) last.end = own.end;
    else if (own) turns.push({ kind: 'turn', speaker: null, startMs: null, endMs: null, ...own });
    isOpen = own !== null;
  }
  return turns;
}
