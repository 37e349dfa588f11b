import { z } from 'zod';

const Id = z.string().min(1).max(100);

/** Which interviews a persona stands for: all, those with a code, those of a segment, or chosen one by one. By public ids. */
export const InterviewChoice = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('all') }),
  z.strictObject({ by: z.literal('code'), code: Id }),
  z.strictObject({ by: z.literal('segment'), segment: Id }),
  z.strictObject({ by: z.literal('hand'), interviews: z.array(Id).min(1).max(500) }),
]);
export type InterviewChoice = z.infer<typeof InterviewChoice>;

/**
 * @param kept as it stands in the database
 * @returns null where none are chosen, and where what was kept cannot be read
 */
export function readInterviewChoice(kept: string | null): InterviewChoice | null {
  if (kept === null) return null;
  try {
    return InterviewChoice.safeParse(JSON.parse(kept)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether interviews were chosen, and it cannot be read any more which. */
export const isDamagedChoice = (kept: string | null): boolean => kept !== null && readInterviewChoice(kept) === null;
