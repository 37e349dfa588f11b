import { createHash } from 'node:crypto';
import { writeTableBook } from '../../exchange/table-book.ts';
import { beyondNotes, type ChoiceColumn, type ChoicesColumn } from '../../model/table-column.ts';
import { TABLE_ROWS_MAX, type TableSettings } from '../../model/table-settings.ts';
import { type BannerQuestion, bannerTable } from '../../reports/banner-table.ts';
import { type PackedTable, packTable, type ShownTable } from '../../reports/shown-table.ts';
import type { ResponseFilter } from '../../store/response-filter.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { chosenColumns, inOrder, type VariablePlace } from './chosen-columns.ts';
import type { VariableColumn } from './derived-columns.ts';
import { weightsOf } from './survey-weights.ts';
import { inputsOf } from './table-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type BannerTableArgs = VariablePlace & {
  name: string;
  settings: TableSettings;
  /** Who is in the table, with its words; null for everybody who counts. */
  filter: { asks: ResponseFilter; name: string } | null;
  /** A workbook of everything that can be counted, a sheet for each. */
  isBook: boolean;
  /** The day as it is to be printed. */
  date: string;
};
export type MadeTable = {
  /** Null where only the book was asked for. */
  table: PackedTable | null;
  people: number;
  questions: number;
  /** Further sentences about how it was made. */
  notes: string[];
  /** The workbook in base64; null where no book was asked for. */
  book: string | null;
  inputHash: string;
  watermark: number;
  version: number;
};

/** More figures than these make pages and workbooks that no program opens with ease. */
const CELLS_MAX = 100_000;

/** A table of many columns over a survey's responses, and if wanted the whole book of them. */
export async function bannerTableTask(
  { store, textKey, onProgress }: TaskContext,
  { name, settings, filter, isBook, date, ...place }: BannerTableArgs,
): Promise<MadeTable> {
  onProgress('Reading answers', 0.05);
  const across = [...new Set(settings.banners.flatMap(({ of, within }) => (within === null ? [of] : [of, within])))];
  const isWhole = isBook || settings.rows.length === 0;
  const chosen = await chosenColumns(store, place, {
    wanted: isWhole ? null : [...settings.rows, ...across],
    textKey,
    inputs: new Set([...across, ...(await segmentInputs(store, place, across))]),
  });
  if (chosen.columns.responses.length === 0)
    throw new Unanswerable('Nobody has completed this survey yet, so there is nothing to count');
  const inBanner = new Set(across);
  const rows = (isWhole ? chosen.variables : inOrder(chosen, settings.rows)).filter(
    ({ column, family }) => column.kind !== 'text' && !(isWhole && family === 'segment' && inBanner.has(column.id)),
  );
  if (rows.length === 0) throw new Unanswerable('There is nothing that can be counted down the side of this table');
  if (rows.length > TABLE_ROWS_MAX)
    throw new Unanswerable(
      `${rows.length} variables can be counted here, and a table takes ${TABLE_ROWS_MAX} at most. Choose which go down its side, and make several tables`,
    );
  const columnOf = new Map(inOrder(chosen, across).map((one) => [one.column.id, choiceOf(one)]));
  const banners = settings.banners.map(
    ({ of, within, nets }): BannerQuestion => ({
      of: columnOf.get(of)!,
      ...(within === null ? {} : { within: columnOf.get(within)! }),
      nets,
    }),
  );
  refuseLarge(rows, banners);

  const weighted =
    settings.weighting === null ? null : await weightsOf(store, place, chosen.columns, settings.weighting);
  onProgress('Counting', 0.4);
  const ids = filter === null ? null : new Set(await store.responseDesk.ids(place.surveyId, filter.asks));
  const table = bannerTable({
    title: name,
    rows: rows.map(({ column, isInput }) => ({
      column,
      // What a column is made of differs between columns by making.
      isInput: isInput || inBanner.has(column.id),
      showsMedian: settings.medians,
    })),
    banners,
    weights: weighted?.weights,
    filter:
      filter === null || ids === null
        ? undefined
        : { name: filter.name, includes: (person) => ids.has(chosen.columns.responses[person]!.id) },
    rules: {
      adjustment: settings.adjustment,
      alpha: settings.alpha,
      baseMin: settings.baseMin,
      baseWarned: settings.baseWarned,
    },
  });
  const notes = [...(weighted === null ? [] : [weighted.note]), ...beyondNotes(rows.map(({ column }) => column))];
  let book: string | null = null;
  if (isBook) {
    onProgress('Writing the workbook', 0.7);
    const bytes = await writeTableBook({ title: name, tables: sheetsOf(table), date, notes }, { counts: true });
    book = Buffer.from(bytes).toString('base64');
  }
  return {
    table: isBook ? null : packTable(table),
    people: table.total.n,
    questions: table.blocks.length,
    notes,
    book,
    inputHash: createHash('sha256')
      .update(JSON.stringify([settings, filter?.asks ?? null, table]))
      .digest('base64url'),
    watermark: chosen.columns.watermark,
    version: chosen.columns.version,
  };
}

/** A table as a workbook of one sheet beside its contents and notes. */
export async function tableWorkbookTask(
  _context: TaskContext,
  { table, notes, date }: { table: ShownTable; notes: string[]; date: string },
): Promise<Uint8Array> {
  return writeTableBook({ title: table.title, tables: [table], date, notes }, { counts: true });
}

/** Each question on a sheet of its own; the tests of all were adjusted together, and stay so. */
const sheetsOf = (table: ShownTable): ShownTable[] =>
  table.blocks.map((block) => ({ ...table, title: block.name, blocks: [block] }));

function choiceOf({ column }: VariableColumn): ChoiceColumn | ChoicesColumn {
  if (column.kind === 'choice' || column.kind === 'choices') return column;
  throw new Unanswerable(
    `“${column.name}” has no options to make columns of. Make bands of it first, and put those across`,
  );
}

function refuseLarge(rows: readonly VariableColumn[], banners: readonly BannerQuestion[]): void {
  const across = banners.reduce(
    (sum, { of, within, nets = [] }) => sum + (within?.options.length ?? 1) * (of.options.length + nets.length),
    0,
  );
  const down = rows.reduce((sum, { column }) => sum + ('options' in column ? column.options.length : 2), 0);
  if (across * down > CELLS_MAX)
    throw new Unanswerable(
      `This table would have ${(across * down).toLocaleString('en-GB')} figures, and ${CELLS_MAX.toLocaleString('en-GB')} are the most that one bears. Take fewer questions, or fewer columns`,
    );
}

/** What the segments that make columns were made from. */
async function segmentInputs(store: Store, place: VariablePlace, ids: readonly string[]): Promise<Set<string>> {
  const inputs = new Set<string>();
  for (const id of ids) {
    if (!id.startsWith('segment:')) continue;
    const segmentation = await store.segmentations.find(place.studyId, id.slice('segment:'.length));
    const [standing] = segmentation ? await store.segmentations.versions(segmentation.id) : [];
    const [segment] = standing ? await store.segmentations.segmentsOf(standing.runId) : [];
    for (const input of inputsOf(segment?.profile ?? null)) inputs.add(input);
  }
  return inputs;
}
