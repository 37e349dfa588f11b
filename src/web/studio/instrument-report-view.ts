import { circle } from '../../charts/circle.ts';
import { showNumber, showPercent } from '../../charts/numerals.ts';
import { scree } from '../../charts/scree.ts';
import type { ExploredFactors } from '../../scales/explore-factors.ts';
import { meanIntervalOf } from '../../stats/mean-interval.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import type { InstrumentReport, ScaleReport } from '../../workers/tasks/scores.ts';
import { digits, withInterval } from './scale-report-view.ts';

/** What an instrument's report shows of all its scales together. */

const cell = (text: string) => ({ text, href: null, isNumber: false });
const figure = (text: string) => ({ text, href: null, isNumber: true });
/** Smaller loadings are seldom worth a name. */
const LOADING_SHOWN = 0.3;

/** A table of more items than these is folded away. */
const LOADINGS_AT_ONCE = 30;

const pWords = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** How people used the steps: one answer to everything, agreeing with opposites, answers beyond the steps. */
function styleTable({ style, caught, hasCatches }: InstrumentReport, scales: readonly ScaleReport[], n: number) {
  const { straightLining, acquiescence, judged } = style;
  const items = new Map(scales.flatMap(({ itemReports }) => itemReports.map((one) => [one.item, one])));
  const beyond = [...items.values()].reduce((sum, { outOfRange }) => sum + outOfRange, 0);
  const given = [...items.values()].reduce((sum, { answered, outOfRange }) => sum + answered + outOfRange, 0);
  const leaning =
    acquiescence && acquiescence.standardDeviation !== null
      ? meanIntervalOf({ n: acquiescence.n, mean: acquiescence.mean, variance: acquiescence.standardDeviation ** 2 })
      : null;
  const share = (count: number, of: number) => {
    const found = wilsonInterval(count, of);
    return found === null
      ? '–'
      : `${showPercent(found.share)} (${showPercent(found.low)} to ${showPercent(found.high)})`;
  };
  const row = (name: string, value: string, text: string) => ({ cells: [cell(name), figure(value), cell(text)] });
  return {
    caption: 'Signs of how people answered',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      { label: 'Sign', isNumber: false },
      { label: 'Value (95% interval)', isNumber: true },
      { label: 'What it means', isNumber: false },
    ],
    rows: [
      row(
        'Straight-lining',
        straightLining ? share(straightLining.count, judged) : '–',
        straightLining
          ? `${showNumber(straightLining.count)} of ${showNumber(judged)} gave one answer to everything, or to more than 16 of 21 of a long list`
          : 'nobody answered five items',
      ),
      row(
        'Acquiescence',
        withInterval(acquiescence?.mean, leaning),
        acquiescence
          ? `steps from the middle towards agreeing whatever is said, over items both ways round; SD ${digits(acquiescence.standardDeviation)}, n ${showNumber(acquiescence.n)}`
          : 'no scale has items both ways round',
      ),
      row(
        'Answers beyond the steps',
        share(beyond, given),
        given > 0
          ? `${showNumber(beyond)} of ${showNumber(given)} answers; they count as not answered`
          : 'nobody answered a scored item',
      ),
      ...(hasCatches
        ? [
            row(
              'Did not read',
              share(caught, n),
              `${showNumber(caught)} of ${showNumber(n)} failed an item that shows who reads, and have no scores`,
            ),
          ]
        : []),
    ],
  };
}

function circleView({ circle: found, circleReason, isCircumplex }: InstrumentReport, scales: readonly ScaleReport[]) {
  if (!isCircumplex) return null;
  const name = (code: string) => scales.find(({ scale }) => scale.endsWith(`.${code}`))?.name ?? code;
  const pairs = scales.filter(({ spearmanBrown }) => spearmanBrown !== null);
  return {
    reason: circleReason,
    verdict: found
      ? {
          kind: found.holds ? 'good' : 'warn',
          title: found.holds ? 'The values stand in their order' : 'The values do not stand in their order here',
          text: `The places agree with the theoretical circle to ${digits(found.congruence)} (1 is exact, 0.80 is asked for); against ${showNumber(found.permutations)} random orders, ${pWords(found.p)}. n ${showNumber(found.n)}.`,
          links: [],
        }
      : null,
    chart: found
      ? circle({
          id: 'circle',
          title: 'Where the values were found',
          points: found.values.map(({ code, expected, observed, distance }) => ({
            label: name(code),
            expected,
            observed,
            distance,
          })),
          note: `Names stand where Schwartz’s theory puts them, points where classical scaling of √(2(1 − r)) of the centred scores does. Two dimensions hold ${showPercent(found.planeShare, 0)} of the distances.`,
        })
      : null,
    pairs:
      pairs.length === 0
        ? null
        : {
            caption: 'Reliability of each pair',
            isCaptionHidden: true,
            isStacked: true,
            columns: [
              { label: 'Value', isNumber: false },
              { label: 'Spearman–Brown', isNumber: true },
              { label: 'n', isNumber: true },
            ],
            rows: pairs.map((scale) => ({
              cells: [
                cell(scale.name),
                figure(digits(scale.spearmanBrown)),
                figure(showNumber(scale.reliability?.respondents ?? 0)),
              ],
            })),
          },
  };
}

function factorsView(found: ExploredFactors, wordings: ReadonlyMap<string, string>) {
  const names = found.explained.map((_, index) => `F${index + 1}`);
  const isOblique = found.rotation === 'promax' && found.factors > 1;
  return {
    text: `${showNumber(found.factors)} ${found.factors === 1 ? 'factor' : 'factors'}${found.isSuggested ? ', as many as stand out by parallel analysis' : `, as asked for; ${showNumber(found.parallel.factors)} stand out by parallel analysis`}. ${found.method === 'ml' ? 'Maximum likelihood' : 'Minimum residuals'}, ${found.factors === 1 ? 'not rotated' : found.rotation}. n ${showNumber(found.n)}, sampling adequacy (KMO) ${digits(found.samplingAdequacy)}.${
      found.chiSquare?.p === null || found.chiSquare === null
        ? ''
        : ` Chi-square ${digits(found.chiSquare.chiSquare)} on ${found.chiSquare.degreesOfFreedom} degrees of freedom, ${pWords(found.chiSquare.p)}: small p says that more is shared than these factors explain.`
    }`,
    warnings: found.warnings,
    scree: scree({
      id: 'scree',
      title: 'How many factors stand out',
      eigenvalues: found.parallel.eigenvalues,
      note: `Solid: eigenvalues found. Dashed: the 95th percentile over ${showNumber(found.parallel.draws)} draws of answers that have nothing to do with each other. Filled marks lie above it.`,
    }),
    loadings: {
      caption: isOblique ? 'Loadings (pattern)' : 'Loadings',
      isCaptionHidden: true,
      columns: [
        { label: 'Item', isNumber: false },
        ...names.map((label) => ({ label, isNumber: true })),
        { label: 'Own', isNumber: true },
      ],
      rows: [
        ...found.items.map((item, index) => ({
          cells: [
            cell(wordings.get(item) ?? item),
            ...(found.loadings[index] ?? []).map((loading) =>
              figure(Math.abs(loading) < LOADING_SHOWN ? '·' : digits(loading)),
            ),
            figure(digits(found.uniquenesses[index])),
          ],
        })),
        {
          cells: [cell('Share of variance'), ...found.explained.map((share) => figure(showPercent(share))), figure('')],
        },
      ],
    },
    isLong: found.items.length > LOADINGS_AT_ONCE,
    itemCount: found.items.length,
    loadingsNote: `A dot is a loading under ${LOADING_SHOWN}. “Own” is the share of an item’s variance that no factor explains.`,
    correlations: isOblique
      ? {
          caption: 'Correlations of factors',
          isCaptionHidden: true,
          columns: [{ label: 'Factor', isNumber: false }, ...names.map((label) => ({ label, isNumber: true }))],
          rows: found.factorCorrelations.map((row, index) => ({
            cells: [cell(names[index] ?? ''), ...row.map((r) => figure(digits(r)))],
          })),
        }
      : null,
  };
}

export function instrumentReportView(
  report: InstrumentReport,
  scales: readonly ScaleReport[],
  n: number,
  wordings: ReadonlyMap<string, string>,
) {
  return {
    facts: [
      { label: 'Responses', value: showNumber(n), note: null },
      { label: 'Version', value: report.version, note: `key ${report.keyHash}` },
    ],
    licence: report.licence,
    style: styleTable(report, scales, n),
    circle: circleView(report, scales),
    mayExplore: !report.isCircumplex && scales.every(({ centring }) => centring === 'none'),
    factors: report.factors ? factorsView(report.factors, wordings) : null,
    factorsReason: report.factorsReason,
  };
}
