import { histogram } from '../../charts/histogram.ts';
import { showNumber, showPercent } from '../../charts/numerals.ts';
import { stackedRows } from '../../charts/stacked-rows.ts';
import { type Item, itemWording, surveyItems } from '../../model/items.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { percentileIn } from '../../scales/loaded-norms.ts';
import { meanIntervalOf } from '../../stats/mean-interval.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import type { InstrumentNorms } from '../../store/instruments.ts';
import type { InstrumentReport, ScaleReport } from '../../workers/tasks/scores.ts';

/** How well one scale measures, as a page shows it. */

export const digits = (value: number | null | undefined, places = 2): string =>
  value === null || value === undefined ? '–' : showNumber(value, places);

/** A figure with its interval, as it stands in a cell. */
export const withInterval = (
  value: number | null | undefined,
  interval: { low: number; high: number } | null,
): string =>
  value === null || value === undefined
    ? '–'
    : `${digits(value)}${interval ? ` (${digits(interval.low)} to ${digits(interval.high)})` : ''}`;

/** With more items their bars are folded away, and the page begins with what is on it. */
const ITEMS_AT_ONCE = 10;

const cell = (text: string) => ({ text, href: null, isNumber: false });
const figure = (text: string) => ({ text, href: null, isNumber: true });

/** Said wherever scores of an instrument show that is still to prove itself. */
export const provisionalNotice = ({ name, provisional }: InstrumentReport) =>
  provisional
    ? {
        kind: 'warn',
        title: 'Provisional scores',
        text: `${name}: ${showNumber(provisional.n)} of ${showNumber(provisional.until)} people scored. Until then nothing here has shown yet that it measures what it is meant to.`,
        links: [],
      }
    : null;

/** What each item of a survey asks. */
export function wordingsOf(definition: SurveyDefinition): Map<string, string> {
  const word = (wording: Record<string, string>) =>
    wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
  const label = (item: Item) => (item.label === null ? itemWording(item, word) : word(item.label));
  return new Map(surveyItems(definition).map((item) => [item.address, label(item)]));
}

function reliabilityTable(scale: ScaleReport) {
  const { reliability } = scale;
  const row = (name: string, value: string, text: string) => ({ cells: [cell(name), figure(value), cell(text)] });
  const n = reliability ? `n ${showNumber(reliability.respondents)}` : '';
  /** How a figure was found; where there is none although people answered, why. */
  const found = (value: number | null | undefined, text: string) =>
    reliability && (value === null || value === undefined) ? `${n}; nothing varies that it could be made of` : text;
  return {
    caption: 'Measures of reliability',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      { label: 'Measure', isNumber: false },
      { label: 'Value (95% interval)', isNumber: true },
      { label: 'How it was found', isNumber: false },
    ],
    rows: [
      row(
        'Cronbach’s alpha',
        withInterval(reliability?.alpha, reliability?.alphaInterval ?? null),
        reliability ? found(reliability.alpha, `${n}; Feldt’s interval`) : (scale.reliabilityReason ?? ''),
      ),
      row(
        'McDonald’s omega total',
        withInterval(scale.omega?.omega, scale.omega?.interval ?? null),
        scale.omega
          ? `${n}; one factor by maximum likelihood${scale.omega.interval ? ', interval over 500 resamples' : ', too few people for an interval'}${scale.omega.isProper ? '' : '; an item has nothing of its own left, so do not rely on it'}`
          : (scale.omegaReason ?? ''),
      ),
      row('Standardised alpha', digits(reliability?.standardisedAlpha), found(reliability?.standardisedAlpha, n)),
      row('Guttman’s lambda 2', digits(scale.lambda2), n && found(scale.lambda2, `${n}; a lower bound`)),
      row('Guttman’s lambda 6', digits(scale.lambda6), n && found(scale.lambda6, `${n}; a lower bound`)),
      ...(scale.items.length === 2
        ? [row('Spearman–Brown', digits(scale.spearmanBrown), `${n}; the pair, from the correlation of its two items`)]
        : []),
      row(
        'Mean correlation between items',
        digits(reliability?.meanCorrelation),
        found(reliability?.meanCorrelation, n),
      ),
      row(
        'Standard error of measurement',
        digits(reliability?.standardErrorOfMeasurement),
        found(
          reliability?.standardErrorOfMeasurement,
          'how far a score typically lies from the true one, in the unit of the mean of the items',
        ),
      ),
    ],
  };
}

function itemTable(scale: ScaleReport, wordings: ReadonlyMap<string, string>) {
  const suspects = new Set(scale.reversed?.suspects.map(({ item }) => item));
  return {
    caption: 'How each item does in the scale',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      { label: 'Item', isNumber: false },
      { label: 'Answered', isNumber: true },
      { label: 'Mean', isNumber: true },
      { label: 'SD', isNumber: true },
      { label: 'With total', isNumber: true },
      { label: 'With the others', isNumber: true },
      { label: 'Alpha without it', isNumber: true },
      { label: 'Beyond the steps', isNumber: true },
    ],
    rows: scale.itemReports.map(({ item, isReversed, answered, statistics, outOfRange }, index) => ({
      cells: [
        cell(
          `${wordings.get(item) ?? item}${isReversed ? ' (reversed)' : ''}${suspects.has(index) ? ' – looks the wrong way round' : ''}`,
        ),
        figure(showNumber(answered)),
        figure(digits(statistics?.mean)),
        figure(digits(statistics?.standardDeviation)),
        figure(digits(statistics?.itemTotal)),
        figure(digits(statistics?.itemRest)),
        figure(digits(statistics?.alphaIfDeleted)),
        figure(showNumber(outOfRange)),
      ],
    })),
  };
}

function answersChart(scale: ScaleReport, wordings: ReadonlyMap<string, string>) {
  const steps = scale.itemReports[0]?.steps.map(({ step }) => step) ?? [];
  const rows = scale.itemReports.filter(
    ({ answered, steps: own }) => answered > 0 && own.length === steps.length && own[0]?.step === steps[0],
  );
  if (rows.length === 0) return null;
  return stackedRows({
    id: 'answers',
    title: 'How each item was answered',
    parts: { labels: steps.map(String), are: 'steps' },
    layout: 'one-bar',
    moreHeadings: ['n'],
    rows: rows.map(({ item, isReversed, answered, steps: own }) => ({
      label: `${wordings.get(item) ?? item}${isReversed ? ' (reversed)' : ''}`,
      value: `n ${showNumber(answered)}`,
      cells: own.map(({ count }) => wilsonInterval(count, answered) ?? { share: 0, low: 0, high: 0 }),
      more: [showNumber(answered)],
    })),
    note: 'As given: reversed items are not turned here. Wilson’s intervals in the table.',
  });
}

/** Where people stand in a population that the operator brought norms of; null without norms for this scale. */
function normsView(scale: ScaleReport, norms: InstrumentNorms | null, values: readonly number[]) {
  const norm = norms?.norms.find((one) => scale.scale.endsWith(`.${one.scale}`));
  if (!norms || !norm || scale.mean === null) return null;
  const placed = values.map((value) => percentileIn(norm, value));
  const bands = [
    { label: 'Below the 25th percentile', count: placed.filter((one) => one < 25).length },
    { label: '25th to under 75th', count: placed.filter((one) => one >= 25 && one < 75).length },
    { label: '75th and above', count: placed.filter((one) => one >= 75).length },
  ];
  return {
    text: `The mean score of ${digits(scale.mean)} stands at the ${ordinal(Math.round(percentileIn(norm, scale.mean)))} percentile of the norms${norm.n === null ? '' : ` (n ${showNumber(norm.n)})`}${norm.kind === 'normal' ? ', taken as normally distributed' : ''}.`,
    source: `${norms.source} (${norms.licence})`,
    table: {
      caption: 'People by percentile of the norms',
      isCaptionHidden: true,
      isStacked: true,
      columns: [
        { label: 'Percentile', isNumber: false },
        { label: 'Share (95% interval)', isNumber: true },
        { label: 'n', isNumber: true },
      ],
      rows: bands.map(({ label, count }) => {
        const share = wilsonInterval(count, placed.length);
        return {
          cells: [
            cell(label),
            figure(
              share ? `${showPercent(share.share)} (${showPercent(share.low)} to ${showPercent(share.high)})` : '–',
            ),
            figure(showNumber(count)),
          ],
        };
      }),
    },
  };
}

const ordinal = (n: number): string =>
  `${n}${n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;

/**
 * One scale's page.
 *
 * @param values what everybody scored, read only where there are norms
 */
export function scaleView(
  scale: ScaleReport,
  definition: SurveyDefinition,
  { norms, values }: { norms: InstrumentNorms | null; values: readonly number[] },
) {
  const wordings = wordingsOf(definition);
  const { reversed } = scale;
  const interval =
    scale.mean === null || scale.standardDeviation === null
      ? null
      : meanIntervalOf({ n: scale.n, mean: scale.mean, variance: scale.standardDeviation ** 2 });
  return {
    isLong: scale.items.length > ITEMS_AT_ONCE,
    itemCount: scale.items.length,
    facts: [
      {
        label: 'Scored',
        value: showNumber(scale.n),
        note: `${scale.minimumAnswered} of ${scale.items.length} items needed`,
      },
      {
        label: 'Mean',
        value: digits(scale.mean),
        note: [
          ...(interval ? [`95% interval ${digits(interval.low)} to ${digits(interval.high)}`] : []),
          ...(scale.score === 'sum' ? ['a sum'] : []),
          ...(scale.centring === 'person-mean' ? ['centred within each person'] : []),
        ].join(', '),
      },
      { label: 'SD', value: digits(scale.standardDeviation), note: null },
      { label: 'Version', value: scale.instrumentVersion, note: `key ${scale.keyHash}` },
    ],
    suspects: (reversed?.suspects ?? []).map(({ item, itemRest, turnedItemRest }) => ({
      item: scale.itemReports[item]?.item ?? '',
      wording: wordings.get(scale.itemReports[item]?.item ?? '') ?? '',
      text: `It correlates ${digits(itemRest)} with the other items, and ${digits(turnedItemRest)} once it is turned.`,
    })),
    turnedText:
      reversed?.turnedAlpha === null || reversed === null
        ? ''
        : `Alpha is ${digits(reversed.alpha)} as the key stands, and would be ${digits(reversed.turnedAlpha)}.`,
    reliability: reliabilityTable(scale),
    items: itemTable(scale, wordings),
    scores:
      scale.bins.length === 0
        ? null
        : histogram({
            id: 'scores',
            title: 'How people score',
            bins: scale.bins,
            unit: 'respondents',
            note: `n ${showNumber(scale.n)}`,
          }),
    answers: answersChart(scale, wordings),
    norms: normsView(scale, norms, values),
  };
}
