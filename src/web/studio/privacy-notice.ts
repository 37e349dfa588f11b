import type { Request, Response } from 'express';
import { Country, countryIn, languageIn, noticeIn, type PrivacyNotice } from '../../model/privacy-notice.ts';
import { Problem } from '../../model/problem.ts';
import { ofStudy, ofWorkspace } from '../../services/privacy-notices.ts';
import type { NoticePlace } from '../../store/privacy-notices.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, head, isForForm, showForm, studyAddress } from './frame.ts';
import {
  languagesAsked,
  noticeFields,
  noticeFrom,
  noticeValues,
  onFields,
  variantLinks,
} from './privacy-notice-form.ts';

const OF_STUDY = '/studio/:study/notice';
const OF_WORKSPACE = '/studio/:study/workspace-notice';

export const noticeAddress = (study: { publicId: string }): string => `${studyAddress(study)}/notice`;

/** The privacy notice of a study, and of its workspace for all of its studies; what differs in a country on a page of its own. */
export function privacyNoticeDoor(door: Doorway, house: House): void {
  const { members, privacyNotices, store } = house.verbatim;

  /** Where a page writes to, what holds there without it, and who may. */
  async function placeOf({ study, user }: StudyVisit, isOfWorkspace: boolean) {
    const mayManage = await members.mayManageWorkspace(user, study);
    if (isOfWorkspace && !mayManage)
      throw new Problem('forbidden', 'Only owners of the workspace may do this', {
        detail: 'Fill in the notice of the study, or ask an owner of the workspace',
      });
    const place: NoticePlace = isOfWorkspace ? ofWorkspace(study.workspaceId) : ofStudy(study);
    const widest = await privacyNotices.read({ workspaceId: null, studyId: null });
    const workspace = await privacyNotices.read(ofWorkspace(study.workspaceId));
    return {
      place,
      mayManage,
      at: `${studyAddress(study)}/${isOfWorkspace ? 'workspace-notice' : 'notice'}`,
      kept: isOfWorkspace ? workspace : await privacyNotices.read(place),
      wider: isOfWorkspace ? [widest.notice] : [widest.notice, workspace.notice],
    };
  }

  const countryOf = (req: Request): string | null => {
    const code = req.params['country'];
    if (code === undefined) return null;
    if (!Country.safeParse(code).success) throw new Problem('not-found', 'There is no country of this code');
    return String(code);
  };

  async function show(
    visit: StudyVisit,
    res: Response,
    isOfWorkspace: boolean,
    country: string | null,
    survey: string,
    done: boolean,
    typed: ReturnType<typeof formOf> | null = null,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const { at, kept, wider, mayManage } = await placeOf(visit, isOfWorkspace);
    const own: PrivacyNotice = country === null ? kept.notice : (kept.notice.variants?.[country] ?? {});
    const inherited = noticeIn(country === null ? wider : [...wider, { ...kept.notice, variants: {} }], country);
    const languages = languagesAsked(await store.surveys.list(study.id), [...wider, kept.notice]);
    const missing = await privacyNotices.missing(study, { languages });
    const title = isOfWorkspace ? 'Privacy notice of the workspace' : 'Privacy notice';
    await showForm(
      house,
      visit,
      res,
      'surveys',
      {
        view: 'studio/privacy-notice',
        head: head(
          [{ label: study.name, href: studyAddress(study) }, ...(country === null ? [] : [{ label: title, href: at }])],
          country === null ? title : `${title}: ${countryIn(country)}`,
          country !== null
            ? 'Only what differs there. Whatever is left empty is as everywhere.'
            : isOfWorkspace
              ? 'What people are told before the first question of any survey here, unless a study says otherwise.'
              : 'What people are told before the first question. Without it no survey of this study is published.',
        ),
        action: country === null ? at : `${at}/in/${country}`,
        fields: (make) =>
          noticeFields(make, { languages, unsaid: privacyNotices.withoutSentences(languages), inherited, country }),
        buttons: buttons('Save', { label: 'Cancel', href: country === null ? studyAddress(study) : at }),
        more: {
          done: done
            ? {
                kind: missing.length === 0 ? 'good' : 'warn',
                title:
                  missing.length === 0
                    ? `The notice is saved, and whole in ${languages.map(languageIn).join(', ')}`
                    : 'The notice is saved',
                text:
                  missing.length === 0
                    ? 'Surveys show it once they are published. Publish those again that are published already.'
                    : 'What is listed below is still missing.',
                links: [{ label: 'Surveys', href: `${studyAddress(study)}/surveys` }],
              }
            : null,
          missing: country === null && (kept.revision > 0 || done) ? missing.map(({ detail }) => detail) : [],
          workspace:
            !isOfWorkspace && mayManage && country === null
              ? `${studyAddress(study)}/workspace-notice${survey === '' ? '' : `?survey=${survey}`}`
              : '',
          countries:
            country === null
              ? {
                  action: `${at}/country`,
                  links: variantLinks(at, kept.notice),
                  error: queryOf(res.req, 'country') === 'unknown',
                }
              : null,
        },
      },
      typed ?? noticeValues(own, kept.revision, survey),
      problem,
    );
  }

  async function save(visit: StudyVisit, req: Request, res: Response, isOfWorkspace: boolean): Promise<void> {
    const form = formOf(req);
    const survey = field(form, 'survey');
    const { place, kept, at } = await placeOf(visit, isOfWorkspace);
    const country = countryOf(req);
    const said = noticeFrom(form, country);
    const { variants: before = {}, ...base } = kept.notice;
    const { [country ?? '']: _was, ...others } = before;
    const variants =
      country === null ? before : Object.keys(said).length === 0 ? others : { ...others, [country]: said };
    const whole = { ...(country === null ? said : base), ...(Object.keys(variants).length > 0 ? { variants } : {}) };
    try {
      await privacyNotices.save(place, Number(field(form, 'revision')), whole, { userId: visit.user.id });
    } catch (error) {
      if (!isForForm(error)) throw error;
      return show(visit, res, isOfWorkspace, country, survey, false, form, onFields(error, country));
    }
    res.redirect(303, await nextAfter(visit.study, survey, `${at}?done=saved`));
  }

  /** Back to the survey that was to be published, once nothing of the notice stands in its way any more. */
  async function nextAfter(study: EnteredStudy, surveyId: string, otherwise: string): Promise<string> {
    const survey = surveyId === '' ? null : await store.surveys.find(study.id, surveyId);
    if (!survey) return otherwise;
    return (await privacyNotices.missing(study, survey.draft)).length === 0
      ? `${studyAddress(study)}/surveys/${survey.publicId}?done=notice`
      : `${otherwise}&survey=${survey.publicId}`;
  }

  for (const [path, isOfWorkspace] of [
    [OF_STUDY, false],
    [OF_WORKSPACE, true],
  ] as const) {
    const role = isOfWorkspace ? 'owner' : 'researcher';
    door.get(path, role, (visit, req, res) =>
      show(visit, res, isOfWorkspace, null, queryOf(req, 'survey'), queryOf(req, 'done') === 'saved'),
    );
    door.post(path, role, (visit, req, res) => save(visit, req, res, isOfWorkspace));
    door.get(`${path}/country`, role, async (visit, req, res) => {
      await placeOf(visit, isOfWorkspace);
      const code = queryOf(req, 'code').trim().toUpperCase();
      res.redirect(
        303,
        Country.safeParse(code).success ? `in/${code}` : `../${path.split('/').at(-1)}?country=unknown`,
      );
    });
    door.get(`${path}/in/:country`, role, async (visit, req, res) => {
      await placeOf(visit, isOfWorkspace);
      await show(visit, res, isOfWorkspace, countryOf(req), '', false);
    });
    door.post(`${path}/in/:country`, role, (visit, req, res) => save(visit, req, res, isOfWorkspace));
  }
}
