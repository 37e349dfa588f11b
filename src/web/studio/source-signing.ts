import type { Request, Response } from 'express';
import type { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Signature } from '../../services/signed-ids.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { answerRefused, buttons, fieldMaker, head, isForForm, showPage, summaryOf } from './frame.ts';
import { sourceAddress, sourceCrumbs, sourceIn } from './source-place.ts';
import { PROOFS_LOOKED_AT, proofsTable } from './sources-view.ts';

const BASE = '/studio/:study/sources/:source/signing';

const CHECKED: Readonly<Record<Signature, { kind: 'good' | 'bad'; title: string; text: string }>> = {
  signed: { kind: 'good', title: 'The hash is right', text: 'A message with this id and hash is believed.' },
  unsigned: { kind: 'bad', title: 'Nothing to check', text: 'Enter a hash, and make the secret first.' },
  wrong: {
    kind: 'bad',
    title: 'The hash is wrong',
    text: 'It was made with another secret, over another id, or is not in hexadecimal. The id is signed as it is sent: as text, without spaces around it.',
  },
  expired: { kind: 'bad', title: 'The hash has expired', text: 'It was right until the time that stands before it.' },
};

/** Signed ids of a source: whether they are needed, the secrets, lines to copy, and a hash to check. */
export function sourceSigningDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { sources, store } = verbatim;

  async function show(
    visit: StudyVisit,
    req: Request,
    res: Response,
    {
      isOpen = false,
      typed = {},
      checked = null,
      problem = null,
    }: {
      /** Shows the secrets. */
      isOpen?: boolean;
      typed?: Record<string, string>;
      checked?: Signature | null;
      problem?: Problem | null;
    } = {},
  ): Promise<void> {
    const source = await sourceIn(verbatim, visit, req);
    const secrets = sources.secretsOf(source);
    const make = fieldMaker({ signing: source.signing, ...typed }, problem?.errors ?? []);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'people', 'studio/source-signing', {
      head: head(
        sourceCrumbs(visit, source),
        'Signed ids',
        'Whoever reads your pages has the write key. A signature shows that an id was given to this visitor by your own server.',
      ),
      isError: problem !== null,
      summary: problem && summaryOf(problem, ['signing']),
      at: `${sourceAddress(visit, source)}/signing`,
      isEnded: source.endedAt !== null,
      proofs: proofsTable(await store.sources.proofs(source.id, PROOFS_LOOKED_AT)),
      lookedAt: PROOFS_LOOKED_AT.toLocaleString('en-GB'),
      signingFields: [
        make.radios(
          'signing',
          'Ids of people from browsers',
          [
            {
              value: 'off',
              label: 'Believed without a signature',
              hint: 'As everywhere with such keys: who knows an id can speak in that person’s name.',
            },
            {
              value: 'required',
              label: 'Believed only with a right signature',
              hint: 'Messages whose userId is not signed are not kept, and stand among those with the reason. Browsers without a userId are taken as before.',
            },
          ],
          { isRequired: true },
        ),
      ],
      signingButtons: buttons('Save'),
      secrets: isOpen ? secrets : null,
      bothUntil: secrets.bothUntil === null ? null : showDate(secrets.bothUntil, true),
      hasSecret: secrets.signing !== null,
      hasServerKey: secrets.serverKey !== null,
      checked: checked === null ? null : { ...CHECKED[checked], links: [] },
      checkFields: [
        make.text('userId', 'Id of a person', { isShort: true, isRequired: true }),
        make.text('hash', 'Hash', {
          isRequired: true,
          hint: '64 signs from 0 to 9 and a to f, after a time and a dot if it expires',
        }),
      ],
      checkButtons: buttons('Check'),
    });
  }

  door.get(BASE, 'researcher', (visit, req, res) => show(visit, req, res));
  door.post(BASE, 'researcher', async (visit, req, res) => {
    const source = await sourceIn(verbatim, visit, req);
    const signing = field(formOf(req), 'signing');
    try {
      await sources.setSigning(source, signing);
      res.redirect(303, `${sourceAddress(visit, source)}/signing`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await show(visit, req, res, { typed: { signing }, problem: error });
    }
  });
  door.post(`${BASE}/show`, 'researcher', (visit, req, res) => show(visit, req, res, { isOpen: true }));
  door.post(`${BASE}/secret`, 'researcher', async (visit, req, res) => {
    await sources.changeSigningSecret(await sourceIn(verbatim, visit, req));
    await show(visit, req, res, { isOpen: true });
  });
  door.post(`${BASE}/server-key`, 'researcher', async (visit, req, res) => {
    await sources.changeServerKey(await sourceIn(verbatim, visit, req));
    await show(visit, req, res, { isOpen: true });
  });
  door.post(`${BASE}/check`, 'researcher', async (visit, req, res) => {
    const source = await sourceIn(verbatim, visit, req);
    const [userId, hash] = [field(formOf(req), 'userId').trim(), field(formOf(req), 'hash').trim()];
    await show(visit, req, res, { typed: { userId, hash }, checked: sources.checkHash(source, userId, hash) });
  });
}
