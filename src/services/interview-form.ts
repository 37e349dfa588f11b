import { cleanText, type TextKind } from '../model/clean-text.ts';
import type { ProblemError } from '../model/problem.ts';
import { isTimeZone, wallTime } from '../model/zoned-time.ts';

export const INTERVIEW_MODES = ['in person', 'by phone', 'by video', 'in writing'] as const;
/** Longer talks are none. */
export const LENGTH_MAX_MINUTES = 600;

/** True for a day that the calendar has. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** When an interview is to begin: an instant in UTC, and the time zone it is said in. */
export type Appointment = { scheduledAt: string | null; zone: string | null };

/**
 * What is noted of an interview before or after it is held. A missing field leaves what is there, or nothing.
 */
export type InterviewPlan = Appointment & {
  participant: string;
  title: string;
  lengthMinutes: number | null;
  mode: string;
  place: string;
  /** The public id of a guide of the study; empty for none. */
  guide: string;
  /** Users who may enter the study. Whoever is both leads it. */
  researcherIds: readonly number[];
  observerIds: readonly number[];
};

/** Cleans texts and gathers what does not fit in them. */
export function textReader(errors: ProblemError[]) {
  return (name: string, raw: string, kind: TextKind, missing: string | null = null): string => {
    const cleaned = cleanText(raw, kind);
    if (cleaned.isTooLong)
      errors.push({
        pointer: `#/${name}`,
        detail: `This has ${cleaned.length} characters, which is too long. Shorten it`,
      });
    else if (missing !== null && cleaned.text.trim() === '') errors.push({ pointer: `#/${name}`, detail: missing });
    return cleaned.text.trim();
  };
}

/** What does not fit in a plan's figures and choices. */
export function planFaults(plan: InterviewPlan, isColleague: (userId: number) => boolean): ProblemError[] {
  const errors: ProblemError[] = [];
  const fault = (name: string, detail: string) => errors.push({ pointer: `#/${name}`, detail });
  if (!INTERVIEW_MODES.some((mode) => mode === plan.mode)) fault('mode', 'Choose how you speak');
  const { lengthMinutes: length } = plan;
  if (length !== null && !(Number.isInteger(length) && length >= 1 && length <= LENGTH_MAX_MINUTES))
    fault('lengthMinutes', `Enter whole minutes from 1 to ${LENGTH_MAX_MINUTES}, or leave it empty`);
  errors.push(...appointmentFaults(plan));
  for (const [name, ids] of [
    ['researchers', plan.researcherIds],
    ['observers', plan.observerIds],
  ] as const)
    if (!ids.every(isColleague)) fault(name, 'Choose among those who may enter this study');
  return errors;
}

/** A time needs a zone that is one. */
export function appointmentFaults({ scheduledAt, zone }: Appointment): ProblemError[] {
  if (scheduledAt === null) return [];
  if (Number.isNaN(Date.parse(scheduledAt)))
    return [{ pointer: '#/scheduledAt', detail: 'Enter a day and a time that the calendar has' }];
  if (zone === null || !isTimeZone(zone)) return [{ pointer: '#/zone', detail: 'Choose the time zone of this time' }];
  return [];
}

/** The day on the participant's calendar; empty where nothing was arranged. */
export const dayOf = ({ scheduledAt, zone }: Appointment): string =>
  scheduledAt === null || zone === null ? '' : wallTime(scheduledAt, zone).slice(0, 10);

/** Everybody once: who leads an interview does not observe it. */
export const teamOf = ({ researcherIds, observerIds }: Pick<InterviewPlan, 'researcherIds' | 'observerIds'>) => [
  ...[...new Set(researcherIds)].map((userId) => ({ userId, role: 'researcher' as const })),
  ...[...new Set(observerIds)]
    .filter((userId) => !researcherIds.includes(userId))
    .map((userId) => ({ userId, role: 'observer' as const })),
];
