/** What one process at a time does of its own accord: letters, hooks, sweeps, counts by the day. */
export type Duty = { open: () => void | Promise<void>; close: () => Promise<void> };

/** Opens duties in their order, and closes those that were opened. */
export function dutyRoster(duties: readonly Duty[]) {
  const opened: Duty[] = [];
  return {
    open: async (): Promise<void> => {
      for (const duty of duties) {
        opened.push(duty);
        await duty.open();
      }
    },
    close: async (): Promise<void> => {
      for (const duty of opened.splice(0)) await duty.close();
    },
  };
}
