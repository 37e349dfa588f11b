import type { ContactLimits, Moment } from '../model/moment.ts';
import { fitsAddress } from './address.ts';
import type { Truth } from './decide.ts';

/*
 * One person, one page, many surveys: which one is offered, and for each of the others what stood in the way.
 */

const DAY_MS = 86_400_000;

/** What was offered to somebody before, over everybody they are the same as, each offer once. */
export type PastOffer = { survey: string; at: number };

export type Candidate = {
  survey: string;
  moment: Moment;
  /** Takes new responses just now. */
  isOpen: boolean;
  /** The page's site may show surveys of its study; elsewhere the frame would stay empty. */
  mayShow: boolean;
  /** What the audience's rule says of this person; true for a survey without one. */
  audience: Truth;
  /** Where this person falls in the survey's own order of chances, from 0 up to but not including 1; it never changes. */
  draw: number;
  hasAnswered: boolean;
};

export type Visit = {
  now: number;
  /** The workspace's clock just now: the day of the week, 1 for Monday, and the time, `09:30`. */
  weekday: number;
  clock: string;
  url: string;
  /** Which visit of this person this is, and which page of it, from 1. */
  session: number;
  page: number;
  /** A survey stands open on the page already. */
  isAsking: boolean;
  /** Asked not to be asked again: everything, or single surveys. */
  optedOut: 'all' | ReadonlySet<string>;
  offers: readonly PastOffer[];
  limits: ContactLimits;
};

/** What can stand in the way, in the order in which it is looked at. */
export type Gate =
  | 'off'
  | 'closed'
  | 'site'
  | 'schedule'
  | 'page'
  | 'session'
  | 'audience'
  | 'audience-unknown'
  | 'sample'
  | 'opted-out'
  | 'answered'
  | 'frequency'
  | 'asking'
  | 'cool-down'
  | 'budget'
  | 'priority';

/** `until` says when a gate that time opens will open. */
export type Verdict = { survey: string; gate: Gate | null; until: number | null };

/**
 * Decides for every candidate, the most urgent first; at most one passes with `gate` null.
 *
 * Limits over all surveys count offers, not answers: somebody who waved a survey away was asked all the same. Candidates
 * of one priority go by their name, so that the answer does not depend on the order in which they come.
 */
export function decideOffers(candidates: readonly Candidate[], visit: Visit): Verdict[] {
  return inTurn([...candidates].sort(byUrgency), visit, () => false);
}

/** The most urgent first, and those of one priority by name. */
export const byUrgency = (a: Pick<Candidate, 'moment' | 'survey'>, b: Pick<Candidate, 'moment' | 'survey'>): number =>
  b.moment.priority - a.moment.priority || (a.survey < b.survey ? -1 : 1);

/**
 * What may still become an offer on a page: the verdicts of `decideOffers` without those of surveys that could only have
 * opened with the page when another does. What nobody asks for is not worked out.
 *
 * @param candidates in the order of `byUrgency`
 */
export function waitingOffers(candidates: Iterable<Candidate>, visit: Visit): Verdict[] {
  return inTurn(candidates, visit, ({ moment }) => moment.trigger.on === 'page');
}

/** @param isLost whether a candidate need not be looked at once another is offered */
function inTurn(candidates: Iterable<Candidate>, visit: Visit, isLost: (candidate: Candidate) => boolean): Verdict[] {
  const verdicts: Verdict[] = [];
  let isTaken = false;
  for (const candidate of candidates) {
    if (isTaken && isLost(candidate)) continue;
    const verdict = judge(candidate, visit);
    if (verdict.gate === null && isTaken) verdict.gate = 'priority';
    isTaken ||= verdict.gate === null;
    verdicts.push(verdict);
  }
  return verdicts;
}

function judge(candidate: Candidate, visit: Visit): Verdict {
  const { survey, moment, isOpen, mayShow } = candidate;
  const stop = (gate: Gate, until: number | null = null): Verdict => ({ survey, gate, until });
  if (!moment.isOn) return stop('off');
  if (!isOpen) return stop('closed');
  if (!mayShow) return stop('site');
  const { schedule } = moment;
  if (schedule && !(schedule.days.includes(visit.weekday) && visit.clock >= schedule.from && visit.clock < schedule.to))
    return stop('schedule');
  const isHere = moment.pages.length === 0 || moment.pages.some((rule) => fitsAddress(rule, visit.url));
  if (!isHere || moment.notOn.some((rule) => fitsAddress(rule, visit.url))) return stop('page');
  if (visit.session < moment.fromSession || visit.page < moment.fromPage) return stop('session');
  // Rules are the dearest to decide, so that they are asked only of surveys that fit the page.
  const { audience } = candidate;
  if (audience !== true) return stop(audience === null ? 'audience-unknown' : 'audience');
  if (candidate.draw * 100 >= moment.percent) return stop('sample');
  if (visit.optedOut === 'all' || visit.optedOut.has(survey)) return stop('opted-out');
  if (candidate.hasAnswered && moment.frequency !== 'every') return stop('answered');
  const own = latest(visit.offers.filter((offer) => offer.survey === survey));
  if (own !== null) {
    if (moment.frequency === 'once') return stop('frequency');
    if (moment.frequency === 'every') {
      const again = own + (moment.everyDays ?? 0) * DAY_MS;
      if (again > visit.now) return stop('frequency', again);
    }
  }
  if (visit.isAsking) return stop('asking');
  const cap = contactCap(visit.offers, visit.now, visit.limits);
  if (cap !== null) return stop(cap.gate, cap.until);
  return { survey, gate: null, until: null };
}

/**
 * What the limits over all that anybody is asked say of somebody just now: nothing, or until when they are left alone.
 *
 * @param offers everything they were asked, each once: surveys on pages and by letter, and interviews
 * @param now milliseconds since 1970
 *
 * @example
 * contactCap([{ survey: 'a', at: 0 }], 86_400_000, { coolDownDays: 7, most: 3, withinDays: 30, timeZone: 'UTC' })
 * // => { gate: 'cool-down', until: 604800000 }
 */
export function contactCap(
  offers: readonly PastOffer[],
  now: number,
  limits: ContactLimits,
): { gate: 'cool-down' | 'budget'; until: number } | null {
  const last = latest(offers);
  const free = last === null ? null : last + limits.coolDownDays * DAY_MS;
  if (free !== null && free > now) return { gate: 'cool-down', until: free };
  const since = now - limits.withinDays * DAY_MS;
  const recent = offers.map(({ at }) => at).filter((at) => at > since);
  if (recent.length < limits.most) return null;
  const freeing = recent.sort((a, b) => b - a)[limits.most - 1] ?? now;
  return { gate: 'budget', until: freeing + limits.withinDays * DAY_MS };
}

const latest = (offers: readonly PastOffer[]): number | null =>
  offers.length === 0 ? null : Math.max(...offers.map(({ at }) => at));
