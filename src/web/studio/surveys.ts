import type { Request, Response } from 'express';
import { publishingFaults } from '../../logic/publishing-faults.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { KIND_NAMES } from '../../model/survey-edit-kind.ts';
import { roughCount } from '../../privacy/cell-words.ts';
import { showDate } from '../../render/helpers.ts';
import { unkeptWords } from '../../reports/notice-facts.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { pageName, questionNumbers } from './builder-names.ts';
import { head, PAGE_WAIT_MS, showPage, studyAddress } from './frame.ts';
import { newSurveyDoor } from './new-survey.ts';
import { noticeAddress } from './privacy-notice.ts';
import { surveyDraftDoor } from './survey-draft.ts';
import { surveyJsonDoor } from './survey-json.ts';

/** More links than this are for a file, not for a page. */
const LINKS_SHOWN = 500;

export const surveyAddress = (study: { publicId: string }, survey: { publicId: string }): string =>
  `${studyAddress(study)}/surveys/${survey.publicId}`;
export const surveyTitle = (survey: SurveyRow): string =>
  wordingIn(survey.draft.title, survey.draft.languages[0] ?? 'en', survey.draft.languages);

/** Titles for a list, by the surveys' ids; those that coincide are told apart by address and day. */
export function surveyNames(surveys: readonly SurveyRow[]): Map<number, string> {
  const counts = new Map<string, number>();
  for (const survey of surveys) counts.set(surveyTitle(survey), (counts.get(surveyTitle(survey)) ?? 0) + 1);
  return new Map(
    surveys.map((survey) => {
      const title = surveyTitle(survey);
      const isAlone = counts.get(title) === 1;
      return [survey.id, isAlone ? title : `${title} (${survey.slug}, made ${showDate(survey.createdAt)})`];
    }),
  );
}

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

  door.get('/studio/:study/surveys', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const counts = await store.responses.countBySurvey(study.id);
    const list = await store.surveys.list(study.id);
    const names = surveyNames(list);
    const mayWrite = study.role !== 'viewer';
    const policy = verbatim.cells.policyOf(study, study.role);
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
          ...(mayWrite ? [{ label: 'Begun', isNumber: true }] : []),
        ],
        rows: list.map((survey) => ({
          cells: [
            { text: names.get(survey.id), href: surveyAddress(study, survey), isNumber: false },
            { text: stateOf(survey), href: null, isNumber: false },
            { text: roughCount(counts.get(survey.id)?.completed ?? 0, policy), href: null, isNumber: true },
            ...(mayWrite
              ? [{ text: roughCount(counts.get(survey.id)?.started ?? 0, policy), href: null, isNumber: true }]
              : []),
          ],
        })),
      },
      notice:
        queryOf(req, 'done') === 'deleted'
          ? { kind: 'good', title: 'The survey is deleted', text: null, links: [] }
          : null,
      isEmpty: list.length === 0,
      empty: {
        title: 'No survey yet',
        text: 'Start from nothing, from a template, or from a survey of another program.',
        action: mayWrite ? action : null,
      },
    });
  });

  newSurveyDoor(door, house);
  surveyDraftDoor(door, house);

  door.get('/studio/:study/surveys/:survey', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const at = surveyAddress(study, survey);
    const counts = (await store.responses.countBySurvey(study.id)).get(survey.id) ?? { completed: 0, started: 0 };
    const versions = await store.surveys.versionsOf(survey.id);
    const faults = publishingFaults(survey);
    const published =
      survey.publishedVersionId === null ? null : await store.surveys.version(survey.publishedVersionId);
    const lacking = await verbatim.privacyNotices.missing(study, survey.draft);
    const isNoticeChanged = await surveys.isNoticeChanged(survey);
    const isChanged = published === null || JSON.stringify(published.definition) !== JSON.stringify(survey.draft);
    const noticeNow = {
      isNoticeChanged,
      isNoticeMissing: lacking.length > 0,
      noticeHref: `${noticeAddress(study)}?survey=${survey.publicId}`,
    };
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
      ),
      done: doneNotice(queryOf(req, 'done'), {
        at,
        address: published ? `${origin}/s/${survey.slug}` : '',
        isOpen: survey.state === 'open',
        version: published?.version ?? 0,
        draft: survey.draftRevision,
      }),
      waiting: study.role === 'viewer' ? null : await waitingView(study, survey),
      mayWrite: study.role !== 'viewer',
      isLocal: publicUrl === null,
      lead: leadOf(at, {
        isPublished: published !== null,
        isChanged,
        isOpen: survey.state === 'open',
        faults,
        ...noticeNow,
      }),
      doings: doingsOf(at, published !== null, study.role !== 'viewer'),
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
      notice: { ...noticeNow, lacking: lacking.map(({ detail }) => detail) },
      retention: `${studyAddress(study)}/retention`,
      unkept: survey.state === 'open' ? (await verbatim.retention.unkept(study)).map(unkeptWords) : [],
      facts: [
        {
          label: 'Completed',
          value: roughCount(counts.completed, verbatim.cells.policyOf(study, study.role)),
          note: null,
        },
        {
          label: 'Begun, not sent',
          value: roughCount(counts.started, verbatim.cells.policyOf(study, study.role)),
          note: null,
        },
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
      typing: (await store.typedSurveys.ofSurvey(survey.id)).map((tool) => ({
        name: `${tool.segmentationName}: ${tool.name}`,
        href:
          study.role === 'viewer'
            ? null
            : `${studyAddress(study)}/segmentations/${tool.segmentation}/typing/${tool.publicId}`,
      })),
      rules: [
        { publicId: '', name: 'Everybody with the address', isChosen: audience === null },
        ...rules.map((rule) => ({
          publicId: rule.publicId,
          name: rule.name,
          isChosen: audience?.segment.id === rule.id,
        })),
      ],
      pages: survey.draft.pages.map((page, index) => ({
        title: pageName(survey.draft, index),
        questions: page.questions.map((question) => ({
          code: question.code,
          number: questionNumbers(survey.draft).get(question.code) ?? '–',
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

  /** The answers of the table a survey was made from, while they wait to be imported. */
  async function waitingView(study: EnteredStudy, survey: SurveyRow) {
    const staged = await verbatim.surveyImports.waitingAnswers(survey);
    return (
      staged && {
        name: staged.name,
        isPublished: survey.publishedVersionId !== null,
        import: `${surveyAddress(study, survey)}/waiting-answers`,
        forget: `${surveyAddress(study, survey)}/waiting-answers/forget`,
      }
    );
  }

  door.post('/studio/:study/surveys/:survey/publish', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await surveys.publish(survey, Number(field(formOf(req), 'revision')), { userId: visit.user.id });
    res.redirect(303, `${surveyAddress(visit.study, survey)}?done=published`);
  });
  door.post('/studio/:study/surveys/:survey/state', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const state = field(formOf(req), 'state') === 'closed' ? 'closed' : 'open';
    await surveys.setState(survey, state);
    res.redirect(303, `${surveyAddress(visit.study, survey)}?done=${state === 'closed' ? 'closed' : 'opened'}`);
  });
  door.post('/studio/:study/surveys/:survey/audience', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await surveys.setAudience(survey, field(formOf(req), 'segment') || null);
    res.redirect(303, `${surveyAddress(visit.study, survey)}?done=aimed`);
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
      isLocal: publicUrl === null,
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

  surveyJsonDoor(door, house);
}

/** The one thing that comes next for a survey, and beside it what may come instead. */
function leadOf(
  at: string,
  now: {
    isPublished: boolean;
    isChanged: boolean;
    isOpen: boolean;
    faults: readonly unknown[];
    isNoticeChanged: boolean;
    isNoticeMissing: boolean;
    noticeHref: string;
  },
): { label: string; href?: string; post?: string; also?: { label: string; href: string } } {
  const edit = { label: 'Edit', href: `${at}/build` };
  if (now.faults.length > 0) return edit;
  if (now.isNoticeMissing && (!now.isPublished || now.isChanged))
    return { label: 'Fill in the privacy notice', href: now.noticeHref, also: edit };
  if (!now.isPublished) return { label: 'Publish', post: `${at}/publish`, also: edit };
  if (now.isChanged) return { label: 'Check and publish the changes', href: `${at}/build/check`, also: edit };
  if (now.isNoticeChanged && !now.isNoticeMissing)
    return { label: 'Publish the changed privacy notice', post: `${at}/publish`, also: edit };
  if (now.isOpen) return { label: 'Share it', href: `${at}/distribution`, also: edit };
  return { label: 'See the answers counted', href: `${at}/results`, also: edit };
}

/** Everything that can be done with a survey, by what one wants. What needs answers waits until some may come. */
function doingsOf(at: string, isPublished: boolean, mayWrite: boolean) {
  const link = (label: string, path: string, isThere = true) => (isThere ? [{ label, href: `${at}/${path}` }] : []);
  return [
    {
      heading: 'Collect',
      links: [
        ...link('Distribution', 'distribution', mayWrite),
        ...link('Offer on pages', 'moment', mayWrite),
        ...link('Fieldwork', 'fieldwork', mayWrite),
        ...link('Anonymous answers', 'anonymous', mayWrite),
        ...link('Sample size', 'fieldwork/plan', !mayWrite),
        ...link('Import answers', 'import', isPublished && mayWrite),
      ],
    },
    {
      heading: 'Look',
      links: [
        ...link('Answers counted', 'results', isPublished),
        ...link('Tables', 'tables', isPublished),
        ...link('Variables', 'variables', isPublished),
        ...link('Responses', 'responses', mayWrite),
        ...link('Weights and bases', 'weightings', isPublished && mayWrite),
      ],
    },
    {
      heading: 'Change',
      links: [
        ...link('Edit', 'build', mayWrite),
        ...link('Settings', 'settings', mayWrite),
        ...link('Edit as JSON', 'edit', mayWrite),
        ...link('Export the survey', 'definition.json'),
        ...link('Export for SurveyJS', 'survey-js', mayWrite),
      ],
    },
  ].filter(({ links }) => links.length > 0);
}

/** A place of a survey that has something to show only once the survey is published. */
export const showUnpublished = (
  house: House,
  visit: StudyVisit,
  res: Response,
  survey: SurveyRow,
  title: string,
  text: string,
): Promise<void> => {
  const at = surveyAddress(visit.study, survey);
  const crumbs = [
    { label: visit.study.name, href: studyAddress(visit.study) },
    { label: surveyTitle(survey), href: at },
  ];
  return showPage(house, visit, res, 'surveys', 'studio/list', {
    head: head(crumbs, title),
    isEmpty: true,
    empty: { title: 'Not published yet', text, action: { label: 'The survey', href: at } },
  });
};

/** What has just been done to a survey, and what comes next; null for an address that says nothing of the kind. */
function doneNotice(
  done: string,
  now: { at: string; address: string; isOpen: boolean; version: number; draft: number },
) {
  const good = (title: string, text: string | null, links: { label: string; href: string }[] = []) => ({
    kind: 'good',
    title,
    text,
    links,
  });
  const share = { label: 'Share its links', href: `${now.at}/distribution` };
  switch (done) {
    case 'published':
      if (now.address === '') return null;
      return good(
        `Version ${now.version} is published`,
        now.isOpen
          ? 'It is open: whoever has its address may answer. What you change from now on stays a draft until you publish again.'
          : 'It is still closed: open it when people may answer.',
        [
          { label: 'Copy its address', href: '#address' },
          { label: 'See it as respondents do', href: now.address },
          ...(now.isOpen ? [share] : []),
        ],
      );
    case 'notice':
      return good('The privacy notice is whole', 'Nothing of it stands in the way of publishing any more.');
    case 'opened':
      return now.isOpen ? good('The survey is open', 'People may answer from now on.', [share]) : null;
    case 'closed':
      return now.isOpen
        ? null
        : good('The survey is closed', 'Nobody new may begin. What came in stays.', [
            { label: 'See the answers counted', href: `${now.at}/results` },
          ]);
    case 'aimed':
      return good('Whom it is offered to is changed', 'It holds at once, for whoever opens the survey from now on.');
    case 'saved':
      return good(
        `Saved as draft ${now.draft}`,
        now.version > 0 ? 'Respondents see it once you publish again.' : 'Respondents see it once you publish.',
        [{ label: 'Go to the check list', href: `${now.at}/build/check` }],
      );
    case 'forgotten':
      return good('The file is forgotten', 'The survey stays as it is.');
    default:
      return null;
  }
}

function stateOf(survey: SurveyRow): string {
  if (survey.publishedVersionId === null) return 'Draft';
  return survey.state === 'open' ? 'Open' : 'Closed';
}
