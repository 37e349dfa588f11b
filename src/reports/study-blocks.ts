import { showNumber, showPercent } from '../charts/numerals.ts';
import type { SegmentationLabel } from '../model/segmentation.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import { hiddenCells, isTooFew, mayTell } from '../privacy/safe-cells.ts';
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
  /** Completed here or imported; null where either is too few for these readers. */
  completed: number | null;
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
  warnings: readonly string[];
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

/** From here on the items of a scale are held to measure one thing well enough to compare groups. */
const ALPHA_LEAST = 0.7;

const TOO_FEW = 'too few to tell';

/** Titles as a sentence has them: `“A”, “B” and “C”`. */
export const titlesOf = (told: readonly { title: string }[]): string =>
  new Intl.ListFormat('en-GB').format(told.map(({ title }) => `“${title}”`));

/** On which days responses were completed. */
export const daysOf = ({ from, to }: { from: string; to: string }): string =>
  from === to ? `on ${from}` : `between ${from} and ${to}`;

/**
 * How many were asked and what became of it, survey by survey; parts that are too small are not told. Nobody was asked here
 * in surveys whose responses were all imported, so that these have their number alone.
 */
export function sampleBlocks(surveys: readonly ToldSurvey[], ground: ReportGround): Block[] {
  const [first, ...others] = surveys.filter(({ figures }) => figures.begun === 0);
  return [
    ...surveys.filter(({ figures }) => figures.begun > 0).flatMap((survey) => askedBlocks(survey, ground)),
    ...(first === undefined
      ? []
      : [
          {
            kind: 'table',
            caption: 'Responses that were imported',
            columns: [
              { label: 'Survey', isNumber: false },
              { label: 'Responses', isNumber: true },
            ],
            rows: [first, ...others].map(({ title, imported, source }) => ({
              cells: [title, isTooFew(imported, ground.policy) ? TOO_FEW : showNumber(imported)],
              refs: ground.refs(source),
            })),
            note: 'Nobody has answered these surveys here. Tests are not counted.',
          } satisfies Block,
        ]),
  ];
}

function askedBlocks(survey: ToldSurvey, ground: ReportGround): Block[] {
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
  // How many completed it is the base of everything else and told throughout, so it is how many began that gives way.
  const isAnySmall = told.some(([, n]) => isTooFew(n, ground.policy));
  const show = (n: number) => (isTooFew(n, ground.policy) ? TOO_FEW : showNumber(n));
  const rate = figures.breakOffRate;
  const isRateTold = rate !== null && !isAnySmall && mayTell(ground.policy, figures.brokenOff, figures.breakOffBase);
  return [
    {
      kind: 'table',
      caption: `Responses to “${survey.title}”`,
      columns: [
        { label: 'What became of them', isNumber: false },
        { label: 'Responses', isNumber: true },
      ],
      rows: [
        ...told.map(([label, n]) => ({ cells: [label, show(n)], refs })),
        ...(isAnySmall ? [] : [{ cells: ['Begun', show(figures.begun)], refs }]),
        ...(survey.imported > 0 ? [{ cells: ['Imported, apart from these', show(survey.imported)], refs }] : []),
      ],
      note: [
        survey.days === null ? 'Nobody has finished yet.' : `Completed ${daysOf(survey.days)}.`,
        ...(isRateTold
          ? [`${showPercent(rate.share)} broke off (${interval(rate, 1)}), n ${showNumber(figures.breakOffBase)}.`]
          : []),
        'Tests are not counted.',
      ].join(' '),
    },
    ...waveTable(survey, ground, refs),
  ];
}

function waveTable({ waves, title, figures }: ToldSurvey, ground: ReportGround, refs: Refs): Block[] {
  if (waves.length < 2) return [];
  const own = waves.map(({ completed }) => completed);
  // How many completed it in all is told above, and with it how many did so in no wave.
  const counts = [...own, Math.max(0, figures.completed - own.reduce((sum, n) => sum + n, 0))];
  const hidden = hiddenCells(
    [...counts, figures.completed],
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
        cells: [name, hidden[place] ? TOO_FEW : showNumber(completed)],
        refs,
      })),
      note: '',
    },
  ];
}

/** How answers were weighted, or that they were not. */
export function weightingBlocks(surveys: readonly ToldSurvey[], ground: ReportGround): Block[] {
  const [first, ...others] = surveys.filter(({ weightings }) => weightings.length === 0);
  return [
    ...surveys
      .filter(({ weightings }) => weightings.length > 0)
      .map(
        ({ title, source, weightings }): Block => ({
          kind: 'list',
          isOrdered: false,
          items: weightings.map(({ name, version, by }) => ({
            spans: plainSpans(
              `“${name}”, version ${version}, weighs “${title}” by ${by}. Figures in this report are weighted only where they say so.`,
            ),
            refs: ground.refs(source),
          })),
        }),
      ),
    ...(first === undefined
      ? []
      : [
          paragraph(
            `${titlesOf([first, ...others])} ${others.length === 0 ? 'has' : 'have'} no weighting: everybody who counts, counts once.`,
            ground.refs(first.source, ...others.map(({ source }) => source)),
          ),
        ]),
  ];
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
      ...inPairs(
        rows.flatMap(({ theme }): Block[][] => {
          const quotes = ground.quotes(theme.quotes, QUOTES_A_THEME);
          return quotes.length === 0
            ? []
            : [
                [
                  paragraph(`${theme.label}:`, ground.refs(theme.source)),
                  ...quotes.map((quote): Block => ({ ...quote, isAside: true })),
                ],
              ];
        }),
      ),
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

/** Things of a kind side by side, two in a row. */
const inPairs = (parts: readonly Block[][]): Block[] =>
  parts.flatMap((left, at): Block[] => {
    const right = parts[at + 1];
    return at % 2 === 1 ? [] : right === undefined ? left : [{ kind: 'columns', left, right }];
  });

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
            ? [TOO_FEW, '–', '–']
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
      note: `Alpha says how far the items of a scale rise and fall together; below ${showNumber(ALPHA_LEAST, 1)} is low.`,
    },
    ...lowAlpha(told, ground),
  ];
}

/** Which scales measure so loosely that figures of them say little, and what follows. */
function lowAlpha(scales: readonly ToldScale[], ground: ReportGround): Block[] {
  const [first, ...others] = scales.filter(({ alpha }) => alpha !== null && alpha.value < ALPHA_LEAST);
  if (!first) return [];
  const names = new Intl.ListFormat('en-GB').format([first, ...others].map(({ name }) => `“${name}”`));
  const isOne = others.length === 0;
  return [
    {
      kind: 'notice',
      tone: 'warn',
      title: 'Low alpha',
      spans: plainSpans(
        `${names} ${isOne ? 'measures' : 'measure'} loosely: ${isOne ? 'its' : 'their'} items hang together less than is asked of a scale. Differences in ${isOne ? 'it' : 'them'} are smaller than they would be if ${isOne ? 'it' : 'they'} measured well, and say little of one person. Read ${isOne ? 'it' : 'them'} as a hint.`,
      ),
      refs: ground.refs(first.source, ...others.map(({ source }) => source)),
    },
  ];
}
