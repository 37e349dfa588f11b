import type { ChangeQuestion } from '../../model/change-question.ts';
import { type Clock, windowBounds } from '../../rules/calendar.ts';
import { contextOf, type EventContext } from '../../rules/event-context.ts';
import { filterOf } from '../../rules/leaf.ts';
import { type FactValue, propertyOf } from '../../rules/subject.ts';
import type { Store } from '../../store/store.ts';
import type { PeopleRows } from './known-columns.ts';

/** Everybody who is on a side, an entry each; who is on both has two. */
export type ChangeSides = {
  /** The row of the person. */
  rows: Uint32Array;
  /** 0 for the first side, 1 for the second. */
  sides: Uint8Array;
  outcomes: Uint8Array;
  /** The visit of the step that began it; empty where nothing begins. */
  contexts: EventContext[];
  /** People whose days are not over yet. */
  notYet: number;
  /** People of neither variant at any time of the period. */
  neither: number;
};

type Entry = { row: number; side: number; at: number; outcome: number; context: EventContext };

const DAY_MS = 86_400_000;
const folded = (value: unknown): string => String(value).trim().toLowerCase();
const written = (instant: number): string => new Date(instant).toISOString();

/**
 * Who is on which side of a question, and who has its outcome. A step counts from the first time that somebody takes it
 * in a period; those whose days after it are not over yet are left out, since they may still get there.
 */
export async function readChangeSides(
  store: Store,
  workspaceId: number,
  { people, rowOf }: PeopleRows,
  { outcome, sides }: ChangeQuestion,
  clock: Clock,
): Promise<ChangeSides> {
  const windows = (sides.kind === 'periods' ? [sides.first, sides.second] : [sides.period]).map((period) => {
    const { from, to } = windowBounds(period, clock)!;
    return { from, to };
  });
  const variantOf = sides.kind === 'variants' ? await readVariants() : null;
  const reached = filterOf(outcome.to.where);
  const daysMs = outcome.kind === 'step' ? outcome.withinDays * DAY_MS : 0;
  const entries: Entry[] = [];
  /** By window and row, the entry. */
  const places = windows.map(() => new Int32Array(people.length).fill(-1));
  /** By window, whose days are not over. */
  const waiting = windows.map(() => new Set<number>());
  const strangers = new Set<number>();

  /** By row: 0 or 1 for a variant, undefined for none; or by what a property of the step says. */
  async function readVariants(): Promise<(row: number, properties: unknown) => number | undefined> {
    if (sides.kind !== 'variants') return () => undefined;
    const variants = [folded(sides.first), folded(sides.second)];
    const variant = (value: FactValue | undefined) => {
      const place = value === undefined ? -1 : variants.indexOf(folded(value));
      return place < 0 ? undefined : place;
    };
    if (sides.by === 'property') return (_row, properties) => variant(propertyOf(properties, sides.name));
    const latest = new Map<number, { at: string; value: FactValue }>();
    for await (const { personId, value, recordedAt } of store.populationFacts.attributes(workspaceId, sides.name)) {
      const row = rowOf(personId);
      if (row !== undefined && (latest.get(row)?.at ?? '') <= recordedAt) latest.set(row, { at: recordedAt, value });
    }
    return (row) => variant(latest.get(row)?.value);
  }

  function enter(window: number, row: number, at: number, context: EventContext, properties: unknown): void {
    const side = variantOf ? variantOf(row, properties) : window;
    if (side === undefined) {
      strangers.add(row);
      return;
    }
    strangers.delete(row);
    places[window]![row] = entries.push({ row, side, at, outcome: 0, context }) - 1;
  }

  if (outcome.kind === 'step') {
    const begins = filterOf(outcome.from.where);
    const hasConditions =
      (outcome.from.where ?? []).length > 0 || (sides.kind === 'variants' && sides.by === 'property');
    for (const [window, { from, to }] of windows.entries()) {
      const bounds = { from: written(from), to: written(Math.min(to, clock.now)) };
      for await (const event of store.changes.events(workspaceId, outcome.from.event, bounds)) {
        const row = rowOf(event.personId);
        if (row === undefined || places[window]![row]! >= 0 || waiting[window]!.has(row)) continue;
        const properties = hasConditions ? (JSON.parse(event.properties) as unknown) : undefined;
        if (!begins(properties, clock)) continue;
        const at = Date.parse(event.occurredAt);
        if (at + daysMs > clock.now) waiting[window]!.add(row);
        else enter(window, row, at, contextOf(event.context), properties);
      }
    }
  } else {
    const names = await store.populationFacts.eventNames(workspaceId, Number.POSITIVE_INFINITY);
    for (const [window, { from, to }] of windows.entries()) {
      const active = await store.changes.active(workspaceId, names, {
        from: written(from),
        to: written(Math.min(to, clock.now)),
      });
      const rows = new Set([...active].flatMap((personId) => rowOf(personId) ?? []));
      for (const row of [...rows].sort((a, b) => a - b)) enter(window, row, from, {}, undefined);
    }
  }

  // What begins a step is not its own outcome.
  const isAgain = outcome.kind === 'step' && outcome.from.event === outcome.to.event;
  for (const [window, { from, to }] of windows.entries()) {
    const bounds = { from: written(from), to: written(Math.min(to + daysMs, clock.now)) };
    for await (const event of store.changes.events(workspaceId, outcome.to.event, bounds)) {
      const row = rowOf(event.personId);
      const entry = row === undefined ? undefined : entries[places[window]![row]!];
      if (!entry || entry.outcome === 1) continue;
      const at = Date.parse(event.occurredAt);
      const isInTime =
        outcome.kind === 'event' ? at <= to : (isAgain ? at > entry.at : at >= entry.at) && at <= entry.at + daysMs;
      if (!isInTime) continue;
      const hasConditions = (outcome.to.where ?? []).length > 0;
      if (hasConditions && !reached(JSON.parse(event.properties), clock)) continue;
      entry.outcome = 1;
    }
  }

  return {
    rows: Uint32Array.from(entries, ({ row }) => row),
    sides: Uint8Array.from(entries, ({ side }) => side),
    outcomes: Uint8Array.from(entries, (entry) => entry.outcome),
    contexts: entries.map(({ context }) => context),
    notYet: new Set(waiting.flatMap((rows) => [...rows])).size,
    neither: strangers.size,
  };
}
