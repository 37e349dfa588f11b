import type { ContactLimits } from '../model/moment.ts';
import { type Candidate, decideOffers, type Gate, type PastOffer, type Verdict } from './offer.ts';

/*
 * What would have been offered, had today's surveys, rules and limits held all the while.
 */

/** A page that somebody opened, or an event of theirs that a survey waits for. */
export type PastMoment = { at: number; url: string; event: string | null; session: number; page: number };

/** Candidates as they stood at a moment; the clock is the workspace's. */
export type Standing = { candidates: readonly Candidate[]; weekday: number; clock: string };

export type PersonReplay = {
  offers: PastOffer[];
  gates: Map<string, Map<Gate, number>>;
  collisions: [string, string][];
};

/** Another visit begins after so long without a page. */
const SESSION_MS = 1_800_000;

/**
 * Numbers the visits of one person and the pages within each, from 1.
 *
 * @param moments the oldest first
 *
 * @example
 * numberVisits([{ at: 0, url: '/', event: null }, { at: 9_000_000, url: '/', event: null }]).map(({ session }) => session) // => [1, 2]
 */
export function numberVisits(moments: readonly Omit<PastMoment, 'session' | 'page'>[]): PastMoment[] {
  let [session, page, last] = [0, 0, Number.NEGATIVE_INFINITY];
  return moments.map((moment) => {
    if (moment.at - last > SESSION_MS) {
      session += 1;
      page = 0;
    }
    last = moment.at;
    if (moment.event === null) page += 1;
    return { ...moment, session, page: Math.max(1, page) };
  });
}

/**
 * Lives through one person's moments again. Nobody answers and nobody closes anything; what is offered counts towards
 * the limits of what comes later.
 *
 * @param standingAt what each survey was to this person at a moment
 */
export function replayPerson(
  moments: readonly PastMoment[],
  limits: ContactLimits,
  standingAt: (moment: PastMoment) => Standing,
): PersonReplay {
  const offers: PastOffer[] = [];
  const gates = new Map<string, Map<Gate, number>>();
  const collisions: [string, string][] = [];
  const note = ({ survey, gate }: Verdict) => {
    if (gate === null) return;
    const own = gates.get(survey) ?? new Map<Gate, number>();
    own.set(gate, (own.get(gate) ?? 0) + 1);
    gates.set(survey, own);
  };
  for (const moment of moments) {
    const { candidates, weekday, clock } = standingAt(moment);
    if (candidates.length === 0) continue;
    const verdicts = decideOffers(candidates, {
      now: moment.at,
      weekday,
      clock,
      url: moment.url,
      session: moment.session,
      page: moment.page,
      isAsking: false,
      optedOut: new Set(),
      offers,
      limits,
    });
    const winner = verdicts.find(({ gate }) => gate === null);
    for (const verdict of verdicts) {
      note(verdict);
      if (winner && verdict.gate === 'priority') collisions.push([winner.survey, verdict.survey]);
    }
    if (winner) offers.push({ survey: winner.survey, at: moment.at });
  }
  return { offers, gates, collisions };
}
