import { dots } from '../../charts/dots.ts';
import { showPercent } from '../../charts/numerals.ts';
import type { BeforeQuestion } from '../../model/before-question.ts';
import { OPERATORS } from '../../rules/describe-leaf.ts';
import type { BeforeRow } from '../../segments/before.ts';
import { BASE_MIN, CELL_MIN } from '../../segments/contrast.ts';
import { ACTIVITY_DAYS } from '../../segments/matched-sets.ts';
import type { BeforeFound } from '../../workers/tasks/before.ts';
import {
  builderWith,
  figureCell as figure,
  rareEventsLine,
  showCount,
  showInterval,
  showP,
  showPoints,
  showShare,
} from './comparison-place.ts';
import { nameOf } from './contrast-view.ts';

const DRAWN_MAX = 15;
const FAMILIES = { event: 'Event', survey: 'Survey', attribute: 'Attribute' } as const;

/** An outcome in words. */
export function outcomeWords({ event, where }: Pick<BeforeQuestion, 'event' | 'where'>): string {
  const conditions = where.map(
    ({ property, op, value }) => `${property.replaceAll('_', ' ')} ${OPERATORS[op]} ${String(value ?? '')}`,
  );
  return `“${event}”${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}`;
}

/** What came before an outcome, as its page shows it. */
export function beforeView(
  place: { study: { publicId: string }; mayWrite: boolean },
  settings: BeforeQuestion,
  seed: number,
  found: BeforeFound,
) {
  const { people, rows, defining, tested, rate, leftOut } = found;
  const isFinding = ({ adjustedP }: BeforeRow) => adjustedP !== null && adjustedP <= rate;
  const findings = rows.filter(isFinding);
  const others = rows.filter((row) => !isFinding(row));
  const line = (count: number, one: string, many: string, words: string) =>
    count === 0 ? [] : [`${showCount(count)} ${count === 1 ? one : many} ${words}`];
  const peopleLine = (count: number, one: string, many: string, words: string) =>
    line(count, `person who came to it ${one}`, `people who came to it ${many}`, words);
  return {
    mayWrite: place.mayWrite,
    facts: [
      { label: 'Came to it', value: showCount(people.came), note: `of ${showCount(people.all)}` },
      { label: 'Compared', value: showCount(people.cases), note: null },
      { label: 'With others like them', value: showCount(found.controls), note: null },
      { label: 'Tests', value: showCount(tested), note: null },
      { label: 'Differences found', value: showCount(found.found), note: null },
    ],
    warning:
      'An association, not a cause: what came before may go with what made people come to it, or be a step on the way there.',
    method: `Each person who came to it is compared with at most ${settings.controls} others, drawn by chance (seed ${seed}) from those who had not come to it by that moment, have been known since the same month, and were in the same fifth by how much they did in the ${ACTIVITY_DAYS} days before the ${settings.days} that are looked at. Differences and odds ratios are those within these sets (Mantel and Haenszel), intervals are those of 95%. ${showCount(tested)} tests were made, two-sided; differences are held to be real so that at most ${showPercent(rate, 0)} of them are expected to be chance (Benjamini and Hochberg).`,
    chart:
      findings.length === 0
        ? null
        : dots({
            id: 'before-differences',
            title: 'Difference in percentage points',
            rows: findings.slice(0, DRAWN_MAX).map((row) => ({
              label: nameOf(row),
              difference: row.difference * 100,
              low: row.low * 100,
              high: row.high * 100,
            })),
            digits: 1,
            zeroLabel: 'others like them',
            segmentClass: null,
            note:
              findings.length > DRAWN_MAX
                ? `The ${DRAWN_MAX} largest of ${showCount(findings.length)} are drawn.`
                : null,
          }),
    findings: beforeTable(place, 'What came before more or less often', findings, {
      emptyText: 'Nothing was found that came before it more or less often.',
    }),
    hasOthers: others.length > 0,
    othersTitle: `${showCount(others.length)} more, not held to be different`,
    others: beforeTable(place, 'Looked at, and not held to be different', others, { isCaptionHidden: true }),
    hasDefining: defining.length > 0,
    defining: beforeTable(place, 'The outcome itself, before', defining, { isCaptionHidden: true }),
    leftOut: [
      ...peopleLine(people.tooNew, 'was', 'were', `not known ${settings.days} days before`),
      ...peopleLine(people.alone, 'had', 'had', 'nobody like them who had not'),
      ...peopleLine(people.notDrawn, 'was', 'were', 'not drawn, since there are so many'),
      ...rareEventsLine(found.events),
      ...line(leftOut.base, 'thing', 'things', `known of fewer than ${BASE_MIN} people on a side`),
      ...line(leftOut.cell, 'thing', 'things', `that fewer than ${CELL_MIN} people had`),
      ...line(leftOut.margin, 'thing', 'things', 'too rare or too common for the test (Mantel and Fleiss)'),
    ],
  };
}

function beforeTable(
  { study, mayWrite }: { study: { publicId: string }; mayWrite: boolean },
  caption: string,
  rows: readonly BeforeRow[],
  { emptyText = '', isCaptionHidden = false },
) {
  const figureOf = ({ share: value, low, high }: BeforeRow['cases']) => ({ value, low, high });
  return {
    caption,
    isCaptionHidden,
    isStacked: true,
    hasIntervals: true,
    emptyText,
    columns: ['What', 'Before the outcome', 'Others like them', 'Difference', 'p, adjusted', 'Odds ratio', 'Kind'].map(
      (label, index, { length }) => ({ label, isNumber: index > 0 && index < length - 1 }),
    ),
    rows: rows.map((row) => ({
      cells: [
        {
          text: nameOf(row),
          href: row.leaf && mayWrite ? builderWith(study, { all: [row.leaf] }, nameOf(row).slice(0, 200)) : null,
          isNumber: false,
        },
        figure(`${showShare(figureOf(row.cases), row.nCases)}${row.isFew ? ', few' : ''}`),
        figure(showShare(figureOf(row.controls), row.nControls)),
        figure(showPoints(row)),
        figure(row.isDefining ? 'not tested' : showP(row.adjustedP)),
        figure(row.odds ? showInterval({ value: row.odds.ratio, low: row.odds.low, high: row.odds.high }, false) : '–'),
        { text: FAMILIES[row.family], href: null, isNumber: false },
      ],
    })),
  };
}
