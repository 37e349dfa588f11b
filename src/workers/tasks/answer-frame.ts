import type { AnswerFrame, GridFilter } from '../../store/answer-grid.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type AnswerFrameArgs = {
  surveyId: number;
  item: string;
  filter: GridFilter;
  gathering: ReadonlyMap<number, ReadonlySet<number>>;
};

/** How many answers to a question there are and bear which code: with very many of them that takes about a second. */
export const answerFrameTask = (
  { store }: TaskContext,
  { surveyId, item, filter, gathering }: AnswerFrameArgs,
): Promise<AnswerFrame> => store.answerGrid.frame(surveyId, item, filter, gathering);
