/** What became of one kind of thing on its way from one program to another. */
export type LossRow = {
  kind: string;
  found: number;
  kept: number;
  changed: number;
  /** Was there already, as it is in the file. */
  known: number;
  leftOut: number;
  /** What was changed or left out and why, each with how often. */
  why: string[];
};
type Fate = 'kept' | 'changed' | 'known' | 'leftOut';
export type LossLedger = {
  kept(kind: string, times?: number): void;
  changed(kind: string, why: string, times?: number): void;
  known(kind: string, times?: number): void;
  leftOut(kind: string, why: string, times?: number): void;
  /** The rows in the order of `kinds`, then in that of appearance. */
  rows(kinds?: readonly string[]): LossRow[];
};

/** Keeps count of what is found and what becomes of each; nothing is counted as found without a fate. */
export function lossLedger(): LossLedger {
  const counts = new Map<string, Record<Fate, number> & { why: Map<string, number> }>();
  const of = (kind: string) => {
    const known = counts.get(kind);
    if (known) return known;
    const made = { kept: 0, changed: 0, known: 0, leftOut: 0, why: new Map<string, number>() };
    counts.set(kind, made);
    return made;
  };
  const count = (fate: Fate, kind: string, times: number, why: string | null) => {
    if (times === 0) return;
    const row = of(kind);
    row[fate] += times;
    if (why !== null) row.why.set(why, (row.why.get(why) ?? 0) + times);
  };
  return {
    kept: (kind, times = 1) => count('kept', kind, times, null),
    changed: (kind, why, times = 1) => count('changed', kind, times, why),
    known: (kind, times = 1) => count('known', kind, times, null),
    leftOut: (kind, why, times = 1) => count('leftOut', kind, times, why),
    rows: (kinds = []) => {
      const order = (kind: string) => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);
      return [...counts]
        .sort(([one], [other]) => order(one) - order(other))
        .map(([kind, { why, ...row }]) => ({
          kind,
          found: row.kept + row.changed + row.known + row.leftOut,
          ...row,
          why: [...why].map(([reason, times]) => `${times.toLocaleString('en-GB')}: ${reason}`),
        }));
    },
  };
}

/** The rows as a table to read in a terminal or keep beside a file. */
export function lossText(rows: readonly LossRow[]): string {
  return rows
    .map(({ kind, found, kept, changed, known, leftOut, why }) =>
      [
        `${kind}: ${found} found, ${kept} kept, ${changed} changed, ${known} already here, ${leftOut} left out`,
        ...why.map((reason) => `  ${reason}`),
      ].join('\n'),
    )
    .join('\n');
}
