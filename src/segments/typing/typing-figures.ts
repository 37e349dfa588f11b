import type { MeasuredTyping } from '../../model/typing-tool.ts';
import { cohensKappa } from '../../stats/cohens-kappa.ts';
import { type ShareInterval, wilsonInterval } from '../../stats/wilson-interval.ts';

/** A tool with which a smaller share of a segment is found again is not published. */
export const RECALL_LEAST = 0.6;
/** Nor one that agrees less than this with the segments, beyond chance. */
export const KAPPA_LEAST = 0.7;
/** What thresholds a researcher sees the cost of. */
export const THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** @param confusion true segment × segment found, of at least one person */
export function accuracyOf(confusion: readonly (readonly number[])[]): ShareInterval {
  const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
  return wilsonInterval(
    right,
    confusion.flat().reduce((sum, count) => sum + count, 0),
  )!;
}

/** Null when everybody is in one segment and was found there. */
export const kappaOf = (confusion: readonly (readonly number[])[]): number | null =>
  cohensKappa(confusion)?.kappa ?? null;

/** Of each segment, the share that is found again. */
export const recallOf = (confusion: readonly (readonly number[])[]): ShareInterval[] =>
  confusion.map(
    (row, i) =>
      wilsonInterval(
        row[i]!,
        row.reduce((sum, count) => sum + count, 0),
      )!,
  );

/** Of those taken for each segment, the share that is in it. */
export const precisionOf = (confusion: readonly (readonly number[])[]): (ShareInterval | null)[] =>
  confusion.map((row, i) =>
    wilsonInterval(
      row[i]!,
      confusion.reduce((sum, other) => sum + other[i]!, 0),
    ),
  );

/** Whether a tool does well enough to be used on people, and if not, why. */
export function mayPublish(
  confusion: readonly (readonly number[])[],
  segments: readonly { name: string }[],
): MeasuredTyping['mayPublish'] {
  const reasons = recallOf(confusion).flatMap(({ share }, i) =>
    share < RECALL_LEAST
      ? [
          `Of the people in “${segments[i]!.name}” only ${percent(share)} are found again, and a published tool finds at least ${percent(RECALL_LEAST)} of each segment`,
        ]
      : [],
  );
  const kappa = kappaOf(confusion);
  if (kappa === null || kappa < KAPPA_LEAST)
    reasons.push(
      `The tool agrees with the segments by kappa ${(kappa ?? 0).toFixed(2)}, and a published tool needs ${KAPPA_LEAST.toFixed(2)}`,
    );
  return { ok: reasons.length === 0, reasons };
}

/** How many would be in no segment with a threshold, and how many of the others would be right. */
export function unsureAt(below: number, { p, isRight }: { p: Float64Array; isRight: Uint8Array }) {
  let sure = 0;
  let right = 0;
  p.forEach((probability, i) => {
    if (probability < below) return;
    sure++;
    right += isRight[i]!;
  });
  return { below, shareUnsure: 1 - sure / p.length, accuracyOfSure: wilsonInterval(right, sure) };
}

const percent = (share: number): string => `${Math.floor(share * 100)}%`;
