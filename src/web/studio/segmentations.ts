import { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { attributeTypingDoor } from './attribute-typing.ts';
import { defineSegmentationsDoor } from './define-segmentations.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, studyAddress } from './frame.ts';
import { membershipImportDoor } from './membership-imports.ts';
import { segmentationComparisonDoor } from './segmentation-comparison.ts';
import { segmentationInputsDoor } from './segmentation-inputs.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';
import { segmentationSolutionDoor } from './segmentation-solution.ts';
import { segmentationStudioDoor } from './segmentation-studio.ts';
import { surveyNames } from './surveys.ts';

/** The studio of segmentations: what people are grouped by, whether there are segments, solutions, versions. */
export function segmentationDoor(door: Doorway, house: House): void {
  const { store, segmentations } = house.verbatim;

  async function newPage(study: EnteredStudy) {
    const surveys = (await store.surveys.list(study.id)).filter((survey) => survey.publishedVersionId !== null);
    if (surveys.length === 0)
      throw new Problem('conflict', 'There are no answers to group people by', {
        detail: 'Publish a survey with scales, choices or an open question first',
      });
    const names = surveyNames(surveys);
    return {
      head: head(
        segmentationCrumbs(study),
        'New segmentation',
        'People who answer alike are put together, if there are groups at all: that is tested first.',
      ),
      action: `${studyAddress(study)}/segmentations/new`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('name', 'Name', { isRequired: true, hint: 'Such as “What people want from a home”' }),
        make.select(
          'survey',
          'Whose answers',
          surveys.map((survey) => ({ value: survey.publicId, label: names.get(survey.id) ?? survey.slug })),
          { isRequired: true },
        ),
      ],
      buttons: buttons('Choose what to group by', { label: 'Cancel', href: `${studyAddress(study)}/segments` }),
    };
  }
  door.get('/studio/:study/segmentations/new', 'researcher', async (visit, _req, res) => {
    await showForm(house, visit, res, 'segments', await newPage(visit.study));
  });
  door.post('/studio/:study/segmentations/new', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const survey = await store.surveys.find(study.id, field(form, 'survey'));
      if (!survey)
        throw new Problem('invalid', 'Choose a survey', {
          errors: [{ pointer: '#/survey', detail: 'Choose one of the surveys listed' }],
        });
      const added = await segmentations.add(study, survey, field(form, 'name'), { userId: visit.user.id });
      res.redirect(303, `${segmentationAddress(study, added)}/inputs`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', await newPage(study), form, error);
    }
  });

  defineSegmentationsDoor(door, house);
  membershipImportDoor(door, house);
  attributeTypingDoor(door, house);
  segmentationInputsDoor(door, house);
  segmentationStudioDoor(door, house);
  segmentationSolutionDoor(door, house);
  segmentationComparisonDoor(door, house);

  door.post('/studio/:study/segmentations/:segmentation/remove', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    await segmentations.remove(segmentation);
    await house.verbatim.membershipImports.forget(segmentation);
    res.redirect(303, `${studyAddress(visit.study)}/segments`);
  });
}
