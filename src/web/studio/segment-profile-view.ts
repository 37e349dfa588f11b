import { dots } from '../../charts/dots.ts';
import { showDifference, showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import { slope } from '../../charts/slope.ts';
import { familyTestWords, pText } from '../../exchange/table-layout.ts';
import { columnLetter } from '../../reports/banner-table.ts';
import type { SegmentOutcome } from '../../segments/outcomes.ts';
import type { TableBlock, TableCell, TableRow } from '../../segments/table-cells.ts';
import type { ProfiledFamily, ProfiledSegments } from '../../workers/tasks/segment-profile.ts';

export type ProfiledBlock = ProfiledSegments['blocks'][number];
export const FAMILIES: readonly { family: ProfiledFamily; name: string; one: string }[] = [
  { family: 'scale', name: 'Scales', one: 'scale' },
  { family: 'question', name: 'Questions', one: 'question' },
  { family: 'attribute', name: 'What is known of people', one: 'attribute' },
  { family: 'theme', name: 'Themes', one: 'open question' },
  { family: 'derived', name: 'Derived variables', one: 'derived variable' },
];
export const ORDERS = ['size', 'asked'] as const;
export type ProfileOrder = (typeof ORDERS)[number];

const SLOPES_MOST = 9;
const DOTS_MOST = 8;
const DRIVERS_SHOWN = 15;
/** Of a question with more options than these, the ones that differ most are shown first. */
const OPTIONS_SHOWN = 6;
/** So long is a name beside a letter. */
const NAME_LENGTH_MAX = 26;

const number = (n: number) => n.toLocaleString('en-GB');
const cell = (text: string, isNumber = true, href: string | null = null) => ({ text, href, isNumber });
const column = (label: string, isNumber = true) => ({ label, isNumber });

const isShown = ({ standing, value }: Pick<TableCell, 'standing' | 'value'>): boolean =>
  standing !== 'hidden' && value !== null;
const sizeOf = (row: TableRow): number =>
  Math.max(0, ...row.cells.filter(isShown).map(({ effect }) => Math.abs(effect ?? 0)));
const strengthOf = (block: TableBlock): number => Math.max(0, ...toldRows(block).map(sizeOf));
const isFound = ({ adjustedP }: Pick<TableCell, 'adjustedP'>, alpha: number): boolean =>
  adjustedP !== null && adjustedP < alpha;

/** A row for each option, or one: of steps their mean, which says more to the eye, with the test that ranks allow. */
function toldRows({ kind, rows }: TableBlock): TableRow[] {
  const [means, medians] = rows;
  if (kind !== 'ordinal' || !means || !medians) return rows;
  const cells = means.cells.map((mean, place): TableCell => {
    const { value, low, high } = mean;
    return { ...medians.cells[place]!, value, low, high };
  });
  return [{ ...means, cells }];
}

/** Largest differences first, what the segments were made from after everything that is tested; or as it was asked. */
export function ordered(blocks: readonly ProfiledBlock[], order: ProfileOrder): ProfiledBlock[] {
  const tested = blocks.filter(({ isInput }) => !isInput);
  const inputs = blocks.filter(({ isInput }) => isInput);
  const sorted = (list: readonly ProfiledBlock[]) =>
    order === 'asked' ? [...list] : list.toSorted((a, b) => strengthOf(b) - strengthOf(a));
  return [...sorted(tested), ...sorted(inputs)];
}

const show = (kind: TableRow['kind'], value: number): string =>
  kind === 'share' ? showPercent(value, 0) : showNumber(value, 2);
const intervalWords = (kind: TableRow['kind'], { low, high }: Pick<TableCell, 'low' | 'high'>): string =>
  low === null || high === null ? '' : `${show(kind, low)} to ${show(kind, high)}`;

/** How strongly a cell is tinted, by its residual or its effect. */
function shadeOf(kind: TableRow['kind'], { z, effect }: TableCell): string | null {
  const [size, steps] =
    kind === 'share' ? ([z ?? 0, [1, 2, 3, 5]] as const) : ([effect ?? 0, [0.1, 0.2, 0.5, 0.8]] as const);
  const step = steps.filter((limit) => Math.abs(size) >= limit).length;
  return step === 0 ? null : `${size > 0 ? 'more' : 'less'}-${step}`;
}

/** A heat table of segments × things, with words for what the tints say. */
export function heatView(
  kept: Pick<ProfiledSegments, 'segments' | 'rules'>,
  blocks: readonly ProfiledBlock[],
  { caption, areAllOptions }: { caption: string; areAllOptions: boolean },
) {
  const letters = kept.segments.map((_, place) => columnLetter(place));
  return {
    caption: `${caption}, by segment`,
    span: kept.segments.length + 2,
    columns: kept.segments.map(({ name }, place) => ({ letter: letters[place]!, name })),
    blocks: blocks.map((block) => {
      const rows = toldRows(block);
      // The second of two options says nothing that the first does not.
      const isPair = block.kind === 'choice' && rows.length === 2;
      const shown = areAllOptions
        ? rows
        : isPair
          ? rows.slice(0, 1)
          : rows.length <= OPTIONS_SHOWN
            ? rows
            : rows.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, OPTIONS_SHOWN);
      const isSingle = shown.length === 1;
      return {
        heading: isSingle ? null : block.name,
        isInput: block.isInput,
        more: isPair ? 0 : rows.length - shown.length,
        rows: shown.map((row) => ({
          label: isSingle ? labelOf(block, row) : row.label,
          isInput: isSingle && block.isInput,
          total: row.total.value === null ? '–' : show(row.kind, row.total.value),
          cells: row.cells.map((one) => heatCell(row.kind, one, { letters, alpha: kept.rules.alpha })),
        })),
      };
    }),
  };
}

function heatCell(
  kind: TableRow['kind'],
  one: TableCell,
  { letters, alpha }: { letters: readonly string[]; alpha: number },
) {
  if (!isShown(one))
    return {
      value: '–',
      interval: one.n === 0 ? 'nobody' : 'too few',
      shade: null,
      sign: null,
      above: '',
      isFew: false,
    };
  const isUp = (one.effect ?? 0) > 0;
  return {
    value: show(kind, one.value!),
    interval: intervalWords(kind, one),
    shade: shadeOf(kind, one),
    sign: isFound(one, alpha)
      ? { arrow: isUp ? '↑' : '↓', words: isUp ? 'above the others' : 'below the others' }
      : null,
    above: one.above.map((place) => letters[place]).join(' '),
    isFew: one.standing === 'warned',
  };
}

/** Who is told of: each segment with its base. */
export function segmentsView({ segments, weighting }: ProfiledSegments, hrefs: readonly (string | null)[]) {
  return {
    caption: 'Each segment and its base',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      column('Segment', false),
      column('Column'),
      column('People'),
      ...(weighting ? [column('Effective base')] : []),
      column('Share, 95% interval'),
      column('Base', false),
    ],
    rows: segments.map(({ name, n, effectiveN, share, standing }, place) => ({
      cells: [
        { ...cell(name, false, hrefs[place] ?? null), segmentClass: `seg-${(place % 8) + 1}` },
        cell(columnLetter(place)),
        cell(number(n)),
        ...(weighting ? [cell(showNumber(effectiveN, 1))] : []),
        cell(`${showPercent(share.share)} (${showPercent(share.low)} to ${showPercent(share.high)})`),
        cell(
          standing === 'hidden' ? 'Too few to tell of' : standing === 'warned' ? 'Few: read with care' : 'Enough',
          false,
        ),
      ],
    })),
  };
}

/** The figure of a block that differs most, where something was found in it. */
function strongest({ blocks, rules }: Pick<ProfiledSegments, 'blocks' | 'rules'>) {
  return blocks
    .flatMap((block) => {
      const [row] = toldRows(block)
        .filter(({ cells }) => cells.some((one) => isShown(one) && isFound(one, rules.alpha)))
        .toSorted((a, b) => sizeOf(b) - sizeOf(a));
      return row && !block.isInput ? [{ block, row, size: sizeOf(row) }] : [];
    })
    .toSorted((a, b) => b.size - a.size);
}

const labelOf = (block: ProfiledBlock, row: TableRow): string =>
  row.kind === 'share' ? `${block.name} · ${row.label}` : block.name;

/** The strongest differences, each from segment to segment. */
export function slopesView(kept: ProfiledSegments) {
  const found = strongest(kept).slice(0, SLOPES_MOST);
  if (found.length === 0) return null;
  return slope({
    id: 'strongest',
    title: 'Where the segments lie furthest apart',
    marks: kept.segments.map((_, place) => columnLetter(place)),
    names: kept.segments.map(({ name }, place) => `${columnLetter(place)}: ${trimLabel(name, NAME_LENGTH_MAX)}`),
    rows: found.map(({ block, row }) => ({
      label: labelOf(block, row),
      measure: row.kind === 'share' ? 'share' : 'number',
      points: row.cells.map((one) =>
        isShown(one) ? { value: one.value!, low: one.low, high: one.high, n: one.n } : null,
      ),
      all: row.total.value,
    })),
    note: 'Upright lines are 95% intervals, the broken line is everybody. Letters are the segments in the table above.',
  });
}

/** For each segment what sets it apart from all others, as effects that read alike. */
export function apartViews({ segments, blocks, rules }: ProfiledSegments) {
  return segments.map(({ name, standing }, place) => {
    const found = blocks
      .filter(({ isInput }) => !isInput)
      .flatMap((block) =>
        toldRows(block).flatMap((row) => {
          const one = row.cells[place]!;
          return one.effect !== null && isShown(one) && isFound(one, rules.alpha) ? [{ block, row, one }] : [];
        }),
      )
      .toSorted((a, b) => Math.abs(b.one.effect!) - Math.abs(a.one.effect!))
      .slice(0, DOTS_MOST);
    return {
      letter: columnLetter(place),
      name,
      none:
        standing === 'hidden'
          ? 'Too few people are in it to hold it against the others.'
          : 'Nothing sets it apart from the others that is sure enough to tell.',
      chart:
        found.length === 0
          ? null
          : dots({
              id: `apart-${place}`,
              title: `${columnLetter(place)}, against all others`,
              rows: found.map(({ block, row, one }) => ({
                label: labelOf(block, row),
                difference: one.effect!,
                low: one.effectLow,
                high: one.effectHigh,
              })),
              digits: 2,
              zeroLabel: 'all others',
              segmentClass: `seg-${(place % 8) + 1}`,
              note: 'Effects with 95% intervals: Cohen’s h of shares, Hedges’ g of means (0.2 small, 0.5 medium, 0.8 large), Cliff’s delta of steps (0.15, 0.33, 0.47).',
            }),
    };
  });
}

/** Every figure of one thing. */
export function figuresView(block: ProfiledBlock, isWeighted: boolean) {
  return {
    name: block.name,
    isInput: block.isInput,
    tests: block.tests.map((test) => `All segments together: ${familyTestWords(test)}.`),
    table: {
      caption: block.name,
      isCaptionHidden: true,
      columns: [
        column(block.rows.some(({ kind }) => kind === 'share') ? 'Option' : 'Figure', false),
        column('Segment', false),
        column('Answered'),
        ...(isWeighted ? [column('Effective base')] : []),
        column('Value, 95% interval'),
        column('Index'),
        column('Residual'),
        column('Effect, 95% interval'),
        column('Adjusted p'),
        column('Above'),
      ],
      rows: block.rows.flatMap((row) =>
        row.cells.map((one, place) => ({
          cells: [
            cell(row.label, false),
            cell(columnLetter(place), false),
            cell(number(one.n)),
            ...(isWeighted ? [cell(showNumber(one.effectiveN, 1))] : []),
            ...(isShown(one)
              ? shownFigures(row, one, block.isInput)
              : [cell('too few'), ...Array.from({ length: 5 }, () => cell('–'))]),
          ],
        })),
      ),
    },
  };
}

function shownFigures(row: TableRow, one: TableCell, isInput: boolean) {
  const interval = intervalWords(row.kind, one);
  const few = one.standing === 'warned' ? ', few' : '';
  return [
    cell(`${show(row.kind, one.value!)}${interval === '' ? '' : ` (${interval})`}${few}`),
    cell(one.index === null ? '–' : showNumber(one.index, 0)),
    cell(one.z === null ? '–' : showDifference(one.z, 1)),
    cell(
      one.effect === null
        ? '–'
        : `${showDifference(one.effect, 2)}${one.effectLow === null || one.effectHigh === null ? '' : ` (${showDifference(one.effectLow, 2)} to ${showDifference(one.effectHigh, 2)})`}`,
    ),
    cell(isInput ? 'input' : one.adjustedP === null ? 'not tested' : pText(one.adjustedP)),
    cell(one.above.map(columnLetter).join(' ') || '–'),
  ];
}

/** What has most to do with which segment people are in. */
export function driversView({ drivers }: ProfiledSegments) {
  const shown = drivers.filter(({ isInput }) => !isInput).slice(0, DRIVERS_SHOWN);
  return {
    caption: 'What tells the segments apart',
    isCaptionHidden: true,
    isStacked: true,
    emptyText: 'There is nothing beside what the segments were made from.',
    columns: [
      column('Asked', false),
      column('Strength, 95% interval'),
      column('Measure', false),
      column('Takes from the uncertainty'),
      column('People'),
      column('Adjusted p'),
    ],
    rows: shown.map(({ name, option, strength, low, high, measure, uSegment, eta2, n, adjustedP }) => ({
      cells: [
        cell(option === null ? name : `${name} · ${option}`, false),
        cell(`${showNumber(strength, 2)} (${showNumber(low, 2)} to ${showNumber(high, 2)})`),
        cell(measure === 'omega' ? 'omega' : 'Cramér’s V', false),
        cell(
          uSegment === null ? (eta2 === null ? '–' : `${showPercent(eta2)} of its variance`) : showPercent(uSegment),
        ),
        cell(number(n)),
        cell(adjustedP === null ? 'not tested' : pText(adjustedP)),
      ],
    })),
  };
}

/** Outcomes as they were counted, beside what they come to once corrected. */
export function outcomesView({ outcomes, segments }: ProfiledSegments) {
  return outcomes.map((outcome) => {
    const { name, option, bases, counted, corrected, test, widest, fallback } = outcome;
    const kind = option === null ? 'mean' : 'share';
    const told = (estimate: SegmentOutcome['counted'][number] | undefined, place: number): string => {
      if (bases[place]!.standing === 'hidden') return 'too few';
      return estimate ? `${show(kind, estimate.value)} (${intervalWords(kind, estimate)})` : '–';
    };
    const by = (value: number) => (kind === 'share' ? `${showNumber(100 * value, 1)} points` : showNumber(value, 2));
    return {
      title: option === null ? name : `${name} · ${option.label}`,
      fallback,
      words: [
        test
          ? `All segments the same: chi-square ${showNumber(test.chiSquare, 2)} (df ${test.df}), ${pText(test.adjustedP ?? test.p)} adjusted over the outcomes, corrected.`
          : '',
        widest
          ? `Furthest apart: ${columnLetter(widest.higher)} above ${columnLetter(widest.lower)} by ${by(widest.difference)} (${by(widest.low)} to ${by(widest.high)}).`
          : '',
      ].filter((words) => words !== ''),
      table: {
        caption: option === null ? name : `${name} · ${option.label}`,
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          column('Segment', false),
          column('Answered'),
          column('As counted, 95% interval'),
          column('Corrected, 95% interval'),
        ],
        rows: segments.map((segment, place) => ({
          cells: [
            {
              ...cell(`${columnLetter(place)} ${segment.name}`, false),
              segmentClass: `seg-${(place % 8) + 1}`,
            },
            cell(`${number(bases[place]!.n)}${bases[place]!.standing === 'warned' ? ', few' : ''}`),
            cell(told(counted[place], place)),
            cell(told(corrected[place], place)),
          ],
        })),
      },
    };
  });
}
