import { type Random, shuffled } from '../stats/random.ts';
import { divideShares, drawCode, drawWhole, type Weights } from './draw.ts';
import type { DemoAttribute } from './moving-house.ts';

/** What somebody did with the quote form, with the visit in which they did it. */
export type QuoteFormEvent = {
  messageId: string;
  personExternalId: string;
  name: 'Quote Form Opened' | 'Quote Form Sent';
  /** ISO 8601, UTC. */
  occurredAt: string;
  properties: Record<string, unknown>;
  context: { technology: { device: string; browser: string; os: string } };
};
/** What a visitor said in the survey about the form. */
export type QuoteFormAnswer = {
  personExternalId: string;
  startedAt: string;
  completedAt: string;
  text: string;
  /** How easy it was, 1 to 7. */
  ease: number;
  mayQuote: boolean;
};
/** An answer that was written for the demonstration (`data/demo/quote-form-answers.json`), and whose it could be. */
export type QuoteFormText = { from: 'android-after' | 'others-after' | 'before'; text: string; ease: number };

export type QuoteForm = {
  people: { externalId: string; attributes: Record<string, DemoAttribute> }[];
  events: QuoteFormEvent[];
  answers: QuoteFormAnswer[];
};

/** How the invented shop's quote form fared before and after a release that covered its button on Android. */
export const quoteFormPlan = {
  /** The first day with the release, in days before the end; four weeks on either side are looked at. */
  releasedDaysAgo: 32,
  weeks: 4,
  /** Visitors in each of the two periods. */
  visitors: 1_200,
  os: { Android: 0.4, iOS: 0.3, Windows: 0.2, macOS: 0.1 } satisfies Weights,
  devices: {
    Android: { phone: 6, tablet: 1 },
    iOS: { phone: 5, tablet: 1 },
    Windows: { desktop: 1 },
    macOS: { desktop: 1 },
  } as Readonly<Record<string, Weights>>,
  browsers: {
    Android: { Chrome: 4, 'Samsung Internet for Android': 1 },
    iOS: { Safari: 1 },
    Windows: { Chrome: 2, 'Microsoft Edge': 2, Firefox: 1 },
    macOS: { Safari: 2, Chrome: 1 },
  } as Readonly<Record<string, Weights>>,
  /** Share of those who opened the form who sent it. */
  sent: 0.86,
  /** What the release took from it on Android: 13 percentage points. */
  loss: 0.13,
};

/**
 * The two periods that the release parts, as days.
 *
 * @param now the end of all that happens, at midnight UTC
 */
export function quoteFormPeriods(
  now: Date,
  plan = quoteFormPlan,
): Record<'before' | 'after', { from: string; to: string }> {
  const day = (offset: number) =>
    new Date(now.getTime() + (offset - plan.releasedDaysAgo) * DAY_MS).toISOString().slice(0, 10);
  const days = plan.weeks * 7;
  return { before: { from: day(-days), to: day(-1) }, after: { from: day(0), to: day(days - 1) } };
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Visitors who open the quote form, each once, before or after the release. How many send it is shared out exactly, to
 * within one person, by system and period; everything else is drawn. Of those who did not send it some say why.
 *
 * @param now the end of all that happens, at midnight UTC
 * @param texts each is given once, to somebody whose it could be
 * @returns plain data; the same `random` and texts give the same, as many days later as `now` is
 */
export function quoteForm({
  random,
  now,
  texts,
  plan = quoteFormPlan,
}: {
  random: Random;
  now: Date;
  texts: readonly QuoteFormText[];
  plan?: typeof quoteFormPlan;
}): QuoteForm {
  const made: QuoteForm = { people: [], events: [], answers: [] };
  const silent: { id: string; from: QuoteFormText['from']; leftMs: number }[] = [];
  const periods = quoteFormPeriods(now, plan);
  for (const when of ['before', 'after'] as const) {
    const opensMs = Date.parse(`${periods[when].from}T00:00:00Z`);
    for (const [os, visitors] of Object.entries(divideShares(plan.os, plan.visitors))) {
      const rate = when === 'after' && os === 'Android' ? plan.sent - plan.loss : plan.sent;
      const { yes: senders = 0 } = divideShares({ yes: rate, no: 1 - rate }, visitors);
      const sends = shuffled(
        Array.from({ length: visitors }, (_, index) => index < senders),
        random,
      );
      for (const isSent of sends) {
        const id = `mh-q${String(made.people.length + 1).padStart(4, '0')}`;
        const context = {
          technology: {
            device: drawCode(plan.devices[os]!, random),
            browser: drawCode(plan.browsers[os]!, random),
            os,
          },
        };
        // Nobody opens it in the small hours, so that a minute later is the same day.
        const openedMs =
          opensMs + Math.floor(random() * plan.weeks * 7) * DAY_MS + drawWhole(7 * 60, 22 * 60, random) * MINUTE_MS;
        const properties = {
          room: drawCode({ kitchen: 4, bathroom: 3, bedroom: 2, study: 1 }, random),
          release: when === 'before' ? '4.1' : '4.2',
        };
        const event = (name: QuoteFormEvent['name'], at: number): QuoteFormEvent => ({
          messageId: `${id}-${name === 'Quote Form Opened' ? 'opened' : 'sent'}`,
          personExternalId: id,
          name,
          occurredAt: new Date(at).toISOString(),
          properties,
          context,
        });
        made.people.push({ externalId: id, attributes: visitorOf(random) });
        made.events.push(event('Quote Form Opened', openedMs));
        if (isSent) made.events.push(event('Quote Form Sent', openedMs + drawWhole(2, 14, random) * MINUTE_MS));
        else
          silent.push({
            id,
            from: when === 'before' ? 'before' : os === 'Android' ? 'android-after' : 'others-after',
            leftMs: openedMs,
          });
      }
    }
  }
  made.events.sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : Number(a.occurredAt > b.occurredAt)));

  for (const from of ['before', 'android-after', 'others-after'] as const) {
    const able = shuffled(
      silent.filter((one) => one.from === from),
      random,
    );
    for (const { text, ease } of texts.filter((one) => one.from === from)) {
      const who = able.pop();
      if (!who) break;
      const startedMs = who.leftMs + drawWhole(5, 90, random) * MINUTE_MS;
      made.answers.push({
        personExternalId: who.id,
        startedAt: new Date(startedMs).toISOString(),
        completedAt: new Date(startedMs + drawWhole(1, 4, random) * MINUTE_MS).toISOString(),
        text,
        ease,
        mayQuote: random() < 0.85,
      });
    }
  }
  return made;
}

/** What the shop knows of somebody who left an address to be sent the quote. */
function visitorOf(random: Random): Record<string, DemoAttribute> {
  return {
    age: { value: drawWhole(19, 78, random), family: 'demographic' },
    region: { value: drawCode({ north: 3, east: 2, south: 3, west: 4 }, random), family: 'geographic' },
    plan: { value: drawCode({ guest: 3, club: 2 }, random), family: 'value' },
  };
}
