/** A coding as counting needs it: which code, on which words of which text, and of which talk or response. */
export type CountedCoding = {
  readonly code: number;
  readonly text: string;
  readonly subject: string;
  readonly start: number;
  readonly end: number;
};
/** Codes go together where their words overlap, where they stand on one answer or turn, or where one person said both. */
export type Nearness = 'words' | 'text' | 'person';
export type CodePair = {
  one: number;
  other: number;
  /** Passages, texts or people, as asked, that bear both. */
  both: number;
  /** Of all that bear either: 0 never together, 1 always. */
  coefficient: number;
};

/**
 * Which codes go together, and how strongly: both / (one + other − both), Jaccard's index.
 *
 * By text and by person each counts once. By words, two codings are together where at least one letter carries both; a
 * code's own number is then that of its passages, and `both` that of overlapping pairs, so that the coefficient is held
 * at 1 at most.
 *
 * @param personOf who said a subject; a subject without one is its own
 * @returns pairs that occur, the strongest first, the lower code as `one`
 *
 * @example
 * coOccurrence([{ code: 1, text: 't', subject: 's', start: 0, end: 5 }, { code: 2, text: 't', subject: 's', start: 3, end: 9 }], 'words') // => [{ one: 1, other: 2, both: 1, coefficient: 1 }]
 */
export function coOccurrence(
  codings: readonly CountedCoding[],
  nearness: Nearness,
  personOf: (subject: string) => string = (subject) => subject,
): CodePair[] {
  const own = new Map<number, number>();
  const both = new Map<string, number>();
  const count = (one: number, other: number) => {
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    both.set(key, (both.get(key) ?? 0) + 1);
  };
  if (nearness === 'words') {
    for (const coding of codings) own.set(coding.code, (own.get(coding.code) ?? 0) + 1);
    for (const here of Map.groupBy(codings, ({ text }) => text).values()) {
      const sorted = here.toSorted((a, b) => a.start - b.start || a.end - b.end);
      for (const [at, first] of sorted.entries())
        for (let next = at + 1; next < sorted.length && sorted[next]!.start < first.end; next += 1)
          if (sorted[next]!.code !== first.code) count(first.code, sorted[next]!.code);
    }
  } else {
    const unit = (coding: CountedCoding) => (nearness === 'text' ? coding.text : personOf(coding.subject));
    for (const here of Map.groupBy(codings, unit).values()) {
      const codes = [...new Set(here.map(({ code }) => code))];
      for (const [at, code] of codes.entries()) {
        own.set(code, (own.get(code) ?? 0) + 1);
        for (const other of codes.slice(at + 1)) count(code, other);
      }
    }
  }
  return [...both]
    .map(([key, together]) => {
      const [one, other] = key.split(' ').map(Number) as [number, number];
      const either = (own.get(one) ?? 0) + (own.get(other) ?? 0) - together;
      return { one, other, both: together, coefficient: either <= 0 ? 1 : Math.min(1, together / either) };
    })
    .sort((a, b) => b.coefficient - a.coefficient || b.both - a.both || a.one - b.one || a.other - b.other);
}
