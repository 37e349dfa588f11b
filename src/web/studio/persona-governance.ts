import { markOfCare } from '../../services/persona-desk.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { fieldsOf, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, typedOver } from './frame.ts';
import {
  PERSONA,
  personaAddress,
  personaCrumbs,
  personaOf,
  personasAddress,
  type ReadPersona,
} from './persona-place.ts';

const FIELDS = ['ownerId', 'reviewOn', 'validFor', 'notValidFor', 'retireWhen', 'seen'] as const;

/** Who answers for a persona, until when it holds, and what it is good for. */
export function personaGovernanceDoor(door: Doorway, house: House): void {
  const { personas, store } = house.verbatim;

  async function page(study: EnteredStudy, read: ReadPersona) {
    const at = personaAddress(study, read.persona);
    const coders = await store.studies.coders(study);
    return {
      view: 'studio/persona-governance',
      head: head(
        personaCrumbs(study, read),
        'What it is good for, and who answers for it',
        'A persona that nobody looks after goes stale without anybody noticing.',
      ),
      action: `${at}/governance`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.select('ownerId', 'Who answers for it', [
          { value: '', label: 'Nobody yet' },
          ...coders.map(({ id, name }) => ({ value: String(id), label: name })),
        ]),
        make.text('reviewOn', 'To be looked at again by', { type: 'date', isShort: true }),
        make.area('validFor', 'Good for', { rows: 2, hint: 'Decisions, products, countries that it may be used for' }),
        make.area('notValidFor', 'Not good for', { rows: 2, hint: 'Where it would mislead' }),
        make.area('retireWhen', 'Retire it when', {
          rows: 2,
          hint: 'What would have to happen for it to hold no more',
        }),
        make.hidden('seen'),
      ],
      buttons: buttons('Save', { label: 'Cancel', href: at }),
      more: { remove: `${at}/remove`, name: read.versions[0]?.name ?? '' },
    };
  }

  door.get(`${PERSONA}/governance`, 'researcher', async (visit, req, res) => {
    const read = await personaOf(house, visit.study, req);
    const { ownerId, reviewOn, validFor, notValidFor, retireWhen } = read.persona;
    await showForm(house, visit, res, 'personas', await page(visit.study, read), {
      ownerId: ownerId === null ? '' : String(ownerId),
      reviewOn: reviewOn ?? '',
      validFor,
      notValidFor,
      retireWhen,
      seen: markOfCare(read.persona),
    });
  });
  door.post(`${PERSONA}/governance`, 'researcher', async (visit, req, res) => {
    const read = await personaOf(house, visit.study, req);
    const form = formOf(req);
    try {
      const { ownerId, seen, ...care } = fieldsOf(form, FIELDS, FIELDS);
      // What is no number is nobody's id, and refused as such.
      const owner = ownerId === '' ? null : /^\d{1,15}$/.test(ownerId) ? Number(ownerId) : Number.NaN;
      await personas.govern(visit.study, read.persona, { ...care, ownerId: owner }, seen);
      res.redirect(303, `${personaAddress(visit.study, read.persona)}#ground`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      const now = await personaOf(house, visit.study, req);
      const typed = typedOver(form, error, markOfCare(now.persona));
      await showForm(house, visit, res, 'personas', await page(visit.study, now), typed, error);
    }
  });
  door.post(`${PERSONA}/remove`, 'researcher', async (visit, req, res) => {
    const { persona } = await personaOf(house, visit.study, req);
    await personas.remove(persona);
    res.redirect(303, personasAddress(visit.study));
  });
}
