import { seal } from '../../coding/seal.ts';
import type { Question } from '../../themes/question.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readColumns, type SurveyColumns } from './survey-columns.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What was said to a question: the words, how many were asked, and what is known of whoever said them. */
export type Spoken = Awaited<ReturnType<typeof readTexts>> & {
  /** Responses, or interviews. */
  n: number;
  /** The language in which each response was given. */
  languages: ReadonlyMap<string, string>;
  /** The last record or turn that was read, and the version of the survey. */
  watermark: number;
  version: number | null;
};

/** What was said to a question, and counts: answers of a survey's responses, or turns of those interviewed. */
export async function readSpoken(context: Pick<TaskContext, 'store' | 'textKey'>, question: Question): Promise<Spoken> {
  const { studyId, surveyId, item } = question;
  if (surveyId !== null) {
    const columns = await readColumns(context.store, { studyId, surveyId }, [item]);
    return {
      ...(await readTexts(context, question, columns)),
      n: columns.responses.length,
      languages: new Map(columns.responses.map(({ publicId, language }) => [publicId, language])),
      watermark: columns.watermark,
      version: columns.version,
    };
  }
  const turns = await context.store.interviewTurns.list(studyId);
  return {
    ...(await readSources(context, studyId, new Map(turns.map(({ sourceId, version }) => [sourceId, version])))),
    n: new Set(turns.map(({ interview }) => interview)).size,
    languages: new Map(),
    watermark: await context.store.interviewTurns.last(studyId),
    version: null,
  };
}

/**
 * The words of an item's answers, as far as they are still those that were kept; `broken` counts the others.
 *
 * @param columns with the item among them
 */
export function readTexts(
  context: Pick<TaskContext, 'store' | 'textKey'>,
  args: { studyId: number; item: string },
  columns: SurveyColumns,
) {
  const wanted = new Map<string, number>();
  for (const value of columns.column(args.item)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) wanted.set(value.source, value.version);
  }
  return readSources(context, args.studyId, wanted);
}

async function readSources(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  studyId: number,
  wanted: ReadonlyMap<string, number>,
) {
  const sources = await store.notes.findSources(studyId, [...wanted.keys()]);
  const current = sources.filter(
    (source) => source.version === wanted.get(source.publicId) && source.erasedAt === null,
  );
  // By their words: the same answers then give the same themes, in whatever order and under whatever ids they came.
  const texts = current
    .filter((source) => seal(textKey, source.text) === source.textHash)
    .sort((a, b) => compare(a.text, b.text) || compare(a.publicId, b.publicId));
  return { texts, broken: current.length - texts.length };
}
