import { isOwnSurvey } from '../../exchange/surveys/read-survey-file.ts';
import { EMPTY_LANGUAGES, type EmptyLanguage } from '../../model/empty-survey.ts';
import { Problem } from '../../model/problem.ts';
import { SURVEY_BYTES_MAX } from '../../services/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { languageName } from './builder-view.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, studyAddress } from './frame.ts';
import { surveyAddress } from './surveys.ts';
import { readUpload } from './upload.ts';

const TITLE_MAX = 200;
/** What an empty survey is called among the templates: `empty-en`. */
const EMPTY = 'empty-';

const emptyLanguageOf = (choice: string): EmptyLanguage | null =>
  EMPTY_LANGUAGES.find((language) => choice === `${EMPTY}${language}`) ?? null;

/** @throws Problem `invalid` for the title of an empty survey that is missing or too long */
export function titleIn(text: string): string {
  const title = text.trim();
  if (title !== '' && title.length <= TITLE_MAX) return title;
  const detail = title === '' ? 'Give the empty survey a title' : `At most ${TITLE_MAX} characters`;
  throw new Problem('invalid', 'The survey has no title yet', { errors: [{ pointer: '#/title', detail }] });
}

/** A survey is begun: from nothing, from a template or from a file. */
export function newSurveyDoor(door: Doorway, house: House): void {
  const { surveyImports, surveys } = house.verbatim;
  const upload = readUpload({ fileSize: SURVEY_BYTES_MAX, files: 1, fields: 20, fieldSize: 64 * 1024 }, 'file');

  /** One choice in several groups: the first carries the name that an error leads to. */
  const templateRadios = (make: ReturnType<typeof fieldMaker>) =>
    surveys.templateGroups().map((group, index) => ({
      ...make.radios(
        'template',
        `Start from a template: ${group.title.toLowerCase()}`,
        group.templates.map(({ code, name, title, questions, minutes, introduction }) => ({
          value: code,
          label: name,
          hint: `“${title}” ${questions === 1 ? 'One question' : `${questions} questions`}, about ${minutes ?? '?'} min. ${introduction}`,
        })),
        { hint: group.purpose, isRequired: true },
      ),
      id: `template-group-${index}`,
      error: null,
    }));

  const page = (study: EnteredStudy) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Surveys', href: `${studyAddress(study)}/surveys` },
      ],
      'New survey',
      'Start from nothing, from a template or from a file, or let one be drafted from what you want to learn.',
      [{ label: 'Draft a survey', href: `${studyAddress(study)}/surveys/draft`, isPrimary: false }],
    ),
    action: `${studyAddress(study)}/surveys/new`,
    isUpload: true,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.radios(
        'template',
        'Start from nothing',
        EMPTY_LANGUAGES.map((language) => ({
          value: `${EMPTY}${language}`,
          label: `Empty survey in ${languageName(language)}`,
          hint: 'The consent is there to be changed; the questions are yours. Other languages can be added',
        })),
        { isRequired: true },
      ),
      make.text('title', 'Title of the empty survey', { hint: 'What its respondents read at the top' }),
      ...templateRadios(make),
      make.file('file', 'Or import a survey', '.json,.lss,.lsq,.lsg,.qsf,.csv,.tsv,application/json', {
        hint: 'JSON of Verbatim or SurveyJS, .lss of LimeSurvey, .qsf of Qualtrics, or a table of responses to guess a survey from. You see first what becomes of each part',
      }),
    ],
    buttons: buttons('Create the survey', { label: 'Cancel', href: `${studyAddress(study)}/surveys` }),
  });

  door.get('/studio/:study/surveys/new', 'researcher', (visit, _req, res) =>
    showForm(house, visit, res, 'surveys', page(visit.study)),
  );
  door.post('/studio/:study/surveys/new', 'researcher', upload, async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      if (req.file && req.file.size > 0) {
        const name = Buffer.from(req.file.originalname, 'latin1').toString('utf8');
        const text = new TextDecoder().decode(req.file.buffer);
        if (isOwnSurvey(text)) return res.redirect(303, surveyAddress(study, await surveys.importJson(study.id, text)));
        const staged = await surveyImports.stage(study.id, { name, bytes: req.file.buffer });
        return res.redirect(303, `${studyAddress(study)}/survey-imports/${staged.id}`);
      }
      const template = field(form, 'template');
      if (template === '')
        throw new Problem('invalid', 'Choose how to begin', {
          errors: [{ pointer: '#/template', detail: 'Choose an empty survey, a template, or a file to import' }],
        });
      const language = emptyLanguageOf(template);
      if (language !== null) {
        const survey = await surveys.addEmpty(study.id, language, titleIn(field(form, 'title')));
        return res.redirect(303, `${surveyAddress(study, survey)}/build`);
      }
      const survey = await surveys.addFromTemplate(study.id, template);
      res.redirect(303, surveyAddress(study, survey));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', page(study), form, error);
    }
  });
}
