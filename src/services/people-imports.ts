import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeText, guessFormat, readDelimitedInParts } from '../exchange/delimited.ts';
import {
  type CellFault,
  guessPeopleColumns,
  linesOf,
  PEOPLE_COLUMNS_MAX,
  type PeopleColumn,
  type PeopleImportPlan,
  type PeopleRow,
  readPeopleRow,
} from '../model/people-import.ts';
import { Problem } from '../model/problem.ts';
import { isBusy } from '../store/dialect.ts';
import { ATTRIBUTE_NAMES_MAX } from '../store/intake-projection.ts';
import type { PeopleImport } from '../store/people-imports.ts';
import type { Actor, Context } from './context.ts';
import type { IntakeService } from './intake.ts';
import { sentText } from './sent-text.ts';

export type PeopleCounts = {
  /** Rows that name somebody. */
  named: number;
  newPeople: number;
  knownPeople: number;
  /** Values of attributes that were not known of the person, and those that become others. */
  newValues: number;
  changedValues: number;
  /** Cells that cannot be read and rows that name nobody. */
  unread: number;
};
export type PeoplePreview = {
  header: string[] | null;
  sample: string[][];
  counts: PeopleCounts;
  faults: CellFault[];
  /** Ids that stand in several rows: the last row holds. */
  repeated: number;
  /** Why the file cannot be read the way it is said to be written. */
  unreadable: string | null;
};

type Table = { header: string[] | null; rows: string[][] };

const FAULTS_SHOWN = 100;
const PEOPLE_AT_ONCE = 200;
const CHECKED_AT_ONCE = 500;
const NOTHING: PeopleCounts = { named: 0, newPeople: 0, knownPeople: 0, newValues: 0, changedValues: 0, unread: 0 };
const breathe = () => new Promise((resolve) => setImmediate(resolve));

/** People from a file: looked at first, then told as any program tells of them. */
export function peopleImportService({ store, logs, folder, limits, now, hold }: Context, intake: IntakeService) {
  const fileOf = ({ publicId }: PeopleImport) => path.join(folder, 'files', 'people-imports', publicId);

  /** @throws Problem `gone` when somebody removed the file from the folder */
  function textOf(batch: PeopleImport): string {
    try {
      return decodeText(readFileSync(fileOf(batch)));
    } catch (error) {
      throw new Problem('gone', 'The file of this import is no longer there', {
        detail: 'Choose the file again',
        cause: error,
      });
    }
  }

  /** @throws Problem `invalid` when quotation marks do not close */
  async function readTable(text: string, format: PeopleImportPlan['format']): Promise<Table> {
    try {
      return await readDelimitedInParts(text, format);
    } catch (error) {
      throw new Problem('invalid', 'This file cannot be read as a table', {
        detail: `Try it without quotation marks as wrappers, or with another delimiter. The reader says: ${(error as Error).message}`,
        cause: error,
      });
    }
  }

  const types = (workspaceId: number) => store.sources.attributeTypes(workspaceId, 'person');

  async function guess(workspaceId: number, { header, rows }: Table): Promise<PeopleColumn[]> {
    const columns = guessPeopleColumns(header, rows, await types(workspaceId));
    if (columns.length > PEOPLE_COLUMNS_MAX)
      throw new Problem('too-large', `This file has ${columns.length} columns, more than ${PEOPLE_COLUMNS_MAX}`, {
        detail: 'Leave out columns that say nothing of people, or check what stands between the cells',
      });
    return columns;
  }

  /** Every row that names somebody, and everything that cannot be read. */
  async function check(plan: PeopleImportPlan, table: Table) {
    const rows: PeopleRow[] = [];
    const faults: CellFault[] = [];
    let unread = 0;
    let line = table.header ? 1 + linesOf(table.header) : 1;
    for (const [index, cells] of table.rows.entries()) {
      if (index % CHECKED_AT_ONCE === 0) await breathe();
      const read = readPeopleRow(plan.columns, cells, line);
      if (read.row) rows.push(read.row);
      unread += read.faults.length;
      faults.push(...read.faults.slice(0, FAULTS_SHOWN - faults.length));
      line += linesOf(cells);
    }
    return { rows, faults, unread };
  }

  async function count(workspaceId: number, plan: PeopleImportPlan, rows: readonly PeopleRow[], unread: number) {
    const names = plan.columns.flatMap((column) => (column.is === 'attribute' ? [column.name] : []));
    const counts: PeopleCounts = { ...NOTHING, named: rows.length, unread };
    // What the file itself has said so far; of people in several rows the last word is counted once.
    const byPerson = [...Map.groupBy(rows, ({ id }) => id)].map(([id, own]) => ({
      id,
      values: new Map(
        own.flatMap(({ attributes }) => attributes.map(({ name, value }) => [name, JSON.stringify(value)])),
      ),
    }));
    for (let from = 0; from < byPerson.length; from += PEOPLE_AT_ONCE) {
      const part = byPerson.slice(from, from + PEOPLE_AT_ONCE);
      const known = await store.peopleImports.known(
        workspaceId,
        part.map(({ id }) => id),
        names,
      );
      for (const { id, values } of part) {
        const before = known.get(id);
        if (before) counts.knownPeople += 1;
        else counts.newPeople += 1;
        for (const [name, value] of values) {
          const last = before?.get(name);
          if (last === undefined) counts.newValues += 1;
          else if (last !== value) counts.changedValues += 1;
        }
      }
    }
    return { counts, repeated: rows.length - byPerson.length };
  }

  function refuseIncomplete(columns: readonly PeopleColumn[]): void {
    const refuse = (title: string, detail: string) => new Problem('invalid', title, { detail });
    const ids = columns.filter(({ is }) => is === 'id').length;
    if (ids === 0) throw refuse('No column says who people are', 'Say which column is the id');
    if (ids > 1) throw refuse('Several columns say who people are', 'Let one column be the id');
    for (const is of ['company', 'role'] as const)
      if (columns.filter((column) => column.is === is).length > 1)
        throw refuse(
          `Several columns are the ${is}`,
          `Let one column be the ${is}, and the others attributes or nothing`,
        );
    if (columns.some(({ is }) => is === 'role') && !columns.some(({ is }) => is === 'company'))
      throw refuse('A role is one in a company', 'Say which column is the company’s id, or leave the role out');
    const names = columns.flatMap((column) => (column.is === 'attribute' ? [column.name] : []));
    const doubled = names.find((name, index) => names.indexOf(name) !== index);
    if (doubled !== undefined)
      throw refuse(`Two columns are both “${doubled}”`, 'Give each attribute a name of its own, or leave one out');
  }

  async function load(batch: PeopleImport, rows: readonly PeopleRow[]): Promise<void> {
    try {
      for (let from = 0; from < rows.length; from += PEOPLE_AT_ONCE)
        await intake.people(
          batch.workspaceId,
          rows.slice(from, from + PEOPLE_AT_ONCE).map(({ line, id, attributes, company }) => ({
            externalId: id,
            // The same row of the same file is the same message, so that going on repeats nothing.
            messageId: `people-import ${batch.publicId} ${line}`,
            attributes: attributes.map((attribute) => ({ ...attribute, source: 'import' })),
            ...(company && { company: { ...company, source: 'import' } }),
          })),
        );
      await store.peopleImports.end(batch.id, 'complete', now().toISOString());
    } catch (error) {
      await store.peopleImports.end(batch.id, 'interrupted', now().toISOString());
      throw error;
    }
  }

  /** Takes back part by part what is left of an import; others write between the parts. */
  async function clear(batch: PeopleImport): Promise<void> {
    await logs.settle();
    for (;;) {
      try {
        if ((await store.peopleImports.undoPart(batch, PEOPLE_AT_ONCE)) === 0) break;
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      await breathe();
    }
    await store.peopleImports.endUndo(batch.id, now().toISOString());
    rmSync(fileOf(batch), { force: true });
  }

  return {
    /** Keeps an uploaded file and guesses what its columns mean; nothing of it is known yet. */
    stage: async (
      workspaceId: number,
      file: { name: string; bytes: Uint8Array },
      hasHeader: boolean,
      actor: Actor,
    ): Promise<PeopleImport> => {
      const text = sentText(file.bytes);
      const guessed = { ...guessFormat(text), hasHeader };
      let format = guessed;
      let table: Table;
      try {
        table = await readTable(text, format);
      } catch (error) {
        if (!guessed.isQuoted) throw error;
        // A stray quotation mark is a letter like any other.
        format = { ...guessed, isQuoted: false };
        table = await readTable(text, format);
      }
      if (table.rows.length === 0)
        throw new Problem('invalid', 'There are no rows in this file', {
          errors: [{ pointer: '#/file', detail: 'Choose a file with one line for each person' }],
        });
      if (table.rows.length > limits.importRows)
        throw new Problem(
          'too-large',
          `This file has ${table.rows.length} rows, more than the ${limits.importRows} that may come in at once`,
          { detail: 'Cut it into several files, or raise VERBATIM_IMPORT_ROWS' },
        );
      const batch = await store.peopleImports.add(
        {
          workspaceId,
          fileName: file.name.slice(0, 200),
          plan: { format, columns: await guess(workspaceId, table) },
          rowCount: table.rows.length,
          createdBy: actor?.userId ?? null,
        },
        now().toISOString(),
      );
      mkdirSync(path.dirname(fileOf(batch)), { recursive: true, mode: 0o700 });
      writeFileSync(fileOf(batch), file.bytes, { mode: 0o600 });
      return batch;
    },

    /** What would come of a staged file. */
    preview: async (batch: PeopleImport): Promise<PeoplePreview> => {
      const { plan, workspaceId } = batch;
      let table: Table;
      try {
        table = await readTable(textOf(batch), plan.format);
      } catch (error) {
        if (!(error instanceof Problem) || error.kind !== 'invalid') throw error;
        return { header: null, sample: [], counts: NOTHING, faults: [], repeated: 0, unreadable: error.detail };
      }
      const isSaid = plan.columns.some(({ is }) => is === 'id');
      const { rows, faults, unread } = isSaid ? await check(plan, table) : { rows: [], faults: [], unread: 0 };
      return {
        header: table.header,
        sample: table.rows.slice(0, 5),
        ...(await count(workspaceId, plan, rows, unread)),
        faults,
        unreadable: null,
      };
    },

    /**
     * Changes how a staged file is read. One that is written in another way is guessed anew.
     *
     * @throws Problem `invalid` when it cannot be read that way, `conflict` once it has been imported
     */
    replan: async (batch: PeopleImport, plan: PeopleImportPlan): Promise<void> => {
      const isSame = JSON.stringify(plan.format) === JSON.stringify(batch.plan.format);
      const kept = isSame
        ? plan
        : {
            format: plan.format,
            columns: await guess(batch.workspaceId, await readTable(textOf(batch), plan.format)),
          };
      if (!(await store.peopleImports.setPlan(batch.id, kept)))
        throw new Problem('conflict', 'This file has been imported already');
    },

    /**
     * Begins to import a file, or goes on where that was interrupted; `loaded` tells when all of it is known.
     *
     * @throws Problem `invalid` for columns that do not say who people are, `conflict` once it has been imported
     */
    begin: async (batch: PeopleImport): Promise<{ loaded: Promise<void> }> => {
      const { plan, workspaceId } = batch;
      refuseIncomplete(plan.columns);
      const table = await readTable(textOf(batch), plan.format);
      const { rows, unread } = await check(plan, table);
      if (rows.length === 0)
        throw new Problem('invalid', 'No row says who a person is', { detail: 'Look at which column is the id' });
      const { counts } = await count(workspaceId, plan, rows, unread);
      const known = await types(workspaceId);
      const guessed = await guess(workspaceId, table);
      const chosen = plan.columns.flatMap((column, index) => {
        if (column.is !== 'attribute') return [];
        const { is, ...type } = column;
        const first = guessed[index];
        const isGuess = first?.is === 'attribute' && first.type === type.type && first.family === type.family;
        return [{ ...type, isSet: !isGuess }];
      });
      const fresh = chosen.filter(({ name }) => !known.has(name));
      if (known.size + fresh.length > ATTRIBUTE_NAMES_MAX)
        throw new Problem('invalid', `A workspace knows ${ATTRIBUTE_NAMES_MAX} attributes at most`, {
          detail: `It has ${known.size}, and this file brings ${fresh.length} more: leave out some columns`,
        });
      if (!(await store.peopleImports.begin(batch, counts, fresh)))
        throw new Problem('conflict', 'This file has been imported already');
      for (const { name, type, family } of chosen) {
        const before = known.get(name);
        if (before && (before.type !== type || before.family !== family))
          await store.sources.setAttributeType(workspaceId, name, { type, family });
      }
      return { loaded: hold('people-import', batch.id, () => load(batch, rows)) };
    },

    /**
     * Takes an import back; `cleared` tells when nothing of it is left.
     *
     * @throws Problem `conflict` while it is being loaded, when nothing was imported, and once it has been taken back
     */
    undo: async (batch: PeopleImport): Promise<{ cleared: Promise<void> }> => {
      if (!(await store.peopleImports.beginUndo(batch.id, now().toISOString())))
        throw new Problem('conflict', 'This import cannot be taken back just now', {
          detail: 'It is being loaded, nothing of it was imported, or it was taken back already',
        });
      return { cleared: clear(batch) };
    },

    /** Goes on with what a process that ended had begun to take back. */
    finishUndoing: async (): Promise<void> => {
      for (const batch of await store.peopleImports.undoneLeftovers()) await clear(batch);
    },
  };
}
export type PeopleImports = ReturnType<typeof peopleImportService>;
