import { type DerivedFault, type DerivedVariable, sourcesOf } from '../../model/derived-variable.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { choiceColumn } from '../../model/table-column.ts';
import { readItemKey } from '../../scales/score.ts';
import { asDerived } from '../../store/derived-variables.ts';
import type { Store } from '../../store/store.ts';
import { derivedColumns, goneSentence, type VariableColumn } from './derived-columns.ts';
import { segmentLabels } from './segment-labels.ts';
import { readColumns, type SurveyColumns } from './survey-columns.ts';
import { surveyTableColumns } from './table-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type VariablePlace = { workspaceId: number; studyId: number; surveyId: number };
export type ChosenColumns = {
  columns: SurveyColumns;
  /** In the order of the survey: scales, questions, attributes, themes, segments, derived variables. */
  variables: VariableColumn[];
  /** Derived variables that cannot be worked out. */
  faults: Map<string, DerivedFault[]>;
};

/**
 * Variables of a survey over the responses that count, reading no more answers than they need.
 *
 * @param of.wanted their ids; all that there are for null
 * @param of.also variables that are not kept yet, or stand for kept ones of the same id
 * @param of.readsNone no answers are read: for names and options alone
 * @param of.inputs what groups are made from, which marks it, what it is made of, and what is made of it
 */
export async function chosenColumns(
  store: Store,
  place: VariablePlace,
  of: {
    wanted: readonly string[] | null;
    textKey: Uint8Array;
    also?: readonly DerivedVariable[];
    inputs?: ReadonlySet<string>;
    readsNone?: boolean;
  },
): Promise<ChosenColumns> {
  const also = of.also ?? [];
  const derived = [
    ...(await store.derivedVariables.list(place.surveyId))
      .map(asDerived)
      .filter(({ id }) => !also.some((own) => own.id === id)),
    ...also,
  ];
  const wanted = of.wanted === null ? null : withSources(of.wanted, derived);
  const survey = await store.surveys.findById(place.studyId, place.surveyId);
  if (!survey || survey.publishedVersionId === null)
    throw new Unanswerable('The survey has not been published, so there are no answers to read');
  const { definition } = await store.surveys.version(survey.publishedVersionId);
  const items = of.readsNone ? [] : wanted === null ? undefined : itemsOfIds(definition, wanted);
  const columns = await readColumns(store, place, items);
  const wants = (id: string) => wanted === null || wanted.has(id);
  const wantsAny = (kind: string) => wanted === null || [...wanted].some((id) => id.startsWith(`${kind}:`));
  const asked: VariableColumn[] = (
    await surveyTableColumns(store, {
      columns,
      attributes: wantsAny('attribute') ? await store.people.allAttributes(place.workspaceId) : new Map(),
      themeRuns: wantsAny('theme')
        ? (
            await store.analyses.latestThemeRuns(place.studyId, place.surveyId)
          ).filter(({ subject }) => wants(`theme:${subject}`))
        : [],
      inputs: withSources([...(of.inputs ?? [])], derived),
    })
  ).filter(({ column }) => wants(column.id));
  if (wantsAny('segment')) asked.push(...(await segmentColumns(store, place, columns, wants)));
  const made = await derivedColumns(store, place, asked, {
    columns,
    textKey: of.textKey,
    variables: derived.filter(({ id }) => wants(id)),
  });
  return { columns, variables: [...asked, ...made.columns], faults: made.faults };
}

/**
 * The variables in the order they were asked for.
 *
 * @throws {Unanswerable} when one is not there, or cannot be worked out
 */
export function inOrder({ variables, faults }: ChosenColumns, ids: readonly string[]): VariableColumn[] {
  const byId = new Map(variables.map((one) => [one.column.id, one]));
  return ids.map((id) => {
    const found = byId.get(id);
    if (found) return found;
    throw new Unanswerable(faults.get(id)?.[0]?.detail ?? goneSentence(id));
  });
}

/** The segments that responses are in, of each segmentation of which a version stands. */
async function segmentColumns(
  store: Store,
  place: VariablePlace,
  columns: SurveyColumns,
  wants: (id: string) => boolean,
): Promise<VariableColumn[]> {
  const found: VariableColumn[] = [];
  for (const segmentation of await store.segmentations.list(place.studyId)) {
    const id = `segment:${segmentation.publicId}`;
    if (!wants(id)) continue;
    const [standing] = await store.segmentations.versions(segmentation.id);
    if (!standing) continue;
    const { segments, labels } = await segmentLabels(store, segmentation, columns.responses);
    if (labels.every((label) => label === null)) continue;
    const options = segments.map(({ lineage, publicId, name }) => ({ code: lineage ?? publicId, label: name }));
    found.push({
      column: choiceColumn(
        { id, name: `${segmentation.name} (${standing.label}, version ${standing.number})`, options },
        labels.map((label) => (label === null ? null : options[label]!.code)),
      ),
      family: 'segment',
      item: segmentation.publicId,
      isInput: false,
      isScored: false,
    });
  }
  return found;
}

function withSources(ids: readonly string[], derived: readonly DerivedVariable[]): Set<string> {
  const byId = new Map(derived.map((variable) => [variable.id, variable]));
  const found = new Set<string>();
  const add = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    const variable = byId.get(id);
    if (variable) for (const source of sourcesOf(variable.definition)) add(source);
  };
  for (const id of ids) add(id);
  return found;
}

/** The items whose answers some variables are made of. */
function itemsOfIds(definition: SurveyDefinition, ids: ReadonlySet<string>): string[] {
  const items = new Set<string>();
  for (const id of ids) {
    const what = id.slice(id.indexOf(':') + 1);
    if (id.startsWith('answer:') || id.startsWith('theme:')) items.add(what);
    if (id.startsWith('scale:'))
      for (const { code, scales, catches = [] } of definition.instruments ?? []) {
        if (!what.startsWith(`${code}.`)) continue;
        // A centred scale is made of every item of its instrument, and whoever was caught not reading has no score.
        for (const key of scales.flatMap((scale) => scale.items)) items.add(readItemKey(key).item);
        for (const { item } of catches) items.add(item);
      }
  }
  return [...items];
}
