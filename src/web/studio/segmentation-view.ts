import { dots } from '../../charts/dots.ts';
import { showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import type { LeftOut } from '../../model/base-sample.ts';
import type { SegmentationLabel } from '../../model/segmentation.ts';
import { BORDERLINE, STYLE_LIMIT } from '../../segments/fit-segments.ts';
import { isSmall, JACCARD_BANDS, SMALLEST_PEOPLE, SMALLEST_SHARE } from '../../segments/label-solution.ts';
import type { SegmentTest, TestRule } from '../../segments/segment-test.ts';
import type { KeptFit, KeptTest } from '../../services/segmentations.ts';
import { WAY_NAMES } from './segmentation-inputs.ts';

const number = (n: number) => n.toLocaleString('en-GB');
const cell = (text: string, isNumber = true, href: string | null = null) => ({ text, href, isNumber });

const RULES: Record<TestRule, { name: string; asks: string }> = {
  z: { name: 'Tighter than chance', asks: 'Are people closer together in groups than in answers without segments?' },
  gap: { name: 'Tighter by enough', asks: 'Is the difference large enough to matter, whatever the number of people?' },
  silhouette: { name: 'Clear of each other', asks: 'Do groups stand clear of each other, more than by chance?' },
  shape: {
    name: 'At one number',
    asks: 'Does one number of groups stand out, as it does not where people lie on a bent line?',
  },
  columns: { name: 'Enough columns', asks: 'Are there enough columns for the test to go by?' },
};

/** The answer in a sentence or two, before any figure. */
export function verdictOf({ verdict, k, people }: SegmentTest): { title: string; text: string } {
  if (verdict === 'segments')
    return {
      title: `There are segments: ${k} of them fit best`,
      text: `People lie closer together in groups than answers with the same margins and correlations would without segments, by every rule below. ${number(people)} people were looked at.`,
    };
  if (verdict === 'weak')
    return {
      title: 'More than one cloud of people, but no clear segments',
      text: `Something sets people apart, and it looks more like a continuum than like groups: at least one rule below does not hold. Use the scores themselves, or divide people as it suits you and call it constructive.`,
    };
  return {
    title: 'No segments found',
    text: `People shade into each other: answers with the same margins and correlations but without any segments look just as grouped. That is a result. Use the scores themselves, which lose nothing, or divide people as it suits you and call it constructive.`,
  };
}

/** What a test found, as a page shows it. */
export function testView(kept: KeptTest) {
  const { test, power } = kept;
  const one = power?.find(({ separation }) => separation === 1);
  return {
    ...verdictOf(test),
    isFound: test.verdict === 'segments',
    facts: [
      {
        label: 'People',
        value: number(test.people),
        note: test.peopleTested < test.people ? `${number(test.peopleTested)} tested` : null,
      },
      { label: 'Columns', value: number(test.columns), note: null },
      { label: 'Held against', value: number(test.nulls), note: 'tables without segments' },
    ],
    chart: dots({
      id: 'beyond',
      title: 'How far beyond answers without segments, in standard deviations of these',
      rows: test.perK.map(({ k, z }) => ({ label: `${k} segments`, difference: z, low: null, high: null })),
      digits: 1,
      zeroLabel: 'no segments',
      segmentClass: null,
      note: 'Beyond 2.5 is more than chance. With many people even trifles are, so the size of the difference counts as well.',
    }),
    rules: {
      caption: 'What the verdict rests on',
      isStacked: true,
      columns: [
        { label: 'Rule', isNumber: false },
        { label: 'Asks', isNumber: false },
        { label: 'Value', isNumber: true },
        { label: 'Limit', isNumber: true },
        { label: 'Holds', isNumber: false },
      ],
      rows: test.rules.map(({ rule, value, limit, holds }) => ({
        cells: [
          cell(RULES[rule].name, false),
          cell(RULES[rule].asks, false),
          cell(showNumber(value, 2)),
          cell(`${rule === 'shape' ? 'below' : 'above'} ${limit}`),
          cell(holds ? 'Yes' : 'No', false),
        ],
      })),
    },
    perK: {
      caption: 'Each number of segments',
      isStacked: true,
      columns: [
        { label: 'Segments', isNumber: true },
        { label: 'Differences between them', isNumber: true },
        { label: 'Gap', isNumber: true },
        { label: 'z', isNumber: true },
        { label: 'Silhouette', isNumber: true },
        { label: 'its z', isNumber: true },
      ],
      rows: test.perK.map(({ k, shareWithin, gap, z, silhouette, silhouetteZ }) => ({
        cells: [
          cell(String(k)),
          cell(showPercent(1 - shareWithin)),
          cell(showNumber(gap, 3)),
          cell(showNumber(z, 1)),
          cell(showNumber(silhouette, 2)),
          cell(showNumber(silhouetteZ, 1)),
        ],
      })),
    },
    powerText: one
      ? `Segments 1 standard deviation apart would have been found in ${showPercent(one.share.share, 0)} of cases (${showPercent(one.share.low, 0)} to ${showPercent(one.share.high, 0)}; ${one.found} of ${one.tried} tries).`
      : '',
    power: power
      ? {
          caption: 'What this test could have found, with these people and answers',
          isCaptionHidden: true,
          columns: [
            { label: 'Segments this far apart', isNumber: false },
            { label: 'Found', isNumber: true },
            { label: '95% interval', isNumber: true },
            { label: 'Tries', isNumber: true },
          ],
          rows: power.map(({ separation, share, tried }) => ({
            cells: [
              cell(`${separation} standard deviations`, false),
              cell(showPercent(share.share, 0)),
              cell(`${showPercent(share.low, 0)} to ${showPercent(share.high, 0)}`),
              cell(String(tried)),
            ],
          })),
        }
      : null,
    warnings: test.warnings,
  };
}

export const LABELS: Record<SegmentationLabel, { title: string; text: string }> = {
  natural: {
    title: 'Natural',
    text: 'People fall into these groups by themselves, and do so in either half of them.',
  },
  reproducible: {
    title: 'Reproducible',
    text: 'Other people of the same kind would be grouped alike. Whether nature has these groups is another question.',
  },
  constructive: {
    title: 'Constructive',
    text: 'A way to divide people that may be useful. Other people of the same kind might be divided otherwise.',
  },
  defined: {
    title: 'Defined',
    text: 'Somebody drew these lines, here or elsewhere. Whether people fall into such groups by themselves was not looked at.',
  },
};

function bandOf(jaccard: number): string {
  if (jaccard <= JACCARD_BANDS.dissolved) return 'falls apart';
  if (jaccard < JACCARD_BANDS.doubtful) return 'not to be trusted';
  if (jaccard < JACCARD_BANDS.valid) return 'a pattern, not more';
  return jaccard < JACCARD_BANDS.high ? 'stable' : 'highly stable';
}

/** A segment's name at the head of a column. */
const HEADING_LETTERS = 28;

/** Where segments are to a good part ways of using the scale. */
export const styleWarnings = ({ fit }: Pick<KeptFit, 'fit'>): string[] =>
  fit.style
    .filter(({ share }) => share > STYLE_LIMIT)
    .map(
      ({ block, share }) =>
        `These segments tell ${showPercent(share, 0)} of how high people answer throughout “${block}”: to a good part they are ways of using the scale, and not what people hold. Centre this block within each person and look again`,
    );

/** Where segments rest on an instrument that too few people have answered to trust it. */
export const provisionalWarnings = ({ provisional }: Pick<KeptFit, 'provisional'>): string[] =>
  provisional.map(
    ({ name, n, until }) =>
      `“${name}” was provisional when this was made: ${number(n)} of ${number(until)} people were scored, and until then nothing has shown that it measures what it is meant to`,
  );

/** What a solution is, as a page shows it. */
export function fitView(kept: KeptFit, names: readonly string[], hrefs: readonly (string | null)[] = []) {
  const { fit, inputs, centres, weighting } = kept;
  const placed = kept.placed.reduce((sum, one) => sum + one, 0);
  const small = fit.sizes.flatMap((size, segment) => (isSmall(size, kept.grouped) ? [names[segment] ?? ''] : []));
  const doubtful = fit.jaccard.flatMap((own, segment) =>
    own < JACCARD_BANDS.doubtful ? [`${names[segment] ?? ''} (${showNumber(own, 2)})`] : [],
  );
  return {
    label: LABELS[fit.label],
    reasons: fit.labelReasons,
    warnings: [
      ...styleWarnings(kept),
      ...(doubtful.length > 0
        ? [
            `Whatever the segments are called together, not to be trusted by themselves, since among other people they would hardly come back: ${doubtful.join('; ')}`,
          ]
        : []),
      ...provisionalWarnings(kept),
      ...(kept.notes ?? []),
      ...(small.length > 0
        ? [
            `Too few people to report by themselves (fewer than ${SMALLEST_PEOPLE}, or ${showPercent(SMALLEST_SHARE, 0)}): ${small.join('; ')}`,
          ]
        : []),
    ],
    panel: {
      caption: 'The segments, and how far each can be relied on',
      isCaptionHidden: true,
      isStacked: true,
      hasIntervals: true,
      columns: [
        { label: 'Segment', isNumber: false },
        { label: 'People', isNumber: true },
        ...(placed > 0 ? [{ label: 'Placed on part of their answers', isNumber: true }] : []),
        { label: weighting ? 'Share, weighted, 95% interval' : 'Share, 95% interval', isNumber: true },
        ...(weighting
          ? [
              { label: 'Share, unweighted', isNumber: true },
              { label: 'Effective base', isNumber: true },
            ]
          : []),
        { label: 'Comes back', isNumber: true },
        { label: 'Borderline', isNumber: true },
      ],
      rows: fit.sizes.map((size, segment) => ({
        cells: [
          {
            ...cell(names[segment] ?? `Segment ${segment + 1}`, false, hrefs[segment] ?? null),
            segmentClass: `seg-${(segment % 8) + 1}`,
          },
          cell(number(size)),
          ...(placed > 0 ? [cell(number(kept.placed[segment] ?? 0))] : []),
          cell(
            `${showPercent(fit.shares[segment]!.share)} (${showPercent(fit.shares[segment]!.low)} to ${showPercent(fit.shares[segment]!.high)})`,
          ),
          ...(weighting
            ? [cell(showPercent(size / kept.grouped)), cell(number(Math.round(fit.effectiveSizes?.[segment] ?? size)))]
            : []),
          cell(`${showNumber(fit.jaccard[segment]!, 2)}: ${bandOf(fit.jaccard[segment]!)}`),
          cell(`${number(fit.borderline[segment]!)} (${showPercent(fit.borderline[segment]! / Math.max(1, size), 0)})`),
        ],
      })),
    },
    panelNote: `Comes back: Jaccard’s index over ${fit.stability.repetitions} groupings of people drawn anew. Borderline: people who were in their segment hardly more often than in the next (less than ${BORDERLINE} apart).`,
    facts: [
      {
        label: 'Agreement of groupings',
        value: showNumber(fit.stability.ari, 2),
        note: `${showNumber(fit.stability.nullAri, 2)} without segments`,
      },
      {
        label: 'Both halves agree',
        value: fit.halvesAri === null ? '–' : showNumber(fit.halvesAri, 2),
        note: fit.halvesAri === null ? 'from 1,000 people on' : null,
      },
      { label: 'Differences between segments', value: showPercent(fit.shareExplained), note: null },
    ],
    heat: {
      caption: 'Where each segment lies, in standard deviations from everybody',
      columns: [
        { label: 'Grouped by', isNumber: false },
        ...names.map((name) => ({ label: trimLabel(name, HEADING_LETTERS), isNumber: true })),
      ],
      rows: inputs.map(({ name }, column) => ({
        cells: [
          cell(name, false),
          ...centres.map((own) => {
            const { z = null } = own[column] ?? {};
            return { ...cell(z === null ? '–' : signed(z)), shade: shadeOf(z) };
          }),
        ],
      })),
    },
    blocks:
      fit.blockShares.length < 2
        ? null
        : {
            caption: 'What the segments were made by',
            columns: [
              { label: 'Block', isNumber: false },
              { label: 'Part of what lies between segments', isNumber: true },
            ],
            rows: fit.blockShares.map(({ name, share }) => ({
              cells: [cell(name, false), cell(showPercent(share, 0))],
            })),
          },
  };
}

const signed = (z: number): string => `${z > 0 ? '+' : z < 0 ? '−' : ''}${showNumber(Math.abs(z), 2)}`;

/** How strongly a cell is tinted: from a tenth of a standard deviation on, in four steps. */
function shadeOf(z: number | null): string | null {
  if (z === null || Math.abs(z) < 0.1) return null;
  const step = Math.min(4, 1 + Math.floor(Math.abs(z) / 0.4));
  return `${z > 0 ? 'more' : 'less'}-${step}`;
}

/** How those came whom a base leaves out. */
function cameWords(why: keyof LeftOut): string {
  if (why === 'wave') return 'in another wave than the base’s';
  if (why === 'time') return 'at another time than the base’s';
  return why === 'flag' ? 'with a mark of a quality check' : WAY_NAMES[why].came;
}

/** Whom a run left out, in sentences. */
export function leftOutLines({
  leftOut,
  incomplete,
  placed,
}: {
  leftOut: Record<string, number>;
  incomplete: number;
  /** Of a solution that is kept: by segment, who was placed by a part of the answers. */
  placed?: readonly number[];
}): string[] {
  const lines = Object.entries(leftOut).map(
    ([way, count]) =>
      `${number(count)} left out because ${count === 1 ? 'it came' : 'they came'} ${cameWords(way as keyof LeftOut)}`,
  );
  const partly = (placed ?? []).reduce((sum, one) => sum + one, 0);
  return [
    ...lines,
    ...(partly > 0
      ? [
          `${number(partly)} ${partly === 1 ? 'lacks' : 'lack'} too many answers to be grouped by them and ${partly === 1 ? 'was' : 'were'} placed on part of them: they are members, and count in no other figure here`,
        ]
      : []),
    ...(incomplete > 0
      ? [
          `${number(incomplete)} left out because too many answers are missing${placed ? '' : '; a solution places those who answered enough of the rest'}`,
        ]
      : []),
  ];
}
