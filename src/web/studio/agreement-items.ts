import { hueOf } from '../../coding/code-hue.ts';
import { isDisagreement, type TakenRound } from '../../coding/round-marks.ts';
import { codePointLength } from '../../coding/spans.ts';
import { maskText, type PersonalSpan } from '../../privacy/mask-text.ts';
import type { DecidedItem } from '../../services/adjudication.ts';
import { joined, type Stretch } from '../../stats/unitizing-alpha.ts';
import type { SourceText } from '../../store/notes.ts';

/** So much of a long text is shown around what was marked, in code points. */
const AROUND = 240;
const WHOLE_MAX = 700;

export type ItemText = { source: SourceText | null; masks: readonly PersonalSpan[]; where: string; href: string };

/** A text and a code on which coders disagree, side by side, with what may be decided. */
export function itemView(
  item: DecidedItem,
  taken: TakenRound,
  { source, masks, where, href }: ItemText,
  codes: readonly { publicId: string; label: string }[],
  place: number,
) {
  const code = taken.codes[item.code]!;
  const text = taken.texts[item.text]!;
  const isThere = source !== null && source.version === text.version;
  const shown = (start: number, end: number): string => (source ? maskText(source.text, masks, { start, end }) : '');
  const wordsOf = (own: readonly Stretch[]): string[] => own.map(({ start, end }) => shown(start, end));
  const coders = taken.coders.map(({ name }, coder) => {
    const own = item.marked[coder] ?? null;
    return {
      name,
      isRead: own !== null,
      has: own !== null && own.length > 0,
      words: isThere && own ? wordsOf(own) : [],
      value: `coder-${coder}`,
    };
  });
  const having = coders.filter(({ has }) => has);
  const without = coders.filter(({ isRead, has }) => isRead && !has);
  const choices = [
    ...having.map(({ name, value }) => ({ value, label: `As ${name}` })),
    ...(having.length > 1 ? [{ value: 'all', label: 'All that was marked' }] : []),
    {
      value: 'none',
      label: without.length > 0 ? `Leave it out, as ${without.map(({ name }) => name).join(' and ')}` : 'Leave it out',
    },
    { value: 'other', label: 'Something else' },
  ];
  return {
    id: `item-${place}`,
    code: code.name,
    segmentClass: `seg-${hueOf(null, code.id)}`,
    where,
    href,
    isThere,
    isCorrected: source !== null && !isThere,
    isGone: source === null,
    speaker: source?.speaker ?? '',
    pieces: isThere ? piecesOf(item, source, shown) : [],
    words: source !== null && !isThere ? shown(0, codePointLength(source.text)) : '',
    coders,
    decided: item.decision === null ? null : decidedWords(item, taken),
    source: text.sourceId,
    codeId: code.publicId,
    choices: choices.map((choice, index) => ({ ...choice, id: `choice-${place}-${index}` })),
    codes: codes.map((one) => ({ ...one, isChosen: one.publicId === code.publicId })),
  };
}

/** The text around what anybody marked, cut where marks begin and end; how many marked each piece. */
function piecesOf(item: DecidedItem, source: SourceText, shown: (start: number, end: number) => string) {
  const length = codePointLength(source.text);
  const marks = item.marked.map((own) => own ?? []);
  const all = joined(marks.flat());
  const isLong = length > WHOLE_MAX;
  const from = isLong ? Math.max(0, Math.min(...all.map(({ start }) => start)) - AROUND) : 0;
  const to = isLong ? Math.min(length, Math.max(...all.map(({ end }) => end)) + AROUND) : length;
  const edges = [
    ...new Set([
      from,
      to,
      ...all.flatMap(({ start, end }) => [start, end]),
      ...marks.flat().flatMap(({ start, end }) => [start, end]),
    ]),
  ]
    .filter((edge) => edge >= from && edge <= to)
    .sort((a, b) => a - b);
  const readers = item.marked.filter((own) => own !== null).length;
  return edges.slice(1).map((end, index) => {
    const start = edges[index]!;
    const by = marks.filter((own) => own.some((one) => one.start <= start && one.end >= end)).length;
    const words = shown(start, end);
    return {
      text: `${index === 0 && from > 0 ? '…' : ''}${words}${end === to && to < length ? '…' : ''}`,
      isMarked: by > 0,
      isByAll: by > 0 && by === readers,
    };
  });
}

function decidedWords({ decision }: DecidedItem, taken: TakenRound): string {
  if (!decision) return '';
  const by = decision.by ?? 'somebody who is gone';
  const as = taken.coders.find(({ userId }) => userId === decision.coderId)?.name ?? 'one of the coders';
  const what = {
    alike: 'taken over',
    coder: `as ${as}`,
    all: 'all that was marked',
    none: 'left out',
    other: 'something else',
  };
  return `${what[decision.choice]}, by ${by}`;
}

/** What is shown of a round's items: those still open, or all, of one code or of every. */
export function chosenItems(
  items: readonly DecidedItem[],
  taken: TakenRound,
  { code, isAll }: { code: string; isAll: boolean },
): DecidedItem[] {
  return items.filter(
    (item) =>
      isDisagreement(item, taken.unit) &&
      (isAll || item.decision === null) &&
      (code === '' || taken.codes[item.code]!.publicId === code),
  );
}
