import { showPercent } from '../../charts/numerals.ts';
import { trend } from '../../charts/trend.ts';
import type { RuleUnit } from '../../model/rule.ts';
import { showDate } from '../../render/helpers.ts';
import type { SegmentSize } from '../../store/segment-sizes.ts';
import type { Segment } from '../../store/segments.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';

export const DAYS_SHOWN = 90;
/** More points than these leave no room for their days below the picture. */
const POINTS_MAX = 5;

const number = (n: number): string => n.toLocaleString('en-GB');
const shortDay = (day: string): string => {
  const [date, month = ''] = showDate(day).split(' ');
  return `${date} ${month.slice(0, 3)}`;
};

/**
 * Segments by a rule, each with its size when it was last counted. Nothing is counted for this.
 *
 * @param isCounted whether the reader may know the sizes
 */
export function definedTable(
  study: EnteredStudy,
  segments: readonly Segment[],
  sizes: ReadonlyMap<number, SegmentSize>,
  isCounted = true,
) {
  const text = (words: string) => ({ text: words, href: null, isNumber: false });
  return {
    caption: 'Segments defined by a rule',
    isStacked: true,
    columns: [
      { label: 'Segment', isNumber: false },
      { label: 'Of', isNumber: false },
      ...(isCounted
        ? [
            { label: 'In', isNumber: true },
            { label: 'Unknown', isNumber: true },
            { label: 'Counted', isNumber: false },
          ]
        : []),
    ],
    rows: segments.map((segment) => {
      const size = sizes.get(segment.id);
      return {
        cells: [
          { text: segment.name, href: `${studyAddress(study)}/segments/${segment.publicId}`, isNumber: false },
          text(segment.unit === 'company' ? 'companies' : 'people'),
          ...(isCounted
            ? [
                { ...text(size ? inOf(size) : '–'), isNumber: true },
                { ...text(size ? number(size.unknown) : '–'), isNumber: true },
                text(size ? showDate(size.day) : 'not counted yet'),
              ]
            : []),
        ],
      };
    }),
  };
}

const inOf = ({ admitted, everybody }: SegmentSize): string =>
  `${number(admitted)} of ${number(everybody)}${everybody === 0 ? '' : ` (${showPercent(admitted / everybody)})`}`;

/** How a segment grew and shrank: a picture over some of its days, the first and the last among them, and all of them as a table. */
export function sizesView(days: readonly SegmentSize[], unit: RuleUnit) {
  const last = days.at(-1);
  if (!last) return null;
  const points = Math.min(days.length, POINTS_MAX);
  const drawn = Array.from(
    { length: points },
    (_, index) => days[Math.round((index * (days.length - 1)) / Math.max(1, points - 1))]!,
  );
  const row = (label: string, of: (day: SegmentSize) => number) => ({
    label,
    points: drawn.map((day) =>
      day.everybody === 0 ? null : { n: day.everybody, value: of(day) / day.everybody, low: null, high: null },
    ),
    change: null,
  });
  const came = `${number(last.entered)} came in and ${number(last.gone)} left`;
  return {
    chart:
      days.length < 2
        ? null
        : trend({
            id: 'sizes-trend',
            title: unit === 'company' ? 'Shares of all companies known' : 'Shares of all people known',
            measure: 'share',
            times: drawn.map(({ day }) => shortDay(day)),
            rows: [row('In the segment', ({ admitted }) => admitted), row('Unknown', ({ unknown }) => unknown)],
            changeLabel: 'Change',
            note: days.length > points ? `${points} of ${days.length} days are drawn; the table has them all.` : null,
          }),
    sentence:
      days.length === 1 && last.entered + last.gone === 0
        ? 'Counted for the first time. It is counted once a day, and whenever somebody looks at this page.'
        : `On ${showDate(last.day)}, against the count before: ${came}.`,
    table: {
      caption: 'Counted once a day',
      isStacked: true,
      columns: [
        { label: 'Day', isNumber: false },
        { label: 'In', isNumber: true },
        { label: 'Unknown', isNumber: true },
        { label: 'Of', isNumber: true },
        { label: 'Came in', isNumber: true },
        { label: 'Left', isNumber: true },
        { label: unit === 'company' ? 'Their people' : 'Of companies', isNumber: true },
      ],
      rows: days.toReversed().map((day) => ({
        cells: [
          { text: showDate(day.day), href: null, isNumber: false },
          ...[
            `${number(day.admitted)} (${showPercent(day.everybody === 0 ? 0 : day.admitted / day.everybody)})`,
            number(day.unknown),
            number(day.everybody),
            number(day.entered),
            number(day.gone),
            day.counterpart === null ? '' : number(day.counterpart),
          ].map((text) => ({ text, href: null, isNumber: true })),
        ],
      })),
    },
  };
}
