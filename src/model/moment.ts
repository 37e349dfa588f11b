import { z } from 'zod';
import { isReadablePattern } from './pattern.ts';
import { Where } from './rule.ts';
import { isTimeZone } from './zoned-time.ts';

/*
 * When a survey is offered to somebody who is there just now: on which pages, at which moment, how often, and how it
 * opens. Whom it is meant for is a segment rule's business.
 */

export const ADDRESS_MATCHES = ['simple', 'is', 'contains', 'startsWith', 'endsWith', 'matches'] as const;

export const AddressRule = z
  .strictObject({ match: z.enum(ADDRESS_MATCHES), value: z.string().trim().min(1).max(1000) })
  .refine(({ match, value }) => match !== 'matches' || isReadablePattern(value), {
    error: 'This pattern cannot be read; it follows the syntax of RE2',
    path: ['value'],
  });
/** One way of telling a page by its address. “simple” looks past the protocol, `www.`, the query and a last slash. */
export type AddressRule = z.infer<typeof AddressRule>;

const whole = (least: number, most: number) => {
  const error = `Enter a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const EventName = z
  .string()
  .trim()
  .min(1, { error: 'Enter the name of the event' })
  .max(140, { error: 'The name of an event has at most 140 letters' });

export const Trigger = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('page') }),
  z.strictObject({ on: z.literal('event'), name: EventName, where: z.array(Where).max(10).optional() }),
  z
    .strictObject({
      on: z.literal('click'),
      selector: z.string().trim().min(1).max(500).optional(),
      text: z.string().trim().min(1).max(200).optional(),
    })
    .refine(({ selector, text }) => selector !== undefined || text !== undefined, {
      error: 'Say which element by a selector, its text, or both',
    }),
  z.strictObject({ on: z.literal('exit') }),
  z.strictObject({ on: z.literal('scroll'), percent: whole(1, 100) }),
  z.strictObject({ on: z.literal('dwell'), seconds: whole(1, 3600) }),
]);
/**
 * What must happen on a page: it opens; an event is told of; something is clicked; the pointer leaves towards the tabs;
 * so much of it was scrolled through; somebody stayed so long.
 */
export type Trigger = z.infer<typeof Trigger>;

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'A time is written 09:30' });

export const FREQUENCIES = ['once', 'until-answered', 'every'] as const;

export const Moment = z
  .strictObject({
    isOn: z.boolean(),
    trigger: Trigger,
    /** Any of these; every page where there is none. */
    pages: z.array(AddressRule).max(50).default([]),
    /** None of these; it outweighs `pages`. */
    notOn: z.array(AddressRule).max(50).default([]),
    /** Between the trigger and the offer. */
    delaySeconds: whole(0, 3600).default(0),
    /** Events that call an offer off while it waits. */
    cancelOn: z.array(EventName).max(20).default([]),
    /** From the visit of this number on, from the page of this number within a visit on. */
    fromSession: whole(1, 1000).default(1),
    fromPage: whole(1, 1000).default(1),
    /** On these days of the week, 1 for Monday, and between these times of the workspace's clock. */
    schedule: z
      .strictObject({
        days: z.array(z.int().min(1).max(7)).min(1).max(7),
        from: ClockTime,
        to: ClockTime,
      })
      .refine(({ from, to }) => from < to, { error: 'The hours end before they begin', path: ['to'] })
      .optional(),
    /** The share of people who are ever asked; who is among them never changes. */
    percent: z
      .number()
      .gt(0, { error: 'Enter a share above 0' })
      .max(100, { error: 'Enter a share of at most 100' })
      .default(100),
    frequency: z.enum(FREQUENCIES).default('once'),
    /** For “every”: the least number of days between two offers of this survey. */
    everyDays: whole(1, 3650).optional(),
    /** The higher goes first where several could be offered. */
    priority: whole(0, 100).default(50),
    shape: z.enum(['popup', 'slide-in', 'inline', 'tab']).default('slide-in'),
    /** Where an inline survey stands. */
    place: z.string().trim().max(500).optional(),
  })
  .refine(({ frequency, everyDays }) => frequency !== 'every' || everyDays !== undefined, {
    error: 'Say how many days lie between two offers',
    path: ['everyDays'],
  })
  .refine(({ shape, place }) => shape !== 'inline' || (place ?? '') !== '', {
    error: 'Say by a selector where the survey stands in the page',
    path: ['place'],
  });
export type Moment = z.infer<typeof Moment>;

/** How often anybody may be asked anything in a workspace, over all its surveys, and by which clock. */
export const ContactLimits = z.strictObject({
  /** Days without any offer after an offer of any survey. */
  coolDownDays: whole(0, 365).default(7),
  /** So many offers within so many days, and no more. */
  most: whole(1, 100).default(3),
  withinDays: whole(1, 365).default(30),
  /** Where the workspace's days begin and its hours are counted. */
  timeZone: z.string().max(64).refine(isTimeZone).default('UTC'),
});
export type ContactLimits = z.infer<typeof ContactLimits>;
