import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';

export const interviewsAddress = (study: EnteredStudy): string => `${studyAddress(study)}/interviews`;
export const interviewAddress = (study: EnteredStudy, interview: Pick<Interview, 'publicId'>): string =>
  `${interviewsAddress(study)}/${interview.publicId}`;

/** The interview of an address. @throws Problem `not-found` */
export async function interviewOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<Interview> {
  const interview = await verbatim.store.notes.findInterview(study.id, String(req.params['interview']));
  if (!interview) throw new Problem('not-found', 'There is no such interview in this study');
  return interview;
}

/** The way to a page of an interview. */
export const interviewCrumbs = (study: EnteredStudy, interview: Interview) => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Interviews', href: interviewsAddress(study) },
  { label: interview.title, href: interviewAddress(study, interview) },
];

/**
 * A place in a talk as players show it.
 *
 * @example
 * talkTime(754_900) // => '12:34'
 * @example
 * talkTime(3_723_000) // => '1:02:03'
 */
export function talkTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (count: number) => String(count).padStart(2, '0');
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
