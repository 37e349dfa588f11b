import { type DotsChart, dots } from '../charts/dots.ts';
import { showNumber, showPercent } from '../charts/numerals.ts';
import type { SegmentationLabel } from '../model/segmentation.ts';
import type { Claim, PersonaKind, Portrait, PortraitScale } from '../personas/portrait.ts';
import { type ClaimHref, capped, claimView, headedOnce, type SaidOf, withoutHeading } from './claim-view.ts';
import { personaBrief } from './persona-brief.ts';
import { personaStory } from './persona-story.ts';
import { personaSureness } from './persona-sureness.ts';

/** What is known of a version of a persona besides its portrait. */
export type ReportAbout = {
  name: string;
  lede: string;
  /** By the id of a claim, how a researcher says it. */
  words: Readonly<Record<string, string>>;
  version: number;
  drawnAt: string;
  /** What its segment may be called; null of one that a rule defines, and of personas without segments. */
  label: SegmentationLabel | null;
  /** Instruments it was made by that were provisional then. */
  provisional: readonly string[];
  segmentClass: string | null;
};
export const KIND_MARKS: Record<PersonaKind, { name: string; meaning: string }> = {
  assumption: {
    name: 'Assumption',
    meaning: 'Nothing was counted or heard yet: what stands here is what somebody expects.',
  },
  qualitative: {
    name: 'From interviews',
    meaning: 'Rests on coded interviews. They say what there is and why, not how many people are like this.',
  },
  quantified: { name: 'From answers', meaning: 'Rests on a segment of the people who answered.' },
};

/** What a persona rests on, as a sheet and a list mark it; of a version that cannot be read, that. */
export const markOf = ({ kind, isDamaged }: Pick<Portrait, 'kind' | 'isDamaged'>): { name: string; meaning: string } =>
  isDamaged
    ? { name: 'Cannot be read', meaning: 'The row of this version is damaged: draw the persona anew.' }
    : KIND_MARKS[kind];

const APART_SHOWN = 8;
const OTHERS_SHOWN = 6;
const THEMES_SHOWN = 8;
const WORDS_SHOWN = 8;

/** Two letters that stand for a name; a question mark where it has none. */
export function glyphOf(name: string): string {
  const glyph = name
    .split(/\s+/)
    .map((word) => [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '')
    .join('');
  return [...glyph].slice(0, 2).join('') || '?';
}

/**
 * The head of a sheet: whom it shows, what it rests on, and how many they are.
 *
 * @example
 * sizeLines({ kind: 'qualitative', size: null, spend: null, interviews: { inside: 9, all: 14 } }) // => ['of 14 people interviewed; no share is claimed of them']
 */
export function sizeLines({
  size,
  spend,
  interviews,
  kind,
  sources,
  isDamaged,
}: Pick<Portrait, 'kind' | 'size' | 'spend' | 'interviews' | 'isDamaged'> &
  Partial<Pick<Portrait, 'sources'>>): string[] {
  if (isDamaged) return [];
  if (kind === 'assumption') return ['nobody was counted for it yet'];
  if (size === null)
    return interviews
      ? [`of ${showNumber(interviews.all)} people interviewed; no share is claimed of them`]
      : ['no share is claimed'];
  return [
    `of respondents (${showPercent(size.share.low, 0)} to ${showPercent(size.share.high, 0)})`,
    `${showNumber(size.n)} of ${showNumber(size.base)} people${size.effectiveBase === null ? '' : `; weighted, they say as much as ${showNumber(size.effectiveBase, 0)}`}`,
    ...(spend
      ? [
          `${showPercent(spend.share, 0)} of revenue (${showNumber(spend.people)} of ${showNumber(spend.of)} people known)`,
        ]
      : []),
    ...(interviews && interviews.inside > 0
      ? [`${showNumber(interviews.inside)} of ${showNumber(interviews.all)} people interviewed`]
      : []),
    ...(size.leftOutByRule ? [`${showNumber(size.leftOutByRule)} asked by a rule are not in this share`] : []),
    ...(size.isAllByRule ? ['all were asked by a rule, which asks a chosen part of people'] : []),
    ...ruleLines(sources),
  ];
}

/** What the rules ask that say who a persona's people are; what they ask is no finding about them. */
export const ruleLines = (sources: Portrait['sources'] | undefined): string[] =>
  (sources?.segments ?? []).flatMap(({ name, asks }) =>
    asks === undefined
      ? []
      : [`chosen by a rule${sources?.segments?.length === 1 ? '' : ` (${name})`}, which asks: ${asks}`],
  );

/** The large figure of a sheet: a share, or how many of those interviewed; empty where nobody was counted. */
export function bigFigure({ size, interviews, kind }: Portrait): string {
  if (size) return showPercent(size.share.share, 0);
  return kind === 'qualitative' && interviews ? showNumber(interviews.inside) : '';
}

function scaleChart(
  id: string,
  title: string,
  scales: readonly PortraitScale[],
  segmentClass: string | null,
): DotsChart {
  const isInput = scales.some(({ evidence }) => evidence.isInput);
  const bases = scales.map(({ evidence }) => evidence.nHere);
  const rest = scales.map(({ evidence }) => evidence.nRest);
  return dots({
    id,
    title,
    rows: scales
      .toSorted((a, b) => b.evidence.difference - a.evidence.difference)
      .map((scale) => ({
        label: scale.name,
        difference: scale.evidence.difference,
        low: scale.evidence.low,
        high: scale.evidence.high,
      })),
    digits: 2,
    zeroLabel: 'everyone else',
    segmentClass,
    note: `Differences of means with 95% intervals, n ${range(bases)} here and ${range(rest)} among everyone else.${isInput ? ' What formed the segment describes it and is not tested.' : ''}`,
  });
}

const range = (counts: readonly number[]): string => {
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return low === high ? showNumber(low) : `${showNumber(low)} to ${showNumber(high)}`;
};

/** A persona as a document: plain data that a page or a print lays out. Parts that nothing is known of are null or empty. */
export type PersonaReport = ReturnType<typeof personaReport>;

/** Lays a portrait out as a report. */
export function personaReport(about: ReportAbout, portrait: Portrait, hrefOf: ClaimHref, saidOf?: SaidOf) {
  const view = (claim: Claim) => claimView(claim, about.words, hrefOf, saidOf);
  const own = (sections: readonly Claim['section'][]) =>
    portrait.claims.filter(({ section }) => sections.includes(section)).map(view);
  const values = portrait.scales.filter(({ isHumanValue }) => isHumanValue);
  const others = portrait.scales.filter(({ isHumanValue }) => !isHumanValue);
  return {
    top: {
      glyph: glyphOf(about.name),
      name: about.name,
      lede: about.lede || portrait.lede,
      mark: markOf(portrait).name,
      meaning: markOf(portrait).meaning,
      share: bigFigure(portrait),
      lines: sizeLines(portrait),
      segmentClass: about.segmentClass,
    },
    brief: personaBrief(portrait, about.words, hrefOf),
    story: personaStory(portrait, view),
    apart: capped(headedOnce(own(['holds', 'says', 'chose'])), APART_SHOWN),
    written: capped(headedOnce(own(['written'])), OTHERS_SHOWN),
    channels: capped(own(['channel']).map(withoutHeading), OTHERS_SHOWN),
    who: capped(own(['who']).map(withoutHeading), OTHERS_SHOWN),
    values:
      values.length > 0 ? scaleChart('values', 'Values, against everyone else', values, about.segmentClass) : null,
    scales:
      others.length > 0 ? scaleChart('scales', 'Scales, against everyone else', others, about.segmentClass) : null,
    themes: portrait.themes.slice(0, THEMES_SHOWN).map((theme) => ({
      label: theme.label,
      here: showPercent(theme.here.share),
      rest: showPercent(theme.rest.share),
      mark: theme.adjustedP !== null && theme.adjustedP < 0.05 ? (theme.here.share > theme.rest.share ? '▲' : '▼') : '',
      n: `${showNumber(theme.nHere)} and ${showNumber(theme.nRest)}`,
    })),
    recognise: recogniseView(portrait),
    words: wordsView(portrait),
    gaps: portrait.gaps.map(({ text, n }) => ({ text, n: n === null ? '' : showNumber(n) })),
    sureness: personaSureness(about, portrait),
    version: about.version,
    drawnAt: about.drawnAt,
  };
}

function recogniseView({ recognise }: Portrait) {
  if (recognise === null) return null;
  const { accuracy, baseline, recall, precision, n, unsure, isPublished } = recognise;
  return {
    questions: recognise.questions.map(({ name, index, direction }) => ({
      name,
      index:
        index === null
          ? direction === null
            ? ''
            : direction === 'higher'
              ? 'answered higher'
              : 'answered lower'
          : `index ${showNumber(index, 0)}`,
    })),
    figures: [
      `These questions place ${showPercent(accuracy.share, 0)} of people in the right segment (${showPercent(accuracy.low, 0)} to ${showPercent(accuracy.high, 0)}, of ${showNumber(n)} who did not help to choose them); always naming the largest segment would be right for ${showPercent(baseline, 0)}.`,
      `Of people like this they find ${showPercent(recall.share, 0)}${precision === null ? '' : `, and of those they name ${showPercent(precision.share, 0)} are`}. ${showPercent(unsure, 0)} stay unsure.`,
      ...(isPublished ? [] : ['They are not in use yet.']),
    ],
  };
}

const wordsView = ({ words }: Portrait) => {
  const views = (list: Portrait['words']['used']) =>
    list.slice(0, WORDS_SHOWN).map((one) => ({
      words: one.words,
      detail: `${showNumber(one.here)} of ${showNumber(one.nHere)} here, ${showNumber(one.rest)} of ${showNumber(one.nRest)} others`,
    }));
  return { used: views(words.used), distrusted: views(words.distrusted) };
};
