import { measureRound, type RoundAgreement } from '../../coding/round-agreement.ts';
import type { TakenRound } from '../../coding/round-marks.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type RoundAgreementArgs = { round: TakenRound; minimum: number; seed: number };

/** How far the coders of a round agree. */
export async function roundAgreementTask(
  _context: TaskContext,
  { round, minimum, seed }: RoundAgreementArgs,
): Promise<RoundAgreement> {
  return measureRound(round, { minimum, seed });
}
