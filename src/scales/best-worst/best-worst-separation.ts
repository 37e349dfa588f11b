import type { BestWorstChoices } from './best-worst-likelihood.ts';

/** Why choices fix no finite utilities, and which items are to blame. */
export type BestWorstObstacle = {
  /**
   * `no-choices`: nobody chose anything. `never-shown`: items that are in no task with a choice. `unconnected`: groups of
   * items that never met. `separated`: items that won every time they met the rest, or lost every time.
   */
  reason: 'no-choices' | 'never-shown' | 'unconnected' | 'separated';
  /** In plain words, without the names of items. */
  message: string;
  /** The items never shown; of unconnected groups, all but the largest; of separated ones, `above` and `below`. Ascending. */
  items: number[];
  /** Separated items that none of the others ever beat, and those that never beat any of the others. */
  above: number[];
  below: number[];
};

const MESSAGES = {
  'no-choices': 'Nobody has chosen a best or a worst yet',
  'never-shown': 'Some items were in no task that was answered, so nothing is known of them',
  unconnected:
    'Some items were never shown together with the others, not even by way of a third, so they cannot be compared',
  separated:
    'Some items won every time they met the others, or lost every time (separation), so the answers do not say by how much',
};

/**
 * What keeps the likelihood of choices from having a highest point, null when it has one.
 *
 * The best of a task beats all others shown; all that are left beat the worst. The most likely utilities are finite and
 * unique exactly when, along such victories, every item leads to every other (Ford's condition): otherwise some items
 * could rise above the rest for ever, and no answer would become less likely.
 *
 * @see Ford (1957), American Mathematical Monthly 64(8), 28–33
 */
export function findObstacle(choices: BestWorstChoices): BestWorstObstacle | null {
  const { items, members, starts, signs } = choices;
  if (signs.length === 0) return obstacle('no-choices', allItems(items));

  const beats = new Uint8Array(items * items);
  const isShown = new Uint8Array(items);
  for (let choice = 0; choice < signs.length; choice++) {
    const chosen = members[starts[choice]!]!;
    isShown[chosen] = 1;
    for (let at = starts[choice]! + 1; at < starts[choice + 1]!; at++) {
      const other = members[at]!;
      isShown[other] = 1;
      beats[signs[choice]! > 0 ? chosen * items + other : other * items + chosen] = 1;
    }
  }
  const unseen = allItems(items).filter((item) => isShown[item] === 0);
  if (unseen.length > 0) return obstacle('never-shown', unseen);

  const isBeatenBy = transposed(beats, items);
  const meets = beats.map((cell, i) => cell | isBeatenBy[i]!);
  const groups = reachable(meets, items);
  if (groups[0]!.length < items) {
    const largest = groups.reduce((best, group) => (group.length > best.length ? group : best));
    const rest = allItems(items).filter((item) => !largest.includes(item));
    return obstacle('unconnected', rest);
  }

  const below = reachable(beats, items);
  const above = reachable(isBeatenBy, items);
  if (below.every((reached) => reached.length === items)) return null;
  // An item stands at the top when whatever leads up from it also leads back down to it, and the other way round.
  const top = allItems(items).filter((item) => above[item]!.every((higher) => above[higher]!.includes(item)));
  const bottom = allItems(items).filter((item) => below[item]!.every((lower) => below[lower]!.includes(item)));
  return {
    ...obstacle(
      'separated',
      [...top, ...bottom].sort((a, b) => a - b),
    ),
    above: top,
    below: bottom,
  };
}

function obstacle(reason: BestWorstObstacle['reason'], items: number[]): BestWorstObstacle {
  return { reason, message: MESSAGES[reason], items, above: [], below: [] };
}

function allItems(items: number): number[] {
  return Array.from({ length: items }, (_, item) => item);
}

function transposed(matrix: Uint8Array, size: number): Uint8Array {
  return matrix.map((_, cell) => matrix[(cell % size) * size + Math.floor(cell / size)]!);
}

/** For each item those that its arrows lead to, itself among them. */
function reachable(arrows: Uint8Array, items: number): number[][] {
  return allItems(items).map((origin) => {
    const isReached = new Uint8Array(items);
    isReached[origin] = 1;
    const reached = [origin];
    for (let next = 0; next < reached.length; next++) {
      for (let item = 0; item < items; item++) {
        if (isReached[item] === 1 || arrows[reached[next]! * items + item] === 0) continue;
        isReached[item] = 1;
        reached.push(item);
      }
    }
    return reached;
  });
}
