import type { Request, Response } from 'express';
import type { SurveyDefinition } from '../../model/survey.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import type { Place } from './builder-places.ts';
import { studyAddress } from './frame.ts';
import { surveyAddress, surveyTitle } from './surveys.ts';

/** What every page of the builder shares: its address, the way back, and how a change is asked for. */

export const builderAddress = (study: { publicId: string }, survey: { publicId: string }): string =>
  `${surveyAddress(study, survey)}/build`;

export const builderCrumbs = (study: EnteredStudy, survey: SurveyRow) => [
  { label: study.name, href: studyAddress(study) },
  { label: surveyTitle(survey), href: surveyAddress(study, survey) },
];

/** What has been done, in the words that the page it leads to says once. */
const DONE_WORDS = {
  undone: 'The last change is taken back',
  redone: 'The change is made again',
  added: 'Added',
  reworded: 'Saved. An answer that was published has new words; what was answered so far stands under them',
  renewed: 'It is a new question now. The answers so far stay under the old code',
  copied: 'Copied; this is the copy',
  moved: 'Moved',
  removed: 'Removed. “Undo” brings it back',
  split: 'A new page begins here',
  kind: 'It is of another kind now. “Undo” brings the old one back',
  coded: 'The code is changed',
  translated: 'The translation is saved',
  'language-added': 'The language is added: write its words',
  'language-first': 'It is the first language now',
  'language-removed': 'The language is gone with its words. “Undo” brings them back',
} as const;
export type Done = keyof typeof DONE_WORDS;

/** Puts into an address of the builder what was done, for the page there to say. */
export function saying(address: string, done: Done | null): string {
  if (done === null) return address;
  const [path = '', hash] = address.split('#');
  return `${path}${path.includes('?') ? '&' : '?'}done=${done}${hash === undefined ? '' : `#${hash}`}`;
}
export const doneWords = (done: string): string | null =>
  Object.hasOwn(DONE_WORDS, done) ? DONE_WORDS[done as Done] : null;

/** One change that a form asks for. */
export type Operation = {
  part: (definition: SurveyDefinition) => unknown;
  change: (definition: SurveyDefinition) => SurveyDefinition;
  /** Where to go on from there, in the builder. */
  next: (definition: SurveyDefinition) => string;
  place: Place;
  /** Where the changed piece is found now, if that is elsewhere. */
  placeAfter?: () => Place;
};

export type Perform = (
  visit: StudyVisit,
  req: Request,
  res: Response,
  survey: SurveyRow,
  operation: Operation,
) => Promise<void>;
