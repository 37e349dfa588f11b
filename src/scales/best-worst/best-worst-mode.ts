import { choleskyFactor, choleskyInverse, choleskySolve } from '../../stats/cholesky.ts';
import type { BestWorstChoices } from './best-worst-likelihood.ts';
import { choicesLogLikelihood } from './best-worst-likelihood.ts';

/** What is believed of utilities before the choices are seen: normal around `mean`, `precision` the inverse covariance. */
export type UtilityPrior = { mean: Float64Array; precision: Float64Array };

/** The most likely utilities and the shape of the hill they stand on. */
export type UtilityMode = {
  utilities: Float64Array;
  /** Of the choices alone, before the last step, which is worth less than the tolerance. */
  logLikelihood: number;
  /** Cholesky's factor of the information (prior included) at the last step, for standard errors; null when singular. */
  factor: Float64Array | null;
  steps: number;
  converged: boolean;
};

/** Arrays that `findMode` works in, made once for many calls. */
export type ModeRoom = { gradient: Float64Array; information: Float64Array; factor: Float64Array; step: Float64Array };

/** Makes the arrays that `findMode` works in. */
export function modeRoom(items: number): ModeRoom {
  return {
    gradient: new Float64Array(items),
    information: new Float64Array(items * items),
    factor: new Float64Array(items * items),
    step: new Float64Array(items),
  };
}

/**
 * Newton and Raphson's climb to the utilities under which choices (and a prior, where given) are most likely. The hill is
 * concave, so there is one top; a step that would lead down is halved.
 *
 * Utilities sum to zero throughout when they do at the start and in the prior's mean, since no slope points elsewhere. The
 * likelihood is flat in the direction that adds the same to all; without a prior, where nothing else holds it, the
 * information is completed by the constant `flatness` / items in all cells, which touches no other direction.
 *
 * @param start changed in place, and returned as `utilities`
 * @param tolerance the climb ends once a step promises less than this in log-likelihood (half the Newton decrement); that
 *   step is still made
 * @param room the factor returned lives in it and lasts until the next call
 */
export function findMode(
  choices: BestWorstChoices,
  from: number,
  to: number,
  prior: UtilityPrior | null,
  start: Float64Array,
  { stepsMax, tolerance }: { stepsMax: number; tolerance: number },
  room: ModeRoom,
): UtilityMode {
  const { items } = choices;
  const { gradient, information, step } = room;
  const utilities = start;
  let factor: Float64Array | null = null;
  let logLikelihood = 0;

  const climb = (): number => {
    gradient.fill(0);
    information.fill(0);
    logLikelihood = choicesLogLikelihood(choices, from, to, utilities, { gradient, information });
    return prior === null ? logLikelihood : logLikelihood - addPrior(prior, utilities, room);
  };

  let height = climb();
  for (let steps = 1; steps <= stepsMax; steps++) {
    if (prior === null) completeInformation(information, items);
    factor = choleskyFactor(information, items, room.factor);
    if (factor === null) return { utilities, logLikelihood, factor, steps, converged: false };
    choleskySolve(factor, gradient, items, step);

    let promise = 0;
    for (let i = 0; i < items; i++) promise += (gradient[i]! * step[i]!) / 2;
    for (let i = 0; i < items; i++) utilities[i]! += step[i]!;
    if (promise < tolerance) return { utilities, logLikelihood, factor, steps, converged: true };

    const before = height;
    // What rounding alone can make of two equal heights.
    const speck = 1e-12 * Math.abs(before);
    height = climb();
    for (let halving = 0; height < before - speck && halving < 40; halving++) {
      for (let i = 0; i < items; i++) {
        step[i]! /= 2;
        utilities[i]! -= step[i]!;
      }
      height = climb();
    }
  }
  return { utilities, logLikelihood, factor, steps: stepsMax, converged: false };
}

/** Adds the prior's slope and information; returns the log-density it takes away: ½ (u − m)ᵀ P (u − m). */
function addPrior({ mean, precision }: UtilityPrior, utilities: Float64Array, room: ModeRoom): number {
  const items = mean.length;
  let penalty = 0;
  for (let i = 0; i < items; i++) {
    let pull = 0;
    for (let j = 0; j < items; j++) pull += precision[i * items + j]! * (utilities[j]! - mean[j]!);
    room.gradient[i]! -= pull;
    penalty += ((utilities[i]! - mean[i]!) * pull) / 2;
  }
  for (let cell = 0; cell < items * items; cell++) room.information[cell]! += precision[cell]!;
  return penalty;
}

/** Makes the information invertible along (1, 1, … 1), where the likelihood is flat, on the scale of its own diagonal. */
function completeInformation(information: Float64Array, items: number): void {
  const flatness = meanDiagonal(information, items);
  for (let cell = 0; cell < items * items; cell++) information[cell]! += flatness / items;
}

/**
 * The covariance of sum-to-zero utilities: the inverse of an information without what stands along (1, 1, … 1), where
 * nothing was learnt.
 *
 * @param factor Cholesky's factor of an information that has (1, 1, … 1) among its eigenvectors
 */
export function utilityCovariance(factor: Float64Array, items: number, into?: Float64Array): Float64Array {
  const covariance = choleskyInverse(factor, items, into);
  let total = 0;
  for (let cell = 0; cell < items * items; cell++) total += covariance[cell]!;
  for (let cell = 0; cell < items * items; cell++) covariance[cell]! -= total / items / items;
  return covariance;
}

/** The mean of a diagonal. */
export function meanDiagonal(matrix: Float64Array, items: number): number {
  let trace = 0;
  for (let i = 0; i < items; i++) trace += matrix[i * items + i]!;
  return trace / items;
}
