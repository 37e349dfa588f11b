import type { BestWorstPerson } from './best-worst-answer.ts';
import type { BestWorstChoices } from './best-worst-likelihood.ts';
import { chanceLogLikelihood, choicesLogLikelihood, readChoices } from './best-worst-likelihood.ts';
import { findMode, modeRoom, utilityCovariance } from './best-worst-mode.ts';
import type { BestWorstObstacle } from './best-worst-separation.ts';
import { findObstacle } from './best-worst-separation.ts';

/** Utilities of the items as one crowd answered. */
export type BestWorstLogit = {
  isEstimable: true;
  /** People with at least one choice, and all their choices (two for a task answered in full). */
  n: number;
  choices: number;
  /** One for each item, in logits, summing to zero: exp(u_i − u_j) is how much likelier i is named best than j. */
  utilities: number[];
  /** From the inverse information, as if every choice were made by someone else. */
  standardErrors: number[];
  /** The same allowing for one person's choices to hang together (sandwich by person); null for a single person. */
  clusteredStandardErrors: number[] | null;
  logLikelihood: number;
  /** With all items equally liked. */
  chanceLogLikelihood: number;
  /** McFadden's pseudo R²: 1 − logLikelihood / chanceLogLikelihood; 0 means no better than chance. */
  pseudoRSquared: number;
  iterations: number;
  converged: boolean;
};

/** Why there are none. */
export type BestWorstNotEstimable = { isEstimable: false; n: number; choices: number } & BestWorstObstacle;

const ITERATIONS_MAX = 100;
/** How much log-likelihood a further step may still promise when the climb ends. */
const TOLERANCE = 1e-10;

/**
 * Most likely utilities of the items, all people alike: the sequential best-worst model (the best of all shown, then the
 * worst of the rest; see `best-worst-likelihood.ts`) by Newton and Raphson, without a ridge.
 *
 * @param people each a list of answered tasks; a missing best or worst counts as not asked
 * @param options `items`, how many there are; `iterationsMax`, 100 unless told
 * @returns with `isEstimable: false` and the reason in plain words where no finite utilities are most likely
 * @throws {RangeError} for answers that cannot be (see `requireBestWorst`)
 * @see Marley & Louviere (2005), Journal of Mathematical Psychology 49(6), 464–480
 *
 * @example
 * const answer = (best, worst) => ({ shown: [0, 1], best, worst })
 * const logit = bestWorstLogit([[answer(0, 1), answer(0, 1), answer(0, 1), answer(1, 0)]], { items: 2 })
 * logit.utilities // => [0.549306, -0.549306]
 * bestWorstLogit([[answer(0, 1)]], { items: 2 }).reason // => 'separated'
 */
export function bestWorstLogit(
  people: readonly BestWorstPerson[],
  { items, iterationsMax = ITERATIONS_MAX }: { items: number; iterationsMax?: number },
): BestWorstLogit | BestWorstNotEstimable {
  if (!(iterationsMax >= 1)) throw new RangeError('bestWorstLogit requires at least one iteration');
  const choices = readChoices(people, items, 'bestWorstLogit');
  const count = choices.signs.length;
  const n = answeredPeople(choices).length;
  const obstacle = findObstacle(choices);
  if (obstacle !== null) return { isEstimable: false, n, choices: count, ...obstacle };

  const climb = { stepsMax: iterationsMax, tolerance: TOLERANCE };
  const mode = findMode(choices, 0, count, null, new Float64Array(items), climb, modeRoom(items));
  const covariance = utilityCovariance(mode.factor!, items);
  const chance = chanceLogLikelihood(choices, 0, count);
  const logLikelihood = choicesLogLikelihood(choices, 0, count, mode.utilities);

  return {
    isEstimable: true,
    n,
    choices: count,
    utilities: [...mode.utilities],
    standardErrors: diagonalRoots(covariance, items),
    clusteredStandardErrors: clusteredErrors(choices, mode.utilities, covariance),
    logLikelihood,
    chanceLogLikelihood: chance,
    pseudoRSquared: 1 - logLikelihood / chance,
    iterations: mode.steps,
    converged: mode.converged,
  };
}

/** Who made at least one choice, by where they stand in the list. */
export function answeredPeople({ peopleStarts }: BestWorstChoices): number[] {
  return Array.from({ length: peopleStarts.length - 1 }, (_, person) => person).filter(
    (person) => peopleStarts[person]! < peopleStarts[person + 1]!,
  );
}

/** The square roots of a diagonal, in which rounding may have left a zero a speck below zero. */
export function diagonalRoots(matrix: Float64Array, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.sqrt(Math.max(0, matrix[i * size + i]!)));
}

/** Covariance × (sum over people of slope × slopeᵀ) × covariance, times n / (n − 1). */
function clusteredErrors(
  choices: BestWorstChoices,
  utilities: Float64Array,
  covariance: Float64Array,
): number[] | null {
  const { items, peopleStarts } = choices;
  const people = answeredPeople(choices);
  if (people.length < 2) return null;

  const { gradient, information, step } = modeRoom(items);
  const variances = new Float64Array(items);
  for (const person of people) {
    gradient.fill(0);
    choicesLogLikelihood(choices, peopleStarts[person]!, peopleStarts[person + 1]!, utilities, {
      gradient,
      information,
    });
    step.fill(0);
    for (let i = 0; i < items; i++) {
      for (let j = 0; j < items; j++) step[i]! += covariance[i * items + j]! * gradient[j]!;
      variances[i]! += step[i]! ** 2;
    }
  }
  return Array.from(variances, (variance) => Math.sqrt((variance * people.length) / (people.length - 1)));
}
