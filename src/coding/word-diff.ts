import { editsBetween } from '../model/survey-edit-lines.ts';
import type { Edit } from './offset-map.ts';

/** Beyond so many differences two texts have too little in common to be compared word by word. */
const DIFFERENCES_MAX = 2_000;
/** Words that went are looked for among those that came, as long as no more than so many pairs have to be compared. */
const PAIRS_MAX = 20_000;
const TOKEN = /\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu;

/**
 * What has to be changed in a text to make another of it, word by word, as few words as there can be.
 *
 * The shortest way from one list of words to the other, after what both begin and end with alike. Texts with very many
 * differences are compared by that alone: what lies between is then one edit. A word that came in the place of one nearly
 * the same is a correction of it, an edit of its own beside what else went and came there.
 *
 * @returns edits in code points of the first text, in order; none where the texts are the same
 * @see Myers (1986), Algorithmica 1, 251–266
 *
 * @example
 * wordDiff('I was stuk there', 'I was stuck there') // => [{ start: 6, end: 10, text: 'stuck' }]
 */
export function wordDiff(before: string, after: string): Edit[] {
  const [old, next] = [before.match(TOKEN) ?? [], after.match(TOKEN) ?? []];
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < next.length - head &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  )
    tail += 1;
  const [from, to] = [old.slice(head, old.length - tail), next.slice(head, next.length - tail)];
  const kept = keptPairs(from, to) ?? [];

  const edits: Edit[] = [];
  let place = pointsIn(old.slice(0, head));
  const replace = (gone: readonly string[], put: readonly string[]) => {
    const end = place + pointsIn(gone);
    if (gone.join('') !== put.join('')) edits.push({ start: place, end, text: put.join('') });
    place = end;
  };
  let [x, y] = [0, 0];
  for (const [keptX, keptY] of [...kept, [from.length, to.length] as const]) {
    const [gone, put] = [from.slice(x, keptX), to.slice(y, keptY)];
    let [a, b] = [0, 0];
    for (const [alikeA, alikeB] of alikePairs(gone, put)) {
      replace(gone.slice(a, alikeA), put.slice(b, alikeB));
      replace(gone.slice(alikeA, alikeA + 1), put.slice(alikeB, alikeB + 1));
      [a, b] = [alikeA + 1, alikeB + 1];
    }
    replace(gone.slice(a), put.slice(b));
    place += pointsIn(from.slice(keptX, keptX + 1));
    [x, y] = [keptX + 1, keptY + 1];
  }
  return edits;
}

/** A text as it is shown beside its correction: what stayed, what went, what came. */
export type DiffPiece = { kind: 'same' | 'gone' | 'new'; text: string };

/**
 * A text with its edits laid open.
 *
 * @param edits in code points of the text, in order, none over another
 *
 * @example
 * diffPieces('so dear', [{ start: 3, end: 7, text: 'cheap' }]).map(({ kind }) => kind) // => ['same', 'gone', 'new']
 */
export function diffPieces(text: string, edits: readonly Edit[]): DiffPiece[] {
  const points = [...text];
  const pieces: DiffPiece[] = [];
  const add = (kind: DiffPiece['kind'], words: string) => words !== '' && pieces.push({ kind, text: words });
  let from = 0;
  for (const { start, end, text: put } of edits) {
    add('same', points.slice(from, start).join(''));
    add('gone', points.slice(start, end).join(''));
    add('new', put);
    from = end;
  }
  add('same', points.slice(from).join(''));
  return pieces;
}

const pointsIn = (tokens: readonly string[]): number => tokens.reduce((sum, token) => sum + [...token].length, 0);

/** Pairs of places that a shortest way keeps; null when it would be too long. */
function keptPairs(old: readonly string[], next: readonly string[]): [number, number][] | null {
  const [n, m] = [old.length, next.length];
  const steps = Math.min(n + m, DIFFERENCES_MAX);
  const width = 2 * steps + 3;
  const middle = steps + 1;
  const furthest = new Int32Array(width);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= steps; d += 1) {
    trace.push(furthest.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[middle + k - 1]! < furthest[middle + k + 1]!);
      let x = down ? furthest[middle + k + 1]! : furthest[middle + k - 1]! + 1;
      let y = x - k;
      while (x < n && y < m && old[x] === next[y]) {
        x += 1;
        y += 1;
      }
      furthest[middle + k] = x;
      if (x >= n && y >= m) return walkBack(trace, n, m);
    }
  }
  return null;
}

function walkBack(trace: readonly Int32Array[], n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [n, m];
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const furthest = trace[d]!;
    const at = (k: number) => furthest[k + d + 1]!;
    const k = x - y;
    const previous = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(previous);
    const fromY = d === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

/** Pairs of words that went and came, nearly the same and in the same order, as many as there can be. */
function alikePairs(gone: readonly string[], put: readonly string[]): [number, number][] {
  const [n, m] = [gone.length, put.length];
  if (n === 0 || m === 0 || n * m > PAIRS_MAX) return [];
  const most = Array.from({ length: n + 1 }, () => new Int32Array(m + 1));
  const alike = gone.map((one) => put.map((other) => isAlike(one, other)));
  for (let i = n - 1; i >= 0; i -= 1)
    for (let j = m - 1; j >= 0; j -= 1)
      most[i]![j] = Math.max(most[i + 1]![j]!, most[i]![j + 1]!, alike[i]![j] ? 1 + most[i + 1]![j + 1]! : 0);
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < n && j < m; ) {
    if (alike[i]![j] && most[i]![j] === 1 + most[i + 1]![j + 1]!) pairs.push([i++, j++]);
    else if (most[i + 1]![j]! >= most[i]![j + 1]!) i += 1;
    else j += 1;
  }
  return pairs;
}

/** True for words that differ in letters' case, or in no more than a letter in three. */
function isAlike(one: string, other: string): boolean {
  if (one.trim() === '' || other.trim() === '') return false;
  const most = Math.floor(Math.max(one.length, other.length) / 3);
  if (Math.abs(one.length - other.length) > most) return false;
  return editsBetween(one.toLowerCase(), other.toLowerCase()) <= most;
}
