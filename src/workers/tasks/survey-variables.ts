import { itemWording, surveyItems } from '../../model/items.ts';
import { scoreNames } from '../../model/score-source.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { Described } from '../../personas/portrait.ts';
import { readItemKey } from '../../scales/score.ts';
import type { DescribedVariable } from '../../segments/describe.ts';
import type { Store } from '../../store/store.ts';
import { documentId } from '../../themes/correction.ts';
import { asNumber, type SurveyColumns } from './survey-columns.ts';
import { scoreSurvey } from './survey-scores.ts';

/** A variable of a survey's responses, with how to speak of it. */
export type SurveyVariable = DescribedVariable & {
  label: string;
  family: Described['family'];
  item: string;
  codeLabels: Map<string, string>;
};
export type ThemeRun = Awaited<ReturnType<Store['analyses']['latestThemeRuns']>>[number];

/** An attribute with more values than this is a name or a number in disguise. */
const ATTRIBUTE_VALUES_MAX = 30;

/** What segments were made from, as their profile tells: `scale:…`, `answer:…`, `theme:…`, `attribute:…`. */
export const inputsOf = (profile: string | null): ReadonlySet<string> => {
  const told = profile === null ? {} : (JSON.parse(profile) as { inputs?: string[]; scales?: { scale: string }[] });
  return new Set(told.inputs ?? (told.scales ?? []).map(({ scale }) => `scale:${scale}`));
};

/**
 * Everything that responses can be told apart by, in their order: scales, questions, attributes and themes.
 *
 * @param of.inputs what segments were made from. Marked are these, the items of a scale among them, and the scales of an
 *   item among them
 */
export async function surveyVariables(
  store: Store,
  place: { studyId: number; surveyId: number },
  of: {
    columns: SurveyColumns;
    attributes: Awaited<ReturnType<Store['people']['allAttributes']>>;
    themeRuns: readonly ThemeRun[];
    inputs: ReadonlySet<string>;
  },
): Promise<SurveyVariable[]> {
  const { columns, attributes, themeRuns, inputs } = of;
  return [
    ...(await scaleVariables(store, place, inputs, columns)),
    ...questionVariables(columns, inputs),
    ...(await attributeVariables(store, columns, attributes, inputs)),
    ...(await themeVariables(store, themeRuns, columns, inputs)),
  ];
}

async function scaleVariables(
  store: Store,
  place: { studyId: number; surveyId: number },
  inputs: ReadonlySet<string>,
  columns: SurveyColumns,
): Promise<SurveyVariable[]> {
  if (!columns.definition.instruments?.length) return [];
  const table = await scoreSurvey(store, place, () => {});
  const row = new Map(table.responseIds.map((id, index) => [id, index]));
  return table.scales.map((report, index) => ({
    kind: 'numeric',
    name: `scale ${report.scale}`,
    label: report.name,
    family: 'scale',
    item: report.scale,
    codeLabels: new Map(),
    isInput:
      inputs.has(`scale:${report.scale}`) || report.items.some((key) => inputs.has(`answer:${readItemKey(key).item}`)),
    values: columns.responses.map((response) => table.values[index]?.[row.get(response.id) ?? -1] ?? null),
  }));
}

function questionVariables(columns: SurveyColumns, inputs: ReadonlySet<string>): SurveyVariable[] {
  const { definition } = columns;
  const word = (wording: Record<string, string>) =>
    wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
  const scored = new Set(scoredItems(definition));
  return surveyItems(definition).flatMap((item): SurveyVariable[] => {
    const about = {
      name: `question ${item.address}`,
      label: itemWording(item, word),
      family: 'question' as const,
      item: item.address,
      isInput: inputs.has(`answer:${item.address}`),
    };
    // A best-worst task says something only together with the others.
    if (item.question.kind === 'best-worst' || item.isIdentifying || !item.isMain) return [];
    if (item.holds === 'code' || item.holds === 'codes') {
      const values = columns
        .column(item.address)
        .map((value) => (typeof value === 'string' || Array.isArray(value) ? value : null));
      const codeLabels = new Map(item.options.map((option) => [option.code, word(option.text)]));
      return [{ ...about, kind: 'categorical', values, codeLabels }];
    }
    if (item.holds === 'number' && !scored.has(item.address))
      return [{ ...about, kind: 'numeric', values: columns.column(item.address).map(asNumber), codeLabels: new Map() }];
    return [];
  });
}

const scoredItems = (definition: SurveyDefinition): string[] =>
  (definition.instruments ?? []).flatMap(({ scales }) =>
    scales.flatMap(({ items }) => items.map((key) => readItemKey(key).item)),
  );

/** What is known of people: as it was when they answered, else as it is now. */
export async function attributeVariables(
  store: Store,
  columns: SurveyColumns,
  attributes: Awaited<ReturnType<Store['people']['allAttributes']>>,
  inputs: ReadonlySet<string>,
): Promise<SurveyVariable[]> {
  const people = new Map(
    (await store.responses.listWithPeople(columns.responses[0]?.surveyId ?? 0)).map((row) => [row.id, row.personId]),
  );
  const known = columns.responses.map((response) => {
    if (response.attributes !== null)
      return new Map(Object.entries(JSON.parse(response.attributes) as Record<string, unknown>));
    const personId = people.get(response.id);
    return personId === null || personId === undefined
      ? new Map<string, unknown>()
      : (attributes.get(personId) ?? new Map<string, unknown>());
  });
  // The survey's own scores are told of people too; here they are its scales.
  const own = scoreNames(columns.definition);
  const names = [...new Set(known.flatMap((one) => [...one.keys()]))].filter((name) => !own.has(name)).sort();
  return names.flatMap((name): SurveyVariable[] => {
    const values = known.map((one) => one.get(name) ?? null);
    const about = {
      name: `attribute ${name}`,
      label: name.replaceAll('_', ' '),
      family: 'attribute' as const,
      item: `attribute:${name}`,
      isInput: inputs.has(`attribute:${name}`),
      codeLabels: new Map<string, string>(),
    };
    if (values.every((value) => value === null || typeof value === 'number'))
      return [{ ...about, kind: 'numeric', values: values as (number | null)[] }];
    const codes = values.map((value) =>
      value === null ? null : Array.isArray(value) ? value.map(String) : String(value),
    );
    const distinct = new Set(codes.flat().filter((code) => code !== null));
    return distinct.size > ATTRIBUTE_VALUES_MAX ? [] : [{ ...about, kind: 'categorical', values: codes }];
  });
}

async function themeVariables(
  store: Store,
  runs: readonly ThemeRun[],
  columns: SurveyColumns,
  inputs: ReadonlySet<string>,
): Promise<SurveyVariable[]> {
  return Promise.all(
    runs.map(async (run): Promise<SurveyVariable> => {
      const { themes, documents } = await store.themes.state(run);
      const byId = new Map(documents.map((document) => [document.id, document.themes.map(({ theme }) => theme)]));
      const values = columns.column(run.subject).map((value) => {
        if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
        return byId.get(documentId(value.source, value.version)) ?? null;
      });
      return {
        kind: 'categorical',
        name: `theme ${run.publicId}`,
        label: 'theme',
        family: 'theme',
        item: run.subject,
        isInput: themes.some(({ id }) => inputs.has(`theme:${id}`)),
        values,
        codeLabels: new Map(themes.map(({ id, label }) => [id, label])),
      };
    }),
  );
}
