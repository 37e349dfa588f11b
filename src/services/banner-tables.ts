import { cleanText } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { TableSettings } from '../model/table-settings.ts';
import { hiddenNote } from '../privacy/cell-words.ts';
import type { CellPolicy } from '../privacy/safe-cells.ts';
import { safeTable } from '../reports/safe-table.ts';
import { type ShownTable, unpackTable } from '../reports/shown-table.ts';
import type { Run } from '../store/analyses.ts';
import type { KeptTable } from '../store/banner-tables.ts';
import type { ResponseFilter } from '../store/response-filter.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { MadeTable } from '../workers/tasks/banner-tables.ts';
import type { Actor, Context } from './context.ts';
import { type Runs, withCut } from './runs.ts';

/** What came of a run, as it is kept. */
type KeptFigures = Omit<MadeTable, 'inputHash' | 'watermark' | 'version'>;
/** Something that was made, by which run, and of which version of the table’s settings. */
export type MadeOnce<T> = T & { run: Run; version: number };
/** Who is in a table, with its words. */
export type TableFilter = { asks: ResponseFilter; name: string } | null;
type RunSettings = { name: string; settings: TableSettings; filter: TableFilter; isBook: boolean; version: number };

const TABLES_MAX = 200;

/** Tables of many columns: set up once, and made by a run whenever somebody asks. */
export function bannerTableService({ store, logs, thread, now }: Context, runs: Runs) {
  const at = () => now().toISOString();

  function read(name: string, raw: unknown): { name: string; settings: TableSettings } {
    const errors: ProblemError[] = [];
    const clean = cleanText(name, 'name');
    if (clean.text.trim() === '' || clean.isTooLong)
      errors.push({ pointer: '#/name', detail: 'Enter a name of at most 200 characters' });
    const found = TableSettings.safeParse(raw);
    if (!found.success)
      errors.push(
        ...found.error.issues.map(({ path, message }) => ({ pointer: `#/${path.join('/')}`, detail: message })),
      );
    else if (found.data.baseWarned < found.data.baseMin)
      errors.push({ pointer: '#/baseWarned', detail: 'Enter at least as many as below which nothing is tested' });
    if (errors.length > 0 || !found.success)
      throw new Problem('invalid', 'This table cannot be made like this', { errors });
    return { name: clean.text.trim(), settings: found.data };
  }

  runs.computes('tables', async (run, { study, own, onProgress }) => {
    const { version: _, ...settings } = JSON.parse(run.settings) as RunSettings;
    const { inputHash, watermark, version, ...kept } = await own.ask(
      'bannerTable',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        surveyId: run.surveyId ?? 0,
        ...settings,
        date: at().slice(0, 10),
      },
      onProgress,
    );
    await store.analyses.saveResult(
      withCut(run, { watermark, version }),
      JSON.stringify(kept satisfies KeptFigures),
      inputHash,
      at(),
    );
  });

  const settingsOf = (table: KeptTable): TableSettings => TableSettings.parse(JSON.parse(table.settings));
  const subjectOf = (table: KeptTable, isBook: boolean) => (isBook ? `book ${table.publicId}` : table.publicId);
  async function newest(table: KeptTable, isBook: boolean) {
    const run = await store.analyses.latestDone(table.studyId, 'tables', {
      surveyId: table.surveyId,
      subject: subjectOf(table, isBook),
    });
    if (!run) return null;
    const { version } = JSON.parse(run.settings) as RunSettings;
    return { run, version, kept: JSON.parse(run.result ?? '{}') as KeptFigures };
  }

  /** The newest that was made, with everything in it; null when none was. */
  async function latest(table: KeptTable): Promise<MadeOnce<{ table: ShownTable; notes: string[] }> | null> {
    const made = await newest(table, false);
    return made?.kept.table ? { ...made, table: unpackTable(made.kept.table), notes: made.kept.notes } : null;
  }

  return {
    settingsOf,
    /** @throws Problem `invalid` naming what does not fit */
    add: async (
      study: Study,
      survey: SurveyRow,
      form: { name: string; settings: unknown },
      actor: Actor,
    ): Promise<KeptTable> => {
      const { name, settings } = read(form.name, form.settings);
      if ((await store.bannerTables.list(survey.id)).length >= TABLES_MAX)
        throw new Problem('conflict', `A survey keeps ${TABLES_MAX} tables at most`, {
          detail: 'Remove those that nobody needs',
        });
      return store.bannerTables.add(
        {
          studyId: study.id,
          surveyId: survey.id,
          name,
          settings: JSON.stringify(settings),
          createdBy: actor?.userId ?? null,
        },
        at(),
      );
    },
    /** @throws Problem `conflict` when somebody else has changed it since that version */
    change: async (
      table: KeptTable,
      form: { name: string; settings: unknown; version: number },
      actor: Actor,
    ): Promise<void> => {
      const { name, settings } = read(form.name, form.settings);
      const isKept = await store.bannerTables.change(
        { id: table.id, version: form.version },
        { name, settings: JSON.stringify(settings), changedBy: actor?.userId ?? null },
        at(),
      );
      if (!isKept)
        throw new Problem('conflict', 'Somebody else has changed this table meanwhile', {
          detail: 'Look at it as it is now, then make your change again',
        });
    },
    remove: (table: KeptTable): Promise<void> => store.bannerTables.remove(table.id, at()),
    /**
     * Makes the table anew of today’s answers, or the workbook of everything that can be counted.
     *
     * @param filter what the settings’ filter asks for today
     */
    make: async (
      study: Study,
      survey: SurveyRow,
      table: KeptTable,
      filter: TableFilter,
      isBook: boolean,
      actor: Actor,
    ): Promise<Run> => {
      await logs.settle();
      return runs.start(
        {
          studyId: study.id,
          kind: 'tables',
          surveyId: survey.id,
          subject: subjectOf(table, isBook),
          seed: 0,
          settings: {
            name: table.name,
            settings: settingsOf(table),
            filter,
            isBook,
            version: table.version,
          } satisfies RunSettings,
          inputCut: { surveyVersionId: survey.publishedVersionId },
        },
        actor,
      );
    },
    latest,
    /** The newest workbook of everything; null when none was made. */
    book: async (
      table: KeptTable,
    ): Promise<MadeOnce<{ people: number; questions: number; bytes: Uint8Array }> | null> => {
      const made = await newest(table, true);
      return made?.kept.book ? { ...made, ...made.kept, bytes: Buffer.from(made.kept.book, 'base64') } : null;
    },
    /**
     * The newest that was made, without what these readers may not see; null when none was.
     *
     * @throws Problem `forbidden` for a table of some of the people, to others than researchers
     */
    told: async (table: KeptTable, policy: CellPolicy) => {
      const made = await latest(table);
      if (!made) return null;
      // Two tables of nearly the same people would tell of the others.
      if (policy !== null && made.table.filter !== null)
        throw new Problem('forbidden', 'This table is shown to researchers of the study only', {
          detail:
            'It counts only some of the people who answered, and what the others said would follow from the table of all',
        });
      const { table: safe, isAnyHidden } = safeTable(made.table, policy);
      const note = hiddenNote(policy, isAnyHidden);
      return { ...made, table: safe, notes: note === null ? made.notes : [note, ...made.notes] };
    },
    /** A table that was made as a workbook of one sheet beside contents and notes. */
    workbook: (of: { table: ShownTable; notes: string[] }, date: string): Promise<Uint8Array> =>
      thread.ask('tableWorkbook', { ...of, date }),
  };
}
export type BannerTables = ReturnType<typeof bannerTableService>;
