import { BUYERS_MIN, RFM_PARTS, type RfmPart } from '../../model/computed.ts';
import type { SettingsOf } from '../../model/defined-segmentation.ts';
import { type LeftOut, type Purchases, type Working, workOutPurchases } from '../../rules/computed-value.ts';
import { PURCHASE_CELLS, purchaseCell } from '../../segments/purchase-cells.ts';
import { quintileCutoffs, quintileOf } from '../../stats/quintiles.ts';
import type { Store } from '../../store/store.ts';
import type { DefinedBy, DefinePlace } from './define-segments.ts';
import { Unanswerable } from './unanswerable.ts';

export type PurchaseDetails = {
  kind: 'purchases';
  /** From when on purchases count; null for all. */
  from: string | null;
  /** Where fifths meet; recency in days before `to`, so that fewer is better. */
  cutoffs: Record<RfmPart, number[]>;
  /** How many buyers are in each fifth, the lowest first: equal values are never torn apart, so they need not be equal. */
  fifths: Record<RfmPart, number[]>;
  /** Purchases that were passed over. */
  otherCurrency: number;
  noAmount: number;
  /** Not said by segmentations of before. */
  tooLarge?: number;
};

const PEOPLE_AT_ONCE = 250;
const DAY_MS = 86_400_000;

/** People in cells by when, how often and for how much they bought; whoever bought nothing is in none. */
export async function definePurchases(
  store: Store,
  { workspaceId }: DefinePlace,
  { event, property, currency, days }: SettingsOf<'purchases'>,
  now: number,
): Promise<DefinedBy> {
  const from = days === null ? Number.NEGATIVE_INFINITY : now - days * DAY_MS;
  const left: LeftOut = { otherCurrency: 0, noAmount: 0, tooLarge: 0 };
  const start = workOutPurchases({ kind: 'rfm', event, property, currency }, left);
  const bought = new Map<number, Purchases>();
  let people = 0;
  for (let after = 0; ; ) {
    const part = await store.computed.people(workspaceId, after, PEOPLE_AT_ONCE);
    people += part.size;
    const canonical = new Map([...part].flatMap(([id, own]) => own.map((one) => [one, id] as const)));
    const working = new Map<number, Working<Purchases>>();
    for await (const { personId, name, properties, occurredAt } of store.computed.events(
      [...canonical.keys()],
      [event],
    )) {
      const at = Date.parse(occurredAt);
      if (at < from || at > now) continue;
      const id = canonical.get(Number(personId))!;
      const own = working.get(id) ?? start();
      working.set(id, own);
      own.add({ name, at, properties: JSON.parse(properties) as unknown });
    }
    for (const [id, own] of working) {
      const result = own.result();
      if (result) bought.set(id, result);
    }
    const last = [...part.keys()].at(-1);
    if (last === undefined || part.size < PEOPLE_AT_ONCE) break;
    after = last;
  }
  if (bought.size < BUYERS_MIN)
    throw new Unanswerable(
      `${bought.size === 1 ? 'One person' : `${bought.size} people`} bought something (“${event}” with an amount in ${currency}${days === null ? '' : ` in the last ${days} days`}). Fifths of fewer than ${BUYERS_MIN} say nothing: look at the name of the event, the property and the currency, or take a longer time`,
    );
  const all = [...bought.values()];
  const valuesOf = (part: RfmPart) => all.map((one) => one[part]);
  const cutoffs = Object.fromEntries(RFM_PARTS.map((part) => [part, quintileCutoffs(valuesOf(part))!])) as Record<
    RfmPart,
    number[]
  >;
  const fifthsOf = (one: Purchases) =>
    Object.fromEntries(RFM_PARTS.map((part) => [part, quintileOf(cutoffs[part], one[part])])) as Record<
      RfmPart,
      number
    >;
  const fifths = Object.fromEntries(RFM_PARTS.map((part) => [part, [0, 0, 0, 0, 0]])) as Record<RfmPart, number[]>;
  const members: number[][] = PURCHASE_CELLS.map(() => []);
  for (const [id, one] of bought) {
    const own = fifthsOf(one);
    for (const part of RFM_PARTS) fifths[part][own[part] - 1]! += 1;
    members[purchaseCell(own)]!.push(id);
  }
  return {
    unit: 'people',
    cells: PURCHASE_CELLS.map(({ key, name }, index) => ({ key, name, members: members[index]! })),
    notPlaced: [{ why: 'Bought nothing that counts', count: people - bought.size }],
    details: {
      kind: 'purchases',
      from: days === null ? null : new Date(from).toISOString(),
      cutoffs: { ...cutoffs, recency: cutoffs.recency.map((at) => Math.floor((now - at) / DAY_MS)) },
      fifths,
      ...left,
    },
    survey: null,
  };
}
