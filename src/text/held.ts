/**
 * What a researcher decided, in numbers. The first `themes` numbers belong to themes of the researcher's own: document i
 * stays in theme `fixed[i]`, or is free where that is −1; `barred` lists themes a document never goes to, at least one
 * theme always being left to it.
 */
export type Held = { themes: number; fixed: Int32Array; barred: ReadonlyMap<number, readonly number[]> };

/** The same decisions about some of the documents. */
export function selectHeld({ themes, fixed, barred }: Held, chosen: Int32Array): Held {
  const selected = new Map<number, readonly number[]>();
  chosen.forEach((i, place) => {
    const themesBarred = barred.get(i);
    if (themesBarred) selected.set(place, themesBarred);
  });
  return { themes, fixed: Int32Array.from(chosen, (i) => fixed[i]!), barred: selected };
}

/**
 * Numbers groups so that each theme held has the number of the group most of its documents are in, then puts documents
 * where they are held, and those that are where they must not be into the first theme open to them.
 *
 * @param labels groups from 0
 * @param themes how many numbers there are, at least as many as are held
 */
export function alignToHeld(labels: Int32Array, held: Held, themes: number): Int32Array {
  const shared = new Int32Array(themes * held.themes);
  labels.forEach((group, i) => {
    if (held.fixed[i]! >= 0) shared[group * held.themes + held.fixed[i]!]!++;
  });
  const pairs = Array.from(shared, (documents, cell) => ({ documents, cell })).filter(({ documents }) => documents > 0);
  pairs.sort((a, b) => b.documents - a.documents || a.cell - b.cell);
  const numberOf = new Int32Array(themes).fill(-1);
  const taken = new Set<number>();
  for (const { cell } of pairs) {
    const [group, theme] = [Math.floor(cell / held.themes), cell % held.themes];
    if (numberOf[group]! >= 0 || taken.has(theme)) continue;
    numberOf[group] = theme;
    taken.add(theme);
  }
  const free: number[] = [];
  for (let c = 0; c < themes; c++) if (!taken.has(c)) free.push(c);
  // Groups without a held theme take the numbers of no theme first, so that a held theme without documents stays empty.
  free.sort((a, b) => Number(a < held.themes) - Number(b < held.themes) || a - b);
  for (let group = 0; group < themes; group++) if (numberOf[group]! < 0) numberOf[group] = free.shift()!;
  return respectHeld(
    labels.map((group) => numberOf[group]!),
    held,
    themes,
  );
}

/** Puts documents where they are held, and out of themes they are barred from. */
export function respectHeld(labels: Int32Array, { fixed, barred }: Held, themes: number): Int32Array {
  return labels.map((label, i) => {
    if (fixed[i]! >= 0) return fixed[i]!;
    const shut = barred.get(i);
    if (!shut?.includes(label)) return label;
    for (let c = 0; c < themes; c++) if (!shut.includes(c)) return c;
    return label;
  });
}
