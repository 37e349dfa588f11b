import type { Random } from '../stats/random.ts';
import { drawAmount, drawCode, drawCount, drawWhole } from './draw.ts';
import type { MovingHousePlan, SegmentPlan } from './plan.ts';

/** Something a person did, as a shop would report it: property names are those of the event API's wire. */
export type DemoEvent = {
  messageId: string;
  personExternalId: string;
  name: 'Page Viewed' | 'Quote Requested' | 'Order Completed' | 'Order Refunded';
  /** ISO 8601, UTC. */
  occurredAt: string;
  properties: Record<string, unknown>;
};

type Doing = Omit<DemoEvent, 'messageId' | 'personExternalId'>;

const DAY_MS = 86_400_000;

const pages: Readonly<Record<string, string>> = {
  '/': 'Home',
  '/kitchen': 'Kitchen',
  '/living': 'Living room',
  '/bedroom': 'Bedroom',
  '/children': 'Children’s room',
  '/study': 'Study and workroom',
  '/bathroom': 'Bathroom',
  '/hall': 'Hall',
  '/outside': 'Garden, terrace and balcony',
  '/dented-corner': 'The dented corner',
  '/delivery': 'Delivery and taking away',
  '/trade': 'Trade accounts',
};

const refundReasons = { 'too-large': 4, colour: 3, 'changed-mind': 3, damaged: 1 };

/**
 * What one person did in the shop within the year before `now`: pages seen, quotes asked for, orders, and orders given
 * back, in order of time. Revenue is in euros, to the cent, and is the sum of the products; a refund names its order and
 * gives all of it back.
 *
 * @param id the person's external id, from which every message id and order id is made
 */
export function yearOfEvents(
  id: string,
  segment: SegmentPlan,
  plan: Pick<MovingHousePlan, 'refunds' | 'basketSpread'>,
  now: Date,
  random: Random,
): DemoEvent[] {
  const doings: Doing[] = [];
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
  const someDay = () => 1 + random() * 363;

  for (let left = drawCount(segment.yearly.pageViews, random); left > 0; left--) {
    doings.push({ name: 'Page Viewed', occurredAt: daysAgo(someDay()), properties: pageSeen(segment, random) });
  }
  for (let left = drawCount(segment.yearly.quotes, random); left > 0; left--) {
    const budget = Math.round(drawAmount(segment.basket * 3, 0.4, random) / 50) * 50;
    const properties = { room: drawCode(segment.rooms, random), budget, currency: 'EUR' };
    doings.push({ name: 'Quote Requested', occurredAt: daysAgo(someDay()), properties });
  }
  const orders = drawCount(segment.yearly.orders, random);
  for (let order = 1; order <= orders; order++) {
    const orderId = `${id}-o${order}`;
    const day = someDay();
    const products = basketOf(segment, plan, random);
    const revenue = toCents(products.reduce((sum, product) => sum + product.price * product.quantity, 0));
    const properties = { order_id: orderId, revenue, currency: 'EUR', products };
    doings.push({ name: 'Order Completed', occurredAt: daysAgo(day), properties });

    const refundDay = day - drawWhole(2, 20, random);
    if (random() >= plan.refunds || refundDay <= 0) continue;
    const reason = drawCode(refundReasons, random);
    const given = { order_id: orderId, total: revenue, currency: 'EUR', reason };
    doings.push({ name: 'Order Refunded', occurredAt: daysAgo(refundDay), properties: given });
  }

  return doings
    .toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : Number(a.occurredAt > b.occurredAt)))
    .map((doing, index) => ({ messageId: `${id}-e${index + 1}`, personExternalId: id, ...doing }));
}

function pageSeen(segment: SegmentPlan, random: Random): Record<string, unknown> {
  const rooms = Object.entries(segment.rooms).map(([room, chance]) => [`/${room}`, chance] as const);
  const path = drawCode(
    {
      '/': 1,
      '/delivery': 0.3,
      '/dented-corner': 40 / segment.basket,
      '/trade': segment.trade,
      ...Object.fromEntries(rooms),
    },
    random,
  );
  return { path, title: pages[path] ?? path };
}

/** One to four lines whose prices add up to about the segment's basket. */
function basketOf(segment: SegmentPlan, plan: Pick<MovingHousePlan, 'basketSpread'>, random: Random) {
  const lines = drawWhole(1, 4, random);
  const total = drawAmount(segment.basket, plan.basketSpread, random);
  return Array.from({ length: lines }, () => {
    const quantity = drawCode({ 1: 6, 2: 2, 4: 1 }, random);
    const price = Math.max(2, toCents(total / lines / Number(quantity)));
    return { category: drawCode(segment.rooms, random), price, quantity: Number(quantity) };
  });
}

function toCents(euros: number): number {
  return Math.round(euros * 100) / 100;
}
