import { z } from 'zod';
import { readRule } from './read-rule.ts';
import { RuleWindow, Where } from './rule.ts';

/** Attributes that are worked out of what people did. */

const Event = z
  .string()
  .trim()
  .min(1, { error: 'Enter what the event is called' })
  .max(140, { error: 'Shorten it to 140 letters' });
const Property = z
  .string()
  .trim()
  .min(1, { error: 'Enter what the property is called' })
  .max(200, { error: 'Shorten it to 200 letters' });
const Currency = z
  .string()
  .trim()
  .regex(/^[A-Za-z]{3}$/, { error: 'Enter a currency in three letters, such as EUR' })
  .transform((code) => code.toUpperCase());

/** Those that need a property, those that can do without, and one that has none. */
export const MEASURES = [
  'count',
  'sum',
  'average',
  'min',
  'max',
  'first',
  'last',
  'most-frequent',
  'distinct',
] as const;
export type ComputedMeasure = (typeof MEASURES)[number];

const Measured = z.strictObject({
  kind: z.literal('measure'),
  measure: z.enum(MEASURES),
  event: Event,
  /** `first` and `last` without one are times. */
  property: Property.optional(),
  where: z.array(Where).max(10).optional(),
  /** All time without it. */
  within: RuleWindow.optional(),
});
const Quintiles = z.strictObject({
  kind: z.literal('rfm'),
  event: Event,
  /** What of a purchase is money. */
  property: Property,
  currency: Currency,
});
const LifetimeValue = z.strictObject({
  kind: z.literal('lifetime-value'),
  event: Event,
  refund: Event,
  property: Property,
  currency: Currency,
});
const Definition = z.discriminatedUnion('kind', [Measured, Quintiles, LifetimeValue]);
export type ComputedDefinition = z.infer<typeof Definition>;
export type MeasuredDefinition = z.infer<typeof Measured>;
export type QuintilesDefinition = z.infer<typeof Quintiles>;
export type LifetimeDefinition = z.infer<typeof LifetimeValue>;

/** Fewer buyers than so make quintiles of a handful of people each, which say nothing. */
export const BUYERS_MIN = 50;

/** The parts of recency, frequency and monetary value, each an attribute of its own. */
export const RFM_PARTS = ['recency', 'frequency', 'monetary'] as const;
export type RfmPart = (typeof RFM_PARTS)[number];

/**
 * The attributes that a definition gives: one of its name, or one for each part.
 *
 * @example
 * attributesOf('orders', { kind: 'rfm', event: 'Order Completed', property: 'revenue', currency: 'EUR' })
 * // => ['orders.recency', 'orders.frequency', 'orders.monetary']
 */
export const attributesOf = (name: string, { kind }: ComputedDefinition): string[] =>
  kind === 'rfm' ? RFM_PARTS.map((part) => `${name}.${part}`) : [name];

/** What the values of a definition are. */
export function valueType(definition: ComputedDefinition): 'number' | 'date' | 'text' {
  if (definition.kind !== 'measure') return 'number';
  const { measure, property } = definition;
  if (measure === 'most-frequent') return 'text';
  if (measure === 'first' || measure === 'last') return property === undefined ? 'date' : 'text';
  return 'number';
}

/** Which events a definition looks at. */
export const eventNames = (definition: ComputedDefinition): string[] =>
  definition.kind === 'lifetime-value' ? [definition.event, definition.refund] : [definition.event];

/**
 * Reads a definition that came from outside.
 *
 * @returns the definition, or one sentence saying what is wrong with which part of it
 *
 * @example
 * readComputed({ kind: 'measure', measure: 'sum', event: 'Order Completed' })
 * // => { part: 'property', error: 'Say of which property: “sum” needs one' }
 */
export function readComputed(input: unknown): { definition: ComputedDefinition } | { part: string; error: string } {
  const read = Definition.safeParse(input);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { part: String(issue?.path[0] ?? 'kind'), error: issue?.message ?? 'its shape is unknown' };
  }
  const definition = read.data;
  if (definition.kind === 'lifetime-value' && definition.event === definition.refund)
    return { part: 'refund', error: 'Enter another event than that of orders: it would take each of them away again' };
  if (definition.kind !== 'measure') return { definition };
  const { measure, property, event, where, within } = definition;
  if (property === undefined && !['count', 'first', 'last'].includes(measure))
    return { part: 'property', error: `Say of which property: “${measure}” needs one` };
  if (property !== undefined && measure === 'count')
    return { part: 'property', error: 'Leave the property empty: “count” counts events' };
  // Conditions and the window are those of rules, and checked by what checks these.
  const rule = readRule({ event, op: 'gte', value: 1, ...(where && { where }), ...(within && { within }) });
  return 'error' in rule
    ? {
        part: rule.error.includes('within') ? 'within' : 'where',
        error: rule.error.replace('This is not a rule: ', ''),
      }
    : { definition };
}
