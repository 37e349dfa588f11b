import type { Cue } from './transcript.ts';

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
  lrm: '\u200E',
  rlm: '\u200F',
};

/** Reads entities once: what they spell out is words, and no markup any more. */
export const readEntities = (text: string): string =>
  text.includes('&')
    ? text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
        if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
        const point = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
        const isText = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        return isText ? String.fromCodePoint(point) : whole;
      })
    : text;

/** Layout that captions know: styles, ruby, languages, colours, places, and the time of a word. Other `<…>` is words. */
const LAYOUT =
  /<\/?(?:c|i|b|u|s|v|ruby|rt|lang|font|span)(?:[.\s][^<>]{0,200})?>|<(?:\d{1,3}:)?\d{2}:\d{2}[.,]\d{1,3}>|\{\\[^{}]{0,60}\}/gi;
const VOICE = /<v(?:\.[^\s<>.]{1,60}){0,9}(?:[^\S\n]+([^<>\n]{0,200}))?>/gi;

const plain = (text: string): string =>
  readEntities(text.includes('<') || text.includes('{') ? text.replaceAll(LAYOUT, '') : text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');

/**
 * Takes the words of a cue out of their markup, a piece for each voice. A voice holds until the next begins or its tag
 * ends; it is never carried to another cue.
 */
export function readPayload(payload: string): Pick<Cue, 'speaker' | 'text'>[] {
  const pieces: Pick<Cue, 'speaker' | 'text'>[] = [];
  const add = (speaker: string | null, text: string) => {
    const words = plain(text);
    if (words !== '') pieces.push({ speaker, text: words });
  };
  let at = 0;
  let speaker: string | null = null;
  if (payload.includes('<'))
    for (const voice of payload.matchAll(VOICE)) {
      addUpTo(voice.index);
      speaker = readEntities(voice[1] ?? '').trim() || null;
      at = voice.index + voice[0].length;
    }
  addUpTo(payload.length);
  return pieces;

  function addUpTo(end: number): void {
    const stretch = payload.slice(at, end);
    const closed = speaker === null ? -1 : stretch.toLowerCase().indexOf('</v>');
    if (closed < 0) return add(speaker, stretch);
    add(speaker, stretch.slice(0, closed));
    add(null, stretch.slice(closed));
  }
}
