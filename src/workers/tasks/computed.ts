import { type AttributeFamily, type AttributeValue, readAs } from '../../model/attribute.ts';
import {
  attributesOf,
  BUYERS_MIN,
  type ComputedDefinition,
  eventNames,
  type QuintilesDefinition,
  RFM_PARTS,
  type RfmPart,
  valueType,
} from '../../model/computed.ts';
import type { Clock } from '../../rules/calendar.ts';
import {
  type LeftOut,
  type Purchases,
  type Working,
  workOut,
  workOutLifetimeValue,
  workOutPurchases,
} from '../../rules/computed-value.ts';
import { quintileCutoffs, quintileOf } from '../../stats/quintiles.ts';
import { computedSource, type ValueChange } from '../../store/computed.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';

/** People of one part: few enough that what they did is in memory together. */
const PEOPLE_AT_ONCE = 250;

/** Where the fifths of recency, frequency and monetary value meet. */
export type Cutoffs = Record<RfmPart, number[]>;
/** A definition to be worked out; null cutoffs for one that needs none. */
export type ToCompute = { publicId: string; name: string; definition: ComputedDefinition; cutoffs: Cutoffs | null };

export type ComputedPart = {
  changes: ValueChange[];
  /** By attribute, the values that these people have now. */
  values: { attribute: string; numbers: Float64Array; texts: string[] }[];
  /** By definition. */
  people: Record<string, number>;
  leftOut: Record<string, LeftOut>;
  /** The last person looked at; null when there are no more. */
  next: number | null;
};

/**
 * Works definitions out for the next people of a workspace, in one pass over what these did, and says what has changed.
 *
 * @param afterId the last person looked at; 0 to begin
 * @param now milliseconds since 1970
 */
export async function computedTask(
  { store }: TaskContext,
  args: { workspaceId: number; definitions: readonly ToCompute[]; afterId: number; now: number },
): Promise<ComputedPart> {
  const { workspaceId, definitions, afterId, now } = args;
  const people = await store.computed.people(workspaceId, afterId, PEOPLE_AT_ONCE);
  const last = [...people.keys()].at(-1);
  const part: ComputedPart = {
    changes: [],
    values: [],
    people: {},
    leftOut: {},
    next: people.size < PEOPLE_AT_ONCE || last === undefined ? null : last,
  };
  const clock: Clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  const canonical = new Map([...people].flatMap(([id, own]) => own.map((one) => [one, id] as const)));
  const ready = definitions.map((one) => {
    const leftOut: LeftOut = { otherCurrency: 0, noAmount: 0, tooLarge: 0 };
    part.leftOut[one.publicId] = leftOut;
    return { ...one, ...workingOf(one, clock, leftOut), byPerson: new Map<number, Working<AttributeValue[]>>() };
  });
  const byEvent = new Map<string, typeof ready>();
  for (const one of ready)
    for (const name of new Set(eventNames(one.definition))) byEvent.set(name, [...(byEvent.get(name) ?? []), one]);

  for await (const { personId, name, properties, occurredAt } of store.computed.events(
    [...canonical.keys()],
    [...byEvent.keys()],
  )) {
    const id = canonical.get(Number(personId));
    if (id === undefined) continue;
    const doing = { name, at: Date.parse(occurredAt), properties: JSON.parse(properties) as unknown };
    for (const { byPerson, start } of byEvent.get(name) ?? []) {
      const working = byPerson.get(id) ?? start();
      byPerson.set(id, working);
      working.add(doing);
    }
  }

  const types = await store.sources.attributeTypes(workspaceId, 'person');
  const before = await valuesBefore(store, canonical, ready);
  for (const { publicId, name, definition, byPerson } of ready) {
    const attributes = attributesOf(name, definition);
    const told = attributes.map((attribute) => ({ attribute, numbers: [] as number[], texts: [] as string[] }));
    part.people[publicId] = 0;
    for (const id of people.keys()) {
      const result = byPerson.get(id)?.result();
      if (result) part.people[publicId] += 1;
      for (const [index, attribute] of attributes.entries()) {
        const type = types.get(attribute)?.type ?? valueType(definition);
        const family: AttributeFamily = types.get(attribute)?.family ?? 'other';
        const raw = result?.[index];
        const value = raw === undefined ? null : (readAs(type, raw) ?? raw);
        const known = before.get(`${id} ${attribute}`);
        if (typeof value === 'number') told[index]?.numbers.push(value);
        else if (value !== null) told[index]?.texts.push(Array.isArray(value) ? value.join(', ') : String(value));
        const text = value === null ? null : JSON.stringify(value);
        const isChanged = text === null ? known?.sources.has(computedSource(publicId)) : known?.value !== text;
        if (isChanged) part.changes.push({ computed: publicId, personId: id, name: attribute, family, value: text });
      }
    }
    part.values.push(...told.map(({ numbers, ...rest }) => ({ ...rest, numbers: Float64Array.from(numbers) })));
  }
  return part;
}

/** How a definition is worked out of what one person did, as values in the order of its attributes. */
function workingOf(
  { definition, cutoffs }: ToCompute,
  clock: Clock,
  leftOut: LeftOut,
): { start: () => Working<AttributeValue[]> } {
  const listed = <Result>(start: () => Working<Result>, show: (result: Result) => AttributeValue[]) => ({
    start: (): Working<AttributeValue[]> => {
      const { add, result } = start();
      return {
        add,
        result: () => {
          const found = result();
          return found === undefined ? undefined : show(found);
        },
      };
    },
  });
  switch (definition.kind) {
    case 'measure':
      return listed(workOut(definition, clock), (value) => [value]);
    case 'lifetime-value':
      return listed(workOutLifetimeValue(definition, leftOut), (value) => [value]);
    case 'rfm':
      // Too few bought anything: then nobody has a value, and one from before goes.
      if (cutoffs === null) return { start: () => ({ add: () => {}, result: () => undefined }) };
      return listed(workOutPurchases(definition, leftOut), (bought) =>
        RFM_PARTS.map((part) => quintileOf(cutoffs[part], bought[part])),
      );
  }
}

/** The latest value of each attribute of each person, and who has ever told one, by person and attribute. */
async function valuesBefore(
  store: Store,
  canonical: ReadonlyMap<number, number>,
  definitions: readonly ToCompute[],
): Promise<Map<string, { value: string; sources: Set<string> }>> {
  const names = definitions.flatMap(({ name, definition }) => attributesOf(name, definition));
  const before = new Map<string, { value: string; sources: Set<string> }>();
  for (const { personId, name, value, source } of await store.computed.values([...canonical.keys()], names)) {
    const key = `${canonical.get(Number(personId))} ${name}`;
    const sources = before.get(key)?.sources ?? new Set<string>();
    before.set(key, { value, sources: sources.add(source) });
  }
  return before;
}

/** Where the quintiles of everybody who bought something meet; null for too few of them. */
export async function quintilesTask(
  { store }: TaskContext,
  { workspaceId, definition }: { workspaceId: number; definition: QuintilesDefinition },
): Promise<{ buyers: number; cutoffs: Cutoffs | null }> {
  const start = workOutPurchases(definition, { otherCurrency: 0, noAmount: 0, tooLarge: 0 });
  const bought: Record<RfmPart, number[]> = { recency: [], frequency: [], monetary: [] };
  for (let after = 0; ; ) {
    const people = await store.computed.people(workspaceId, after, PEOPLE_AT_ONCE);
    const canonical = new Map([...people].flatMap(([id, own]) => own.map((one) => [one, id] as const)));
    const byPerson = new Map<number, Working<Purchases>>();
    for await (const { personId, name, properties, occurredAt } of store.computed.events(
      [...canonical.keys()],
      [definition.event],
    )) {
      const id = canonical.get(Number(personId)) ?? 0;
      const working = byPerson.get(id) ?? start();
      byPerson.set(id, working);
      working.add({ name, at: Date.parse(occurredAt), properties: JSON.parse(properties) as unknown });
    }
    for (const working of byPerson.values()) {
      const result = working.result();
      if (result) for (const part of RFM_PARTS) bought[part].push(result[part]);
    }
    const last = [...people.keys()].at(-1);
    if (last === undefined || people.size < PEOPLE_AT_ONCE) break;
    after = last;
  }
  const buyers = bought.recency.length;
  if (buyers < BUYERS_MIN) return { buyers, cutoffs: null };
  const cutoffs = Object.fromEntries(RFM_PARTS.map((part) => [part, quintileCutoffs(bought[part]) ?? []])) as Cutoffs;
  return { buyers, cutoffs };
}
