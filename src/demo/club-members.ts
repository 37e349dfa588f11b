import { type Random, shuffled } from '../stats/random.ts';
import { drawAmount, drawCode, drawCount, drawWhole, type Weights } from './draw.ts';
import type { DemoAttribute } from './moving-house.ts';

/** Something a member of the shop's club did, or that happened to them. */
export type ClubEvent = {
  messageId: string;
  personExternalId: string;
  name: 'Signed Up' | 'Page Viewed' | 'Order Completed' | 'Fee Paid' | 'Payment Failed' | 'Membership Cancelled';
  /** ISO 8601, UTC. */
  occurredAt: string;
  properties: Record<string, unknown>;
};
/** What somebody who cancelled answered to the survey `churn`. */
export type ClubAnswer = {
  personExternalId: string;
  startedAt: string;
  completedAt: string;
  /** Null when the question about the day is left empty. */
  text: string | null;
  /** What they use instead. */
  now: string;
  reasons: string[];
  recommend: number;
  mayQuote: boolean;
};
/** An answer that was written for the demonstration (`data/demo/club-answers.json`), and whose it could be. */
export type ClubText = { from: 'failed-payments' | 'other'; text: string };

export type ClubMembers = {
  people: { externalId: string; attributes: Record<string, DemoAttribute> }[];
  /** In order of time. */
  events: ClubEvent[];
  answers: ClubAnswer[];
};

/** How somebody uses the club. Each ready play has people for whom it is meant. */
type Habit = {
  members: number;
  /** When they joined, in days before the end. */
  joinedDaysAgo: readonly [most: number, least: number];
  /** When they order, in days before the end. */
  orders: (random: Random) => number[];
  /** Median of one order, in euros. */
  basket: number;
  /** Pages seen in 30 days, on average. */
  pageViews: number;
};

/** Roughly every so many days, from the one day to the other. */
const every =
  (days: number, from: number, to: number) =>
  (random: Random): number[] =>
    Array.from({ length: Math.floor((from - to) / days) + 1 }, (_, index) => from - index * days - random() * 4);

/** The members of the invented shop's club, who pay a fee every 30 days, and why they leave it. */
export const clubPlan = {
  habits: {
    steady: {
      members: 420,
      joinedDaysAgo: [420, 240],
      orders: (random) => Array.from({ length: drawCount(2, random) }, () => 2 + random() * 230),
      basket: 120,
      pageViews: 4,
    },
    loyal: { members: 24, joinedDaysAgo: [460, 440], orders: every(27, 430, 5), basket: 60, pageViews: 2 },
    'best-customers': { members: 12, joinedDaysAgo: [360, 340], orders: every(30, 330, 6), basket: 420, pageViews: 2 },
    'going-quiet': { members: 18, joinedDaysAgo: [300, 270], orders: every(28, 220, 80), basket: 110, pageViews: 1 },
    'back-again': {
      members: 16,
      joinedDaysAgo: [330, 310],
      orders: (random) => [...every(30, 290, 200)(random), 4 + random() * 18],
      basket: 130,
      pageViews: 2,
    },
    small: {
      members: 20,
      joinedDaysAgo: [340, 300],
      orders: (random) => [290, 40 + random() * 80],
      basket: 14,
      pageViews: 1,
    },
    'just-joined': { members: 22, joinedDaysAgo: [24, 3], orders: () => [], basket: 0, pageViews: 3 },
    'always-there': { members: 14, joinedDaysAgo: [200, 120], orders: () => [], basket: 0, pageViews: 22 },
  } satisfies Record<string, Habit> as Readonly<Record<string, Habit>>,
  /** How many of the steady ones cancel, from so many days before the end on, and how many of these after failed payments. */
  cancelled: { members: 96, withinDays: 150, afterFailures: 62 },
  /** Chance that a fee fails once, to be taken two days later. */
  failsOnce: 0.07,
  /** How many of those who cancelled answer, and what they use instead. */
  answering: 48,
  instead: { other: 5, 'by-hand': 1, nothing: 4 } satisfies Weights,
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FEE_EVERY_DAYS = 30;
const PAGES = ['/', '/kitchen', '/living', '/bedroom', '/outside', '/delivery', '/club'];

/**
 * The members of the shop's club up to `now`. Some cancel, two thirds of them within days of a fee that failed again and
 * again; of the others a fee fails now and then, and is paid two days later. What somebody does otherwise has nothing to
 * do with cancelling.
 *
 * @param texts each is given once, to somebody whose it could be
 * @returns plain data; the same `random` and texts give the same, as many days later as `now` is
 * @throws {RangeError} when more are to cancel than there are steady members
 */
export function clubMembers({
  random,
  now,
  texts,
  plan = clubPlan,
}: {
  random: Random;
  now: Date;
  texts: readonly ClubText[];
  plan?: typeof clubPlan;
}): ClubMembers {
  const { cancelled } = plan;
  if (cancelled.members > (plan.habits['steady']?.members ?? 0) || cancelled.afterFailures > cancelled.members)
    throw new RangeError('clubMembers requires as many steady members as are to cancel');
  const made: ClubMembers = { people: [], events: [], answers: [] };
  const left: { id: string; daysAgo: number; from: ClubText['from'] }[] = [];
  const at = (daysAgo: number) => new Date(now.getTime() - daysAgo * DAY_MS).toISOString();
  for (const [code, habit] of Object.entries(plan.habits))
    for (let member = 0; member < habit.members; member += 1) {
      const id = `mh-m${String(made.people.length + 1).padStart(4, '0')}`;
      const [most, least] = habit.joinedDaysAgo;
      const joined = least + random() * (most - least);
      const isLeaving = code === 'steady' && member < cancelled.members;
      const isFailing = isLeaving && member < cancelled.afterFailures;
      const ends = isLeaving ? 3 + random() * (cancelled.withinDays - 3) : 0;
      const doings: [name: ClubEvent['name'], daysAgo: number, properties: Record<string, unknown>][] = [
        ['Signed Up', joined, { plan: 'club' }],
      ];
      const isMember = (daysAgo: number) => daysAgo < joined && daysAgo > ends;
      for (let left = drawCount((habit.pageViews * (joined - ends)) / 30, random); left > 0; left -= 1)
        doings.push([
          'Page Viewed',
          ends + random() * (joined - ends),
          { path: PAGES[drawWhole(0, PAGES.length - 1, random)] },
        ]);
      for (const [index, day] of habit.orders(random).filter(isMember).entries()) {
        const revenue = Math.round(drawAmount(habit.basket, 0.2, random) * 100) / 100;
        doings.push(['Order Completed', day, { order_id: `${id}-o${index + 1}`, revenue, currency: 'EUR' }]);
      }
      doings.push(...fees(joined, ends, isFailing, plan.failsOnce, random));
      if (isLeaving) {
        doings.push(['Membership Cancelled', ends, { plan: 'club' }]);
        left.push({ id, daysAgo: ends, from: isFailing ? 'failed-payments' : 'other' });
      }
      made.people.push({ externalId: id, attributes: memberOf(random) });
      for (const [index, [name, daysAgo, properties]] of doings.sort(([, a], [, b]) => b - a).entries())
        made.events.push({
          messageId: `${id}-e${index + 1}`,
          personExternalId: id,
          name,
          occurredAt: at(daysAgo),
          properties,
        });
    }
  made.events.sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : Number(a.occurredAt > b.occurredAt)));

  const piles = Map.groupBy(shuffled(texts, random), ({ from }) => from);
  for (const { id, daysAgo, from } of shuffled(left, random).slice(0, plan.answering)) {
    const started = daysAgo - random() * Math.min(2, daysAgo - 0.5);
    made.answers.push({
      personExternalId: id,
      startedAt: at(started),
      completedAt: at(started - drawWhole(2, 6, random) / (24 * 60)),
      text: piles.get(from)?.pop()?.text ?? null,
      now: drawCode(plan.instead, random),
      reasons: [from === 'failed-payments' ? 'faults' : drawCode({ price: 3, need: 4, better: 2 }, random)],
      recommend: drawWhole(1, from === 'failed-payments' ? 5 : 8, random),
      mayQuote: random() < 0.8,
    });
  }
  return made;
}

/** A fee every 30 days; before somebody leaves for it, the last one fails three or four times. */
function fees(joined: number, ends: number, isFailing: boolean, failsOnce: number, random: Random) {
  const fee = { amount: 4.9, currency: 'EUR' };
  const done: ['Fee Paid' | 'Payment Failed', number, Record<string, unknown>][] = [];
  const failsFrom = ends + 5 + random() * 3;
  for (let due = joined - FEE_EVERY_DAYS; due > (isFailing ? failsFrom + 5 : ends); due -= FEE_EVERY_DAYS) {
    const isLate = random() < failsOnce && due - 2 > ends;
    if (isLate) done.push(['Payment Failed', due, { ...fee, reason: 'declined' }]);
    done.push(['Fee Paid', isLate ? due - 2 : due, fee]);
  }
  const tries = isFailing ? drawWhole(3, 4, random) : 0;
  for (let attempt = 0; attempt < tries; attempt += 1)
    done.push(['Payment Failed', failsFrom - attempt * 1.4, { ...fee, reason: 'declined' }]);
  return done;
}

/** What the shop knows of a member. */
function memberOf(random: Random): Record<string, DemoAttribute> {
  return {
    age: { value: drawWhole(21, 76, random), family: 'demographic' },
    region: { value: drawCode({ north: 3, east: 2, south: 3, west: 4 }, random), family: 'geographic' },
    plan: { value: 'club', family: 'value' },
  };
}
