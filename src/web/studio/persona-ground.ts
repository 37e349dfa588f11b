import { showDate } from '../../render/helpers.ts';
import { type StandingAbout, standingParts } from '../../reports/persona-standing.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import type { ReadPersona } from './persona-place.ts';

type Line = { text: string; href: string | null };
type Ground = { label: string; lines: Line[] };

const plain = (text: string): Line => ({ text, href: null });

/** What a persona is good for, who answers for it, and what it stands on as it is known now. */
export async function groundOf({ verbatim }: House, study: EnteredStudy, read: ReadPersona): Promise<Ground[]> {
  const { persona, version } = read;
  const standing = await verbatim.personaStandings.standingOf(study, persona, version);
  const owner =
    persona.ownerId === null
      ? null
      : (await verbatim.store.studies.coders(study)).find(({ id }) => id === Number(persona.ownerId));
  const rows: [string, Line[]][] = [
    ['Good for', persona.validFor ? [plain(persona.validFor)] : [plain('Nobody has said yet.')]],
    ['Not good for', persona.notValidFor ? [plain(persona.notValidFor)] : [plain('Nobody has said yet.')]],
    [
      'Who answers for it',
      [plain(owner ? owner.name : persona.ownerId === null ? 'Nobody yet' : 'Somebody who is no longer in this study')],
    ],
    ['To be looked at again', [plain(persona.reviewOn ? `by ${showDate(persona.reviewOn)}` : 'No day is set.')]],
    ['Retire it when', persona.retireWhen ? [plain(persona.retireWhen)] : []],
  ];
  const { cells } = verbatim;
  return [
    ...rows.flatMap(([label, lines]) => (lines.length === 0 ? [] : [{ label, lines }])),
    ...standingParts(standing, cells.policyOf(study, study.role)).map(({ label, lines }) => ({
      label,
      lines: lines.map(({ text, about }) => ({ text, href: about && hrefOf(study, about) })),
    })),
  ];
}

/** Where a sentence leads; viewers do not come to interviews and to what is made of them. */
function hrefOf(study: EnteredStudy, about: StandingAbout): string | null {
  const at = studyAddress(study);
  if (about.kind === 'survey') return `${at}/surveys/${about.survey}/results`;
  if (study.role === 'viewer') return null;
  switch (about.kind) {
    case 'interviews':
      return `${at}/interviews`;
    case 'round':
      return `${at}/agreement/${about.round}`;
    case 'saturation':
      return `${at}/saturation`;
    case 'insight':
      return `${at}/insights/${about.insight}`;
  }
}
