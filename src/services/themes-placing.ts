import type { Question } from '../themes/question.ts';
import type { Context } from './context.ts';

/** How often it is looked whether answers have come in. */
const EVERY_MS = 20_000;

/**
 * Places answers among themes as they arrive: in the standing thread, once a survey has been quiet for a turn, so that a
 * rush of answers costs one batch and not one each.
 */
export function themePlacingService({ store, thread, now, logs }: Context, report: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isOpen = false;
  /** Up to where each survey, and the interviews of each study, were seen, and up to which its answers were placed for a run. */
  const seen = new Map<string, string>();
  const placed = new Map<number, string>();

  const keyOf = ({ studyId, surveyId }: Question) =>
    surveyId === null ? `interviews ${studyId}` : `survey ${surveyId}`;
  const markOf = async ({ studyId, surveyId }: Question): Promise<string> =>
    surveyId === null ? store.interviewTurns.mark(studyId) : String(await store.qualityFlags.lastSeq(surveyId));

  /** Places what has come in, whether or not it is quiet. */
  async function place(question: Question & { runId: number }): Promise<number> {
    let count = 0;
    for (let hasMore = true; hasMore; ) {
      const found = await thread.ask('placeAnswers', question);
      if (found.placements.length > 0) await store.themes.place(question.runId, found.placements, now().toISOString());
      count += found.placements.length;
      hasMore = found.hasMore;
    }
    return count;
  }

  async function look(): Promise<void> {
    const questions = await store.themes.placing();
    for (const question of questions) {
      if (!isOpen) return;
      const last = await markOf(question);
      const isQuiet = seen.get(keyOf(question)) === last;
      if (!isQuiet || placed.get(question.runId) === last) continue;
      await place(question);
      placed.set(question.runId, last);
    }
    for (const question of new Map(questions.map((one) => [keyOf(one), one])).values())
      seen.set(keyOf(question), await markOf(question));
  }

  const next = () => {
    timer = setTimeout(() => {
      running = look()
        .catch(report)
        .finally(() => {
          if (isOpen) next();
        });
    }, EVERY_MS);
    timer.unref();
  };
  return {
    open: () => {
      isOpen = true;
      next();
    },
    /** Places all that has come in by now, for every question; resolves with how many answers it was. */
    placeNow: async (): Promise<number> => {
      await logs.settle();
      let count = 0;
      for (const question of await store.themes.placing()) count += await place(question);
      return count;
    },
    close: async (): Promise<void> => {
      isOpen = false;
      clearTimeout(timer);
      await running;
    },
  };
}
export type ThemePlacing = ReturnType<typeof themePlacingService>;
