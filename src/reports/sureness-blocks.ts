import { showNumber, showPercent } from '../charts/numerals.ts';
import type { Block, Refs } from './document.ts';
import { foldGaps, type shortGaps } from './persona-gaps.ts';
import { plainSpans } from './report-ground.ts';
import type { ToldPersona } from './told-persona.ts';

const CALLED = {
  natural: 'People fall into these groups by themselves, and do so in either half of them.',
  reproducible: 'Other people of the same kind would be grouped alike, though people shade into each other.',
  constructive:
    'This is a way to divide people that may be useful. Others of the same kind might be divided otherwise.',
  defined: 'Somebody drew the lines of this group. Whether people fall into it by themselves was not looked at.',
} as const;

export function sureBlocks(persona: ToldPersona, refs: Refs, fold: typeof shortGaps = foldGaps): Block[] {
  const { portrait } = persona;
  const { stability, withheld, gaps, quotable, size } = portrait;
  const items = [
    ...(stability
      ? [
          CALLED[stability.label],
          ...stability.reasons.map((reason) => `${reason}.`),
          ...(stability.jaccard === null
            ? []
            : [
                `When people are drawn anew, ${showPercent(stability.jaccard, 0)} of the group comes back${stability.repetitions === null ? '' : ` (${showNumber(stability.repetitions)} repetitions)`}.`,
              ]),
        ]
      : []),
    ...fold(gaps).map(({ text }) => `Not covered: ${text}`),
    ...(size
      ? [
          'Figures were corrected for all comparisons together (false discovery rate 5%); nothing is tested below 30 people on a side.',
        ]
      : []),
    ...(portrait.kind === 'quantified' && quotable !== null
      ? [
          quotable === 0
            ? 'Nobody in it agreed to be quoted.'
            : `${showNumber(quotable)} of its members agreed to be quoted.`,
        ]
      : []),
    ...(withheld?.heldBack ? [withheld.heldBack] : []),
    ...(withheld && withheld.figures > 0
      ? [
          `${showNumber(withheld.figures)} ${withheld.figures === 1 ? 'figure rests' : 'figures rest'} on fewer than ${showNumber(withheld.least)} people, or would let such a number be worked out, and ${withheld.figures === 1 ? 'is' : 'are'} not told.`,
        ]
      : []),
  ];
  return items.length === 0
    ? []
    : [{ kind: 'list', isOrdered: false, items: items.map((text) => ({ spans: plainSpans(text), refs })) }];
}
