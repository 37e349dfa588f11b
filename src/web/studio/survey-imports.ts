import type { Request } from 'express';
import { SOURCE_NAMES } from '../../exchange/surveys/read-survey-file.ts';
import type { ImportReport } from '../../exchange/surveys/report.ts';
import { writeSurveyJs } from '../../exchange/surveys/survey-js-out.ts';
import { Problem } from '../../model/problem.ts';
import { questionsOf } from '../../model/survey.ts';
import type { StagedSurvey } from '../../services/survey-imports.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { answerRefused, head, showPage, studyAddress } from './frame.ts';
import { surveyAddress, surveyOf, surveyTitle } from './surveys.ts';

/** More lines than this are for a program to read. */
const LINES_SHOWN = 500;

export const surveyImportAddress = (study: { publicId: string }, { id }: Pick<StagedSurvey, 'id'>): string =>
  `${studyAddress(study)}/survey-imports/${id}`;

const column = (label: string) => ({ label, isNumber: false });
const cell = (text: string) => ({ text, href: null, isNumber: false });
const tableOf = (caption: string, columns: readonly string[], rows: readonly (readonly string[])[]) => ({
  caption: rows.length > LINES_SHOWN ? `${caption}: the first ${LINES_SHOWN} of ${rows.length}` : caption,
  columns: columns.map(column),
  rows: rows.slice(0, LINES_SHOWN).map((cells) => ({ cells: cells.map(cell) })),
});
const UNMAPPED_COLUMNS = ['In the file', 'What', 'Why'];

/** Surveys from other programs and for them: what maps to what, what does not and why, before anything is made. */
export function surveyImportDoor(door: Doorway, house: House): void {
  const { imports, surveyImports } = house.verbatim;
  const stagedOf = (study: EnteredStudy, req: Request) => surveyImports.find(study.id, String(req.params['import']));

  /** What the page shows of a file that was read. */
  function reportPage(study: EnteredStudy, staged: StagedSurvey, report: ImportReport, problem: Problem | null) {
    const { definition, source, mapped, unmapped, warnings } = report;
    const questions = definition ? questionsOf(definition).length : 0;
    return {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Surveys', href: `${studyAddress(study)}/surveys` },
          { label: 'New survey', href: `${studyAddress(study)}/surveys/new` },
        ],
        `Import ${staged.name}`,
        'Nothing has been made yet. Look at what becomes of each part, then create the survey.',
      ),
      isError: problem !== null,
      summary: problem
        ? { title: problem.message, errors: [{ href: '#main', text: problem.detail || problem.message }] }
        : null,
      facts: [
        { label: 'Read as', value: SOURCE_NAMES[source], note: null },
        {
          label: 'Questions',
          value: String(questions),
          note: definition ? `on ${definition.pages.length} pages` : null,
        },
        { label: 'Languages', value: definition?.languages.join(', ') ?? 'none', note: null },
        { label: 'Not taken over', value: unmapped.length.toLocaleString('en-GB'), note: null },
      ],
      isUntried: source !== 'verbatim',
      source: SOURCE_NAMES[source],
      mayCreate: definition !== null,
      isTable: source === 'table',
      at: surveyImportAddress(study, staged),
      warnings,
      unmapped: tableOf(
        'What is not taken over',
        UNMAPPED_COLUMNS,
        unmapped.map(({ from, what, why }) => [from, what, why]),
      ),
      hasUnmapped: unmapped.length > 0,
      mapped: tableOf(
        'What becomes of the rest',
        ['In the file', 'Here', 'Note'],
        mapped.map(({ from, to, note }) => [from, to, note ?? '']),
      ),
    };
  }

  door.get('/studio/:study/survey-imports/:import', 'researcher', async (visit, req, res) => {
    const staged = await stagedOf(visit.study, req);
    const report = await surveyImports.read(staged);
    await showPage(house, visit, res, 'surveys', 'studio/survey-import', reportPage(visit.study, staged, report, null));
  });

  door.post('/studio/:study/survey-imports/:import/create', 'researcher', async (visit, req, res) => {
    const staged = await stagedOf(visit.study, req);
    try {
      const survey = await surveyImports.create(staged);
      res.redirect(303, surveyAddress(visit.study, survey));
    } catch (error) {
      if (!(error instanceof Problem) || (error.kind !== 'invalid' && error.kind !== 'conflict')) throw error;
      const report = await surveyImports.read(staged);
      answerRefused(res, error);
      await showPage(
        house,
        visit,
        res,
        'surveys',
        'studio/survey-import',
        reportPage(visit.study, staged, report, error),
      );
    }
  });

  door.post('/studio/:study/survey-imports/:import/drop', 'researcher', async (visit, req, res) => {
    await surveyImports.drop(await stagedOf(visit.study, req));
    res.redirect(303, `${studyAddress(visit.study)}/surveys/new`);
  });

  /** The table a survey was made from goes on to be imported, its file chosen already. */
  door.post('/studio/:study/surveys/:survey/waiting-answers', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const file = await surveyImports.answersFile(survey);
    const batch = await imports.stage(survey, file, {}, { userId: visit.user.id });
    await surveyImports.forgetAnswers(survey);
    res.redirect(303, `${studyAddress(visit.study)}/imports/${batch.publicId}`);
  });
  door.post('/studio/:study/surveys/:survey/waiting-answers/forget', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await surveyImports.forgetAnswers(survey);
    res.redirect(303, `${surveyAddress(visit.study, survey)}?done=forgotten`);
  });

  door.get('/studio/:study/surveys/:survey/survey-js', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const { unmapped } = writeSurveyJs(survey.draft);
    await showPage(house, visit, res, 'surveys', 'studio/survey-js', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Surveys', href: `${studyAddress(study)}/surveys` },
          { label: surveyTitle(survey), href: surveyAddress(study, survey) },
        ],
        'For SurveyJS',
        'The survey as JSON that SurveyJS reads. It was written by the documented shape and never tried in SurveyJS itself.',
      ),
      file: `${surveyAddress(study, survey)}/survey-js.json`,
      unmapped: tableOf(
        'What SurveyJS cannot hold',
        ['In the survey', 'What', 'Why'],
        unmapped.map(({ from, what, why }) => [from, what, why]),
      ),
    });
  });

  door.get('/studio/:study/surveys/:survey/survey-js.json', 'viewer', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}.survey-js.json"`);
    res.type('application/json').send(JSON.stringify(writeSurveyJs(survey.draft).json, null, 2));
  });

  door.post('/studio/:study/surveys/:survey/delete', 'researcher', async (visit, req, res) => {
    await surveyImports.removeUnanswered(await surveyOf(house, visit.study, req));
    res.redirect(303, `${studyAddress(visit.study)}/surveys?done=deleted`);
  });
}
