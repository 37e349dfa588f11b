import { showNumber, showPercent } from '../../charts/numerals.ts';
import type { MeasuredAlpha, MeasuredCode, RoundAgreement } from '../../coding/round-agreement.ts';
import type { TakenRound } from '../../coding/round-marks.ts';
import { AGREEMENT_FIRM, AGREEMENT_MIN, alphaWords } from '../../coding/trust.ts';
import { many, UNITS } from './agreement-place.ts';

/** With fewer uses than this, what an agreement comes to hangs on one or two of them. */
const USED_MIN = 10;

type Within = { value: number; low: number; high: number };
const figure = (found: Within | null): string =>
  found === null ? '–' : `${showNumber(found.value, 2)} (${showNumber(found.low, 2)} to ${showNumber(found.high, 2)})`;
const alphaFigure = (found: MeasuredAlpha | null): string => figure(found && { ...found, value: found.alpha });
const share = (found: { share: number; low: number; high: number }): string =>
  `${showPercent(found.share, 0)} (${showPercent(found.low, 0)} to ${showPercent(found.high, 0)})`;
const cells = (texts: readonly string[], words = 1) =>
  texts.map((text, index) => ({ text, href: null, isNumber: index >= words }));
const columns = (labels: readonly string[], words = 1) =>
  labels.map((label, index) => ({ label, isNumber: index >= words }));

/** What an alpha comes to in a word. */
export function verdictOf({ alpha, used, n }: Pick<MeasuredCode, 'alpha' | 'used' | 'n'>): string {
  if (n === 0) return 'nothing was read by two';
  if (alpha === null) return used === 0 ? 'no variation: never used' : 'no variation: used everywhere';
  return alphaWords({ value: alpha.alpha, low: alpha.low });
}

/** Everything that was measured, as tables and sentences. */
export function numbersView(taken: TakenRound, measured: RoundAgreement) {
  const unit = UNITS[measured.unit];
  const name = (code: number): string => taken.codes[code]?.name ?? 'A code that is gone';
  const coder = (place: number): string => taken.coders[place]?.name ?? 'Somebody who is gone';
  const isTwo = taken.coders.length === 2;
  const rare = measured.codes.filter(({ used, n }) => n > 0 && used > 0 && used < USED_MIN);
  const usedOf = (one: MeasuredCode): string =>
    one.n === 0
      ? '–'
      : `${showPercent(one.used / one.n, 1)}, ${one.used.toLocaleString('en-GB')} of ${one.n.toLocaleString('en-GB')}`;
  return {
    codes: {
      caption: `Agreement code by code, on ${unit.more}`,
      isCaptionHidden: true,
      isStacked: true,
      hasIntervals: true,
      columns: columns(
        [
          'Code',
          'So it is',
          'Alpha',
          `Below ${measured.minimum}`,
          isTwo ? 'Kappa' : 'Fleiss’s kappa',
          'Agree',
          'Used by any of them',
        ],
        2,
      ),
      rows: measured.codes.map((one) => {
        const [pair] = one.pairs;
        const kappa = isTwo ? figure(pair?.kappa ?? null) : one.fleiss === null ? '–' : showNumber(one.fleiss, 2);
        const agree = isTwo && pair ? share(pair.observed) : one.observed === null ? '–' : showPercent(one.observed, 0);
        return {
          cells: cells(
            [
              name(one.code),
              verdictOf(one),
              alphaFigure(one.alpha),
              one.alpha === null ? '–' : showPercent(one.alpha.q, 0),
              kappa,
              agree,
              usedOf(one),
            ],
            2,
          ),
        };
      }),
    },
    pairs: {
      caption: 'Who used a code where, two coders at a time',
      isCaptionHidden: true,
      isStacked: true,
      hasIntervals: true,
      columns: columns(
        [
          'Code',
          ...(isTwo ? [] : ['Coders']),
          'Both',
          isTwo ? `${coder(0)} only` : 'The first only',
          isTwo ? `${coder(1)} only` : 'The second only',
          'Neither',
          ...(isTwo ? [] : ['Agree', 'Kappa']),
          'Prevalence index',
          'Bias index',
          'PABAK',
          'AC1',
          'Holsti',
        ],
        isTwo ? 1 : 2,
      ),
      rows: measured.codes.flatMap((one) =>
        one.pairs.map((pair) => ({
          cells: cells(
            [
              name(one.code),
              ...(isTwo ? [] : [`${coder(pair.first)} and ${coder(pair.second)}`]),
              ...[pair.table.both, pair.table.firstOnly, pair.table.secondOnly, pair.table.neither].map((count) =>
                count.toLocaleString('en-GB'),
              ),
              ...(isTwo ? [] : [share(pair.observed), figure(pair.kappa)]),
              showNumber(pair.prevalence, 2),
              showNumber(pair.bias, 2),
              figure(pair.pabak),
              figure(pair.ac1),
              pair.holsti === null ? '–' : showNumber(pair.holsti, 2),
            ],
            isTwo ? 1 : 2,
          ),
        })),
      ),
    },
    boundaries: {
      caption: 'Where passages begin and end',
      isCaptionHidden: true,
      columns: columns(['Code', 'Alpha of boundaries', 'Passages']),
      rows: [
        ...measured.codes.map((one) => ({
          cells: cells([
            name(one.code),
            one.boundaries.alpha === null ? 'never used' : showNumber(one.boundaries.alpha, 2),
            one.boundaries.units.toLocaleString('en-GB'),
          ]),
        })),
        {
          cells: cells([
            'All codes',
            measured.boundaries.alpha === null ? 'never used' : showNumber(measured.boundaries.alpha, 2),
            measured.boundaries.units.toLocaleString('en-GB'),
          ]),
        },
      ],
    },
    hasBoundaries: measured.unit !== 'answer' && measured.boundaries.texts > 0,
    boundaryNote: `On ${many(measured.boundaries.texts, 'text')} that all coders read, laid end to end.`,
    sets: {
      alpha: alphaFigure(measured.sets),
      verdict:
        measured.sets === null ? 'no variation' : alphaWords({ value: measured.sets.alpha, low: measured.sets.low }),
      q: measured.sets === null ? '–' : showPercent(measured.sets.q, 0),
      same: measured.sameSets === null ? '–' : share(measured.sameSets),
      n: many(measured.texts, 'text'),
    },
    unit: unit.says,
    few: fewWords(
      measured,
      rare.map(({ code }) => name(code)),
    ),
    how: `Krippendorff’s alpha is 1 where all agree and 0 where they agree as chance would have it: firm from ${AGREEMENT_FIRM} on, tentative from ${AGREEMENT_MIN} on, and below that not to be relied on. “Below ${measured.minimum}” is how likely alpha lies below the minimum of this round. Intervals are of 95%: those of alpha from drawing ${measured.unit === 'characters' ? 'whole texts' : unit.more} anew ${measured.resamples.toLocaleString('en-GB')} times, seed ${measured.seed}${measured.unit === 'characters' ? ', and so are all others, since characters of one text hang together' : '; those of kappa, PABAK and AC1 hold for units that stand each by itself, and turns of one talk do not quite'}.`,
  };
}

function fewWords(measured: RoundAgreement, rare: readonly string[]): string {
  const lines = [];
  if (measured.texts < 30)
    lines.push(
      `${many(measured.texts, 'text was', 'texts were')} read by two: too few for narrow intervals. Thirty or more tell more.`,
    );
  if (rare.length > 0)
    lines.push(
      `${rare.map((name) => `“${name}”`).join(', ')}: used in fewer than ${USED_MIN} places, so that one of them more or less changes what is said. Have more words coded, with fewer codes.`,
    );
  return lines.join(' ');
}
