import { showNumber } from '../charts/numerals.ts';
import type { SegmentationLabel } from '../model/segmentation.ts';
import type { Portrait, Stability } from '../personas/portrait.ts';

export const LABEL_SENTENCES: Record<SegmentationLabel, string> = {
  natural: 'The segment is natural: people fall into these groups by themselves, and do so in either half of them.',
  reproducible:
    'The segment is reproducible: other people of the same kind would be grouped alike, though people shade into each other.',
  constructive:
    'The segment is constructive: a way to divide people that may be useful. Others of the same kind might be divided otherwise.',
  defined:
    'The segment is defined: somebody drew its lines. Whether people fall into such groups by themselves was not looked at.',
};

/** How sure a persona is, in sentences for everybody. */
export function personaSureness(
  about: { label: SegmentationLabel | null; provisional: readonly string[] },
  portrait: Portrait,
): string[] {
  const { size, kind, quotable, themes, interviews } = portrait;
  if (kind === 'assumption')
    return ['Nothing stands behind it yet. Ask people, then let it rest on a segment or on interviews.'];
  if (kind === 'qualitative')
    return [
      'It rests on what people said in interviews, each of whom counts once. Interviews tell what there is and why; how many people are like this, a survey has to say.',
      interviews === null || interviews.inside === 0
        ? 'Nobody stands behind it yet.'
        : `${showNumber(interviews.inside)} of ${showNumber(interviews.all)} people interviewed are among those it stands for.`,
    ];
  const isTested = portrait.claims.some(({ evidence }) => evidence !== null && evidence.kind !== 'people');
  return [
    about.label === null ? 'The segment is what a rule admits.' : LABEL_SENTENCES[about.label],
    ...(about.provisional.length === 0
      ? []
      : [
          `It was made by an instrument that was provisional then, so that nothing had shown yet what it measures: ${about.provisional.join('; ')}.`,
        ]),
    ...(size
      ? [
          size.interval === 'segmentation'
            ? 'The range around its share allows for other people having answered and for their being grouped anew.'
            : 'The range around its share allows for other people having answered, and takes the segment as given.',
        ]
      : []),
    ...(size && isTested
      ? [
          `${showNumber(size.base)} responses were looked at. Differences are held against chance for all comparisons together (false discovery rate 5%), and nothing is tested below 30 people on a side.`,
        ]
      : []),
    ...(themes.length > 0 ? ['Theme shares are not corrected by a blind sample.'] : []),
    ...(quotable === null
      ? []
      : [
          quotable === 0
            ? 'Nobody in this segment agreed to be quoted, so there are no quotes of theirs.'
            : `${showNumber(quotable)} of its members agreed to be quoted.`,
        ]),
  ];
}

/** How much of a segment comes back, in bands that are usual for it. */
export function comesBack(jaccard: number): string {
  if (jaccard >= 0.85) return 'Nearly all of it comes back when people are drawn anew: highly stable.';
  if (jaccard >= 0.75) return 'Most of it comes back when people are drawn anew: stable.';
  if (jaccard >= 0.6) return 'There is a pattern, but who exactly belongs to it is in doubt.';
  if (jaccard > 0.5) return 'Half of it at best comes back: not to be relied on.';
  return 'It dissolves when people are drawn anew.';
}

/** The page behind the sheet: what was done to see whether a segment comes back. */
export const stabilityFacts = ({ jaccard, repetitions, seed }: Stability) => [
  {
    label: 'Matched overlap',
    value: jaccard === null ? '–' : showNumber(jaccard, 2),
    note: jaccard === null ? 'nobody grouped it, so nothing can come back' : 'Jaccard, 0 to 1, mean over the samples',
  },
  {
    label: 'Samples drawn anew',
    value: repetitions === null ? '–' : showNumber(repetitions),
    note: null,
  },
  { label: 'Seed', value: seed === null ? '–' : String(seed), note: 'the same seed gives the same samples' },
];
