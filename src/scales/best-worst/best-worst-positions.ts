import type { Random } from '../../stats/random.ts';

/**
 * Puts the items of each task into an order in which every item stands in every place equally often, give or take one.
 *
 * Places are colours: of the graph that joins items to the tasks they are in, every edge gets a colour, no two alike at a
 * task. The showings of an item are cut into runs of `perTask`, and no two alike at a run either. A graph with two sides
 * always allows that with as many colours as its busiest point has edges (König, 1916), here `perTask`: an edge without a
 * colour that is free at both its ends gets one by exchanging two colours along a path.
 *
 * @param tasks each of `perTask` different items
 * @returns the same tasks in the same order, the items of each in theirs
 */
export function assignPositions(
  tasks: readonly (readonly number[])[],
  items: number,
  perTask: number,
  random: Random,
): number[][] {
  const showings = new Array<number>(items).fill(0);
  const runsOf: number[][] = Array.from({ length: items }, () => []);
  const itemOf: number[] = [];
  /** By run and by task, what an edge of each colour leads to; −1 where the colour is free. */
  const taskAt: number[][] = [];
  const runAt: number[][] = tasks.map(() => new Array<number>(perTask).fill(-1));

  for (const [task, members] of tasks.entries()) {
    for (const item of members) {
      if (showings[item]! % perTask === 0) {
        runsOf[item]!.push(itemOf.length);
        itemOf.push(item);
        taskAt.push(new Array<number>(perTask).fill(-1));
      }
      showings[item]! += 1;
      const run = runsOf[item]!.at(-1)!;
      const first = Math.floor(random() * perTask);
      const colours = Array.from({ length: perTask }, (_, i) => (first + i) % perTask);
      const isFreeAtTask = (colour: number) => runAt[task]![colour] === -1;
      const isFreeAtRun = (colour: number) => taskAt[run]![colour] === -1;

      let colour = colours.find((one) => isFreeAtTask(one) && isFreeAtRun(one));
      if (colour === undefined) {
        colour = colours.find(isFreeAtTask)!;
        exchangeColours(run, colour, colours.find(isFreeAtRun)!, taskAt, runAt);
      }
      taskAt[run]![colour] = task;
      runAt[task]![colour] = run;
    }
  }
  return runAt.map((runs) => runs.map((run) => itemOf[run]!));
}

/**
 * Frees the colour `used` at a run by exchanging it with `free` along the path that begins there. The path never comes to
 * a task where `used` is free, since it enters tasks by that colour.
 */
function exchangeColours(run: number, used: number, free: number, taskAt: number[][], runAt: number[][]): void {
  const edges: { run: number; task: number; colour: number }[] = [];
  for (let at = run; at !== -1; ) {
    const task = taskAt[at]![used]!;
    if (task === -1) break;
    edges.push({ run: at, task, colour: used });
    at = runAt[task]![free]!;
    if (at !== -1) edges.push({ run: at, task, colour: free });
  }
  for (const edge of edges) {
    taskAt[edge.run]![edge.colour] = -1;
    runAt[edge.task]![edge.colour] = -1;
  }
  for (const edge of edges) {
    const colour = edge.colour === used ? free : used;
    taskAt[edge.run]![colour] = edge.task;
    runAt[edge.task]![colour] = edge.run;
  }
}
