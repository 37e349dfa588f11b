/** A queue of work of which each waits for the one before it, whether or not that came to anything. */
export function oneByOne() {
  let turn: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const own = turn.then(work);
    turn = own.catch(() => {});
    return own;
  };
}
