/** What of a text says when it was said. */
export type Timed = { kind: string; position: number; startMs: number | null };

/**
 * The texts of an interview as they followed each other: the moment it began, then turns by their place, each note before
 * the first turn that was begun after it. Notes without a time stand at the end.
 *
 * @example
 * inOrderOfTime([
 *   { kind: 'note', position: 0, startMs: 1500 },
 *   { kind: 'turn', position: 1, startMs: 0 },
 *   { kind: 'turn', position: 2, startMs: 2000 },
 * ]).map(({ kind }) => kind) // => ['turn', 'note', 'turn']
 */
export function inOrderOfTime<Text extends Timed>(texts: readonly Text[]): Text[] {
  const byPlace = (a: Text, b: Text) => a.position - b.position;
  const turns = texts.filter(({ kind }) => kind === 'turn').sort(byPlace);
  const notes = texts
    .filter(({ kind }) => kind === 'note')
    .sort((a, b) => (a.startMs ?? Number.POSITIVE_INFINITY) - (b.startMs ?? Number.POSITIVE_INFINITY) || byPlace(a, b));
  const ordered = texts.filter(({ kind }) => kind === 'moment');
  let next = 0;
  for (const turn of turns) {
    for (; next < notes.length; next += 1) {
      const note = notes[next]!;
      if (turn.startMs === null || note.startMs === null || note.startMs >= turn.startMs) break;
      ordered.push(note);
    }
    ordered.push(turn);
  }
  return [...ordered, ...notes.slice(next)];
}
