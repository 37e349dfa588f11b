import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import { type Portrait, readPortrait } from '../../personas/portrait.ts';
import { safePortrait } from '../../personas/safe-portrait.ts';
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
export const personaCrumbs = (study: EnteredStudy, { persona, versions }: Omit<ReadPersona, 'portrait'>): Crumb[] => [
  ...personasCrumbs(study),
  { label: versions[0]?.name ?? 'Persona', href: personaAddress(study, persona) },
];

/** A version's portrait as a member of the study sees it: figures on too few people are not for viewers. */
export const portraitFor = ({ verbatim }: House, study: EnteredStudy, version: PersonaVersion): Portrait =>
  safePortrait(readPortrait(version.portrait), verbatim.cells.policyOf(study, study.role));

/**
 * The persona and version that an address names: the newest where it names none.
 *
 * @throws Problem `not-found`
 */
export async function personaOf(house: House, study: EnteredStudy, req: Request): Promise<ReadPersona> {
  const { store } = house.verbatim;
  const persona = await store.personas.find(study.id, String(req.params['persona']));
  const versions = persona ? await store.personas.versionsOf(persona.id) : [];
  const version = versionIn(versions, queryOf(req, 'version'));
  if (!persona || !version) throw new Problem('not-found', 'There is no such persona in this study');
  return { persona, version, versions, portrait: portraitFor(house, study, version) };
}

/** The version of a number as it is asked for; the newest for nothing, undefined where there is none. */
export const versionIn = (versions: readonly PersonaVersion[], asked: string): PersonaVersion | undefined =>
  asked === '' ? versions[0] : versions.find(({ number }) => String(number) === asked);
