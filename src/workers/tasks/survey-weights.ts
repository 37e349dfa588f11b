import { leftOutWords } from '../../model/base-sample.ts';
import { sourcesOf } from '../../model/derived-variable.ts';
import type { Asked } from '../../model/record.ts';
import type { TableColumn } from '../../model/table-column.ts';
import { Weighting } from '../../model/weighting.ts';
import { type WeighedResponses, weighResponses } from '../../reports/weigh-responses.ts';
import { type DesignEffect, designEffect } from '../../stats/design-effect.ts';
import { derivedId, type KeptVariable } from '../../store/derived-variables.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { SampleDefinition } from '../../store/sample-definitions.ts';
import type { Store } from '../../store/store.ts';
import { chosenColumns } from './chosen-columns.ts';
import { definitionOf, namedBase } from './survey-base.ts';
import type { SurveyColumns } from './survey-columns.ts';

type Place = { studyId: number; surveyId: number };

export type SurveyWeights = {
  /** One for each response of the columns, their mean 1 over all that count in the survey; 0 for whoever does not count. */
  weights: number[];
  /** Over those of the columns that count. */
  effect: DesignEffect;
  /** What has to stand beside every figure: name and version, effective n, who does not count. */
  note: string;
  name: string;
  version: number;
};

/**
 * How much each response counts under a weighting, worked out of the answers as they are now. A response has one weight,
 * whoever asks: with columns of a part of the responses it is still that of the whole survey.
 *
 * @param weighting its public id for the version that stands, `id@2` for one version; one that was removed is still read
 * @throws {Unanswerable} when there is no such weighting
 * @throws {RangeError} with a sentence for a researcher, when it cannot be worked out
 */
export async function weightsOf(
  store: Store,
  place: Place,
  columns: Pick<SurveyColumns, 'responses'>,
  weighting: string,
): Promise<SurveyWeights> {
  const kept = await definitionOf(store, place, 'weighting', weighting);
  const { responses, weighed } = await weighSurvey(store, place, Weighting.parse(kept.definition));
  const byId = new Map(responses.map(({ id }, row) => [id, weighed.weights[row]!]));
  const weights = columns.responses.map(({ id }) => byId.get(id) ?? 0);
  const effect = designEffect(weights.filter((weight) => weight > 0));
  if (!effect)
    throw new RangeError(`Nobody of these counts under the weighting “${kept.name}”. Choose another, or none`);
  return {
    weights,
    effect,
    note: weightingNote(kept, effect, columns.responses.length, weighed.leftOut),
    name: kept.name,
    version: kept.number,
  };
}

/** Weighs all responses of a survey that count, as a definition says; weights are in the order of the responses. */
export async function weighSurvey(
  store: Store,
  place: Place,
  weighting: Weighting,
): Promise<{ responses: ResponseRow[]; base: string; weighed: WeighedResponses }> {
  const { responses, base, ...of } = await gather(store, place, weighting);
  return { responses, base, weighed: weighResponses(weighting, of) };
}

/**
 * Weighs parts of a survey each by itself, such as its waves, so that targets are met in each of them.
 *
 * @param parts names and places of responses, by their order in the survey
 * @throws {RangeError} naming the part that cannot be weighed
 */
export async function weighParts(
  store: Store,
  place: Place,
  key: string,
  parts: readonly { name: string; rows: readonly number[] }[],
): Promise<{ weights: number[]; name: string; version: number; notes: string[] }> {
  const kept = await definitionOf(store, place, 'weighting', key);
  const weighting = Weighting.parse(kept.definition);
  const { responses, rows, ...of } = await gather(store, place, weighting);
  const isInBase = new Set(rows);
  const weights = responses.map(() => 0);
  const notes: string[] = [];
  for (const part of parts) {
    const own = part.rows.filter((row) => isInBase.has(row));
    if (own.length === 0) continue;
    try {
      const weighed = weighResponses(weighting, { ...of, rows: own, leftOut: {} });
      for (const row of own) weights[row] = weighed.weights[row]!;
      const said = [...lostWords(weighed.leftOut), ...weighed.notes];
      notes.push(...said.map((note) => (parts.length === 1 ? note : `${part.name}: ${note}`)));
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`${part.name}: ${error.message}`);
      throw error;
    }
  }
  return { weights, name: kept.name, version: kept.number, notes };
}

/** What a weighting is worked out of. */
async function gather(store: Store, place: Place, weighting: Weighting) {
  const wanted = weighting.raked?.margins.map(({ column }) => column) ?? [];
  const { columns, variables } = await columnsToWeighBy(store, place, wanted);
  const { responses } = columns;
  const base = await namedBase(store, place, weighting.base, responses);
  return {
    responses,
    base: base.words,
    rows: base.rows,
    leftOut: base.leftOut,
    asked: responses.map(({ asked }) => JSON.parse(asked) as Asked),
    columns: variables,
  };
}

/**
 * What a survey's respondents can be weighed by: questions with one answer, numbers, attributes, and what was derived of
 * them. Variables that rest on words are not among them, since words may go while a weighting stays.
 *
 * @param wanted their ids; all that there are for null
 */
export async function columnsToWeighBy(
  store: Store,
  place: Place,
  wanted: readonly string[] | null,
): Promise<{ columns: SurveyColumns; variables: TableColumn[] }> {
  const workspaceId = (await store.studies.find(place.studyId))?.workspaceId ?? 0;
  const onWords = new Set(backCoded(await store.derivedVariables.list(place.surveyId)));
  const { columns, variables } = await chosenColumns(
    store,
    { workspaceId, ...place },
    { wanted: wanted?.filter((id) => !onWords.has(id)) ?? null, textKey: new Uint8Array() },
  );
  return {
    columns,
    variables: variables.flatMap(({ column, family }) =>
      (column.kind === 'choice' || column.kind === 'number') && family !== 'segment' && !onWords.has(column.id)
        ? [column]
        : [],
    ),
  };
}

/** The ids of variables that are made of words, themselves or through another. */
function backCoded(kept: readonly KeptVariable[]): string[] {
  const found = new Set<string>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const one of kept)
      if (one.definition.kind === 'back-coding' || sourcesOf(one.definition).some((source) => found.has(source)))
        found.add(derivedId(one));
  }
  return [...found];
}

/** Who of a base does not count under a weighting. */
function lostWords({ unknown = 0, missing = 0 }: WeighedResponses['leftOut']): string[] {
  const show = (n: number) => n.toLocaleString('en-GB');
  return [
    ...(unknown > 0 ? [`${show(unknown)} do not count because nobody knows how likely they were asked`] : []),
    ...(missing > 0 ? [`${show(missing)} do not count because they lack a category`] : []),
  ];
}

function weightingNote(
  { name, number }: SampleDefinition,
  effect: DesignEffect,
  all: number,
  leftOut: WeighedResponses['leftOut'],
): string {
  const show = (value: number, digits = 0) => value.toLocaleString('en-GB', { maximumFractionDigits: digits });
  const { unknown: _unknown, missing: _missing, ...others } = leftOut;
  const reasons = [...(Object.keys(others).length > 0 ? [leftOutWords(others)] : []), ...lostWords(leftOut)];
  return `Weighted by “${name}”, version ${number}: ${show(effect.n)} of ${show(all)} responses count, effective n ${show(effect.effectiveN, 1)}, design effect ${show(effect.designEffect, 2)}${reasons.length > 0 ? `; of the survey, ${reasons.join('; ')}` : ''}.`;
}
