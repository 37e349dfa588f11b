import { bestWorstSets } from '../../logic/best-worst-sets.ts';
import { bestItem, worstItem } from '../../model/items.ts';
import { type QuestionOf, questionsOf, type SurveyDefinition } from '../../model/survey.ts';
import type { BestWorstPerson } from '../../scales/best-worst/best-worst-answer.ts';
import type { Column } from './column.ts';

/** What each row of a survey's table was shown in one best-worst question; what was chosen stands in the columns. */
export type BestWorstRows = {
  question: string;
  /** Notes what a respondent was shown, by the version of the survey that they answered. */
  set(row: number, respondent: string, answered: SurveyDefinition): void;
  grow(rows: number): void;
  bytes(): number;
  /** The tasks somebody chose in, options numbered as the table's survey has them; null when it was not asked. */
  tasksAt(row: number): BestWorstPerson | null;
};

/**
 * @param columnOf the column of an item; a task that the survey no longer has is none
 */
export function bestWorstRows(
  question: QuestionOf<'best-worst'>,
  columnOf: (item: string) => Column | undefined,
): BestWorstRows {
  const indexOf = new Map(question.options.map(({ code }, index) => [code, index]));
  const columns = Array.from({ length: question.tasks }, (_, index) => ({
    best: columnOf(bestItem(question.code, index + 1)),
    worst: columnOf(worstItem(question.code, index + 1)),
  }));
  /** There are as many designs as versions of sets, however many people were given each of them. */
  const designs: number[][][] = [];
  const numbers = new Map<string, number>();
  /** The number of a row's design, from 1; 0 for none. */
  let designOf = new Uint16Array(0);

  return {
    question: question.code,
    set: (row, respondent, answered) => {
      const own = questionsOf(answered).find(({ code }) => code === question.code);
      if (own?.kind !== 'best-worst') {
        designOf[row] = 0;
        return;
      }
      // The design follows from the options as they stood in the version that was answered.
      const sets = bestWorstSets(own, respondent);
      const key = sets.map((set) => set.join(' ')).join('\n');
      let number = numbers.get(key);
      if (number === undefined) {
        number = designs.push(sets.map((set) => set.flatMap((code) => indexOf.get(code) ?? [])));
        numbers.set(key, number);
      }
      designOf[row] = number;
    },
    grow: (rows) => {
      const before = designOf;
      designOf = new Uint16Array(rows);
      designOf.set(before);
    },
    bytes: () => designOf.byteLength + designs.length * question.tasks * (100 + question.perTask * 8),
    tasksAt: (row) => {
      const number = designOf[row] ?? 0;
      if (number === 0) return null;
      return designs[number - 1]!.flatMap((shown, index) => {
        const among = (column: Column | undefined) => {
          const option = column?.optionAt(row) ?? null;
          return option !== null && shown.includes(option) ? option : null;
        };
        const [best, worst] = [among(columns[index]?.best), among(columns[index]?.worst)];
        return shown.length < 2 || (best === null && worst === null) ? [] : [{ shown, best, worst }];
      });
    },
  };
}
