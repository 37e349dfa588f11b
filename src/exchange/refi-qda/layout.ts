import { codePointLength, type Span } from '../../coding/spans.ts';
import { maskText, type PersonalSpan } from '../../privacy/mask-text.ts';

/*
 * An interview as one text, `Speaker: words` line by line, and back: a table of lengths travels in the description of the
 * text, so that the same turns are found again, whatever stands in them. A description is what every program keeps with a
 * text; a variable would become a column of data in most.
 */

export type TurnKind = 'turn' | 'moment' | 'answer';
export type LaidTurn = {
  kind: TurnKind;
  speaker: string | null;
  text: string;
  startMs: number | null;
  endMs: number | null;
  /** Written down by a machine, and corrected by nobody yet. */
  isDraft?: boolean;
  /** What lies over the words when they are written. */
  masks: readonly PersonalSpan[];
};
/** Where the words of a turn stand in the text, and how places in the one are places in the other. */
type LaidPlace = { start: number; end: number; pieces: { own: Span; shown: Span }[] };
export type Layout = { text: string; table: string; places: LaidPlace[] };

const MOMENT = 'Trigger moment';
const LETTERS: Readonly<Record<TurnKind, string>> = { turn: 't', moment: 'm', answer: 'a' };
const TABLE = 'Turns for Verbatim:';
const DRAFT = '~';

const prefixOf = ({ kind, speaker }: Pick<LaidTurn, 'kind' | 'speaker'>): string => {
  const name = kind === 'moment' ? MOMENT : speaker;
  return name === null || name === '' ? '' : `${name.replace(/\s+/g, ' ')}: `;
};

/** Lays turns out as one text, with what tells them apart again. */
export function layOut(turns: readonly LaidTurn[]): Layout {
  const lines: string[] = [];
  const tokens: string[] = [];
  const places: LaidPlace[] = [];
  let at = 0;
  for (const turn of turns) {
    const prefix = prefixOf(turn);
    const words = maskText(turn.text, turn.masks);
    const length = codePointLength(words);
    const lead = codePointLength(prefix);
    const start = at + lead;
    places.push({ start, end: start + length, pieces: piecesOf(turn, start) });
    lines.push(`${prefix}${words}\n`);
    const time = turn.startMs === null && turn.endMs === null ? '' : `@${turn.startMs ?? ''}-${turn.endMs ?? ''}`;
    tokens.push(`${LETTERS[turn.kind]}${lead}+${length}${time}${turn.isDraft ? DRAFT : ''}`);
    at = start + length + 1;
  }
  return { text: lines.join(''), table: `${TABLE} ${tokens.join(' ')}`, places };
}

/** Stretches that stand as they are, and those under a mask, which are one place. */
function piecesOf({ text, masks }: LaidTurn, from: number): LaidPlace['pieces'] {
  const pieces: LaidPlace['pieces'] = [];
  let own = 0;
  let shown = from;
  const add = (ownEnd: number, shownLength: number) => {
    if (ownEnd > own || shownLength > 0)
      pieces.push({ own: { start: own, end: ownEnd }, shown: { start: shown, end: shown + shownLength } });
    own = ownEnd;
    shown += shownLength;
  };
  const merged: Span[] = [];
  for (const { start, end } of [...masks].sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  for (const mask of merged) {
    add(mask.start, mask.start - own);
    add(mask.end, codePointLength(maskText(text, masks, mask)));
  }
  const rest = codePointLength(text);
  add(rest, rest - own);
  return pieces;
}

/** Where a stretch of a turn stands in the text; what begins or ends under a mask takes all of the mask. */
export function shownSpan({ pieces }: LaidPlace, { start, end }: Span): Span | null {
  const touched = pieces.filter(({ own }) => own.start < end && own.end > start);
  const [first, last] = [touched[0], touched.at(-1)];
  if (!first || !last) return null;
  const isMasked = ({ own, shown }: { own: Span; shown: Span }) => own.end - own.start !== shown.end - shown.start;
  return {
    start: isMasked(first) ? first.shown.start : first.shown.start + Math.max(0, start - first.own.start),
    end: isMasked(last) ? last.shown.end : last.shown.end - Math.max(0, last.own.end - end),
  };
}

/** The turns that a stretch of the text touches, with the stretch of each turn's own words. */
export function ownSpans(places: readonly LaidPlace[], span: Span): { turn: number; span: Span }[] {
  const found: { turn: number; span: Span }[] = [];
  for (let turn = firstAfter(places, span.start); turn < places.length; turn += 1) {
    const { start, end, pieces } = places[turn] as LaidPlace;
    if (start >= span.end) break;
    if (end <= span.start) continue;
    const touched = pieces.filter(({ shown }) => shown.start < span.end && shown.end > span.start);
    const [first, last] = [touched[0], touched.at(-1)];
    if (!first || !last) continue;
    const isMasked = ({ own, shown }: { own: Span; shown: Span }) => own.end - own.start !== shown.end - shown.start;
    found.push({
      turn,
      span: {
        start: isMasked(first) ? first.own.start : first.own.start + Math.max(0, span.start - first.shown.start),
        end: isMasked(last) ? last.own.end : last.own.end - Math.max(0, last.shown.end - span.end),
      },
    });
  }
  return found;
}

/** The first turn that ends after a place; turns stand one after the other. */
function firstAfter(places: readonly LaidPlace[], place: number): number {
  let [from, to] = [0, places.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((places[middle]?.end ?? 0) <= place) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The places of turns whose words stand in the text as they are. */
export const plainPlaces = (turns: readonly Span[]): LaidPlace[] =>
  turns.map(({ start, end }) => ({
    start,
    end,
    pieces: [{ own: { start: 0, end: end - start }, shown: { start, end } }],
  }));

export type FoundTurn = Span & {
  kind: TurnKind;
  speaker: string | null;
  startMs: number | null;
  endMs: number | null;
  isDraft?: boolean;
};

/** The table that travels in a description, and the description without it; null where there is none. */
export function takeTable(description: string): { table: string; rest: string } | null {
  const at = description.lastIndexOf(TABLE);
  if (at < 0) return null;
  const [line = '', ...after] = description.slice(at + TABLE.length).split('\n');
  return { table: line, rest: `${description.slice(0, at).trimEnd()}\n${after.join('\n')}`.trim() };
}

/** The turns that a table tells of; null where the text is not the one it was made for. */
export function turnsByTable(text: string, table: string): FoundTurn[] | null {
  const points = [...text];
  const turns: FoundTurn[] = [];
  let at = 0;
  for (const token of table.trim().split(/\s+/)) {
    const read = /^([tma])(\d{1,7})\+(\d{1,7})(?:@(\d{0,12})-(\d{0,12}))?(~)?$/.exec(token);
    if (!read) return null;
    const [, letter = '', lead = '', length = '', from = '', to = '', draft = ''] = read;
    const start = at + Number(lead);
    const end = start + Number(length);
    if (points[end] !== '\n') return null;
    const prefix = points.slice(at, start).join('');
    if (prefix !== '' && !prefix.endsWith(': ')) return null;
    turns.push({
      kind: letter === 'm' ? 'moment' : letter === 'a' ? 'answer' : 'turn',
      speaker: prefix === '' || letter === 'm' ? null : prefix.slice(0, -2),
      start,
      end,
      startMs: from === '' ? null : Number(from),
      endMs: to === '' ? null : Number(to),
      ...(draft === DRAFT ? { isDraft: true } : {}),
    });
    at = end + 1;
  }
  return at === points.length ? turns : null;
}
