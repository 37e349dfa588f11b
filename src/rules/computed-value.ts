import { NUMBER_LIMIT } from '../model/attribute.ts';
import type { LifetimeDefinition, MeasuredDefinition, QuintilesDefinition } from '../model/computed.ts';
import type { Clock } from './calendar.ts';
import { distinctKey, numberIn } from './compare.ts';
import { boundsOver, filterOf } from './leaf.ts';
import { type FactValue, propertyOf } from './subject.ts';
import { tallyOf } from './tally.ts';

/** Something somebody did, in any order. */
export type Doing = {
  name: string;
  /** Milliseconds since 1970. */
  at: number;
  properties: unknown;
};
/** Takes in what one person did, and says what that comes to. */
export type Working<Result> = { add(doing: Doing): void; result(): Result | undefined };

/** Sums of the same numbers in another order differ in their last digits, and would look like a change. */
const steady = (value: number): number => Number(value.toPrecision(12));

/**
 * Works out a measure of what one person did. Somebody who did nothing that counts has no value, also no nought.
 *
 * @example
 * const orders = workOut({ kind: 'measure', measure: 'sum', event: 'Order', property: 'revenue' }, { now: 0, timeZone: 'UTC' })()
 * for (const revenue of [5, 7.5]) orders.add({ name: 'Order', at: 0, properties: { revenue } })
 * orders.result() // => 12.5
 */
export function workOut(
  { measure, event, property, where, within }: MeasuredDefinition,
  clock: Clock,
): () => Working<FactValue> {
  const counts = filterOf(where);
  const bounds = boundsOver(within)(clock);
  const asked = (doing: Doing): boolean =>
    bounds !== null &&
    doing.name === event &&
    doing.at >= bounds.from &&
    doing.at <= bounds.to &&
    counts(doing.properties, clock);
  const measuredOf = (doing: Doing) => (property === undefined ? undefined : propertyOf(doing.properties, property));

  switch (measure) {
    case 'first':
    case 'last':
      return () => {
        let found: { at: number; value: FactValue } | undefined;
        return {
          add: (doing) => {
            const isBetter = !found || (measure === 'first' ? doing.at < found.at : doing.at >= found.at);
            if (!isBetter || !asked(doing)) return;
            const value = property === undefined ? new Date(doing.at).toISOString() : measuredOf(doing);
            if (value !== undefined) found = { at: doing.at, value };
          },
          result: () => found?.value,
        };
      };
    case 'most-frequent':
      return () => {
        const seen = new Map<string, { value: string; count: number; at: number }>();
        return {
          add: (doing) => {
            if (!asked(doing)) return;
            const found = measuredOf(doing);
            for (const value of found === undefined ? [] : Array.isArray(found) ? found : [String(found)]) {
              const known = seen.get(distinctKey(value)) ?? { value, count: 0, at: doing.at };
              known.count += 1;
              known.at = Math.max(known.at, doing.at);
              seen.set(distinctKey(value), known);
            }
          },
          // Of several that came as often, the one that came last.
          result: () => [...seen.values()].sort((a, b) => b.count - a.count || b.at - a.at)[0]?.value,
        };
      };
    default:
      return () => {
        const tally = tallyOf(
          measure === 'count' ? 'count' : ({ [measure]: property ?? '' } as Parameters<typeof tallyOf>[0]),
        );
        let added = 0;
        tally.start();
        return {
          add: (doing) => {
            if (!asked(doing)) return;
            const value = measuredOf(doing);
            const isCounted = measure === 'count' || (measure === 'distinct' ? value !== undefined : isNumber(value));
            if (!isCounted) return;
            added += 1;
            tally.add(value);
          },
          result: () => {
            const result = added === 0 ? undefined : tally.result();
            // A sum may grow beyond what can be written.
            return result === undefined || !Number.isFinite(result) ? undefined : steady(result);
          },
        };
      };
  }
}

const isNumber = (value: FactValue | undefined): boolean => numberIn(value) !== null;

/** What was left out of money, over everybody: `tooLarge` are amounts of more digits than counting bears. */
export type LeftOut = { otherCurrency: number; noAmount: number; tooLarge: number };

/** The currency that an event names, in capitals; null for one that names none. */
export function currencyOf(properties: unknown): string | null {
  const named = propertyOf(properties, 'currency');
  return typeof named === 'string' && named.trim() !== '' ? named.trim().toUpperCase() : null;
}

/** What shops call the amount of an order, and of a refund, whose documented property is its total. */
const ORDER_AMOUNTS = ['revenue', 'value', 'total'];
const REFUND_AMOUNTS = ['total', 'revenue', 'value'];

/**
 * The amount of an order or a refund, by whichever of its usual names it has; null for an event without one, or with too
 * large a one.
 *
 * @example
 * [moneyOf({ total: 20, value: 25 }, false), moneyOf({ total: '20' }, true), moneyOf({}, true)] // => [25, 20, null]
 */
export function moneyOf(properties: unknown, isRefund: boolean): number | null {
  const amounts = (isRefund ? REFUND_AMOUNTS : ORDER_AMOUNTS).map((name) => numberIn(propertyOf(properties, name)));
  return amounts.find((amount) => amount !== null && Math.abs(amount) < NUMBER_LIMIT) ?? null;
}

/**
 * How much money an event is about, in the currency that is asked for. An event that names no currency is taken to be in
 * it. A refund may say its amount by another name than an order.
 *
 * @returns null for one in another currency, without an amount or with too large a one; `left` counts them
 */
function amountOf(
  { properties }: Doing,
  { property, currency }: { property: string; currency: string },
  left: LeftOut,
  isRefund: boolean,
): number | null {
  if ((currencyOf(properties) ?? currency) !== currency) {
    left.otherCurrency += 1;
    return null;
  }
  const amount = numberIn(propertyOf(properties, property)) ?? (isRefund ? moneyOf(properties, true) : null);
  if (amount === null || !Number.isFinite(amount)) {
    left.noAmount += 1;
    return null;
  }
  if (Math.abs(amount) >= NUMBER_LIMIT) {
    left.tooLarge += 1;
    return null;
  }
  return amount;
}

/**
 * Works out what one person has brought: the sum of their orders less their refunds, whichever sign a refund is written
 * with. Nothing for somebody without either.
 */
export function workOutLifetimeValue(definition: LifetimeDefinition, left: LeftOut): () => Working<number> {
  return () => {
    let [sum, count] = [0, 0];
    return {
      add: (doing) => {
        const isRefund = doing.name === definition.refund;
        if (!isRefund && doing.name !== definition.event) return;
        const amount = amountOf(doing, definition, left, isRefund);
        if (amount === null) return;
        sum += isRefund ? -Math.abs(amount) : amount;
        count += 1;
      },
      result: () => (count === 0 || !Number.isFinite(sum) ? undefined : steady(sum)),
    };
  };
}

/** What one person bought: when last, how often, and for how much in all. */
export type Purchases = { recency: number; frequency: number; monetary: number };

/** Works out what one person bought in the currency that is asked for; nothing for somebody who bought nothing. */
export function workOutPurchases(definition: QuintilesDefinition, left: LeftOut): () => Working<Purchases> {
  return () => {
    const bought: Purchases = { recency: 0, frequency: 0, monetary: 0 };
    return {
      add: (doing) => {
        if (doing.name !== definition.event) return;
        const amount = amountOf(doing, definition, left, false);
        if (amount === null) return;
        bought.recency = Math.max(bought.recency, doing.at);
        bought.frequency += 1;
        bought.monetary += amount;
      },
      result: () => (bought.frequency === 0 ? undefined : { ...bought, monetary: steady(bought.monetary) }),
    };
  };
}
