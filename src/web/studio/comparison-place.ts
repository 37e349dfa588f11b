import type { Request } from 'express';
import { showDifference, showNumber, showPercent } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import type { Rule, RuleLeaf } from '../../model/rule.ts';
import type { Comparison } from '../../store/comparisons.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';

export const comparisonAddress = (study: { publicId: string }, comparison: { publicId: string }): string =>
  `${studyAddress(study)}/comparisons/${comparison.publicId}`;

/** The comparison that an address names. */
export async function comparisonOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<Comparison> {
  const comparison = await verbatim.store.comparisons.find(study.id, String(req.params['comparison']));
  if (!comparison)
    throw new Problem('not-found', 'There is no such comparison in this study', {
      detail: 'The oldest are let go. Begin it again',
    });
  return comparison;
}

export const isUnderway = ({ state }: Pick<Comparison, 'state'>): boolean => state === 'queued' || state === 'running';

/** The rule builder, filled with a rule: it shows whom the rule finds, and can keep it as a segment. */
export const builderWith = (study: { publicId: string }, rule: Rule, name = ''): string =>
  `${studyAddress(study)}/segments/define?${new URLSearchParams({ rule: JSON.stringify(rule), ...(name === '' ? {} : { name }) })}`;

/** Those of a segment for whom a leaf holds. */
export const within = (segmentPublicId: string, leaf: RuleLeaf): Rule => ({
  all: [{ segment: segmentPublicId }, leaf],
});

const NO_BREAK = '\u00a0';
/** A cell of figures, which breaks between a figure, its interval and its n, and nowhere else. */
export const figureCell = (text: string) => ({
  text: text.replaceAll(/\([^)]*\)|\b[nhg] |(?<=\d) points/g, (part) => part.replaceAll(' ', NO_BREAK)),
  href: null,
  isNumber: true,
});

/** A probability as people read it; none is so small that it is naught. */
export const showP = (p: number | null): string => (p === null ? '–' : p < 0.001 ? 'below 0.001' : p.toFixed(3));

export const showCount = (n: number): string => n.toLocaleString('en-GB');

/** A share with its interval, and of how many it is. */
export const showShare = (
  { value, low, high }: { value: number; low: number; high: number },
  n: number | null,
): string =>
  `${showPercent(value)} (${showNumber(low * 100, 1)} to ${showNumber(high * 100, 1)})${n === null ? '' : `, n ${showCount(n)}`}`;

/** A number with its interval, all to the same digit: three figures of the largest. */
export function showInterval(
  { value, low, high }: { value: number; low: number; high: number },
  isSigned: boolean,
): string {
  const largest = Math.max(...[value, low, high].map(Math.abs));
  const digits = largest === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(largest))));
  const show = (one: number) => (isSigned ? showDifference(one, digits) : showNumber(one, digits));
  return `${show(value)} (${show(low)} to ${show(high)})`;
}

/** What is said where there are more names of events than are looked at. */
export const rareEventsLine = (events: { all: number; looked: number } | undefined): string[] =>
  events === undefined || events.all <= events.looked
    ? []
    : [
        `${showCount(events.all - events.looked)} of ${showCount(events.all)} names of events: the ${showCount(events.looked)} that happened most often were looked at`,
      ];

/** A difference of shares in percentage points. */
export const showPoints = ({ difference, low, high }: { difference: number; low: number; high: number }): string =>
  `${showDifference(difference * 100, 1)} points (${showDifference(low * 100, 1)} to ${showDifference(high * 100, 1)})`;
