import { CODING_ACTIONS, type CodingAction, type KeyMap, showKey } from '../../model/coding-keys.ts';
import type { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway, StudioVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, head, isForForm, showForm } from './frame.ts';

const AT = '/studio/account/keys';

/** A researcher's own keys for coding. */
export function codingKeyDoor(door: Doorway, house: House): void {
  const { codingDesk } = house.verbatim;

  const show = (
    visit: StudioVisit,
    res: Parameters<typeof showForm>[2],
    typed: Parameters<typeof showForm>[5],
    problem: Problem | null = null,
  ) =>
    showForm(
      house,
      visit,
      res,
      'none',
      {
        head: head(
          [
            { label: 'Studies', href: '/studio' },
            { label: 'Your account', href: '/studio/account' },
          ],
          'Your keys for coding',
          'One or more keys for each action, with a blank between them. An action without a key stays in the menu.',
        ),
        action: AT,
        fields: (make) => [
          make.boxes('isOn', 'Keys', [
            {
              value: '1',
              label: 'Single letters and signs do something while I code',
              hint: 'Without it, only keys with Ctrl do. Switch it off if you speak to your computer',
            },
          ]),
          ...CODING_ACTIONS.map(({ action, label }) => make.text(action, label, { isShort: true, isRequired: true })),
        ],
        buttons: buttons('Save', { label: 'Cancel', href: '/studio/account' }),
      },
      typed,
      problem,
    );
  const typedOf = ({ isOn, keys }: KeyMap): Record<string, string> => ({
    isOn: isOn ? '1' : '',
    ...Object.fromEntries(CODING_ACTIONS.map(({ action }) => [action, keys[action].map(showKey).join(' ')])),
  });

  door.get(AT, 'signed-in', async (visit, _req, res) =>
    show(visit, res, typedOf(await codingDesk.keyMap(visit.user.id))),
  );
  door.post(AT, 'signed-in', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const written = (action: CodingAction) => field(form, action);
      await codingDesk.saveKeyMap(visit.user.id, written, field(form, 'isOn') === '1');
      res.redirect(303, AT);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await show(visit, res, form, error);
    }
  });
}
