import type { Kysely } from 'kysely';
import {
  applyCorrections,
  type CorrectedThemes,
  type FoundThemes,
  type SubTheme,
} from '../themes/apply-corrections.ts';
import { type Correction, documentId, type ThemeAction } from '../themes/correction.ts';
import { type Question, questionOfRun } from '../themes/question.ts';
import type { Run, SpanRow } from './analyses.ts';
import { isOfQuestion, isRunOf } from './of-question.ts';
import type { Tables } from './tables.ts';

/** An action with who did it, and when. */
export type JournalEntry = Correction & { madeBy: string | null; madeAt: string };
/** A theme behind an id: the run that answers for it, under which id it is shown there, and the journal of its question. */
export type Located = { run: Run; shown: string; journal: JournalEntry[] };
/** Of so many sources the rows are asked for one by one; for more, all of a run are read. */
const SOURCES_MAX = 400;
const SPLITS_MAX = 500;

/** Reads what runs found and the journals over them, and puts both together. */
export function themeReader(db: Kysely<Tables>) {
  const entries = (question: Question) =>
    db
      .selectFrom('themeCorrections')
      .leftJoin('users', 'users.id', 'themeCorrections.madeBy')
      .select(['themeCorrections.number', 'themeCorrections.action', 'users.name as madeBy', 'themeCorrections.madeAt'])
      .where(isOfQuestion(question))
      .orderBy('number')
      .execute();
  const journal = async (question: Question): Promise<JournalEntry[]> =>
    (await entries(question)).map((row) => ({ ...row, action: JSON.parse(row.action) as ThemeAction }));

  /** What a run found, with the answers that were placed since, or only what it says of some sources. */
  async function found(
    runId: number,
    sourceIds: readonly string[] | null = null,
  ): Promise<FoundThemes & { placed: string[] }> {
    const themes = await db.selectFrom('themes').selectAll().where('runId', '=', runId).orderBy('position').execute();
    const lineage = new Map(themes.map((theme) => [theme.id, theme.lineage]));
    const few = sourceIds !== null && sourceIds.length <= SOURCES_MAX ? sourceIds : null;
    const wanted = sourceIds === null ? null : new Set(sourceIds);
    let ofRun = db
      .selectFrom('themeDocuments')
      .select(['sourceId', 'sourceVersion', 'themeId', 'confidence', 'subTheme', 'further'])
      .where('runId', '=', runId);
    let since = db
      .selectFrom('themePlacements')
      .select(['sourceId', 'sourceVersion', 'themeId', 'confidence'])
      .where('runId', '=', runId);
    if (few) [ofRun, since] = [ofRun.where('sourceId', 'in', few), since.where('sourceId', 'in', few)];
    const isNone = wanted?.size === 0;
    const rows = isNone ? [] : await ofRun.execute();
    const placed = isNone ? [] : (await since.execute()).map((row) => ({ ...row, subTheme: null, further: null }));
    const documents = [...rows, ...placed].flatMap(
      ({ sourceId, sourceVersion, themeId, confidence, subTheme, further }) =>
        wanted && !wanted.has(sourceId)
          ? []
          : [
              {
                id: documentId(sourceId, sourceVersion),
                themes: [
                  ...(themeId === null ? [] : [{ theme: lineage.get(themeId) ?? '', subTheme, confidence }]),
                  ...(further === null
                    ? []
                    : (JSON.parse(further) as [string, string | null, number][]).map(([theme, sub, sure]) => ({
                        theme,
                        subTheme: sub,
                        confidence: sure,
                      }))),
                ],
              },
            ],
    );
    return {
      themes: themes.map((theme) => ({
        id: theme.lineage,
        label: theme.label,
        words: JSON.parse(theme.words) as string[],
        subThemes: JSON.parse(theme.subThemes) as SubTheme[],
      })),
      documents,
      placed: placed.map(({ sourceId, sourceVersion }) => documentId(sourceId, sourceVersion)),
    };
  }

  const latest = (question: Question) =>
    db
      .selectFrom('runs')
      .selectAll()
      .where('kind', '=', 'themes')
      .where('state', '=', 'done')
      .where(isRunOf(question))
      .orderBy('id', 'desc')
      .executeTakeFirst();

  /** The theme behind any id that it ever had, and the run that answers for it: the newest of its question that has it. */
  async function locate(studyId: number, id: string): Promise<Located | null> {
    const row = await db
      .selectFrom('themes')
      .select(['runId', 'lineage'])
      .where('studyId', '=', studyId)
      .where((eb) => eb.or([eb('publicId', '=', id), eb('lineage', '=', id)]))
      .orderBy('runId', 'desc')
      .executeTakeFirst();
    const own = row
      ? await db.selectFrom('runs').selectAll().where('id', '=', row.runId).executeTakeFirst()
      : undefined;
    const question = own ? questionOfRun(own) : await questionOfSplit(studyId, id);
    if (!question) return null;
    const lineage = row?.lineage ?? id;
    const entriesOf = await journal(question);
    for (const run of [await latest(question), own]) {
      if (!run) continue;
      const state = applyCorrections(await found(run.id, []), entriesOf);
      const shown = state.shownAs.get(lineage);
      if (shown !== undefined && state.themes.some((theme) => theme.id === shown))
        return { run, shown, journal: entriesOf };
    }
    return null;
  }

  const stateOf = async (run: Run): Promise<CorrectedThemes> =>
    applyCorrections(await found(run.id), await journal(questionOfRun(run)));

  /**
   * The stretches a run chose to quote that are still of a theme as it is corrected, the most telling first. Those of a
   * theme that was split off are what the theme it comes from was quoted by.
   */
  async function quotes(run: Run, state: CorrectedThemes, themeId: string): Promise<SpanRow[]> {
    const theme = state.themes.find(({ id }) => id === themeId);
    if (!theme) return [];
    const holds = new Set(
      state.documents.flatMap(({ id, themes }) => (themes.some((own) => own.theme === themeId) ? [id] : [])),
    );
    let rows = db
      .selectFrom('themeQuotes')
      .innerJoin('themes', 'themes.id', 'themeQuotes.themeId')
      .select([
        'themeQuotes.sourceId',
        'themeQuotes.sourceVersion',
        'themeQuotes.spanStart',
        'themeQuotes.spanEnd',
        'themeQuotes.spanHash',
      ])
      .where('themes.runId', '=', run.id)
      .orderBy('themeQuotes.position')
      .orderBy('themes.position');
    if (!theme.isSplitOff) rows = rows.where('themes.lineage', 'in', theme.found);
    return (await rows.execute()).filter(({ sourceId, sourceVersion }) =>
      holds.has(documentId(sourceId, sourceVersion)),
    );
  }

  async function questionOfSplit(studyId: number, id: string): Promise<Question | null> {
    const rows = await db
      .selectFrom('themeCorrections')
      .select(['studyId', 'surveyId', 'item', 'action'])
      .where('studyId', '=', studyId)
      .where('action', 'like', '%"kind":"split"%')
      .orderBy('id', 'desc')
      .limit(SPLITS_MAX)
      .execute();
    return (
      rows.find(({ action }) => {
        const split = JSON.parse(action) as ThemeAction;
        return split.kind === 'split' && split.parts.some(({ theme }) => theme === id);
      }) ?? null
    );
  }

  return { journal, found, locate, quotes, state: stateOf };
}
