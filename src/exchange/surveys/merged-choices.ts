import { type Item, surveyItems } from '../../model/items.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import type { RawColumn, ResponseDialect } from './response-dialects.ts';

/** Columns that are the choices of one question, and how a row of them is read as one list. */
export type ChoiceGroup = {
  name: string;
  columns: RawColumn[];
  address?: string;
  read: (cells: readonly string[]) => string;
};

const fold = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
const NOT_CHOSEN = new Set(['', '0', 'no', 'n', 'false']);
/** So many rows tell whether a column holds nothing but its own label. */
const LOOKED_AT = 300;

/**
 * Finds columns that belong together: neighbours of one question in which each cell is empty or repeats the column's
 * own label (or says 1, yes), or which a survey knows as the options of one question.
 */
export function mergeChoices(
  columns: readonly RawColumn[],
  rows: readonly (readonly string[])[],
  dialect: ResponseDialect,
  definition: SurveyDefinition | null,
): ChoiceGroup[] {
  if (dialect === 'plain') return [];
  const sample = rows.slice(0, LOOKED_AT);
  const isOwnLabel = ({ index, label, code }: RawColumn): boolean => {
    const wanted = [fold(label), fold(code.split('_').at(-1) ?? '')];
    let isChosen = false;
    for (const cells of sample) {
      const cell = (cells[index] ?? '').trim();
      if (cell === '') continue;
      if (!(wanted.includes(fold(cell)) && label !== '') && !(cell === '1' && label !== '')) return false;
      isChosen = true;
    }
    return isChosen;
  };
  const isEmpty = ({ index }: RawColumn): boolean => sample.every((cells) => (cells[index] ?? '').trim() === '');
  const items = definition ? surveyItems(definition).filter((item) => item.holds === 'codes') : [];
  const groups: ChoiceGroup[] = [];
  for (const run of runsOf(columns, dialect)) {
    const chosen = run.filter((column) => column.label !== '' && (isOwnLabel(column) || isEmpty(column)));
    if (chosen.length < 2 || !chosen.some(isOwnLabel)) continue;
    for (const part of dialect === 'typeform' ? neighbours(chosen) : [chosen])
      if (part.length > 1) groups.push(groupOf(part, items));
  }
  return groups;
}

/** Columns of one question; where headings do not name it, all columns may be. */
function runsOf(columns: readonly RawColumn[], dialect: ResponseDialect): RawColumn[][] {
  if (dialect === 'typeform') return [[...columns]];
  const runs = new Map<string, RawColumn[]>();
  for (const column of columns) {
    if (column.group === '') continue;
    runs.set(column.group, [...(runs.get(column.group) ?? []), column]);
  }
  return [...runs.values()];
}

function neighbours(columns: readonly RawColumn[]): RawColumn[][] {
  const parts: RawColumn[][] = [];
  for (const column of columns) {
    const last = parts.at(-1);
    if (last && (last.at(-1)?.index ?? -2) + 1 === column.index) last.push(column);
    else parts.push([column]);
  }
  return parts;
}

function groupOf(columns: RawColumn[], items: readonly Item[]): ChoiceGroup {
  const labelsOf = (item: Item) =>
    new Map(
      item.options.flatMap((option) =>
        [option.code, ...Object.values(option.text)].map((label) => [fold(label), option.code] as const),
      ),
    );
  const group = columns[0]?.group ?? '';
  const byLabels = items.filter((item) => columns.every(({ label }) => labelsOf(item).has(fold(label))));
  const byName = byLabels.filter(
    (item) =>
      Object.values(item.question.text).some((text) => fold(text) === fold(group)) ||
      fold(item.address) === fold(columns[0]?.code.replace(/_[^_]*$/, '') ?? ''),
  );
  const item = byName.length === 1 ? byName[0] : byLabels.length === 1 ? byLabels[0] : undefined;
  const codes = item ? labelsOf(item) : null;
  return {
    name: group || columns.map(({ label }) => label).join(' / '),
    columns,
    ...(item && { address: item.address }),
    read: (cells) =>
      columns
        .filter(({ index }) => !NOT_CHOSEN.has((cells[index] ?? '').trim().toLowerCase()))
        .map(({ label }) => codes?.get(fold(label)) ?? label.replaceAll(/[;|]/g, ','))
        .join(';'),
  };
}
