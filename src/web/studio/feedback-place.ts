import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';

export const feedbackAddress = (study: EnteredStudy): string => `${studyAddress(study)}/feedback`;
export const feedbackCrumbs = (study: EnteredStudy) => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Feedback', href: feedbackAddress(study) },
];
