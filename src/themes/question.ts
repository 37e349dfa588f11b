/**
 * What themes are found in: the answers to an open question of a survey; or what was said in all interviews of a study,
 * which stands without a survey and is called `interviews`.
 */
export type Question = { studyId: number; surveyId: number | null; item: string };

const INTERVIEWS = 'interviews';

export const interviewsOf = (studyId: number): Question => ({ studyId, surveyId: null, item: INTERVIEWS });

/** What a run found its themes in. */
export const questionOfRun = (run: { studyId: number; surveyId: number | null; subject: string }): Question => ({
  studyId: run.studyId,
  surveyId: run.surveyId,
  item: run.subject,
});

/** Whether a question is that of the interviews. */
export const isOfInterviews = ({ surveyId }: Pick<Question, 'surveyId'>): boolean => surveyId === null;
