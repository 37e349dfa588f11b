type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };

/**
 * Gathers what is to be written while the write before it is under way, and hands it over together: one commit for all
 * that came in meanwhile. A group that fails is tried again one by one, so that a bad item fails alone.
 *
 * @param most how much of a group's weight there may be
 * @param commit gives one result per item, in order, and has kept all of them by then, or throws and has kept none
 * @param isPassing true for an error that has nothing to do with what was to be written; the group is tried once more whole
 */
export function groupCommit<Item, Result>(
  { most, weigh, isPassing }: { most: number; weigh: (item: Item) => number; isPassing: (error: unknown) => boolean },
  commit: (items: readonly Item[]) => Promise<Result[]>,
) {
  const waiting: Waiting<Item, Result>[] = [];
  let going: Promise<void> | null = null;

  function next(): Waiting<Item, Result>[] {
    let count = 0;
    for (let weight = 0; count < waiting.length; count += 1) {
      weight += weigh((waiting[count] as Waiting<Item, Result>).item);
      if (count > 0 && weight > most) break;
    }
    return waiting.splice(0, count);
  }

  async function write(group: readonly Waiting<Item, Result>[], isAgain = false): Promise<void> {
    try {
      const results = await commit(group.map(({ item }) => item));
      for (const [at, { resolve }] of group.entries()) resolve(results[at] as Result);
    } catch (error) {
      if (isPassing(error)) {
        if (!isAgain) return write(group, true);
        for (const { reject } of group) reject(error);
      } else if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await write([one]);
    }
  }

  async function work(): Promise<void> {
    // Whatever is asked for in one turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await write(next());
    going = null;
  }

  return {
    add: (item: Item): Promise<Result> =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        going ??= work();
      }),
    /** Resolves when nothing waits and nothing is under way. */
    idle: async (): Promise<void> => {
      while (going) await going;
    },
  };
}
