import { withoutStop } from '../model/label-words.ts';
import type { Described } from './draw-portrait.ts';
import { claimId, type Gap, type Portrait } from './portrait.ts';
import { withoutSaidTwice } from './said-twice.ts';

/** A part of people of at least this size of everybody is looked for in the segment. */
const PART_MIN = 0.05;
/** Fewer than these are too few to speak for their kind. */
const FEW = 10;
const PARTS_MOST = 5;

/**
 * Who is not, or hardly, among those a portrait was drawn from.
 *
 * @param of.outside responses that count and that nobody put inside or outside
 * @param of.described what says who people are: kinds of people who are many among all, and few in the segment
 */
export function portraitGaps(of: {
  outside: number;
  described: readonly Described[];
  portrait: Pick<Portrait, 'interviews' | 'quotable' | 'kind'>;
}): Gap[] {
  const { outside, described, portrait } = of;
  const gaps: Gap[] = [];
  if (outside > 0)
    gaps.push({ text: 'Answered, but are in no group, so that nothing here counts them', n: outside, source: null });
  if (portrait.interviews === null)
    gaps.push({ text: 'Nobody was interviewed: all of this is from answers', n: null, source: null });
  else if (portrait.interviews.inside === 0)
    gaps.push({ text: 'None of those who were interviewed is one of them', n: null, source: null });
  if (portrait.kind === 'quantified' && portrait.quotable === 0)
    gaps.push({ text: 'None of them agreed to be quoted from their answers', n: null, source: null });
  const who = withoutSaidTwice(described.filter(({ section }) => section === 'who'));
  const thin = who
    .flatMap(({ comparison, label, codeLabel, family, item }): (Gap & { n: number; id: string })[] => {
      if (comparison.kind !== 'share' || !comparison.here || !comparison.rest) return [];
      const { here, rest, nHere, nRest, code } = comparison;
      const n = Math.round(here.share * nHere);
      const all = n + Math.round(rest.share * nRest);
      if (n >= FEW || n === nHere || all < PART_MIN * (nHere + nRest)) return [];
      const source =
        family === 'attribute'
          ? ({ kind: 'attribute', name: item.replace(/^attribute:/, ''), value: code } as const)
          : ({ kind: 'answer', item, code } as const);
      return [
        {
          text: `Too few to speak for: ${withoutStop(label)}, ${withoutStop(codeLabel ?? code)}`,
          n,
          source,
          id: claimId(source),
        },
      ];
    })
    .sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1))
    .slice(0, PARTS_MOST);
  return [...gaps, ...thin.map(({ id: _, ...gap }) => gap)];
}
