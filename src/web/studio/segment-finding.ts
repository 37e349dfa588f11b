import { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, studyAddress } from './frame.ts';
import { scaleChoices } from './rule-known.ts';
import { runAddress } from './runs.ts';
import { segmentCrumbs } from './segment-place.ts';

/** Looking for groups of people with alike scores. */
export function segmentFindingDoor(door: Doorway, house: House): void {
  const { store, analysis } = house.verbatim;

  const findPage = (study: EnteredStudy, choices: Awaited<ReturnType<typeof scaleChoices>>) => ({
    head: head(
      segmentCrumbs(study),
      'Find segments by scales',
      'People with alike scores are put together, in as many groups as you say. Every grouping finds groups, also where there are none: look at what sets them apart before you believe in them.',
    ),
    action: `${studyAddress(study)}/segments/find`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.boxes('scales', 'Group people by', choices, { isRequired: true }),
      make.text('k', 'How many segments', { isRequired: true, isShort: true }),
      make.text('seed', 'Seed', {
        isShort: true,
        hint: 'The same seed and answers give the same segments to the last digit',
      }),
    ],
    buttons: buttons('Look for segments', { label: 'Cancel', href: `${studyAddress(study)}/segments` }),
  });
  door.get('/studio/:study/segments/find', 'researcher', async (visit, _req, res) => {
    const choices = await scaleChoices(house, visit.study);
    if (choices.length === 0)
      throw new Problem('conflict', 'There are no scales to group people by', {
        detail: 'Publish a survey that has an instrument with scales',
      });
    const [first] = choices;
    await showForm(house, visit, res, 'segments', findPage(visit.study, choices), {
      k: '4',
      seed: '1',
      scales: choices.filter((choice) => choice.survey === first?.survey).map((choice) => choice.value),
    });
  });
  door.post('/studio/:study/segments/find', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const chosen = fieldList(form, 'scales').map((value) => value.split(' '));
      const surveys = new Set(chosen.map(([survey]) => survey));
      if (surveys.size > 1)
        throw new Problem('invalid', 'The scales are of different surveys', {
          errors: [{ pointer: '#/scales', detail: 'Choose scales of one survey' }],
        });
      const survey = await store.surveys.find(study.id, [...surveys][0] ?? '');
      if (!survey)
        throw new Problem('invalid', 'Choose what to group people by', {
          errors: [{ pointer: '#/scales', detail: 'Choose at least one scale' }],
        });
      const run = await analysis.findSegments(
        study,
        survey,
        {
          scales: chosen.map(([, scale]) => scale ?? ''),
          k: Number(field(form, 'k')),
          seed: Number(field(form, 'seed').trim() || '1'),
        },
        { userId: visit.user.id },
      );
      res.redirect(303, runAddress(study, run));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', findPage(study, await scaleChoices(house, study)), form, error);
    }
  });
}
