import { blankTargets, countsOf, type PlainTarget, readTargets, targetsOf } from '../../model/read-targets.ts';
import type { Asked } from '../../model/record.ts';
import type { AskedWay } from '../../model/segmentation.ts';
import type { TableColumn } from '../../model/table-column.ts';
import type { Weighting, WeightingMargin } from '../../model/weighting.ts';
import { type WeighedResponses, weighedWays } from '../../reports/weigh-responses.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { columnsToWeighBy, weighSurvey } from './survey-weights.ts';

type Place = { studyId: number; surveyId: number };

/** Something that respondents can be weighed by, with what they said to it. */
export type WeighableColumn = {
  id: string;
  name: string;
  kind: 'choice' | 'number';
  /** How many have a value, of how many. */
  n: number;
  of: number;
  /** Of a choice, the options that anybody has. */
  options: { label: string; n: number }[];
  /** Of a number, its ends among those who said it. */
  ends: { min: number; max: number } | null;
  /** Targets to begin from, without shares. */
  blank: string;
};

/** How people came to be asked, and of how many nobody stored how likely that was. */
export type WeighableWay = { way: AskedWay; n: number; unknown: number };

/** What a survey's respondents can be weighed by; what nobody said, and what all said alike, cannot be. */
export async function weighableTask(
  { store }: TaskContext,
  place: Place,
): Promise<{ columns: WeighableColumn[]; ways: WeighableWay[] }> {
  const { columns, variables } = await columnsToWeighBy(store, place, null);
  const { responses } = columns;
  const asked = responses.map((response) => JSON.parse(response.asked) as Asked);
  return {
    columns: weighableColumns(variables, responses.length),
    ways: weighedWays(asked, {}).map(({ way, n, unknown }) => ({ way, n, unknown })),
  };
}

function weighableColumns(variables: readonly TableColumn[], of: number): WeighableColumn[] {
  return variables.flatMap((column): WeighableColumn[] => {
    const about = { id: column.id, name: column.name, of, blank: blankTargets(column) };
    if (column.kind === 'choice') {
      const counts = countsOf(column);
      const options = column.options.flatMap(({ label }, i) => (counts[i]! > 0 ? [{ label, n: counts[i]! }] : []));
      const n = options.reduce((sum, option) => sum + option.n, 0);
      return options.length < 2 ? [] : [{ ...about, kind: 'choice', n, options, ends: null }];
    }
    if (column.kind !== 'number') return [];
    const known = column.values.filter((value) => !Number.isNaN(value)).sort();
    const [min, max] = [known[0], known.at(-1)];
    return min === undefined || max === undefined || min === max
      ? []
      : [{ ...about, kind: 'number', n: known.length, options: [], ends: { min, max } }];
  });
}

/** The shares of one thing, as somebody wrote them or as numbers. */
export type AskedMargin = { column: string } & ({ text: string } | { targets: readonly PlainTarget[] });

/** Reads targets, as they were written or as numbers, against what was answered. */
export async function weighTargetsTask(
  { store }: TaskContext,
  { margins, ...place }: Place & { margins: readonly AskedMargin[] },
): Promise<{ margins: WeightingMargin[]; errors: { column: string; detail: string }[] }> {
  const { variables } = await columnsToWeighBy(
    store,
    place,
    margins.map(({ column }) => column),
  );
  const found: { margins: WeightingMargin[]; errors: { column: string; detail: string }[] } = {
    margins: [],
    errors: [],
  };
  for (const margin of margins) {
    const { column: id } = margin;
    const column = variables.find((one) => one.id === id);
    if (!column) {
      found.errors.push({ column: id, detail: 'This is no longer there to weigh by: leave it out' });
      continue;
    }
    const read = 'text' in margin ? readTargets(margin.text, column) : targetsOf(margin.targets, column);
    if ('errors' in read) found.errors.push(...read.errors.map((detail) => ({ column: id, detail })));
    else found.margins.push({ column: id, name: column.name, categories: read.categories });
  }
  return found;
}

export type WeighedSurvey = Omit<WeighedResponses, 'weights'> & {
  /** How many responses of the survey count at all. */
  all: number;
  /** The base that was weighed, in words. */
  base: string;
  weights: { response: string; weight: number }[];
};

/** Works a weighting out; the weights, one for each response that counts, are in the order of the survey. */
export async function weighTask(
  { store }: TaskContext,
  { weighting, ...place }: Place & { weighting: Weighting },
): Promise<WeighedSurvey> {
  const { responses, base, weighed } = await weighSurvey(store, place, weighting);
  const { weights, ...figures } = weighed;
  return {
    ...figures,
    all: responses.length,
    base,
    weights: responses.map(({ publicId }, row) => ({ response: publicId, weight: weights[row]! })),
  };
}
