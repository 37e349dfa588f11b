import { isSealed, seal } from '../../coding/seal.ts';
import type { DerivedDefinition, DerivedFault, DerivedVariable } from '../../model/derived-variable.ts';
import { sourcesOf } from '../../model/derived-variable.ts';
import type { TableColumn, TextColumn } from '../../model/table-column.ts';
import { deriveVariables, foldAnswer } from '../../reports/derive-variable.ts';
import { asDerived } from '../../store/derived-variables.ts';
import type { Store } from '../../store/store.ts';
import type { SurveyColumns } from './survey-columns.ts';
import type { SurveyTableColumn } from './table-columns.ts';

/** A column of a survey's responses, asked or made. */
export type VariableColumn = Omit<SurveyTableColumn, 'family'> & {
  family: SurveyTableColumn['family'] | 'derived' | 'segment';
};
export type DerivedColumns = {
  columns: VariableColumn[];
  /** Of those that cannot be worked out, by id: what stands in the way, and where. */
  faults: Map<string, DerivedFault[]>;
};

/** Letters kept of each hash: 96 bits, so that no two texts of a question meet. */
const HASH_LETTERS = 16;

/**
 * What a definition keeps of a text that somebody wrote: it is known again wherever somebody writes the same, and holds no
 * words, which would outlive an answer that is withdrawn.
 */
export const otherTextHash = (key: Uint8Array, text: string): string =>
  seal(key, `text under other ${foldAnswer(text)}`).slice(0, HASH_LETTERS);

/**
 * The derived variables of a survey, over the same responses as the columns they are made of.
 *
 * @param tableColumns everything that was asked, or as much of it as the variables are made of
 * @param of.columns what the columns were made from; texts are read from there
 * @param of.variables those of the survey unless told
 */
export async function derivedColumns(
  store: Store,
  place: { studyId: number; surveyId: number },
  tableColumns: readonly (SurveyTableColumn | VariableColumn)[],
  of: { columns: SurveyColumns; textKey: Uint8Array; variables?: readonly DerivedVariable[] },
): Promise<DerivedColumns> {
  const variables = of.variables ?? (await store.derivedVariables.list(place.surveyId)).map(asDerived);
  if (variables.length === 0) return { columns: [], faults: new Map() };
  const texts = new Map<string, TextColumn>();
  for (const { definition } of variables)
    if (definition.kind === 'back-coding' && !texts.has(definition.texts))
      texts.set(definition.texts, await textColumn(store, place, of, definition.texts));
  const asked: TableColumn[] = [...tableColumns.map(({ column }) => column), ...texts.values()];
  const known = new Set([...asked.map(({ id }) => id), ...variables.map(({ id }) => id)]);
  const derived = deriveVariables(
    asked,
    variables.map((variable) => ({ ...variable, definition: withTexts(variable.definition, texts, of.textKey) })),
  );

  const isInput = new Set(tableColumns.flatMap((one) => (one.isInput ? [one.column.id] : [])));
  const found: DerivedColumns = { columns: [], faults: new Map() };
  const byId = new Map(variables.map((variable) => [variable.id, variable]));
  // In the order of working out, so that what is made of an input through another is one as well.
  for (const [id, derivation] of derived) {
    const sources = sourcesOf(byId.get(id)!.definition);
    if (sources.some((source) => isInput.has(source))) isInput.add(id);
    const gone = sources.filter((source) => !known.has(source));
    if (gone.length > 0)
      found.faults.set(
        id,
        gone.map((source) => ({ pointer: '#/definition/of', detail: goneSentence(source) })),
      );
    else if ('errors' in derivation)
      found.faults.set(
        id,
        sources.some((source) => found.faults.has(source))
          ? [{ pointer: '#/definition/of', detail: 'A variable that it is made of cannot be worked out itself' }]
          : derivation.errors,
      );
    else
      found.columns.push({
        column: derivation.column,
        family: 'derived',
        item: id,
        isInput: isInput.has(id),
        isScored: false,
      });
  }
  return found;
}

/** Why a source is not there any more, and what to do. */
export function goneSentence(source: string): string {
  const what = source.slice(source.indexOf(':') + 1);
  if (source.startsWith('derived:')) return 'A variable that it was made of has been removed: make it of another';
  if (source.startsWith('answer:'))
    return `The survey has no question “${what}” any more: make it of another, or put the question back`;
  if (source.startsWith('scale:')) return `The survey has no scale “${what}” any more: make it of another`;
  if (source.startsWith('theme:')) return `There are no themes of “${what}”: find them again, or make it of another`;
  if (source.startsWith('segment:')) return 'The segmentation that it was made of has no version that stands';
  return `Nobody is known to have “${what}” any more: make it of another`;
}

/** What people wrote beside an answer, in the order of the responses; null where they wrote nothing that still stands. */
export async function textColumn(
  store: Store,
  { studyId }: { studyId: number },
  { columns, textKey }: { columns: SurveyColumns; textKey: Uint8Array },
  id: string,
): Promise<TextColumn> {
  const places = columns
    .column(id.slice('answer:'.length))
    .map((value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null));
  const sources = await store.notes.findSources(studyId, [
    ...new Set(places.flatMap((place) => (place ? [place.source] : []))),
  ]);
  const said = new Map(
    sources.flatMap((source) =>
      source.erasedAt === null && isSealed(textKey, source.text, source.textHash)
        ? [[`${source.publicId} ${source.version}`, source.text] as const]
        : [],
    ),
  );
  return {
    kind: 'text',
    id,
    name: id.slice('answer:'.length),
    texts: places.map((place) => (place ? (said.get(`${place.source} ${place.version}`) ?? null) : null)),
  };
}

/** A definition with the texts that people wrote in the place of their hashes; those that nobody writes any more stay. */
function withTexts(
  definition: DerivedDefinition,
  texts: ReadonlyMap<string, TextColumn>,
  key: Uint8Array,
): DerivedDefinition {
  if (definition.kind !== 'back-coding') return definition;
  const byHash = new Map<string, string>();
  for (const text of texts.get(definition.texts)?.texts ?? [])
    if (text !== null) byHash.set(otherTextHash(key, text), text);
  return {
    ...definition,
    assigned: definition.assigned.map(({ text, code }) => ({ text: byHash.get(text) ?? text, code })),
  };
}
