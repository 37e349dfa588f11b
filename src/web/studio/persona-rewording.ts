import { Problem } from '../../model/problem.ts';
import { markOfClaim } from '../../services/persona-desk.ts';
import { wordsOf } from '../../services/personas.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { buttons, head, showForm } from './frame.ts';
import { claimAddress, PERSONA, personaCrumbs, personaOf } from './persona-place.ts';

/** A wording of a claim that a language model proposes: shown with what it says too much, and kept only by a researcher. */
export function personaRewordingDoor(door: Doorway, house: House): void {
  const { rewording } = house.verbatim;

  door.post(`${PERSONA}/claims/:claim/suggest`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const claim = read.portrait.claims.find(({ id }) => id === req.params['claim']);
    if (!claim)
      throw new Problem('not-found', 'The persona does not say this', {
        detail: 'It may have said it in an earlier version: its changes tell',
      });
    const { wording, faults } = await rewording.suggest(claim);
    const host = rewording.server?.host ?? '';
    const isTaken = faults.length === 0;
    await showForm(
      house,
      visit,
      res,
      'personas',
      {
        head: head(
          [...personaCrumbs(study, read), { label: claim.heading, href: claimAddress(study, read.persona, claim.id) }],
          'A wording by a language model',
          `Computed: “${claim.text}”`,
        ),
        notice: isTaken
          ? {
              kind: 'info',
              title: `Proposed by the model at ${host}`,
              text: 'It says no more than the claim, as far as numbers, names, reasons and strength go. Read it, change it, and keep it or leave it.',
            }
          : {
              kind: 'warn',
              title: 'The proposed wording says more than the evidence, and was not taken over',
              text: `“${wording}”. ${faults.join('. ')}.`,
            },
        action: claimAddress(study, read.persona, claim.id),
        fields: (make) => [
          make.area('text', 'The sentence', { rows: 3, hint: 'Left empty, it says again what was computed' }),
          make.hidden('seen'),
        ],
        buttons: buttons('Save as a new version', {
          label: 'Cancel',
          href: claimAddress(study, read.persona, claim.id),
        }),
      },
      { text: isTaken ? wording : claim.text, seen: markOfClaim(claim, wordsOf(read.version)) },
    );
  });
}
