import { bars } from '../../charts/bars.ts';
import { line } from '../../charts/line.ts';
import { showDifference, showNumber, showPercent } from '../../charts/numerals.ts';
import { trend } from '../../charts/trend.ts';
import { wallTime } from '../../model/zoned-time.ts';
import { showDate } from '../../render/helpers.ts';
import type { FieldworkFigures } from '../../reports/fieldwork-figures.ts';
import type { Forecast } from '../../reports/fieldwork-forecast.ts';
import type { ComparedItem } from '../../reports/wave-comparison.ts';
import type { FieldworkReport, WaveFigures } from '../../services/fieldwork-report.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';

/** What every page's table is made of. */
const cell = (text: string, isNumber = true, href: string | null = null) => ({ text, href, isNumber });
const column = (label: string, isNumber = true) => ({ label, isNumber });

const withInterval = (rate: ShareInterval): string =>
  `${showPercent(rate.share)} (95% interval ${showPercent(rate.low)} to ${showPercent(rate.high)})`;

/** A forecast in words that claim no more than is known. */
export function forecastText(forecast: Forecast): string {
  switch (forecast.state) {
    case 'full':
      return 'Full';
    case 'no-limit':
      return 'No target';
    case 'closed':
      return 'Takes no answers just now';
    case 'quiet':
      return 'None came in the last 7 days';
    case 'too-few':
      return 'Too few in the last 7 days to say';
    case 'not-at-this-pace':
      return `Not at this pace of ${showNumber(forecast.perDay, 1)} a day`;
    case 'by': {
      const latest = forecast.latest ? showDate(forecast.latest) : 'years from now';
      return `About ${showDate(forecast.day)}, at ${showNumber(forecast.perDay, 1)} a day (${showDate(forecast.earliest)} to ${latest})`;
    }
  }
}

const minutesText = (minutes: number): string =>
  minutes < 0.1 ? 'less than 0.1' : showNumber(minutes, minutes < 10 ? 1 : 0);

/** The fieldwork page: what came in, how fast, in which waves, cells and by whom. */
export function fieldworkPage(
  at: string,
  mayWrite: boolean,
  zone: string,
  overview: Awaited<ReturnType<FieldworkReport['overview']>>,
) {
  const { figures, invited, medianMinutes, waves, quotas, days } = overview;
  const fact = (label: string, value: number, note: string | null = null) => ({
    label,
    value: showNumber(value),
    note,
  });
  return {
    at,
    mayWrite,
    isEmpty: figures.begun === 0 && figures.test === 0 && overview.imported === 0,
    facts: [
      ...(invited > 0 ? [fact('Invited', invited, 'with a personal link')] : []),
      fact('Begun', figures.begun, figures.underWay > 0 ? `${showNumber(figures.underWay)} under way` : null),
      fact('Completed', figures.completed),
      fact('Screened out', figures.screenedOut),
      fact('Quota full', figures.quotaFull),
      fact('Withdrawn', figures.withdrawn),
      fact('Left out', figures.leftOut, 'by researchers'),
      fact('Test', figures.test, 'counted nowhere'),
      ...(overview.imported > 0 ? [fact('Imported', overview.imported, 'not counted above')] : []),
    ],
    rate: overview.rate ? withInterval(overview.rate) : '',
    breakOff: figures.breakOffRate ? withInterval(figures.breakOffRate) : '',
    breakOffOf: showNumber(figures.breakOffBase),
    median: medianMinutes === null ? '' : minutesText(medianMinutes),
    perDay:
      days.length > 0
        ? line({
            id: 'per-day',
            title: 'Completed, all in all',
            points: days.map(({ day, total }) => ({ label: showDate(day), value: total })),
            unit: 'completed',
            note: 'Days in UTC.',
          })
        : null,
    waves: waves.length > 0 ? wavesTable(at, mayWrite, zone, waves) : null,
    mayCompare: waves.filter((wave) => wave.figures.completed > 0).length > 1,
    quotas: quotas.length > 0 ? quotasView(quotas) : null,
    sources: sortTable('By source', 'Source', overview.sources, 'no source in the address'),
    hasSources: overview.sources.some((sort) => sort.name !== ''),
    suppliers: overview.suppliers.length > 0 ? suppliersTable(overview.suppliers) : null,
  };
}

function wavesTable(at: string, mayWrite: boolean, zone: string, waves: readonly WaveFigures[]) {
  const day = (instant: string) => showDate(wallTime(instant, zone).slice(0, 10));
  return {
    caption: 'Every wave so far',
    isStacked: true,
    isCaptionHidden: true,
    columns: [
      column('Wave', false),
      column(`Time in ${zone.replaceAll('_', ' ')}`, false),
      column('Invited'),
      column('Begun'),
      column('Completed'),
      column('Response rate', false),
      column('Break-off', false),
      column('Cost of each'),
      column('Target reached', false),
    ],
    rows: waves.map(({ wave, figures, invited, invitedFrom, rate, cost, forecast }) => ({
      cells: [
        cell(`${wave.number} ${wave.name}`, false, mayWrite ? `${at}/waves/${wave.publicId}` : null),
        cell(`${day(wave.startsAt)} to ${wave.endsAt ? day(wave.endsAt) : '–'}`, false),
        cell(invited === null ? 'not known' : `${showNumber(invited)}${invitedFrom === 'letters' ? ' by letter' : ''}`),
        cell(showNumber(figures.begun)),
        cell(`${showNumber(figures.completed)}${wave.target === null ? '' : ` of ${showNumber(wave.target)}`}`),
        cell(rate ? withInterval(rate) : '–', false),
        cell(figures.breakOffRate ? showPercent(figures.breakOffRate.share) : '–', false),
        cell(cost === null ? '–' : showNumber(cost, 2)),
        cell(forecastText(forecast), false),
      ],
    })),
  };
}

function quotasView(quotas: Awaited<ReturnType<FieldworkReport['overview']>>['quotas']) {
  return {
    bars: bars({
      id: 'quotas',
      title: 'How full quotas are',
      rows: quotas.map(({ name, filled, most }) => ({
        label: name,
        share: most === 0 ? 1 : Math.min(1, filled / most),
        count: filled,
        low: null,
        high: null,
        segmentClass: null,
        mark: null,
      })),
      reference: { label: 'Full', share: 1 },
      note: null,
    }),
    table: {
      caption: 'Quotas, and when they fill at the pace of the last 7 days',
      isStacked: true,
      columns: [column('Quota', false), column('Filled'), column('Of'), column('Fills', false)],
      rows: quotas.map(({ name, filled, most, forecast }) => ({
        cells: [
          cell(name, false),
          cell(showNumber(filled)),
          cell(showNumber(most)),
          cell(forecastText(forecast), false),
        ],
      })),
    },
  };
}

function sortTable(
  caption: string,
  heading: string,
  sorts: readonly { name: string; figures: FieldworkFigures }[],
  nameless: string,
) {
  return {
    caption,
    isStacked: true,
    columns: [
      column(heading, false),
      column('Begun'),
      column('Completed'),
      column('Screened out'),
      column('Quota full'),
      column('Break-off'),
    ],
    rows: sorts.map(({ name, figures }) => ({
      cells: [
        cell(name === '' ? nameless : name, false),
        cell(showNumber(figures.begun)),
        cell(showNumber(figures.completed)),
        cell(showNumber(figures.screenedOut)),
        cell(showNumber(figures.quotaFull)),
        cell(figures.breakOffRate ? showPercent(figures.breakOffRate.share) : '–'),
      ],
    })),
  };
}

function suppliersTable(suppliers: Awaited<ReturnType<FieldworkReport['overview']>>['suppliers']) {
  const outcomes = ['complete', 'screened-out', 'quota-full', 'withdrawn', 'left-out', 'not-finished'] as const;
  const names = ['Completed', 'Screened out', 'Quota full', 'Withdrawn', 'Left out', 'Not finished'];
  return {
    caption: 'By supplier',
    isStacked: true,
    columns: [column('Supplier', false), ...names.map((name) => column(name))],
    rows: suppliers.map(({ supplier, lines }) => ({
      cells: [
        cell(`${supplier.name}${supplier.endedAt ? ' (ended)' : ''}`, false),
        ...outcomes.map((outcome) => cell(showNumber(lines.get(outcome)?.length ?? 0))),
      ],
    })),
  };
}

/** The differences whose interval leaves out zero, in words. */
function changeText(item: ComparedItem, names: string): string {
  const show = (value: number) =>
    item.kind === 'mean' ? showDifference(value, 2) : `${showDifference(value * 100, 1)} points`;
  const clear = item.rows.flatMap(({ label, change }) =>
    change && (change.low > 0 || change.high < 0)
      ? [`${label} ${show(change.difference)} (${show(change.low)} to ${show(change.high)})`]
      : [],
  );
  return clear.length > 0
    ? `${names}: ${clear.join('; ')}.`
    : `${names}: no difference whose interval leaves out zero.`;
}

/** Waves beside each other: a small picture for each question that at least two of them asked. */
export function comparisonPage(at: string, compared: Awaited<ReturnType<FieldworkReport['compare']>>) {
  const empty = {
    title: 'There is nothing to compare yet',
    text: 'Once two waves of this survey have completed responses, the questions they share stand here.',
    action: null,
  };
  if (!compared) return { at, isEmpty: true, empty, choices: [], questions: [] };
  const { waves, pair, items } = compared;
  const times = waves.map((wave) => (waves.length > 3 ? `Wave ${wave.number}` : wave.name));
  const nameOf = (number: number) => waves.find((wave) => wave.number === number)?.name ?? '';
  const choice = (name: string, label: string, chosen: number) => ({
    name,
    label,
    options: waves.map((wave) => ({
      value: String(wave.number),
      label: `${wave.number} ${wave.name}`,
      isChosen: wave.number === chosen,
    })),
  });
  return {
    at,
    isEmpty: items.length === 0,
    empty,
    choices: [choice('from', 'Difference from', pair[0]), choice('to', 'to', pair[1])],
    questions: [...Map.groupBy(items, (item) => item.question)].map(([code, own]) => ({
      code,
      text: own[0]?.text ?? code,
      items: own.map((item, index) => ({
        chart: trend({
          id: `wave-${code}-${index}`,
          title: item.label ?? (item.kind === 'mean' ? 'All who answered' : 'Share of those who answered'),
          measure: item.kind === 'mean' ? 'number' : 'share',
          times,
          rows: item.rows,
          changeLabel: `${nameOf(pair[1])} against ${nameOf(pair[0])}`,
          note: changeText(item, `${nameOf(pair[1])} against ${nameOf(pair[0])}`),
        }),
        notes: item.notes,
      })),
    })),
  };
}
