import type { EngineModel } from './engines/engine.ts';
import { groupsIn, indexOfLargest, intoProbabilities, scorerOf } from './engines/memberships.ts';
import { type InputTable, MISSING_MOST } from './input-table.ts';
import { prepareLater } from './prepare-answers.ts';

/** What puts a later person into a segment; plain data, which can be kept. */
export type SegmentModel = Pick<InputTable, 'p' | 'columns' | 'blocks' | 'isBalanced' | 'preparation'> & {
  format: 1;
  /** Whether `groups` takes rows made ready, or answers as they were given. */
  reads: 'rows' | 'answers';
  groups: EngineModel;
};

/** Where a later person belongs. */
export type Placed = {
  segment: number;
  /** How likely each segment is; null where the engine knows which is nearest, and no more. */
  probabilities: number[] | null;
};

/**
 * Puts a person into a segment, by what they answered. A block that they answered too little of counts as not answered and
 * says nothing.
 *
 * @param given by column id, as the table has it; null or absent where nothing was answered
 * @returns null when too little was answered of everything
 */
export function placeInSegment(
  model: SegmentModel,
  given: Readonly<Record<string, number | null | undefined>>,
): Placed | null {
  return placeRow(
    model,
    Float64Array.from(model.columns, ({ id }) => given[id] ?? Number.NaN),
  );
}

/**
 * The same for answers laid out as the table has them.
 *
 * @param answers by column; what is no finite number counts as not answered
 */
export function placeRow(model: SegmentModel, answers: Float64Array): Placed | null {
  const scores = scoreRow(model, answers);
  if (scores === null) return null;
  const segment = indexOfLargest(scores);
  if (model.groups.kind === 'centres') return { segment, probabilities: null };
  intoProbabilities(scores);
  return { segment, probabilities: Array.from(scores) };
}

/**
 * How near each segment is to a person, larger for nearer, as the engine reckons it.
 *
 * @param answers by column; what is no finite number counts as not answered
 * @returns null when too little was answered of everything
 */
export function scoreRow(model: SegmentModel, answers: Float64Array): Float64Array | null {
  const ready = readyRow(model, answers);
  if (ready === null) return null;
  const scores = new Float64Array(groupsIn(model.groups));
  scorerOf(model.groups)(ready.values, 0, ready.isCounted, scores);
  return scores;
}

/**
 * Answers as the engine reads them, with 1 for every column that says something.
 *
 * @returns null when too little was answered of everything
 */
export function readyRow(
  model: Omit<SegmentModel, 'groups'>,
  answers: Float64Array,
): { values: Float64Array; isCounted: Uint8Array } | null {
  const { p, blocks, preparation, reads } = model;
  const known = answers.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const isCounted = new Uint8Array(p);
  for (const { from, to } of blocks) {
    let gaps = 0;
    for (let column = from; column < to; column++) if (Number.isNaN(known[column]!)) gaps += 1;
    if (gaps <= MISSING_MOST * (to - from)) isCounted.fill(1, from, to);
  }
  if (!isCounted.includes(1)) return null;
  return { values: reads === 'rows' ? prepareLater(known, model, preparation) : known, isCounted };
}
