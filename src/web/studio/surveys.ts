import type { Request } from 'express';
import multer from 'multer';
import { isOwnSurvey } from '../../exchange/surveys/read-survey-file.ts';
import { checkSurvey } from '../../logic/check-survey.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { KIND_NAMES } from '../../model/survey-edit-kind.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, PAGE_WAIT_MS, showForm, showPage, studyAddress } from './frame.ts';
import { surveyDraftDoor } from './survey-draft.ts';

/** More links than this are for a file, not for a page. */
const LINKS_SHOWN = 500;
/** A questionnaire of a thousand questions in ten languages. */
const SURVEY_BYTES_MAX = 10 * 1024 * 1024;

export const surveyAddress = (study: { publicId: string }, survey: { publicId: string }): string =>
  `${studyAddress(study)}/surveys/${survey.publicId}`;
export const surveyTitle = (survey: SurveyRow): string =>
  wordingIn(survey.draft.title, survey.draft.languages[0] ?? 'en', survey.draft.languages);

/** The survey an address names, in the study it names. */
export async function surveyOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<SurveyRow> {
  const survey = await verbatim.store.surveys.find(study.id, String(req.params['survey']));
  if (!survey) throw new Problem('not-found', 'There is no such survey in this study');
  return survey;
}

/** Surveys: from a template or a file, published, opened and closed, aimed at a segment. */
export function surveyDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { store, surveys } = verbatim;
  const upload = multer({
    storage: multer.memoryStorage(),
    limits: { fileSize: SURVEY_BYTES_MAX, files: 1, fields: 20, fieldSize: 2 * 1024 * 1024 },
  });

  door.get('/studio/:study/surveys', 'viewer', async (visit, _req, res) => {
    const { study } = visit;
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const counts = await store.responses.countBySurvey(study.id);
    const list = await store.surveys.list(study.id);
    const mayWrite = study.role !== 'viewer';
    const action = { label: 'New survey', href: `${studyAddress(study)}/surveys/new` };
    await showPage(house, visit, res, 'surveys', 'studio/list', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Surveys',
        null,
        mayWrite ? [{ ...action, isPrimary: true }] : [],
      ),
      table: {
        caption: 'Surveys of this study',
        isCaptionHidden: true,
        columns: [
          { label: 'Survey', isNumber: false },
          { label: 'State', isNumber: false },
          { label: 'Completed', isNumber: true },
          { label: 'Begun', isNumber: true },
        ],
        rows: list.map((survey) => ({
          cells: [
            { text: surveyTitle(survey), href: surveyAddress(study, survey), isNumber: false },
            { text: stateOf(survey), href: null, isNumber: false },
            { text: (counts.get(survey.id)?.completed ?? 0).toLocaleString('en-GB'), href: null, isNumber: true },
            { text: (counts.get(survey.id)?.started ?? 0).toLocaleString('en-GB'), href: null, isNumber: true },
          ],
        })),
      },
      isEmpty: list.length === 0,
      empty: {
        title: 'No survey yet',
        text: 'Start from a template, or import a survey as JSON.',
        action: mayWrite ? action : null,
      },
    });
  });

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
      ...(index > 0 && { id: `template-group-${index}`, error: null }),
    }));

  const newPage = (study: EnteredStudy) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Surveys', href: `${studyAddress(study)}/surveys` },
      ],
      'New survey',
      'Start from a template, from a file, or let one be drafted from what you want to learn.',
      [{ label: 'Draft a survey', href: `${studyAddress(study)}/surveys/draft`, isPrimary: false }],
    ),
    action: `${studyAddress(study)}/surveys/new`,
    isUpload: true,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      ...templateRadios(make),
      make.file('file', 'Or import a survey', '.json,.lss,.lsq,.lsg,.qsf,.csv,.tsv,application/json', {
        hint: 'JSON of Verbatim or SurveyJS, .lss of LimeSurvey, .qsf of Qualtrics, or a table of responses to guess a survey from. You see first what becomes of each part',
      }),
    ],
    buttons: buttons('Create the survey', { label: 'Cancel', href: `${studyAddress(study)}/surveys` }),
  });
  door.get('/studio/:study/surveys/new', 'researcher', (visit, _req, res) =>
    showForm(house, visit, res, 'surveys', newPage(visit.study)),
  );
  door.post('/studio/:study/surveys/new', 'researcher', upload.single('file'), async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      if (req.file && req.file.size > 0) {
        const name = Buffer.from(req.file.originalname, 'latin1').toString('utf8');
        const text = new TextDecoder().decode(req.file.buffer);
        if (isOwnSurvey(text)) return res.redirect(303, surveyAddress(study, await surveys.importJson(study.id, text)));
        const staged = await verbatim.surveyImports.stage(study.id, { name, bytes: req.file.buffer });
        return res.redirect(303, `${studyAddress(study)}/survey-imports/${staged.id}`);
      }
      if (field(form, 'template') === '')
        throw new Problem('invalid', 'Choose how to begin', {
          errors: [{ pointer: '#/template', detail: 'Choose a template, or a file to import' }],
        });
      const survey = await surveys.addFromTemplate(study.id, field(form, 'template'));
      res.redirect(303, surveyAddress(study, survey));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', newPage(study), form, error);
    }
  });

  surveyDraftDoor(door, house);

  door.get('/studio/:study/surveys/:survey', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const at = surveyAddress(study, survey);
    const counts = (await store.responses.countBySurvey(study.id)).get(survey.id) ?? { completed: 0, started: 0 };
    const versions = await store.surveys.versionsOf(survey.id);
    const faults = checkSurvey(survey.draft);
    const published =
      survey.publishedVersionId === null ? null : await store.surveys.version(survey.publishedVersionId);
    const isChanged = published === null || JSON.stringify(published.definition) !== JSON.stringify(survey.draft);
    const audience = await verbatim.targeting.audienceOf(survey);
    const rules = (await store.segments.list(study.id)).filter((segment) => segment.rule !== null);
    const origin = publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;
    const language = survey.draft.languages[0] ?? 'en';
    await showPage(house, visit, res, 'surveys', 'studio/survey', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Surveys', href: `${studyAddress(study)}/surveys` },
        ],
        surveyTitle(survey),
        null,
        [
          { label: 'Answers counted', href: `${at}/results`, isPrimary: false },
          { label: 'Responses', href: `${at}/responses`, isPrimary: false },
          { label: 'Distribution', href: `${at}/distribution`, isPrimary: false },
          { label: 'Fieldwork', href: `${at}/fieldwork`, isPrimary: false },
          ...(study.role === 'viewer' ? [] : [{ label: 'Settings', href: `${at}/settings`, isPrimary: false }]),
          ...(study.role === 'viewer' ? [] : [{ label: 'Import answers', href: `${at}/import`, isPrimary: false }]),
        ],
      ),
      mayWrite: study.role !== 'viewer',
      at,
      state: stateOf(survey),
      isOpen: survey.state === 'open',
      isPublished: published !== null,
      isChanged,
      address: published ? `${origin}/s/${survey.slug}` : '',
      revision: survey.draftRevision,
      mayDelete:
        study.role !== 'viewer' &&
        counts.completed + counts.started === 0 &&
        (published === null || survey.state !== 'open'),
      faults,
      facts: [
        { label: 'Completed', value: counts.completed.toLocaleString('en-GB'), note: null },
        { label: 'Begun, not sent', value: counts.started.toLocaleString('en-GB'), note: null },
        {
          label: 'Published version',
          value: published ? String(published.version) : 'none',
          note: versions[0] ? `of ${versions.length}` : null,
        },
        { label: 'Languages', value: survey.draft.languages.join(', '), note: null },
      ],
      audience: audience
        ? {
            name: audience.segment.name,
            href: `${studyAddress(study)}/segments/${audience.segment.publicId}`,
            links: `${at}/links`,
          }
        : null,
      rules: [
        { publicId: '', name: 'Everybody with the address', isChosen: audience === null },
        ...rules.map((rule) => ({
          publicId: rule.publicId,
          name: rule.name,
          isChosen: audience?.segment.id === rule.id,
        })),
      ],
      pages: survey.draft.pages.map((page, index) => ({
        title: page.title ? wordingIn(page.title, language, survey.draft.languages) : `Page ${index + 1}`,
        questions: page.questions.map((question) => ({
          code: question.code,
          kind: KIND_NAMES[question.kind],
          text: wordingIn(question.text, language, survey.draft.languages),
          isRequired: question.required ?? false,
        })),
      })),
      instruments: (survey.draft.instruments ?? []).map((instrument) => ({
        name: wordingIn(instrument.name, language, survey.draft.languages),
        version: instrument.version,
        scales: instrument.scales.length,
        centring: instrument.centring === 'person-mean' ? 'centred within each person' : 'not centred',
      })),
    });
  });

  door.post('/studio/:study/surveys/:survey/publish', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await surveys.publish(survey, Number(field(formOf(req), 'revision')), { userId: visit.user.id });
    res.redirect(303, surveyAddress(visit.study, survey));
  });
  door.post('/studio/:study/surveys/:survey/state', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await surveys.setState(survey, field(formOf(req), 'state') === 'closed' ? 'closed' : 'open');
    res.redirect(303, surveyAddress(visit.study, survey));
  });
  door.post('/studio/:study/surveys/:survey/audience', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await surveys.setAudience(survey, field(formOf(req), 'segment') || null);
    res.redirect(303, surveyAddress(visit.study, survey));
  });

  /** A published survey with an audience, and whom that admits just now. */
  async function audienceNow(study: EnteredStudy, survey: SurveyRow) {
    const audience = await verbatim.targeting.audienceOf(survey);
    const open = await store.surveys.findPublished(survey.slug);
    if (!audience || !open) {
      throw new Problem('conflict', 'This survey has no audience rule, or is not published', {
        detail: 'Publish it and choose whom it is offered to; then there are personal links',
      });
    }
    return { audience, open, ...(await verbatim.segments.count(study, audience.rule, null)) };
  }

  door.get('/studio/:study/surveys/:survey/links', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const { audience, open, admitted, people } = await audienceNow(study, survey);
    const invited = await store.people.invited(survey.id);
    const shown = admitted.slice(0, LINKS_SHOWN);
    const identities = await store.people.identities(shown.map((person) => person.id));
    const origin = publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;
    await showPage(house, visit, res, 'surveys', 'studio/links', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: surveyTitle(survey), href: surveyAddress(study, survey) },
        ],
        'Personal links',
        `${people.admitted} of ${people.all} people are admitted by “${audience.segment.name}”; of ${people.unknown} too little is known. Each link belongs to one person: whoever opens it answers as that person.`,
      ),
      action: `${surveyAddress(study, survey)}/links`,
      waiting: admitted.filter((person) => !invited.has(person.id)).length,
      hidden: admitted.length - shown.length,
      table: {
        caption: 'Personal links',
        isCaptionHidden: true,
        columns: [
          { label: 'Person', isNumber: false },
          { label: 'Link', isNumber: false },
        ],
        rows: shown.map((person) => {
          const token = verbatim.targeting.invitationToken(open.publicId, person.publicId);
          const link = invited.has(person.id) ? `${origin}/s/${survey.slug}/for/${token}` : null;
          return {
            cells: [
              {
                text: identities.get(person.id) ?? person.publicId,
                href: `${studyAddress(study)}/people/${person.publicId}`,
                isNumber: false,
              },
              { text: link ?? 'not made yet', href: link, isNumber: false },
            ],
          };
        }),
      },
      isEmpty: admitted.length === 0,
      empty: {
        title: 'Nobody is admitted just now',
        text: 'The rule admits nobody whose attributes and answers are known.',
        action: null,
      },
    });
  });

  /** Makes links for everybody the audience admits just now. */
  door.post('/studio/:study/surveys/:survey/links', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { open, admitted } = await audienceNow(visit.study, survey);
    await verbatim.targeting.invite(open, admitted);
    res.redirect(303, `${surveyAddress(visit.study, survey)}/links`);
  });

  const editPage = (study: EnteredStudy, survey: SurveyRow) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: surveyTitle(survey), href: surveyAddress(study, survey) },
      ],
      'Edit the survey',
      'The survey as it is written down: format 1. What is published stays as it is until you publish again.',
    ),
    action: `${surveyAddress(study, survey)}/edit`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.hidden('revision'),
      make.area('json', 'Definition', {
        rows: 30,
        isRequired: true,
        hint: 'Codes of questions and options must not change once answers have come in',
      }),
    ],
    buttons: buttons('Save the draft', { label: 'Cancel', href: surveyAddress(study, survey) }),
  });
  door.get('/studio/:study/surveys/:survey/edit', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showForm(house, visit, res, 'surveys', editPage(visit.study, survey), {
      revision: String(survey.draftRevision),
      json: JSON.stringify(survey.draft, null, 2),
    });
  });
  door.post('/studio/:study/surveys/:survey/edit', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      await surveys.saveDraft(survey, Number(field(form, 'revision')), field(form, 'json'), { userId: visit.user.id });
      res.redirect(303, surveyAddress(visit.study, survey));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', editPage(visit.study, survey), form, error);
    }
  });

  door.get('/studio/:study/surveys/:survey/definition.json', 'viewer', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}.json"`);
    res.type('application/json').send(JSON.stringify(survey.draft, null, 2));
  });
}

function stateOf(survey: SurveyRow): string {
  if (survey.publishedVersionId === null) return 'Draft';
  return survey.state === 'open' ? 'Open' : 'Closed';
}
