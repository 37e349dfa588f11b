import { invitationsFor, sampleForMean, sampleForShare } from '../stats/sample-size.ts';

/** A segment to be told apart, how many people it has (null for very many) and the share of them that answers. */
export type PlannedSegment = { name: string; population: number | null; responseRate: number };
/** `invitations` may be more than the segment has people, and then it cannot be known to this margin at this rate. */
export type SegmentPlan = PlannedSegment & { answers: number; invitations: number; isOutOfReach: boolean };

/** What is to be known: a share (0 to 1) to within a margin (0 to 1), or a mean in a unit of its own. */
export type PlanAim =
  | { of: 'share'; margin: number; share: number; level: number }
  | { of: 'mean'; margin: number; standardDeviation: number; level: number };

/**
 * How many answers each segment needs, and how many of its people to invite.
 *
 * @throws {RangeError} when a number lies outside its range
 *
 * @example
 * planSample({ of: 'share', margin: 0.05, share: 0.5, level: 0.95 }, [{ name: 'All', population: 1000, responseRate: 0.5 }])
 * // => [{ name: 'All', population: 1000, responseRate: 0.5, answers: 278, invitations: 556, isOutOfReach: false }]
 */
export function planSample(aim: PlanAim, segments: readonly PlannedSegment[]): SegmentPlan[] {
  return segments.map((segment) => {
    const about = { margin: aim.margin, level: aim.level, population: segment.population };
    const answers =
      aim.of === 'share'
        ? sampleForShare({ ...about, share: aim.share })
        : sampleForMean({ ...about, standardDeviation: aim.standardDeviation });
    const invitations = invitationsFor(answers, segment.responseRate);
    return {
      ...segment,
      answers,
      invitations,
      isOutOfReach: segment.population !== null && invitations > segment.population,
    };
  });
}

/**
 * Segments as they are typed, one a line: a name, then how many people it has and the per cent of them that answer, where
 * these are known.
 *
 * @param rate used where a line names none, above 0, at most 1
 * @returns the segments, and the first line that cannot be read (null when all can)
 *
 * @example
 * readSegments('Owners; 1200; 25\nTenants', 0.2)
 * // => { segments: [{ name: 'Owners', population: 1200, responseRate: 0.25 }, { name: 'Tenants', population: null, responseRate: 0.2 }], fault: null }
 */
export function readSegments(text: string, rate: number): { segments: PlannedSegment[]; fault: string | null } {
  const segments: PlannedSegment[] = [];
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    if (line === '') continue;
    const [name = '', size = '', percent = ''] = line.split(';').map((part) => part.trim());
    const population = size === '' ? null : Number(size.replaceAll(/[\s,_]/g, ''));
    const responseRate = percent === '' ? rate : Number(percent.replace('%', '').replace(',', '.')) / 100;
    const isSound =
      name !== '' &&
      (population === null || (Number.isInteger(population) && population >= 1)) &&
      responseRate > 0 &&
      responseRate <= 1;
    if (!isSound) return { segments, fault: line };
    segments.push({ name, population, responseRate });
  }
  return { segments, fault: null };
}
