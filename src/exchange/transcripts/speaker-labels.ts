/** What structures a document and names nobody, folded to small letters. */
const NO_SPEAKERS = new Set(
  (
    'note notes nb ps agenda meeting date day time times topic topics subject title summary overview introduction intro ' +
    'conclusion background context transcript transcription recording duration length location place attendees ' +
    'participants present apologies action actions todo decision decisions outcome outcomes step example examples ' +
    'chapter section part page figure table keywords tags language kind file source project study version status ' +
    'warning important update link url http https file re fw fwd subject attachment footnote definition ' +
    'action item,action items,next step,next steps,key points,open questions,follow up,to do,for example,that is,' +
    'in short,table of contents,meeting notes,meeting title,start time,end time,reminder,remember,spoiler'
  )
    .split(',')
    .flatMap((entry, index) => (index === 0 ? entry.split(' ') : [entry])),
);

/** One to three words, the last dotted or bare; what whisperX puts in brackets as well. */
const LABEL =
  /^\s{0,20}(?:\[([\p{L}\p{N}_ .-]{1,60})\]|([\p{L}\p{N}][\p{L}\p{N}\p{M}.'’_-]{0,59}(?: [\p{L}\p{N}(][\p{L}\p{N}\p{M}.'’_)-]{0,59}){0,2}))(?: {1,2}[[(]?((?:\d{1,2}:)?\d{1,2}:\d{2})[\])]?)?:(?=\s|$)[^\S\n]{0,20}/u;

/**
 * The name before the first colon and space of a line, where it can be one: at most three words, not a number or a time of
 * the day, not what structures a document.
 *
 * @returns `stamp` is a time between name and colon; null when the line begins with no name
 *
 * @example
 * takeLabel('Ms A: How so?') // => { name: 'Ms A', stamp: null, rest: 'How so?' }
 * @example
 * takeLabel('10:30 Meeting: we begin') // => null
 */
export function takeLabel(line: string): { name: string; stamp: string | null; rest: string } | null {
  const found = LABEL.exec(line);
  if (!found) return null;
  const name = (found[1] ?? found[2] ?? '').trim();
  if (!couldBeName(name)) return null;
  return { name, stamp: found[3] ?? null, rest: line.slice(found[0].length) };
}

/** Whether words could be somebody's name: there is a letter in them, they are no time, and they structure nothing. */
export function couldBeName(name: string): boolean {
  if (!/\p{L}/u.test(name) || /^\d{1,2}[.:h]\d{2}\b/.test(name)) return false;
  const folded = name.toLowerCase().replace(/[.\s]+$/u, '');
  return !NO_SPEAKERS.has(folded) && !NO_SPEAKERS.has(folded.replace(/ ?\d+$/u, '')) && !/^https?$/.test(folded);
}

/** True for the name that programs give to voices they could not tell apart. */
export const isNobody = (name: string): boolean =>
  /^(?:unknown|unidentified)(?: (?:speaker|voice|person|participant))?(?: ?\d{1,3})?$/i.test(name.trim());
