import { bestItem, worstItem } from '../model/items.ts';
import type { QuestionOf } from '../model/survey.ts';
import type { Showing } from './question-view.ts';

/**
 * The most and the least of a few, task by task.
 *
 * @param question `sets` are the tasks drawn for this respondent; without them the first options make one
 */
export function bestWorstView(
  question: QuestionOf<'best-worst'> & { sets?: readonly (readonly string[])[] },
  { texts, word, filling }: Showing,
  errorAt: (field: string) => string | null,
) {
  const labels = {
    best: question.best ? word(question.best) : texts.text('best'),
    worst: question.worst ? word(question.worst) : texts.text('worst'),
  };
  const byCode = new Map(question.options.map((option) => [option.code, word(option.text)]));
  const sets = question.sets ?? [question.options.slice(0, question.perTask).map((option) => option.code)];
  return {
    bestLabel: labels.best,
    worstLabel: labels.worst,
    tasks: sets.map((set, index) => {
      const [best, worst] = [bestItem(question.code, index + 1), worstItem(question.code, index + 1)];
      const [bestValue, worstValue] = [filling.valuesOf(best)[0], filling.valuesOf(worst)[0]];
      return {
        position: `${texts.number(index + 1)} / ${texts.number(sets.length)}`,
        error: errorAt(best) ?? errorAt(worst),
        errorId: `${question.code}.t${index + 1}-error`,
        bestName: best,
        worstName: worst,
        items: set.map((code, at) => ({
          value: code,
          label: byCode.get(code) ?? code,
          bestId: at === 0 ? best : `${best}-${code}`,
          worstId: at === 0 ? worst : `${worst}-${code}`,
          isBest: bestValue === code,
          isWorst: worstValue === code,
        })),
      };
    }),
  };
}
