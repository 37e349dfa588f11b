import { EMPTY_LANGUAGES } from '../../model/empty-survey.ts';
import { Problem } from '../../model/problem.ts';
import { openingOf, readSettings } from '../../model/survey-settings.ts';
import type { Segment } from '../../store/segments.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { languageName } from './builder-view.ts';
import { buttons, type FormPage, head, isForForm, showForm, studyAddress } from './frame.ts';
import { titleIn } from './new-survey.ts';
import { segmentCrumbs, segmentOf } from './segment-place.ts';
import { surveyAddress, surveyNames } from './surveys.ts';

/** From a segment to its people being asked: a survey that is offered to them, or a letter to each. */
export function segmentAskingDoor(door: Doorway, house: House): void {
  const { now, store, surveys } = house.verbatim;
  const { get, post } = door;

  const addressOf = (study: EnteredStudy, segment: Segment) => `${studyAddress(study)}/segments/${segment.publicId}`;
  const headOf = (study: EnteredStudy, segment: Segment, title: string, lede: string) =>
    head([...segmentCrumbs(study), { label: segment.name, href: addressOf(study, segment) }], title, lede);
  const refuseFound = ({ rule }: Segment): void => {
    if (rule === null)
      throw new Problem('conflict', 'This segment was found, not defined', {
        detail: 'Define one by a rule that asks for it; then its people can be asked',
      });
  };
  const refuse = (name: string, detail: string): never => {
    throw new Problem('invalid', 'Something is still missing', { errors: [{ pointer: `#/${name}`, detail }] });
  };

  /** Why a survey takes no answers just now; empty for one that does. */
  const waiting = ({ publishedVersionId, state, settings }: SurveyRow): string => {
    if (publishedVersionId === null) return 'a draft, ';
    const opening = openingOf(state, readSettings(settings), now());
    return opening === 'closed' ? 'closed, ' : opening === 'not-yet' ? 'opens later, ' : '';
  };

  /** The study's surveys, each with whom it is offered to so far. */
  async function surveyChoices(
    study: EnteredStudy,
    isAsked: (survey: { publishedVersionId: number | null }) => boolean,
  ) {
    const list = await store.surveys.list(study.id);
    const names = surveyNames(list);
    const segments = new Map((await store.segments.list(study.id)).map(({ id, name }) => [id, name]));
    return list.filter(isAsked).map((survey) => {
      const audience = survey.audienceSegmentId === null ? undefined : segments.get(survey.audienceSegmentId);
      return {
        value: survey.publicId,
        label: `${names.get(survey.id)} (${waiting(survey)}offered to ${audience === undefined ? 'everybody' : `“${audience}”`} so far)`,
      };
    });
  }

  async function askPage(study: EnteredStudy, segment: Segment): Promise<FormPage> {
    const choices = await surveyChoices(study, () => true);
    const at = addressOf(study, segment);
    return {
      head: headOf(
        study,
        segment,
        'Ask these people',
        `The survey is offered only to whom “${segment.name}” admits at that moment. Whom a survey is offered to can be changed on its own page.`,
      ),
      action: `${at}/ask`,
      fields: (make) => [
        choices.length === 0
          ? make.hidden('how')
          : make.radios(
              'how',
              'With which survey?',
              [
                { value: 'new', label: 'A new one', hint: 'It begins with the consent and one open question' },
                {
                  value: 'existing',
                  label: 'One there is',
                  hint: 'From now on it is offered to this segment, and to nobody else',
                },
              ],
              { isRequired: true },
            ),
        make.text('title', 'Title of the new survey', {
          hint: `What its respondents read at the top${choices.length === 0 ? '' : '; not needed for one there is'}`,
          isRequired: true,
        }),
        make.select(
          'language',
          'Language of the new survey',
          EMPTY_LANGUAGES.map((value) => ({ value, label: languageName(value) })),
          { isRequired: true },
        ),
        ...(choices.length === 0
          ? []
          : [
              make.select('survey', 'The survey there is', [{ value: '', label: 'choose …' }, ...choices], {
                hint: 'Not needed for a new one',
                isRequired: true,
              }),
            ]),
      ],
      buttons: buttons('Go on', { label: 'Cancel', href: at }),
    };
  }

  get('/studio/:study/segments/:segment/ask', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    refuseFound(segment);
    await showForm(house, visit, res, 'segments', await askPage(visit.study, segment), { how: 'new' });
  });
  post('/studio/:study/segments/:segment/ask', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segment = await segmentOf(house, study, req);
    refuseFound(segment);
    const form = formOf(req);
    try {
      if (field(form, 'how') === 'existing') {
        const survey = await store.surveys.find(study.id, field(form, 'survey'));
        if (!survey) return refuse('survey', 'Choose a survey');
        await surveys.setAudience(survey, segment.publicId);
        return res.redirect(303, `${surveyAddress(study, survey)}?done=aimed`);
      }
      if (field(form, 'how') !== 'new') refuse('how', 'Choose a new survey or one there is');
      const language = EMPTY_LANGUAGES.find((one) => one === field(form, 'language')) ?? EMPTY_LANGUAGES[0];
      const survey = await surveys.addEmpty(study.id, language, titleIn(field(form, 'title')));
      await surveys.setAudience(survey, segment.publicId);
      res.redirect(303, `${surveyAddress(study, survey)}/build`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', await askPage(study, segment), form, error);
    }
  });

  async function invitePage(study: EnteredStudy, segment: Segment): Promise<FormPage> {
    const choices = await surveyChoices(study, ({ publishedVersionId }) => publishedVersionId !== null);
    const at = addressOf(study, segment);
    if (choices.length === 0)
      return {
        ...(await askPage(study, segment)),
        notice: {
          kind: 'warn',
          title: 'There is no published survey to invite to yet',
          text: 'Make one here and publish it; then come back to write the invitation.',
          links: [],
        },
      };
    return {
      head: headOf(
        study,
        segment,
        'Invite by mail',
        'Before anything is sent the next page says who would get a letter, who is left out and why.',
      ),
      action: `${at}/invite`,
      fields: (make) => [
        make.select('survey', 'To which survey?', [{ value: '', label: 'choose …' }, ...choices], {
          isRequired: true,
          hint: 'Only published ones. Where a survey is offered to another segment, letters go to who is in both',
        }),
      ],
      buttons: buttons('Write the invitation', { label: 'Cancel', href: at }),
    };
  }

  get('/studio/:study/segments/:segment/invite', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    refuseFound(segment);
    await showForm(house, visit, res, 'segments', await invitePage(visit.study, segment), { how: 'new' });
  });
  post('/studio/:study/segments/:segment/invite', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segment = await segmentOf(house, study, req);
    refuseFound(segment);
    const form = formOf(req);
    const page = await invitePage(study, segment);
    try {
      const survey = await store.surveys.find(study.id, field(form, 'survey'));
      if (!survey || survey.publishedVersionId === null) return refuse('survey', 'Choose a published survey');
      res.redirect(303, `${surveyAddress(study, survey)}/distribution/invite?segment=${segment.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', page, form, error);
    }
  });
}
