import { comparePersonas } from '../../reports/persona-comparison.ts';
import { wordsOf } from '../../services/personas.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { fieldMaker, head, showPage } from './frame.ts';
import { claimAddress, PERSONAS, personaAddress, personasAddress, personasCrumbs } from './persona-place.ts';

const PLACES = ['a', 'b', 'c', 'd'] as const;
const PLACE_NAMES = ['First persona', 'Second persona', 'Third persona', 'Fourth persona'];

/** Two to four personas side by side. */
export function personaCompareDoor(door: Doorway, house: House): void {
  door.get(`${PERSONAS}/compare`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const list = (await house.verbatim.store.personas.list(study.id)).filter(({ versions }) => versions.length > 0);
    const asked = PLACES.map((place) => queryOf(req, place));
    const chosen = [...new Set(asked)].flatMap((id) => list.find(({ publicId }) => publicId === id) ?? []);
    const gone = asked.filter((id) => id !== '' && !list.some(({ publicId }) => publicId === id)).length;
    const read = await Promise.all(
      chosen.map(async (persona) => {
        const told = await house.verbatim.toldPersonas.of(study, persona.versions, study.role);
        const [face] = persona.segments;
        return (
          told && {
            persona,
            name: told.version.name,
            portrait: told.portrait,
            words: wordsOf(told.version),
            segmentClass: face ? `seg-${(face.position % 8) + 1}` : 'seg-none',
          }
        );
      }),
    );
    const personas = read.flatMap((one) => one ?? []);
    const make = fieldMaker(
      Object.fromEntries(PLACES.map((place, index) => [place, chosen[index]?.publicId ?? ''])),
      [],
    );
    const options = list.map(({ publicId, versions }) => ({ value: publicId, label: versions[0]?.name ?? '' }));
    const isEnough = personas.length > 1;
    await showPage(house, visit, res, 'personas', 'studio/persona-compare', {
      head: head(
        personasCrumbs(study),
        'Personas side by side',
        'What they share and what sets each apart, with what stands behind it.',
      ),
      action: `${personasAddress(study)}/compare`,
      fields: PLACES.slice(0, Math.max(2, Math.min(4, list.length))).map((place, index) =>
        make.select(
          place,
          PLACE_NAMES[index] ?? '',
          [{ value: '', label: index < 2 ? 'Choose a persona' : 'None' }, ...options],
          { isRequired: index < 2 },
        ),
      ),
      isEnough,
      ask:
        list.length < 2
          ? 'There is only one persona in this study, and nothing to hold it against.'
          : gone > 0
            ? 'A persona that was asked for is no longer there. Choose two to four.'
            : 'Choose two to four personas.',
      count: personas.length,
      columns: personas.map(({ persona, name, segmentClass }) => ({
        name,
        segmentClass,
        href: personaAddress(study, persona),
      })),
      parts: isEnough
        ? comparePersonas(personas).map((part) => ({
            ...part,
            rows: part.rows.map(({ label, cells }) => ({
              label,
              cells: cells.map(({ claim, ...cell }, index) => ({
                ...cell,
                name: personas[index]?.name ?? '',
                href: claim === null ? null : claimAddress(study, personas[index]!.persona, claim),
              })),
            })),
          }))
        : [],
    });
  });
}
