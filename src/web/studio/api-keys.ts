import { API_KEY_DAYS_MAX, API_SCOPES } from '../../model/api-scope.ts';
import { showDate } from '../../render/helpers.ts';
import type { KeyState } from '../../services/api-keys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { fieldList, fieldsOf, formOf } from '../form.ts';
import { insistFresh } from '../fresh.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

const STATES: Record<KeyState, string> = {
  open: 'opens',
  expired: 'has run out',
  ended: 'ended',
  orphaned: 'opens nothing: whoever made it owns the study no more',
};
const BASE = '/studio/:study/api-keys';
const keysAddress = (study: EnteredStudy): string => `${studyAddress(study)}/api-keys`;

/** Keys by which programs work in the study: made, looked at, ended. For its owners. */
export function apiKeyDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const crumbs = (study: EnteredStudy) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'Outgoing', href: `${studyAddress(study)}/outgoing` },
  ];

  async function page(study: EnteredStudy, made: { name: string; key: string } | null) {
    const at = keysAddress(study);
    return {
      head: head(
        crumbs(study),
        'API keys',
        'A key lets one program work in this study, within what you choose, until it runs out. It ends with the membership of whoever made it.',
        [{ label: 'New key', href: `${at}/new`, isPrimary: true }],
      ),
      made,
      keys: (await verbatim.apiKeys.list(study)).map((key) => ({
        name: key.name,
        ending: key.ending,
        state: STATES[key.state],
        isOpen: key.state === 'open',
        scopes: key.scopes.join(', '),
        by: key.maker,
        madeAt: showDate(key.createdAt),
        expiresAt: showDate(key.expiresAt),
        usedAt: key.usedAt === null ? '' : showDate(key.usedAt, true),
        end: key.state === 'open' ? `${at}/${key.publicId}/end` : '',
      })),
      empty: {
        title: 'No keys yet',
        text: 'Make one for a program that is to read or write here.',
        action: { label: 'New key', href: `${at}/new` },
      },
    };
  }

  door.get(BASE, 'owner', async (visit, _req, res) =>
    showPage(house, visit, res, 'outgoing', 'studio/api-keys', await page(visit.study, null)),
  );

  const form = (study: EnteredStudy) => ({
    head: head([...crumbs(study), { label: 'API keys', href: keysAddress(study) }], 'New key'),
    action: keysAddress(study),
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('name', 'Which program it is for', { isRequired: true }),
      make.boxes(
        'scopes',
        'What it may do',
        Object.entries(API_SCOPES).map(([value, { label }]) => ({ value, label, hint: value })),
        { isRequired: true },
      ),
      make.text('days', 'For how many days it opens', {
        type: 'number',
        isShort: true,
        isRequired: true,
        hint: `From 1 to ${API_KEY_DAYS_MAX}`,
      }),
    ],
    buttons: buttons('Make the key', { label: 'Cancel', href: keysAddress(study) }),
  });
  // Asked before the form is filled in, so that nobody fills it in twice.
  door.get(`${BASE}/new`, 'owner', async (visit, _req, res) => {
    insistFresh(house, visit);
    await showForm(house, visit, res, 'outgoing', form(visit.study), { days: '90' });
  });

  // The key stands in the answer to the form and in no address, so that no history and no cache holds it.
  door.post(BASE, 'owner', async (visit, req, res) => {
    insistFresh(house, visit);
    const { study } = visit;
    const sent = formOf(req);
    try {
      const { key, row } = await verbatim.apiKeys.add(
        study,
        { ...fieldsOf(sent, ['name', 'days']), scopes: fieldList(sent, 'scopes') },
        { userId: visit.user.id },
      );
      res.setHeader('Cache-Control', 'no-store');
      await showPage(house, visit, res, 'outgoing', 'studio/api-keys', await page(study, { name: row.name, key }));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'outgoing', form(study), sent, error);
    }
  });

  door.post(`${BASE}/:key/end`, 'owner', async (visit, req, res) => {
    await verbatim.apiKeys.end(visit.study, String(req.params['key']), { userId: visit.user.id });
    res.redirect(303, keysAddress(visit.study));
  });
}
