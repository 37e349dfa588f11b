import type { ScoredPlace } from '../store/told-scores.ts';
import type { Context } from './context.ts';

/** How often it is looked whether answers have come, changed or gone. */
const EVERY_MS = 20_000;
/** A large survey rests so many times as long as telling its scores took. */
const REST_TIMES = 5;

/**
 * Scale scores as attributes of people: told in the standing thread whenever the answers of a survey, or its key, have
 * changed, each time in the place of all that the survey told before. What was withdrawn or left out is gone with that.
 */
export function scaleAttributeService({ store, logs, thread, now }: Context, report: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let isOpen = false;
  const restUntil = new Map<number, number>();

  async function tell(place: ScoredPlace): Promise<void> {
    const began = performance.now();
    const { names, rows } = await thread.ask('toldScores', { place });
    // Most surveys have no scales: nothing was told of anybody, and nothing is to be noted.
    if (names.length > 0 || place.told !== null) await store.toldScores.tell(place, names, rows, now().toISOString());
    restUntil.set(place.surveyId, performance.now() + REST_TIMES * (performance.now() - began));
    seen.set(place.surveyId, place.state);
  }
  const seen = new Map<number, string>();

  async function look(isForced: boolean): Promise<void> {
    for (const place of await store.toldScores.places()) {
      if (place.told === place.state || seen.get(place.surveyId) === place.state) continue;
      if (!isForced && (!isOpen || performance.now() < (restUntil.get(place.surveyId) ?? 0))) continue;
      try {
        await tell(place);
      } catch (error) {
        // One survey that cannot be scored holds up no other, and is tried again once it has changed.
        seen.set(place.surveyId, place.state);
        report(error);
      }
    }
  }

  /** One look at a time: two at once would tell the same twice. */
  const next = (isForced: boolean): Promise<void> => {
    const turn = running.then(() => look(isForced));
    running = turn.catch(() => {});
    return turn;
  };

  return {
    open: (): void => {
      isOpen = true;
      timer = setInterval(() => {
        next(false).catch(report);
      }, EVERY_MS);
      timer.unref();
    },
    /** Tells all that has changed by now. */
    tellNow: async (): Promise<void> => {
      await logs.settle();
      await next(true);
    },
    close: async (): Promise<void> => {
      isOpen = false;
      clearInterval(timer);
      await running;
    },
  };
}
export type ScaleAttributes = ReturnType<typeof scaleAttributeService>;
