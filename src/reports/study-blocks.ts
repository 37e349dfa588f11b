import { showNumber, showPercent } from '../charts/numerals.ts';
import type { SegmentationLabel } from '../model/segmentation.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import { hiddenCells, mayTell } from '../privacy/safe-cells.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import type { Block, Refs, ReportSource } from './document.ts';
import type { FieldworkFigures } from './fieldwork-figures.ts';
import { heading, paragraph, plainSpans, type ReportGround } from './report-ground.ts';

export type ToldSurvey = {
  source: ReportSource;
  title: string;
  questions: number;
  languages: string[];
  figures: FieldworkFigures;
  imported: number;
  /** The first and last day on which a response was completed; null where none was. */
  days: { from: string; to: string } | null;
  waves: { name: string; completed: number }[];
  weightings: { name: string; version: number; by: string }[];
};
export type ToldInterviews = { source: ReportSource; all: number; agreed: number; from: string; to: string };
export type ToldThemes = {
  source: ReportSource;
  question: string;
  /** Answers that were looked at, and those of them that speak of no theme. */
  n: number;
  uncoded: number;
  /** Interviews are counted by turns. */
  isOfInterviews: boolean;
  warnings: string[];
  themes: { label: string; source: ReportSource; count: number; distrust: string | null; quotes: QuoteSpan[] }[];
};
export type ToldSegmentation = {
  source: ReportSource;
  id: string;
  name: string;
  version: number;
  label: SegmentationLabel;
  reasons: string[];
  note: string;
  grouped: number;
  segments: {
    name: string;
    source: ReportSource;
    n: number;
    share: { share: number; low: number; high: number };
    jaccard: number | null;
    persona: string | null;
  }[];
  limits: string[];
};
export type ToldScale = {
  name: string;
  source: ReportSource;
  items: number;
  n: number;
  mean: number | null;
  standardDeviation: number | null;
  alpha: { value: number; low: number; high: number } | null;
  doubt: string;
};

const interval = ({ low, high }: { low: number; high: number }, digits = 0) =>
  `${showPercent(low, digits)} to ${showPercent(high, digits)}`;
const QUOTES_A_THEME = 2;
const THEMES_SHOWN = 12;

/** How many were asked and what became of it, survey by survey; parts that are too small are not told. */
export function sampleBlocks(surveys: readonly ToldSurvey[], ground: ReportGround): Block[] {
  return surveys.flatMap((survey): Block[] => {
    const { figures } = survey;
    const refs = ground.refs(survey.source);
    const parts: [string, number][] = [
      ['Complete, and counted', figures.completed],
      ['Screened out', figures.screenedOut],
      ['Quota full', figures.quotaFull],
      ['Broken off', figures.brokenOff],
      ['Still under way', figures.underWay],
      ['Withdrawn', figures.withdrawn],
      ['Left out by a researcher', figures.leftOut],
    ];
    const told = parts.filter(([, n]) => n > 0);
    const counts = [...told.map(([, n]) => n), figures.begun];
    const isWhole = told.reduce((sum, [, n]) => sum + n, 0) === figures.begun;
    const hidden = hiddenCells(
      counts,
      isWhole ? [{ whole: told.length, parts: told.map((_, place) => place) }] : [],
      ground.policy,
    );
    const show = (n: number, place: number) => (hidden[place] ? 'too few to tell' : showNumber(n));
    const rate = figures.breakOffRate;
    const isRateTold = rate !== null && mayTell(ground.policy, figures.brokenOff, figures.breakOffBase);
    return [
      {
        kind: 'table',
        caption: `Responses to “${survey.title}”`,
        columns: [
          { label: 'What became of them', isNumber: false },
          { label: 'Responses', isNumber: true },
        ],
        rows: [
          ...told.map(([label, n], place) => ({ cells: [label, show(n, place)], refs })),
          { cells: ['Begun', show(figures.begun, told.length)], refs },
          ...(survey.imported > 0
            ? [{ cells: ['Imported, apart from these', showNumber(survey.imported)], refs }]
            : []),
        ],
        note: [
          survey.days === null
            ? 'Nobody has finished yet.'
            : `Completed between ${survey.days.from} and ${survey.days.to}.`,
          ...(isRateTold
            ? [`${showPercent(rate.share)} broke off (${interval(rate, 1)}), n ${showNumber(figures.breakOffBase)}.`]
            : []),
          'Tests are not counted.',
        ].join(' '),
      },
      ...waveTable(survey, ground, refs),
    ];
  });
}

function waveTable({ waves, title }: ToldSurvey, ground: ReportGround, refs: Refs): Block[] {
  if (waves.length < 2) return [];
  const counts = waves.map(({ completed }) => completed);
  const whole = counts.reduce((sum, n) => sum + n, 0);
  const hidden = hiddenCells(
    [...counts, whole],
    [{ whole: counts.length, parts: counts.map((_, place) => place) }],
    ground.policy,
  );
  return [
    {
      kind: 'table',
      caption: `Waves of “${title}”`,
      columns: [
        { label: 'Wave', isNumber: false },
        { label: 'Complete', isNumber: true },
      ],
      rows: waves.map(({ name, completed }, place) => ({
        cells: [name, hidden[place] ? 'too few to tell' : showNumber(completed)],
        refs,
      })),
      note: '',
    },
  ];
}

/** How answers were weighted, or that they were not. */
export function weightingBlocks(surveys: readonly ToldSurvey[], ground: ReportGround): Block[] {
  return surveys.map((survey): Block => {
    const refs = ground.refs(survey.source);
    const { weightings } = survey;
    return weightings.length === 0
      ? paragraph(`“${survey.title}” has no weighting: everybody who counts, counts once.`, refs)
      : {
          kind: 'list',
          isOrdered: false,
          items: weightings.map(({ name, version, by }) => ({
            spans: plainSpans(
              `“${name}”, version ${version}, weighs “${survey.title}” by ${by}. Figures in this report are weighted only where they say so.`,
            ),
            refs,
          })),
        };
  });
}

/** Themes by question: how many answers speak of each, with a few of the words. */
export function themeBlocks(found: readonly ToldThemes[], ground: ReportGround): Block[] {
  if (found.length === 0) return [{ kind: 'empty', text: 'No themes were looked for.' }];
  return found.flatMap((one, place): Block[] => {
    const refs = ground.refs(one.source);
    const unit = one.isOfInterviews ? 'interviews' : 'answers';
    const told = one.themes.filter(({ count }) => mayTell(ground.policy, count, one.n) || one.isOfInterviews);
    const withheld = one.themes.length - told.length;
    const rows = told.slice(0, THEMES_SHOWN).map((theme) => ({ theme, share: wilsonInterval(theme.count, one.n) }));
    return [
      heading(3, `“${one.question}”`, `themes-${place + 1}`),
      ...(rows.length === 0
        ? [{ kind: 'empty', text: 'No theme can be told of so few answers.' } satisfies Block]
        : [
            {
              kind: 'chart',
              refs: ground.refs(one.source, ...rows.map(({ theme }) => theme.source)),
              chart: {
                kind: 'bars',
                input: {
                  id: `themes-${place + 1}-bars`,
                  title: `What ${unit} speak of`,
                  rows: rows.map(({ theme, share }) => ({
                    label: theme.label,
                    share: share?.share ?? 0,
                    count: theme.count,
                    low: share?.low ?? null,
                    high: share?.high ?? null,
                    segmentClass: null,
                    mark: null,
                  })),
                  reference: null,
                  note: `Shares of ${showNumber(one.n)} ${unit} with 95% intervals; one may speak of several themes. ${noTheme(one, ground)}`,
                },
              },
            } satisfies Block,
          ]),
      ...rows.flatMap(({ theme }): Block[] => {
        const quotes = ground.quotes(theme.quotes, QUOTES_A_THEME);
        return quotes.length === 0 ? [] : [paragraph(`${theme.label}:`, ground.refs(theme.source)), ...quotes];
      }),
      ...rows.flatMap(({ theme }): Block[] =>
        theme.distrust === null
          ? []
          : [
              {
                kind: 'notice',
                tone: 'warn',
                title: theme.label,
                spans: plainSpans(`${theme.distrust}.`),
                refs: ground.refs(theme.source),
              },
            ],
      ),
      ...one.warnings.map(
        (text): Block => ({
          kind: 'notice',
          tone: 'plain',
          title: 'How themes were found',
          spans: plainSpans(text),
          refs,
        }),
      ),
      ...(withheld === 0
        ? []
        : [
            paragraph(
              `${withheld === 1 ? 'One more theme is' : `${withheld} more themes are`} of too few people to be told.`,
              refs,
            ),
          ]),
      ...(told.length > rows.length
        ? [paragraph(`${showNumber(told.length - rows.length)} smaller themes are in the study.`, refs)]
        : []),
    ];
  });
}

const noTheme = ({ uncoded, n }: ToldThemes, ground: ReportGround): string =>
  uncoded > 0 && mayTell(ground.policy, uncoded, n) ? `${showPercent(uncoded / n)} of them speak of none.` : '';

const LABELS: Readonly<Record<SegmentationLabel, string>> = {
  natural: 'natural: people fall into these groups by themselves',
  reproducible: 'reproducible: other people of the same kind would be grouped alike, though they shade into each other',
  constructive: 'constructive: a useful way to divide people, which might be done otherwise',
  defined: 'defined: somebody drew its lines',
};

/** A segmentation with its groups, how many are in each, and how far that can be relied on. */
export function segmentationBlocks(told: ToldSegmentation, ground: ReportGround): Block[] {
  const refs = ground.refs(told.source);
  const hidden = hiddenCells(
    [...told.segments.map(({ n }) => n), told.grouped],
    [{ whole: told.segments.length, parts: told.segments.map((_, place) => place) }],
    ground.policy,
  );
  const isAllTold = hidden.every((one) => !one);
  const segmentRefs = ground.refs(told.source, ...told.segments.map(({ source }) => source));
  return [
    heading(3, told.name, `segmentation-${told.id}`),
    paragraph(`Version ${told.version} is ${LABELS[told.label]}.${told.note === '' ? '' : ` ${told.note}`}`, refs),
    ...(isAllTold
      ? [
          {
            kind: 'chart',
            refs: segmentRefs,
            chart: {
              kind: 'stack',
              input: {
                id: `segmentation-${told.id}-sizes`,
                title: 'How many are in each',
                parts: told.segments.map(({ name, share, n }, place) => ({
                  label: name,
                  share: share.share,
                  count: n,
                  segmentClass: `seg-${(place % 8) + 1}`,
                })),
                note: `n ${showNumber(told.grouped)}`,
              },
            },
          } satisfies Block,
        ]
      : []),
    {
      kind: 'table',
      caption: `Segments of “${told.name}”`,
      columns: [
        { label: 'Segment', isNumber: false },
        { label: 'n', isNumber: true },
        { label: 'Share', isNumber: true },
        { label: '95% interval', isNumber: true },
        { label: 'Comes back', isNumber: true },
        { label: 'Persona', isNumber: false },
      ],
      rows: told.segments.map((segment, place) => ({
        cells: [
          segment.name,
          ...(hidden[place]
            ? ['too few to tell', '–', '–']
            : [showNumber(segment.n), showPercent(segment.share.share), interval(segment.share, 1)]),
          segment.jaccard === null ? '–' : showNumber(segment.jaccard, 2),
          segment.persona ?? '–',
        ],
        refs: ground.refs(segment.source),
      })),
      note:
        told.label === 'defined'
          ? 'The intervals are of the sample.'
          : 'The intervals hold people drawn anew and grouped anew; “comes back” is how much of a segment does so then (Jaccard, 0 to 1).',
    },
    ...(told.reasons.length === 0
      ? []
      : [
          {
            kind: 'list',
            isOrdered: false,
            items: told.reasons.map((text) => ({ spans: plainSpans(`${text}.`), refs })),
          } satisfies Block,
        ]),
  ];
}

/** How well scales measure. */
export function scaleBlocks(scales: readonly ToldScale[], ground: ReportGround): Block[] {
  const told = scales.filter(({ n }) => mayTell(ground.policy, n));
  const [first, ...others] = told;
  if (!first) return [];
  const sources = [first.source, ...others.map(({ source }) => source)];
  return [
    {
      kind: 'table',
      caption: 'Scales and how well they measure',
      columns: [
        { label: 'Scale', isNumber: false },
        { label: 'Items', isNumber: true },
        { label: 'n', isNumber: true },
        { label: 'Mean', isNumber: true },
        { label: 'Spread (SD)', isNumber: true },
        { label: 'Alpha, 95% interval', isNumber: true },
      ],
      rows: told.map(({ name, items, n, mean, standardDeviation, alpha, doubt }, place) => ({
        cells: [
          doubt === '' ? name : `${name} (${doubt})`,
          showNumber(items),
          showNumber(n),
          mean === null ? '–' : showNumber(mean, 2),
          standardDeviation === null ? '–' : showNumber(standardDeviation, 2),
          alpha === null
            ? '–'
            : `${showNumber(alpha.value, 2)} (${showNumber(alpha.low, 2)} to ${showNumber(alpha.high, 2)})`,
        ],
        refs: ground.refs(sources[place]!),
      })),
      note: 'Alpha says how far the items of a scale rise and fall together.',
    },
  ];
}
