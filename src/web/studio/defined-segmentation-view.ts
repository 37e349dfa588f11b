import { showNumber, showPercent } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import { RFM_PARTS } from '../../model/computed.ts';
import { isSmall } from '../../segments/label-solution.ts';
import type { VersionChange } from '../../segments/match-versions.ts';
import type { DefinedDetails, KeptDefined } from '../../workers/tasks/define-segments.ts';
import { LABELS } from './segmentation-view.ts';

type Cell = { text: string; href: string | null; isNumber: boolean; segmentClass?: string };
const cell = (text: string, isNumber = true, href: string | null = null): Cell => ({ text, href, isNumber });
const number = (n: number) => n.toLocaleString('en-GB');
const PARTS_SHOWN = 12;

/** What segments are that were defined, counted: how many each holds, who is in none, and what they rest on. */
export function definedView(kept: KeptDefined, names: readonly string[], hrefs: readonly (string | null)[] = []) {
  const { cells, details, n, notPlaced, unit } = kept;
  const crossed = details?.kind === 'crossed' ? details : null;
  const small = cells.flatMap(({ count }, index) => (count > 0 && isSmall(count, n) ? [names[index] ?? ''] : []));
  const empty = cells.flatMap(({ count }, index) => (count === 0 ? [names[index] ?? ''] : []));
  const smallest = cells.reduce((least, { count }) => Math.min(least, count), n);
  return {
    label: LABELS.defined,
    shares:
      cells.length > PARTS_SHOWN
        ? null
        : stack({
            id: 'shares',
            title: 'Shares of the segments',
            parts: cells.flatMap(({ count, share }, index) =>
              count === 0
                ? []
                : [
                    {
                      label: names[index] ?? '',
                      share: share.share,
                      count,
                      segmentClass: `seg-${(index % 8) + 1}`,
                    },
                  ],
            ),
            note: null,
          }),
    facts: [
      { label: unit === 'people' ? 'People' : 'Responses', value: number(n), note: 'in a segment' },
      { label: 'Smallest segment', value: number(smallest), note: showPercent(smallest / Math.max(1, n)) },
    ],
    table: {
      caption: 'The segments, and how many each holds',
      isCaptionHidden: true,
      isStacked: true,
      hasIntervals: true,
      columns: [
        { label: 'Segment', isNumber: false },
        { label: unit === 'people' ? 'People' : 'Responses', isNumber: true },
        { label: 'Share, 95% interval', isNumber: true },
        ...(crossed ? [{ label: 'Expected if unrelated', isNumber: true }] : []),
      ],
      rows: cells.map(({ count, share }, index) => ({
        cells: [
          { ...cell(names[index] ?? '', false, hrefs[index] ?? null), segmentClass: `seg-${(index % 8) + 1}` },
          cell(count === 0 ? 'nobody' : number(count)),
          cell(`${showPercent(share.share)} (${showPercent(share.low)} to ${showPercent(share.high)})`),
          ...(crossed ? [cell(showNumber(crossed.expected[index] ?? 0, 1))] : []),
        ],
      })),
    },
    notPlaced: notPlaced.map(({ why, count }) => `${why}: ${number(count)}`),
    warnings: [
      ...(small.length > 0 ? [`Too few to report by themselves: ${small.join('; ')}`] : []),
      ...(empty.length > 0 ? [`Nobody is in: ${empty.join('; ')}`] : []),
    ],
    lines: details === null ? [] : detailLines(details),
    fifths: details?.kind === 'purchases' ? fifthsTable(details) : null,
  };
}

function detailLines(details: DefinedDetails): string[] {
  switch (details.kind) {
    case 'cut':
      return details.variables.map(({ name, by, at, above }) => {
        const where = by === 'median' ? 'at the median' : by === 'midpoint' ? 'in the middle of its scale' : 'at';
        const cuts = at.map((cut, index) => `${Number(cut.toFixed(2))} (above it: ${number(above[index]!)})`);
        return `“${name}” is cut ${where}${typeof by === 'string' ? ',' : ''} ${cuts.join(' and ')}. Whoever is exactly there counts as below`;
      });
    case 'purchases':
      return [
        details.from === null ? 'All purchases count' : `Purchases since ${details.from.slice(0, 10)} count`,
        ...(details.otherCurrency > 0
          ? [`Purchases in another currency, passed over: ${number(details.otherCurrency)}`]
          : []),
        ...(details.noAmount > 0 ? [`Purchases without an amount, passed over: ${number(details.noAmount)}`] : []),
        ...(details.tooLarge
          ? [`Purchases of amounts beyond 15 digits, passed over: ${number(details.tooLarge)}`]
          : []),
        'Equal values are never torn apart: they share the lower fifth, so fifths need not be of one size',
      ];
    case 'rules':
      return [
        'People are in the first of these that they fit, in the order of the table',
        ...(details.mayBeEarlier > 0
          ? [`Too little is known of some to tell whether they fit an earlier one: ${number(details.mayBeEarlier)}`]
          : []),
      ];
    case 'crossed': {
      const [first, second] = details.of;
      const about = `“${first?.name}”, version ${first?.version}, and “${second?.name}”, version ${second?.version}`;
      if (details.association === null) return [`${about}: one of them has everybody in one segment`];
      const { cramersV, cramersVLow, cramersVHigh, chiSquare, df, p } = details.association;
      return [
        `${about} hang together by Cramér’s V ${showNumber(cramersV, 2)} (95% interval ${showNumber(cramersVLow, 2)} to ${showNumber(cramersVHigh, 2)}; 0 is not at all, 1 is the same)`,
        `Chi-square ${showNumber(chiSquare, 1)}, ${df} degrees of freedom, p ${p < 0.001 ? 'below 0.001' : showNumber(p, 3)}`,
      ];
    }
  }
}

const PART_NAMES = {
  recency: 'Days since the last purchase',
  frequency: 'How often',
  monetary: 'For how much',
} as const;

function fifthsTable(details: Extract<DefinedDetails, { kind: 'purchases' }>) {
  return {
    caption: 'Where the fifths meet, and how many are in each, from the lowest to the highest',
    isStacked: true,
    columns: [
      { label: 'What', isNumber: false },
      { label: 'Meet at', isNumber: false },
      { label: 'Buyers in each', isNumber: false },
    ],
    rows: RFM_PARTS.map((part) => ({
      cells: [
        cell(PART_NAMES[part], false),
        cell(details.cutoffs[part].map((cutoff) => showNumber(cutoff, part === 'monetary' ? 2 : 0)).join(', '), false),
        cell(details.fifths[part].map(number).join(', '), false),
      ],
    })),
  };
}

/** What became of people between two versions, in a sentence. */
export function changeLine({ both, stayed, moved, came, left }: VersionChange): string {
  const share = both === 0 ? '' : ` (${showPercent(stayed / both, 0)})`;
  return `Of ${number(both)} in both versions ${number(stayed)} stayed in their segment${share}. Moved to another: ${number(moved)}; new: ${number(came)}; in none any more: ${number(left)}`;
}
