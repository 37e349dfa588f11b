import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Question } from '../themes/question.ts';

/** True for the rows of a journal of corrections, or of checks, that are a question's. */
export const isOfQuestion = ({ studyId, surveyId, item }: Question): RawBuilder<SqlBool> =>
  sql<SqlBool>`(study_id = ${studyId} and coalesce(survey_id, 0) = ${surveyId ?? 0} and item = ${item})`;

/** True for the runs over a question. */
export const isRunOf = ({ studyId, surveyId, item }: Question): RawBuilder<SqlBool> =>
  sql<SqlBool>`(study_id = ${studyId} and coalesce(survey_id, 0) = ${surveyId ?? 0} and subject = ${item})`;
