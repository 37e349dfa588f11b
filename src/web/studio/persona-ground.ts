import { showNumber } from '../../charts/numerals.ts';
import { showDate } from '../../render/helpers.ts';
import type { PersonaStanding } from '../../services/persona-standing.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import type { ReadPersona } from './persona-place.ts';

type Line = { text: string; href: string | null };
type Ground = { label: string; lines: Line[] };

const many = (n: number, one: string, more = `${one}s`): string => `${showNumber(n)} ${n === 1 ? one : more}`;
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
    ['Rests on', groundLines(study, standing)],
    ['Do coders agree', agreementLines(study, standing)],
    ['Do interviews still bring something new', saturationLines(study, standing)],
    ['Whose words may be shown', consentLines(standing)],
    ['Who stands behind what it claims', insightLines(study, standing)],
  ];
  return rows.flatMap(([label, lines]) => (lines.length === 0 ? [] : [{ label, lines }]));
}

function groundLines(study: EnteredStudy, { grounds }: PersonaStanding): Line[] {
  if (grounds.length === 0) return [plain('Nothing was asked or heard for it.')];
  return grounds.map(({ kind, name, survey, count, of, from, to }) => {
    const days =
      from === null
        ? ''
        : to === null || to === from
          ? `, ${showDate(from)}`
          : `, ${showDate(from)} to ${showDate(to)}`;
    return {
      text:
        kind === 'survey'
          ? `${name}: ${showNumber(count)} of ${many(of, 'response')}${days}`
          : `${showNumber(count)} of ${many(of, 'interview')}${days}`,
      href:
        kind === 'survey' && survey !== null
          ? `${studyAddress(study)}/surveys/${survey}/results`
          : kind === 'interviews' && study.role !== 'viewer'
            ? `${studyAddress(study)}/interviews`
            : null,
    };
  });
}

function agreementLines(study: EnteredStudy, { agreement }: PersonaStanding): Line[] {
  if (agreement === null || agreement.codes === 0) return [];
  const { codes, measured, reached, lowest, rounds } = agreement;
  if (measured === 0) return [plain(`Not measured for any of the ${many(codes, 'code')} it rests on.`)];
  return [
    plain(
      `Measured for ${showNumber(measured)} of ${many(codes, 'code')}; ${showNumber(reached)} reached the minimum.${
        lowest
          ? ` Lowest: “${lowest.name}”, alpha ${showNumber(lowest.alpha, 2)} (${showNumber(lowest.low, 2)} to ${showNumber(lowest.high, 2)}; at least ${showNumber(lowest.minimum, 2)} is asked for).`
          : ''
      }`,
    ),
    ...rounds.map(({ publicId, name, openedAt }) => ({
      text: `${name}, ${showDate(openedAt)}`,
      href: study.role === 'viewer' ? null : `${studyAddress(study)}/agreement/${publicId}`,
    })),
  ];
}

function saturationLines(study: EnteredStudy, { saturation }: PersonaStanding): Line[] {
  if (saturation === null) return [];
  const { interviews, codes, reachedAt, newShare, stillNeeded } = saturation;
  const last =
    newShare === null ? '' : ` The last brought ${showNumber(newShare * 100, 0)}% as many new codes as the first.`;
  return [
    {
      text:
        reachedAt === null
          ? `Not shown yet: ${many(codes, 'code')} in ${many(interviews, 'interview')}.${last}${stillNeeded === null ? '' : ` About ${many(stillNeeded, 'more interview')} may be needed.`}`
          : `Hardly any since interview ${showNumber(reachedAt)} of ${showNumber(interviews)}, ${many(codes, 'code')}.${last}`,
      href: study.role === 'viewer' ? null : `${studyAddress(study)}/saturation`,
    },
  ];
}

function consentLines({ consents }: PersonaStanding): Line[] {
  const { people, client, public: everybody, gone } = consents;
  if (people === 0 && gone === 0) return [];
  return [
    plain(
      `Of ${many(people, 'person', 'people')} quoted, ${showNumber(client)} agree that clients read it and ${showNumber(everybody)} that anybody does.${gone === 0 ? '' : ` ${many(gone, 'person has', 'people have')} withdrawn since.`}`,
    ),
  ];
}

/** A claim may rest on people whom the persona does not stand for. Viewers read no counts of people by where they are. */
function insightLines(study: EnteredStudy, { insights }: PersonaStanding): Line[] {
  if (study.role === 'viewer') return [];
  return insights.map(({ insight, words, people, inside }) => ({
    text: `${words}: of ${many(people, 'person', 'people')}, ${showNumber(inside)} whom it stands for`,
    href: `${studyAddress(study)}/insights/${insight}`,
  }));
}
