import type { Span } from './spans.ts';

/** A stretch of a text, in code points, and what stands in its place afterwards; an empty stretch is an insertion. */
export type Edit = Span & { text: string };

/**
 * True when edits can be made together: each within the text, in order, none over another.
 *
 * @param length of the text, in code points
 *
 * @example
 * areEdits([{ start: 0, end: 2, text: 'I' }, { start: 2, end: 2, text: '!' }], 5) // => true
 */
export function areEdits(edits: readonly Edit[], length: number): boolean {
  let from = 0;
  for (const { start, end } of edits) {
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < from || end < start || end > length) return false;
    from = end;
  }
  return true;
}

/**
 * A text with its edits made.
 *
 * @param edits in code points of the text, in order, none over another
 * @throws {RangeError} for edits that cannot be made together
 *
 * @example
 * applyEdits('a 😀 stuk', [{ start: 4, end: 8, text: 'stuck' }]) // => 'a 😀 stuck'
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const points = [...text];
  if (!areEdits(edits, points.length)) throw new RangeError('applyEdits requires edits in order within the text');
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, text: put } of edits) {
    parts.push(points.slice(from, start).join(''), put);
    from = end;
  }
  parts.push(points.slice(from).join(''));
  return parts.join('');
}

/**
 * Where the words of a span stand once edits are made.
 *
 * Words that no edit touches stay the span's words exactly. What is put in between its words belongs to it; what is put
 * right before or after does not. Of an edit that reaches over an edge, what it put is taken in, since nobody can tell
 * which part of it stands for which.
 *
 * @param edits in code points of the text before, in order, none over another
 * @returns null when nothing of the span is left
 *
 * @example
 * mapSpan({ start: 5, end: 9 }, [{ start: 0, end: 2, text: 'We' }, { start: 3, end: 3, text: 'all ' }]) // => { start: 9, end: 13 }
 * @example
 * mapSpan({ start: 5, end: 9 }, [{ start: 4, end: 9, text: '' }]) // => null
 */
export function mapSpan(span: Span, edits: readonly Edit[]): Span | null {
  let { start, end } = span;
  let shift = 0;
  for (const edit of edits) {
    const put = pointsIn(edit.text);
    const at = edit.start + shift;
    if (edit.start < span.start && edit.end > span.start) start = at;
    else if (edit.end <= span.start) start += put - (edit.end - edit.start);
    if (edit.start < span.end && edit.end > span.end) end = at + put;
    else if (edit.start < span.end && edit.end <= span.end) end += put - (edit.end - edit.start);
    shift += put - (edit.end - edit.start);
  }
  return end > start ? { start, end } : null;
}

/** True when an edit reaches into a span, or puts something between its words. */
export const isTouched = (span: Span, edits: readonly Edit[]): boolean =>
  edits.some(({ start, end }) => start < span.end && end > span.start);

function pointsIn(text: string): number {
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}
