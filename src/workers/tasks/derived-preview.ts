import type { DerivedFault, DerivedVariable } from '../../model/derived-variable.ts';
import type { TableColumn } from '../../model/table-column.ts';
import { foldAnswer } from '../../reports/derive-variable.ts';
import { type ShareInterval, wilsonInterval } from '../../stats/wilson-interval.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { chosenColumns, inOrder, type VariablePlace } from './chosen-columns.ts';
import { otherTextHash, textColumn } from './derived-columns.ts';
import { readColumns } from './survey-columns.ts';

/** How often each option of a variable was said. */
export type VariableCounts = {
  kind: TableColumn['kind'];
  /** Responses that count. */
  responses: number;
  /** Those that have a value. */
  n: number;
  options: { code: string; label: string; n: number; share: ShareInterval | null }[];
};
/** A text that was written under “other”: how often, and one answer that holds it. */
export type OtherText = { hash: string; n: number; source: { publicId: string; version: number; text: string } };
export type OtherTexts = { texts: OtherText[]; distinct: number; n: number };

/** So many different texts can be assigned on one page. */
const TEXTS_SHOWN = 300;

/** How often each option of some variables was said, in their order. */
export async function variableCountsTask(
  { store, textKey }: TaskContext,
  { ids, ...place }: VariablePlace & { ids: string[] },
): Promise<{ id: string; name: string; isOrdinal: boolean; counts: VariableCounts }[]> {
  const chosen = await chosenColumns(store, place, { wanted: ids, textKey });
  return inOrder(chosen, ids).map(({ column }) => ({
    id: column.id,
    name: column.name,
    isOrdinal: column.kind === 'number' && column.isOrdinal === true,
    counts: countsOf(column, chosen.columns.responses.length),
  }));
}

/** What a derived variable comes to, kept or not. */
export async function derivedPreviewTask(
  { store, textKey }: TaskContext,
  { variable, ...place }: VariablePlace & { variable: DerivedVariable },
): Promise<VariableCounts | { errors: DerivedFault[] }> {
  const { columns, variables, faults } = await chosenColumns(store, place, {
    wanted: [variable.id],
    textKey,
    also: [variable],
  });
  const found = variables.find(({ column }) => column.id === variable.id);
  return found ? countsOf(found.column, columns.responses.length) : { errors: faults.get(variable.id) ?? [] };
}

export function countsOf(column: TableColumn, responses: number): VariableCounts {
  if (column.kind === 'number')
    return {
      kind: column.kind,
      responses,
      n: column.values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0),
      options: [],
    };
  if (column.kind === 'text')
    return { kind: column.kind, responses, n: column.texts.filter((text) => text !== null).length, options: [] };
  const ones = (bits: Uint8Array) => bits.reduce((sum, bit) => sum + bit, 0);
  const counts =
    column.kind === 'choices'
      ? column.chosen.map(ones)
      : column.options.map((_, option) => column.codes.reduce((sum, code) => sum + (code === option ? 1 : 0), 0));
  const n =
    column.kind === 'choices'
      ? ones(column.answered)
      : column.codes.reduce((sum, code) => sum + (code >= 0 ? 1 : 0), 0);
  return {
    kind: column.kind,
    responses,
    n,
    options: column.options.map((option, index) => ({
      ...option,
      n: counts[index]!,
      share: wilsonInterval(counts[index]!, n),
    })),
  };
}

/** What people wrote under “other”, the most frequent first, told apart as they are when they are assigned. */
export async function otherTextsTask(
  { store, textKey }: TaskContext,
  { item, ...place }: { studyId: number; surveyId: number; item: string },
): Promise<OtherTexts> {
  const columns = await readColumns(store, place, [item]);
  const { texts } = await textColumn(store, place, { columns, textKey }, `answer:${item}`);
  const answers = columns.column(item);
  const found = new Map<string, OtherText>();
  for (const [row, text] of texts.entries()) {
    const value = answers[row];
    if (text === null || foldAnswer(text) === '' || value === null || typeof value !== 'object' || Array.isArray(value))
      continue;
    const hash = otherTextHash(textKey, text);
    const known = found.get(hash);
    if (known) known.n += 1;
    else found.set(hash, { hash, n: 1, source: { publicId: value!.source, version: value!.version, text } });
  }
  const all = [...found.values()].toSorted(
    (a, b) => b.n - a.n || (foldAnswer(a.source.text) < foldAnswer(b.source.text) ? -1 : 1),
  );
  return {
    texts: all.slice(0, TEXTS_SHOWN),
    distinct: all.length,
    n: all.reduce((sum, { n }) => sum + n, 0),
  };
}
