import { bars } from '../../charts/bars.ts';
import { showNumber, showPercent } from '../../charts/numerals.ts';
import { alphaWords } from '../../coding/trust.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import type { CheckStratum, ThemeOverride } from '../../store/theme-checks.ts';
import type { Agreement, Interval, ThemeAgreement } from '../../themes/blind-agreement.ts';
import { POSITIVES_WANTED } from '../../themes/blind-sample.ts';

export type CheckResult = {
  found: ThemeAgreement;
  label: string;
  /** What the machine says, from 0 to 1, of all answers. */
  machineShare: number;
  override: ThemeOverride | null;
};

/** Agreement in a word; firm only where it is not likely to be below what can be relied on. */
export function verdictOf({ withMachine: { alpha, low }, found }: ThemeAgreement): string {
  if (alpha === null) return 'cannot be told';
  const few = found < POSITIVES_WANTED ? `, on fewer than ${POSITIVES_WANTED}` : '';
  return `${alphaWords({ value: alpha, low })}${few}`;
}

/** What people who did not know make of the machine's themes, drawn and as a table. */
export function resultsView(results: readonly CheckResult[], said: 'answer' | 'turn') {
  const inOrder = results.toSorted((a, b) => (b.found.share?.share ?? 0) - (a.found.share?.share ?? 0));
  const drawn = inOrder.filter(({ found }) => found.share !== null);
  const isTwice = inOrder.some(({ found }) => found.betweenPeople !== null);
  return {
    chart:
      drawn.length === 0
        ? null
        : bars({
            id: 'corrected-shares',
            title: `Share of all ${said}s, as people see it`,
            rows: drawn.map(({ found: { share, found }, label }) => ({
              label,
              share: share?.share ?? 0,
              count: found,
              low: share?.low ?? null,
              high: share?.high ?? null,
              segmentClass: null,
              mark: null,
            })),
            reference: null,
            note: `Whiskers: 95% interval, with what coding only a part leaves uncertain. Counts are of the ${said}s coded by hand.`,
          }),
    table: {
      caption: 'Each theme, by people and by machine',
      isCaptionHidden: true,
      isStacked: true,
      hasIntervals: true,
      columns: [
        'Theme',
        'So it is',
        'As it stands',
        'By people',
        'Precision',
        'Recall',
        'Alpha',
        'Kappa',
        ...(isTwice ? ['Between people'] : []),
        'Coded so',
      ].map((label, index) => ({ label, isNumber: index > 1 })),
      rows: inOrder.map(({ found, label, machineShare, override }) => ({
        cells: [
          ...[label, override ? `${verdictOf(found)}; used all the same: “${override.reason}”` : verdictOf(found)].map(
            (text) => ({ text, href: null, isNumber: false }),
          ),
          ...[
            percent(machineShare),
            found.share === null
              ? '–'
              : `${percent(found.share.share)} (${percent(found.share.low)} to ${percent(found.share.high)})`,
            percentIn(found.precision),
            percentIn(found.recall),
            showAgreement(found.withMachine),
            found.withMachine.kappa === null ? '–' : showNumber(found.withMachine.kappa, 2),
            ...(isTwice
              ? [found.betweenPeople ? `${showAgreement(found.betweenPeople)}, n ${found.betweenPeople.n}` : '–']
              : []),
            `${found.found} of ${found.coded}`,
          ].map((text) => ({ text, href: null, isNumber: true })),
        ],
      })),
    },
  };
}

/** Alpha with its interval. */
export const showAgreement = ({ alpha, low, high }: Agreement): string =>
  alpha === null
    ? '–'
    : `${showNumber(alpha, 2)}${low === null || high === null ? '' : ` (${showNumber(low, 2)} to ${showNumber(high, 2)})`}`;

/** Whole per cent: intervals are wider than what stands behind the point. */
const percent = (value: number | null): string => (value === null ? '–' : showPercent(value, 0));
const percentIn = (found: Interval | null): string =>
  found === null ? '–' : `${percent(found.value)} (${percent(found.low)} to ${percent(found.high)})`;

/** What a few answers of a large rest cannot tell, in words; nothing where all of it was drawn. */
export function overlookedWords(strata: readonly CheckStratum[], said: 'answer' | 'turn'): string {
  const rest = strata.at(-1);
  const most = rest && rest.drawn < rest.size ? wilsonInterval(0, rest.drawn) : null;
  if (!rest || !most) return '';
  const near = strata.filter(({ isNear }) => isNear);
  const sum = (of: (stratum: CheckStratum) => number) =>
    near.reduce((so, stratum) => so + of(stratum), 0).toLocaleString('en-GB');
  const where =
    near.length === 0
      ? `Of the ${rest.size.toLocaleString('en-GB')} ${said}s that are in none of these themes`
      : `Of ${sum(({ size }) => size)} ${said}s worded like a theme that they are not in ${sum(({ drawn }) => drawn)} were drawn. Of the ${rest.size.toLocaleString('en-GB')} others that are in none of these themes`;
  return `${where} ${rest.drawn.toLocaleString('en-GB')} were drawn: what is overlooked in up to ${showPercent(most.high, 0)} of them may not show. The intervals allow for it, and are wide where few speak of a theme.`;
}
