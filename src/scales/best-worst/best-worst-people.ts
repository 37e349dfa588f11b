import type { BestWorstPerson } from './best-worst-answer.ts';
import type { Crowd } from './best-worst-crowd.ts';
import { crowdSpread, fitCrowd } from './best-worst-crowd.ts';
import type { BestWorstChoices } from './best-worst-likelihood.ts';
import { chanceLogLikelihood, choicesLogLikelihood, readChoices } from './best-worst-likelihood.ts';
import { answeredPeople, diagonalRoots } from './best-worst-logit.ts';
import type { ModeRoom } from './best-worst-mode.ts';
import { findMode, modeRoom, utilityCovariance } from './best-worst-mode.ts';

/** What one person likes, as far as their answers and everyone else's tell. */
export type PersonUtilities = {
  /** One for each item, in logits, summing to zero; the mean of all people for someone who chose nothing. */
  utilities: number[];
  /** How far each may be off: the posterior standard deviation, the crowd's mean and spread taken as known. */
  standardDeviations: number[];
  /** How many choices they made, two for a task answered in full. */
  choices: number;
  /**
   * The geometric mean of the probability of each of their choices, and what it is for someone who chooses blindly.
   * Where the first hardly exceeds the second, the answers do not look considered. Null without choices.
   */
  rootLikelihood: number | null;
  chanceRootLikelihood: number | null;
};

/** Utilities of every person, and of the crowd they were drawn from. */
export type BestWorstPeople = {
  /** People with at least one choice, from whom the crowd was estimated. */
  n: number;
  /** The crowd's mean utilities, summing to zero, and how far people lie around each (standard deviation). */
  mean: number[];
  spread: number[];
  /** In the order given. */
  people: PersonUtilities[];
  /** Items in no task with a choice: their utilities are guesses of average liking, and should not be shown. */
  neverShown: number[];
  /** Of all choices given the crowd, people's own utilities integrated out (Laplace's approximation). */
  logLikelihood: number;
  iterations: number;
  converged: boolean;
};

const ITERATIONS_MAX = 300;
const PERSON_CLIMB = { stepsMax: 100, tolerance: 1e-10 };

/**
 * Utilities of each person by a hierarchical (empirical Bayes) best-worst model. Someone who answered little, or at
 * random, is drawn towards the mean of all; someone who answered much speaks for themselves.
 *
 * The choices of person p follow the sequential model (`best-worst-likelihood.ts`) with utilities u_p ~ N(mu, Sigma), all
 * summing to zero. mu and Sigma are estimated by EM: given the crowd, each person's posterior is taken as normal around
 * its mode m_p with the inverse curvature V_p (Laplace); given the people,
 *
 *   S = mean of V_p + (m_p − mu)(m_p − mu)ᵀ,   tau² = trace S / (a − 1),   a items
 *   Sigma = (n S + a tau² P) / (n + a),   P the projection onto sum-to-zero
 *   mu = the mean of the m_p, held by a prior N(0, 5²)
 *
 * so with few people Sigma is nearly tau² alone and with many it knows which items go together. This needs no chance at
 * all, and the order of people and tasks does not matter. Modes lean towards the mean: in simulations of 9 to 18 tasks
 * the spread of people came out about a quarter too small, intervals of 1.96 standard deviations held 83 to 89% of the
 * true utilities, and people who all liked exactly the same were still given a spread of 0.4. Read standard deviations
 * and spreads as rough.
 *
 * @param people each a list of answered tasks; a missing best or worst counts as not asked
 * @param options `items`, how many there are; `iterationsMax` of EM, 300 unless told
 * @returns null when nobody chose anything
 * @throws {RangeError} for answers that cannot be (see `requireBestWorst`)
 * @see Train (2009), Discrete Choice Methods with Simulation, 2nd edition, chapters 12 and 14
 *
 * @example
 * const answer = (best, worst) => ({ shown: [0, 1, 2], best, worst })
 * const fit = bestWorstPeople([[answer(0, 2), answer(0, 2)], [answer(0, 1)], []], { items: 3 })
 * fit.people.map(({ choices }) => choices) // => [4, 2, 0]
 * fit.mean.map(Math.sign) // => [1, -1, -1]
 */
export function bestWorstPeople(
  people: readonly BestWorstPerson[],
  { items, iterationsMax = ITERATIONS_MAX }: { items: number; iterationsMax?: number },
): BestWorstPeople | null {
  if (!(iterationsMax >= 1)) throw new RangeError('bestWorstPeople requires at least one iteration');
  const choices = readChoices(people, items, 'bestWorstPeople');
  const answered = answeredPeople(choices);
  if (answered.length === 0) return null;

  const { crowd, logLikelihood, iterations, converged } = fitCrowd(choices, answered, iterationsMax);
  const room = modeRoom(items);
  return {
    n: answered.length,
    mean: [...crowd.mean],
    spread: crowdSpread(crowd),
    people: people.map((_, person) => describePerson(choices, person, crowd, room)),
    neverShown: findNeverShown(choices),
    logLikelihood,
    iterations,
    converged,
  };
}

function describePerson(choices: BestWorstChoices, person: number, crowd: Crowd, room: ModeRoom): PersonUtilities {
  const { items, peopleStarts } = choices;
  const from = peopleStarts[person]!;
  const to = peopleStarts[person + 1]!;
  const count = to - from;
  if (count === 0) {
    const standardDeviations = crowdSpread(crowd);
    const utilities = [...crowd.mean];
    return { utilities, standardDeviations, choices: 0, rootLikelihood: null, chanceRootLikelihood: null };
  }
  const mode = findMode(choices, from, to, crowd, Float64Array.from(crowd.mean), PERSON_CLIMB, room);
  return {
    utilities: [...mode.utilities],
    standardDeviations: diagonalRoots(utilityCovariance(mode.factor!, items), items),
    choices: count,
    rootLikelihood: Math.exp(choicesLogLikelihood(choices, from, to, mode.utilities) / count),
    chanceRootLikelihood: Math.exp(chanceLogLikelihood(choices, from, to) / count),
  };
}

function findNeverShown({ items, members }: BestWorstChoices): number[] {
  const shown = new Set(members);
  return Array.from({ length: items }, (_, item) => item).filter((item) => !shown.has(item));
}
