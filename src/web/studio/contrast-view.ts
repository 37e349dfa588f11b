import { dots } from '../../charts/dots.ts';
import { showDifference, showPercent } from '../../charts/numerals.ts';
import { BASE_MIN, CELL_MIN, type ContrastRow, FEW_BELOW, type LeftOut } from '../../segments/contrast.ts';
import type { ContrastFound } from '../../workers/tasks/contrast.ts';
import {
  builderWith,
  figureCell as figure,
  rareEventsLine,
  showCount,
  showInterval,
  showP,
  showPoints,
  showShare,
  within,
} from './comparison-place.ts';
import { studyAddress } from './frame.ts';

/** More rows than these do not fit a picture that is to be taken in. */
const DRAWN_MAX = 15;
const SUMMED_MAX = 5;
export const FAMILY_NAMES: Readonly<Record<string, string>> = {
  demographic: 'Demographic',
  geographic: 'Geographic',
  firmographic: 'Firmographic',
  technographic: 'Technographic',
  psychographic: 'Psychographic',
  value: 'Value',
  other: 'Attribute',
  company: 'Company',
  event: 'Event',
  property: 'Event property',
  answer: 'Answer',
  scale: 'Scale score',
  theme: 'Theme',
  persona: 'Persona',
};

/** Where links lead: into the study, to the answers of the survey a segment is of, and to rules for those who may write. */
export type ContrastPlace = {
  study: { publicId: string };
  segment: { publicId: string };
  /** The survey whose responses the segment holds; any when it is null. */
  base: string | null;
  mayWrite: boolean;
};

/** What a finished contrast came to, as its page shows it. */
export function contrastView(place: ContrastPlace, found: ContrastFound) {
  const { people, rows, defining, tested, rate } = found;
  const isFinding = ({ adjustedP }: ContrastRow) => adjustedP !== null && adjustedP <= rate;
  const findings = rows.filter(isFinding);
  const others = rows.filter((row) => !isFinding(row));
  const table = (caption: string, list: readonly ContrastRow[], shownAs: Parameters<typeof contrastTable>[3]) =>
    contrastTable(place, caption, list, shownAs);
  return {
    facts: [
      { label: 'In the segment', value: showCount(people.here), note: `of ${showCount(people.all)}` },
      { label: 'Everyone else', value: showCount(people.rest), note: null },
      { label: 'Unknown, left out', value: showCount(people.unknown), note: null },
      { label: 'Tests', value: showCount(tested), note: null },
      { label: 'Differences found', value: showCount(found.found), note: null },
    ],
    method: `${showCount(tested)} tests were made, two-sided. Differences are held to be real so that at most ${showPercent(rate, 0)} of them are expected to be chance (Benjamini and Hochberg, over all ${showCount(tested)}). Intervals are those of 95%. Shares are compared by Cohen’s h, means by Hedges’ g: 0.2 is small, 0.5 medium, 0.8 large. “Few” stands where a side has fewer than ${FEW_BELOW} people. An association does not say which made which.`,
    chart:
      findings.length === 0
        ? null
        : dots({
            id: 'effects',
            title: 'How far they lie apart',
            rows: findings.slice(0, DRAWN_MAX).map((row) => ({
              label: row.value === null ? row.label : `${row.value} · ${row.label}`,
              difference: row.effect,
              low: row.effectLow,
              high: row.effectHigh,
            })),
            digits: 2,
            zeroLabel: 'everyone else',
            segmentClass: null,
            note:
              findings.length > DRAWN_MAX
                ? `The ${DRAWN_MAX} largest of ${showCount(findings.length)} differences; the tables have ${found.notListed > 0 ? `the ${showCount(rows.length)} largest` : 'them all'}.`
                : null,
          }),
    findings: table('What sets them apart', findings.slice(0, DRAWN_MAX), {
      emptyText: 'Nothing was found in which they differ.',
    }),
    hasSmaller: findings.length > DRAWN_MAX,
    smallerTitle: `${showCount(findings.length - DRAWN_MAX)} more differences, smaller ones`,
    smaller: table('Smaller differences', findings.slice(DRAWN_MAX), { isCaptionHidden: true }),
    hasOthers: others.length > 0,
    othersTitle: `${showCount(others.length)} more, not held to be different`,
    others: table('Looked at, and not held to be different', others, { isCaptionHidden: true }),
    hasDefining: defining.length > 0,
    definingTitle: `${showCount(defining.length)} ${defining.length === 1 ? 'fact' : 'facts'}, not tested`,
    defining: table('Facts that made it', defining, { isCaptionHidden: true }),
    leftOut: [...rareEventsLine(found.events), ...leftOutWords(found.leftOut)],
  };
}

/** The largest differences in a line each, for the segment's own page. */
export function contrastSummary({ rows, rate, tested, found }: ContrastFound, day: string) {
  return {
    text: `${showCount(found)} ${found === 1 ? 'difference' : 'differences'} found in ${showCount(tested)} ${tested === 1 ? 'test' : 'tests'}, as of ${day}.`,
    lines: rows
      .filter(({ adjustedP }) => adjustedP !== null && adjustedP <= rate)
      .slice(0, SUMMED_MAX)
      .map(
        (row) => `${nameOf(row)}: ${shown(row, row.here, row.nHere)}; everyone else ${shown(row, row.rest, row.nRest)}`,
      ),
  };
}

/** What a row is about, in one line. */
export const nameOf = ({ label, value }: Pick<ContrastRow, 'label' | 'value'>): string =>
  value === null ? label : `${label}: ${value}`;

function contrastTable(
  place: ContrastPlace,
  caption: string,
  rows: readonly ContrastRow[],
  { emptyText = '', isCaptionHidden = false },
) {
  return {
    caption,
    isCaptionHidden,
    isStacked: true,
    hasIntervals: true,
    emptyText,
    columns: [
      'What',
      'In the segment',
      'Everyone else',
      'Effect',
      'p, adjusted',
      'Difference',
      'Odds ratio',
      'Kind',
    ].map((label, index, { length }) => ({ label, isNumber: index > 0 && index < length - 1 })),
    rows: rows.map((row) => ({
      cells: [
        { text: nameOf(row), href: behind(place, row), isNumber: false },
        figure(shown(row, row.here, row.nHere)),
        figure(shown(row, row.rest, row.nRest)),
        figure(
          `${row.measure === 'share' ? 'h' : 'g'} ${showDifference(row.effect, 2)} (${showDifference(row.effectLow, 2)} to ${showDifference(row.effectHigh, 2)})`,
        ),
        figure(row.isDefining ? 'not tested' : showP(row.adjustedP)),
        figure(
          row.measure === 'share'
            ? showPoints(row)
            : showInterval({ value: row.difference, low: row.low, high: row.high }, true),
        ),
        figure(
          row.odds && !row.isDefining
            ? showInterval({ value: row.odds.ratio, low: row.odds.low, high: row.odds.high }, false)
            : '–',
        ),
        { text: FAMILY_NAMES[row.family] ?? row.family, href: null, isNumber: false },
      ],
    })),
  };
}

function shown({ measure, isFew }: ContrastRow, figure: ContrastRow['here'], n: number): string {
  const words = measure === 'share' ? showShare(figure, n) : `${showInterval(figure, false)}, n ${showCount(n)}`;
  return `${words}${isFew ? ', few' : ''}`;
}

/** The answers behind a row, or else the people, as a rule. */
function behind({ study, segment, base, mayWrite }: ContrastPlace, { survey, leaf }: ContrastRow): string | null {
  if (survey && (base === null || base === survey.publicId)) {
    const query = new URLSearchParams({ state: 'counted', segment: segment.publicId, q1: survey.item });
    query.set('t1', survey.code === null ? 'answered' : 'is');
    if (survey.code !== null) query.set('v1', survey.code);
    return `${studyAddress(study)}/surveys/${survey.publicId}/responses?${query}`;
  }
  return leaf && mayWrite ? builderWith(study, within(segment.publicId, leaf)) : null;
}

function leftOutWords({ base, cell, expected, flat }: LeftOut): string[] {
  const line = (count: number, words: string) => (count === 0 ? [] : [`${showCount(count)} ${words}`]);
  return [
    ...line(base, `known of fewer than ${BASE_MIN} people on a side`),
    ...line(cell, `values of fewer than ${CELL_MIN} people, or too long to be a category`),
    ...line(expected, 'with fewer than five expected in a corner of the table, or beside the most frequent number'),
    ...line(flat, 'are the same for everybody'),
  ];
}
