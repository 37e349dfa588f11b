import type { ApiHouse } from './open-api.ts';
import { analysisPlaces } from './places/analysis.ts';
import { feedbackPlaces } from './places/feedback.ts';
import { fieldworkPlaces } from './places/fieldwork.ts';
import { hookPlaces } from './places/hooks.ts';
import { importPlaces } from './places/imports.ts';
import { instrumentPlaces } from './places/instruments.ts';
import { interviewPlaces } from './places/interviews.ts';
import { peoplePlaces } from './places/people.ts';
import { reportPlaces } from './places/reports.ts';
import { responsePlaces } from './places/responses.ts';
import { runPlaces } from './places/runs.ts';
import { samplePlaces } from './places/samples.ts';
import { surveyPlaces } from './places/surveys.ts';
import { tablePlaces } from './places/tables.ts';

/**
 * What the names in braces stand for when an operation's example is sent: ids of things that are there, made for the
 * occasion where the operation would use them up. An operation that only names a study needs no place.
 */
export type Places = Record<string, (api: ApiHouse) => Promise<Record<string, string>>>;

export const places: Places = {
  ...surveyPlaces,
  ...instrumentPlaces,
  ...importPlaces,
  ...tablePlaces,
  ...samplePlaces,
  ...fieldworkPlaces,
  ...feedbackPlaces,
  ...responsePlaces,
  ...peoplePlaces,
  ...hookPlaces,
  ...runPlaces,
  ...interviewPlaces,
  ...analysisPlaces,
  ...reportPlaces,
};
