import { showNumber } from '../charts/numerals.ts';
import type { Portrait } from '../personas/portrait.ts';

/**
 * What a persona does not cover, in as few sentences as say it: parts that are missing for the same reason are named together.
 *
 * @example
 * foldGaps([{ text: 'Too few: a', n: 1 }, { text: 'Too few: b', n: 2 }]) // => [{ text: 'Too few: a (1); b (2)' }]
 */
export function foldGaps(gaps: readonly { text: string; n: number | null }[]): { text: string }[] {
  const folded = new Map<string, string[]>();
  for (const { text, n } of gaps) {
    const [, why = text, part = ''] = /^(Too few[^:]*): (.+)$/s.exec(text) ?? [];
    const counted = `${part || text}${n === null ? '' : ` (${showNumber(n)})`}`;
    folded.set(why, [...(folded.get(why) ?? []), counted]);
  }
  return [...folded].map(([why, parts]) => ({
    text: parts[0]!.startsWith(why) ? parts[0]! : `${why}: ${parts.join('; ')}`,
  }));
}

/** The kind of each gap, and of parts that are too few, which part: a label and one of its kinds, `Industry, health`. */
export const gapKinds = (gaps: readonly { text: string }[]): { why: string; part: string }[] =>
  gaps.map(({ text }) => {
    const [, why = text, part = ''] = /^(Too few[^:]*): (.+)$/s.exec(text) ?? [];
    return { why, part };
  });

/**
 * Parts by what they are parts of, with how many there are of each.
 *
 * @example
 * countedKinds(['Industry, health', 'Industry, offices', 'Town, island']) // => 'Industry (2 kinds), Town (island)'
 */
export function countedKinds(parts: Iterable<string>): string {
  const of = Map.groupBy(new Set(parts), (part) => part.slice(0, Math.max(0, part.lastIndexOf(', '))));
  return [...of]
    .map(([label, own]) =>
      label === ''
        ? own.join(', ')
        : `${label} (${own.length === 1 ? own[0]!.slice(label.length + 2) : `${showNumber(own.length)} kinds`})`,
    )
    .join(', ');
}

/** The same as `foldGaps`, in as few words as tell of each kind that it is there. */
export const shortGaps = (gaps: Portrait['gaps']): { text: string }[] =>
  [...Map.groupBy(gapKinds(gaps), ({ why }) => why)].map(([why, own]) => {
    const parts = own.map(({ part }) => part).filter((part) => part !== '');
    return { text: parts.length === 0 ? why : `${why}: ${countedKinds(parts)}` };
  });
