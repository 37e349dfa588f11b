import { bars } from '../../charts/bars.ts';
import { showNumber } from '../../charts/numerals.ts';
import { showDate } from '../../render/helpers.ts';
import { lift } from '../../stats/lift.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import type { Comparison } from '../../store/comparisons.ts';
import type { Segment } from '../../store/segments.ts';
import type { StudyOverlap } from '../../workers/tasks/overlap.ts';
import { showCount, showShare } from './comparison-place.ts';
import { studyAddress } from './frame.ts';

const DRAWN_MAX = 12;

/** How one segment overlaps with each other one of its study, the most alike first; null when there is no other. */
export function overlapView(
  study: { publicId: string },
  segment: Pick<Segment, 'publicId' | 'name'>,
  names: ReadonlyMap<string, string>,
  { day, finishedAt }: Pick<Comparison, 'day' | 'finishedAt'>,
  { everybody, segments, pairs }: StudyOverlap,
) {
  const own = segments.findIndex(({ id }) => id === segment.publicId);
  const others = pairs
    .flatMap((pair) => {
      if (pair.a !== own && pair.b !== own) return [];
      const other = segments[pair.a === own ? pair.b : pair.a]!;
      const [here, there] = pair.a === own ? [pair.first, pair.second] : [pair.second, pair.first];
      const name = names.get(other.id);
      // A segment that was removed since is nothing to compare with.
      if (name === undefined) return [];
      const either = here + there - pair.both;
      return [
        {
          ...pair,
          id: other.id,
          name,
          here,
          there,
          jaccard: either === 0 ? null : pair.both / either,
          ofHere: wilsonInterval(pair.both, here),
          ofThere: wilsonInterval(pair.both, there),
          lift: lift({ both: pair.both, first: here, second: there, total: pair.base }),
        },
      ];
    })
    .sort((x, y) => (y.jaccard ?? -1) - (x.jaccard ?? -1) || (x.name < y.name ? -1 : 1));
  if (own < 0 || others.length === 0) return null;
  const share = (one: { share: number; low: number; high: number } | null) =>
    one === null ? '–' : showShare({ value: one.share, low: one.low, high: one.high }, null);
  const drawn = others.filter(({ ofHere }) => ofHere !== null).slice(0, DRAWN_MAX);
  return {
    made: `As of ${showDate(day)}${finishedAt ? `, ${showDate(finishedAt, true).split(', ')[1] ?? ''} UTC` : ''}; ${showCount(everybody)} people known. The base of each two segments is those of whom both are known; of the others too little is known to say. A lift of 1 is what two segments have in common that have nothing to do with each other.`,
    chart:
      drawn.length === 0
        ? null
        : bars({
            id: 'overlap-bars',
            title: `Of “${segment.name}”, so many are also in`,
            rows: drawn.map((one) => ({
              label: one.name,
              share: one.ofHere?.share ?? 0,
              count: one.both,
              low: one.ofHere?.low ?? null,
              high: one.ofHere?.high ?? null,
              segmentClass: null,
              mark: one.lift === null ? null : one.lift.low > 1 ? '▲' : one.lift.high < 1 ? '▼' : null,
            })),
            reference: null,
            note: `▲ more often than if the two had nothing to do with each other, ▼ less often (95%).${others.length > drawn.length ? ` ${drawn.length} of ${others.length} are drawn.` : ''}`,
          }),
    table: {
      caption: 'Each other segment',
      isCaptionHidden: true,
      isStacked: true,
      columns: ['Segment', 'In both', 'Of this one', 'Of the other', 'Jaccard', 'Lift', 'Base', 'Unknown'].map(
        (label, index) => ({ label, isNumber: index > 0 }),
      ),
      rows: others.map((one) => ({
        cells: [
          { text: one.name, href: `${studyAddress(study)}/segments/${one.id}`, isNumber: false },
          ...[
            showCount(one.both),
            share(one.ofHere),
            share(one.ofThere),
            one.jaccard === null ? '–' : showNumber(one.jaccard, 2),
            one.lift === null
              ? '–'
              : `${showNumber(one.lift.lift, 2)} (${showNumber(one.lift.low, 2)} to ${showNumber(one.lift.high, 2)})`,
            showCount(one.base),
            showCount(everybody - one.base),
          ].map((text) => ({ text, href: null, isNumber: true })),
        ],
      })),
    },
  };
}
