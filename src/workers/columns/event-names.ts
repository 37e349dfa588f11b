import { EVENT_NAMES_MAX } from '../../store/population-facts.ts';
import type { Store } from '../../store/store.ts';

/** How many names of events there are, and how many of these, the most frequent, are looked at. */
export type EventNames = { all: number; looked: number };

export async function eventNamesOf(store: Store, workspaceId: number): Promise<EventNames> {
  const all = await store.populationFacts.countEventNames(workspaceId);
  return { all, looked: Math.min(all, EVENT_NAMES_MAX) };
}
