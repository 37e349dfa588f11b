import { randomInt } from 'node:crypto';
import { isSealed } from '../coding/seal.ts';
import { cutBytes } from '../exchange/cut-bytes.ts';
import type { DataRow, DataTable } from '../exchange/data-table.ts';
import type { AnswerValue } from '../model/answers.ts';
import { surveyItems } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import { questionsOf, type SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { maskText } from '../privacy/mask-text.ts';
import { shuffled } from '../stats/random.ts';
import type { DatabasePlace } from '../store/database-place.ts';
import { NO_FILTER, type ResponseFilter } from '../store/response-filter.ts';
import type { ResponseRow } from '../store/responses.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { startThread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { type ExportColumn, type ExportRow, type ExportShape, exportColumns } from './export-table.ts';
import { maskingService } from './masking.ts';

export const EXPORT_FORMATS = ['csv', 'xlsx', 'jsonl', 'sav', 'sps', 'spss-csv', 'codebook', 'codebook-csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type ExportRequest = ExportShape & {
  format: ExportFormat;
  /** Without a state, responses that count. */
  filter: ResponseFilter;
  /** Utilities of each person in the best-worst questions. */
  utilities: boolean;
  /** Words as they were written, for a reason that is kept; null masks what of a person stands in them. */
  unmasked: { reason: string; actor: Actor } | null;
  /** The name that the SPSS syntax gives the CSV beside it; that of the survey unless told. */
  csvName?: string;
};
export type ExportFile = {
  name: string;
  mediaType: string;
  chunks: AsyncGenerator<string | Uint8Array>;
};

export const DEFAULT_EXPORT: Omit<ExportRequest, 'format'> = {
  filter: NO_FILTER,
  values: 'codes',
  multiple: 'joined',
  headers: 'code',
  identities: false,
  utilities: false,
  unmasked: null,
};

const ENDINGS: Record<ExportFormat, { ending: string; mediaType: string }> = {
  csv: { ending: 'csv', mediaType: 'text/csv; charset=utf-8' },
  xlsx: { ending: 'xlsx', mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
  jsonl: { ending: 'jsonl', mediaType: 'application/jsonl; charset=utf-8' },
  sav: { ending: 'sav', mediaType: 'application/x-spss-sav' },
  sps: { ending: 'sps', mediaType: 'text/plain; charset=utf-8' },
  'spss-csv': { ending: 'csv', mediaType: 'text/csv; charset=utf-8' },
  codebook: { ending: 'md', mediaType: 'text/markdown; charset=utf-8' },
  'codebook-csv': { ending: 'codebook.csv', mediaType: 'text/csv; charset=utf-8' },
};
/** How much of people a file holds, as the audit log says it. */
const levelOf = ({ identities, unmasked }: Pick<ExportRequest, 'identities' | 'unmasked'>): string =>
  identities ? (unmasked ? 'identities-unmasked' : 'identities') : unmasked ? 'unmasked' : 'masked';

/** How many responses are held in memory at once while a file is written. */
const AT_ONCE = 250;
/** The largest that chance of the system is drawn below. */
const RANDOM_MAX = 2 ** 47;
/** A workbook is made in one piece, in a thread that may hold so much. */
const WORKBOOK_MB = 1024;
const WORKBOOK_CELLS_MAX = 600_000;
/** Of words, which no thread of that size could hold much more of. */
const WORKBOOK_LETTERS_MAX = 100_000_000;

/** An answer as the table has it; of words, those that its source holds, and null once they are gone. */
function readValue(json: string, texts: ReadonlyMap<string, string>): AnswerValue | null {
  const value = JSON.parse(json) as AnswerValue | { source: string; version: number };
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return texts.get(`${value.source} ${value.version}`) ?? null;
}

/** Responses as files: from the filtered list, over all versions of the survey, without what names people. */
export function exportService({ store, logs, thread, keys, now, audit }: Context, place: DatabasePlace) {
  const masking = maskingService({ store, now });

  async function versionsOf(survey: SurveyRow) {
    const { versions } = await store.responseDesk.facts(survey.id);
    return Promise.all(
      versions.map(async ({ id, number }) => ({
        id,
        number,
        definition: (await store.surveys.version(id)).definition as SurveyDefinition,
      })),
    );
  }

  /**
   * Words as they were kept, masked unless told.
   *
   * @throws Problem `conflict` when some are not those that were kept: such a file would put words into mouths
   */
  async function textsOf(
    studyId: number,
    responseIds: readonly string[],
    isMasked: boolean,
  ): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const kept = (await store.responseDesk.textsOf(responseIds)).filter(({ erasedAt }) => erasedAt === null);
    const masks = await masking.spansOf(studyId, isMasked ? kept : []);
    for (const source of kept) {
      if (!isSealed(keys.text, source.text, source.textHash))
        throw new Problem('conflict', 'An answer is not in the words that were kept', {
          detail: `Response ${source.subjectId}, item ${source.item}: its seal is broken, so nothing is exported. Bring back a copy from before it was changed`,
        });
      const place = `${source.publicId} ${source.version}`;
      texts.set(place, maskText(source.text, masks.get(place) ?? []));
    }
    return texts;
  }

  /** Rows part by part: the oldest first, and of an anonymous survey in an order that is drawn anew for each file. */
  async function* rowParts(survey: SurveyRow, filter: ResponseFilter, lastId: number): AsyncGenerator<ResponseRow[]> {
    if (survey.isAnonymous === 1) {
      const ids = shuffled(
        (await store.responseDesk.ids(survey.id, filter)).filter((id) => id <= lastId),
        () => randomInt(RANDOM_MAX) / RANDOM_MAX,
      );
      for (let from = 0; from < ids.length; from += AT_ONCE)
        yield await store.responseDesk.withIds(survey.id, ids.slice(from, from + AT_ONCE));
      return;
    }
    for (let after = 0; after < lastId; ) {
      const rows = (await store.responseDesk.pageUp(survey.id, filter, after, AT_ONCE)).filter(
        ({ id }) => id <= lastId,
      );
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
      yield rows;
    }
  }

  /** The responses of a file part by part, up to the last one there was when it was begun. */
  async function* parts(
    survey: SurveyRow,
    filter: ResponseFilter,
    lastId: number,
    utilities: ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>,
    isMasked: boolean,
  ): AsyncGenerator<ExportRow[]> {
    const numbers = new Map((await versionsOf(survey)).map(({ id, number }) => [id, number]));
    const waves = new Map((await store.fieldwork.waves(survey.id)).map(({ publicId, name }) => [publicId, name]));
    for await (const rows of rowParts(survey, filter, lastId)) {
      const answers = await store.responses.projectedAnswersOf(rows.map(({ id }) => id));
      const byResponse = Map.groupBy(answers, (answer) => Number(answer.response_id));
      const ids = rows.map(({ publicId }) => publicId);
      const texts = await textsOf(survey.studyId, ids, isMasked);
      const labels = await store.responseDesk.labelsOf(ids);
      const flags = await store.qualityFlags.flagsOf(ids);
      const people = await store.responseDesk.pseudonyms(rows.flatMap(({ participationId }) => participationId ?? []));
      yield rows.map((response) => ({
        response,
        pseudonym: response.participationId === null ? null : (people.get(response.participationId) ?? null),
        labels: (labels.get(response.publicId) ?? []).map(({ name }) => name),
        flags: [...new Set((flags.get(response.publicId) ?? []).map(({ sign }) => sign))],
        wave: response.wave === null ? null : (waves.get(response.wave) ?? response.wave),
        version: numbers.get(response.surveyVersionId) ?? 0,
        attributes: JSON.parse(response.attributes ?? '{}') as Record<string, unknown>,
        answers: new Map(
          (byResponse.get(response.id) ?? []).map(({ item, state, value }) => [
            item,
            { state, value: value === null ? null : readValue(value, texts) },
          ]),
        ),
        utilities: new Map(
          [...utilities].flatMap(([question, own]) => {
            const found = own.get(response.id);
            return found ? [[question, found] as const] : [];
          }),
        ),
      }));
      // Lets pages be answered between parts.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** By question, its options and the utilities by response. */
  async function utilitiesOf(survey: SurveyRow, isWanted: boolean) {
    const options = new Map<string, string[]>();
    const byResponse = new Map<string, Map<number, readonly number[]>>();
    if (!isWanted || survey.publishedVersionId === null) return { options, byResponse };
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    for (const question of questionsOf(definition)) {
      if (question.kind !== 'best-worst') continue;
      const place = { studyId: survey.studyId, surveyId: survey.id, question: question.code };
      const found = await thread.ask('bestWorstPeople', place);
      options.set(question.code, found.options);
      byResponse.set(question.code, new Map(found.people.map((one) => [one.responseId, one.utilities])));
    }
    return { options, byResponse };
  }

  /**
   * Looks through everything that would be written, then begins to write it.
   *
   * @throws Problem `conflict` when the survey was never published or words are not those that were kept, `too-large`
   *   for a workbook that is too big, `invalid` for words without masks and without a reason
   */
  async function file(survey: SurveyRow, request: ExportRequest): Promise<ExportFile> {
    await logs.settle();
    const { format } = request;
    const versions = await versionsOf(survey);
    const latest = versions.at(-1)?.definition;
    if (!latest) throw new Problem('conflict', 'This survey has not been published, so nobody has answered it');
    const filter: ResponseFilter = { ...request.filter, state: request.filter.state ?? 'counted' };
    const isNumbers = format === 'sav' || format === 'sps' || format === 'spss-csv';
    const shape: ExportShape = isNumbers
      ? { ...request, values: 'numbers', multiple: 'split' }
      : format === 'jsonl'
        ? { ...request, values: 'codes', multiple: 'joined', headers: 'code' }
        : request;
    const utilities = await utilitiesOf(survey, request.utilities);
    const attributes = shape.identities ? await store.responseDesk.attributeNames(survey.id) : [];
    const { columns, multipleSets } = exportColumns(
      versions.map(({ definition }) => definition),
      shape,
      { attributes, utilities: utilities.options },
    );
    const [newest] = await store.responseDesk.page(survey.id, filter, null, 1);
    const lastId = newest?.id ?? 0;
    const read = () => parts(survey, filter, lastId, utilities.byResponse, request.unmasked === null);

    const bytes = columns.map(() => 0);
    let count = 0;
    let letters = 0;
    if (!format.startsWith('codebook')) {
      for await (const rows of read()) {
        count += rows.length;
        if (isNumbers) for (const row of rows) widen(columns, bytes, row);
        if (format === 'xlsx') letters += lettersOf(columns, rows);
      }
    }
    const title = wordingIn(latest.title, latest.languages[0] ?? 'en', latest.languages);
    const table = {
      name: survey.slug,
      label: title,
      columns: columns.map((column, index) =>
        column.type === 'text' && isNumbers ? { ...column, bytesMax: Math.max(1, bytes[index] ?? 0) } : column,
      ),
      rows: [] as DataRow[],
      multipleSets,
    };
    if (format === 'xlsx' && (count * columns.length > WORKBOOK_CELLS_MAX || letters > WORKBOOK_LETTERS_MAX))
      throw new Problem('too-large', 'This is too much for a workbook', {
        detail: `${count.toLocaleString('en-GB')} responses with ${columns.length} columns and ${letters.toLocaleString('en-GB')} letters. Filter them, or take CSV`,
      });
    if (request.unmasked)
      await masking.exported(
        { studyId: survey.studyId, surveyId: survey.id },
        format,
        request.unmasked.reason,
        request.unmasked.actor,
      );
    if (!format.startsWith('codebook') && format !== 'sps')
      await audit.note({
        action: 'export',
        study: { id: survey.studyId },
        object: `survey:${survey.publicId}`,
        detail: {
          rows: count,
          level: levelOf(request),
          format,
          ...(request.unmasked ? { reason: request.unmasked.reason.trim() } : {}),
        },
      });
    const { ending, mediaType } = ENDINGS[format];
    const chunks = write(request, table, read);
    // What cannot be begun is said in words; what is under way could only be broken off.
    const first = await chunks.next();
    return { name: `${survey.slug}.${ending}`, mediaType, chunks: goOn(first, chunks) };
  }

  async function* write(
    { format, identities, csvName }: ExportRequest,
    table: Omit<DataTable, 'columns'> & { columns: readonly ExportColumn[] },
    read: () => AsyncGenerator<ExportRow[]>,
  ): AsyncGenerator<string | Uint8Array> {
    const { columns } = table;
    const cells = (row: ExportRow): DataRow => columns.map((column) => column.read(row));
    // Each writer is read in where it is used: none is needed to answer a page.
    if (format === 'codebook' || format === 'codebook-csv') {
      const { codebookCsv, codebookMarkdown } = await import('../exchange/codebook.ts');
      yield format === 'codebook' ? codebookMarkdown(table) : codebookCsv(columns);
    } else if (format === 'sps') {
      const { writeSps } = await import('../exchange/sps.ts');
      yield writeSps(table, csvName ?? `${table.name}.csv`);
    } else if (format === 'csv' || format === 'spss-csv') {
      const { dataCsvHeader, dataCsvRow } = await import('../exchange/data-csv.ts');
      const dialect = format === 'csv' ? 'plain' : 'spss';
      yield dataCsvHeader(columns);
      for await (const rows of read()) yield rows.map((row) => dataCsvRow(columns, cells(row), dialect)).join('');
    } else if (format === 'jsonl') {
      for await (const rows of read()) for (const row of rows) yield jsonOf(row, columns, identities);
    } else if (format === 'sav') {
      const [{ savCases }, { savDictionary }, { savLayout }] = await Promise.all([
        import('../exchange/sav.ts'),
        import('../exchange/sav-dictionary.ts'),
        import('../exchange/sav-layout.ts'),
      ]);
      const layout = savLayout(table);
      const cases = savCases(layout);
      yield savDictionary(layout, now(), null);
      // A text that grew since it was measured is cut rather than the file broken off.
      const trimmed = (row: DataRow): DataRow =>
        row.map((cell, index) => {
          const { bytesMax } = columns[index] ?? {};
          return typeof cell === 'string' && bytesMax !== undefined && Buffer.byteLength(cell) > bytesMax
            ? cutBytes(cell, bytesMax)
            : cell;
        });
      for await (const rows of read()) yield* cases.write(rows.map((row) => trimmed(cells(row))));
      yield cases.end();
    } else {
      yield await workbookOf(table, read, cells);
    }
  }

  /**
   * A workbook, made in a thread of its own: whatever it needs, nobody who answers or looks at a page goes down with it.
   *
   * @throws Problem `too-large` where the machine has not the memory for it
   */
  async function workbookOf(
    table: Omit<DataTable, 'columns'> & { columns: readonly ExportColumn[] },
    read: () => AsyncGenerator<ExportRow[]>,
    cells: (row: ExportRow) => DataRow,
  ): Promise<Uint8Array> {
    const own = startThread({ place, textKey: keys.text }, WORKBOOK_MB);
    try {
      for await (const part of read()) await own.ask('workbookRows', part.map(cells));
      const { rows: _, ...told } = { ...table, columns: table.columns.map(({ read: __, ...column }) => column) };
      return await own.ask('workbook', told);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      throw new Problem('too-large', 'This is too much for a workbook', {
        detail: 'The machine has not the memory to make it. Filter the responses, or take CSV',
        cause: error,
      });
    } finally {
      await own.stop();
    }
  }

  /** One JSON object a line, with the state of every item that a file without identities may hold. */
  function jsonOf(
    { response, answers, ...row }: ExportRow,
    columns: readonly ExportColumn[],
    identities: boolean,
  ): string {
    // In the order of the survey, whatever order a database gives rows in.
    const open = new Map(columns.map(({ name }, place) => [name, place]));
    return `${JSON.stringify({
      response: response.publicId,
      pseudonym: row.pseudonym,
      state: response.isTest ? 'test' : response.state,
      startedAt: response.startedAt,
      completedAt: response.completedAt,
      language: response.language,
      version: row.version,
      wave: row.wave,
      source: response.source,
      device: response.device,
      country: response.country,
      labels: row.labels,
      flags: row.flags,
      asked: { how: (JSON.parse(response.asked) as { how: string }).how },
      ...(identities ? { attributes: row.attributes } : {}),
      ...(row.utilities.size > 0 ? { utilities: Object.fromEntries(row.utilities) } : {}),
      answers: Object.fromEntries(
        [...answers]
          .filter(([item]) => open.has(item))
          .toSorted(([a], [b]) => (open.get(a) ?? 0) - (open.get(b) ?? 0))
          .map(([item, { state, value }]) => [item, state === 'answered' ? { state, value } : { state }]),
      ),
    })}\n`;
  }

  /** The pieces of a file of responses that count, as it has always been. */
  async function* simple(survey: SurveyRow, format: 'csv' | 'jsonl'): AsyncGenerator<string> {
    if (survey.publishedVersionId === null) return;
    for await (const chunk of (await file(survey, { ...DEFAULT_EXPORT, format })).chunks) yield String(chunk);
  }

  return {
    file,
    /** Whether the survey has a best-worst question, so that people have utilities. */
    hasUtilities: async (survey: SurveyRow): Promise<boolean> =>
      survey.publishedVersionId !== null &&
      questionsOf((await store.surveys.version(survey.publishedVersionId)).definition).some(
        ({ kind }) => kind === 'best-worst',
      ),
    /** Whether there is anything that only a file with identities holds. */
    hasIdentities: async (survey: SurveyRow): Promise<boolean> => {
      const versions = await versionsOf(survey);
      if ((await store.responseDesk.attributeNames(survey.id)).length > 0) return true;
      return versions.some(({ definition }) =>
        surveyItems(definition).some((item) => item.isIdentifying || item.holds === 'file'),
      );
    },
    /** A table with a line per response; several choices stand in one cell, joined by `;`. Cells cannot run as formulas. */
    csv: (survey: SurveyRow): AsyncGenerator<string> => simple(survey, 'csv'),
    /** One JSON object a line, with the state of every item. */
    jsonl: (survey: SurveyRow): AsyncGenerator<string> => simple(survey, 'jsonl'),
    /** What was liked best and least in one best-worst question, from the standing thread. */
    bestWorst: async (survey: SurveyRow, question: string) => {
      await logs.settle();
      return thread.ask('bestWorst', { studyId: survey.studyId, surveyId: survey.id, question });
    },
  };
}
export type Exports = ReturnType<typeof exportService>;

/** Remembers the longest text of each column. */
async function* goOn<Part>(first: IteratorResult<Part>, rest: AsyncGenerator<Part>): AsyncGenerator<Part> {
  if (!first.done) yield first.value;
  yield* rest;
}

/** How many letters of words stand in some rows. */
const lettersOf = (columns: readonly ExportColumn[], rows: readonly ExportRow[]): number =>
  rows.reduce(
    (sum, row) =>
      columns.reduce((all, column) => {
        const cell = column.type === 'text' ? column.read(row) : null;
        return typeof cell === 'string' ? all + cell.length : all;
      }, sum),
    0,
  );

function widen(columns: readonly ExportColumn[], bytes: number[], row: ExportRow): void {
  for (const [index, column] of columns.entries()) {
    if (column.type !== 'text') continue;
    const cell = column.read(row);
    if (typeof cell === 'string') bytes[index] = Math.max(bytes[index] ?? 0, Buffer.byteLength(cell));
  }
}
