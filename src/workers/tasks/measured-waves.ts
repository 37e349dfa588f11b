import { surveyItems } from '../../model/items.ts';
import { scoreNames } from '../../model/score-source.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { isSameShape } from '../../reports/wave-comparison.ts';
import { type MeasuredColumn, type MeasuredItem, measureWaves } from '../../reports/wave-rows.ts';
import { effectiveN } from '../../stats/effective-n.ts';
import { derivedId } from '../../store/derived-variables.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { chosenColumns, type VariablePlace } from './chosen-columns.ts';
import type { VariableColumn } from './derived-columns.ts';
import { namedBase } from './survey-base.ts';
import { weighParts } from './survey-weights.ts';
import { Unanswerable } from './unanswerable.ts';

export type MeasuredSurvey = {
  /** Waves that were answered, in order; one for everybody where the survey is measured as a whole. */
  waves: { name: string; number: number; n: number; effectiveN: number }[];
  items: MeasuredItem[];
  base: string;
  /** What of a weighting stands beside the figures; null where nothing is weighted. */
  weighting: string | null;
  notes: string[];
};

/**
 * Shares and means of a survey among the people of a base, weighted if wanted: wave by wave with what changed, or as a
 * whole. Weights are worked out in each wave by itself, so that every wave meets the targets.
 */
export async function measuredTask(
  { store, textKey }: TaskContext,
  {
    base: baseKey,
    weighting,
    isByWave,
    ...place
  }: VariablePlace & {
    base: string;
    weighting: string;
    isByWave: boolean;
  },
): Promise<MeasuredSurvey> {
  const wanted = await wantedColumns(store, place);
  const { columns, variables } = await chosenColumns(store, place, { wanted, textKey });
  const { responses } = columns;
  const base = await namedBase(store, place, baseKey, responses);
  const parts = isByWave
    ? await waveParts(store, place, responses, base.rows)
    : [{ name: 'All', number: 0, rows: base.rows }];
  if (isByWave && parts.length < 2)
    throw new Unanswerable('Fewer than two waves have responses in this base, so there is nothing to compare');
  if (base.rows.length === 0) throw new Unanswerable('Nobody is in this base. Choose a wider one');
  const weighed = weighting === '' ? null : await weighParts(store, place, weighting, parts);
  const waves = parts.map(({ name, number, rows }) => {
    const counted = weighed ? rows.filter((row) => weighed.weights[row]! > 0) : rows;
    return {
      name,
      number,
      n: counted.length,
      effectiveN: weighed ? effectiveN(counted.map((row) => weighed.weights[row]!)) : counted.length,
    };
  });
  const personOf = new Map(
    (await store.responses.listWithPeople(place.surveyId)).map(({ id, personId }) => [id, personId]),
  );
  const fitting = await fittingColumns(store, columns.definition, responses);
  return {
    waves,
    items: measureWaves(variables.map(fitting), {
      waves: parts.map(({ rows }) => rows),
      weights: weighed?.weights ?? null,
      people: responses.map(({ id }) => {
        const person = personOf.get(id) ?? null;
        return person === null ? null : Number(person);
      }),
    }),
    base: base.words,
    weighting: weighed
      ? `Weighted by “${weighed.name}”, version ${weighed.version}${isByWave ? ', each wave by itself' : ''}.`
      : null,
    notes: weighed?.notes ?? [],
  };
}

/** Questions, scales and derived variables; what is known of people does not belong to the wave. */
async function wantedColumns(store: Store, { studyId, surveyId }: VariablePlace): Promise<string[]> {
  const survey = await store.surveys.findById(studyId, surveyId);
  if (!survey || survey.publishedVersionId === null) throw new Unanswerable('The survey has not been published yet');
  const { definition } = await store.surveys.version(survey.publishedVersionId);
  return [
    ...surveyItems(definition).map(({ address }) => `answer:${address}`),
    ...[...scoreNames(definition)].map((name) => `scale:${name}`),
    ...(await store.derivedVariables.list(surveyId)).map(derivedId),
  ];
}

/** The waves that anybody of the base answered. */
async function waveParts(
  store: Store,
  { surveyId }: VariablePlace,
  responses: readonly ResponseRow[],
  rows: readonly number[],
) {
  const byWave = Map.groupBy(rows, (row) => responses[row]!.wave);
  return (await store.fieldwork.waves(surveyId)).flatMap(({ publicId, number, name }) => {
    const own = byWave.get(publicId);
    return own ? [{ name, number, rows: own }] : [];
  });
}

/**
 * A question is compared over the responses that were asked it as the version that stands asks it, and an option over
 * those who were offered it.
 */
async function fittingColumns(store: Store, definition: SurveyDefinition, responses: readonly ResponseRow[]) {
  const itemsOf = (of: SurveyDefinition) => new Map(surveyItems(of).map((item) => [item.address, item]));
  const now = itemsOf(definition);
  const versions = new Map<number, ReturnType<typeof itemsOf>>();
  for (const id of new Set(responses.map(({ surveyVersionId }) => surveyVersionId)))
    versions.set(id, itemsOf((await store.surveys.version(id)).definition));
  return ({ column, family, item: address }: VariableColumn): MeasuredColumn => {
    const item = now.get(address);
    if (family !== 'question' || !item || versions.size < 2) return { column };
    const asked = new Map([...versions].map(([id, items]) => [id, items.get(address)]));
    const fits = new Set([...asked].flatMap(([id, own]) => (isSameShape(own, item) ? [id] : [])));
    const codes = new Map([...asked].map(([id, own]) => [id, new Set(own?.options.map(({ code }) => code))]));
    return {
      column,
      fits: (row) => fits.has(responses[row]!.surveyVersionId),
      offered: (row, option) =>
        'options' in column && (codes.get(responses[row]!.surveyVersionId)?.has(column.options[option]!.code) ?? false),
    };
  };
}
