import type { QuestionOf } from '../model/survey.ts';
import { bestWorstDesign } from '../scales/best-worst/best-worst-design.ts';
import { randomFor } from './draw-order.ts';

const designs = new WeakMap<QuestionOf<'best-worst'>, number[][][]>();

/** How many sets of tasks there are when the author does not say. */
const VERSIONS = 10;

/**
 * The tasks one respondent meets: option codes per task, in the order shown. The design follows from the question's
 * options alone, and which version of it somebody gets from who they are, so both can be found again at any time.
 */
export function bestWorstSets(question: QuestionOf<'best-worst'>, respondent: string): string[][] {
  let versions = designs.get(question);
  if (!versions) {
    const codes = question.options.map((option) => option.code);
    versions = bestWorstDesign({
      items: codes.length,
      perTask: Math.min(question.perTask, codes.length),
      tasks: question.tasks,
      versions: question.versions ?? VERSIONS,
      random: randomFor(codes.join(' '), question.code),
    }).sets.map((version) => version.map((set) => [...set]));
    designs.set(question, versions);
  }
  const version = versions[Math.floor(randomFor(respondent, question.code)() * versions.length)] ?? [];
  return version.map((set) => set.map((index) => question.options[index]?.code ?? ''));
}
