import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { Portrait } from '../../personas/portrait.ts';
import type { Persona, PersonaVersion } from '../../store/personas.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { type Crumb, studyAddress } from './frame.ts';

export const PERSONAS = '/studio/:study/personas';
export const PERSONA = `${PERSONAS}/:persona`;

export type ReadPersona = {
  persona: Persona;
  version: PersonaVersion;
  /** The newest first. */
  versions: PersonaVersion[];
  /** As this reader may see it. */
  portrait: Portrait;
  /** It is what this reader is shown who asks for no version. */
  isCurrent: boolean;
};

export const personasAddress = (study: { publicId: string }): string => `${studyAddress(study)}/personas`;
export const personaAddress = (study: { publicId: string }, { publicId }: { publicId: string }): string =>
  `${personasAddress(study)}/${publicId}`;
export const claimAddress = (study: { publicId: string }, persona: { publicId: string }, claim: string): string =>
  `${personaAddress(study, persona)}/claims/${encodeURIComponent(claim)}`;

export const personasCrumbs = (study: EnteredStudy): Crumb[] => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Personas', href: personasAddress(study) },
];
export const personaCrumbs = (
  study: EnteredStudy,
  { persona, versions }: Pick<ReadPersona, 'persona' | 'versions'>,
): Crumb[] => [
  ...personasCrumbs(study),
  { label: versions[0]?.name ?? 'Persona', href: personaAddress(study, persona) },
];

/** A version's portrait as a member of the study sees it: viewers see figures that they were told before, and no others. */
export const portraitFor = ({ verbatim }: House, study: EnteredStudy, version: PersonaVersion): Promise<Portrait> =>
  verbatim.toldPersonas.portraitOf(study, version, study.role);

/**
 * The persona and version that an address names: where it names none, the newest that this reader may be told of.
 *
 * @throws Problem `not-found`
 */
export async function personaOf(house: House, study: EnteredStudy, req: Request): Promise<ReadPersona> {
  const { store, toldPersonas } = house.verbatim;
  const persona = await store.personas.find(study.id, String(req.params['persona']));
  const versions = persona ? await store.personas.versionsOf(persona.id) : [];
  const asked = queryOf(req, 'version');
  const version = asked === '' ? undefined : versionIn(versions, asked);
  const read =
    asked === ''
      ? await toldPersonas.of(study, versions, study.role)
      : version && { version, portrait: await portraitFor(house, study, version) };
  if (!persona || !read)
    throw new Problem('not-found', 'There is no such persona in this study', {
      detail: 'It may have been taken out of sight, or have no such version: look at the list of personas',
    });
  const isCurrent = asked === '' || read.version.number === versions[0]?.number;
  return { persona, ...read, versions, isCurrent };
}

/** The version of a number as it is asked for; the newest for nothing, undefined where there is none. */
export const versionIn = (versions: readonly PersonaVersion[], asked: string): PersonaVersion | undefined =>
  asked === '' ? versions[0] : versions.find(({ number }) => String(number) === asked);
