import type { NewAttribute } from '../store/people.ts';
import type { NewEvent } from '../store/record-log.ts';
import type { Context } from './context.ts';

export type KnownPerson = { externalId: string; attributes: NewAttribute[] };
export type KnownEvent = {
  externalId: string;
  messageId: string;
  name: string;
  occurredAt: string;
  properties: Record<string, unknown>;
};

const EVENTS_AT_ONCE = 1000;

/** People and what they did, as programs tell of it. */
export function intakeService({ store, logs, now }: Context) {
  return {
    people: (workspaceId: number, list: readonly KnownPerson[]): Promise<number[]> =>
      store.people.identify(
        workspaceId,
        list.map((person) => ({ kind: 'external', value: person.externalId, attributes: person.attributes })),
        now().toISOString(),
      ),

    /** Events of people, new ones included; a message id seen before is the same event. */
    events: async (workspaceId: number, list: readonly KnownEvent[]): Promise<void> => {
      const names = [...new Set(list.map((event) => event.externalId))];
      const ids = await store.people.identify(
        workspaceId,
        names.map((value) => ({ kind: 'external', value, attributes: [] })),
        now().toISOString(),
      );
      const byName = new Map(names.map((name, index) => [name, ids[index] ?? 0]));
      const receivedAt = now().toISOString();
      for (let from = 0; from < list.length; from += EVENTS_AT_ONCE) {
        await logs.events.append(
          list.slice(from, from + EVENTS_AT_ONCE).map(
            ({ externalId, ...event }): NewEvent => ({
              ...event,
              workspaceId,
              personId: byName.get(externalId) ?? 0,
              receivedAt,
            }),
          ),
        );
      }
    },
  };
}
export type Intake = ReturnType<typeof intakeService>;
