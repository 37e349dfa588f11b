import type { RuleLeaf } from '../model/rule.ts';

/** What is known of the visit in which something happened. */
export const EVENT_CONTEXT = ['device', 'browser', 'os', 'country'] as const;
export type ContextName = (typeof EVENT_CONTEXT)[number];
export type EventContext = Partial<Record<ContextName, string>>;

/**
 * What an event's context says of the visit.
 *
 * @param context as it is kept with the event, in JSON
 *
 * @example
 * contextOf('{"technology":{"os":"Android","device":"phone"},"location":{"country":"AT"}}')
 * // => { device: 'phone', os: 'Android', country: 'AT' }
 */
export function contextOf(context: string): EventContext {
  if (context === '{}' || context === '') return {};
  const { technology, location } = JSON.parse(context) as Record<string, Record<string, unknown> | undefined>;
  const told: EventContext = {};
  for (const name of EVENT_CONTEXT) {
    const value = (name === 'country' ? location : technology)?.[name];
    if (typeof value === 'string' && value !== '') told[name] = value;
  }
  return told;
}

/** The condition for people of such visits. What a visit tells is kept as an attribute of the person, the latest of each. */
export const contextLeaf = (name: ContextName, value: string): RuleLeaf => ({
  attribute: name === 'country' ? 'location.country' : name,
  op: 'is',
  value,
});
