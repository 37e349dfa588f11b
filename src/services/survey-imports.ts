import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImportReport } from '../exchange/surveys/report.ts';
import { Problem } from '../model/problem.ts';
import { isPublicId, newPublicId } from '../store/identifiers.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Context } from './context.ts';
import type { Surveys } from './surveys.ts';

/** A file that waits for somebody's word, or from which a survey was made. */
export type StagedSurvey = {
  id: string;
  studyId: number;
  name: string;
  surveyId: number | null;
  /** It is a table whose answers wait to be imported into the survey made of it; it has that survey's public id. */
  isWaiting?: true;
};

/** Files nobody made a survey of, or imported the answers of, are forgotten after so many days. */
const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

/** Surveys of other programs: looked at first, made into one of ours when somebody says so; the file itself is kept. */
export function surveyImportService({ folder, store, now }: Context, surveys: Surveys) {
  const home = path.join(folder, 'files', 'survey-imports');
  const placeOf = (id: string) => ({ about: path.join(home, `${id}.json`), file: path.join(home, `${id}.file`) });

  const gone = () =>
    new Problem('gone', 'This file is no longer there', { detail: 'Choose the file again and look at it anew' });

  /** @throws Problem `gone` for a file of another study, or one that was forgotten */
  async function find(studyId: number, id: string): Promise<StagedSurvey> {
    if (!isPublicId(id)) throw gone();
    let staged: StagedSurvey;
    try {
      staged = JSON.parse(await readFile(placeOf(id).about, 'utf8')) as StagedSurvey;
    } catch {
      throw gone();
    }
    if (staged.studyId !== studyId) throw gone();
    return staged;
  }

  async function bytesOf(staged: StagedSurvey): Promise<Uint8Array> {
    try {
      return await readFile(placeOf(staged.id).file);
    } catch {
      throw gone();
    }
  }

  /** The readers of other programs' files are many, and few processes ever need one. */
  const readFileOf = async (name: string, bytes: Uint8Array): Promise<ImportReport> =>
    (await import('../exchange/surveys/read-survey-file.ts')).readSurveyFile(name, bytes);
  const read = async (staged: StagedSurvey): Promise<ImportReport> => readFileOf(staged.name, await bytesOf(staged));

  async function drop({ id }: Pick<StagedSurvey, 'id'>): Promise<void> {
    await rm(placeOf(id).file, { force: true });
    await rm(placeOf(id).about, { force: true });
  }

  const isOld = async ({ id, surveyId, isWaiting }: StagedSurvey): Promise<boolean> =>
    (surveyId === null || isWaiting === true) &&
    now().getTime() - (await stat(placeOf(id).about)).mtimeMs > KEPT_DAYS * DAY_MS;

  async function forgetOld(): Promise<void> {
    for (const name of await readdir(home)) {
      if (!name.endsWith('.json')) continue;
      const staged = JSON.parse(await readFile(path.join(home, name), 'utf8')) as StagedSurvey;
      if (await isOld(staged)) await drop(staged);
    }
  }

  async function waitingAnswers(survey: SurveyRow): Promise<StagedSurvey | null> {
    let staged: StagedSurvey;
    try {
      staged = await find(survey.studyId, survey.publicId);
    } catch (error) {
      if (error instanceof Problem && error.kind === 'gone') return null;
      throw error;
    }
    if (!(await isOld(staged))) return staged;
    await drop(staged);
    return null;
  }

  return {
    /**
     * Keeps a file and reads it; no survey is made yet.
     *
     * @throws Problem `invalid` for a file that is no survey, which is not kept then
     */
    stage: async (studyId: number, file: { name: string; bytes: Uint8Array }): Promise<StagedSurvey> => {
      await readFileOf(file.name, file.bytes);
      const staged: StagedSurvey = { id: newPublicId(), studyId, name: file.name.slice(0, 200), surveyId: null };
      await mkdir(home, { recursive: true, mode: 0o700 });
      await forgetOld();
      await writeFile(placeOf(staged.id).file, file.bytes, { mode: 0o600 });
      await writeFile(placeOf(staged.id).about, JSON.stringify(staged), { mode: 0o600 });
      return staged;
    },

    find,
    read,
    drop,

    /**
     * Makes the survey, once.
     *
     * @throws Problem `conflict` when it has been made already, `invalid` when nothing could be made of the file
     */
    create: async (staged: StagedSurvey): Promise<SurveyRow> => {
      const current = await find(staged.studyId, staged.id);
      if (current.surveyId !== null && (await store.surveys.findById(staged.studyId, current.surveyId)))
        throw new Problem('conflict', 'A survey has been made of this file already', {
          detail: 'It is among the surveys of this study',
        });
      const { definition, source } = await read(current);
      if (definition === null)
        throw new Problem('invalid', 'Nothing in this file could become a survey', { detail: 'Nothing was made' });
      const survey = await surveys.importJson(staged.studyId, JSON.stringify(definition));
      const made: StagedSurvey = { ...current, surveyId: survey.id };
      // A table holds what people said, which belongs with the responses: it waits to be imported, and not for long.
      if (source === 'table') {
        const waiting: StagedSurvey = { ...made, id: survey.publicId, isWaiting: true };
        await rename(placeOf(staged.id).file, placeOf(waiting.id).file);
        await writeFile(placeOf(waiting.id).about, JSON.stringify(waiting), { mode: 0o600 });
        await drop(current);
      } else await writeFile(placeOf(staged.id).about, JSON.stringify(made), { mode: 0o600 });
      return survey;
    },

    /** The table a survey was made from, while the answers in it may still be imported; null when there is none. */
    waitingAnswers,

    /**
     * The table a survey was made from, as a file to import answers from.
     *
     * @throws Problem `gone` when it was imported or forgotten
     */
    answersFile: async (survey: SurveyRow): Promise<{ name: string; bytes: Uint8Array }> => {
      const staged = await waitingAnswers(survey);
      if (staged === null) throw gone();
      return { name: staged.name, bytes: await bytesOf(staged) };
    },

    forgetAnswers: (survey: SurveyRow): Promise<void> => drop({ id: survey.publicId }),

    /**
     * Removes a survey that nobody has ever answered, with its drafts, versions and settings.
     *
     * @throws Problem `conflict` while it is open, or when anything has come of it
     */
    removeUnanswered: async (survey: SurveyRow): Promise<void> => {
      if (survey.publishedVersionId !== null && survey.state === 'open')
        throw new Problem('conflict', 'This survey is open', { detail: 'Close it first, then it can be deleted' });
      if (!(await store.surveys.removeUnanswered(survey.id)))
        throw new Problem('conflict', 'This survey cannot be deleted any more', {
          detail: 'It has been answered, sent out or analysed. Close it instead',
        });
      await drop({ id: survey.publicId });
    },
  };
}
export type SurveyImports = ReturnType<typeof surveyImportService>;
