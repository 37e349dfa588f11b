import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { CodingRound } from '../../store/coding-rounds.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { type Crumb, studyAddress } from './frame.ts';

export const agreementAddress = (study: { publicId: string }): string => `${studyAddress(study)}/agreement`;
export const roundAddress = (study: { publicId: string }, round: { publicId: string }): string =>
  `${agreementAddress(study)}/${round.publicId}`;

export const agreementCrumbs = (study: EnteredStudy): Crumb[] => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
  { label: 'Agreement', href: agreementAddress(study) },
];

export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : more}`;

export async function roundOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<CodingRound> {
  const round = await verbatim.store.codingRounds.find(study.id, String(req.params['round']));
  if (!round) throw new Problem('not-found', 'There is no such round in this study');
  return round;
}

/** What is counted as agreed on or not, in words. */
export const UNITS: Record<CodingRound['unit'], { one: string; more: string; says: string }> = {
  turn: {
    one: 'turn',
    more: 'turns',
    says: 'A turn bears a code or does not; which of its words were marked makes no difference.',
  },
  answer: { one: 'answer', more: 'answers', says: 'An answer bears a code or does not.' },
  characters: {
    one: 'character',
    more: 'characters',
    says: 'Each character bears a code or does not, so that the same code on other words counts against agreement.',
  },
};
