import { bars } from '../../charts/bars.ts';
import { chartTable } from '../../charts/marks.ts';
import { showDifference, showNumber, showPercent } from '../../charts/numerals.ts';
import { trend } from '../../charts/trend.ts';
import type { MeasuredItem, MeasuredPoint } from '../../reports/wave-rows.ts';
import { PAIRS_MIN } from '../../reports/wave-rows.ts';
import type { WaveStep } from '../../reports/wave-trends.ts';
import type { SampleOption } from '../../services/samples.ts';
import type { MeasuredSurvey } from '../../workers/tasks/measured-waves.ts';

const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
const column = (label: string, isNumber = true) => ({ label, isNumber });
const choice = (name: string, label: string, options: readonly SampleOption[], chosen: string) => ({
  name,
  label,
  options: options.map((option) => ({ ...option, isChosen: option.value === chosen })),
});

/** The form that says whose figures are shown, and how they are weighted. */
export const measuredChoices = (
  options: { bases: readonly SampleOption[]; weightings: readonly SampleOption[] },
  chosen: { base: string; weighting: string },
) => [
  choice('base', 'Who counts', options.bases, chosen.base),
  choice('weighting', 'Weighted by', options.weightings, chosen.weighting),
];

const showValue = (kind: MeasuredItem['kind'], value: number): string =>
  kind === 'share' ? showPercent(value) : showNumber(value, 2);
const showStep = (kind: MeasuredItem['kind'], value: number): string =>
  kind === 'share' ? `${showDifference(value * 100, 1)} points` : showDifference(value, 2);
const showP = (p: number | null): string => (p === null ? 'too few to test' : p < 0.001 ? '< 0.001' : showNumber(p, 3));
const intervalOf = (kind: MeasuredItem['kind'], { low, high }: Pick<MeasuredPoint, 'low' | 'high'>): string =>
  low === null || high === null ? 'no interval' : `${showValue(kind, low)} to ${showValue(kind, high)}`;

/** Figures of a survey as a whole: for each question a picture with its intervals, and the plain figures beside. */
export function wholeView(measured: MeasuredSurvey, plain: MeasuredSurvey | null) {
  const isWeighted = plain !== null;
  const plainRows = new Map(plain?.items.flatMap(({ rows }) => rows.map((row) => [row.id, row.points[0] ?? null])));
  return {
    ...aboutOf(measured),
    questions: measured.items.map((item, index) => {
      const points = item.rows.flatMap(({ id, label, points: [point] }) => (point ? [{ id, label, point }] : []));
      const table = chartTable(
        `${item.kind === 'share' ? 'Shares' : 'Means'} of “${item.name}”`,
        [
          'Answer',
          item.kind === 'share' ? 'Share' : 'Mean',
          'Interval',
          'n',
          ...(isWeighted ? ['Effective n', 'Unweighted'] : []),
        ],
        points.map(({ id, label, point }) => [
          label,
          showValue(item.kind, point.value),
          intervalOf(item.kind, point),
          showNumber(point.n),
          ...(isWeighted
            ? [
                showNumber(point.effectiveN, 1),
                plainRows.get(id) ? showValue(item.kind, plainRows.get(id)!.value) : '–',
              ]
            : []),
        ]),
      );
      const chart =
        item.kind === 'share'
          ? {
              ...bars({
                id: `measured-${index}`,
                title: `Shares of those who answered`,
                rows: points.map(({ label, point }) => ({
                  label,
                  share: point.value,
                  count: null,
                  low: point.low,
                  high: point.high,
                  segmentClass: null,
                  mark: null,
                })),
                reference: null,
                note: null,
              }),
              table: { ...table, isCaptionHidden: true },
            }
          : null;
      const [first] = points;
      return {
        id: `measured-question-${index}`,
        text: item.name,
        chart,
        words:
          item.kind === 'mean' && first
            ? `Mean ${showValue('mean', first.point.value)} (${intervalOf('mean', first.point)}), n ${showNumber(first.point.n)}${isWeighted ? `, effective n ${showNumber(first.point.effectiveN, 1)}; unweighted ${plainRows.get(first.id) ? showValue('mean', plainRows.get(first.id)!.value) : '–'}` : ''}.`
            : null,
      };
    }),
  };
}

const aboutOf = (measured: MeasuredSurvey) => ({
  base: measured.base,
  weighting: measured.weighting ?? 'Not weighted: every response counts alike.',
  notes: measured.notes.map((note) => `${note}.`),
});

/** Waves beside each other: lines with intervals for each question, and every step tested. */
export function trendsView(measured: MeasuredSurvey) {
  const { waves, items } = measured;
  const isWeighted = measured.weighting !== null;
  const nameOf = (wave: number) => waves[wave]?.name ?? '';
  const times = waves.map(({ name, number }) => (waves.length > 3 ? `Wave ${number}` : name));
  const hasPairs = items.some(({ both }) => both.some(({ n }) => n >= PAIRS_MIN));
  return {
    ...aboutOf(measured),
    waves: {
      caption: 'The waves',
      columns: [column('Wave', false), column('n'), ...(isWeighted ? [column('Effective n')] : [])],
      rows: waves.map(({ name, number, n, effectiveN }) => ({
        cells: [
          cell(`${number} ${name}`, false),
          cell(showNumber(n)),
          ...(isWeighted ? [cell(showNumber(effectiveN, 1))] : []),
        ],
      })),
    },
    tests: countTests(items),
    pairs: hasPairs
      ? `Where ${PAIRS_MIN} or more people answered both waves, the test takes them as the same people: it counts how their two answers go together, and beside them those who answered once (for means a t test of partly overlapping samples, for shares z with their covariance).`
      : `Waves are taken as separate samples (for means Welch’s t, for shares z): fewer than ${PAIRS_MIN} people are known to have answered two of them, or their answers do not vary.`,
    questions: items.map((item, index) => ({
      id: `trend-question-${index}`,
      text: item.name,
      chart: trend({
        id: `trend-${index}`,
        title: item.kind === 'share' ? 'Shares of those who answered' : 'Means of those who answered',
        measure: item.kind === 'share' ? 'share' : 'number',
        times,
        rows: item.rows.map(({ label, points, trend: found }) => ({
          label,
          points,
          change: found?.steps.at(-1) ?? null,
        })),
        changeLabel: changeLabel(item, nameOf),
        note: null,
      }),
      clear: clearSteps(item, nameOf),
      steps: {
        caption: `Every step of “${item.name}”`,
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          column('Answer', false),
          column('From and to', false),
          column('Difference'),
          column('95% interval'),
          column('p, adjusted'),
          column('p'),
          column('In both'),
        ],
        rows: item.rows.flatMap(({ label, trend: found }) =>
          (found?.steps ?? []).map((step) => ({
            cells: [
              cell(label, false),
              cell(`${nameOf(step.from)} to ${nameOf(step.to)}`, false),
              cell(showStep(item.kind, step.difference)),
              cell(`${showStep(item.kind, step.low)} to ${showStep(item.kind, step.high)}`),
              cell(showP(step.adjustedP)),
              cell(showP(step.p)),
              cell(step.paired > 0 ? showNumber(step.paired) : 'separate'),
            ],
          })),
        ),
      },
      slopes: item.rows.flatMap(({ label, trend: found }) =>
        found?.trend
          ? [
              `${label}: ${showStep(item.kind, found.trend.slope)} from wave to wave (${showStep(item.kind, found.trend.low)} to ${showStep(item.kind, found.trend.high)}), p ${showP(found.trend.adjustedP)} adjusted`,
            ]
          : [],
      ),
    })),
  };
}

function changeLabel(item: MeasuredItem, nameOf: (wave: number) => string): string {
  const last = item.rows.flatMap(({ trend: found }) => found?.steps.at(-1) ?? [])[0];
  return last ? `${nameOf(last.to)} against ${nameOf(last.from)}` : 'Change';
}

const isClear = ({ adjustedP }: Pick<WaveStep, 'adjustedP'>) => adjustedP !== null && adjustedP < 0.05;

function clearSteps(item: MeasuredItem, nameOf: (wave: number) => string): string {
  const clear = item.rows.flatMap(({ label, trend: found }) =>
    (found?.steps ?? [])
      .filter(isClear)
      .map(
        (step) => `${label} ${showStep(item.kind, step.difference)} from ${nameOf(step.from)} to ${nameOf(step.to)}`,
      ),
  );
  return clear.length > 0
    ? `Changed: ${clear.join('; ')}.`
    : 'No step stands out once all tests are adjusted together.';
}

function countTests(items: readonly MeasuredItem[]): string {
  const rows = items.flatMap((item) => item.rows.flatMap(({ trend: found }) => (found ? [found] : [])));
  const tests = rows.flatMap(({ steps, trend: slope }) => [
    ...steps.map(({ adjustedP }) => adjustedP),
    ...(slope ? [slope.adjustedP] : []),
  ]);
  const tested = tests.filter((p) => p !== null);
  const clear = tested.filter((p) => p < 0.05).length;
  return `${showNumber(tested.length)} ${tested.length === 1 ? 'test' : 'tests'} on this page, adjusted together by Benjamini and Hochberg; ${showNumber(clear)} stand${clear === 1 ? 's' : ''} out at 5%.`;
}

type PlainCell = string | number | null;

/** The trends as rows of a sheet: each answer in each wave, then each step; shares from 0 to 1. */
export function trendsTable(measured: MeasuredSurvey): { header: string[]; rows: PlainCell[][]; notes: string[] } {
  const nameOf = (wave: number) => measured.waves[wave]?.name ?? '';
  const nothing = (cells: number): PlainCell[] => Array.from({ length: cells }, () => null);
  return {
    header: [
      'Question',
      'Answer',
      'Measure',
      'Wave',
      'n',
      'Effective n',
      'Value',
      'Low',
      'High',
      'Against',
      'Difference',
      'Difference low',
      'Difference high',
      'p',
      'p adjusted',
      'In both waves',
    ],
    rows: measured.items.flatMap(({ name, kind, rows }) =>
      rows.flatMap(({ label, points, trend: found }) => [
        ...points.flatMap((point, wave): PlainCell[][] =>
          point === null
            ? []
            : [
                [
                  ...[name, label, kind, nameOf(wave)],
                  ...[point.n, point.effectiveN, point.value, point.low, point.high],
                  ...nothing(7),
                ],
              ],
        ),
        ...(found?.steps ?? []).map((step): PlainCell[] => [
          ...[name, label, kind, nameOf(step.to)],
          ...nothing(5),
          ...[nameOf(step.from), step.difference, step.low, step.high, step.p, step.adjustedP],
          step.paired,
        ]),
      ]),
    ),
    notes: [
      measured.base,
      measured.weighting ?? 'Not weighted: every response counts alike.',
      ...measured.notes,
      countTests(measured.items),
    ],
  };
}
