import { Problem } from '../model/problem.ts';
import { SEGMENTS_MOST } from '../model/segmentation.ts';
import { ENGINES, type EngineName, WEIGHED_ENGINES } from '../segments/engines/engine.ts';
import { COVARIANCE_FAMILIES, type CovarianceFamily } from '../stats/gaussian-mixture/covariance-families.ts';
import type { SampleDefinition } from '../store/sample-definitions.ts';
import type { SolutionChoice } from '../workers/tasks/segment-fit.ts';

/** How a solution is asked for; what is not told is as usual. */
export type SolutionForm = {
  /** One number of segments, or several such as “2 to 6”. */
  k: string | number;
  seed: number;
  engine?: string;
  family?: string;
  /** The public id of a weighting; empty for none. */
  weighting?: string;
  isWeighted?: boolean;
};

/** Each of them takes a while, and the page holds them side by side. */
const BESIDE_MOST = 8;

/**
 * The numbers of segments that were asked for, ascending.
 *
 * @throws {Problem} when it is neither a number nor a stretch of numbers that can be looked at
 *
 * @example
 * readSegmentCounts('2 to 4') // => [2, 3, 4]
 */
export function readSegmentCounts(raw: string | number): number[] {
  const read = /^\s*(\d{1,3})\s*(?:(?:to|-|–|…)\s*(\d{1,3})\s*)?$/i.exec(String(raw));
  const from = Number(read?.[1]);
  const to = Number(read?.[2] ?? from);
  if (!read || from < 2 || to > SEGMENTS_MOST || to < from)
    throw refused(
      'k',
      'The number of segments does not fit',
      `Enter a number from 2 to ${SEGMENTS_MOST}, or several such as 2 to 6`,
    );
  if (to - from >= BESIDE_MOST)
    throw refused(
      'k',
      'These are too many at once',
      `Enter at most ${BESIDE_MOST} numbers of segments, such as 2 to 6`,
    );
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/**
 * Engine and weighting as they were chosen.
 *
 * @param weightings of the survey, as they stand
 * @throws {Problem} when there is no such engine, family or weighting, or the engine heeds no weights
 */
export function readSolutionChoice(form: SolutionForm, weightings: readonly SampleDefinition[]): SolutionChoice {
  const engine = (form.engine || 'k-means') as EngineName;
  if (!ENGINES.includes(engine)) throw refused('engine', 'There is no such engine', 'Choose one of the engines listed');
  const family = (form.family || 'VVI') as CovarianceFamily;
  if (engine === 'gaussian-mixture' && !COVARIANCE_FAMILIES.includes(family))
    throw refused('family', 'There is no such family of clouds', 'Choose one of the families listed');
  const weighting = form.weighting ? weightings.find(({ publicId }) => publicId === form.weighting) : null;
  if (weighting === undefined)
    throw refused('weighting', 'There is no such weighting', 'Choose one of the weightings listed, or none');
  const isWeighted = form.isWeighted === true;
  if (isWeighted && weighting === null)
    throw refused('weighting', 'There is nothing to weight by', 'Choose a weighting, or count all people alike');
  if (isWeighted && !WEIGHED_ENGINES.includes(engine))
    throw refused(
      'isWeighted',
      'This engine counts all people alike',
      'Weight the shares only, or take k-means or latent classes',
    );
  return {
    engine,
    ...(engine === 'gaussian-mixture' && { family }),
    weighting: weighting ? `${weighting.publicId}@${weighting.number}` : null,
    isWeighted,
  };
}

const refused = (field: string, title: string, detail: string): Problem =>
  new Problem('invalid', title, { errors: [{ pointer: `#/${field}`, detail }] });
