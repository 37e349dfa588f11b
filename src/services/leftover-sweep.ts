/** Often enough that what is kept for a day is gone soon after it. */
const SWEEP_MS = 3_600_000;

/**
 * Deletes what was looked at and never brought in, at the start and every hour, whether or not anybody opens its page.
 * Only the owner of the folder does.
 */
export function leftoverSweep(sweep: () => Promise<void>, report: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  const run = () => {
    sweeping = sweeping.then(sweep).catch(report);
    return sweeping;
  };
  return {
    /** Resolves when the first sweep is over. */
    open: (): Promise<void> => {
      timer = setInterval(run, SWEEP_MS);
      timer.unref();
      return run();
    },
    close: (): Promise<void> => {
      clearInterval(timer);
      return sweeping;
    },
  };
}
