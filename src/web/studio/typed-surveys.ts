import { Problem } from '../../model/problem.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { KeptTypingTool } from '../../store/typing-tools.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { fieldMaker, head, showPage } from './frame.ts';
import { segmentationOf } from './segmentation-place.ts';
import { surveyAddress, surveyNames } from './surveys.ts';
import { resultsView, usesView } from './typed-surveys-view.ts';
import { toolOf, typingAddress, typingCrumbs } from './typing-place.ts';

const TOOL = '/studio/:study/segmentations/:segmentation/typing/:tool';
/** Stands in the list of surveys for one that is made. */
const NEW = 'new';

/**
 * What the page of a published tool offers: putting its questions into a survey, and the surveys that type by it.
 *
 * @returns null where people cannot be asked what the tool needs
 */
export async function typedUse(house: House, study: EnteredStudy, kept: KeptTypingTool, at: string) {
  const { store, typedSurveys } = house.verbatim;
  if (!(await typedSurveys.isAskable(kept))) return null;
  const surveys = await store.surveys.list(study.id);
  const names = surveyNames(surveys);
  const uses = await typedSurveys.uses(study, kept);
  const isOn = new Set(uses.filter(({ endedAt }) => endedAt === null).map(({ survey }) => survey.id));
  const choices = [];
  for (const survey of surveys) {
    if (isOn.has(survey.id)) continue;
    const { added } = await typedSurveys.blockIn(kept, survey.draft);
    choices.push({
      value: survey.publicId,
      label: `${names.get(survey.id)} (${added === 0 ? 'asks everything already' : `${added} ${added === 1 ? 'question' : 'questions'} to add`})`,
    });
  }
  const after = String(Math.max(0, ...surveys.map(({ id }) => id)));
  const make = fieldMaker({ survey: NEW, consent: 'yes', after }, []);
  return {
    action: `${at}/surveys`,
    fields: [
      make.select(
        'survey',
        'Type whoever answers',
        [{ value: NEW, label: 'A new survey that asks its questions and nothing else' }, ...choices],
        {
          isRequired: true,
          hint: 'What a survey asks already is not asked twice. Whoever answers from then on is typed; earlier answers stay as they are',
        },
      ),
      make.boxes('consent', 'Consent', [
        {
          value: 'yes',
          label: 'Also ask for consent to personalisation',
          hint: 'Placing people in segments is profiling. With it, only people who agree are placed; without it, everybody the survey knows. A new survey always asks',
        },
      ]),
      make.hidden('after'),
    ],
    surveys: usesView(uses, (survey) => surveyAddress(study, survey), names),
    stop: `${at}/surveys/stop`,
    results: `${at}/typed`,
  };
}

/** Typing people by a published tool: surveys begin and cease to, and what came of it. */
export function typedSurveyDoor(door: Doorway, house: House): void {
  const { store, typedSurveys, typingTools } = house.verbatim;
  const addressOf = (study: EnteredStudy, segmentation: Segmentation, kept: KeptTypingTool) =>
    `${typingAddress(study, segmentation)}/${kept.publicId}`;

  door.post(`${TOOL}/surveys`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const kept = await toolOf(house, segmentation, req);
    const form = formOf(req);
    const actor = { userId: visit.user.id };
    const chosen = field(form, 'survey');
    if (chosen === NEW) {
      const after = field(form, 'after');
      const survey = await typedSurveys.addNew(
        study,
        kept,
        segmentation.name,
        actor,
        after === '' ? null : Number(after),
      );
      return res.redirect(303, `${surveyAddress(study, survey)}/build`);
    }
    const survey = await store.surveys.find(study.id, chosen);
    if (!survey)
      throw new Problem('invalid', 'There is no such survey', {
        errors: [{ pointer: '#/survey', detail: 'Choose a new survey or one there is' }],
      });
    const asksConsent = field(form, 'consent') === 'yes';
    const before = survey.draftRevision;
    await typedSurveys.addTo(kept, survey, { asksConsent }, actor);
    const after = await store.surveys.find(study.id, survey.publicId);
    res.redirect(
      303,
      after?.draftRevision === before ? addressOf(study, segmentation, kept) : `${surveyAddress(study, survey)}/build`,
    );
  });

  door.post(`${TOOL}/surveys/stop`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const kept = await toolOf(house, segmentation, req);
    await typedSurveys.switchOff(kept, Number(field(formOf(req), 'use')), { userId: visit.user.id });
    res.redirect(303, addressOf(study, segmentation, kept));
  });

  door.get(`${TOOL}/typed`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const kept = await toolOf(house, segmentation, req);
    const version = await typingTools.standing(segmentation);
    await showPage(house, visit, res, 'segments', 'studio/typed', {
      head: head(
        typingCrumbs(study, segmentation, kept),
        'Who was typed',
        'Responses by what this tool makes of them, each by its newest answers.',
      ),
      tool: addressOf(study, segmentation, kept),
      ...resultsView(kept, version, await store.typedSurveys.typed(kept.id)),
    });
  });
}
