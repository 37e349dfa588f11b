/** How far an interview has come; each state as pages call it. */
export const INTERVIEW_STATES = {
  invited: 'Invited',
  scheduled: 'Scheduled',
  held: 'Held',
  thanked: 'Thanked',
  'no-show': 'Did not show',
  cancelled: 'Cancelled',
} as const;
export type InterviewState = keyof typeof INTERVIEW_STATES;

const NEXT: Readonly<Record<InterviewState, readonly InterviewState[]>> = {
  invited: ['scheduled', 'held', 'cancelled'],
  scheduled: ['held', 'scheduled', 'no-show', 'cancelled'],
  held: ['thanked', 'no-show', 'cancelled'],
  thanked: ['held'],
  'no-show': ['scheduled', 'held', 'cancelled'],
  cancelled: ['invited', 'scheduled'],
};

export const isInterviewState = (text: string): text is InterviewState => Object.hasOwn(INTERVIEW_STATES, text);

/** True once somebody has spoken with the participant. */
export const wasHeld = (state: InterviewState): boolean => state === 'held' || state === 'thanked';

/**
 * What an interview may become, the usual step first. An interview of which something was said cannot be said not to have
 * taken place.
 *
 * @example
 * nextStates('scheduled', false) // => ['held', 'scheduled', 'no-show', 'cancelled']
 * @example
 * nextStates('held', true) // => ['thanked']
 */
export const nextStates = (state: InterviewState, hasWords: boolean): InterviewState[] =>
  NEXT[state].filter((next) => !hasWords || wasHeld(next) || !wasHeld(state));
