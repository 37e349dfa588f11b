/**
 * What a reference case is: data and expected numbers from a folder outside the repository, and what Verbatim makes of
 * the same data. A case is a file in `cases/` that exports `referenceCase`; nothing else needs to know of it.
 */
export type ReferenceCase = {
  /** As the folder's manifest calls it. */
  id: string;
  /** Compares through `figures`; may throw `FileMissing` by way of the readers. */
  run: (folder: string, figures: Figures) => void | Promise<void>;
};

/** Collects the comparisons of one case. */
export type Figures = {
  /** A number within an absolute distance, 1e-6 unless told; null never agrees with a number. */
  near: (name: string, actual: number | null | undefined, expected: number, tolerance?: number) => void;
  /** A number no larger than this. */
  atMost: (name: string, actual: number | null | undefined, most: number) => void;
  /** A number no smaller than this. */
  atLeast: (name: string, actual: number | null | undefined, least: number) => void;
  same: (name: string, actual: unknown, expected: unknown) => void;
  /** Something the reference holds and Verbatim does not compute yet. */
  notBuilt: (name: string) => void;
  /** A figure worth a place in the case's line. */
  note: (text: string) => void;
};

/** A file that the folder lacks: the case is not run, which is not a failure. */
export class FileMissing extends Error {}

export type Collected = { compared: number; failures: string[]; notBuilt: string[]; notes: string[] };

/** An empty collection, and the `Figures` that fill it. */
export function collectFigures(): { figures: Figures; collected: Collected } {
  const collected: Collected = { compared: 0, failures: [], notBuilt: [], notes: [] };
  const compare = (isRight: boolean, complaint: string) => {
    collected.compared++;
    if (!isRight) collected.failures.push(complaint);
  };
  const figures: Figures = {
    near: (name, actual, expected, tolerance = 1e-6) =>
      compare(
        typeof actual === 'number' && Math.abs(actual - expected) <= tolerance,
        `${name}: ${actual}, expected ${expected} ± ${tolerance}`,
      ),
    atMost: (name, actual, most) =>
      compare(typeof actual === 'number' && actual <= most, `${name}: ${actual}, expected at most ${most}`),
    atLeast: (name, actual, least) =>
      compare(typeof actual === 'number' && actual >= least, `${name}: ${actual}, expected at least ${least}`),
    same: (name, actual, expected) =>
      compare(
        JSON.stringify(actual) === JSON.stringify(expected),
        `${name}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`,
      ),
    notBuilt: (name) => collected.notBuilt.push(name),
    note: (text) => collected.notes.push(text),
  };
  return { figures, collected };
}
