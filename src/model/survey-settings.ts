import { z } from 'zod';
import { Wording } from './survey.ts';
import { isTimeZone } from './zoned-time.ts';

const Instant = z.iso.datetime({ offset: false });

/** How a survey is run. Unlike its definition it may change at any time, since no answer depends on it. */
export const SurveySettings = z.strictObject({
  /** The zone that times are written and shown in; everything is stored in UTC. */
  timeZone: z.string().max(64).refine(isTimeZone).optional(),
  opensAt: Instant.optional(),
  closesAt: Instant.optional(),
  /** How many completed responses are taken; the database itself holds to it. */
  mostCompleted: z.int().min(1).max(10_000_000).optional(),
  /** For how many days a response that was begun may be continued; without it, as long as the survey is open. */
  resumeDays: z.int().min(1).max(3650).optional(),
  /** A machine that many use one after the other: it begins anew after each. */
  isKiosk: z.boolean().optional(),
  /** Only single-use and personal links open it. */
  byLinkOnly: z.boolean().optional(),
  /** Whether what was sent can still be corrected with the receipt. */
  mayCorrect: z.boolean().optional(),
  prizeDraw: z.strictObject({ text: Wording }).optional(),
});
export type SurveySettings = z.infer<typeof SurveySettings>;

/** What is stored, read with care: settings written by another version that do not fit are as if there were none. */
export function readSettings(json: string): SurveySettings {
  const parsed = SurveySettings.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : {};
}

/** Whether a survey takes new responses just now, and why not. */
export type Opening = 'open' | 'closed' | 'not-yet';

/**
 * @param state `open` or `closed`, as the researcher left it
 *
 * @example
 * openingOf('open', { opensAt: '2026-03-09T08:00:00Z' }, new Date('2026-03-01T00:00:00Z')) // => 'not-yet'
 */
export function openingOf(state: string, { opensAt, closesAt }: SurveySettings, now: Date): Opening {
  if (state !== 'open' || (closesAt !== undefined && Date.parse(closesAt) <= now.getTime())) return 'closed';
  return opensAt !== undefined && Date.parse(opensAt) > now.getTime() ? 'not-yet' : 'open';
}

/** The quota cell that counts every completed response. */
export const ALL_CELL = '~all';
