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

/** @param kept as it stands in the database */
export const readInterviewChoice = (kept: string | null): InterviewChoice | null =>
  kept === null ? null : InterviewChoice.parse(JSON.parse(kept));
