import type { SegmentationSettings } from '../../model/segmentation.ts';
import { countTelling, type TellingCount } from '../../segments/count-telling.ts';
import { type FitOptions, fitSegments, type SegmentFit } from '../../segments/fit-segments.ts';
import { buildInputTable, type InputTable } from '../../segments/input-table.ts';
import { type ProfiledColumn, profileSegments } from '../../segments/profile.ts';
import { type TypingStrength, typingStrength } from '../../segments/typing/typing-strength.ts';
import type { DesignEffect } from '../../stats/design-effect.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { Store } from '../../store/store.ts';
import { readSegmentInputs, type SegmentationPlace, type SegmentInputs } from './segment-inputs.ts';
import { weightsOf } from './survey-weights.ts';
import { surveyTableColumns } from './table-columns.ts';

/** The weighting of a solution, as it was when it was made. */
export type SolutionWeighting = {
  name: string;
  version: number;
  note: string;
  effect: DesignEffect;
  /** Responses that do not count under it, and are not grouped. */
  notCounted: number;
};
/** What people are grouped by, as a table, with how much everybody counts. */
export type SolutionTable = {
  read: SegmentInputs;
  table: InputTable;
  /** Over the responses read; null where all count alike. */
  weights: number[] | null;
  weighting: SolutionWeighting | null;
};

/** @param weighting the public id of a weighting; null where all count alike */
export async function readSolutionTable(
  store: Store,
  place: SegmentationPlace,
  settings: SegmentationSettings,
  weighting: string | null,
): Promise<SolutionTable> {
  const read = await readSegmentInputs(store, place, settings);
  const options = { missing: settings.missing, isBalanced: settings.isBalanced };
  if (weighting === null) return { read, table: buildInputTable(read.blocks, options), weights: null, weighting: null };
  const { weights: all, ...found } = await weightsOf(store, place, read.columns, weighting);
  const rows = all.flatMap((weight, row) => (weight > 0 ? [row] : []));
  const counted = countedOnly(read, rows);
  const weights = rows.map((row) => all[row]!);
  return {
    read: counted,
    table: buildInputTable(counted.blocks, { ...options, weights }),
    weights,
    weighting: { ...found, notCounted: read.responses.length - rows.length },
  };
}

function countedOnly(read: SegmentInputs, rows: readonly number[]): SegmentInputs {
  const { columns, blocks } = read;
  const part = <Value>(values: readonly Value[]): Value[] => rows.map((row) => values[row]!);
  const responses = part(read.responses);
  return {
    ...read,
    responses,
    columns: { ...columns, responses, column: (item) => part(columns.column(item)) },
    blocks: blocks.map((block) => ({
      ...block,
      columns: block.columns.map((column) => ({ ...column, values: part(column.values) })),
    })),
  };
}

/** What a solution is held against others by, beside what its fit says. */
export type SolutionPanel = {
  typing: TypingStrength | { reason: string };
  telling: TellingCount;
};

/** A solution with its panel; the same k, engine and seed give the same whether others are made beside it or not. */
export function fitWithPanel(
  { table, weights, read }: SolutionTable,
  told: readonly ProfiledColumn[],
  { seed, ...options }: Omit<FitOptions, 'random'> & { seed: number },
): { fit: SegmentFit; panel: SolutionPanel } {
  const fit = fitSegments(table, { ...options, random: mulberry32(seed) });
  const labels = new Array<number | null>(read.responses.length).fill(null);
  for (const [row, segment] of fit.labels.entries()) labels[table.kept[row]!] = segment;
  const telling = countTelling(
    profileSegments(labels, {
      names: fit.sizes.map((_, segment) => `Segment ${segment + 1}`),
      columns: told,
      ...(weights && { weights }),
    }),
  );
  return { fit, panel: { typing: typingStrength(table, fit.labels, options.k, mulberry32(seed + 1)), telling } };
}

/** What else is known of people, and could tell segments apart that were not made from it. */
export async function toldColumns(
  store: Store,
  place: SegmentationPlace,
  { columns }: SegmentInputs,
  inputs: readonly string[],
): Promise<ProfiledColumn[]> {
  const all = await surveyTableColumns(store, {
    columns,
    attributes: await store.people.allAttributes(place.workspaceId),
    themeRuns: await store.analyses.latestThemeRuns(place.studyId, place.surveyId),
    inputs: new Set(inputs),
  });
  return all.filter(({ isInput, isScored }) => !isInput && !isScored).map(({ column }) => ({ column }));
}
