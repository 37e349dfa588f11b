import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { CodingRound } from '../../store/coding-rounds.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
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

/**
 * What says that rounds wait for whoever looks; null where none does.
 *
 * @param subjectId an interview's, where the page is about it
 */
export async function roundNotice(
  { verbatim }: House,
  { study, user }: Pick<StudyVisit, 'study' | 'user'>,
  subjectId: string | null = null,
) {
  if (study.role === 'viewer') return null;
  const rounds = await verbatim.store.codingRounds.waitingFor(study.id, user.id, subjectId);
  const [first] = rounds;
  if (!first) return null;
  const called = rounds.map(({ name }) => `“${name}”`).join(', ');
  const rest = rounds.some(({ isBlind }) => isBlind)
    ? 'You see only your own codes until the round is open. Say on its page when you are done.'
    : 'Say on its page when you are done.';
  return {
    kind: 'info' as const,
    title:
      subjectId === null ? `Waiting for you to code: ${called}` : `You are asked to code this in the round ${called}`,
    text: rest,
    links: rounds.map((round) => ({ label: round.name, href: roundAddress(study, round) })),
  };
}
