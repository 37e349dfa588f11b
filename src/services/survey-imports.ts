import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSurveyFile } from '../exchange/surveys/read-survey-file.ts';
import type { ImportReport } from '../exchange/surveys/report.ts';
import { Problem } from '../model/problem.ts';
import { isPublicId, newPublicId } from '../store/identifiers.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Context } from './context.ts';
import { surveyService } from './surveys.ts';

/** A file that waits for somebody's word, or from which a survey was made. */
export type StagedSurvey = { id: string; studyId: number; name: string; surveyId: number | null };

/** Files nobody made a survey of are forgotten after so many days. */
const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

/** Surveys of other programs: looked at first, made into one of ours when somebody says so; the file itself is kept. */
export function surveyImportService(context: Context) {
  const { folder, store, now } = context;
  const surveys = surveyService(context);
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

  async function read(staged: StagedSurvey): Promise<ImportReport> {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(placeOf(staged.id).file);
    } catch {
      throw gone();
    }
    return readSurveyFile(staged.name, bytes);
  }

  async function drop({ id }: Pick<StagedSurvey, 'id'>): Promise<void> {
    await rm(placeOf(id).file, { force: true });
    await rm(placeOf(id).about, { force: true });
  }

  async function forgetOld(): Promise<void> {
    for (const name of await readdir(home)) {
      if (!name.endsWith('.json')) continue;
      const id = name.slice(0, -'.json'.length);
      const { surveyId } = JSON.parse(await readFile(path.join(home, name), 'utf8')) as StagedSurvey;
      const { mtimeMs } = await stat(path.join(home, name));
      if (surveyId === null && now().getTime() - mtimeMs > KEPT_DAYS * DAY_MS) await drop({ id });
    }
  }

  return {
    /**
     * Keeps a file and reads it; no survey is made yet.
     *
     * @throws Problem `invalid` for a file that is no survey, which is not kept then
     */
    stage: async (studyId: number, file: { name: string; bytes: Uint8Array }): Promise<StagedSurvey> => {
      readSurveyFile(file.name, file.bytes);
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
      // A table holds what people said, which belongs with the responses and nowhere else.
      if (source === 'table') await drop(current);
      else
        await writeFile(placeOf(staged.id).about, JSON.stringify({ ...current, surveyId: survey.id }), { mode: 0o600 });
      return survey;
    },

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
    },
  };
}
export type SurveyImports = ReturnType<typeof surveyImportService>;
