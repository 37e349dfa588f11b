import type { AttributeFamily } from '../../model/attribute.ts';
import { wayOf } from '../../model/base-sample.ts';
import { attributeValueWords, attributeWords } from '../../model/label-words.ts';
import type { Asked } from '../../model/record.ts';
import { scoreAttributeName } from '../../model/score-source.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { choiceColumn, type TableColumn } from '../../model/table-column.ts';
import type { Described } from '../../personas/draw-portrait.ts';
import { portraitSection } from '../../personas/portrait-section.ts';
import type { Segment } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import { definingFacts } from './defining-facts.ts';
import { describePeople } from './describe-people.ts';
import type { SurveyColumns } from './survey-columns.ts';
import { inputsOf, type SurveyTableColumn, surveyTableColumns, type ThemeRun } from './table-columns.ts';

const WAYS: Readonly<Record<Asked['how'], string>> = {
  open: 'by an open link',
  list: 'by a link of their own',
  supplier: 'through a panel',
  widget: 'on the site',
  rule: 'chosen by a rule',
  import: 'from a file',
};
/** What a response tells of itself: by the name under which claims know it, and how it is called. */
const OF_RESPONSES = [
  { name: 'response.way', label: 'How they were asked', read: wayLabel },
  { name: 'response.device', label: 'Answered on', read: (row: Row) => row.device },
  { name: 'response.browser', label: 'Answered in', read: (row: Row) => row.browser },
  { name: 'response.source', label: 'Came from', read: (row: Row) => row.source },
] as const;
type Row = SurveyColumns['responses'][number];

function wayLabel({ asked }: Row): string {
  return WAYS[wayOf(JSON.parse(asked) as Asked)];
}

/** Everything people can be told apart by, with what made the segments marked, and how they came. */
export async function portraitColumns(
  store: Store,
  place: { workspaceId: number; studyId: number },
  of: { columns: SurveyColumns; themeRuns: readonly ThemeRun[]; segments: readonly Segment[] },
): Promise<SurveyTableColumn[]> {
  const { columns, themeRuns, segments } = of;
  const attributes = await store.people.allAttributes(place.workspaceId);
  const inputs = new Set(segments.flatMap(({ profile }) => [...inputsOf(profile)]));
  const all = await surveyTableColumns(store, { columns, attributes, themeRuns, inputs });
  const scales = await scaleNames(store, place.studyId);
  const told = all.map((one) =>
    one.family === 'attribute' ? { ...one, column: inWords(one.column, scales.get(attributeOf(one.item))) } : one,
  );
  const defines: Awaited<ReturnType<typeof definingFacts>>[] = [];
  for (const segment of segments) defines.push(await definingFacts(store, place, segment));
  const asks = (kind: 'score' | 'answer' | 'attribute' | 'theme', name: string) =>
    defines.some((isDefining) => isDefining({ kind, name }));
  return [...told.map((one) => ({ ...one, isInput: one.isInput || isAsked(one, asks) })), ...responseColumns(columns)];
}

const attributeOf = (item: string): string => item.replace(/^attribute:/, '');

/** What scales of a study's surveys are called, by the names under which people's scores are known. */
async function scaleNames(store: Store, studyId: number): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { publishedVersionId } of await store.surveys.list(studyId)) {
    if (publishedVersionId === null) continue;
    const { instruments = [], languages } = (await store.surveys.version(publishedVersionId)).definition;
    for (const { code, scales } of instruments)
      for (const scale of scales)
        names.set(scoreAttributeName(code, scale.code), wordingIn(scale.name, languages[0] ?? 'en', languages));
  }
  return names;
}

/** What is known of people, as people say it: machines name it. */
function inWords(column: TableColumn, scale: string | undefined): TableColumn {
  const name = scale ?? attributeWords(column.name);
  if (column.kind === 'number' || column.kind === 'text') return { ...column, name };
  return {
    ...column,
    name,
    options: column.options.map(({ code, label }) => ({ code, label: attributeValueWords(label) })),
  };
}

function isAsked(
  { column, family, item }: SurveyTableColumn,
  asks: (kind: 'score' | 'answer' | 'attribute' | 'theme', name: string) => boolean,
): boolean {
  if (family === 'scale') return asks('score', item);
  if (family === 'question') return asks('answer', item);
  if (family === 'attribute') return asks('attribute', attributeOf(item));
  return 'options' in column && column.options.some(({ code }) => asks('theme', code));
}

function responseColumns({ responses }: Pick<SurveyColumns, 'responses'>): SurveyTableColumn[] {
  return OF_RESPONSES.flatMap(({ name, label, read }): SurveyTableColumn[] => {
    const values = responses.map((row) => read(row) || null);
    const codes = [...new Set(values)].filter((value) => value !== null).toSorted();
    if (codes.length < 2) return [];
    const column = choiceColumn(
      { id: `attribute:${name}`, name: label, options: codes.map((code) => ({ code, label: code })) },
      values,
    );
    return [{ column, family: 'attribute', item: column.id, isInput: false, isScored: false }];
  });
}

/** Facts of a response that are kept of the person, too. */
const SAME_OF_PERSON: Readonly<Record<string, string>> = { 'response.device': 'device', 'response.browser': 'browser' };

/** Whether a difference is what the rules of segments ask, directly or by what it is worked out of. */
async function askedByRules(
  store: Store,
  place: { workspaceId: number; studyId: number },
  segments: readonly Segment[],
): Promise<(one: Described) => boolean> {
  const defines: Awaited<ReturnType<typeof definingFacts>>[] = [];
  for (const segment of segments) if (segment.rule !== null) defines.push(await definingFacts(store, place, segment));
  const asks = (kind: 'score' | 'answer' | 'attribute' | 'theme', name: string) =>
    defines.some((isDefining) => isDefining({ kind, name }));
  return ({ family, item, comparison }) => {
    if (family === 'scale') return asks('score', item);
    if (family === 'question') return asks('answer', item);
    if (family === 'theme') return comparison.kind === 'share' && asks('theme', comparison.code);
    const name = attributeOf(item);
    return asks('attribute', SAME_OF_PERSON[name] ?? name);
  };
}

/** The same as differences between those inside and everyone else, each with its place in the portrait. */
export async function describedFor(
  store: Store,
  place: { workspaceId: number; studyId: number },
  {
    columns: { definition },
    labels,
    told,
    segments,
  }: {
    columns: Pick<SurveyColumns, 'definition'>;
    labels: readonly (number | null)[];
    told: readonly SurveyTableColumn[];
    segments: readonly Segment[];
  },
): Promise<Described[]> {
  const types = await store.sources.attributeTypes(place.workspaceId, 'person');
  const humanValues = humanValuesOf(definition);
  const isAsked = await askedByRules(store, place, segments);
  return describePeople(labels, told).map((found) => {
    const one: Described = isAsked(found) ? { ...found, isAsked: true } : found;
    if (one.family === 'scale') return { ...one, isHumanValue: humanValues.has(one.item) };
    if (one.family === 'theme') return one;
    if (one.family === 'question') return { ...one, section: portraitSection('question', one.item) };
    const name = attributeOf(one.item);
    const family: AttributeFamily | undefined = name.startsWith('response.') ? 'other' : types.get(name)?.family;
    return { ...one, section: portraitSection('attribute', name, family) };
  });
}

/** The scales that measure human values, each with the value: those of batteries in which values stand around a circle. */
export const humanValuesOf = ({ instruments = [] }: SurveyColumns['definition']): Map<string, string> =>
  new Map(
    instruments
      .filter(({ structure }) => structure === 'circumplex')
      .flatMap(({ code, scales }) => scales.map((scale) => [`${code}.${scale.code}`, scale.code] as const)),
  );
