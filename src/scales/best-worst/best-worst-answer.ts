/**
 * What someone answered to one task of a best-worst question: of the items shown, which is best and which is worst.
 * Items are numbered from 0. Null where no choice was made.
 */
export type BestWorstAnswer = { shown: readonly number[]; best: number | null; worst: number | null };

/** One person's tasks, in any order. */
export type BestWorstPerson = readonly BestWorstAnswer[];

/**
 * Stops answers that no best-worst task can have given.
 *
 * @param items how many items the whole question has
 * @param caller named in the message
 * @throws {RangeError} for fewer than two items, a task that shows fewer than two, an item twice or one that does not
 *   exist, a choice that was not shown, or the same item as best and worst
 */
export function requireBestWorst(people: readonly BestWorstPerson[], items: number, caller: string): void {
  if (!(Number.isSafeInteger(items) && items >= 2)) throw new RangeError(`${caller} requires at least two items`);
  // The task in which an item was last seen, so that no set has to be built for each of them.
  const seenIn = new Int32Array(items).fill(-1);
  let task = 0;
  for (const person of people) {
    for (const { shown, best, worst } of person) {
      if (shown.length < 2) throw new RangeError(`${caller} requires tasks that show at least two items`);
      for (const item of shown) {
        if (!(Number.isInteger(item) && item >= 0 && item < items)) {
          throw new RangeError(`${caller} was shown the item ${item}, and there are ${items}, counted from 0`);
        }
        if (seenIn[item] === task) throw new RangeError(`${caller} was shown the item ${item} twice in one task`);
        seenIn[item] = task;
      }
      for (const choice of [best, worst]) {
        if (choice !== null && seenIn[choice] !== task) {
          throw new RangeError(`${caller} was told that ${choice} was chosen where it was not shown`);
        }
      }
      if (best !== null && best === worst) throw new RangeError(`${caller} was told that ${best} is best and worst`);
      task++;
    }
  }
}
