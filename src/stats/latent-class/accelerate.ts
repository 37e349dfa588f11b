import { emRound, membershipEntries, type Parameters, type Problem, type Round } from './em.ts';

export type Climbed = Round & { parameters: Parameters; posteriors: Float64Array; converged: boolean; rounds: number };

/**
 * Rounds of expectation and maximisation, with a long step after every two of them where that makes the answers likelier
 * (SQUAREM).
 *
 * @param tolerance at rest when a round gains no more than that, as a share of the log-likelihood
 * @see Varadhan and Roland (2008), Scandinavian Journal of Statistics 35, 335–353, scheme S3
 */
export function climb(
  problem: Problem,
  start: Parameters,
  { roundsMax, tolerance }: { roundsMax: number; tolerance: number },
): Climbed {
  const posteriors = new Float64Array(problem.patterns.count * problem.k);
  const probabilitiesFrom = problem.designInverse ? membershipEntries(problem) : 0;
  let current = Float64Array.from(start);
  let first = new Float64Array(start.length);
  let second = new Float64Array(start.length);
  const far = new Float64Array(start.length);
  let rounds = 0;
  let converged = false;
  while (rounds < roundsMax && !converged) {
    const before = emRound(problem, current, first, posteriors);
    const after = emRound(problem, first, second, posteriors);
    rounds += 2;
    if (after.objective - before.objective <= tolerance * Math.max(1, Math.abs(after.objective))) {
      converged = true;
      current = second;
      break;
    }
    if (stretch(current, first, second, far, probabilitiesFrom)) {
      const ahead = emRound(problem, far, current, posteriors);
      rounds++;
      if (ahead.objective >= after.objective) continue;
    }
    [current, first, second] = [second, current, first];
  }
  const round = emRound(problem, current, first, posteriors);
  return { ...round, parameters: current, posteriors, converged, rounds };
}

/**
 * Goes on in the direction of two rounds. Shares and probabilities still add up to 1 there, but may fall below 0.
 *
 * @returns false when there is nothing to go on to
 */
function stretch(
  start: Parameters,
  first: Parameters,
  second: Parameters,
  far: Parameters,
  probabilitiesFrom: number,
): boolean {
  let step = 0;
  let bend = 0;
  for (let entry = 0; entry < start.length; entry++) {
    const moved = first[entry]! - start[entry]!;
    const turned = second[entry]! - first[entry]! - moved;
    step += moved * moved;
    bend += turned * turned;
  }
  if (!(bend > 0)) return false;
  // A length of 1 ends at the second round; a longer one is shortened until it is possible.
  for (let length = Math.sqrt(step / bend); length > 1; length = length > 1.5 ? (length + 1) / 2 : 0) {
    let isPossible = true;
    for (let entry = 0; entry < start.length; entry++) {
      const moved = first[entry]! - start[entry]!;
      const turned = second[entry]! - first[entry]! - moved;
      far[entry] = start[entry]! + 2 * length * moved + length * length * turned;
      if (entry >= probabilitiesFrom && far[entry]! < 0) {
        isPossible = false;
        break;
      }
    }
    if (isPossible) return true;
  }
  return false;
}
