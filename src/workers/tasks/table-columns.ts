import { type Item, itemWording, surveyItems } from '../../model/items.ts';
import { scoreAttributeName, scoreNames } from '../../model/score-source.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import {
  type ColumnOption,
  choiceColumn,
  choicesColumn,
  type NumberColumn,
  numberColumn,
  type TableColumn,
} from '../../model/table-column.ts';
import { readItemKey } from '../../scales/score.ts';
import type { Store } from '../../store/store.ts';
import { documentId } from '../../themes/correction.ts';
import { asNumber, itemRanges, type SurveyColumns } from './survey-columns.ts';
import { scoreColumns } from './survey-scores.ts';

/** A column over a survey's responses, with where it comes from. */
export type SurveyTableColumn = {
  /** Its id is `scale:…`, `answer:…`, `attribute:…` or `theme:` with the address of the question. */
  column: TableColumn;
  family: 'scale' | 'question' | 'attribute' | 'theme';
  /** A scale's name, the address of what was asked, or `attribute:name`. */
  item: string;
  /** Whether segments were made from it. */
  isInput: boolean;
  /** An item of a scale, which stands among the columns as well. */
  isScored: boolean;
};
export type ThemeRun = Awaited<ReturnType<Store['analyses']['latestThemeRuns']>>[number];

/** What has more values than this, and no options of its own, is a name or a number in disguise. */
const VALUES_MAX = 30;

/** What segments were made from, as their profile tells: `scale:…`, `answer:…`, `theme:…`, `attribute:…`. */
export const inputsOf = (profile: string | null): ReadonlySet<string> => {
  const told = profile === null ? {} : (JSON.parse(profile) as { inputs?: string[]; scales?: { scale: string }[] });
  return new Set(told.inputs ?? (told.scales ?? []).map(({ scale }) => `scale:${scale}`));
};

/**
 * Everything that responses can be told apart by, in their order: scales as their instrument scores them, questions,
 * attributes, and for each open question its themes.
 *
 * @param of.columns whose responses; they may be some of a survey's
 * @param of.inputs what segments were made from. Marked are these, the items of a scale among them, and the scales of an
 *   item among them
 */
export async function surveyTableColumns(
  store: Store,
  of: {
    columns: SurveyColumns;
    attributes: Awaited<ReturnType<Store['people']['allAttributes']>>;
    themeRuns: readonly ThemeRun[];
    inputs: ReadonlySet<string>;
  },
): Promise<SurveyTableColumn[]> {
  const { columns, attributes, themeRuns, inputs } = of;
  return [
    ...scaleColumns(columns, inputs),
    ...questionColumns(columns, inputs),
    ...(await attributeColumns(store, columns, attributes, inputs)),
    ...(await themeColumns(store, themeRuns, columns, inputs)),
  ];
}

function scaleColumns(columns: SurveyColumns, inputs: ReadonlySet<string>): SurveyTableColumn[] {
  if (!columns.definition.instruments?.length || columns.responses.length === 0) return [];
  const ranges = itemRanges(columns.definition);
  const { scales, values } = scoreColumns(columns, () => {}).table;
  const summed = new Set(
    columns.definition.instruments.flatMap(({ code, scales: own }) =>
      own.flatMap((scale) => (scale.score === 'sum' ? [scoreAttributeName(code, scale.code)] : [])),
    ),
  );
  return scales.map((report, index) => {
    const items = report.items.map((key) => readItemKey(key).item);
    const steps = items.flatMap((item) => ranges[item] ?? []);
    const times = summed.has(report.scale) ? items.length : 1;
    // Where a person's habit is taken out, scores have no ends of their own.
    const ends =
      report.centring === 'none' && steps.length > 0
        ? {
            min: times * Math.min(...steps.map(({ min }) => min)),
            max: times * Math.max(...steps.map(({ max }) => max)),
          }
        : {};
    return {
      column: numberColumn({ id: `scale:${report.scale}`, name: report.name, ...ends }, values[index]!),
      family: 'scale',
      item: report.scale,
      isInput: inputs.has(`scale:${report.scale}`) || items.some((item) => inputs.has(`answer:${item}`)),
      isScored: false,
    };
  });
}

function questionColumns(columns: SurveyColumns, inputs: ReadonlySet<string>): SurveyTableColumn[] {
  const { definition } = columns;
  const word = wordOf(definition);
  const scalesOf = scoredItems(definition);
  return surveyItems(definition).flatMap((item): SurveyTableColumn[] => {
    // A best-worst task says something only together with the others.
    if (item.question.kind === 'best-worst' || item.isIdentifying || !item.isMain) return [];
    const column = questionColumn(columns, item, word);
    if (!column) return [];
    const scales = scalesOf.get(item.address) ?? [];
    return [
      {
        column,
        family: 'question',
        item: item.address,
        isInput: inputs.has(`answer:${item.address}`) || scales.some((scale) => inputs.has(`scale:${scale}`)),
        isScored: scales.length > 0,
      },
    ];
  });
}

function questionColumn(
  columns: SurveyColumns,
  item: Item,
  word: (wording: Record<string, string>) => string,
): TableColumn | null {
  const about = { id: `answer:${item.address}`, name: itemWording(item, word) };
  if (item.holds === 'number')
    return numberColumn({ ...about, ...endsOf(item) }, columns.column(item.address).map(asNumber));
  if (item.holds !== 'code' && item.holds !== 'codes') return null;
  const own = item.options.map(({ code, text }) => ({ code, label: word(text) }));
  const values = columns.column(item.address);
  if (item.holds === 'codes') {
    const given = values.map((value) =>
      typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly string[]) : null,
    );
    const options = withStray(own, given.flat());
    return options.length === 0 ? null : choicesColumn({ ...about, options }, given);
  }
  const given = values.map((value) => (typeof value === 'string' ? value : null));
  const options = withStray(own, given);
  return options.length === 0 ? null : choiceColumn({ ...about, options }, given);
}

/** Steps say more or less, and not by how much; a number has ends where the question sets them. */
function endsOf({ steps, question }: Item): { isOrdinal?: boolean; min?: number; max?: number } {
  if (steps) return { isOrdinal: true, min: steps.min, max: steps.max };
  if (question.kind !== 'slider' && question.kind !== 'number') return {};
  const { min, max } = question;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** An answer to an option that the survey no longer has is still an answer. */
function withStray(options: readonly ColumnOption[], given: readonly (string | null)[]): ColumnOption[] {
  const known = new Set(options.map(({ code }) => code));
  const stray = [...new Set(given)].filter((code) => code !== null && !known.has(code)).toSorted() as string[];
  if (options.length === 0 && stray.length > VALUES_MAX) return [];
  return [...options, ...stray.map((code) => ({ code, label: code }))];
}

/** By item, the scales it stands in. */
function scoredItems(definition: SurveyDefinition): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { code, scales } of definition.instruments ?? [])
    for (const scale of scales)
      for (const key of scale.items) {
        const { item } = readItemKey(key);
        found.set(item, [...(found.get(item) ?? []), `${code}.${scale.code}`]);
      }
  return found;
}

/** What is known of people: as it was when they answered, else as it is now. */
export async function attributeColumns(
  store: Store,
  columns: SurveyColumns,
  attributes: Awaited<ReturnType<Store['people']['allAttributes']>>,
  inputs: ReadonlySet<string>,
): Promise<SurveyTableColumn[]> {
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
  return names.flatMap((name): SurveyTableColumn[] => {
    const column = attributeColumn(
      { id: `attribute:${name}`, name: name.replaceAll('_', ' ') },
      known.map((one) => one.get(name) ?? null),
    );
    return column
      ? [{ column, family: 'attribute', item: column.id, isInput: inputs.has(column.id), isScored: false }]
      : [];
  });
}

/** Numbers as they were given; null where nothing was said. */
export const numbersOf = ({ values }: NumberColumn): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : value));

function attributeColumn(about: { id: string; name: string }, values: readonly unknown[]): TableColumn | null {
  if (values.every((value) => value === null)) return null;
  if (values.every((value) => value === null || typeof value === 'number'))
    return numberColumn(about, values as (number | null)[]);
  const codes = values.map((value) => (value === null ? null : [value].flat().map(String)));
  const options = withStray([], codes.flat());
  if (options.length === 0) return null;
  return values.some((value) => Array.isArray(value))
    ? choicesColumn({ ...about, options }, codes)
    : choiceColumn(
        { ...about, options },
        codes.map((own) => own?.[0] ?? null),
      );
}

async function themeColumns(
  store: Store,
  runs: readonly ThemeRun[],
  columns: SurveyColumns,
  inputs: ReadonlySet<string>,
): Promise<SurveyTableColumn[]> {
  const word = wordOf(columns.definition);
  const asked = new Map(surveyItems(columns.definition).map((item) => [item.address, itemWording(item, word)]));
  const found: SurveyTableColumn[] = [];
  for (const run of runs) {
    const { themes, documents } = await store.themes.state(run);
    if (themes.length === 0) continue;
    const byId = new Map(documents.map((document) => [document.id, document.themes.map(({ theme }) => theme)]));
    found.push({
      column: choicesColumn(
        {
          id: `theme:${run.subject}`,
          name: asked.get(run.subject) ?? run.subject,
          options: themes.map(({ id, label }) => ({ code: id, label })),
        },
        columns.column(run.subject).map((value) => {
          if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
          return byId.get(documentId(value.source, value.version)) ?? null;
        }),
      ),
      family: 'theme',
      item: run.subject,
      isInput: themes.some(({ id }) => inputs.has(`theme:${id}`)),
      isScored: false,
    });
  }
  return found;
}

const wordOf = (definition: SurveyDefinition) => (wording: Record<string, string>) =>
  wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
