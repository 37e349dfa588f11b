import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Delimiter, decodeText, guessFormat } from '../exchange/delimited.ts';
import type { ResponseDialect } from '../exchange/surveys/response-dialects.ts';
import type { Answers } from '../model/answers.ts';
import type { AttributeFamily } from '../model/attribute.ts';
import {
  type ColumnMeaning,
  guessColumns,
  ImportPlan,
  type ReadRow,
  type RowFault,
  readRow,
} from '../model/import-plan.ts';
import { type Item, surveyItems } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import type { Asked } from '../model/record.ts';
import type { Purpose, SurveyDefinition } from '../model/survey.ts';
import { faultWords } from '../render/fault-words.ts';
import { respondentTexts } from '../render/respondent-texts.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { NewRecord } from '../store/record-log.ts';
import type { ImportBatch } from '../store/responses.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Actor, Context } from './context.ts';
import {
  languageNotes,
  notesOn,
  quotesIn,
  type ResponseTable,
  readTable,
  reasonOf,
  timeNotes,
  timesOf,
} from './import-table.ts';
import { insistKnown } from './insist-known.ts';
import type { IntakeService } from './intake.ts';
import { sentText } from './sent-text.ts';

/** A cell that does not fit, and why in words. */
export type SpokenFault = RowFault & { detail: string };

export type ImportPreview = {
  batch: ImportBatch;
  plan: ImportPlan;
  header: string[] | null;
  /** The first rows as they stand in the file. */
  sample: string[][];
  rows: number;
  fitting: number;
  faults: SpokenFault[];
  faultyRows: number;
  /** The program that wrote the file, as far as its first rows tell. */
  dialect: ResponseDialect;
  /** What was done with the file as a whole, and what to look at. */
  notes: string[];
  /** Per column why it was taken for what it is, where there is something to say. */
  reasons: (string | null)[];
  /** Why the file cannot be read the way it is said to be written; null when it can. */
  unreadable: string | null;
  /** What can be answered, each in its own words: of a row of a battery the row’s. */
  items: { address: string; label: string }[];
};

/** One response to load, with its person where one is known. */
export type LoadRow = ReadRow & {
  startedAt?: string;
  completedAt?: string;
  language?: string;
  asked?: Asked;
  families?: Record<string, AttributeFamily>;
  purposes?: Purpose[];
};

/** As many as a plan holds. */
const COLUMNS_MAX = 5000;
const FAULTS_SHOWN = 100;
/** So many letters of a cell that does not fit are told, and so many options. */
const CELL_SHOWN = 60;
const OPTIONS_SHOWN = 12;
const ROWS_AT_ONCE = 100;
/** Between so many rows others are served. */
const CHECKED_AT_ONCE = 500;

/** Responses from elsewhere: looked at first, loaded as a batch, and taken back whole if need be. */
export function importService(
  { store, logs, now, folder, limits, templatesFolder, hold }: Context,
  intake: IntakeService,
) {
  const texts = respondentTexts(path.join(templatesFolder, '..', 'data', 'words', 'respondent'));
  const fileOf = (batch: ImportBatch) => path.join(folder, 'files', 'imports', batch.publicId);

  async function published(survey: SurveyRow) {
    insistKnown(survey, 'A file of answers');
    if (survey.publishedVersionId === null)
      throw new Problem('conflict', 'Publish the survey before importing answers to it', {
        detail: 'Answers are bound to a published version',
      });
    return { versionId: survey.publishedVersionId, ...(await store.surveys.version(survey.publishedVersionId)) };
  }

  /** @throws Problem `gone` when the file was taken back, or somebody removed it from the folder */
  function textOf(batch: ImportBatch): string {
    try {
      return decodeText(readFileSync(fileOf(batch)));
    } catch (error) {
      throw new Problem('gone', 'The file of this import is no longer there', {
        detail: 'Choose the file again and import it anew',
        cause: error,
      });
    }
  }

  async function check({ definition }: { definition: SurveyDefinition }, plan: ImportPlan, table: ResponseTable) {
    const items = new Map(surveyItems(definition).map((item) => [item.address, item]));
    const fitting: LoadRow[] = [];
    const faults: SpokenFault[] = [];
    const persons = new Map<string, number>();
    let faultyRows = 0;
    const about = timesOf(table, definition, plan.columns, now());
    for (const [index, cells] of table.rows.entries()) {
      if (index % CHECKED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
      const result = readRow(items, plan.columns, cells, index + 1 + table.headerRows);
      if ('read' in result) {
        fitting.push({ ...result.read, ...about(index) });
        if (result.read.person !== null) persons.set(result.read.person, (persons.get(result.read.person) ?? 0) + 1);
      } else {
        faultyRows += 1;
        if (faults.length < FAULTS_SHOWN)
          faults.push(
            ...result.faults.map((fault) => ({ ...fault, detail: misfitWords(fault, items.get(fault.item)) })),
          );
      }
    }
    const repeated = [...persons].filter(([, count]) => count > 1).map(([person]) => person);
    return { fitting, faults, faultyRows, repeated };
  }

  /** What stands in a cell that does not fit, and what may. */
  function misfitWords({ cell, problem }: RowFault, item: Item | undefined): string {
    const stands =
      [...cell.trim()].length > CELL_SHOWN ? `${[...cell.trim()].slice(0, CELL_SHOWN).join('')}…` : cell.trim();
    const language = 'en';
    const allowed = (item?.options ?? []).map(({ code, alias, text }) => {
      const label = text[language] ?? Object.values(text)[0] ?? code;
      return [
        code,
        ...(alias === undefined ? [] : [`or ${alias}`]),
        ...(label === code || label === alias ? [] : [`(${label})`]),
      ].join(' ');
    });
    const words = faultWords(texts.in(language), problem);
    if (problem.key !== 'listedOne' || allowed.length === 0) return `“${stands}” stands here. ${words}`;
    const more = allowed.length - OPTIONS_SHOWN;
    return `“${stands}” stands here. ${words}: ${allowed.slice(0, OPTIONS_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  }

  async function clear(batchId: number): Promise<void> {
    while ((await store.responses.clearUndone(batchId, ROWS_AT_ONCE, now().toISOString())) > 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const planOf = (batch: ImportBatch): ImportPlan => ImportPlan.parse(JSON.parse(batch.mapping));

  async function preview(survey: SurveyRow, batch: ImportBatch): Promise<ImportPreview> {
    const { definition } = await published(survey);
    const plan = planOf(batch);
    const language = definition.languages[0] ?? 'en';
    const seen = {
      batch,
      plan,
      items: surveyItems(definition).map((item) => ({
        address: item.address,
        label: (item.label ?? item.question.text)[language] ?? item.address,
      })),
    };
    let table: ResponseTable;
    try {
      table = await readTable(textOf(batch), plan.format, definition);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'invalid') throw error;
      const nothing = { header: null, sample: [], rows: 0, fitting: 0, faults: [], faultyRows: 0, notes: [] };
      return { ...seen, ...nothing, dialect: 'plain', reasons: plan.columns.map(() => null), unreadable: error.detail };
    }
    const { fitting, faults, faultyRows, repeated } = await check({ definition }, plan, table);
    return {
      ...seen,
      header: table.header,
      sample: table.rows.slice(0, 5),
      rows: table.rows.length,
      fitting: fitting.length,
      faults: faults.slice(0, FAULTS_SHOWN),
      faultyRows,
      dialect: table.dialect,
      notes: [
        ...quotesIn(table, plan),
        ...timeNotes(table, plan.columns, now()),
        ...languageNotes(table, plan.columns, definition),
        ...notesOn(table, repeated),
      ],
      reasons: plan.columns.map((_, index) => reasonOf(table.columns?.[index])),
      unreadable: null,
    };
  }

  /** What the columns seem to mean; a table that no known program wrote goes by the names of its columns alone. */
  function guess(definition: SurveyDefinition, table: ResponseTable): ColumnMeaning[] {
    const width = Math.max(table.header?.length ?? 0, ...table.rows.slice(0, 1000).map((row) => row.length));
    if (width > COLUMNS_MAX)
      throw new Problem('too-large', `This file has ${width} columns, more than the ${COLUMNS_MAX} that can be read`, {
        detail: 'Leave out the columns that answer no question, or check what stands between the cells',
      });
    if (table.columns)
      return table.columns.map(
        ({ meaning }): ColumnMeaning =>
          meaning.is === 'item' ? `item:${meaning.address}` : meaning.is === 'person' ? 'person' : 'ignore',
      );
    const guessed = guessColumns(definition, table.header, width);
    const person = table.header?.findIndex((name) => /^(respondent|participant)( ?id)?$/i.test(name.trim())) ?? -1;
    if (!guessed.includes('person') && guessed[person] === 'ignore') guessed[person] = 'person';
    return guessed;
  }

  /** Loads rows as one batch: it counts only once all of it is in. */
  async function load(
    survey: SurveyRow,
    batch: ImportBatch,
    rows: readonly LoadRow[],
    consent: Purpose[],
  ): Promise<void> {
    const { versionId, version, definition } = await published(survey);
    const study = await store.studies.find(survey.studyId);
    if (!study) throw new Problem('not-found', 'The study is no longer there');
    try {
      // People first: once records come in, the writer is busy projecting them, and we would wait for each other.
      const participations = await participationsOf(study, rows);
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
        const part = rows.slice(from, from + ROWS_AT_ONCE);
        await logs.responses.append(part.flatMap((row, index) => recordsOf(row, participations[from + index] ?? null)));
      }
      await logs.settle();
      await store.responses.setBatchState(batch.id, 'complete', now().toISOString());
    } catch (error) {
      // It does not count, and can be taken back.
      await store.responses.setBatchState(batch.id, 'interrupted', now().toISOString());
      throw error;
    }

    function recordsOf(row: LoadRow, participationId: number | null): NewRecord[] {
      const receivedAt = row.completedAt ?? now().toISOString();
      const startedAt = row.startedAt ?? receivedAt;
      const language = row.language ?? definition.languages[0] ?? 'en';
      const purposes = row.purposes ?? consent;
      const place = {
        studyId: survey.studyId,
        surveyId: survey.id,
        surveyVersionId: versionId,
        participationId,
        batchId: batch.id,
        responseId: newPublicId(),
      };
      const envelope = {
        schema: 1 as const,
        surveyVersion: version,
        language,
        order: null,
        attributes: Object.keys(row.attributes).length > 0 ? row.attributes : null,
        asked: row.asked ?? { how: 'import' as const },
        batch: batch.publicId,
        isTest: false,
        consent: {
          textVersion: row.asked ? definition.consent.version : 'declared by the researcher who imported this',
          language,
          purposes,
          givenAt: startedAt,
        },
      };
      const content = { page: definition.pages.length, answers: row.answers satisfies Answers };
      return [
        {
          ...place,
          kind: 'start',
          revision: 0,
          envelope: { ...envelope, timings: { receivedAt: startedAt, startedAt } },
          content: { page: null, answers: {} },
        },
        {
          ...place,
          kind: 'completion',
          revision: 1,
          envelope: { ...envelope, timings: { receivedAt, startedAt } },
          content,
        },
      ];
    }
  }

  /** The participations of the people named in rows; null for a row that names nobody. */
  async function participationsOf(
    study: { id: number; workspaceId: number },
    rows: readonly LoadRow[],
  ): Promise<(number | null)[]> {
    const named = rows.filter((row) => row.person !== null);
    if (named.length === 0) return rows.map(() => null);
    const ids = await intake.people(
      study.workspaceId,
      named.map((row) => ({
        externalId: row.person ?? '',
        attributes: Object.entries(row.attributes).map(([name, value]) => ({
          name,
          value,
          family: row.families?.[name],
          source: 'import',
        })),
      })),
    );
    const at = now().toISOString();
    const participations = new Map<number, number>();
    const people = [...new Set(ids)];
    for (let from = 0; from < people.length; from += ROWS_AT_ONCE) {
      for (const [person, id] of await store.people.participate(study.id, people.slice(from, from + ROWS_AT_ONCE), at))
        participations.set(person, id);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const byPerson = new Map(named.map((row, index) => [row.person, participations.get(ids[index] ?? -1) ?? null]));
    return rows.map((row) => (row.person === null ? null : (byPerson.get(row.person) ?? null)));
  }

  /** A stray quotation mark makes a table unreadable as it was guessed to be written; it is then a letter like any other. */
  async function parseSomehow(
    text: string,
    format: ImportPlan['format'],
    definition: SurveyDefinition,
    isSaid: boolean,
  ): Promise<{ format: ImportPlan['format']; table: ResponseTable }> {
    try {
      return { format, table: await readTable(text, format, definition) };
    } catch (error) {
      if (isSaid || !format.isQuoted || !(error instanceof Problem)) throw error;
      const plain = { ...format, isQuoted: false };
      return { format: plain, table: await readTable(text, plain, definition) };
    }
  }

  async function stage(
    survey: SurveyRow,
    file: { name: string; bytes: Uint8Array },
    over: { hasHeader?: boolean; delimiter?: Delimiter; isQuoted?: boolean },
    actor: Actor,
  ) {
    const { definition } = await published(survey);
    const text = sentText(file.bytes);
    const guessed = guessFormat(text);
    const wanted = {
      delimiter: over.delimiter ?? guessed.delimiter,
      isQuoted: over.isQuoted ?? guessed.isQuoted,
      hasHeader: over.hasHeader ?? true,
    };
    const { format, table } = await parseSomehow(text, wanted, definition, over.isQuoted !== undefined);
    if (table.rows.length === 0)
      throw new Problem('invalid', 'There are no rows in this file', {
        detail: 'Choose a file with one line for each respondent',
      });
    if (table.rows.length > limits.importRows) {
      throw new Problem(
        'too-large',
        `This file has ${table.rows.length} rows, more than the ${limits.importRows} that may come in at once`,
        { detail: 'Cut it into several files, or raise VERBATIM_IMPORT_ROWS' },
      );
    }
    const plan: ImportPlan = { format, columns: guess(definition, table), mayQuote: false };
    const batch = await store.responses.addBatch(
      {
        studyId: survey.studyId,
        surveyId: survey.id,
        fileName: file.name.slice(0, 200),
        mapping: plan,
        rowCount: table.rows.length,
        createdBy: actor?.userId ?? null,
      },
      now().toISOString(),
    );
    mkdirSync(path.dirname(fileOf(batch)), { recursive: true, mode: 0o700 });
    writeFileSync(fileOf(batch), file.bytes, { mode: 0o600 });
    return { batch, table, plan, definition };
  }

  /**
   * Checks a staged file and begins to load it; `loaded` tells when all of it is in and counts.
   *
   * @param leaveOutFaulty false refuses the whole file while a row does not fit
   */
  async function begin(
    survey: SurveyRow,
    batch: ImportBatch,
    leaveOutFaulty: boolean,
  ): Promise<{ imported: number; leftOut: number; loaded: Promise<void> }> {
    const { definition } = await published(survey);
    refuseUnlessStaged(batch);
    const plan = planOf(batch);
    if (!plan.columns.some((meaning) => meaning.startsWith('item:'))) {
      throw new Problem('invalid', 'No column answers a question yet', {
        detail: 'Say for at least one column which question it answers',
      });
    }
    const doubled = plan.columns.find(
      (meaning, index) => meaning !== 'ignore' && plan.columns.indexOf(meaning) !== index,
    );
    if (doubled)
      throw new Problem('invalid', `Two columns are both “${doubled}”`, {
        detail: 'Let each column mean something of its own',
      });
    if (plan.columns.includes('attribute:'))
      throw new Problem('invalid', 'A column is something known of the person, but has no name', {
        detail: 'Write the name of what is known, or leave the column out',
      });
    if (plan.columns.some((meaning) => meaning.startsWith('attribute:')) && !plan.columns.includes('person'))
      throw new Problem('invalid', 'Something is known of people, but no column says who they are', {
        detail: 'Say which column names the person, or leave out what is known of them',
      });
    const table = await readTable(textOf(batch), plan.format, definition);
    const { fitting, faults, faultyRows } = await check({ definition }, plan, table);
    if (faultyRows > 0 && !leaveOutFaulty) {
      throw new Problem('invalid', `${faultyRows} rows do not fit the survey, so nothing was imported`, {
        detail: 'Mend them in the file, change what the columns mean, or choose to leave these rows out',
        errors: faults.map((fault) => ({
          pointer: `row ${fault.row}, column ${fault.column + 1}`,
          detail: fault.detail,
        })),
      });
    }
    if (fitting.length === 0) throw new Problem('invalid', 'No row fits the survey, so nothing was imported');
    if (!(await store.responses.beginBatch(batch.id)))
      throw new Problem('conflict', 'This file has been imported already');
    const loaded = hold('import', batch.id, () =>
      load(survey, batch, fitting, plan.mayQuote ? ['analysis', 'quotes'] : ['analysis']),
    );
    return { imported: fitting.length, leftOut: faultyRows, loaded };
  }

  /** Changes how a staged file is read. */
  async function replan(batch: ImportBatch, plan: ImportPlan): Promise<void> {
    refuseUnlessStaged(batch);
    await store.responses.setBatchPlan(batch.id, JSON.stringify(plan));
  }

  /**
   * Reads a staged file as written in another way, and guesses anew what its columns mean.
   *
   * @throws Problem `invalid` when it cannot be read that way; then nothing has changed
   */
  async function reread(survey: SurveyRow, batch: ImportBatch, format: ImportPlan['format']): Promise<void> {
    refuseUnlessStaged(batch);
    const { definition } = await published(survey);
    const columns = guess(definition, await readTable(textOf(batch), format, definition));
    await store.responses.setBatchPlan(batch.id, JSON.stringify({ ...planOf(batch), format, columns }));
  }

  return {
    /** Keeps an uploaded file and guesses what its columns mean; nothing counts yet. */
    stage: async (
      survey: SurveyRow,
      file: { name: string; bytes: Uint8Array },
      over: { hasHeader?: boolean; delimiter?: Delimiter; isQuoted?: boolean },
      actor: Actor,
    ): Promise<ImportBatch> => (await stage(survey, file, over, actor)).batch,

    preview,

    replan,
    reread,
    /**
     * Keeps what the columns of a staged file mean. Where it is written in another way than was thought, it is read so, and what
     * its columns mean is guessed anew.
     *
     * @returns whether anything changed
     * @throws Problem `invalid` when it cannot be read that way or has other columns; then nothing has changed
     */
    keepPlan: async (survey: SurveyRow, batch: ImportBatch, plan: ImportPlan): Promise<boolean> => {
      const before = planOf(batch);
      const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
      const written = ({ format: { delimiter, isQuoted, hasHeader } }: ImportPlan) => [delimiter, isQuoted, hasHeader];
      if (!isSame(written(plan), written(before))) {
        await reread(survey, batch, plan.format);
        return true;
      }
      if (plan.columns.length !== before.columns.length)
        throw new Problem('invalid', 'The columns do not read well', {
          detail: `The file has ${before.columns.length} columns: say for each what it is, or ignore`,
        });
      await replan(batch, plan);
      return !isSame(plan.columns, before.columns);
    },

    begin,

    /** The same, and waits for the end. */
    commit: async (survey: SurveyRow, batch: ImportBatch, leaveOutFaulty: boolean) => {
      const { loaded, ...counts } = await begin(survey, batch, leaveOutFaulty);
      await loaded;
      return counts;
    },

    /** Loads rows that are known to fit: the demonstration's. */
    loadRows: async (survey: SurveyRow, rows: readonly LoadRow[], fileName: string): Promise<void> => {
      const batch = await store.responses.addBatch(
        { studyId: survey.studyId, surveyId: survey.id, fileName, mapping: {}, rowCount: rows.length, createdBy: null },
        now().toISOString(),
      );
      await store.responses.beginBatch(batch.id);
      await load(survey, batch, rows, ['analysis']);
    },

    /** Takes a batch back: at once nothing of it counts, then it is removed part by part. */
    undo: async (batch: ImportBatch): Promise<void> => {
      if (batch.state === 'undone') return;
      if (!(await store.responses.beginUndo(batch.id, now().toISOString()))) {
        throw new Problem('busy', 'This file is being imported just now', {
          detail: 'Wait until it is in, then take it back',
          retryAfterSeconds: 5,
        });
      }
      await logs.settle();
      await clear(batch.id);
      rmSync(fileOf(batch), { force: true });
    },

    /** Goes on with what a process that died had begun to take back. */
    finishUndoing: async (): Promise<void> => {
      for (const batchId of await store.responses.undoneLeftovers()) await clear(batchId);
    },
  };
}

function refuseUnlessStaged({ state }: ImportBatch): void {
  if (state === 'undone')
    throw new Problem('conflict', 'This import was taken back', { detail: 'Choose the file again and import it anew' });
  if (state !== 'staged') throw new Problem('conflict', 'This file has been imported already');
}

export type Imports = ReturnType<typeof importService>;
export type { ColumnMeaning };
