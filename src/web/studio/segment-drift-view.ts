import { showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import { trend } from '../../charts/trend.ts';
import { showDate } from '../../render/helpers.ts';
import {
  DRIFT_P_BELOW,
  DRIFT_PEOPLE_LEAST,
  DRIFT_V_FROM,
  type DriftTest,
  type ShareDrift,
} from '../../segments/segment-drift.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';
import type { DriftLeftOut, DriftResult } from '../../workers/tasks/segment-drift.ts';
import { WAY_NAMES } from './segmentation-inputs.ts';

/** What a look for drift found, as its page says it. */

/** More months than these would run into each other in a picture; the table has them all. */
const MONTHS_DRAWN = 12;
/** Longer names would make a table of people wider than its figures. */
export const HEADING_MOST = 28;

const cell = (text: string) => ({ text, href: null, isNumber: false });
const figure = (text: string) => ({ text, href: null, isNumber: true });
const column = (label: string, isNumber = false) => ({ label, isNumber });

export const shareText = (share: ShareInterval | null): string =>
  share ? `${showPercent(share.share)} (${showPercent(share.low)} to ${showPercent(share.high)})` : '–';
const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
const points = (difference: number): string =>
  `${difference > 0 ? '+' : difference < 0 ? '−' : ''}${showNumber(Math.abs(difference) * 100, 1)}`;
export const changeText = ({ difference, low, high }: { difference: number; low: number; high: number }): string =>
  `${points(difference)} (${points(low)} to ${points(high)})`;

/** A month in three letters, which a picture of twelve has room for. */
const monthName = (month: string): string =>
  new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`));

/** Whom a look left out, in sentences. */
function leftOutLines({ ways, grouped, incomplete, unknown }: DriftLeftOut): string[] {
  const line = (count: number, text: string) =>
    count > 0 ? [`${showNumber(count)} ${count === 1 ? 'response' : 'responses'} left out: ${text}`] : [];
  return [
    ...Object.entries(ways).flatMap(([way, count]) =>
      line(count, `${count === 1 ? 'it came' : 'they came'} ${WAY_NAMES[way as keyof typeof WAY_NAMES].came}`),
    ),
    ...line(grouped, 'by people who were grouped already'),
    ...line(incomplete, 'too much was not answered'),
    ...line(unknown, 'nobody knows how they came to be asked'),
  ];
}

/** Shares of people who came since, by month, beside those of the base. */
function sharesView(id: string, title: string, drift: ShareDrift, names: readonly string[]) {
  const isNone = drift.base.counts.at(-1)! + drift.since.counts.at(-1)! > 0;
  const rows = isNone ? [...names, 'In none'] : names;
  const drawn = drift.months.slice(-MONTHS_DRAWN);
  const point = (n: number, share: ShareInterval) => ({ n, value: share.share, low: share.low, high: share.high });
  return {
    chart: trend({
      id,
      title,
      measure: 'share',
      times: ['Fit', ...drawn.map(({ month }) => monthName(month))],
      rows: rows.map((label, place) => ({
        label,
        points: [
          point(drift.base.n, drift.base.shares[place]!),
          ...drawn.map(({ n, shares }) => point(n, shares[place]!)),
        ],
        change: drift.since.changes[place]!,
      })),
      changeLabel: 'Since, against the base',
      note: `Fit: those whom the version was made of. ${showNumber(drift.base.n)} people in the base, ${showNumber(drift.since.n)} since. Bars are 95% intervals.${drift.months.length > MONTHS_DRAWN ? ` The last ${MONTHS_DRAWN} months are drawn.` : ''}`,
    }),
    changes: {
      caption: `${title}: since, against the base`,
      isCaptionHidden: true,
      isStacked: true,
      columns: [
        column('Segment'),
        column('Base', true),
        column('Since', true),
        column('Change in points (95% interval)', true),
      ],
      rows: rows.map((name, place) => ({
        cells: [
          cell(name),
          figure(shareText(drift.base.shares[place]!)),
          figure(shareText(drift.since.shares[place]!)),
          figure(changeText(drift.since.changes[place]!)),
        ],
      })),
    },
    months: {
      caption: `${title}: month by month`,
      isCaptionHidden: true,
      isStacked: true,
      columns: [
        column('Month'),
        column('n', true),
        ...rows.map((name) => column(name, true)),
        column('V', true),
        column('p, adjusted', true),
      ],
      rows: drift.months.map(({ month, n, shares, test, adjustedP }) => ({
        cells: [
          cell(month),
          figure(showNumber(n)),
          ...rows.map((_, place) => figure(shareText(shares[place]!))),
          figure(test ? showNumber(test.v, 2) : 'too few'),
          figure(test && adjustedP !== null ? pText(adjustedP) : '–'),
        ],
      })),
    },
  };
}

const WINDOWS = { since: 'all since', recent: 'the last 90 days' };
const PLACED = { answers: 'By all their answers', tool: 'By the tool' };

function testsTable({ verdict, answers, tool }: DriftResult) {
  const whole = (test: DriftTest | null | undefined) => (test ? `${showNumber(test.chiSquare, 1)} on ${test.df}` : '–');
  return {
    caption: 'Tests of the shares',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      column('Placed'),
      column('People'),
      column('n', true),
      column('V', true),
      column('Chi-square', true),
      column('p', true),
      column('p, adjusted', true),
      column('Beyond the limits'),
    ],
    emptyText: `Nowhere ${DRIFT_PEOPLE_LEAST} people came since.`,
    rows: verdict.tests.map(({ of, window, n, v, p, adjustedP, isBeyond }) => ({
      cells: [
        cell(PLACED[of]),
        cell(WINDOWS[window]),
        figure(showNumber(n)),
        figure(showNumber(v, 2)),
        figure(whole((of === 'answers' ? answers.drift : tool?.drift)?.[window]?.test)),
        figure(pText(p)),
        figure(pText(adjustedP)),
        cell(isBeyond ? 'yes' : 'no'),
      ],
    })),
  };
}

/** The segment whose share moved most, in words. */
function movedMost(drift: ShareDrift | null, names: readonly string[]): string {
  const changes = drift?.since.changes ?? [];
  const place = changes.reduce(
    (most, change, at) => (Math.abs(change.difference) > Math.abs(changes[most]?.difference ?? 0) ? at : most),
    0,
  );
  const change = changes[place];
  return change ? `most of all of “${names[place] ?? 'in none'}”, by ${changeText(change)} points` : '';
}

export const VERDICT_TITLES: Readonly<Record<DriftResult['verdict']['verdict'], string>> = {
  shares: 'The segments’ shares have moved',
  tool: 'The tool is right less often than it should be',
  both: 'The shares have moved, and the tool is right less often than it should be',
  steady: 'No drift found',
  'too-few': 'Too few people since to tell',
};

function verdictNotice({ verdict, answers, tool }: DriftResult, names: readonly string[]) {
  const beyond = verdict.tests.find(({ isBeyond }) => isBeyond);
  const right = tool?.accuracy.right;
  const lines = [
    ...(beyond
      ? [
          `V is ${showNumber(beyond.v, 2)} (limit ${DRIFT_V_FROM}), p ${pText(beyond.adjustedP)} (limit ${DRIFT_P_BELOW}), n ${showNumber(beyond.n)}: ${movedMost(beyond.of === 'answers' ? answers.drift : (tool?.drift ?? null), names)}.`,
        ]
      : []),
    ...(verdict.isToolBelow && tool && right
      ? [
          `The tool puts ${shareText(right)} of those it tells into the right segment, n ${showNumber(tool.accuracy.told)}; ${showPercent(tool.floor, 0)} is asked for.`,
        ]
      : []),
    ...(verdict.verdict === 'steady'
      ? [
          ...(verdict.tests.length > 0
            ? [
                `No V of ${DRIFT_V_FROM} or more that chance would not explain.${verdict.unseen === null ? '' : ` A share may have moved by up to ${showNumber(verdict.unseen * 100, 1)} points all the same: that is how far the intervals reach.`}`,
              ]
            : []),
          ...(right && tool
            ? [`The tool’s interval, ${shareText(right)}, does not lie below ${showPercent(tool.floor, 0)}.`]
            : []),
        ]
      : []),
    ...(verdict.verdict === 'too-few'
      ? [`It takes ${DRIFT_PEOPLE_LEAST} people who were asked in a way that the base is made of.`]
      : []),
  ];
  return {
    kind: verdict.verdict === 'steady' ? 'good' : verdict.verdict === 'too-few' ? 'info' : 'warn',
    title: VERDICT_TITLES[verdict.verdict],
    text: lines.join(' '),
    links: [],
  };
}

export function driftView(found: DriftResult) {
  const names = found.segments.map(({ name }) => name);
  const { answers, tool } = found;
  return {
    verdict: verdictNotice(found, names),
    looked: `Looked at on ${showDate(found.lookedAt)}; version ${found.version}, accepted on ${showDate(found.acceptedAt)}. Counted: ${found.ways.map((way) => WAY_NAMES[way].name.toLowerCase()).join(', ')}.`,
    tests: testsTable(found),
    answers: answers.drift ? sharesView('by-answers', 'Placed by all their answers', answers.drift, names) : null,
    answersLeftOut: leftOutLines(answers.leftOut),
    tool: tool
      ? {
          name: tool.name,
          shares: tool.drift ? sharesView('by-tool', 'Placed by the tool', tool.drift, names) : null,
          leftOut: leftOutLines(tool.leftOut),
          accuracy:
            tool.accuracy.n === 0
              ? null
              : {
                  facts: [
                    {
                      label: 'Right, of those told',
                      value: shareText(tool.accuracy.right),
                      note: `n ${showNumber(tool.accuracy.told)}; ${showPercent(tool.floor, 0)} is asked for`,
                    },
                    {
                      label: 'Kappa',
                      value: tool.accuracy.kappa
                        ? `${showNumber(tool.accuracy.kappa.kappa, 2)} (${showNumber(tool.accuracy.kappa.low, 2)} to ${showNumber(tool.accuracy.kappa.high, 2)})`
                        : '–',
                      note: `n ${showNumber(tool.accuracy.told)}`,
                    },
                    {
                      label: 'Not sure, so in none',
                      value: shareText(tool.accuracy.unsure),
                      note: `n ${showNumber(tool.accuracy.n)}`,
                    },
                  ],
                  text: `${showNumber(tool.accuracy.n)} people since answered everything, so that their segment is known. Of ${showNumber(tool.asPlaced)} the placement is the one that was kept; of the others the tool read the same answers now.`,
                  confusion: {
                    caption: 'Segment by all answers, and by the tool',
                    isCaptionHidden: true,
                    columns: [
                      column('By all answers'),
                      ...names.map((name) => column(trimLabel(name, HEADING_MOST), true)),
                    ],
                    rows: tool.accuracy.confusion.map((counts, place) => ({
                      cells: [cell(names[place] ?? ''), ...counts.map((count) => figure(showNumber(count)))],
                    })),
                  },
                },
        }
      : null,
  };
}
