import { LEAST_CELL_MAX, LEAST_CELL_MIN } from '../../privacy/safe-cells.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { fieldsOf, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, studyAddress } from './frame.ts';

const ADDRESS = '/studio/:study/smallest-cell';

/** How few people a figure may rest on for viewers and in what is handed on; for the study's owners to say. */
export function smallestCellDoor(door: Doorway, house: House): void {
  const page = (study: EnteredStudy) => ({
    head: head(
      [{ label: study.name, href: studyAddress(study) }],
      'Smallest cell',
      'Viewers, and whoever something is handed on to, see no figure of fewer people, nor one by which it could be worked out. Researchers of the study see everything.',
    ),
    action: `${studyAddress(study)}/smallest-cell`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('least', 'Fewest people behind a figure', {
        isRequired: true,
        isShort: true,
        type: 'number',
        hint: `From ${LEAST_CELL_MIN} to ${LEAST_CELL_MAX}; 10 is usual, and more where answers are about health or the like`,
      }),
    ],
    buttons: buttons('Save', { label: 'Cancel', href: studyAddress(study) }),
  });

  door.get(ADDRESS, 'owner', async (visit, _req, res) => {
    await showForm(house, visit, res, 'overview', page(visit.study), { least: String(visit.study.leastCell) });
  });
  door.post(ADDRESS, 'owner', async (visit, req, res) => {
    const form = formOf(req);
    try {
      await house.verbatim.cells.changeLeast(visit.study, fieldsOf(form, ['least']).least);
      res.redirect(303, studyAddress(visit.study));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'overview', page(visit.study), form, error);
    }
  });
}
