import { seal } from '../../coding/seal.ts';
import type { TaskContext } from '../analysis-thread.ts';
import type { SurveyColumns } from './survey-columns.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The words of an item's answers, as far as they are still those that were kept; `broken` counts the others.
 *
 * @param columns with the item among them
 */
export async function readTexts(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  args: { studyId: number; item: string },
  columns: SurveyColumns,
) {
  const wanted = new Map<string, number>();
  for (const value of columns.column(args.item)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) wanted.set(value.source, value.version);
  }
  const sources = await store.notes.findSources(args.studyId, [...wanted.keys()]);
  const current = sources.filter(
    (source) => source.version === wanted.get(source.publicId) && source.erasedAt === null,
  );
  // By their words: the same answers then give the same themes, in whatever order and under whatever ids they came.
  const texts = current
    .filter((source) => seal(textKey, source.text) === source.textHash)
    .sort((a, b) => compare(a.text, b.text) || compare(a.publicId, b.publicId));
  return { texts, broken: current.length - texts.length };
}
