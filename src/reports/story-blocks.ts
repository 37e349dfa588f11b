import { showNumber } from '../charts/numerals.ts';
import type { Force, Portrait, QuoteSpan, Ring, Stage } from '../personas/portrait.ts';
import type { Once } from './claim-blocks.ts';
import type { Block, Refs } from './document.ts';
import { paragraph } from './report-ground.ts';

export const RINGS: Readonly<Record<Ring, string>> = {
  priority: 'What sets them off',
  success: 'What success looks like',
  barrier: 'What holds them back',
  journey: 'How they go about it',
  criteria: 'How they choose',
};
export const STAGES: Readonly<Record<Stage, string>> = {
  'first-thought': 'First thought',
  'passive-looking': 'Passive looking',
  'active-looking': 'Active looking',
  deciding: 'Deciding',
  consuming: 'Using it',
};
export const FORCES: Readonly<Record<Force, string>> = {
  push: 'Pushes away from the old',
  pull: 'Pulls towards the new',
  anxiety: 'Fears of the new',
  habit: 'Habits of the old',
};

/** The words that say a ring best, and where they stand in the sheet already, others of its claims. */
export function keyOf({ story, claims }: Portrait, ring: Ring, once: Once): QuoteSpan[] {
  const key = story?.rings.find(({ place }) => place === ring)?.key;
  const own = claims.filter((claim) => claim.section === 'ring' && claim.ring === ring);
  if (own.length === 0) return [];
  return [...(key ? [key] : []), ...own.flatMap(({ quotes }) => quotes)].filter((span) => !once.isShown(span));
}

export function ringHead({ story }: Portrait, ring: Ring, refs: Refs): Block[] {
  const counted = story?.rings.find(({ place }) => place === ring);
  return [
    paragraph(
      `${RINGS[ring]}${counted && counted.of > 0 ? `: ${showNumber(counted.people)} of ${showNumber(counted.of)} people speak of it` : ''}.`,
      refs,
    ),
  ];
}

export function storyTable<Place extends string>(
  counts: readonly { place: Place; people: number; of: number; passages: number }[],
  names: Readonly<Record<Place, string>>,
  caption: string,
  refs: Refs,
): Block[] {
  if (counts.every(({ people }) => people === 0)) return [];
  return [
    {
      kind: 'table',
      caption,
      columns: [
        { label: 'Where', isNumber: false },
        { label: 'People', isNumber: true },
        { label: 'Passages', isNumber: true },
      ],
      rows: counts.map(({ place, people, of, passages }) => ({
        cells: [names[place], `${showNumber(people)} of ${showNumber(of)}`, showNumber(passages)],
        refs,
      })),
      note: 'People interviewed who speak of it; each counts once.',
    },
  ];
}
