import type { NextFunction, Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import { SURVEY_BYTES_MAX } from '../../services/surveys.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { conflictView } from './builder-conflict.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { surveyAddress, surveyOf, surveyTitle } from './surveys.ts';
import { readUpload } from './upload.ts';

const megabytes = (bytes: number): string =>
  `${(bytes / 1024 / 1024).toLocaleString('en-GB', { maximumFractionDigits: 1 })} MB`;

/** A survey as it is written down, to be read out and written anew. */
export function surveyJsonDoor(door: Doorway, house: House): void {
  const { store, surveys } = house.verbatim;
  const read = readUpload({ files: 0, fields: 10, fieldSize: SURVEY_BYTES_MAX }, null);

  /** Reads the form in parts, since a survey may be larger than other forms are. */
  const readForm = (req: Request, res: Response, next: NextFunction) =>
    read(req, res, (error?: unknown) => {
      if ((error as { code?: unknown } | undefined)?.code !== 'LIMIT_FIELD_VALUE') return next(error);
      const sent = Number(req.headers['content-length']);
      next(
        new Problem('too-large', `A survey may be up to ${megabytes(SURVEY_BYTES_MAX)} of JSON`, {
          detail: `${Number.isFinite(sent) ? `This was ${megabytes(sent)}` : 'This was more'}, so nothing was saved. Your text is still on the page before: make it shorter there, such as by taking out spaces, or make two surveys of it`,
        }),
      );
    });

  const crumbs = (study: EnteredStudy, survey: SurveyRow) => [
    { label: study.name, href: studyAddress(study) },
    { label: surveyTitle(survey), href: surveyAddress(study, survey) },
  ];
  const page = (study: EnteredStudy, survey: SurveyRow) => ({
    head: head(
      crumbs(study, survey),
      'Edit the survey',
      'The survey as it is written down: format 1. What is published stays as it is until you publish again.',
    ),
    action: `${surveyAddress(study, survey)}/edit`,
    isUpload: true,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.hidden('revision'),
      make.area('json', 'Definition', {
        rows: 30,
        isRequired: true,
        hint: `Codes of questions and options must not change once answers have come in. At most ${megabytes(SURVEY_BYTES_MAX)}`,
      }),
    ],
    buttons: buttons('Save the draft', { label: 'Cancel', href: surveyAddress(study, survey) }),
  });

  /** Both sides of what two people wrote, where they differ; mine goes along to be kept. */
  async function showConflict(visit: StudyVisit, res: Response, survey: SurveyRow, json: string): Promise<void> {
    const at = surveyAddress(visit.study, survey);
    const saved = await store.surveys.draftSaved(survey.id, survey.draftRevision);
    res.status(409);
    await showPage(house, visit, res, 'surveys', 'studio/builder-conflict', {
      head: head(crumbs(visit.study, survey), 'Somebody else has changed this too'),
      ...conflictView(survey.draft, surveys.read(json)),
      by: saved?.name ?? 'Somebody else',
      revision: survey.draftRevision,
      base: null,
      action: `${at}/edit`,
      isUpload: true,
      theirs: `${at}/edit`,
      mayKeep: true,
      fields: [{ name: 'json', value: json }],
    });
  }

  door.get('/studio/:study/surveys/:survey/edit', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showForm(house, visit, res, 'surveys', page(visit.study, survey), {
      revision: String(survey.draftRevision),
      json: JSON.stringify(survey.draft, null, 2),
    });
  });
  door.post('/studio/:study/surveys/:survey/edit', 'researcher', readForm, async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const json = field(form, 'json');
    try {
      await surveys.saveDraft(survey, Number(field(form, 'revision')), json, { userId: visit.user.id });
      res.redirect(303, `${surveyAddress(visit.study, survey)}?done=saved`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      if (error.kind === 'conflict') return showConflict(visit, res, await surveyOf(house, visit.study, req), json);
      await showForm(house, visit, res, 'surveys', page(visit.study, survey), form, error);
    }
  });

  door.get('/studio/:study/surveys/:survey/definition.json', 'viewer', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}.json"`);
    res.type('application/json').send(JSON.stringify(survey.draft, null, 2));
  });
}
