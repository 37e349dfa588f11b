import { showNumber, trimLabel } from '../../charts/numerals.ts';
import { stackedRows } from '../../charts/stacked-rows.ts';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import { shareChange, type VersionFlow } from '../../segments/version-flow.ts';
import type { SegmentRunSettings } from '../../services/segmentations.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import { ENGINE_WORDS } from './engine-words.ts';
import { changeText, HEADING_MOST, shareText } from './segment-drift-view.ts';
import { WAY_NAMES } from './segmentation-inputs.ts';

/** What changed between two versions of a segmentation, as its page says it. */

const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
const figure = (text: string) => ({ text, href: null, isNumber: true });
const column = (label: string, isNumber = false) => ({ label, isNumber });
/** Shades of a heat table, from the share of a row that makes each. */
const SHADES = [
  [0.75, 'more-4'],
  [0.5, 'more-3'],
  [0.25, 'more-2'],
  [0.1, 'more-1'],
] as const;

/** One version, as the page tells of it. */
export type ToldVersion = {
  number: number;
  /** In the order of their places. */
  segments: { id: number; key: string; name: string; href: string | null }[];
  /** How the solution was made; null of one that was made elsewhere. */
  settings: SegmentRunSettings | null;
  seed: number;
  surveyVersion: number | null;
  grouped: number | null;
  /** What its inputs are called. */
  inputNames: ReadonlyMap<string, string>;
};

/** Who went where: a bar for each earlier segment, and the same as a table of people. */
export function flowView(flow: VersionFlow, before: ToldVersion, after: ToldVersion) {
  const rows = [...before.segments.map(({ name }) => name), `Not in version ${before.number}`];
  const columns = [...after.segments.map(({ name }) => name), `Not in version ${after.number}`];
  const sums = flow.counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const shadeOf = (count: number, of: number) =>
    of === 0 ? undefined : SHADES.find(([from]) => count / of >= from)?.[1];
  return {
    chart: stackedRows({
      id: 'flow',
      title: `From version ${before.number} to version ${after.number}`,
      parts: { labels: columns, are: 'choices' },
      layout: 'one-bar',
      moreHeadings: ['n'],
      rows: rows.flatMap((label, row) =>
        sums[row] === 0
          ? []
          : [
              {
                label,
                value: `n ${showNumber(sums[row]!)}`,
                cells: flow.counts[row]!.map((count) => wilsonInterval(count, sums[row]!)!),
                more: [showNumber(sums[row]!)],
              },
            ],
      ),
      note: 'Each bar is all the people of an earlier segment; its parts are where they are now. The last bar is whoever came.',
    }),
    table: {
      caption: 'People of each earlier segment, by where they are now',
      isCaptionHidden: true,
      columns: [
        column(`Version ${before.number}`),
        ...columns.map((name) => column(trimLabel(name, HEADING_MOST), true)),
        column('All', true),
      ],
      rows: rows.map((label, row) => ({
        cells: [
          cell(label),
          ...flow.counts[row]!.map((count, place) => {
            const shade = shadeOf(count, sums[row]!);
            const isNobody = row === before.segments.length && place === after.segments.length;
            return { ...figure(isNobody ? '–' : showNumber(count)), ...(shade && { shade }) };
          }),
          figure(showNumber(sums[row]!)),
        ],
      })),
    },
  };
}

/** How many stayed with their segment, moved, came and left. */
export function movesView(flow: VersionFlow, before: ToldVersion, after: ToldVersion) {
  let stayed = 0;
  for (const [row, { key }] of before.segments.entries()) {
    const place = after.segments.findIndex((one) => one.key === key);
    if (place >= 0) stayed += flow.counts[row]![place]!;
  }
  const left = flow.counts.slice(0, -1).reduce((sum, row) => sum + row.at(-1)!, 0);
  const both = flow.before - left;
  const came = flow.after - both;
  const share = (count: number, of: number) => shareText(wilsonInterval(count, of));
  return [
    {
      label: 'Stayed',
      value: showNumber(stayed),
      note: both === 0 ? 'nobody is in both versions' : `${share(stayed, both)} of ${showNumber(both)} in both`,
    },
    { label: 'Moved', value: showNumber(both - stayed), note: 'to a segment that does not carry theirs on' },
    { label: 'Came', value: showNumber(came), note: `not in version ${before.number}` },
    { label: 'Left', value: showNumber(left), note: `not in version ${after.number}, or withdrawn` },
  ];
}

/** Each segment with the earlier one that is most like it, how alike they are, and how its share changed. */
export function matchesTable(
  flow: VersionFlow,
  before: ToldVersion,
  after: ToldVersion,
  jaccards: ReadonlyMap<number, { earlierId: number; jaccard: number }>,
) {
  const gone = before.segments.filter(({ key }) => !after.segments.some((one) => one.key === key));
  const sharesOf = (count: number, of: number) => shareText(wilsonInterval(count, of));
  const inLater = (place: number) => flow.counts.reduce((sum, row) => sum + row[place]!, 0);
  const inEarlier = (row: number) => flow.counts[row]!.reduce((sum, count) => sum + count, 0);
  return {
    caption: 'Segments, and which earlier ones they carry on',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      column(`Version ${after.number}`),
      column('Carries on'),
      column('Overlap (Jaccard)', true),
      column('Share before', true),
      column('Share now', true),
      column('Change in points (95% interval)', true),
    ],
    rows: [
      ...after.segments.map(({ id, key, name, href }, place) => {
        const match = jaccards.get(id);
        const row = before.segments.findIndex((one) => one.key === key);
        const like = before.segments.find((one) => one.id === match?.earlierId);
        const change = row < 0 ? null : shareChange(flow, row, place);
        return {
          cells: [
            cell(name, href),
            cell(
              row >= 0
                ? before.segments[row]!.name === name
                  ? 'yes'
                  : `yes: ${before.segments[row]!.name}`
                : `no: it is new${like ? `, most like “${like.name}”` : ''}`,
            ),
            figure(match ? match.jaccard.toFixed(2) : '–'),
            figure(row < 0 ? '–' : sharesOf(inEarlier(row), flow.before)),
            figure(sharesOf(inLater(place), flow.after)),
            figure(change ? changeText(change) : '–'),
          ],
        };
      }),
      ...gone.map(({ name, key }) => {
        const row = before.segments.findIndex((one) => one.key === key);
        return {
          cells: [
            cell('None: it is gone'),
            cell(name),
            figure('–'),
            figure(sharesOf(inEarlier(row), flow.before)),
            figure('–'),
            figure('–'),
          ],
        };
      }),
    ],
  };
}

type Line = { name: string; before: string; after: string };

/** What of the making changed: inputs one by one, and every setting that is not the same. */
export function makingTable(before: ToldVersion, after: ToldVersion) {
  const lines: Line[] = [];
  const line = (name: string, was: string, is: string) => {
    if (was !== is) lines.push({ name, before: was || '–', after: is || '–' });
  };
  const [was, is] = [before.settings?.settings, after.settings?.settings];
  if (was && is) {
    const name = (id: string) => after.inputNames.get(id) ?? before.inputNames.get(id) ?? id;
    const inputs = ({ inputs: chosen }: SegmentationSettings, others: SegmentationSettings) =>
      chosen
        .filter((id) => !others.inputs.includes(id))
        .map(name)
        .sort()
        .join(', ');
    line('Grouped by, and not in the other version', inputs(was, is), inputs(is, was));
    const record = (of: Readonly<Record<string, unknown>>) =>
      Object.entries(of)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, value]) => `${name(id)}: ${String(value)}`)
        .join(', ');
    line('Centring', record(was.centring), record(is.centring));
    line('Weights of blocks', record(was.weights), record(is.weights));
    const missing = (one: SegmentationSettings) => (one.missing === 'fill' ? 'filled' : 'people left out');
    line('Missing answers', missing(was), missing(is));
    const balance = (one: SegmentationSettings) => (one.isBalanced ? 'yes' : 'no');
    line('Blocks count alike', balance(was), balance(is));
    const ways = (one: SegmentationSettings) =>
      one.ways
        .map((way) => WAY_NAMES[way].name)
        .sort()
        .join(', ');
    line('People who were asked', ways(was), ways(is));
  }
  const making = (version: ToldVersion) => version.settings ?? null;
  line('Number of segments', String(before.segments.length), String(after.segments.length));
  line('Engine', engineText(making(before)), engineText(making(after)));
  const weighting = (one: SegmentRunSettings | null) =>
    one?.weighting ? (one.isWeighted ? 'where segments are looked for' : 'in the shares') : 'none';
  line('People weighted', weighting(making(before)), weighting(making(after)));
  line('Seed', String(before.seed), String(after.seed));
  line('Version of the survey', String(before.surveyVersion ?? '–'), String(after.surveyVersion ?? '–'));
  line(
    'People grouped',
    before.grouped === null ? '–' : showNumber(before.grouped),
    after.grouped === null ? '–' : showNumber(after.grouped),
  );
  return {
    caption: 'What of the making changed',
    isCaptionHidden: true,
    isStacked: true,
    emptyText: 'Nothing: the same settings and seed over the same answers.',
    columns: [column('What'), column(`Version ${before.number}`), column(`Version ${after.number}`)],
    rows: lines.map((one) => ({ cells: [cell(one.name), cell(one.before), cell(one.after)] })),
  };
}

const engineText = (settings: SegmentRunSettings | null): string =>
  settings === null
    ? 'made elsewhere, or drawn by somebody'
    : `${ENGINE_WORDS[settings.engine ?? 'k-means'].name}${settings.family ? ` (${settings.family})` : ''}`;
