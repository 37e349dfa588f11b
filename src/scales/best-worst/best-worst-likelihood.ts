import type { BestWorstPerson } from './best-worst-answer.ts';
import { requireBestWorst } from './best-worst-answer.ts';

/**
 * The sequential best-worst model. Of the items S shown, the best is chosen first and the worst among the rest:
 *
 *   P(best = b) = exp(u_b) / Σ_{j in S} exp(u_j)
 *   P(worst = w | b) = exp(−u_w) / Σ_{j in S without b} exp(−u_j)
 *
 * A task is thus up to two choices, each an ordinary multinomial logit with the sign of the utilities turned for the
 * worst. A task with only a best gives one choice. One with only a worst gives one too, taken as made among all of S.
 * Only differences of utilities matter, so they are held to sum to zero.
 *
 * See Marley & Louviere (2005), Journal of Mathematical Psychology 49(6), 464–480, and
 * Louviere, Flynn & Marley (2015), Best-Worst Scaling, Cambridge University Press.
 */

/** All choices of some people, flat, so that they can be walked quickly many times. */
export type BestWorstChoices = {
  items: number;
  /** The items of each choice one after another, the chosen one first. */
  members: Int32Array;
  /** Where each choice begins in `members`; one more entry marks the end. */
  starts: Int32Array;
  /** 1 for a best, −1 for a worst. */
  signs: Int8Array;
  /** At which choice each person begins; one more entry marks the end. */
  peopleStarts: Int32Array;
};

/**
 * Lays answers out as choices. A choice with nothing to choose from (the worst of two, once the best is gone) is left out.
 *
 * @throws {RangeError} as `requireBestWorst`
 */
export function readChoices(people: readonly BestWorstPerson[], items: number, caller: string): BestWorstChoices {
  requireBestWorst(people, items, caller);
  const members: number[] = [];
  const starts = [0];
  const signs: number[] = [];
  const peopleStarts = [0];
  for (const person of people) {
    for (const { shown, best, worst } of person) {
      if (best !== null) {
        members.push(best);
        for (const item of shown) if (item !== best) members.push(item);
        starts.push(members.length);
        signs.push(1);
      }
      if (worst !== null && (best === null || shown.length > 2)) {
        members.push(worst);
        for (const item of shown) if (item !== worst && item !== best) members.push(item);
        starts.push(members.length);
        signs.push(-1);
      }
    }
    peopleStarts.push(signs.length);
  }
  return {
    items,
    members: Int32Array.from(members),
    starts: Int32Array.from(starts),
    signs: Int8Array.from(signs),
    peopleStarts: Int32Array.from(peopleStarts),
  };
}

/**
 * The log-likelihood of the choices `from` up to, not including, `to`.
 *
 * @param slopes where asked for: its gradient and its information (the negative Hessian, items × items, both triangles
 *   alike, rows summing to zero) are added to these two
 */
export function choicesLogLikelihood(
  choices: BestWorstChoices,
  from: number,
  to: number,
  utilities: Float64Array,
  slopes?: { gradient: Float64Array; information: Float64Array },
): number {
  const { items, members, starts, signs } = choices;
  let logLikelihood = 0;
  for (let choice = from; choice < to; choice++) {
    const start = starts[choice]!;
    const size = starts[choice + 1]! - start;
    const sign = signs[choice]!;
    if (shares.length < size) shares = new Float64Array(size * 2);

    let top = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < size; j++) {
      const pull = sign * utilities[members[start + j]!]!;
      shares[j] = pull;
      if (pull > top) top = pull;
    }
    const chosen = shares[0]!;
    let total = 0;
    for (let j = 0; j < size; j++) {
      const weight = Math.exp(shares[j]! - top);
      shares[j] = weight;
      total += weight;
    }
    logLikelihood += chosen - top - Math.log(total);
    if (slopes === undefined) continue;

    const { gradient, information } = slopes;
    gradient[members[start]!]! += sign;
    for (let j = 0; j < size; j++) {
      const share = shares[j]! / total;
      shares[j] = share;
      const item = members[start + j]!;
      gradient[item]! -= sign * share;
      information[item * items + item]! += share;
      for (let k = 0; k <= j; k++) {
        const product = share * shares[k]!;
        const other = members[start + k]!;
        information[item * items + other]! -= product;
        if (k < j) information[other * items + item]! -= product;
      }
    }
  }
  return logLikelihood;
}

/** Room for the shares of one choice, kept between calls for speed; nothing in it outlives a call. */
let shares = new Float64Array(16);

/** The log-likelihood of the choices `from` up to `to` when all that is shown is equally likely. */
export function chanceLogLikelihood(choices: BestWorstChoices, from: number, to: number): number {
  let sum = 0;
  for (let choice = from; choice < to; choice++) sum -= Math.log(choices.starts[choice + 1]! - choices.starts[choice]!);
  return sum;
}

/**
 * How likely the answers are under given utilities, all people alike: the natural logarithm of the probability of all
 * their choices. Also the way to judge utilities by answers they were not estimated from.
 *
 * @param utilities one for each item
 * @returns at most 0; 0 when nothing was answered
 * @throws {RangeError} for utilities that are not finite, or answers that cannot be (see `requireBestWorst`)
 *
 * @example
 * bestWorstLogLikelihood([[{ shown: [0, 1, 2], best: 0, worst: 2 }]], [0, 0, 0]) // => -1.791759
 */
export function bestWorstLogLikelihood(people: readonly BestWorstPerson[], utilities: readonly number[]): number {
  if (!utilities.every(Number.isFinite)) throw new RangeError('bestWorstLogLikelihood requires finite utilities');
  const choices = readChoices(people, utilities.length, 'bestWorstLogLikelihood');
  return choicesLogLikelihood(choices, 0, choices.signs.length, Float64Array.from(utilities));
}
